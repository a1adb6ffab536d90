/* A text less our sentences: the spans lie in it, in order, and none is empty. */
#include "base/text.h"
#include "gateway/triage/wording.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const struct wording *ours(void)
{
    static struct template_set *set;
    static const struct wording *wording;
    struct err err;

    if (!set && template_set_load("templates", NULL, &set, &err))
        abort();
    if (!wording)
        wording = wording_read(set, arena_new("wording"));
    return wording;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("fuzz");
    const char *const text = text_clean(mem, (const char *)data, n);
    const struct wording_rest rest = wording_rest_of(ours(), text, mem);
    size_t at = 0;

    for (size_t i = 0; i < rest.count; i++) {
        assert(rest.spans[i].at >= at && rest.spans[i].at + rest.spans[i].len <= strlen(text));
        at = rest.spans[i].at + rest.spans[i].len;
    }
    return 0;
}
