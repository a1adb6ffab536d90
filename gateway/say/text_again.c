#include "gateway/say/text_again.h"

#include "gateway/say/tell.h"
#include "gateway/sms/text_hours.h"
#include "store/due.h"
#include "store/group.h"
#include "store/text_owed.h"

/* In their zone, else in that of the group that writes. */
static enum rc hours_of(struct gate *gate, const struct person *person, struct group_id group, int64_t at_ms,
                        struct text_hours *ret, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_again");
    const char *zone = person->zone ? person->zone : "";
    struct care_group g;

    if (!*zone && group.v) {
        if (group_get(&gate->store, group, mem, &g, err))
            return err->rc;
        zone = g.zone;
    }
    return text_hours(gate, zone, at_ms, ret, err);
}

enum rc text_again_hours(struct gate *gate, const struct person *person, struct group_id group,
                         const struct text_consent *consent, int64_t due_ms, int64_t *ret_due_ms,
                         int64_t *ret_not_after_ms, struct err *err)
{
    const int64_t now = gate_now_ms(gate);
    struct text_hours hours;

    *ret_due_ms = *ret_not_after_ms = 0;
    if (!due_ms && consent->heard_ms && now - consent->heard_ms < TEXT_JUST_HEARD_MS)
        return RC_OK;
    if (hours_of(gate, person, group, due_ms > now ? due_ms : now, &hours, err))
        return err->rc;
    *ret_due_ms = hours.from_ms;
    *ret_not_after_ms = hours.until_ms;
    return RC_OK;
}

enum rc text_again_watch(struct gate *gate, struct text_id text, int64_t not_after_ms, struct err *err)
{
    return due_set(&gate->store, JOB_TEXT_AGAIN, text.v, not_after_ms, err);
}

static enum rc give_up(struct gate *gate, const struct text_out *text, const struct person *person, struct err *err)
{
    const struct tell tell = { .what = TELL_TEXT_FAILED, .of = person, .group = text->group, .subject_id = text->id.v };

    return tell_staff(gate, &tell, err);
}

static bool waits(const struct text_out *t)
{
    return t->state == TEXT_QUEUED || t->state == TEXT_CLAIMED ||
           (t->state == TEXT_EXPIRED && t->reason == TEXT_TOO_LATE);
}

enum rc text_again_run(struct gate *gate, struct text_id id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_again");
    const int64_t now = gate_now_ms(gate);
    struct text_hours hours;
    struct person person;
    struct text_out text;

    if (text_out_get(&gate->store, id, mem, &text, err))
        return err->rc;
    if (!waits(&text))
        return RC_OK; /* it left, or was cancelled */
    if (person_get(&gate->store, text.person, mem, &person, err))
        return err->rc;
    if (now - text.created_ms >= TEXT_AGAIN_MS)
        return give_up(gate, &text, &person, err);
    if (hours_of(gate, &person, text.group, now, &hours, err))
        return err->rc;
    if (text.state == TEXT_EXPIRED && text_owed_again(&gate->store, id, hours.from_ms, hours.until_ms, err))
        return err->rc;
    return text_again_watch(gate, id, hours.until_ms, err);
}
