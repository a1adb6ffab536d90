#include "mailer/translit.h"

#include "base/strbuf.h"
#include "base/text.h"
#include "mailer/gsm.h"

struct swap {
    int32_t first, last;
    const char *with;
};

static const struct swap smart[] = {
    { 0x01, 0x08, "" },      { 0x09, 0x09, " " },       { 0x0B, 0x0B, "" },       { 0x0E, 0x1F, "" },
    { 0x60, 0x60, "'" },     { 0x7F, 0x7F, "" },        { 0xA0, 0xA0, " " },      { 0xAB, 0xAB, "\"" },
    { 0xB4, 0xB4, "'" },     { 0xBB, 0xBB, "\"" },      { 0xBC, 0xBC, "1/4" },    { 0xBD, 0xBD, "1/2" },
    { 0xBE, 0xBE, "3/4" },   { 0xF7, 0xF7, "/" },       { 0x2B9, 0x2B9, "'" },    { 0x2BA, 0x2BA, "\"" },
    { 0x2BB, 0x2BD, "'" },   { 0x2C8, 0x2C8, "'" },     { 0x2CA, 0x2CB, "'" },    { 0x2000, 0x200A, " " },
    { 0x200B, 0x200C, "" },  { 0x2010, 0x2015, "-" },   { 0x2018, 0x201B, "'" },  { 0x201C, 0x201F, "\"" },
    { 0x2022, 0x2022, "-" }, { 0x2026, 0x2026, "..." }, { 0x2028, 0x2029, "\n" }, { 0x202F, 0x202F, " " },
    { 0x2039, 0x2039, "<" }, { 0x203A, 0x203A, ">" },   { 0x203C, 0x203C, "!!" }, { 0x2043, 0x2043, "-" },
    { 0x2044, 0x2044, "/" }, { 0x205F, 0x205F, " " },   { 0x2060, 0x2060, "" },   { 0x2212, 0x2212, "-" },
    { 0x2215, 0x2215, "/" }, { 0x3000, 0x3000, " " },   { 0x301D, 0x301E, "\"" }, { 0xFE63, 0xFE63, "-" },
    { 0xFEFF, 0xFEFF, "" },  { 0xFF40, 0xFF40, "'" },
};

/* Letters that do not decompose, and emoji. */
static const struct swap more[] = {
    { 0xD0, 0xD0, "D" },        { 0xDE, 0xDE, "Th" },       { 0xF0, 0xF0, "d" },
    { 0xFE, 0xFE, "th" },       { 0x110, 0x110, "D" },      { 0x111, 0x111, "d" },
    { 0x131, 0x131, "i" },      { 0x141, 0x141, "L" },      { 0x142, 0x142, "l" },
    { 0x152, 0x152, "OE" },     { 0x153, 0x153, "oe" },     { 0x2639, 0x2639, ":(" },
    { 0x263A, 0x263A, ":)" },   { 0x2764, 0x2764, "<3" },   { 0x1F44D, 0x1F44D, "(thumbs up)" },
    { 0x1F499, 0x1F49C, "<3" }, { 0x1F600, 0x1F600, ":)" }, { 0x1F60A, 0x1F60A, ":)" },
    { 0x1F622, 0x1F622, ":(" }, { 0x1F641, 0x1F641, ":(" }, { 0x1F642, 0x1F642, ":)" },
};
#define FIRST_EMOJI 0x2639

static const char *swap_of(const struct swap *list, size_t count, int32_t cp)
{
    for (size_t i = 0; i < count; i++)
        if (cp >= list[i].first && cp <= list[i].last)
            return list[i].with;
    return NULL;
}

/* What may follow an emoji that became words: its colour and its way of being shown. */
static bool is_emoji_tail(int32_t cp)
{
    return cp == 0xFE0F || (cp >= 0x1F3FB && cp <= 0x1F3FF);
}

static void add_wide(struct strbuf *out, int32_t cp)
{
    strbuf_char(out, (char)(cp - 0xFF01 + '!'));
}

/* True when cp was replaced. */
static bool add_swapped(struct strbuf *out, int32_t cp, int32_t before, bool is_auto)
{
    const char *with = swap_of(smart, COUNT_OF(smart), cp);
    int32_t bare;

    if (!with && cp >= 0xFF01 && cp <= 0xFF5E) {
        add_wide(out, cp);
        return true;
    }
    if (!with && is_auto && before >= FIRST_EMOJI && is_emoji_tail(cp) && swap_of(more, COUNT_OF(more), before))
        return true;
    if (!with && is_auto)
        with = swap_of(more, COUNT_OF(more), cp);
    if (with) {
        if (cp >= 0xBC && cp <= 0xBE && text_is_digit(before))
            strbuf_char(out, ' '); /* "1½ tablets" must not become 11/2 */
        strbuf_str(out, with);
        return true;
    }
    if (!is_auto)
        return false;
    bare = gsm_bare_letter(cp);
    if (bare >= 0x80 || (bare && !gsm_septets(bare)))
        return false;
    if (bare)
        strbuf_char(out, (char)bare);
    return true;
}

/* RC_OK with NULL when something is left that the alphabet lacks. */
static enum rc rewrite(const char *text, bool is_auto, struct arena *mem, char **ret_text, size_t *ret_changed,
                       struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(12 * SEGMENT_TEXT_MAX);
    int32_t cp = 0;

    *ret_changed = 0;
    while (*text) {
        const char *const start = text;
        const int32_t before = cp;

        cp = text_next(&text);
        if (gsm_septets(cp)) {
            strbuf_add(&out, start, (size_t)(text - start));
        } else if (add_swapped(&out, cp, before, is_auto)) {
            (*ret_changed)++;
        } else {
            *ret_text = NULL;
            return RC_OK;
        }
    }
    return strbuf_take(&out, mem, ret_text, err);
}

enum rc translit_split(const char *text, size_t n, enum translit_mode mode, struct arena *mem,
                       const struct segments **ret_segments, size_t *ret_changed, struct err *err)
{
    const struct segments *as_is = NULL, *shorter = NULL;
    size_t changed = 0;
    char *other = NULL;
    enum rc rc = segment_split(text, n, mem, &as_is, err);

    if (!rc && as_is->encoding == SEGMENT_UCS2 && mode != TRANSLIT_KEEP) {
        const char *const normal = as_is->text;

        rc = rewrite(normal, false, mem, &other, &changed, err);
        if (!rc && !other && mode == TRANSLIT_AUTO) {
            rc = rewrite(normal, true, mem, &other, &changed, err);
            if (!rc && other && (rc = segment_split(other, strlen(other), mem, &shorter, err)) == RC_OK &&
                shorter->count >= as_is->count)
                shorter = NULL;
        } else if (!rc && other) {
            rc = segment_split(other, strlen(other), mem, &shorter, err);
        }
    }
    if (rc)
        return rc;
    *ret_segments = shorter ? shorter : as_is;
    if (ret_changed)
        *ret_changed = shorter ? changed : 0;
    return RC_OK;
}
