/* The plain text and the HTML of one letter, a byte 0xFF between them: what the HTML says of the text must lose none of its words. */
#include "base/text.h"
#include "inbound/reply.h"
#include "inbound/twin.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static bool is_ready;
    CLEANUP(arena_free) struct arena *mem = arena_new("fuzz");
    struct body plain = { .mem = mem }, html = { .mem = mem };
    const uint8_t *cut = n ? memchr(data, 0xFF, n) : NULL;
    const size_t first = cut ? (size_t)(cut - data) : n;
    const char *text = text_clean(mem, (const char *)data, first > 65536 ? 65536 : first), *whole;
    struct reply reply;
    struct err err;

    if (!is_ready)
        html_setup();
    is_ready = true;
    body_from_text(&plain, text, n & 1, n & 2);
    whole = body_print(&plain, 0, plain.count, false, mem);
    if (cut) {
        const char *tags = text_clean(mem, (const char *)cut + 1, n - first - 1);

        if (html_to_body(tags, strlen(tags), &html, &err) == RC_OK)
            twin_mark(&plain, &html);
    }
    reply_read(&plain, &reply);
    assert(text_is_utf8(reply.text, strlen(reply.text)));
    assert(reply.segment_count <= LETTER_SEGMENTS_MAX);
    if (!*whole)
        assert(!*reply.text);
    return 0;
}
