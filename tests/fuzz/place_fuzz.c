/* place: the pieces joined are the new words, whatever the segments say. The input's paragraphs are the segments; one that begins with ">" is
 * quoted, one that begins with "!" is no part of the new words. */
#include "base/arena.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "inbound/place.h"

#include <assert.h>

#define MAX_SEGMENTS 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t cut(char *text, struct place_segment *segments, struct strbuf *words)
{
    size_t count = 0;

    while (text && *text && count < MAX_SEGMENTS) {
        char *end = strstr(text, "\n\n");

        if (end)
            *end = '\0';
        segments[count++] = (struct place_segment){ .text = text, .is_quoted = *text == '>' };
        if (*text != '>' && *text != '!')
            strbuf_str(words, text);
        text = end ? end + 2 : NULL;
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const sleep[] = { "I wake up at three every night and cannot get back to sleep.", NULL };
    static const char *const walk[] = { "Today I walked around the lake for the first time.", NULL };
    static const struct place_item items[] = { { 1, 101, "Sleep", sleep },
                                               { 2, 102, "A walk", walk },
                                               { 3, 0, "Visit", NULL } };
    CLEANUP(arena_free) struct arena *mem = arena_new("fuzz");
    CLEANUP(strbuf_done) struct strbuf words = STRBUF(1 << 20), joined = STRBUF(1 << 20);
    struct place_segment segments[MAX_SEGMENTS];
    struct place_input in = { .segments = segments, .items = items, .item_count = size % 4 };
    struct place_pieces pieces;
    int number;

    in.segment_count = cut(text_clean(mem, (const char *)data, size), segments, &words);
    in.text = strbuf_peek(&words);
    pieces = place_resolve(&in, mem);
    assert(pieces.count >= 1);
    for (size_t i = 0; i < pieces.count; i++) {
        strbuf_str(&joined, pieces.v[i].text);
        assert(pieces.v[i].words_at <= strlen(pieces.v[i].text));
        assert((pieces.v[i].count > 0) == (pieces.v[i].why != PLACE_UNKNOWN));
    }
    assert(strcmp(strbuf_peek(&joined), in.text) == 0);
    if (place_read_which(in.text, (struct number_set){ (const int[]){ 1, 2 }, 2 }, NULL, mem, &number) ==
        PLACE_WHICH_NUMBER)
        assert(number == 1 || number == 2);
    return 0;
}
