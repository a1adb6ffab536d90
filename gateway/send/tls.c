#include "gateway/send/tls.h"

#include "base/text.h"
#include "gateway/practice/record.h"
#include "gateway/say/notice.h"
#include "gateway/say/tell.h"

static const char *domain_of(const struct address *address)
{
    const char *const at = strrchr(address->value, '@');

    return at ? at + 1 : "";
}

/* list: domains with blanks between them, or "*" for all, as policy_set wrote it; NULL: nobody has read the settings. */
static bool holds(const char *list, const char *domain)
{
    while (list && *(list += strspn(list, " "))) {
        const size_t n = strcspn(list, " ");

        if ((n == 1 && *list == '*') || (n == strlen(domain) && !strncasecmp(list, domain, n)))
            return true;
        list += n;
    }
    return false;
}

bool tls_is_required(const struct gate *gate, const struct person *person, const struct address *address)
{
    return person->kind == PERSON_PATIENT && address->kind == ADDRESS_EMAIL &&
           (address->requires_tls || holds(gate->facts.require_tls_domains, domain_of(address)));
}

bool tls_is_enforced(const struct gate *gate, const char *domain)
{
    return holds(gate->facts.relay_enforces_tls, domain);
}

enum serial_tls tls_of_copy(const struct gate *gate, const struct person *person, const struct address *address)
{
    if (!tls_is_required(gate, person, address))
        return SERIAL_TLS_ANY;
    return tls_is_enforced(gate, domain_of(address)) ? SERIAL_TLS_KEPT_BY_RELAY : SERIAL_TLS_REQUIRED;
}

enum rc tls_works(struct gate *gate, struct address_id address, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("tls_works");
    const struct audit_who rule = record_rule();
    struct delivery_id *ids = NULL;
    size_t n = 0;
    enum rc rc = delivery_retry_no_tls(&gate->store, address, gate_now_ms(gate) - TLS_AGAIN_MS, mem, &ids, &n, err);

    for (size_t i = 0; !rc && i < n; i++)
        rc = record_act(gate, &rule, AUDIT_DELIVERY_RETRIED, AUDIT_ITEM_DELIVERY, ids[i].v, "no_tls", "ready", err);
    return rc;
}

enum rc tls_set(struct gate *gate, const struct audit_who *who, const struct address *address, bool is_required,
                struct err *err)
{
    static const char *const words[] = { "TLS as the relay has it", "verified TLS alone" };

    if (address->requires_tls == is_required)
        return RC_OK;
    if (address_set_tls(&gate->store, address->id, is_required, err) ||
        (!is_required && tls_works(gate, address->id, err)))
        return err->rc;
    return record_act(gate, who, AUDIT_ADDRESS_CHANGED, AUDIT_ITEM_ADDRESS, address->id.v, words[address->requires_tls],
                      words[is_required], err);
}

static enum rc ask_to_call(struct gate *gate, const struct delivery *d, struct err *err)
{
    struct notice notice = {
        .kind = MAILING_PLEASE_CALL, .person = d->person, .address = d->address, .subject_id = d->address.v
    };
    enum rc rc;

    if (!gate->facts.has_tls_notice)
        return RC_OK;
    rc = notice_queue(gate, &notice, NULL, err);
    return rc == RC_NOT_FOUND ? RC_OK : rc; /* we may not write there: staff call */
}

enum rc tls_failed(struct gate *gate, const struct delivery *d, struct group_id group, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("tls_failed");
    const struct audit_who rule = record_rule();
    const int64_t now_ms = gate_now_ms(gate);
    struct address address;
    struct person person;

    if (person_get(&gate->store, d->person, mem, &person, err) ||
        address_get(&gate->store, d->address, mem, &address, err))
        return err->rc == RC_NOT_FOUND ? RC_OK : err->rc;
    if (record_act(gate, &rule, AUDIT_NOT_SECURED, AUDIT_ITEM_DELIVERY, d->id.v, NULL, "no verified TLS: not sent",
                   err))
        return err->rc;
    if (address.tls_told_ms && now_ms - address.tls_told_ms < TLS_AGAIN_MS)
        return RC_OK;
    if (address_set_tls_told(&gate->store, d->address, now_ms, err) || ask_to_call(gate, d, err))
        return err->rc;
    return tell_staff(
        gate, &(struct tell){ .what = TELL_NO_TLS, .of = &person, .group = group, .subject_id = d->address.v }, err);
}
