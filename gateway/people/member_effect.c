#include "gateway/people/member_effect.h"

#include "gateway/note/undoing.h"
#include "gateway/people/catch_up.h"
#include "gateway/practice/record.h"
#include "gateway/say/notice.h"
#include "gateway/say/phrase.h"
#include "store/answered.h"

static enum rc answered(enum rc rc)
{
    return rc == RC_NOT_FOUND || rc == RC_CONFLICT ? RC_OK : rc;
}

static enum rc answer(struct effect *e, enum mailing_kind kind, struct json *values, bool is_once_a_day,
                      struct err *err)
{
    struct notice notice = { .kind = kind,
                             .person = e->person.id,
                             .membership = e->m.id,
                             .group = e->m.group,
                             .address = e->m.id.v && !e->act->is_by_text ? e->m.address : e->act->address,
                             .subject_id = e->m.id.v,
                             .is_answer = true,
                             .is_once_a_day = is_once_a_day,
                             .in_reply_to = e->act->in_reply_to,
                             .values = values };

    if (e->act->is_unanswered) {
        json_free(&notice.values);
        return RC_OK;
    }
    return answered(notice_queue(e->gate, &notice, NULL, err));
}

enum rc effect_inform(struct effect *e, enum mailing_kind kind, struct json *values, struct err *err)
{
    return answer(e, kind, values, true, err);
}

enum rc effect_confirm(struct effect *e, enum mailing_kind kind, struct json *values, struct err *err)
{
    const enum rc rc = answered_take(&e->gate->store, e->person.id, kind, e->m.id.v, EFFECT_CONFIRM_PER_DAY, err);

    if (!rc)
        return answer(e, kind, values, false, err);
    json_free(&values);
    return answered(rc);
}

const char *effect_next_letter(struct effect *e)
{
    const char *const when = phrase_next_letter(e->gate, &e->group, &e->m, &e->person, e->mem);

    return when ? when : phrase_some_day(e->person.language);
}

enum rc effect_change(struct effect *e, const struct membership *from, const char *command, const char *old,
                      const char *new, struct err *err)
{
    CLEANUP(undoing_done) struct undoing undo = undoing_begin(command);

    undoing_note_membership(&undo, from);
    if (membership_change(&e->gate->store, &e->m, from->state, err) ||
        undoing_save(e->gate, e->person.id, e->m.id, &undo, err))
        return err->rc;
    if (record_act(e->gate, &e->who, AUDIT_MEMBER_CHANGED, AUDIT_ITEM_MEMBERSHIP, e->m.id.v, old, new, err))
        return err->rc;
    return catch_up_queue(e->gate, e->m.id, err);
}

enum rc effect_say_resumed(struct effect *e, struct err *err)
{
    struct json *v = json_object_new();

    json_set_str(v, "next_letter", effect_next_letter(e));
    return effect_confirm(e, MAILING_RESUMED, v, err);
}
