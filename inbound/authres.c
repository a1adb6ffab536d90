#include "inbound/authres.h"

#include "base/strbuf.h"
#include "base/text.h"

#include <ctype.h>

#define TOKEN_MAX 256
#define COMMENT_DEPTH_MAX 10
/* Received fields of the border's own house that may stand above its verdict when none names it. */
#define HOPS_ABOVE_MAX 2

/* ---- tokens of RFC 8601: comments are skipped, quoted strings are read ---- */

struct reader {
    const char *p;
    bool is_bad;
};

static void skip_comment(struct reader *r)
{
    int depth = 0;

    do {
        if (*r->p == '(')
            depth++;
        else if (*r->p == ')')
            depth--;
        else if (*r->p == '\\' && r->p[1])
            r->p++;
        r->p++;
    } while (*r->p && depth > 0 && depth <= COMMENT_DEPTH_MAX);
    r->is_bad |= depth != 0;
}

static void skip_space(struct reader *r)
{
    while (!r->is_bad && (*r->p == ' ' || *r->p == '\t' || *r->p == '('))
        if (*r->p == '(')
            skip_comment(r);
        else
            r->p++;
}

/* A word ends at a blank or one of ; = ( and is lower-cased; a quoted string is one word. */
static void read_word(struct reader *r, char word[TOKEN_MAX], bool is_value)
{
    size_t n = 0;

    skip_space(r);
    if (*r->p == '"') {
        for (r->p++; *r->p && *r->p != '"'; r->p++) {
            if (*r->p == '\\' && r->p[1])
                r->p++;
            if (n < TOKEN_MAX - 1)
                word[n++] = (char)tolower((unsigned char)*r->p);
        }
        r->is_bad |= *r->p != '"';
        r->p += *r->p == '"';
    } else {
        for (; *r->p && !strchr(is_value ? " \t;(" : " \t;=(", *r->p); r->p++)
            if (n < TOKEN_MAX - 1)
                word[n++] = (char)tolower((unsigned char)*r->p);
    }
    r->is_bad |= n == TOKEN_MAX - 1;
    word[n] = '\0';
}

/* One "method=result" with the properties that matter. */
struct result {
    char method[TOKEN_MAX], value[TOKEN_MAX];
    char from[TOKEN_MAX], domain[TOKEN_MAX], mailfrom[TOKEN_MAX];
};

static void read_property(struct reader *r, struct result *res)
{
    char name[TOKEN_MAX], value[TOKEN_MAX];

    read_word(r, name, false);
    skip_space(r);
    if (*r->p != '=') {
        r->is_bad |= !*name && *r->p && *r->p != ';';
        return;
    }
    r->p++;
    read_word(r, value, true);
    if (strcmp(name, "header.from") == 0)
        memcpy(res->from, value, sizeof value);
    else if (strcmp(name, "header.d") == 0)
        memcpy(res->domain, value, sizeof value);
    else if (strcmp(name, "header.i") == 0 && !*res->domain)
        memcpy(res->domain, value, sizeof value);
    else if (strcmp(name, "smtp.mailfrom") == 0 || strcmp(name, "smtp.mail") == 0 || strcmp(name, "smtp.from") == 0)
        memcpy(res->mailfrom, value, sizeof value);
}

static bool read_result(struct reader *r, struct result *res)
{
    *res = (struct result){ 0 };
    skip_space(r);
    while (*r->p == ';') {
        r->p++;
        skip_space(r);
    }
    if (!*r->p || r->is_bad)
        return false;
    read_word(r, res->method, false);
    if (strchr(res->method, '/')) /* version of the method */
        *strchr(res->method, '/') = '\0';
    skip_space(r);
    if (*r->p == '=') {
        r->p++;
        read_word(r, res->value, true);
    }
    for (skip_space(r); *r->p && *r->p != ';' && !r->is_bad; skip_space(r))
        read_property(r, res);
    return !r->is_bad;
}

/* ---- domains ---- */

static const char *domain_of(const char *s)
{
    const char *at = strrchr(s, '@');

    s = at ? at + 1 : s;
    return *s == '<' ? s + 1 : s;
}

static bool is_below(const char *sub, const char *domain)
{
    const size_t n = strlen(sub), k = strlen(domain);

    return n > k && strchr(domain, '.') && sub[n - k - 1] == '.' && strcmp(sub + n - k, domain) == 0;
}

static bool is_aligned(const char *given, const char *from_domain)
{
    char domain[TOKEN_MAX];
    size_t n;

    snprintf(domain, sizeof domain, "%s", domain_of(given));
    n = strlen(domain);
    while (n && (domain[n - 1] == '>' || domain[n - 1] == '.'))
        domain[--n] = '\0';
    return n && *from_domain &&
           (strcmp(domain, from_domain) == 0 || is_below(domain, from_domain) || is_below(from_domain, domain));
}

/* ---- which field ---- */

static bool is_field(const struct mime_field *f, const char *name)
{
    return text_equals(f->name, name);
}

/* "Received: … by HOST …": the host, lower case. */
static void received_by(const char *value, char host[TOKEN_MAX])
{
    struct reader r = { .p = value };
    char word[TOKEN_MAX];

    *host = '\0';
    while (*r.p && !r.is_bad) {
        const char *before = r.p;

        read_word(&r, word, true);
        if (strcmp(word, "by") == 0) {
            read_word(&r, host, true);
            return;
        }
        if (r.p == before)
            r.p++;
    }
}

static bool has_end(const char *s, const char *end)
{
    const size_t n = strlen(s), k = strlen(end);

    return n >= k && strcmp(s + n - k, end) == 0;
}

/* The authserv-id of a field, "" when it begins with a result at once; what follows is left for the results. */
static void read_id(struct reader *r, char id[TOKEN_MAX])
{
    const char *start = r->p;
    char version[TOKEN_MAX];

    read_word(r, id, false);
    skip_space(r);
    if (*r->p == '=') { /* "spf=pass …" */
        r->p = start;
        *id = '\0';
        return;
    }
    if (isdigit((unsigned char)*r->p))
        read_word(r, version, false);
    skip_space(r);
    if (*r->p == '=' || (*r->p && *r->p != ';'))
        r->is_bad = true;
}

static bool find_by_id(const struct mime_field *fields, size_t count, const char *wanted, struct reader *ret)
{
    char host[TOKEN_MAX], id[TOKEN_MAX];
    int hops = 0, own = -1;

    for (size_t i = 0; i < count; i++) {
        struct reader r = { .p = fields[i].raw };

        if (is_field(&fields[i], "Received")) {
            received_by(fields[i].raw, host);
            if (own >= 0)
                return false; /* below this the border wrote nothing */
            if (text_equals(host, wanted))
                own = hops;
            if (++hops > HOPS_ABOVE_MAX + (own >= 0))
                return false;
        } else if (is_field(&fields[i], "Authentication-Results")) {
            read_id(&r, id);
            if (!r.is_bad && text_equals(id, wanted)) {
                *ret = r;
                return true;
            }
        }
    }
    return false;
}

static bool find_without_id(const struct mime_field *fields, size_t count, struct reader *ret)
{
    char host[TOKEN_MAX], id[TOKEN_MAX];

    for (size_t i = 0; i < count; i++) {
        if (is_field(&fields[i], "Received")) {
            received_by(fields[i].raw, host);
            if (!has_end(host, ".outlook.com"))
                return false;
        } else if (is_field(&fields[i], "Authentication-Results")) {
            *ret = (struct reader){ .p = fields[i].raw };
            read_id(ret, id);
            return !ret->is_bad && !*id;
        }
    }
    return false;
}

/* ---- verdict ---- */

struct verdict {
    bool is_pass, is_fail, is_aligned, has_dmarc;
};

static void weigh(struct verdict *v, const struct result *res, const char *from_domain)
{
    const bool is_pass = strcmp(res->value, "pass") == 0;

    if (strcmp(res->method, "dmarc") == 0) {
        const bool is_ours = !*res->from || is_aligned(res->from, from_domain);

        v->has_dmarc |= is_pass && !is_ours;
        v->is_pass |= is_pass && is_ours;
        v->is_fail |= strcmp(res->value, "fail") == 0;
    } else if (strcmp(res->method, "dkim") == 0) {
        v->is_aligned |= is_pass && is_aligned(res->domain, from_domain);
    } else if (strcmp(res->method, "spf") == 0) {
        v->is_aligned |= is_pass && is_aligned(res->mailfrom, from_domain);
    }
}

static bool find_field(const struct mime_field *fields, size_t count, const struct authres_trust *trust,
                       struct reader *ret)
{
    size_t froms = 0;

    for (size_t i = 0; i < count; i++)
        froms += is_field(&fields[i], "From");
    if (froms != 1)
        return false;
    if (trust->profile == AUTHRES_BY_ID)
        return *trust->authserv_id && find_by_id(fields, count, trust->authserv_id, ret);
    return trust->profile == AUTHRES_TOP_WITHOUT_ID && find_without_id(fields, count, ret);
}

enum letter_auth authres_judge(const struct mime_field *fields, size_t count, const struct authres_trust *trust,
                               const char *from_domain, struct arena *mem, const char **ret_domain)
{
    struct verdict v = { 0 };
    struct reader r;
    struct result res;

    *ret_domain = "";
    if (!*from_domain || !find_field(fields, count, trust, &r))
        return LETTER_AUTH_NONE;
    while (read_result(&r, &res))
        weigh(&v, &res, from_domain);
    if (r.is_bad)
        return LETTER_AUTH_NONE;
    *ret_domain = arena_strdup(mem, from_domain);
    if (v.is_fail)
        return LETTER_AUTH_FAIL;
    if (v.is_pass)
        return LETTER_AUTH_PASS;
    return v.is_aligned && !v.has_dmarc ? LETTER_AUTH_ALIGNED : LETTER_AUTH_NONE;
}
