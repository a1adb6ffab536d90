#include "inbound/charset_guess.h"

#include "base/text.h"

#include <uchardet/uchardet.h>

#define FEW_HIGH_BYTES 12 /* of a Latin alphabet: fewer tell nothing about which */

/* The length of the UTF-8 character at p, 0 when it is none. */
static size_t sequence(const unsigned char *p, size_t n)
{
    const size_t k = *p >= 0xF0 ? 4 : *p >= 0xE0 ? 3 : 2;

    return *p >= 0xC2 && *p <= 0xF4 && k <= n && text_is_utf8((const char *)p, k) ? k : 0;
}

struct charset_shape charset_shape(const char *bytes, size_t n)
{
    const unsigned char *p = (const unsigned char *)bytes;
    struct charset_shape s = { 0 };

    for (size_t i = 0; i < n; i++) {
        const size_t k = p[i] >= 0x80 ? sequence(p + i, n - i) : 0;

        s.letters += (p[i] | 0x20) >= 'a' && (p[i] | 0x20) <= 'z';
        s.zeros += p[i] == 0;
        s.has_escapes |= p[i] == 0x1B && i + 2 < n && (p[i + 1] == '$' || (p[i + 1] == '(' && p[i + 2] == 'J'));
        s.stray += p[i] >= 0x80 && !k;
        s.sequences += k > 0;
        s.high += p[i] >= 0x80 ? (k ? k : 1) : 0;
        i += k ? k - 1 : 0;
    }
    s.is_utf8 = s.stray == 0;
    s.has_escapes &= s.high == 0;
    s.has_mark = n >= 2 && ((p[0] == 0xFF && p[1] == 0xFE) || (p[0] == 0xFE && p[1] == 0xFF) ||
                            (n >= 4 && !p[0] && !p[1] && p[2] == 0xFE && p[3] == 0xFF));
    return s;
}

bool charset_is_mostly_high(const struct charset_shape *shape)
{
    return shape->high > 3 && shape->high * 3 > shape->letters * 2;
}

/* Central European letters of Windows stand where ISO 8859-2 has none. */
static const char *told_apart(const char *name, const char *bytes, size_t n)
{
    bool has_windows = false;

    if (!text_equals(name, "windows-1250") && !text_equals(name, "iso-8859-2"))
        return name;
    for (size_t i = 0; i < n; i++)
        has_windows |= (unsigned char)bytes[i] >= 0x80 && (unsigned char)bytes[i] < 0xA0;
    return has_windows ? "windows-1250" : "iso-8859-2";
}

const char *charset_guess(const char *bytes, size_t n, const struct charset_shape *shape)
{
    static char name[40];
    const bool is_enough = charset_is_mostly_high(shape) || shape->high >= FEW_HIGH_BYTES;
    uchardet_t ud = is_enough ? uchardet_new() : NULL;

    if (!ud)
        return NULL;
    *name = '\0';
    if (uchardet_handle_data(ud, bytes, n < CHARSET_GUESS_BYTES ? n : CHARSET_GUESS_BYTES) == 0) {
        uchardet_data_end(ud);
        snprintf(name, sizeof name, "%s", uchardet_get_charset(ud));
    }
    uchardet_delete(ud);
    return *name ? told_apart(name, bytes, n) : NULL;
}

/* Which of the places modulo step hold most of the zero bytes; all ASCII letters have theirs at the same. */
static size_t zeros_at(const unsigned char *p, size_t n, size_t step, size_t place)
{
    size_t count = 0;

    for (size_t i = place; i < n; i += step)
        count += p[i] == 0;
    return count;
}

const char *charset_wide(const char *bytes, size_t n)
{
    const unsigned char *p = (const unsigned char *)bytes;
    size_t even, odd;

    if (n >= 4 && !p[0] && !p[1] && p[2] == 0xFE && p[3] == 0xFF)
        return "utf-32be";
    if (n >= 4 && p[0] == 0xFF && p[1] == 0xFE && !p[2] && !p[3])
        return "utf-32le";
    if (n >= 2 && p[0] == 0xFF && p[1] == 0xFE)
        return "utf-16le";
    if (n >= 2 && p[0] == 0xFE && p[1] == 0xFF)
        return "utf-16be";
    n = n < 4096 ? n : 4096;
    even = zeros_at(p, n, 2, 0);
    odd = zeros_at(p, n, 2, 1);
    if (n >= 8 && zeros_at(p, n, 4, 1) * 5 > n && zeros_at(p, n, 4, 2) * 5 > n) /* two thirds and more are zero */
        return zeros_at(p, n, 4, 0) > zeros_at(p, n, 4, 3) ? "utf-32be" : "utf-32le";
    if (even + odd < 2)
        return NULL;
    return even > 4 * odd ? "utf-16be" : odd > 4 * even ? "utf-16le" : NULL;
}
