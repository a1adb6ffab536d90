/* Commands that end a membership, and the one that takes a command back: STOP, LEAVE, UNDO. */
#include "gateway/people/leave.h"
#include "gateway/people/member_effect.h"
#include "gateway/people/undone.h"
#include "gateway/practice/record.h"
#include "gateway/say/phrase.h"
#include "gateway/say/tell.h"

enum rc effect_stop(struct effect *e, struct err *err)
{
    CLEANUP(undoing_done) struct undoing undo = undoing_begin("stop");
    struct leave leave = { .who = e->who,
                           .verb = AUDIT_MEMBER_STOPPED,
                           .to = MEMBER_LEFT,
                           .evidence_id = e->act->letter.v,
                           .evidence = "STOP",
                           .undo = &undo };
    const struct tell tell = { .what = TELL_STOPPED, .of = &e->person, .subject_id = e->act->letter.v };

    if (leave_all(e->gate, &leave, &e->person, err) ||
        leave_addresses(e->gate, &leave, &e->person, SUPPRESSED_STOP, err) ||
        undoing_save(e->gate, e->person.id, (struct membership_id){ 0 }, &undo, err) ||
        record_act(e->gate, &e->who, AUDIT_MEMBER_STOPPED, AUDIT_ITEM_PERSON, e->person.id.v, NULL, NULL, err) ||
        tell_staff(e->gate, &tell, err))
        return err_wrap(err, "stop");
    return effect_inform(e, MAILING_STOPPED, json_object_new(), err);
}

enum rc effect_leave(struct effect *e, struct err *err)
{
    CLEANUP(undoing_done) struct undoing undo = undoing_begin("leave");
    struct leave leave = { .who = e->who,
                           .verb = AUDIT_MEMBER_LEFT,
                           .to = MEMBER_LEFT,
                           .evidence_id = e->act->letter.v,
                           .evidence = "LEAVE",
                           .undo = &undo };
    const struct tell tell = {
        .what = TELL_LEFT, .of = &e->person, .group = e->m.group, .subject_id = e->act->letter.v
    };
    struct json *v;

    if (leave_group(e->gate, &leave, &e->m, err) || undoing_save(e->gate, e->person.id, e->m.id, &undo, err) ||
        tell_staff(e->gate, &tell, err))
        return err_wrap(err, "leave");
    v = json_object_new();
    if (leave.withdrawn)
        json_set_int(v, "withdrawn_count", leave.withdrawn);
    return effect_confirm(e, MAILING_LEFT, v, err);
}

static enum rc tell_back(struct effect *e, const struct undone *undone, struct err *err)
{
    struct membership m = { .group = { 0 } };

    if (!undone->is_back)
        return RC_OK;
    if (undone->membership.v && membership_get(&e->gate->store, undone->membership, e->mem, &m, err))
        return err->rc;
    return tell_staff(
        e->gate,
        &(struct tell){ .what = TELL_UNDO, .of = &e->person, .group = m.group, .subject_id = e->act->letter.v }, err);
}

enum rc effect_undo(struct effect *e, struct err *err)
{
    struct undone undone;
    const enum rc rc = undone_restore(e->gate, &e->who, e->person.id, e->act->letter.v, e->mem, &undone, err);
    struct json *v;

    if (rc == RC_NOT_FOUND)
        return effect_confirm(e, MAILING_UNDO_NOTHING, json_object_new(), err);
    if (rc || tell_back(e, &undone, err) || person_get(&e->gate->store, e->person.id, e->mem, &e->person, err))
        return err->rc;
    v = json_object_new();
    json_set_str(v, "what", phrase_undone(e->person.language, undone.command));
    return effect_confirm(e, MAILING_UNDO_DONE, v, err);
}
