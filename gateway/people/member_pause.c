#include "gateway/people/member_pause.h"

#include "gateway/practice/record.h"
#include "gateway/say/notice.h"
#include "gateway/say/phrase.h"
#include "store/delivery.h"
#include "store/due.h"

static enum rc tell_member(struct gate *gate, const struct membership *m, struct arena *mem, struct err *err)
{
    struct notice notice = {
        .kind = MAILING_PAUSED, .person = m->person, .membership = m->id, .group = m->group, .subject_id = m->id.v
    };
    struct care_group group;
    struct person person;
    enum rc rc = group_get(&gate->store, m->group, mem, &group, err);

    if (!rc)
        rc = person_get(&gate->store, m->person, mem, &person, err);
    if (rc)
        return rc;
    notice.values = json_object_new();
    json_set_str(notice.values, "paused_until", phrase_day(gate, person.language, group.zone, m->paused_until_ms, mem));
    rc = notice_queue(gate, &notice, NULL, err);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc member_pause(struct gate *gate, const struct audit_who *who, struct membership_id membership, int64_t days,
                     struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("member_pause");
    enum member_state from;
    struct membership m;

    if (membership_get(&gate->store, membership, mem, &m, err))
        return err->rc;
    from = m.state;
    if (from != MEMBER_ACTIVE && from != MEMBER_PAUSED)
        return err_set(err, RC_INPUT, "membership %" PRId64 " is %s", m.id.v, member_state_name(from));
    m.state = MEMBER_PAUSED;
    m.paused_until_ms = gate_now_ms(gate) + days * MS_DAY;
    if (membership_change(&gate->store, &m, from, err) ||
        record_act(gate, who, AUDIT_MEMBER_CHANGED, AUDIT_ITEM_MEMBERSHIP, m.id.v, member_state_name(from), "paused",
                   err) ||
        delivery_cancel_membership(&gate->store, m.id, NULL, err) ||
        (days > 1 && due_set(&gate->store, JOB_PAUSE_ENDS, m.id.v, m.paused_until_ms - MS_DAY, err)))
        return err->rc;
    return tell_member(gate, &m, mem, err);
}
