/*
 * template: no value can become markup, in any message, in HTML or in the text twin; see tests/unit/template_hostile.h for the proof.
 * Input: one byte picks the message, one its variant, the rest is the value.
 */
#include "tests/unit/template_hostile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct samples *get_samples(void)
{
    static struct samples samples;

    if (!samples.set && samples_open(&samples))
        abort();
    return &samples;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct samples *s = get_samples();
    CLEANUP(arena_free) struct arena *mem = arena_new("fuzz");
    const char *text, *value, *fault;
    struct template_info t;
    struct variants v;
    int i;

    if (size < 2)
        return 0;
    i = data[0] % template_count(s->set);
    t = template_at(s->set, i);
    if (t.is_partial)
        return 0;
    v = samples_variants(s, i);
    text = arena_strndup(mem, (const char *)data + 2, size - 2);
    value = text_is_utf8(text, strlen(text)) ? text : text_clean(mem, text, strlen(text));
    fault = hostile_fault(s, i, v.flag[data[1] % v.count], value, mem);
    if (fault) {
        fprintf(stderr, "%s: %s\n", t.path, fault);
        abort();
    }
    return 0;
}
