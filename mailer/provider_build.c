#include "base/json.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "mailer/provider_parts.h"

#define UNRESERVED "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"

struct build {
    const struct provider *p;
    const struct provider_text *text;
    const struct provider_value *values;
    size_t value_count;
    const char *to, *from; /* as this provider writes numbers */
    struct arena *mem;
    struct err *err;
};

static bool is_e164(const char *s)
{
    const size_t n = *s == '+' ? strspn(s + 1, "0123456789") : 0;

    return n >= 7 && n <= 15 && !s[1 + n] && s[1] != '0';
}

static bool is_short_code(const char *s)
{
    const size_t n = strspn(s, "0123456789");

    return n >= 3 && n <= 8 && !s[n];
}

/* NULL when the number cannot be written so. */
static const char *written(const char *number, enum provider_number as)
{
    if (*number != '+' || as == NUMBER_E164)
        return number;
    if (as == NUMBER_DIGITS)
        return number + 1;
    return number[1] == '1' && strlen(number) == 12 ? number + 2 : NULL;
}

/* On this machine there is nobody in between. */
static bool is_safe_url(const char *url)
{
    const size_t plain = text_starts(url, "http://") ? 7 : 0, host = strcspn(url + plain, "/:");
    const char *const here = url + plain;
    const bool is_here = plain && ((host == 9 && (text_starts(here, "127.0.0.1") || text_starts(here, "localhost"))) ||
                                   (text_starts(here, "[::1]") && (!here[5] || strchr("/:", here[5]))));

    return is_here || text_starts(url, "https://");
}

/* Nothing in it may end a host, start a query, or be taken for something else by those who read it next. */
bool provider_is_base_url(const char *url)
{
    const char *const host = strstr(url, "://");

    return is_safe_url(url) && host[3] && host[3] != '/' && strspn(host + 3, UNRESERVED ":/[]") == strlen(host + 3) &&
           !strstr(host + 3, "..");
}

static bool is_callback(const char *url)
{
    return is_safe_url(url) && strspn(url, UNRESERVED ":/[]?&=") == strlen(url);
}

static enum rc check_text(struct build *b)
{
    const struct provider_text *const t = b->text;
    const int64_t ttl_ms = t->expires_ms - t->now_ms;

    if (!is_e164(t->to))
        return err_set(b->err, RC_INPUT, "to is not in the form +15550100123");
    if (*t->from && !is_e164(t->from) && !is_short_code(t->from))
        return err_set(b->err, RC_INPUT, "from is neither +15550100123 nor a short code");
    if (!*t->text || !text_is_utf8(t->text, strlen(t->text)))
        return err_set(b->err, RC_INPUT, "the text is empty or no UTF-8");
    if (*t->callback && !is_callback(t->callback))
        return err_set(b->err, RC_INPUT, "the callback is no plain https URL");
    if (!*t->ref || strspn(t->ref, UNRESERVED) != strlen(t->ref))
        return err_set(b->err, RC_INPUT, "ref is not letters and digits");
    if (ttl_ms < PROVIDER_TTL_MIN_MS || ttl_ms > PROVIDER_TTL_MAX_MS)
        return err_set(b->err, RC_INPUT, "the text expires in less than a minute or more than 10 hours");
    if (t->udh && b->p->splits)
        return err_set(b->err, RC_INPUT, "%s joins parts itself", b->p->name);
    b->to = written(t->to, b->p->number);
    b->from = written(t->from, b->p->number);
    return b->to && b->from ? RC_OK : err_set(b->err, RC_INPUT, "%s takes numbers of +1 only", b->p->name);
}

static void add_time(struct strbuf *out, int64_t ms)
{
    const time_t seconds = ms / 1000;
    char text[32];
    struct tm tm;

    gmtime_r(&seconds, &tm);
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
    strbuf_str(out, text);
}

/* One piece, as it is: who calls escapes. */
static enum rc add_piece(const struct build *b, const struct provider_piece *piece, struct strbuf *out)
{
    const struct provider_text *const t = b->text;
    const int64_t ttl_ms = t ? t->expires_ms - t->now_ms : 0;
    const char *value;

    switch (piece->kind) {
    case PIECE_TEXT:
        strbuf_str(out, piece->text);
        break;
    case PIECE_VALUE:
    case PIECE_OPTIONAL:
        value = provider_find_value(b->values, b->value_count, piece->text);
        if (!value && piece->kind == PIECE_VALUE)
            return err_set(b->err, RC_INPUT, "%s needs %s, which is not set", b->p->name, piece->text);
        strbuf_str(out, value ? value : "");
        break;
    case PIECE_TO:
        strbuf_str(out, b->to);
        break;
    case PIECE_FROM:
        strbuf_str(out, b->from);
        break;
    case PIECE_BODY:
        strbuf_str(out, t->text);
        break;
    case PIECE_CALLBACK:
        strbuf_str(out, t->callback);
        break;
    case PIECE_REF:
        strbuf_str(out, t ? t->ref : "");
        break;
    case PIECE_UDH:
        if (t->udh)
            strbuf_add(out, t->udh, SEGMENT_UDH_BYTES);
        break;
    case PIECE_TTL_S:
        strbuf_printf(out, "%" PRId64, ttl_ms / 1000);
        break;
    case PIECE_TTL_MIN:
        strbuf_printf(out, "%" PRId64, ttl_ms / 60000);
        break;
    case PIECE_TTL_MS:
        strbuf_printf(out, "%" PRId64, ttl_ms);
        break;
    case PIECE_EXPIRES:
        add_time(out, t->expires_ms);
        break;
    case PIECE_ENCODING:
        strbuf_str(out, piece->encoding[t->encoding]);
        break;
    }
    return RC_OK;
}

static enum rc fill_in(const struct build *b, const struct provider_template *t, struct strbuf *out)
{
    enum rc rc = RC_OK;

    for (size_t i = 0; i < t->count && !rc; i++)
        rc = add_piece(b, &t->pieces[i], out);
    return rc ? rc : strbuf_check(out, b->err);
}

/* A field in which something is not set is not said: ret_is_set. */
static enum rc fill_field(const struct build *b, const struct provider_field *f, struct strbuf *out, bool *ret_is_set)
{
    enum rc rc = RC_OK;

    *ret_is_set = true;
    for (size_t i = 0; i < f->value.count && !rc; i++) {
        const size_t before = out->len;

        rc = add_piece(b, &f->value.pieces[i], out);
        *ret_is_set &= out->over || out->len > before;
    }
    return rc ? rc : strbuf_check(out, b->err);
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~", c));
}

static void add_escaped(struct strbuf *out, const char *p, size_t n)
{
    static const char hex[] = "0123456789ABCDEF";

    while (n) {
        size_t plain = 0;

        while (plain < n && is_unreserved(p[plain]))
            plain++;
        strbuf_add(out, p, plain);
        p += plain;
        n -= plain;
        if (n) {
            const unsigned char c = (unsigned char)*p++;

            strbuf_add(out, (const char[]){ '%', hex[c >> 4], hex[c & 15] }, 3);
            n--;
        }
    }
}

static enum rc build_pairs(const struct build *b, struct strbuf *out)
{
    CLEANUP(strbuf_done) struct strbuf value = STRBUF(PROVIDER_REQUEST_MAX);
    bool is_first = true;

    for (size_t i = 0; i < b->p->field_count; i++) {
        const struct provider_field *const f = &b->p->fields[i];
        bool is_set;
        enum rc rc;

        strbuf_clear(&value);
        rc = fill_field(b, f, &value, &is_set);
        if (rc)
            return rc;
        if (!is_set)
            continue;
        strbuf_str(out, is_first ? "" : "&");
        strbuf_str(out, f->name);
        strbuf_char(out, '=');
        add_escaped(out, value.p, value.len);
        is_first = false;
    }
    return strbuf_check(out, b->err);
}

static enum rc add_json_field(const struct build *b, const struct provider_field *f, const char *value,
                              struct json *root)
{
    struct json *list;
    int64_t number;

    if (!text_is_utf8(value, strlen(value)))
        return err_set(b->err, RC_INPUT, "field %s is no UTF-8", f->name);
    switch (f->kind) {
    case FIELD_TEXT:
        json_set_str(root, f->name, value);
        return RC_OK;
    case FIELD_LIST:
        list = json_array_new();
        json_push_str(list, value);
        json_set(root, f->name, &list);
        return RC_OK;
    case FIELD_NUMBER:
        if (text_to_int(value, INT64_MIN, INT64_MAX, &number, b->err))
            return err_set(b->err, RC_INPUT, "field %s is no number", f->name);
        json_set_int(root, f->name, number);
        return RC_OK;
    }
    return err_set(b->err, RC_BUG, "a field of no kind");
}

static enum rc build_json(const struct build *b, struct strbuf *out)
{
    CLEANUP(json_free) struct json *root = json_object_new();

    for (size_t i = 0; i < b->p->field_count; i++) {
        CLEANUP(strbuf_done) struct strbuf value = STRBUF(PROVIDER_REQUEST_MAX);
        bool is_set;
        enum rc rc = fill_field(b, &b->p->fields[i], &value, &is_set);

        if (!rc && is_set)
            rc = add_json_field(b, &b->p->fields[i], strbuf_peek(&value), root);
        if (rc)
            return rc;
    }
    json_print(root, false, out);
    return strbuf_check(out, b->err);
}

static enum rc build_url(const struct build *b, const struct provider_template *url, struct strbuf *out)
{
    CLEANUP(strbuf_done) struct strbuf value = STRBUF(PROVIDER_REQUEST_MAX);

    for (size_t i = 0; i < url->count; i++) {
        const struct provider_piece *const piece = &url->pieces[i];
        enum rc rc;

        strbuf_clear(&value);
        rc = add_piece(b, piece, &value);
        if (rc)
            return rc;
        if (!i && piece->kind != PIECE_TEXT && !provider_is_base_url(strbuf_peek(&value)))
            return err_set(b->err, RC_INPUT, "%s is not https://HOST, or http:// on this machine", piece->text);
        if (i && piece->kind != PIECE_TEXT && strspn(strbuf_peek(&value), ".") == value.len)
            return err_set(b->err, RC_INPUT, "%s cannot stand in a URL", piece->text);
        if (i && piece->kind != PIECE_TEXT)
            add_escaped(out, strbuf_peek(&value), value.len);
        else
            strbuf_str(out, strbuf_peek(&value));
    }
    return strbuf_check(out, b->err);
}

/* A header ends at the first control character: there must be none. */
static enum rc add_header(const struct build *b, const char *name, const char *value, const char **to)
{
    for (const char *p = value; *p; p++)
        if (*p < 0x20 || *p > 0x7E)
            return err_set(b->err, RC_INPUT, "the value of header %s is not printable ASCII", name);
    if (!*value)
        return err_set(b->err, RC_INPUT, "the value of header %s is empty", name);
    *to = arena_printf(b->mem, "%s: %s", name, value);
    return RC_OK;
}

static enum rc build_auth(const struct build *b, const char **to)
{
    CLEANUP(strbuf_done) struct strbuf pair = STRBUF(PROVIDER_REQUEST_MAX);
    enum rc rc = fill_in(b, &b->p->user, &pair);

    if (rc)
        return rc;
    if (!pair.len || memchr(pair.p, ':', pair.len))
        return err_set(b->err, RC_INPUT, "the user of %s is empty or holds a colon", b->p->name);
    strbuf_char(&pair, ':');
    rc = fill_in(b, &b->p->password, &pair);
    if (rc)
        return rc;
    return add_header(b, "Authorization", arena_printf(b->mem, "Basic %s", sms_sign_base64(pair.p, pair.len, b->mem)),
                      to);
}

/* has_body: its type is said. */
static enum rc build_headers(const struct build *b, bool has_body, struct provider_request *request)
{
    const char **const list = ARENA_ARRAY(b->mem, b->p->header_count + 2, const char *);
    enum rc rc = RC_OK;

    for (size_t i = 0; i < b->p->header_count && !rc; i++) {
        CLEANUP(strbuf_done) struct strbuf value = STRBUF(PROVIDER_REQUEST_MAX);

        rc = fill_in(b, &b->p->headers[i].value, &value);
        if (!rc)
            rc = add_header(b, b->p->headers[i].name, strbuf_peek(&value), &list[request->header_count++]);
    }
    if (!rc && b->p->has_auth)
        rc = build_auth(b, &list[request->header_count++]);
    if (!rc && has_body)
        list[request->header_count++] = b->p->content == CONTENT_JSON
                                            ? "Content-Type: application/json"
                                            : "Content-Type: application/x-www-form-urlencoded";
    request->headers = list;
    return rc;
}

static bool has_body(const struct provider *p)
{
    return p->is_phones || (p->is_post && p->content != CONTENT_QUERY);
}

static enum rc build_parts(const struct build *b, struct provider_request *request)
{
    CLEANUP(strbuf_done) struct strbuf url = STRBUF(PROVIDER_REQUEST_MAX), body = STRBUF(PROVIDER_REQUEST_MAX);
    const bool is_query = b->p->content == CONTENT_QUERY;
    char *text = NULL;
    enum rc rc = b->p->is_phones ? RC_OK : build_url(b, &b->p->url, &url);

    if (!rc)
        rc = b->p->content == CONTENT_JSON ? build_json(b, &body) : build_pairs(b, &body);
    if (rc)
        return rc;
    if (is_query) {
        strbuf_char(&url, memchr(url.p, '?', url.len) ? '&' : '?');
        strbuf_add(&url, body.p, body.len);
    }
    request->body_len = has_body(b->p) ? body.len : 0;
    rc = strbuf_take(&url, b->mem, &text, b->err);
    request->url = text;
    if (!rc)
        rc = strbuf_take(&body, b->mem, &text, b->err);
    request->body = has_body(b->p) ? text : b->p->is_post ? "" : NULL;
    return rc ? rc : build_headers(b, b->p->is_post && has_body(b->p), request);
}

enum rc provider_build(const struct provider *p, const struct provider_text *text, const struct provider_value *values,
                       size_t value_count, struct arena *mem, const struct provider_request **ret_request,
                       struct err *err)
{
    struct provider_request *const request = ARENA_NEW(mem, struct provider_request);
    struct build b = { .p = p, .text = text, .values = values, .value_count = value_count, .mem = mem, .err = err };
    enum rc rc = check_text(&b);

    request->method = p->is_phones ? "PHONES" : p->is_post ? "POST" : "GET";
    if (!rc)
        rc = build_parts(&b, request);
    if (!rc)
        *ret_request = request;
    return rc;
}

enum rc provider_build_check(const struct provider *p, const struct provider_value *values, size_t value_count,
                             struct arena *mem, const struct provider_request **ret_request, struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf url = STRBUF(PROVIDER_REQUEST_MAX);
    struct provider_request *const request = ARENA_NEW(mem, struct provider_request);
    const struct build b = { .p = p, .values = values, .value_count = value_count, .mem = mem, .err = err };
    char *text = NULL;

    if (!p->check.count)
        return err_set(err, RC_NOT_FOUND, "%s has no check", p->name);
    if (build_url(&b, &p->check, &url) || strbuf_take(&url, mem, &text, err) || build_headers(&b, false, request))
        return err->rc;
    request->method = "GET";
    request->url = text;
    *ret_request = request;
    return RC_OK;
}

static enum rc read_keys(const struct build *b, const char *keys[SMS_SIGN_KEYS_MAX])
{
    for (size_t i = 0; i < sms_verifier_keys(b->p->verifier); i++) {
        CLEANUP(strbuf_done) struct strbuf key = STRBUF(PROVIDER_REQUEST_MAX);
        char *text = NULL;

        if (fill_in(b, &b->p->keys[i], &key) || strbuf_take(&key, b->mem, &text, b->err))
            return b->err->rc;
        keys[i] = text;
    }
    return RC_OK;
}

enum rc provider_check_hook(const struct provider *p, const struct provider_value *values, size_t value_count,
                            const struct sms_hook *hook, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("provider_hook");
    const struct build b = { .p = p, .values = values, .value_count = value_count, .mem = mem, .err = err };
    const char *keys[SMS_SIGN_KEYS_MAX] = { NULL };

    if (p->is_phones)
        return err_set(err, RC_DENIED, "%s has no hook", p->name);
    return read_keys(&b, keys) ? err->rc : sms_sign_check(p->verifier, keys, hook, err);
}

enum rc provider_check_keys(const struct provider *p, const struct provider_value *values, size_t value_count,
                            struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("provider_keys");
    const struct build b = { .p = p, .values = values, .value_count = value_count, .mem = mem, .err = err };
    const char *keys[SMS_SIGN_KEYS_MAX] = { NULL };

    return p->is_phones ? RC_OK : read_keys(&b, keys);
}
