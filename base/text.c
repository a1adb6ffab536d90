#include "base/text.h"

#include "base/strbuf.h"

#include <assert.h>
#include <errno.h>
#include <ctype.h>
#include <idn2.h>
#include <utf8proc.h>

#define TEXT_MAX_BYTES ((size_t)64 << 20)
#define DOMAIN_LABEL_MAX 63 /* RFC 1035 2.3.4 */
#define REPLACEMENT "\xEF\xBF\xBD"

static bool is_ascii(int32_t cp)
{
    return cp >= 0 && cp < 0x80;
}

/* The length of the valid sequence at p, 0 when it is none. A NUL is a character here. */
static utf8proc_ssize_t step(const char *p, size_t n, int32_t *cp)
{
    utf8proc_ssize_t k;

    if (n && is_ascii((unsigned char)*p)) {
        *cp = *p;
        return 1;
    }
    k = utf8proc_iterate((const utf8proc_uint8_t *)p, (utf8proc_ssize_t)n, cp);
    return k < 0 ? 0 : k;
}

bool text_is_utf8(const char *s, size_t n)
{
    int32_t cp;

    while (n) {
        const utf8proc_ssize_t k = step(s, n, &cp);

        if (!k)
            return false;
        s += k;
        n -= (size_t)k;
    }
    return true;
}

static bool is_private(int32_t cp)
{
    return (cp >= 0xE000 && cp <= 0xF8FF) || cp >= 0xF0000;
}

static bool is_noncharacter(int32_t cp)
{
    return (cp & 0xFFFE) == 0xFFFE || (cp >= 0xFDD0 && cp <= 0xFDEF);
}

/* Byte order marks, and operators that nobody sees: BlueMail begins its letters with one. */
static bool is_nothing(int32_t cp)
{
    return cp == 0xFEFF || (cp >= 0x2061 && cp <= 0x2064);
}

static void add_clean(struct strbuf *b, const char *p, size_t k, int32_t cp)
{
    const bool is_control = (cp < 0x20 && cp != '\n' && cp != '\t') || (cp >= 0x7F && cp < 0xA0);

    if (cp == 0)
        strbuf_str(b, REPLACEMENT);
    else if (!is_control && !is_private(cp) && !is_noncharacter(cp) && !is_nothing(cp))
        strbuf_add(b, p, k);
}

/* How many bytes at s are printable ASCII, line feeds and tabs: most of most texts, and there is nothing to clean or to compose in them. */
static size_t plain_length(const char *s, size_t n)
{
    size_t i = 0;

    for (; i < n; i++) {
        const unsigned char c = (unsigned char)s[i];

        if ((c < 0x20 && c != '\n' && c != '\t') || c >= 0x7F)
            break;
    }
    return i;
}

char *text_clean(struct arena *mem, const char *s, size_t n)
{
    CLEANUP(strbuf_done) struct strbuf b = STRBUF(TEXT_MAX_BYTES);
    int32_t cp;

    if (plain_length(s, n) == n)
        return arena_strndup(mem, s, n);
    strbuf_reserve(&b, n);
    while (n) {
        utf8proc_ssize_t k = (utf8proc_ssize_t)plain_length(s, n);

        if (k) {
            strbuf_add(&b, s, (size_t)k);
            s += k;
            n -= (size_t)k;
            continue;
        }
        k = step(s, n, &cp);
        if (*s == '\r') {
            k = 1 + (n > 1 && s[1] == '\n');
            strbuf_char(&b, '\n');
        } else if (k) {
            add_clean(&b, s, (size_t)k, cp);
        } else {
            k = 1;
            strbuf_str(&b, REPLACEMENT);
        }
        s += k;
        n -= (size_t)k;
    }
    assert(!b.over);
    return arena_strndup(mem, strbuf_peek(&b), b.len);
}

char *text_visible(struct arena *mem, const char *s, size_t n)
{
    CLEANUP(strbuf_done) struct strbuf b = STRBUF(TEXT_MAX_BYTES);
    int32_t cp;

    for (size_t k; n; s += k, n -= k) {
        const utf8proc_ssize_t length = step(s, n, &cp);
        const utf8proc_category_t cat = length ? utf8proc_category(cp) : UTF8PROC_CATEGORY_CC;

        k = length ? (size_t)length : 1;
        if (*s == '\r') {
            k = 1 + (n > 1 && s[1] == '\n');
            strbuf_char(&b, '\n');
        } else if (*s == '\n' || *s == '\t')
            strbuf_char(&b, *s);
        else if (cat == UTF8PROC_CATEGORY_CC)
            strbuf_printf(&b, "\\x%02x", length ? (unsigned)cp : (unsigned char)*s);
        else if (cat == UTF8PROC_CATEGORY_CF || cat == UTF8PROC_CATEGORY_CO || cat == UTF8PROC_CATEGORY_ZL ||
                 cat == UTF8PROC_CATEGORY_ZP)
            strbuf_printf(&b, "\\u{%04x}", (unsigned)cp);
        else
            strbuf_add(&b, s, k);
    }
    return arena_strndup(mem, strbuf_peek(&b), b.over ? 0 : b.len);
}

static bool is_white(int32_t cp)
{
    utf8proc_category_t cat;

    if (is_ascii(cp))
        return cp == ' ' || cp == '\n' || cp == '\t';
    cat = utf8proc_category(cp);
    return cat == UTF8PROC_CATEGORY_ZS || cat == UTF8PROC_CATEGORY_ZL || cat == UTF8PROC_CATEGORY_ZP;
}

/* How many letters, digits and marks of ASCII stand at s. */
static size_t word_length(const char *s)
{
    size_t n = 0;

    while (s[n] > ' ' && s[n] < 0x7F)
        n++;
    return n;
}

char *text_clean_line(struct arena *mem, const char *s, size_t n)
{
    char *clean = text_clean(mem, s, n), *to = clean;
    const char *p = clean;
    bool gap = false;

    while (*p) {
        const char *start = p;
        const size_t word = word_length(p);

        if (word) {
            p += word;
        } else if (is_white(text_next(&p))) {
            gap = to > clean;
            continue;
        }
        if (gap)
            *to++ = ' ';
        gap = false;
        if (to < start)
            memmove(to, start, (size_t)(p - start));
        to += p - start;
    }
    *to = '\0';
    return clean;
}

static char *fold_plain_ascii(struct arena *mem, const char *s, size_t n)
{
    char *folded = arena_strndup(mem, s, n);

    for (size_t i = 0; i < n; i++)
        folded[i] = text_lower(folded[i]);
    return folded;
}

static void add_plain_folded(struct strbuf *b, const char *s, size_t n)
{
    strbuf_add(b, s, n);
    assert(!b->over);
    for (char *p = b->p + b->len - n; n; p++, n--)
        *p = text_lower(*p);
}

/* False when it is not UTF-8. */
static bool add_mapped(struct strbuf *b, const char *s, size_t n, utf8proc_option_t options)
{
    utf8proc_uint8_t *out = NULL;
    const utf8proc_ssize_t k = utf8proc_map((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)n, &out, options);

    if (k > 0)
        strbuf_add(b, out, (size_t)k);
    free(out);
    return k >= 0;
}

/* The bytes at s up to the next that are plain. */
static size_t odd_length(const char *s, size_t n)
{
    size_t i = 0;

    while (i < n && !plain_length(s + i, 1))
        i++;
    return i;
}

/* Plain runs are folded by us. The last letter of one goes with what follows: a mark may join it, but reaches no further. */
static char *map(struct arena *mem, const char *s, utf8proc_option_t options)
{
    CLEANUP(strbuf_done) struct strbuf b = STRBUF(TEXT_MAX_BYTES);
    size_t left = strlen(s), plain = plain_length(s, left);

    if (plain == left)
        return fold_plain_ascii(mem, s, left);
    strbuf_reserve(&b, left);
    for (const char *p = s; left;) {
        const size_t joined = plain && plain < left, odd = odd_length(p + plain, left - plain);

        add_plain_folded(&b, p, plain - joined);
        if (odd && !add_mapped(&b, p + plain - joined, joined + odd, options)) /* not UTF-8: compare it as it is */
            return arena_strdup(mem, s);
        p += plain + odd;
        left -= plain + odd;
        plain = plain_length(p, left);
    }
    return arena_strndup(mem, strbuf_peek(&b), b.len);
}

char *text_fold(struct arena *mem, const char *s)
{
    return map(mem, s, UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
}

char *text_fold_plain(struct arena *mem, const char *s)
{
    return map(mem, s,
               UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE |
                   UTF8PROC_STRIPMARK);
}

/* Folded letters of Cyrillic, Greek, Armenian, Cherokee, small capitals, crossed letters and figures, by what they look like. */
static char latin_of(int32_t cp)
{
    static const struct {
        char latin;
        int32_t alike[6];
    } table[] = {
        { 'a', { 0x430, 0x3B1, 0x251, 0x1D00, 0x13AA } },
        { 'b', { 0x432, 0x3B2, 0x299, 0x13F4 } },
        { 'c', { 0x441, 0x1D04, 0x13DF } },
        { 'd', { 0x501, 0x111, 0x1D05, 0x13A0 } },
        { 'e', { 0x435, 0x3B5, 0x1D07, 0x13AC } },
        { 'g', { 0x261, 0x262, 0x581, 0x13C0 } },
        { 'h', { 0x43D, 0x3B7, 0x4BB, 0x29C, 0x127, 0x13BB } },
        { 'i', { 0x456, 0x3B9, 0x131, 0x26A, 0x268 } },
        { 'j', { 0x458, 0x1D0A, 0x13AB } },
        { 'k', { 0x43A, 0x3BA, 0x1D0B, 0x13E6 } },
        { 'l', { 0x31, 0x4CF, 0x142, 0x29F, 0x13DE } },
        { 'm', { 0x43C, 0x3BC, 0x1D0D, 0x13B7 } },
        { 'n', { 0x274, 0x578 } },
        { 'o', { 0x30, 0x43E, 0x3BF, 0xF8, 0x1D0F, 0x585 } },
        { 'p', { 0x440, 0x3C1, 0x1D18, 0x13E2 } },
        { 'q', { 0x51B, 0x566 } },
        { 'r', { 0x280, 0x13A1 } },
        { 's', { 0x455, 0x13DA } },
        { 't', { 0x442, 0x3C4, 0x1D1B, 0x13A2 } },
        { 'u', { 0x438, 0x3C5, 0x1D1C, 0x57D } },
        { 'v', { 0x3BD, 0x475, 0x1D20, 0x13D9 } },
        { 'w', { 0x51D, 0x1D21, 0x13B3 } },
        { 'x', { 0x445, 0x3C7 } },
        { 'y', { 0x443, 0x28F } },
        { 'z', { 0x3B6, 0x1D22, 0x13C3 } },
        { '3', { 0x437 } },
    };

    for (size_t i = 0; i < COUNT_OF(table); i++)
        for (size_t k = 0; k < COUNT_OF(table[i].alike) && table[i].alike[k]; k++)
            if (table[i].alike[k] == cp)
                return table[i].latin;
    return '\0';
}

char *text_likeness(struct arena *mem, const char *s)
{
    char *folded = text_fold_plain(mem, s), *to = folded;
    const char *p = folded;

    while (*p) {
        const char *start = p;
        const int32_t cp = text_next(&p);
        const char latin = latin_of(cp);

        if (latin) {
            *to++ = latin;
        } else if (text_is_letter(cp) || text_is_digit(cp)) {
            memmove(to, start, (size_t)(p - start));
            to += p - start;
        }
    }
    *to = '\0';
    return folded;
}

size_t text_length(const char *s)
{
    size_t n = 0;

    while (text_next(&s))
        n++;
    return n;
}

char *text_excerpt(struct arena *mem, const char *s, size_t max)
{
    const char *p = s, *cut = s;
    size_t n = 0;

    while (*p && n < max) {
        const char *before = p;
        const int32_t cp = text_next(&p);

        n++;
        if (cp == ' ' || cp == '\n')
            cut = before;
    }
    if (!*p)
        return arena_strdup(mem, s);
    if (cut == s)
        cut = p; /* one word longer than max */
    return arena_printf(mem, "%.*s…", (int)(cut - s), s);
}

int32_t text_next(const char **s)
{
    int32_t cp;
    utf8proc_ssize_t k;

    if (is_ascii((unsigned char)**s))
        return **s ? *(*s)++ : 0;
    k = step(*s, strnlen(*s, 4), &cp);
    if (!k) {
        (*s)++;
        return 0xFFFD;
    }
    *s += k;
    return cp;
}

bool text_is_letter(int32_t cp)
{
    utf8proc_category_t c;

    if (is_ascii(cp))
        return isalpha(cp);
    c = utf8proc_category(cp);
    return c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO;
}

bool text_has_letter(const char *s)
{
    for (int32_t cp; (cp = text_next(&s));)
        if (text_is_letter(cp))
            return true;
    return false;
}

size_t text_count_digits(const char *s)
{
    size_t n = 0;

    for (; *s; s++)
        n += *s >= '0' && *s <= '9';
    return n;
}

bool text_is_digit(int32_t cp)
{
    return is_ascii(cp) ? isdigit(cp) : utf8proc_category(cp) == UTF8PROC_CATEGORY_ND;
}

char *text_copy(const char *s)
{
    char *p = s ? strdup(s) : NULL;

    if (s && !p)
        abort();
    return p;
}

bool text_next_line(const char **s, const char **ret_line, size_t *ret_len)
{
    const size_t n = strcspn(*s, "\n");

    if (!**s)
        return false;
    *ret_line = *s;
    *ret_len = n;
    *s += n + ((*s)[n] == '\n');
    return true;
}

enum rc text_to_int(const char *s, int64_t min, int64_t max, int64_t *ret, struct err *err)
{
    char *end;
    int64_t v;

    errno = 0;
    v = strtoll(s, &end, 10);
    if (end == s || *end || isspace((unsigned char)*s) || errno || v < min || v > max)
        return err_set(err, RC_INPUT, "expected a whole number from %" PRId64 " to %" PRId64, min, max);
    *ret = v;
    return RC_OK;
}

/* RFC 5322 atext, plus every non-ASCII character (RFC 6531) where the caller allows it. */
static bool is_atext(unsigned char c)
{
    return isalnum(c) || c >= 0x80 || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static enum rc check_local(const char *local, size_t n, bool allow_utf8, struct err *err)
{
    if (n == 0)
        return err_set(err, RC_INPUT, "address has nothing before the @");
    if (n > TEXT_LOCAL_MAX)
        return err_set(err, RC_INPUT, "address has over %d characters before the @", TEXT_LOCAL_MAX);
    for (size_t i = 0; i < n; i++) {
        if (!is_atext((unsigned char)local[i]) && local[i] != '.')
            return err_set(err, RC_INPUT, "address has a character that is not allowed before the @");
        if ((unsigned char)local[i] >= 0x80 && !allow_utf8)
            return err_set(err, RC_INPUT,
                           "address has letters outside A-Z before the @: mail to it needs SMTPUTF8, which the relay "
                           "connection does not offer; ask for another address");
    }
    return RC_OK;
}

/* Labels of letters, digits and single hyphens within them: their own A-labels, as nearly all are. */
static bool is_plain_domain(const char *domain)
{
    size_t label = 0;

    for (const char *p = domain; *p; p++) {
        const bool is_inside = label && p[1] && p[1] != '.';

        if (*p != '.' && !isalnum((unsigned char)*p) && !(*p == '-' && is_inside && p[1] != '-'))
            return false;
        label = *p == '.' ? 0 : label + 1;
        if (label > DOMAIN_LABEL_MAX)
            return false;
    }
    return true;
}

static bool has_empty_label(const char *domain)
{
    const size_t n = strlen(domain);

    return !n || *domain == '.' || domain[n - 1] == '.' || strstr(domain, "..");
}

static char *lower_ascii(char *s)
{
    for (char *p = s; *p; p++)
        *p = text_lower(*p);
    return s;
}

/* The domain as lower-case A-labels; a dot in it and no empty label. */
static enum rc to_alabel(const char *domain, struct arena *mem, char **ret, struct err *err)
{
    char *out = NULL;
    int r;

    if (!strchr(domain, '.') || has_empty_label(domain) || strspn(domain, "-_. \t") == strlen(domain) ||
        strpbrk(domain, " \t<>@,;:[]()\"\\"))
        return err_set(err, RC_INPUT, "address has no domain name like example.org after the @");
    if (is_plain_domain(domain) && strlen(domain) < TEXT_ADDRESS_MAX) {
        *ret = lower_ascii(arena_strdup(mem, domain));
        return RC_OK;
    }
    r = idn2_to_ascii_8z(domain, &out, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    if (r != IDN2_OK)
        return err_set(err, RC_INPUT, "domain of the address is not valid (%s)", idn2_strerror_name(r));
    *ret = lower_ascii(arena_strdup(mem, out));
    idn2_free(out);
    return RC_OK;
}

static enum rc read_address(const char *s, bool allow_utf8, struct arena *mem, char **ret_address, struct err *err)
{
    const char *line = text_clean_line(mem, s, strlen(s));
    const char *at = strrchr(line, '@');
    char *domain, *local, *whole;
    enum rc rc;

    if (!at)
        return err_set(err, RC_INPUT, "address has no @");
    rc = check_local(line, (size_t)(at - line), allow_utf8, err);
    if (!rc)
        rc = to_alabel(at + 1, mem, &domain, err);
    if (rc)
        return rc;
    local = text_fold(mem, arena_strndup(mem, line, (size_t)(at - line)));
    whole = arena_printf(mem, "%s@%s", local, domain);
    if (strlen(whole) > TEXT_ADDRESS_MAX)
        return err_set(err, RC_INPUT, "address is over %d characters", TEXT_ADDRESS_MAX);
    *ret_address = whole;
    return RC_OK;
}

enum rc text_address(const char *s, struct arena *mem, char **ret_address, struct err *err)
{
    return read_address(s, false, mem, ret_address, err);
}

enum rc text_address_in(const char *s, struct arena *mem, char **ret_address, struct err *err)
{
    return read_address(s, true, mem, ret_address, err);
}
