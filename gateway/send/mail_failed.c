#include "gateway/send/mail_failed.h"

#include "gateway/digest/breaker.h"
#include "gateway/note/unsend.h"
#include "gateway/say/notice.h"
#include "gateway/send/tls.h"
#include "schedules/said.h"
#include "store/answered.h"
#include "store/membership.h"

/* No relay has seen it. */
static bool is_not_made(const struct delivery_outcome *o)
{
    return o->result == DELIVERY_REFUSED && !o->code;
}

/* A relay that refuses everybody does not bury staff in mail. */
static enum rc take_turn(struct gate *gate, const struct delivery *d, struct err *err)
{
    enum rc rc = answered_take(&gate->store, d->person, MAILING_STAFF_NOTICE, d->address.v, 1, err);

    return rc ? rc
              : answered_take(&gate->store, (struct person_id){ 0 }, MAILING_STAFF_NOTICE, 0, MAIL_FAILED_A_DAY, err);
}

static enum rc tell(struct gate *gate, const struct delivery *d, const struct delivery_outcome *o,
                    struct group_id group, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("mail_failed");
    CLEANUP(json_free) struct json *values = json_object_new();
    const struct said_in in = { LANGUAGE_ENGLISH, gate->facts.zone, gate_now_ms(gate) };
    struct person person;
    char *when = NULL;
    enum rc rc = take_turn(gate, d, err);

    if (!rc)
        rc = person_get(&gate->store, d->person, mem, &person, err);
    if (!rc)
        rc = said_moment(&in, in.now_ms, mem, &when, err);
    if (rc)
        return rc == RC_CONFLICT ? RC_OK : rc;
    json_set_bool(values, is_not_made(o) ? "is_not_made" : "is_bounced", true);
    json_set_str(values, "person", person.name);
    json_set_str(values, "when", when);
    json_set_str(values, "reason", o->status_code);
    json_set_str(values, "reference", arena_printf(mem, "%" PRId64, d->id.v));
    rc = notice_staff(gate, MAILING_STAFF_NOTICE, d->id.v, group, values, err);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc mail_failed_check_note(struct gate *gate, const struct delivery *d, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("mail_failed");
    struct mailing m;
    enum rc rc;

    if (!d->mailing.v)
        return RC_OK;
    rc = mailing_get(&gate->store, d->mailing, mem, &m, err);
    if (rc) /* what cannot be read was told by its own failure */
        return rc == RC_NOT_FOUND || rc == RC_CORRUPT ? RC_OK : rc;
    if (m.kind != MAILING_POST && m.kind != MAILING_COMMENT && m.kind != MAILING_ANNOUNCEMENT)
        return RC_OK;
    return unsend_check_refused(gate, (struct post_id){ m.subject_id }, err);
}

enum rc mail_failed(struct gate *gate, const struct delivery *d, const struct delivery_outcome *o, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("mail_failed");
    struct membership member = { .group = { 0 } };
    bool is_open = false;
    enum rc rc = RC_OK;

    if (d->membership.v)
        rc = membership_get(&gate->store, d->membership, mem, &member, err);
    if (!rc && o->result == DELIVERY_NOT_SECURED)
        return tls_failed(gate, d, member.group, err) ? err->rc : mail_failed_check_note(gate, d, err);
    if (!rc && o->code)
        rc = breaker_count(gate, member.group, d->person, &is_open, err);
    if (rc || is_open)
        return rc;
    rc = tell(gate, d, o, member.group, err);
    return rc ? rc : mail_failed_check_note(gate, d, err);
}
