/* What doctor looks at of members whose letters go under verified TLS alone: whether anything keeps it, from here to their server. */
#include "gateway/cli/doctor.h"

#include "base/text.h"
#include "gateway/cli/postfix.h"
#include "gateway/practice/mail_relay.h"
#include "gateway/send/tls.h"

#define WHAT "verified TLS"
#define ASKED_MAX 200 /* Postfix's programs are run several times for each */
#define ADDRESSES_PAGE 500

struct domains {
    const char **v;
    size_t n, room;
    int64_t addresses; /* that require it themselves */
};

static void add(struct domains *d, const char *domain, struct arena *mem)
{
    for (size_t i = 0; i < d->n; i++)
        if (!strcasecmp(d->v[i], domain))
            return;
    if (d->n == d->room) {
        const char **const more = ARENA_ARRAY(mem, 2 * d->room + 16, const char *);

        if (d->n)
            memcpy(more, d->v, d->n * sizeof *more);
        d->v = more;
        d->room = 2 * d->room + 16;
    }
    d->v[d->n++] = domain;
}

static enum rc collect(struct doctor *d, struct domains *all, struct err *err)
{
    struct gate *const gate = d->cli->gate;
    const char *at = gate->facts.require_tls_domains;
    struct address_id after = { 0 };
    struct address *list;
    size_t n;

    while (*(at += strspn(at, " "))) {
        add(all, arena_strndup(d->cli->mem, at, strcspn(at, " ")), d->cli->mem);
        at += strcspn(at, " ");
    }
    do {
        if (address_tls_page(&gate->store, after, ADDRESSES_PAGE, d->cli->mem, &list, &n, err))
            return err->rc;
        for (size_t i = 0; i < n; i++) {
            add(all, strrchr(list[i].value, '@') ? strrchr(list[i].value, '@') + 1 : "", d->cli->mem);
            after = list[i].id;
        }
        all->addresses += (int64_t)n;
    } while (n == ADDRESSES_PAGE);
    return RC_OK;
}

static bool relay_offers(struct doctor *d)
{
    CLEANUP(transport_free) struct transport relay = { 0 };
    struct err err;

    return !mail_relay(d->cli->gate, &relay, &err) && !transport_open(&relay, &err) &&
           transport_offers_requiretls(&relay);
}

/* Of the domains that the practice says its relay keeps it for: how many a Postfix on this host does not, and how many it hands on. */
static bool ask_postfix(struct doctor *d, const struct domains *all, size_t *ret_not, size_t *ret_on)
{
    size_t asked = 0;

    *ret_not = *ret_on = 0;
    for (size_t i = 0; i < all->n && asked < ASKED_MAX; i++) {
        bool proves = false, hands_on = false;
        struct err err;

        if (!tls_is_enforced(d->cli->gate, all->v[i]))
            continue;
        asked++;
        if (postfix_proves_tls(all->v[i], d->cli->mem, &proves, &hands_on, &err))
            return false;
        *ret_not += !proves;
        *ret_on += proves && hands_on;
    }
    return true;
}

static void tell_enforced(struct doctor *d, const struct domains *all, size_t count)
{
    struct arena *const mem = d->cli->mem;
    const bool is_local = text_starts(d->cli->gate->facts.relay, "smtp://");
    const char *const not_all =
        count > ASKED_MAX ? arena_printf(mem, "; %zu were not looked at", count - ASKED_MAX) : "";
    size_t not = 0, on = 0;

    if (!is_local || !ask_postfix(d, all, &not, &on))
        doctor_tell(
            d, DOCTOR_WARN, WHAT,
            arena_printf(
                mem, "the relay keeps it for %zu domains, as relay-enforces-tls says; not to be seen from here", count),
            "ask who runs the relay; one that offers REQUIRETLS needs no such trust (docs/tls.md)");
    else if (not )
        doctor_tell(d, DOCTOR_RED, WHAT,
                    arena_printf(mem,
                                 "relay-enforces-tls says so, but Postfix does not keep it for %zu of %zu domains%s",
                                 not, count < ASKED_MAX ? count : ASKED_MAX, not_all),
                    "smtp_tls_policy_maps: DOMAIN secure (docs/tls.md)");
    else
        doctor_tell_if(
            d, !on, DOCTOR_WARN, WHAT,
            arena_printf(mem, "Postfix keeps it for %zu domains%s", count < ASKED_MAX ? count : ASKED_MAX, not_all),
            arena_printf(mem, "Postfix keeps it to the host that it hands mail on to, for %zu domains", on),
            "that host must keep it too: ask who runs it");
}

void doctor_tls(struct doctor *d)
{
    struct domains all = { .n = 0 };
    size_t kept = 0;
    struct err err;

    if (collect(d, &all, &err)) {
        doctor_tell(d, DOCTOR_RED, WHAT, err.msg, "look at the database first");
        return;
    }
    if (!all.n) {
        doctor_tell(d, DOCTOR_OK, WHAT, "no member's address or domain asks for it", NULL);
        return;
    }
    if (relay_offers(d)) {
        doctor_tell(d, DOCTOR_OK, WHAT,
                    arena_printf(d->cli->mem, "%zu domains, %" PRId64 " addresses: the relay offers REQUIRETLS", all.n,
                                 all.addresses),
                    NULL);
        return;
    }
    for (size_t i = 0; i < all.n; i++)
        kept += tls_is_enforced(d->cli->gate, all.v[i]);
    if (kept < all.n)
        doctor_tell(d, DOCTOR_RED, WHAT,
                    arena_printf(d->cli->mem, "nothing keeps it for %zu of %zu domains: those members get no letters",
                                 all.n - kept, all.n),
                    "the relay offers no REQUIRETLS; where it enforces TLS itself: practice set relay-enforces-tls "
                    "\"DOMAIN …\" (docs/tls.md)");
    if (kept)
        tell_enforced(d, &all, kept);
}
