#include "mailer/encode.h"

#include "base/clock.h"
#include "base/slot.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LINE_COLUMNS 76
#define WORD_COLUMNS 60   /* a longer ASCII word in a header is encoded, so that it can be folded */
#define WORD_CHARS 52     /* of one encoded word: 64 with its frame, which fits behind any field name */
#define QUOTED_COLUMNS 60 /* a longer quoted string is encoded instead, because it cannot be folded safely */
#define ADDRESS_MAX 254   /* RFC 5321 4.5.3.1.3 without the brackets */
#define LOCAL_MAX 64
#define URL_MAX 900

static const char hex_digits[] = "0123456789ABCDEF";

/* ---- what comes in ---- */

static size_t char_bytes(const char *s)
{
    const unsigned char c = (unsigned char)*s;

    return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

/* Bytes of the character at s when it must not be passed on: a control, a line break of Unicode, a slot mark. 0 for all
 * others. */
static size_t unwanted_bytes(const char *s)
{
    const unsigned char *u = (const unsigned char *)s;

    if (u[0] < 0x20 || u[0] == 0x7F)
        return 1;
    if (u[0] == 0xC2 && u[1] >= 0x80 && u[1] < 0xA0)
        return 2;
    if (u[0] == 0xE2 && u[1] == 0x80 && (u[2] == 0xA8 || u[2] == 0xA9))
        return 3;
    return u[0] == 0xF4 && slot_at(s, 4) >= 0 ? 4 : 0;
}

static const char *html_entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void encode_value(enum encode_target target, const char *value, struct strbuf *out)
{
    const char *from = value, *p = value;

    while (*p) {
        const size_t bad = unwanted_bytes(p);
        const char *entity = !bad && target == ENCODE_HTML ? html_entity(*p) : NULL;

        if (!bad && !entity) {
            p += char_bytes(p);
            continue;
        }
        strbuf_add(out, from, (size_t)(p - from));
        strbuf_str(out, entity ? entity : " ");
        p += bad ? bad : 1;
        from = p;
    }
    strbuf_add(out, from, (size_t)(p - from));
}

void encode_header_line(const char *text, struct strbuf *out)
{
    bool is_blank_due = false, has_text = false;

    for (const char *p = text; *p;) {
        const size_t bad = *p == ' ' ? 1 : unwanted_bytes(p);
        const size_t n = bad ? bad : char_bytes(p);

        if (bad) {
            is_blank_due = has_text;
        } else {
            if (is_blank_due)
                strbuf_char(out, ' ');
            strbuf_add(out, p, n);
            is_blank_due = false;
            has_text = true;
        }
        p += n;
    }
}

/* ---- headers ---- */

/* A character in Q encoding; only what may stand in a phrase too stays as it is (RFC 2047 section 5, rule 3). */
static size_t q_char(const char *p, size_t n, char out[12])
{
    size_t len = 0;

    if (n == 1 && ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || *p == ' ')) {
        out[0] = *p == ' ' ? '_' : *p;
        return 1;
    }
    for (size_t i = 0; i < n; i++) {
        out[len++] = '=';
        out[len++] = hex_digits[(unsigned char)p[i] >> 4];
        out[len++] = hex_digits[(unsigned char)p[i] & 15];
    }
    return len;
}

/* The whole text as encoded words, each on a line of its own, no character split. Q and not B: some readers, GMime 3.2
 * among them, join the base64 of neighbours and stop at the padding. */
static void add_encoded_words(const char *line, struct strbuf *out)
{
    while (*line) {
        char word[WORD_CHARS + 12];
        size_t len = 0;

        while (*line) {
            const size_t n = char_bytes(line), k = q_char(line, n, word + len);

            if (len + k > WORD_CHARS)
                break;
            len += k;
            line += n;
        }
        strbuf_str(out, "=?utf-8?Q?");
        strbuf_add(out, word, len);
        strbuf_str(out, *line ? "?=\r\n " : "?=");
    }
}

/* Plain text may stay as it is when nobody can read it as an encoded word and it can be folded at its blanks. */
static bool must_encode(const char *line)
{
    size_t word = 0;

    for (const char *p = line; *p; p++) {
        word = *p == ' ' ? 0 : word + 1;
        if ((unsigned char)*p >= 0x80 || word > WORD_COLUMNS || (p[0] == '=' && p[1] == '?'))
            return true;
    }
    return false;
}

static bool is_atext(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool is_atoms(const char *line)
{
    for (const char *p = line; *p; p++)
        if (!is_atext(*p) && *p != ' ')
            return false;
    return true;
}

static void add_quoted(const char *line, struct strbuf *out)
{
    strbuf_char(out, '"');
    for (const char *p = line; *p; p++) {
        if (*p == '"' || *p == '\\')
            strbuf_char(out, '\\');
        strbuf_char(out, *p);
    }
    strbuf_char(out, '"');
}

void encode_phrase(const char *line, struct strbuf *out)
{
    if (must_encode(line) || strlen(line) > QUOTED_COLUMNS)
        add_encoded_words(line, out);
    else if (is_atoms(line))
        strbuf_str(out, line);
    else
        add_quoted(line, out);
}

void encode_unstructured(const char *line, size_t col, struct strbuf *out)
{
    if (must_encode(line)) {
        add_encoded_words(line, out);
        return;
    }
    for (size_t n; *line; line += n) {
        n = 1 + strcspn(line + 1, " "); /* a word and the blank before it, if any */
        if (*line == ' ' && col + n > LINE_COLUMNS) {
            strbuf_str(out, "\r\n");
            col = 0;
        }
        strbuf_add(out, line, n);
        col += n;
    }
}

void encode_date(int64_t ms, struct strbuf *out)
{
    static const char days_of_week[7][4] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
    static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    const int64_t days = ms / MS_DAY - (ms % MS_DAY < 0);
    const int second = (int)((ms - days * MS_DAY) / MS_SECOND);
    int year, month, day;

    clock_civil_from_days(days, &year, &month, &day);
    strbuf_printf(out, "%s, %d %s %04d %02d:%02d:%02d +0000", days_of_week[(days % 7 + 7) % 7], day, months[month - 1],
                  year, second / 3600, second / 60 % 60, second % 60);
}

/* ---- quoted-printable ---- */

/* A line is filled in a small buffer, then added at once. */
struct qp {
    char line[LINE_COLUMNS + 4];
    size_t col;
    struct strbuf *out;
};

static void qp_end(struct qp *qp, const char *end)
{
    strbuf_add(qp->out, qp->line, qp->col);
    strbuf_str(qp->out, end);
    qp->col = 0;
}

static void qp_put(struct qp *qp, const char *bytes, size_t n)
{
    memcpy(qp->line + qp->col, bytes, n);
    qp->col += n;
}

/* What a transport or an mbox reader could take for its own at the start of a line. */
static bool is_risky_start(const char *p, size_t n)
{
    return *p == '.' || (n >= 5 && !memcmp(p, "From ", 5));
}

void encode_qp_line(const char *line, size_t n, struct strbuf *out)
{
    struct qp qp = { .out = out };

    for (size_t i = 0; i < n; i++) {
        const unsigned char c = (unsigned char)line[i];
        const bool is_last = i + 1 == n;
        bool is_plain = (c >= 33 && c <= 126 && c != '=') || ((c == ' ' || c == '\t') && !is_last);

        if (qp.col + (is_plain ? 1 : 3) > LINE_COLUMNS - 1)
            qp_end(&qp, "=\r\n");
        if (!qp.col && is_risky_start(line + i, n - i))
            is_plain = false;
        if (is_plain)
            qp_put(&qp, line + i, 1);
        else
            qp_put(&qp, (char[]){ '=', hex_digits[c >> 4], hex_digits[c & 15] }, 3);
    }
    qp_end(&qp, "\r\n");
}

/* ---- addresses ---- */

/* Host name: labels of letters, digits and inner hyphens, at least two. */
static bool is_host(const char *s)
{
    size_t label = 0, dots = 0;

    for (const char *p = s; *p; p++) {
        if (*p == '.') {
            if (!label || p[-1] == '-')
                return false;
            label = 0;
            dots++;
            continue;
        }
        if (!(is_atext(*p) && (*p == '-' ? label > 0 : !strchr("!#$%&'*+/=?^_`{|}~", *p))) || ++label > 63)
            return false;
    }
    return label && dots && s[strlen(s) - 1] != '-';
}

bool encode_is_address(const char *s)
{
    const char *at = strchr(s, '@');

    if (!at || at == s || at - s > LOCAL_MAX || strlen(s) > ADDRESS_MAX)
        return false;
    for (const char *p = s; p < at; p++)
        if (!is_atext(*p) && (*p != '.' || p == s || p[1] == '.' || p[1] == '@'))
            return false;
    return is_host(at + 1);
}

bool encode_is_url(const char *s)
{
    if (strncmp(s, "https://", 8) != 0 && strncmp(s, "mailto:", 7) != 0)
        return false;
    for (const char *p = s; *p; p++)
        if (*p <= ' ' || *p >= 127 || strchr("<>,\"\\", *p))
            return false;
    return strlen(s) <= URL_MAX;
}
