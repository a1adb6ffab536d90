/* Plain text to new words; then our own message, which is the same text, must leave no line of five words or more. */
#include "base/text.h"
#include "inbound/reply.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("fuzz");
    struct body body = { .mem = mem };
    const char *text = text_clean(mem, (const char *)data, n > 65536 ? 65536 : n);
    struct reply reply;
    struct letter l;

    body_from_text(&body, text, n & 1, n & 2);
    reply_read(&body, &reply);
    assert(text_is_utf8(reply.text, strlen(reply.text)));
    assert(reply.segment_count <= LETTER_SEGMENTS_MAX);
    letter_init(&l);
    l.kind = LETTER_REPLY;
    l.text = reply.text;
    l.trimmed = reply.trimmed;
    l.segments = reply.segments;
    l.segment_count = reply.segment_count;
    reply_trim_ours(&l, text, mem);
    assert(strlen(l.text) <= strlen(text) + 2 * LETTER_SEGMENTS_MAX);
    assert(l.segment_count <= LETTER_SEGMENTS_MAX);
    reply_trim_tail(&l, (const char *const[]){ text, text }, 2, mem);
    return 0;
}
