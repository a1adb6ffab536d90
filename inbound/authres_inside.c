#include "inbound/authres_inside.h"

#include "base/text.h"
#include "inbound/authres_read.h"

#include <string.h>

#define EXCHANGE ".prod.outlook.com"
#define ORGANIZATION "X-MS-Exchange-Organization-"
#define CROSS_TENANT_AUTH_AS "X-MS-Exchange-CrossTenant-AuthAs"

static bool is_named(const struct mime_field *f, const char *name)
{
    return text_equals(f->name, name);
}

static bool is_of_tenant(const char *domains, const char *wanted)
{
    const size_t len = strlen(wanted);

    for (const char *at = domains; len && *at;) {
        const size_t n = strcspn(at, " ");

        if (n == len && strncmp(at, wanted, n) == 0)
            return true;
        at += n + (at[n] == ' ');
    }
    return false;
}

static bool is_exchange(const char *host)
{
    const size_t n = strlen(host), k = strlen(EXCHANGE);

    return n > k && strcmp(host + n - k, EXCHANGE) == 0;
}

/* The value of the only field of that name; NULL: none, or several. */
static const char *only(const struct mime_field *fields, size_t count, const char *name)
{
    const char *found = NULL;

    for (size_t i = 0; i < count; i++) {
        if (!is_named(&fields[i], name))
            continue;
        if (found)
            return NULL;
        found = fields[i].value;
    }
    return found;
}

/* Each hop within Exchange Online, the oldest out of a mailbox: its host. */
static bool never_left(const struct mime_field *fields, size_t count, char ret_source[AUTHRES_WORD_MAX])
{
    char from[AUTHRES_WORD_MAX], with[AUTHRES_WORD_MAX] = "";

    *ret_source = '\0';
    for (size_t i = 0; i < count; i++) {
        if (!is_named(&fields[i], "Received"))
            continue;
        authres_read_clause(fields[i].raw, "from", from);
        authres_read_clause(fields[i].raw, "by", ret_source);
        authres_read_clause(fields[i].raw, "with", with);
        if (!is_exchange(from) || !is_exchange(ret_source))
            return false;
    }
    return strcmp(with, "mapi") == 0;
}

static bool says_nothing(const struct mime_field *f)
{
    struct authres_reader r = { .p = f->raw };
    struct authres_result res;
    char id[AUTHRES_WORD_MAX];

    authres_read_id(&r, id);
    while (authres_read_result(&r, &res))
        if (strcmp(res.value, "none") != 0)
            return false;
    return !r.is_bad;
}

/* A field that speaks against it, wherever it stands. */
static bool speaks_against(const struct mime_field *f, const char *from)
{
    if (is_named(f, "Authentication-Results"))
        return !says_nothing(f);
    if (is_named(f, CROSS_TENANT_AUTH_AS))
        return !text_equals(f->value, "Internal");
    if (is_named(f, "Sender"))
        return !text_equals(f->value, from);
    return text_starts(f->name, "Resent-");
}

bool authres_is_inside(const struct mime_field *fields, size_t count, const char *tenant_domains,
                       const char *from_domain)
{
    const char *const as = only(fields, count, ORGANIZATION "AuthAs");
    const char *const mechanism = only(fields, count, ORGANIZATION "AuthMechanism");
    const char *const source = only(fields, count, ORGANIZATION "AuthSource");
    const char *const from = only(fields, count, "From");
    char host[AUTHRES_WORD_MAX];

    if (!from || !as || !mechanism || !source || !is_of_tenant(tenant_domains, from_domain))
        return false;
    for (size_t i = 0; i < count; i++)
        if (speaks_against(&fields[i], from))
            return false;
    return text_equals(as, "Internal") && strcmp(mechanism, "04") == 0 && never_left(fields, count, host) &&
           text_equals(source, host);
}
