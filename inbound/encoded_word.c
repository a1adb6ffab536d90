#include "inbound/encoded_word.h"

#include "base/strbuf.h"
#include "base/text.h"
#include "inbound/charset.h"

#define OUT_MAX_BYTES ((size_t)256 << 10)
#define CHARSET_MAX_BYTES 60
#define MARK_OPEN "\xEE\x80\x80"  /* U+E000 */
#define MARK_CLOSE "\xEE\x80\x81" /* U+E001 */

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* "=?charset?q?text?=" */
struct word {
    const char *charset, *text;
    size_t charset_n, n;
    bool is_base64;
    const char *end;
};

/* A question mark should be encoded and often is not: "?=" before two hexadecimal digits is text, if another end comes before a blank. */
static const char *find_end(const char *text, bool is_base64)
{
    const char *end = strstr(text, "?=");

    while (end && !is_base64 && hex(end[2]) >= 0 && hex(end[3]) >= 0) {
        const char *next = strstr(end + 2, "?=");

        if (!next || memchr(end, ' ', (size_t)(next - end)))
            break;
        end = next;
    }
    return end;
}

static bool read_word(const char *p, struct word *w)
{
    const char *q;

    if (p[0] != '=' || p[1] != '?')
        return false;
    w->charset = p + 2;
    q = w->charset + strcspn(w->charset, "?* \t");
    w->charset_n = (size_t)(q - w->charset);
    if (*q == '*') /* a language */
        q += strcspn(q, "?");
    if (*q != '?' || !w->charset_n || w->charset_n > CHARSET_MAX_BYTES || !q[1] || q[2] != '?')
        return false;
    w->is_base64 = q[1] == 'b' || q[1] == 'B';
    if (!w->is_base64 && q[1] != 'q' && q[1] != 'Q')
        return false;
    w->text = q + 3;
    q = find_end(w->text, w->is_base64);
    if (!q)
        return false;
    w->n = (size_t)(q - w->text);
    w->end = q + 2;
    return true;
}

static void add_quoted(const struct word *w, struct strbuf *out)
{
    for (size_t i = 0; i < w->n; i++) {
        const int high = w->text[i] == '=' && i + 2 < w->n ? hex(w->text[i + 1]) : -1,
                  low = high >= 0 ? hex(w->text[i + 2]) : -1;

        if (low >= 0) {
            strbuf_char(out, (char)(high << 4 | low));
            i += 2;
        } else {
            strbuf_char(out, w->text[i] == '_' ? ' ' : w->text[i]);
        }
    }
}

static int sextet(char c)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(letters, c) : NULL;

    return at ? (int)(at - letters) : -1;
}

static void add_base64(const struct word *w, struct strbuf *out)
{
    unsigned bits = 0;
    int count = 0;

    for (size_t i = 0; i < w->n; i++) {
        const int v = sextet(w->text[i]);

        if (w->text[i] == '=')
            count = 0; /* padding; more may follow where two texts were put into one word */
        if (v < 0)
            continue;
        bits = (bits << 6 | (unsigned)v) & 0xFFFFFF;
        count += 6;
        if (count >= 8) {
            count -= 8;
            strbuf_char(out, (char)(bits >> count & 0xFF));
        }
    }
}

static const char *skip_white(const char *p)
{
    return p + strspn(p, " \t\r\n");
}

static bool is_same_charset(const struct word *a, const struct word *b)
{
    return a->charset_n == b->charset_n && strncasecmp(a->charset, b->charset, a->charset_n) == 0;
}

/* Words with nothing but white space between them, as one text; returns where they end. */
static const char *read_run(struct word w, struct arena *mem, const char **ret_text)
{
    CLEANUP(strbuf_done) struct strbuf text = STRBUF(OUT_MAX_BYTES);
    const char *end = w.end;
    bool has_next = true;

    while (has_next) {
        CLEANUP(strbuf_done) struct strbuf bytes = STRBUF(OUT_MAX_BYTES);
        const struct word first = w;
        bool is_guessed;

        do {
            (w.is_base64 ? add_base64 : add_quoted)(&w, &bytes);
            end = w.end;
            has_next = read_word(skip_white(w.end), &w);
        } while (has_next && is_same_charset(&first, &w));
        strbuf_str(&text, charset_to_utf8(mem, arena_strndup(mem, first.charset, first.charset_n), strbuf_peek(&bytes),
                                          bytes.len, &is_guessed));
    }
    *ret_text = arena_strndup(mem, strbuf_peek(&text), text.len);
    return end;
}

char *encoded_word_decode(const char *raw, struct arena *mem)
{
    struct encoded_word_kept kept;

    return encoded_word_show(encoded_word_hide(raw, mem, &kept), &kept, mem);
}

const char *encoded_word_charset(const char *raw, struct arena *mem)
{
    struct word w;

    for (const char *p = raw; (p = strstr(p, "=?")); p += 2) {
        if (!read_word(p, &w) || strncasecmp(w.charset, "utf-8", 5) == 0 || strncasecmp(w.charset, "us-ascii", 8) == 0)
            continue;
        return arena_strndup(mem, w.charset, w.charset_n);
    }
    return "";
}

char *encoded_word_hide(const char *raw, struct arena *mem, struct encoded_word_kept *ret_kept)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(OUT_MAX_BYTES);
    struct encoded_word_kept kept = { 0 };
    size_t max = 0;
    struct word w;
    struct err err;
    char *text;

    for (const char *p = raw; (p = strstr(p, "=?")); p++)
        max++;
    kept.words = ARENA_ARRAY(mem, max, const char *);
    while (*raw) {
        if (!read_word(raw, &w)) {
            const char *next = strstr(raw + 1, "=?");
            const size_t n = next ? (size_t)(next - raw) : strlen(raw);

            strbuf_add(&out, raw, n);
            raw += n;
            continue;
        }
        raw = read_run(w, mem, &kept.words[kept.count]);
        strbuf_printf(&out, MARK_OPEN "%zu" MARK_CLOSE, kept.count++);
    }
    *ret_kept = kept;
    return strbuf_take(&out, mem, &text, &err) ? arena_strdup(mem, "") : text;
}

char *encoded_word_show(const char *name, const struct encoded_word_kept *kept, struct arena *mem)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(OUT_MAX_BYTES);

    while (*name) {
        const char *mark = strstr(name, MARK_OPEN);
        char *end;
        size_t i;

        strbuf_add(&out, name, mark ? (size_t)(mark - name) : strlen(name));
        if (!mark)
            break;
        i = strtoul(mark + strlen(MARK_OPEN), &end, 10);
        strbuf_str(&out, i < kept->count ? kept->words[i] : "");
        name = strncmp(end, MARK_CLOSE, strlen(MARK_CLOSE)) == 0 ? end + strlen(MARK_CLOSE) : end;
    }
    return text_clean_line(mem, strbuf_peek(&out), out.len);
}
