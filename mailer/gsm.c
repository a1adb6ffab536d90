#include "mailer/gsm.h"

#include "base/text.h"

#include <utf8proc.h>

/* Septets 0x00-0x1F, then those from 0x24 on that are not ASCII. ESC (0x1B) is no character. */
static const int32_t beyond_ascii[] = {
    0x40, 0xA3,  0x24, 0xA5,  0xE8,  0xE9,  0xF9,  0xEC,  0xF2,  0xC7,  '\n',  0xD8,  0xF8, '\r', 0xC5,
    0xE5, 0x394, 0x5F, 0x3A6, 0x393, 0x39B, 0x3A9, 0x3A0, 0x3A8, 0x3A3, 0x398, 0x39E, 0xC6, 0xE6, 0xDF,
    0xC9, 0xA4,  0xA1, 0xC4,  0xD6,  0xD1,  0xDC,  0xA7,  0xBF,  0xE4,  0xF6,  0xF1,  0xFC, 0xE0,
};
static const int32_t escaped[] = { 0x0C, '^', '{', '}', '\\', '[', '~', ']', '|', 0x20AC };

static bool is_among(const int32_t *list, size_t count, int32_t cp)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == cp)
            return true;
    return false;
}

unsigned gsm_septets(int32_t cp)
{
    const bool is_same = (cp >= 0x20 && cp <= 0x23) || (cp >= 0x25 && cp <= 0x3F) || (cp >= 'A' && cp <= 'Z') ||
                         (cp >= 'a' && cp <= 'z');

    if (is_same || is_among(beyond_ascii, COUNT_OF(beyond_ascii), cp))
        return 1;
    return is_among(escaped, COUNT_OF(escaped), cp) ? 2 : 0;
}

unsigned gsm_ucs2_units(int32_t cp)
{
    return cp > 0xFFFF ? 2 : 1;
}

bool gsm_has_all(const char *text)
{
    while (*text)
        if (!gsm_septets(text_next(&text)))
            return false;
    return true;
}

static bool is_ascii(const char *text)
{
    while (*text && (unsigned char)*text < 0x80)
        text++;
    return !*text;
}

enum rc gsm_normalise(const char *text, size_t n, struct arena *mem, char **ret_text, struct err *err)
{
    utf8proc_uint8_t *composed = NULL;
    char *copy, *to;

    if (memchr(text, '\0', n) || !text_is_utf8(text, n))
        return err_set(err, RC_INPUT, "the text is no UTF-8 without NUL");
    copy = arena_strndup(mem, text, n);
    to = copy;
    for (size_t i = 0; i < n; i++) /* CR LF and CR alone become LF */
        if (text[i] != '\r')
            *to++ = text[i];
        else if (i + 1 == n || text[i + 1] != '\n')
            *to++ = '\n';
    *to = '\0';
    if (is_ascii(copy)) { /* its own composed form */
        *ret_text = copy;
        return RC_OK;
    }
    if (utf8proc_map((const utf8proc_uint8_t *)copy, 0, &composed,
                     UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE) < 0)
        return err_set(err, RC_INPUT, "the text has no composed form");
    *ret_text = arena_strdup(mem, (const char *)composed);
    free(composed);
    return RC_OK;
}

bool gsm_is_break(int32_t before, int32_t after, int32_t *state)
{
    return utf8proc_grapheme_break_stateful(before, after, state);
}

int32_t gsm_bare_letter(int32_t cp)
{
    utf8proc_int32_t parts[8];
    int boundary = 0;
    const utf8proc_ssize_t n =
        utf8proc_decompose_char(cp, parts, COUNT_OF(parts), UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK, &boundary);

    return n == 0 ? 0 : n == 1 ? parts[0] : cp;
}
