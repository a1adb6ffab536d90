#include "gateway/demo/eml.h"

#include "base/strbuf.h"
#include "base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 3
#define BOUNDARY_MAX 200

struct span {
    const char *p;
    size_t n;
};

struct reader {
    struct arena *mem;
    struct strbuf out;
    const char *text, *html;
};

/* ---- transfer encodings ---- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c & ~32);
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* is_word: the form of RFC 2047, where _ is a blank. */
static void decode_qp(struct span in, bool is_word, struct strbuf *out)
{
    for (size_t i = 0; i < in.n; i++) {
        const char c = in.p[i];

        if (is_word && c == '_') {
            strbuf_char(out, ' ');
        } else if (c != '=') {
            strbuf_char(out, c);
        } else if (i + 2 < in.n && hex_digit(in.p[i + 1]) >= 0 && hex_digit(in.p[i + 2]) >= 0) {
            strbuf_char(out, (char)(hex_digit(in.p[i + 1]) << 4 | hex_digit(in.p[i + 2])));
            i += 2;
        } else { /* a soft line break */
            while (i + 1 < in.n && (in.p[i + 1] == '\r' || in.p[i + 1] == ' '))
                i++;
            i += i + 1 < in.n && in.p[i + 1] == '\n';
        }
    }
}

static void decode_base64(struct span in, struct strbuf *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = 0;
    int have = 0;

    for (size_t i = 0; i < in.n && in.p[i] != '='; i++) {
        const char *const at = in.p[i] ? strchr(digits, in.p[i]) : NULL;

        if (!at)
            continue;
        bits = bits << 6 | (uint32_t)(at - digits);
        have += 6;
        if (have >= 8) {
            have -= 8;
            strbuf_char(out, (char)(bits >> have & 0xFF));
        }
    }
}

/* One "=?charset?B?...?=" at p; 0 when there is none, else its length. */
static size_t decode_word(const char *p, size_t n, struct strbuf *out)
{
    const char *mark[3], *at = p + 2;
    struct span text;

    if (n < 8 || p[0] != '=' || p[1] != '?')
        return 0;
    for (int i = 0; i < 3; i++) {
        at = memchr(at, '?', (size_t)(p + n - at));
        if (!at || at + 1 >= p + n)
            return 0;
        mark[i] = at++;
    }
    if (mark[2][1] != '=' || mark[1] - mark[0] != 2)
        return 0;
    text = (struct span){ mark[1] + 1, (size_t)(mark[2] - mark[1] - 1) };
    if ((mark[0][1] & ~32) == 'B')
        decode_base64(text, out);
    else
        decode_qp(text, true, out);
    return (size_t)(mark[2] + 2 - p);
}

static const char *decode_value(struct span in, struct arena *mem)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(EML_MAX_BYTES);
    bool after_word = false;

    for (size_t i = 0; i < in.n;) {
        size_t blanks = 0, used;

        while (i + blanks < in.n && isspace((unsigned char)in.p[i + blanks]))
            blanks++;
        /* blanks between two encoded words are none */
        if (blanks && !(after_word && i + blanks + 1 < in.n && in.p[i + blanks] == '=' && in.p[i + blanks + 1] == '?'))
            strbuf_char(&out, ' ');
        i += blanks;
        used = decode_word(in.p + i, in.n - i, &out);
        after_word = used > 0;
        if (!used && i < in.n)
            strbuf_char(&out, in.p[i++]);
        i += used;
    }
    return text_clean_line(mem, strbuf_peek(&out), out.len);
}

/* ---- header ---- */

/* The next line of *in without its end; false at the end. */
static bool take_line(struct span *in, struct span *ret_line)
{
    const char *const end = in->n ? memchr(in->p, '\n', in->n) : NULL;
    size_t used;

    if (!in->n)
        return false;
    used = end ? (size_t)(end - in->p) + 1 : in->n;
    *ret_line = (struct span){ in->p, used - (end != NULL) };
    if (ret_line->n && ret_line->p[ret_line->n - 1] == '\r')
        ret_line->n--;
    in->p += used;
    in->n -= used;
    return true;
}

static enum rc read_fields(struct span *in, struct arena *mem, struct eml *eml, struct err *err)
{
    struct eml_field *const fields = ARENA_ARRAY(mem, EML_MAX_FIELDS, struct eml_field);
    struct span line, value = { NULL, 0 };
    size_t n = 0;

    while (take_line(in, &line) && line.n) {
        const char *const colon = memchr(line.p, ':', line.n);

        if (n && (*line.p == ' ' || *line.p == '\t')) {
            value.n = (size_t)(line.p + line.n - value.p);
            fields[n - 1].value = decode_value(value, mem);
            continue;
        }
        if (!colon)
            return err_set(err, RC_INPUT, "header line %zu is no field", n + 1);
        if (n == EML_MAX_FIELDS)
            return err_set(err, RC_LIMIT, "over %d header fields", EML_MAX_FIELDS);
        value = (struct span){ colon + 1, (size_t)(line.p + line.n - colon - 1) };
        fields[n++] =
            (struct eml_field){ arena_strndup(mem, line.p, (size_t)(colon - line.p)), decode_value(value, mem) };
    }
    eml->fields = fields;
    eml->field_count = n;
    return n ? RC_OK : err_set(err, RC_INPUT, "a message without a header");
}

const char *eml_get(const struct eml *eml, const char *name)
{
    for (size_t i = 0; i < eml->field_count; i++)
        if (text_equals(eml->fields[i].name, name))
            return eml->fields[i].value;
    return "";
}

size_t eml_count(const struct eml *eml, const char *name)
{
    size_t n = 0;

    for (size_t i = 0; i < eml->field_count; i++)
        n += text_equals(eml->fields[i].name, name);
    return n;
}

const char *eml_bare(const char *value, struct arena *mem)
{
    const char *const open = strrchr(value, '<');
    const char *const close = open ? strchr(open, '>') : NULL;
    char *const bare = close ? arena_strndup(mem, open + 1, (size_t)(close - open - 1)) : arena_strdup(mem, value);

    for (char *p = bare; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    return bare;
}

/* ---- parts ---- */

/* The boundary of a multipart's Content-Type; "" when there is none. */
static const char *boundary_of(const char *type, struct arena *mem)
{
    const char *at = strcasestr(type, "boundary=");
    size_t n;

    if (!at)
        return "";
    at += strlen("boundary=");
    if (*at == '"') {
        n = strcspn(++at, "\"");
        return arena_strndup(mem, at, n);
    }
    n = strcspn(at, "; \t");
    return arena_strndup(mem, at, n);
}

static const char *decode_body(struct reader *r, const char *encoding, struct span body)
{
    strbuf_clear(&r->out);
    if (text_equals(encoding, "base64"))
        decode_base64(body, &r->out);
    else if (text_equals(encoding, "quoted-printable"))
        decode_qp(body, false, &r->out);
    else
        strbuf_add(&r->out, body.p, body.n);
    return text_clean(r->mem, strbuf_peek(&r->out), r->out.len);
}

static enum rc read_entity(struct reader *r, struct span in, int depth, struct err *err);

static enum rc read_multipart(struct reader *r, struct span in, const char *boundary, int depth, struct err *err)
{
    const size_t n = strlen(boundary);
    struct span line, rest = in;
    const char *from = NULL;

    if (!n || n > BOUNDARY_MAX || depth == DEPTH_MAX)
        return RC_OK;
    while (take_line(&rest, &line)) {
        if (line.n < n + 2 || memcmp(line.p, "--", 2) || memcmp(line.p + 2, boundary, n))
            continue;
        if (from && read_entity(r, (struct span){ from, (size_t)(line.p - from) }, depth + 1, err))
            return err->rc;
        from = rest.p;
        if (line.n >= n + 4 && !memcmp(line.p + 2 + n, "--", 2))
            break;
    }
    return RC_OK;
}

static enum rc read_body(struct reader *r, const struct eml *head, struct span body, int depth, struct err *err)
{
    const char *const type = eml_get(head, "Content-Type");

    if (!strncasecmp(type, "multipart/", 10))
        return read_multipart(r, body, boundary_of(type, r->mem), depth, err);
    if (!r->html && !strncasecmp(type, "text/html", 9))
        r->html = decode_body(r, eml_get(head, "Content-Transfer-Encoding"), body);
    else if (!r->text && (!*type || !strncasecmp(type, "text/plain", 10)))
        r->text = decode_body(r, eml_get(head, "Content-Transfer-Encoding"), body);
    return RC_OK;
}

static enum rc read_entity(struct reader *r, struct span in, int depth, struct err *err)
{
    struct eml head = { 0 };

    /* a part may have no header at all */
    if (in.n && (*in.p == '\n' || *in.p == '\r'))
        return RC_OK;
    if (read_fields(&in, r->mem, &head, err))
        return err->rc;
    return read_body(r, &head, in, depth, err);
}

enum rc eml_read(const char *bytes, size_t n, struct arena *mem, struct eml *ret_eml, struct err *err)
{
    struct reader r = { .mem = mem, .out = STRBUF(EML_MAX_BYTES) };
    struct span in = { bytes, n };
    struct eml eml = { 0 };
    enum rc rc;

    if (n > EML_MAX_BYTES)
        return err_set(err, RC_LIMIT, "a message over %zu bytes", EML_MAX_BYTES);
    rc = read_fields(&in, mem, &eml, err);
    if (!rc)
        rc = read_body(&r, &eml, in, 0, err);
    strbuf_done(&r.out);
    if (rc)
        return rc;
    eml.text = r.text ? r.text : "";
    eml.html = r.html ? r.html : "";
    *ret_eml = eml;
    return RC_OK;
}

/* ---- HTML to words ---- */

static size_t read_entity_name(const char *p, struct strbuf *out)
{
    static const struct {
        const char *name, *text;
    } named[] = { { "&amp;", "&" },   { "&lt;", "<" },  { "&gt;", ">" },
                  { "&quot;", "\"" }, { "&#39;", "'" }, { "&nbsp;", " " } };

    for (size_t i = 0; i < COUNT_OF(named); i++)
        if (!strncmp(p, named[i].name, strlen(named[i].name))) {
            strbuf_str(out, named[i].text);
            return strlen(named[i].name);
        }
    strbuf_char(out, *p);
    return 1;
}

/* Steps over a tag; what it hides (style, script, title) goes too. */
static const char *skip_tag(const char *p, struct strbuf *out)
{
    static const char *const hidden[] = { "style", "script", "title" };
    static const char *const breaks[] = { "p", "br", "div", "h1", "h2", "h3", "li", "/p", "/h", "/div", "blockquote" };
    const char *end;

    for (size_t i = 0; i < COUNT_OF(breaks); i++)
        if (!strncasecmp(p + 1, breaks[i], strlen(breaks[i])))
            strbuf_char(out, '\n');
    for (size_t i = 0; i < COUNT_OF(hidden); i++)
        if (!strncasecmp(p + 1, hidden[i], strlen(hidden[i]))) {
            const char *close = p + 1;

            while (close && strncasecmp(close + 2, hidden[i], strlen(hidden[i])))
                close = strstr(close + 1, "</");
            p = close ? close : p;
        }
    end = strchr(p, '>');
    return end ? end + 1 : p + strlen(p);
}

const char *eml_words(const char *html, struct arena *mem)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(EML_MAX_BYTES);

    while (*html) {
        if (*html == '<')
            html = skip_tag(html, &out);
        else if (*html == '&')
            html += read_entity_name(html, &out);
        else
            strbuf_char(&out, *html++);
    }
    return text_clean(mem, strbuf_peek(&out), out.len);
}
