/* Staff take somebody out of a group; death silences everything. */
#include "gateway/people/leave.h"
#include "gateway/people/member.h"
#include "gateway/practice/record.h"
#include "gateway/say/tell.h"
#include "store/text_out.h"

#include <assert.h>

static const char *reason_name(enum member_reason reason)
{
    static const char *const names[] = { "", "staff", "moved", "died", "rules" };

    return reason < COUNT_OF(names) ? names[reason] : "";
}

static enum rc remove_dead(struct gate *gate, struct leave *leave, struct person *person, struct err *err)
{
    const struct tell tell = { .what = TELL_DIED, .of = person, .subject_id = person->id.v };

    if (leave_all(gate, leave, person, err) || leave_addresses(gate, leave, person, SUPPRESSED_DIED, err))
        return err->rc;
    person->state = PERSON_DIED;
    if (person_change(&gate->store, person, err) ||
        record_act(gate, &leave->who, AUDIT_PERSON_CHANGED, AUDIT_ITEM_PERSON, person->id.v, "active", "died", err))
        return err->rc;
    return tell_staff(gate, &tell, err);
}

/* Who is in no group any more: what waits for their phone and names no group goes too. Staff are still called to alarms (R7);
 * what needs no consent, a STOP confirmed, HELP answered, the words in a crisis, still comes (R4). */
static enum rc cancel_texts(struct gate *gate, const struct person *person, struct err *err)
{
    bool is_in;

    if (person->kind == PERSON_STAFF)
        return RC_OK;
    if (membership_in_any(&gate->store, person->id, &is_in, err))
        return err->rc;
    return is_in ? RC_OK : text_out_cancel_needing(&gate->store, person->id, NULL, err);
}

enum rc member_remove(struct gate *gate, const struct audit_who *who, struct membership_id membership,
                      enum member_reason reason, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("member_remove");
    struct leave leave = {
        .who = *who, .verb = AUDIT_MEMBER_REMOVED, .to = MEMBER_REMOVED, .evidence = reason_name(reason)
    };
    struct membership m;
    struct person person;

    assert(db_in_tx(gate->store.db));
    if (membership_get(&gate->store, membership, mem, &m, err) || person_get(&gate->store, m.person, mem, &person, err))
        return err->rc;
    if (reason == MEMBER_REASON_DIED)
        return remove_dead(gate, &leave, &person, err);
    if (leave_group(gate, &leave, &m, err) || cancel_texts(gate, &person, err))
        return err->rc;
    return leave.withdrawn ? tell_staff(gate,
                                        &(struct tell){ .what = TELL_WITHDRAWN,
                                                        .of = &person,
                                                        .group = m.group,
                                                        .subject_id = m.id.v,
                                                        .number = leave.withdrawn },
                                        err)
                           : RC_OK;
}
