#include "inbound/html_mend.h"

#include "inbound/letter.h"

#include <ctype.h>

#define TAG_MAX_BYTES 16384

static size_t tag_length(const char *p, const char *end)
{
    char quote = 0;
    const char *q = p + 1;

    for (; q < end; q++) {
        if (quote ? *q == quote : *q == '"' || *q == '\'')
            quote = quote ? 0 : *q;
        else if (!quote && *q == '>')
            return (size_t)(q - p) + 1;
        if (q - p > TAG_MAX_BYTES && !quote)
            break;
    }
    /* A quote that never closes: the tag ends at its first '>'. */
    q = memchr(p, '>', (size_t)(end - p));
    return q ? (size_t)(q - p) + 1 : (size_t)(end - p);
}

static void add_piece(struct strbuf *out, const char *p, size_t n)
{
    if (out->len + n < LETTER_TEXT_MAX_BYTES)
        strbuf_add(out, p, n);
}

/* The words of a comment, as a person may write them there. Word keeps its settings in conditional comments, and its style sheets. */
static void keep_comment(const char *p, const char *end, struct strbuf *out)
{
    if (memmem(p, (size_t)(end - p), "<xml", 4) || memmem(p, (size_t)(end - p), "<style", 6) ||
        memmem(p, (size_t)(end - p), "<o:", 3) || memmem(p, (size_t)(end - p), "<v:", 3))
        return;
    while (p < end) {
        const char *lt = memchr(p, '<', (size_t)(end - p)), *gt;

        if (end - p > 3 && memcmp(p, "[if", 3) == 0 && (gt = memchr(p, '>', (size_t)(end - p)))) {
            p = gt + 1;
            continue;
        }
        add_piece(out, p, (size_t)((lt ? lt : end) - p));
        gt = lt ? memchr(lt, '>', (size_t)(end - lt)) : NULL;
        p = gt ? gt + 1 : end;
    }
    add_piece(out, "\n", 1);
}

static bool opens(const char *p, const char *end, const char *tag)
{
    const size_t n = strlen(tag);

    return (size_t)(end - p) > n && strncasecmp(p, tag, n) == 0 && !isalnum((unsigned char)p[n]);
}

void html_mend(const char *p, size_t n, struct strbuf *out, struct strbuf *comments)
{
    const char *end = p + n;
    const char *comment_end = p; /* of the next comment; NULL: none ends any more */
    bool is_in_style = false;

    while (p < end) {
        const char *lt = memchr(p, '<', (size_t)(end - p));
        size_t k;

        strbuf_add(out, p, (size_t)((lt ? lt : end) - p));
        if (!lt)
            return;
        p = lt;
        if (end - p > 3 && memcmp(p, "<![", 3) == 0) {
            const char *gt = memchr(p, '>', (size_t)(end - p));

            p = gt ? gt + 1 : end;
            continue;
        }
        if (p + 1 < end && !isalpha((unsigned char)p[1]) && p[1] != '/' && p[1] != '!' && p[1] != '?') {
            strbuf_str(out, "&lt;");
            p++;
            continue;
        }
        if (end - p > 4 && memcmp(p, "<!--", 4) == 0) {
            if (comment_end && comment_end <= p) /* looked for once, or a megabyte of openings would cost its square */
                comment_end = memmem(p, (size_t)(end - p), "-->", 3);
            if (comment_end && comment_end > p + 4 && !is_in_style)
                keep_comment(p + 4, comment_end, comments);
            p = comment_end ? comment_end + 3 : p + 4;
            continue;
        }
        if (opens(p, end, "<style") || opens(p, end, "<script"))
            is_in_style = true;
        else if (opens(p, end, "</style") || opens(p, end, "</script"))
            is_in_style = false;
        k = tag_length(p, end);
        if (k <= TAG_MAX_BYTES)
            strbuf_add(out, p, k);
        p += k;
    }
}
