/* The small parsers behind the mail reader, each alone: the first byte says which. */
#include "base/text.h"
#include "inbound/armour.h"
#include "inbound/charset.h"
#include "inbound/cms.h"
#include "inbound/encoded_word.h"
#include "inbound/enriched.h"
#include "inbound/jpeg_bare.h"
#include "inbound/mime_mend.h"
#include "inbound/uuencode.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void fuzz_bytes(int which, const char *bytes, size_t n, struct arena *mem)
{
    static const char *const labels[] = { "", "utf-8", "iso-8859-1", "utf-16", "hz-gb-2312", "iso-2022-jp", "x-none" };
    struct cms cms;
    bool is_guessed;
    size_t k = n;
    int w, h;

    switch (which) {
    case 0:
        cms = cms_open(bytes, n);
        assert(cms.n <= n);
        if (cms.piece_count)
            cms_join(&cms, mem);
        break;
    case 1:
        assert(uuencode_take_out(bytes, n, mem).rest_n <= n);
        break;
    case 2:
        for (size_t i = 0; i < COUNT_OF(labels); i++) {
            const char *text = charset_to_utf8(mem, labels[i], bytes, n, &is_guessed);

            assert(text_is_utf8(text, strlen(text)));
        }
        break;
    case 3:
        mime_mend_lines(bytes, &k, mem);
        assert(k <= n);
        mime_mend_boundary(bytes, n, mem, &k);
        mime_mend_delimiters(bytes, n, "b", mem, &k);
        break;
    default:
        if (jpeg_is_bare((const unsigned char *)bytes, n, &w, &h))
            assert(w > 0 && h > 0);
    }
}

static void fuzz_text(int which, const char *text, struct arena *mem)
{
    enum armour found;

    if (which == 0)
        armour_take_off(text, mem, &found);
    else if (which == 1)
        enriched_to_text(text, mem);
    else
        assert(!strchr(encoded_word_decode(text, mem), '\n'));
    encoded_word_charset(text, mem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("fuzz");
    const char *bytes = (const char *)data + 1;

    if (!n)
        return 0;
    if (data[0] % 8 < 5)
        fuzz_bytes(data[0] % 8, arena_strndup(mem, bytes, n - 1), n - 1, mem);
    else
        fuzz_text(data[0] % 8 - 5, text_clean(mem, bytes, n - 1), mem);
    return 0;
}
