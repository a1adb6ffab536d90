#include "gateway/sort/bounce.h"

#include "gateway/digest/breaker.h"
#include "gateway/practice/record.h"
#include "gateway/say/tell.h"
#include "gateway/send/mail_failed.h"
#include "gateway/send/tls.h"
#include "inbound/report.h"
#include "mailer/transport.h"

/* The first failed recipient: a letter of ours has one. NULL: nothing failed for good. */
static const struct letter_report *failure_of(const struct letter *letter)
{
    for (size_t i = 0; i < letter->report_count; i++)
        if (letter->reports[i].action == LETTER_FAILED)
            return &letter->reports[i];
    return NULL;
}

/* A Message-ID is also seen by whoever a letter was passed on to: a report that knows us by it alone speaks of the address that we wrote to, or of
 * none by name. */
static enum rc is_about_ours(struct gate *gate, const struct letter_report *r, const struct sender *s,
                             struct arena *mem, bool *ret, struct err *err)
{
    struct address named;
    enum rc rc = RC_NOT_FOUND;

    *ret = s->ref == REF_TOKEN || !*r->recipient;
    if (!*ret)
        rc = address_find(&gate->store, ADDRESS_EMAIL, r->recipient, mem, &named, err);
    if (!rc)
        *ret = named.id.v == s->delivery.address.v;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* What is stored tells whether the address is no good: 5.1.x says so (RFC 3463). */
static const char *status_of(const struct letter_report *r, bool is_about_ours)
{
    if (is_about_ours && report_class_is_about_address(r->why))
        return strncmp(r->status, "5.1.", 4) == 0 ? r->status : "5.1.0";
    return *r->status == '5' && strncmp(r->status, "5.1.", 4) != 0 ? r->status : "5.0.0";
}

static enum rc tell(struct gate *gate, const char *what, const struct sender *s, const struct person *of,
                    const char *reason, struct err *err)
{
    return tell_staff(gate,
                      &(struct tell){ .what = what,
                                      .of = of,
                                      .group = s->group.id,
                                      .subject_id = s->delivery.address.v,
                                      .reason = reason,
                                      .is_once_a_day = true },
                      err);
}

static enum rc suspend(struct gate *gate, const struct sender *s, const struct person *of, struct err *err)
{
    const struct audit_who rule = record_rule();
    enum suppression_reason old;
    enum rc rc = suppression_get(&gate->store, s->delivery.address, &old, err);

    if (rc != RC_NOT_FOUND)
        return rc;
    rc = suppression_add(&gate->store, s->delivery.address, SUPPRESSED_BOUNCED, err);
    if (!rc)
        rc = record_act(gate, &rule, AUDIT_ADDRESS_CHANGED, AUDIT_ITEM_ADDRESS, s->delivery.address.v, NULL,
                        "suspended: three letters came back", err);
    return rc ? rc : tell(gate, TELL_SUSPENDED, s, of, NULL, err);
}

/* When counting begins: what came back before the address was proved again says nothing about it now. */
static enum rc counted_since(struct gate *gate, struct address_id id, int64_t *ret_ms, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("bounce");
    const int64_t window_ms = gate_now_ms(gate) - BOUNCE_PROBES_MS;
    struct address address;

    if (address_get(&gate->store, id, mem, &address, err))
        return err->rc;
    *ret_ms = address.proved_ms > window_ms ? address.proved_ms : window_ms;
    return RC_OK;
}

/* On how many days letters to the address came back, since counting began. */
static enum rc days_of(struct gate *gate, struct person_id person, struct address_id address, int64_t *ret_days,
                       struct err *err)
{
    int64_t since_ms = 0;
    const enum rc rc = counted_since(gate, address, &since_ms, err);

    return rc ? rc : delivery_bounce_days(&gate->store, person, address, since_ms, ret_days, err);
}

/* Who writes can be reached: reports from before, forged perhaps, lead nowhere. */
static enum rc begin_again(struct gate *gate, struct person_id person, struct address_id address, struct err *err)
{
    int64_t days = 0;
    const enum rc rc = days_of(gate, person, address, &days, err);

    return rc || !days ? rc : address_set_state(&gate->store, address, ADDRESS_PROVED, err);
}

enum rc bounce_lift(struct gate *gate, const struct sender *sender, struct err *err)
{
    const struct audit_who who = record_patient(sender->person.id);
    const struct address_id address = sender->address.id;
    enum suppression_reason reason;
    enum rc rc;

    if (!sender->person.id.v || !address.v || sender->is_other_address || !sender_is_proved(sender))
        return RC_OK;
    rc = suppression_get(&gate->store, address, &reason, err);
    if (rc == RC_NOT_FOUND)
        return begin_again(gate, sender->person.id, address, err);
    if (rc || reason != SUPPRESSED_BOUNCED)
        return rc;
    if (suppression_remove(&gate->store, address, err) ||
        address_set_state(&gate->store, address, ADDRESS_PROVED, err) ||
        record_act(gate, &who, AUDIT_ADDRESS_CHANGED, AUDIT_ITEM_ADDRESS, address.v,
                   "suspended: three letters came back", "lifted: its owner wrote", err))
        return err->rc;
    return tell_staff(
        gate,
        &(struct tell){
            .what = TELL_LIFTED, .of = &sender->person, .group = sender->group.id, .subject_id = address.v },
        err);
}

/* "4.7.5" of a letter that had to travel under TLS: whatever class of words stands beside it. */
static enum rc is_for_tls(struct gate *gate, const struct letter_report *r, const struct sender *s,
                          const struct person *of, struct arena *mem, bool *ret, struct err *err)
{
    struct transport_result status;
    struct address address;

    *ret = false;
    transport_read_reply(r->status, 0, &status);
    if (!transport_is_about_tls(status.enhanced))
        return RC_OK;
    if (address_get(&gate->store, s->delivery.address, mem, &address, err))
        return err->rc == RC_NOT_FOUND ? RC_OK : err->rc;
    *ret = tls_is_required(gate, of, &address);
    return RC_OK;
}

/* It says nothing against the address, and nothing of a server that many share. */
static enum rc take_not_secured(struct gate *gate, const struct letter_report *r, const struct sender *s,
                                struct err *err)
{
    const struct audit_who rule = record_rule();
    const enum rc rc = delivery_not_secured(&gate->store, s->delivery.id, r->status, err);

    if (rc)
        return rc == RC_CONFLICT ? RC_OK : rc;
    if (record_act(gate, &rule, AUDIT_BOUNCE_TAKEN, AUDIT_ITEM_DELIVERY, s->delivery.id.v, "sent", r->status, err))
        return err->rc;
    return tls_failed(gate, &s->delivery, s->group.id, err) ? err->rc : mail_failed_check_note(gate, &s->delivery, err);
}

static enum rc take_failure(struct gate *gate, const struct letter_report *r, const struct sender *s,
                            const struct person *of, struct arena *mem, struct err *err)
{
    const struct audit_who rule = record_rule();
    int64_t days = 0;
    const char *status = "5.0.0"; /* a server's trouble says nothing about the address */
    bool is_open = false, is_ours = false;
    enum rc rc = breaker_is_open(gate, s->group.id, &is_open, err);

    if (!rc)
        rc = is_about_ours(gate, r, s, mem, &is_ours, err);
    if (!rc && !is_open)
        status = status_of(r, is_ours);
    if (!rc)
        rc = delivery_bounced(&gate->store, s->delivery.id, status, err);
    if (rc)
        return rc == RC_CONFLICT ? RC_OK : rc; /* once per delivery */
    rc = record_act(gate, &rule, AUDIT_BOUNCE_TAKEN, AUDIT_ITEM_DELIVERY, s->delivery.id.v, "sent", status, err);
    if (!rc)
        rc = breaker_count(gate, s->group.id, s->delivery.person, &is_open, err);
    if (rc || is_open) /* nobody is touched, and staff know of the group */
        return rc;
    rc = days_of(gate, s->delivery.person, s->delivery.address, &days, err);
    if (rc)
        return rc;
    return is_ours && report_class_is_about_address(r->why) && days >= BOUNCE_DAYS
               ? suspend(gate, s, of, err)
               : tell(gate, TELL_BOUNCED, s, of, status, err);
}

enum rc bounce_take(struct gate *gate, const struct letter *letter, const struct sender *sender, struct arena *mem,
                    struct err *err)
{
    const struct letter_report *failure = failure_of(letter);
    const int64_t age_ms = gate_now_ms(gate) - sender->delivery.sent_ms;
    struct person of;
    bool is_tls;
    enum rc rc;

    if (!sender->delivery.id.v || sender->delivery.state != DELIVERY_SENT || age_ms > BOUNCE_MAX_AGE_MS)
        return RC_OK;
    rc = person_get(&gate->store, sender->delivery.person, mem, &of, err);
    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    if (letter->kind == LETTER_COMPLAINT)
        return tell(gate, TELL_COMPLAINT, sender, &of, NULL, err);
    if (!failure || !letter->has_null_return_path)
        return RC_OK;
    if (is_for_tls(gate, failure, sender, &of, mem, &is_tls, err))
        return err->rc;
    return is_tls ? take_not_secured(gate, failure, sender, err) : take_failure(gate, failure, sender, &of, mem, err);
}
