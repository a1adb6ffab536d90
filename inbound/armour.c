#include "inbound/armour.h"

#include "base/strbuf.h"
#include "base/text.h"

#define TEXT_MAX_BYTES ((size_t)16 << 20)

struct line {
    const char *p;
    size_t n;
};

static bool is_line(struct line l, const char *what)
{
    while (l.n && (l.p[l.n - 1] == ' ' || l.p[l.n - 1] == '\t'))
        l.n--;
    return l.n == strlen(what) && memcmp(l.p, what, l.n) == 0;
}

/* Steps rest past the line that is end; false when none is. */
static bool skip_to(const char **rest, const char *end)
{
    const char *at = *rest;
    struct line l;

    while (text_next_line(&at, &l.p, &l.n))
        if (is_line(l, end)) {
            *rest = at;
            return true;
        }
    return false;
}

/* The words of a clear-signed block; rest stands behind its first line. */
static bool add_signed(const char **rest, struct strbuf *out)
{
    const char *at = *rest, *end = *rest;
    bool is_text = false;
    struct line l;

    if (!skip_to(&end, "-----END PGP SIGNATURE-----"))
        return false;
    while (text_next_line(&at, &l.p, &l.n) && !is_line(l, "-----BEGIN PGP SIGNATURE-----")) {
        const size_t dash = l.n >= 2 && memcmp(l.p, "- ", 2) == 0 ? 2 : 0;

        if (is_text) {
            strbuf_add(out, l.p + dash, l.n - dash);
            strbuf_char(out, '\n');
        }
        is_text |= l.n == 0 || is_line(l, "");
    }
    *rest = end;
    return true;
}

/* *unclosed: a bit for each kind of block whose end was looked for in vain: it is not looked for again. */
static enum armour take_block(struct line first, const char **rest, unsigned *unclosed, struct strbuf *out)
{
    static const struct {
        const char *begin, *end;
        enum armour kind;
    } blocks[] = {
        { "-----BEGIN PGP MESSAGE-----", "-----END PGP MESSAGE-----", ARMOUR_ENCRYPTED },
        { "-----BEGIN PGP PUBLIC KEY BLOCK-----", "-----END PGP PUBLIC KEY BLOCK-----", ARMOUR_KEY },
        { "-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----", ARMOUR_KEY },
        { "-----BEGIN PGP SIGNED MESSAGE-----", NULL, ARMOUR_SIGNED },
    };

    for (size_t i = 0; i < COUNT_OF(blocks); i++) {
        if (*unclosed & 1u << i || !is_line(first, blocks[i].begin))
            continue;
        if (blocks[i].end ? skip_to(rest, blocks[i].end) : add_signed(rest, out))
            return blocks[i].kind;
        *unclosed |= 1u << i;
    }
    return ARMOUR_NONE;
}

const char *armour_take_off(const char *text, struct arena *mem, enum armour *ret_found)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(TEXT_MAX_BYTES);
    const char *rest = text;
    unsigned unclosed = 0;
    struct line l;

    *ret_found = ARMOUR_NONE;
    if (!strstr(text, "-----BEGIN PGP "))
        return text;
    while (text_next_line(&rest, &l.p, &l.n)) {
        const enum armour kind = take_block(l, &rest, &unclosed, &out);

        if (kind > *ret_found)
            *ret_found = kind;
        if (kind == ARMOUR_NONE) {
            strbuf_add(&out, l.p, l.n);
            strbuf_char(&out, '\n');
        }
    }
    return out.over ? text : arena_strndup(mem, strbuf_peek(&out), out.len);
}
