/* The clock ends pauses, and so may staff. */
#include "gateway/people/catch_up.h"
#include "gateway/people/member_effect.h"
#include "gateway/people/member_pause.h"
#include "gateway/practice/record.h"
#include "gateway/say/notice.h"
#include "gateway/say/phrase.h"
#include "store/due.h"

#define RESUME_BATCH 50

static enum rc resume(struct gate *gate, const struct audit_who *who, struct membership_id id, struct arena *mem,
                      struct err *err)
{
    static const struct command command = { .kind = COMMAND_RESUME, .text = "" };
    const struct member_act act = { .command = &command, .membership = id };
    struct effect e = { .gate = gate, .act = &act, .mem = mem, .who = *who };

    if (membership_get(&gate->store, id, mem, &e.m, err) || person_get(&gate->store, e.m.person, mem, &e.person, err) ||
        group_get(&gate->store, e.m.group, mem, &e.group, err))
        return err->rc;
    if (e.m.state != MEMBER_PAUSED)
        return err_set(err, RC_INPUT, "membership %" PRId64 " is %s", id.v, member_state_name(e.m.state));
    e.m.state = MEMBER_ACTIVE;
    e.m.paused_until_ms = 0;
    if (membership_change(&gate->store, &e.m, MEMBER_PAUSED, err) ||
        record_act(gate, &e.who, AUDIT_MEMBER_CHANGED, AUDIT_ITEM_MEMBERSHIP, id.v, "paused", "active", err) ||
        catch_up_queue(gate, id, err))
        return err->rc;
    return e.group.state == GROUP_OPEN ? effect_say_resumed(&e, err) : RC_OK;
}

enum rc member_resume(struct gate *gate, const struct audit_who *who, struct membership_id membership, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("member_resume");

    return resume(gate, who, membership, mem, err);
}

static enum rc say_pause_ends(struct effect *e, struct err *err)
{
    struct notice notice = { .kind = MAILING_PAUSE_OVER,
                             .person = e->person.id,
                             .membership = e->m.id,
                             .group = e->m.group,
                             .subject_id = e->m.id.v,
                             .lane = -1,
                             .values = json_object_new() };
    enum rc rc;

    json_set_str(notice.values, "paused_until",
                 phrase_day(e->gate, e->person.language, e->group.zone, e->m.paused_until_ms, e->mem));
    json_set_str(notice.values, "next_letter", effect_next_letter(e));
    rc = notice_queue(e->gate, &notice, NULL, err);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* A pause of a day or less was begun and ends in one breath: its first letter said so. */
enum rc member_pause_ends(struct gate *gate, struct membership_id id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("pause_ends");
    struct effect e = { .gate = gate, .mem = mem };
    const int64_t now_ms = gate_now_ms(gate);

    if (membership_get(&gate->store, id, mem, &e.m, err) || person_get(&gate->store, e.m.person, mem, &e.person, err) ||
        group_get(&gate->store, e.m.group, mem, &e.group, err))
        return err->rc;
    if (e.m.state != MEMBER_PAUSED || e.group.state != GROUP_OPEN || e.m.paused_until_ms <= now_ms)
        return RC_OK;
    if (e.m.paused_until_ms > now_ms + MS_DAY)
        return due_set(&gate->store, JOB_PAUSE_ENDS, id.v, e.m.paused_until_ms - MS_DAY, err);
    return say_pause_ends(&e, err);
}

enum rc member_tick(struct gate *gate, size_t *ret_did, struct err *err)
{
    const struct audit_who rule = record_rule();
    size_t did = 0, n;

    do {
        CLEANUP(arena_free) struct arena *mem = arena_new("member_tick");
        CLEANUP(db_tx_done) struct db_tx tx = { 0 };
        struct membership_id *ids;

        if (db_begin(gate->store.db, &tx, err) ||
            membership_due_resume(&gate->store, gate_now_ms(gate), RESUME_BATCH, mem, &ids, &n, err))
            return err->rc;
        for (size_t i = 0; i < n; i++)
            if (resume(gate, &rule, ids[i], mem, err))
                return err_wrap(err, "end of pause");
        if (db_commit(&tx, err))
            return err->rc;
        did += n;
    } while (n == RESUME_BATCH);
    *ret_did = did;
    return RC_OK;
}
