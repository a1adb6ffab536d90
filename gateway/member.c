/*
 * Plain commands: one function for each, in a table. A function changes rows, notes for UNDO what it changed, and answers.
 *
 * An answer that confirms a change goes out up to CONFIRM_PER_DAY times a day, one that only informs once: a robot at the other end stays
 * harmless either way.
 */
#include "gateway/member.h"

#include "base/text.h"
#include "gateway/catch_up.h"
#include "gateway/enroll.h"
#include "gateway/invite.h"
#include "gateway/likeness.h"
#include "gateway/leave.h"
#include "gateway/notice.h"
#include "gateway/phrase.h"
#include "gateway/record.h"
#include "gateway/tell.h"
#include "store/answered.h"
#include "store/delivery.h"

#include <assert.h>

#define CONFIRM_PER_DAY 5
#define RESUME_BATCH 50

struct effect {
    struct gate *gate;
    const struct member_act *act;
    struct arena *mem;
    struct person person;
    struct membership m;     /* id 0: no group is known */
    struct care_group group; /* of m */
    struct audit_who who;
};

typedef enum rc effect_fn(struct effect *e, struct err *err);

/* ---- answers ---- */

/* Somebody who cannot be answered was still obeyed. */
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
                             .address = e->m.id.v ? e->m.address : e->act->address,
                             .subject_id = e->m.id.v,
                             .is_answer = true,
                             .is_once_a_day = is_once_a_day,
                             .in_reply_to = e->act->in_reply_to,
                             .values = values };

    return answered(notice_queue(e->gate, &notice, NULL, err));
}

static enum rc inform(struct effect *e, enum mailing_kind kind, struct json *values, struct err *err)
{
    return answer(e, kind, values, true, err);
}

static enum rc confirm(struct effect *e, enum mailing_kind kind, struct json *values, struct err *err)
{
    const enum rc rc = answered_take(&e->gate->store, e->person.id, kind, e->m.id.v, CONFIRM_PER_DAY, err);

    if (!rc)
        return answer(e, kind, values, false, err);
    json_free(&values);
    return answered(rc);
}

static const char *next_letter(struct effect *e)
{
    const char *const when = phrase_next_letter(e->gate, &e->group, &e->m, &e->person, e->mem);

    return when ? when : phrase_some_day(e->person.language);
}

/* ---- changing a membership ---- */

static enum rc change(struct effect *e, const struct membership *from, const char *command, const char *old,
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

static enum rc on_pause(struct effect *e, struct err *err)
{
    const struct membership from = e->m;
    const int days = e->act->command->days > 0 ? e->act->command->days : COMMAND_PAUSE_DEFAULT_DAYS;
    struct json *v = json_object_new();

    e->m.state = MEMBER_PAUSED;
    e->m.paused_until_ms = gate_now_ms(e->gate) + days * MS_DAY;
    json_set_str(v, "paused_until",
                 phrase_day(e->gate, e->person.language, e->group.zone, e->m.paused_until_ms, e->mem));
    if (change(e, &from, "pause", member_state_name(from.state), "paused", err) ||
        delivery_cancel_membership(&e->gate->store, e->m.id, NULL, err)) {
        json_free(&v);
        return err->rc;
    }
    return confirm(e, MAILING_PAUSED, v, err);
}

static enum rc say_resumed(struct effect *e, struct err *err)
{
    struct json *v = json_object_new();

    json_set_str(v, "next_letter", next_letter(e));
    return confirm(e, MAILING_RESUMED, v, err);
}

static enum rc on_resume(struct effect *e, struct err *err)
{
    const struct membership from = e->m;

    e->m.state = MEMBER_ACTIVE;
    e->m.paused_until_ms = 0;
    if (from.state == MEMBER_PAUSED && change(e, &from, "resume", "paused", "active", err))
        return err->rc;
    return say_resumed(e, err);
}

static enum rc set_rhythm(struct effect *e, enum member_rhythm rhythm, const char *flag, struct err *err)
{
    const struct membership from = e->m;
    struct json *v = json_object_new();

    e->m.rhythm = rhythm;
    if (from.rhythm != rhythm && change(e, &from, command_name(e->act->command->kind), member_rhythm_name(from.rhythm),
                                        member_rhythm_name(rhythm), err)) {
        json_free(&v);
        return err->rc;
    }
    json_set_bool(v, flag, true);
    json_set_str(v, "next_letter", phrase_next_letter(e->gate, &e->group, &e->m, &e->person, e->mem));
    return confirm(e, MAILING_RHYTHM, v, err);
}

static enum rc on_daily(struct effect *e, struct err *err)
{
    return set_rhythm(e, RHYTHM_DAILY, "is_daily", err);
}

static enum rc on_weekly(struct effect *e, struct err *err)
{
    return set_rhythm(e, RHYTHM_WEEKLY, "is_weekly", err);
}

static enum rc on_each(struct effect *e, struct err *err)
{
    return set_rhythm(e, RHYTHM_EACH, "is_each", err);
}

static enum rc on_news(struct effect *e, struct err *err)
{
    return set_rhythm(e, RHYTHM_NEWS, "is_news", err);
}

static enum rc refuse_name(struct effect *e, const char *wanted, struct err *err)
{
    struct json *v = json_object_new();
    const char *suggested;
    bool is_staff;

    if (invite_choose_name(e->gate, e->m.group, wanted, e->m.id, e->mem, &suggested, err) ||
        likeness_is_of_staff(e->gate, suggested, &is_staff, err)) {
        json_free(&v);
        return err->rc;
    }
    suggested = is_staff ? e->m.name : suggested;
    json_set_str(v, "wanted_name", wanted);
    json_set_str(v, "display_name", e->m.name);
    json_set_str(v, "suggested_name", suggested);
    return confirm(e, MAILING_NAME_TAKEN, v, err);
}

/* By a member of the group, or by staff: no patient may speak under a name like theirs. */
static enum rc is_in_use(struct effect *e, const char *name, bool *ret_taken, struct err *err)
{
    *ret_taken = false;
    if (membership_is_name_taken(&e->gate->store, e->m.group, name, e->m.id, ret_taken, err))
        return err->rc;
    if (*ret_taken || e->person.kind == PERSON_STAFF)
        return RC_OK;
    return likeness_is_of_staff(e->gate, name, ret_taken, err);
}

static enum rc on_name(struct effect *e, struct err *err)
{
    const struct membership from = e->m;
    struct json *v = json_object_new();
    const char *name;
    bool taken;

    if (enroll_check_shown_name(e->act->command->text, e->mem, &name, err)) {
        json_set_str(v, "text", e->act->command->text);
        json_set_str(v, "guess", "");
        return confirm(e, MAILING_NOT_UNDERSTOOD, v, err);
    }
    if (is_in_use(e, name, &taken, err) || taken) {
        json_free(&v);
        return taken ? refuse_name(e, name, err) : err->rc;
    }
    e->m.name = name;
    if (change(e, &from, "name", from.name, name, err)) {
        json_free(&v);
        return err->rc;
    }
    json_set_str(v, "display_name", name);
    json_set_str(v, "old_name", from.name);
    return confirm(e, MAILING_NAME_CHANGED, v, err);
}

/* ---- changing the person ---- */

static enum rc change_person(struct effect *e, const struct person *from, const char *old, const char *new,
                             struct err *err)
{
    CLEANUP(undoing_done) struct undoing undo = undoing_begin(command_name(e->act->command->kind));

    undoing_note_person(&undo, from);
    if (person_change(&e->gate->store, &e->person, err) || undoing_save(e->gate, e->person.id, e->m.id, &undo, err))
        return err->rc;
    return record_act(e->gate, &e->who, AUDIT_PERSON_CHANGED, AUDIT_ITEM_PERSON, e->person.id.v, old, new, err);
}

static enum rc on_big(struct effect *e, struct err *err)
{
    const struct person from = e->person;
    const bool is_big = from.format != FORMAT_BIG;
    struct json *v;

    e->person.format = is_big ? FORMAT_BIG : FORMAT_NORMAL;
    if (change_person(e, &from, is_big ? "normal" : "big", is_big ? "big" : "normal", err))
        return err->rc;
    v = json_object_new();
    json_set_bool(v, "is_big", is_big);
    return confirm(e, MAILING_BIG_ON, v, err);
}

static enum rc set_language(struct effect *e, enum person_language language, struct err *err)
{
    const struct person from = e->person;

    e->person.language = language;
    if (from.language != language &&
        change_person(e, &from, person_language_name(from.language), person_language_name(language), err))
        return err->rc;
    return confirm(e, MAILING_LANGUAGE_CHANGED, json_object_new(), err);
}

static enum rc on_english(struct effect *e, struct err *err)
{
    return set_language(e, LANGUAGE_ENGLISH, err);
}

static enum rc on_spanish(struct effect *e, struct err *err)
{
    return set_language(e, LANGUAGE_SPANISH, err);
}

/* ---- leaving ---- */

static enum rc on_stop(struct effect *e, struct err *err)
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
    return inform(e, MAILING_STOPPED, json_object_new(), err);
}

static enum rc on_leave(struct effect *e, struct err *err)
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
    return confirm(e, MAILING_LEFT, v, err);
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

static enum rc on_undo(struct effect *e, struct err *err)
{
    struct undone undone;
    const enum rc rc = undoing_restore(e->gate, &e->who, e->person.id, e->act->letter.v, e->mem, &undone, err);
    struct json *v;

    if (rc == RC_NOT_FOUND)
        return confirm(e, MAILING_UNDO_NOTHING, json_object_new(), err);
    if (rc || tell_back(e, &undone, err) || person_get(&e->gate->store, e->person.id, e->mem, &e->person, err))
        return err->rc;
    v = json_object_new();
    json_set_str(v, "what", phrase_undone(e->person.language, undone.command));
    return confirm(e, MAILING_UNDO_DONE, v, err);
}

/* ---- asking ---- */

static enum rc on_help(struct effect *e, struct err *err)
{
    struct json *v = json_object_new();

    if (!e->m.id.v)
        json_set_str(v, "group_name", e->gate->facts.name);
    return inform(e, MAILING_HELP, v, err);
}

static enum rc on_rules(struct effect *e, struct err *err)
{
    struct json *v = json_object_new();
    struct json *rules = phrase_rules(&e->group);

    json_set(v, "rules", &rules);
    return inform(e, MAILING_RULES, v, err);
}

static enum rc on_info(struct effect *e, struct err *err)
{
    const struct roster_filter everybody = { .group = e->group.id };
    const int64_t minute = e->m.hour_minute >= 0 ? e->m.hour_minute : e->group.digest_minute;
    struct roster_count count;
    struct json *v;

    if (membership_count(&e->gate->store, &everybody, &count, err))
        return err->rc;
    v = json_object_new();
    json_set_str(v, "group_about", *e->group.long_text ? e->group.long_text : e->group.short_text);
    json_set_str(v, "digest_days",
                 phrase_digest_days(e->person.language, e->m.rhythm, e->group.digest_weekday, e->mem));
    json_set_str(v, "digest_hour", phrase_minute(e->person.language, minute, e->mem));
    json_set_int(v, "member_count", count.all);
    return inform(e, MAILING_INFO, v, err);
}

static enum rc waiting_notes(struct effect *e, struct json **ret_list, struct err *err)
{
    struct json *list = json_array_new();
    struct post *posts;
    size_t n;

    if (post_waiting_by(&e->gate->store, e->person.id, e->mem, &posts, &n, err)) {
        json_free(&list);
        return err->rc;
    }
    for (size_t i = 0; i < n; i++) {
        struct json *note;

        if (posts[i].group.v != e->m.group.v)
            continue;
        note = json_object_new();
        json_set_str(note, "when", phrase_day(e->gate, e->person.language, e->group.zone, posts[i].created_ms, e->mem));
        json_set_str(note, "state", phrase_waiting(e->person.language));
        json_push(list, &note);
    }
    *ret_list = list;
    return RC_OK;
}

static enum rc on_status(struct effect *e, struct err *err)
{
    const bool is_paused = e->m.state == MEMBER_PAUSED;
    struct json *v, *notes;

    if (waiting_notes(e, &notes, err))
        return err->rc;
    v = json_object_new();
    json_set(v, "notes_status", &notes);
    json_set_str(v, "display_name", e->m.name);
    json_set_str(v, "rhythm", phrase_rhythm(e->person.language, e->m.rhythm));
    json_set_str(v, "next_letter", next_letter(e));
    json_set_bool(v, "is_paused", is_paused);
    if (is_paused)
        json_set_str(v, "paused_until",
                     phrase_day(e->gate, e->person.language, e->group.zone, e->m.paused_until_ms, e->mem));
    return confirm(e, MAILING_STATUS, v, err);
}

static enum rc on_report(struct effect *e, struct err *err)
{
    const struct command *const c = e->act->command;
    const struct tell tell = { .what = TELL_REPORTED,
                               .of = &e->person,
                               .group = e->m.group,
                               .subject_id = e->act->letter.v,
                               .number = c->number,
                               .reason = *c->text ? c->text : NULL };
    struct json *v;

    if (tell_staff(e->gate, &tell, err))
        return err->rc;
    v = json_object_new();
    if (c->number)
        json_set_int(v, "number", c->number);
    return confirm(e, MAILING_REPORT_THANKS, v, err);
}

/* ---- the table ---- */

static const struct {
    effect_fn *fn;
    bool needs_group;
} effects[COMMAND_COUNT] = {
    [COMMAND_HELP] = { on_help, false },       [COMMAND_STOP] = { on_stop, false },
    [COMMAND_LEAVE] = { on_leave, true },      [COMMAND_PAUSE] = { on_pause, true },
    [COMMAND_RESUME] = { on_resume, true },    [COMMAND_DAILY] = { on_daily, true },
    [COMMAND_WEEKLY] = { on_weekly, true },    [COMMAND_EACH] = { on_each, true },
    [COMMAND_NEWS] = { on_news, true },        [COMMAND_RULES] = { on_rules, true },
    [COMMAND_INFO] = { on_info, true },        [COMMAND_NAME] = { on_name, true },
    [COMMAND_REPORT] = { on_report, true },    [COMMAND_BIG] = { on_big, false },
    [COMMAND_ENGLISH] = { on_english, false }, [COMMAND_SPANISH] = { on_spanish, false },
    [COMMAND_STATUS] = { on_status, true },    [COMMAND_UNDO] = { on_undo, false },
};

static bool is_living(const struct membership *m)
{
    return m->state == MEMBER_ACTIVE || m->state == MEMBER_PAUSED;
}

static bool is_named(const struct care_group *group, const char *text, struct arena *mem)
{
    const char *const wanted = text_fold_plain(mem, text);

    return !strcmp(wanted, group->slug) || !strcmp(wanted, text_fold_plain(mem, group->alias)) ||
           !strcmp(wanted, text_fold_plain(mem, group->name));
}

/* The group that LEAVE names, else the one the letter went to, else the only one there is. */
static enum rc find_membership(struct effect *e, struct err *err)
{
    const struct command *const c = e->act->command;
    const bool is_leave_of = c->kind == COMMAND_LEAVE && c->text && *c->text;
    struct membership *list;
    size_t n, living = 0;

    if (membership_of_person(&e->gate->store, e->person.id, e->mem, &list, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        struct care_group group;

        if (group_get(&e->gate->store, list[i].group, e->mem, &group, err))
            return err->rc;
        living += is_living(&list[i]);
        if (is_leave_of            ? !is_named(&group, c->text, e->mem)
            : e->act->membership.v ? list[i].id.v != e->act->membership.v
                                   : !is_living(&list[i]))
            continue;
        e->m = list[i];
        e->group = group;
    }
    if (!is_leave_of && !e->act->membership.v && living != 1)
        e->m = (struct membership){ .hour_minute = -1 };
    return RC_OK;
}

enum rc member_command(struct gate *gate, const struct member_act *act, bool *ret_is_done, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("member");
    const enum command_kind kind = act->command->kind;
    struct effect e = { .gate = gate, .act = act, .mem = mem, .who = record_patient(act->person) };

    assert(db_in_tx(gate->store.db));
    if (act->command->strength != COMMAND_SURE)
        return err_set(err, RC_INPUT, "command %s is not sure", command_name(kind));
    *ret_is_done = kind < COMMAND_COUNT && effects[kind].fn;
    if (!*ret_is_done)
        return RC_OK;
    if (person_get(&gate->store, act->person, mem, &e.person, err) || find_membership(&e, err))
        return err->rc;
    if (effects[kind].needs_group && !e.m.id.v)
        return err_set(err, RC_INPUT, "command %s: no group is known", command_name(kind));
    if (effects[kind].needs_group && !is_living(&e.m) && kind != COMMAND_LEAVE)
        return err_set(err, RC_NOT_FOUND, "membership %" PRId64 " is %s", e.m.id.v, member_state_name(e.m.state));
    return effects[kind].fn(&e, err);
}

/* ---- staff, and the clock ---- */

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
    if (leave_group(gate, &leave, &m, err))
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

static enum rc resume(struct gate *gate, struct membership_id id, struct arena *mem, struct err *err)
{
    static const struct command command = { .kind = COMMAND_RESUME, .text = "" };
    const struct member_act act = { .command = &command, .membership = id };
    struct effect e = { .gate = gate, .act = &act, .mem = mem, .who = record_rule() };

    if (membership_get(&gate->store, id, mem, &e.m, err) || person_get(&gate->store, e.m.person, mem, &e.person, err) ||
        group_get(&gate->store, e.m.group, mem, &e.group, err))
        return err->rc;
    e.m.state = MEMBER_ACTIVE;
    e.m.paused_until_ms = 0;
    if (membership_change(&gate->store, &e.m, MEMBER_PAUSED, err) ||
        record_act(gate, &e.who, AUDIT_MEMBER_CHANGED, AUDIT_ITEM_MEMBERSHIP, id.v, "paused", "active", err) ||
        catch_up_queue(gate, id, err))
        return err->rc;
    return e.group.state == GROUP_OPEN ? say_resumed(&e, err) : RC_OK;
}

enum rc member_tick(struct gate *gate, size_t *ret_did, struct err *err)
{
    size_t did = 0, n;

    do {
        CLEANUP(arena_free) struct arena *mem = arena_new("member_tick");
        CLEANUP(db_tx_done) struct db_tx tx = { 0 };
        struct membership_id *ids;

        if (db_begin(gate->store.db, &tx, err) ||
            membership_due_resume(&gate->store, gate_now_ms(gate), RESUME_BATCH, mem, &ids, &n, err))
            return err->rc;
        for (size_t i = 0; i < n; i++)
            if (resume(gate, ids[i], mem, err))
                return err_wrap(err, "end of pause");
        if (db_commit(&tx, err))
            return err->rc;
        did += n;
    } while (n == RESUME_BATCH);
    *ret_did = did;
    return RC_OK;
}
