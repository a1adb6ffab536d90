#include "inbound/mime_mend.h"

#include "base/text.h"
#include "inbound/letter.h"

#include <ctype.h>

#define BOUNDARY_MAX_BYTES 200 /* RFC 2046 says 70 */
#define BOUNDARY_LINES_MAX 2000

static bool has_double_cr(const char *bytes, size_t n)
{
    const char *const end = bytes + n;

    for (const char *p = bytes; (p = memchr(p, '\r', (size_t)(end - p))); p++)
        if (end - p > 2 && p[1] == '\r' && p[2] == '\n')
            return true;
    return false;
}

/* Every CR becomes LF, or every CR before CR or LF goes. */
static char *mended(const char *raw, size_t *n, bool is_cr_alone, struct arena *mem)
{
    char *out = arena_alloc(mem, *n + 1);
    size_t k = 0;

    for (size_t i = 0; i < *n; i++) {
        if (is_cr_alone)
            out[k++] = raw[i] == '\r' ? '\n' : raw[i];
        else if (raw[i] != '\r' || i + 1 == *n || (raw[i + 1] != '\r' && raw[i + 1] != '\n'))
            out[k++] = raw[i];
    }
    *n = k;
    return out;
}

/* A field that mail has and a text that begins with blank lines has not. */
static bool is_field_at(const char *p, size_t n)
{
    static const char *const names[] = { "Return-Path:",  "Received:",     "From:",       "To:",
                                         "Subject:",      "Date:",         "Message-ID:", "MIME-Version:",
                                         "Delivered-To:", "X-Original-To:" };

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (n > strlen(names[i]) && strncasecmp(p, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

static const char *without_blank_start(const char *raw, size_t *n)
{
    size_t i = 0;

    while (i < *n && (raw[i] == '\r' || raw[i] == '\n'))
        i++;
    if (i == 0 || !is_field_at(raw + i, *n - i))
        return raw;
    *n -= i;
    return raw + i;
}

/* Where some lines end in CRLF and some in LF, GMime takes two bytes off before each boundary: the last letter of a part is lost. */
static bool is_mixed(const char *raw, size_t n)
{
    const char *const end = raw + n;
    bool has_crlf = false, has_lf = false;

    for (const char *p = raw; (p = memchr(p, '\n', (size_t)(end - p))) && !(has_crlf && has_lf); p++) {
        has_crlf |= p > raw && p[-1] == '\r';
        has_lf |= p == raw || p[-1] != '\r';
    }
    return has_crlf && has_lf;
}

const char *mime_mend_lines(const char *raw, size_t *n, struct arena *mem)
{
    const size_t head = *n < LETTER_HEADER_MAX_BYTES ? *n : LETTER_HEADER_MAX_BYTES;

    if (!memchr(raw, '\r', *n))
        return without_blank_start(raw, n);
    if (!memchr(raw, '\n', head) && memchr(raw, '\r', head))
        raw = mended(raw, n, true, mem);
    else if (has_double_cr(raw, head) || is_mixed(raw, *n))
        raw = mended(raw, n, false, mem);
    return without_blank_start(raw, n);
}

/* The line from p on, without its end; *ret_next is where the next begins. */
static size_t line_length(const char *p, const char *end, const char **ret_next)
{
    const char *lf = memchr(p, '\n', (size_t)(end - p));
    size_t n = (size_t)((lf ? lf : end) - p);

    *ret_next = lf ? lf + 1 : end;
    while (n && (p[n - 1] == '\r' || p[n - 1] == ' ' || p[n - 1] == '\t'))
        n--;
    return n;
}

static bool is_boundary(const char *line, size_t n, const char *next, const char *end)
{
    if (n < 3 || n > BOUNDARY_MAX_BYTES || line[0] != '-' || line[1] != '-' || memchr(line, '"', n))
        return false;
    return (size_t)(end - next) > strlen("Content-") && strncasecmp(next, "Content-", strlen("Content-")) == 0;
}

const char *mime_mend_boundary(const char *body, size_t n, struct arena *mem, size_t *ret_n)
{
    const char *end = body + n, *next = body;

    for (int i = 0; i < BOUNDARY_LINES_MAX && next < end; i++) {
        const char *line = next;
        const size_t length = line_length(line, end, &next);
        char *entity;
        size_t head;

        if (!is_boundary(line, length, next, end))
            continue;
        entity = arena_alloc(mem, n + BOUNDARY_MAX_BYTES + 100);
        head = (size_t)snprintf(entity, BOUNDARY_MAX_BYTES + 100,
                                "Content-Type: multipart/mixed; boundary=\"%.*s\"\n\n", (int)(length - 2), line + 2);
        memcpy(entity + head, body, n);
        *ret_n = head + n;
        return entity;
    }
    return NULL;
}

const char *mime_mend_delimiters(const char *body, size_t n, const char *boundary, struct arena *mem, size_t *ret_n)
{
    const size_t k = strlen(boundary);
    const char *end = body + n, *next = body;
    char *out = arena_alloc(mem, n + 1);
    size_t kept = 0;

    while (next < end) {
        const char *line = next;
        const size_t length = line_length(line, end, &next);
        const bool is_delimiter =
            k && length >= k + 2 && length <= k + 4 && memcmp(line, "--", 2) == 0 && memcmp(line + 2, boundary, k) == 0;

        if (!is_delimiter) {
            memcpy(out + kept, line, (size_t)(next - line));
            kept += (size_t)(next - line);
        }
    }
    *ret_n = kept;
    return out;
}

const char *mime_mend_type(const char *type, const char *bytes, size_t n)
{
    static const char *const starts[] = { "<!doctype html", "<html>", "<html " };
    size_t i = 0;

    if (!text_equals(type, "text/plain"))
        return type;
    while (i < n && isspace((unsigned char)bytes[i]))
        i++;
    for (size_t k = 0; k < COUNT_OF(starts); k++)
        if (n - i > strlen(starts[k]) && strncasecmp(bytes + i, starts[k], strlen(starts[k])) == 0)
            return memmem(bytes + i, n - i, "</", 2) ? "text/html" : type;
    return type;
}
