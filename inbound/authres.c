#include "inbound/authres.h"

#include "base/strbuf.h"
#include "base/text.h"
#include "inbound/authres_inside.h"
#include "inbound/authres_read.h"

/* Received fields of later hops that may stand above the border's own. */
#define HOPS_ABOVE_MAX 2

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
    char domain[AUTHRES_WORD_MAX];
    size_t n;

    snprintf(domain, sizeof domain, "%s", domain_of(given));
    n = strlen(domain);
    while (n && (domain[n - 1] == '>' || domain[n - 1] == '.'))
        domain[--n] = '\0';
    return n && *from_domain &&
           (strcmp(domain, from_domain) == 0 || is_below(domain, from_domain) || is_below(from_domain, domain));
}

/* ---- fields ---- */

static bool is_field(const struct mime_field *f, const char *name)
{
    return text_equals(f->name, name);
}

static bool has_end(const char *s, const char *end)
{
    const size_t n = strlen(s), k = strlen(end);

    return n >= k && strcmp(s + n - k, end) == 0;
}

/* ---- verdict ---- */

/* What all the fields that count say together. */
struct verdict {
    bool has_field, is_unreadable;
    bool has_dmarc_pass, has_dmarc_fail,
        has_dmarc_doubt; /* doubt: a pass of another domain, or any other word but none */
    bool has_dmarc_none;
    bool is_unnamed; /* a pass that does not say of which domain */
    bool has_dkim, has_spf, has_spf_doubt;
};

static void weigh_dmarc(struct verdict *v, const struct authres_result *res, const char *from_domain)
{
    v->is_unnamed |= strcmp(res->value, "pass") == 0 && !*res->from;
    if (strcmp(res->value, "fail") == 0)
        v->has_dmarc_fail = true;
    else if (strcmp(res->value, "none") == 0 ||
             strcmp(res->value, "bestguesspass") == 0) /* Microsoft's word for none */
        v->has_dmarc_none = true;
    else if (strcmp(res->value, "pass") == 0 && (!*res->from || strcmp(domain_of(res->from), from_domain) == 0))
        v->has_dmarc_pass = true;
    else
        v->has_dmarc_doubt = true;
}

static void weigh(struct verdict *v, const struct authres_result *res, const char *from_domain)
{
    const bool is_pass = strcmp(res->value, "pass") == 0;

    if (strcmp(res->method, "dmarc") == 0) {
        weigh_dmarc(v, res, from_domain);
    } else if (strcmp(res->method, "dkim") == 0) {
        v->has_dkim |= is_pass && is_aligned(res->domain, from_domain);
    } else if (strcmp(res->method, "spf") == 0 && *res->mailfrom) {
        v->has_spf |= is_pass && is_aligned(res->mailfrom, from_domain);
        v->has_spf_doubt |= !is_pass;
    }
}

/* r stands behind the authserv-id. */
static void weigh_field(struct verdict *v, struct authres_reader r, const char *from_domain)
{
    struct authres_result res;

    v->has_field = true;
    while (authres_read_result(&r, &res))
        weigh(v, &res, from_domain);
    v->is_unreadable |= r.is_bad;
}

/* Whether the field bears the id; then *ret stands behind it. */
static bool has_id(const struct mime_field *f, const char *wanted, struct authres_reader *ret)
{
    char id[AUTHRES_WORD_MAX];

    if (!is_field(f, "Authentication-Results"))
        return false;
    *ret = (struct authres_reader){ .p = f->raw };
    authres_read_id(ret, id);
    return !ret->is_bad && text_equals(id, wanted);
}

/* ---- which fields ---- */

static size_t next_received(const struct mime_field *fields, size_t count, size_t i)
{
    while (i < count && !is_field(&fields[i], "Received"))
        i++;
    return i;
}

static void judge_above(struct verdict *v, const struct mime_field *fields, size_t count, const char *wanted,
                        const char *from_domain)
{
    const size_t end = next_received(fields, count, 0);
    struct authres_reader r;

    for (size_t i = 0; i < end && end < count; i++)
        if (has_id(&fields[i], wanted, &r))
            weigh_field(v, r, from_domain);
}

static bool is_by(const struct mime_field *f, const char *wanted)
{
    char host[AUTHRES_WORD_MAX];

    authres_read_clause(f->raw, "by", host);
    return text_equals(host, wanted);
}

static void judge_beside(struct verdict *v, const struct mime_field *fields, size_t count, const char *wanted,
                         const char *from_domain)
{
    int hops = 0;
    bool is_below_own = false;
    struct authres_reader r;

    for (size_t i = 0; i < count && hops <= HOPS_ABOVE_MAX + is_below_own; i++) {
        if (has_id(&fields[i], wanted, &r)) {
            const size_t below = next_received(fields, count, i);

            if (is_below_own || (below < count && is_by(&fields[below], wanted)))
                weigh_field(v, r, from_domain);
            return;
        }
        if (!is_field(&fields[i], "Received"))
            continue;
        if (is_below_own)
            return; /* the border wrote nothing */
        is_below_own = is_by(&fields[i], wanted);
        hops++;
    }
}

static void judge_microsoft(struct verdict *v, const struct mime_field *fields, size_t count, const char *from_domain)
{
    char host[AUTHRES_WORD_MAX], id[AUTHRES_WORD_MAX];
    bool has_hop = false;

    for (size_t i = 0; i < count; i++) {
        if (is_field(&fields[i], "Received")) {
            authres_read_clause(fields[i].raw, "by", host);
            if (!has_end(host, ".outlook.com"))
                return;
            has_hop = true;
        } else if (is_field(&fields[i], "Authentication-Results")) {
            struct authres_reader r = { .p = fields[i].raw };

            authres_read_id(&r, id);
            if (has_hop && !r.is_bad && !*id)
                weigh_field(v, r, from_domain);
            return;
        }
    }
}

static size_t count_fields(const struct mime_field *fields, size_t count, const char *name)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        n += is_field(&fields[i], name);
    return n;
}

static enum letter_auth sum_up(const struct verdict *v)
{
    if (v->has_dmarc_fail)
        return LETTER_AUTH_FAIL;
    if (v->has_dmarc_doubt || (v->has_dmarc_pass && v->has_dmarc_none))
        return LETTER_AUTH_NONE;
    if (v->has_dmarc_pass)
        return LETTER_AUTH_PASS;
    return v->has_dkim || (v->has_spf && !v->has_spf_doubt) ? LETTER_AUTH_ALIGNED : LETTER_AUTH_NONE;
}

/* One mailbox and nothing that could be read as another: the border may have judged that one. */
static bool has_one_mailbox(const struct mime_field *fields, size_t count)
{
    size_t ats = 0;
    bool is_quoted = false;

    for (size_t i = 0; i < count; i++) {
        if (!is_field(&fields[i], "From"))
            continue;
        for (const char *p = fields[i].raw; *p; p++) {
            if (*p == '\\' && p[1])
                p++;
            else if (*p == '"')
                is_quoted = !is_quoted;
            else
                ats += *p == '@' && !is_quoted;
        }
    }
    return ats == 1 && !is_quoted;
}

enum letter_auth authres_judge(const struct mime_field *fields, size_t count, const struct authres_trust *trust,
                               const char *from_domain, struct arena *mem, const char **ret_domain)
{
    const bool has_one_from = count_fields(fields, count, "From") == 1;
    const bool is_microsoft = trust->profile == AUTHRES_TOP_WITHOUT_ID;
    struct verdict v = { 0 };

    *ret_domain = "";
    if (!*from_domain || !has_one_from)
        return LETTER_AUTH_NONE;
    if (trust->profile == AUTHRES_BY_ID && *trust->authserv_id)
        judge_above(&v, fields, count, trust->authserv_id, from_domain);
    else if (trust->profile == AUTHRES_BESIDE_OWN_HOP && *trust->authserv_id)
        judge_beside(&v, fields, count, trust->authserv_id, from_domain);
    else if (is_microsoft)
        judge_microsoft(&v, fields, count, from_domain);
    if (is_microsoft && trust->tenant_domains && authres_is_inside(fields, count, trust->tenant_domains, from_domain)) {
        *ret_domain = arena_strdup(mem, from_domain);
        return LETTER_AUTH_INSIDE;
    }
    if (!v.has_field || v.is_unreadable || (v.is_unnamed && !has_one_mailbox(fields, count)))
        return LETTER_AUTH_NONE;
    *ret_domain = arena_strdup(mem, from_domain);
    return sum_up(&v);
}
