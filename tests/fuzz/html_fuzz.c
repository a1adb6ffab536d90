/* HTML to lines: clean UTF-8, no line end inside a line. */
#include "base/text.h"
#include "inbound/body.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static bool is_ready;
    CLEANUP(arena_free) struct arena *mem = arena_new("fuzz");
    struct body body = { .mem = mem };
    const char *html = text_clean(mem, (const char *)data, n);
    struct err err;

    if (!is_ready)
        html_setup();
    is_ready = true;
    rc_ignore(html_to_body(html, strlen(html), &body, &err), "a limit is an answer too");
    for (size_t i = 0; i < body.count; i++) {
        assert(text_is_utf8(body.lines[i].text, strlen(body.lines[i].text)));
        assert(!strchr(body.lines[i].text, '\n'));
    }
    return 0;
}
