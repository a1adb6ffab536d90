/* number: the pieces cover the text, in order, and name numbers of the issue. */
#include "base/arena.h"
#include "base/text.h"
#include "inbound/number.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int numbers[] = { 1, 2, 3, 10, 90 };
    static const struct number_set issue = { numbers, COUNT_OF(numbers) };
    CLEANUP(arena_free) struct arena *mem = arena_new("fuzz");
    const char *text = text_clean(mem, (const char *)data, size);
    const struct number_pieces pieces = number_split(text, issue, NULL, mem);
    size_t end = 0;

    for (size_t i = 0; i < pieces.count; i++) {
        const struct number_piece *p = &pieces.v[i];

        assert(p->at == end && p->count >= 1 && p->count <= NUMBER_MAX_EACH);
        assert(p->words_at >= p->at && p->words_at <= p->at + p->len);
        for (size_t k = 0; k < p->count; k++)
            assert(number_has(issue, p->numbers[k]));
        end = p->at + p->len;
    }
    assert(!pieces.count || end == strlen(text));
    return 0;
}
