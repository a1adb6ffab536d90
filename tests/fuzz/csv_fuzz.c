/* The file of people that `member import` takes: rows and columns within their limits, or a refusal. */
#include "gateway/cli/import.c"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("fuzz");
    struct import im = { .mem = mem, .rows = ARENA_ARRAY(mem, IMPORT_MAX_ROWS + 1, struct import_row) };
    struct err err;

    if (read_rows(&im, (const char *)data, n, &err) || read_header(&im, &err)) {
        assert(*err.msg && text_is_utf8(err.msg, strlen(err.msg)));
        return 0;
    }
    for (size_t i = 0; i < im.n; i++)
        for (int w = 0; w < SEAT_WORD_COUNT; w++) {
            const char *const field = field_of(&im, &im.rows[i], (enum seat_word)w);

            assert(!field || (text_is_utf8(field, strlen(field)) && !strpbrk(field, "\r\n")));
        }
    return 0;
}
