/* Commands that change how somebody is a member: PAUSE, RESUME, the rhythms, NAME, BIG, ENGLISH, ESPAÑOL. */
#include "gateway/note/undoing.h"
#include "gateway/people/member_effect.h"
#include "gateway/practice/record.h"
#include "gateway/say/likeness.h"
#include "gateway/say/phrase.h"
#include "gateway/say/shown_name.h"
#include "store/delivery.h"
#include "store/due.h"

/* ---- the membership ---- */

enum rc effect_pause(struct effect *e, struct err *err)
{
    const struct membership from = e->m;
    const int days = e->act->command->days > 0 ? e->act->command->days : COMMAND_PAUSE_DEFAULT_DAYS;
    struct json *v = json_object_new();

    e->m.state = MEMBER_PAUSED;
    e->m.paused_until_ms = gate_now_ms(e->gate) + days * MS_DAY;
    json_set_str(v, "paused_until",
                 phrase_day(e->gate, e->person.language, e->group.zone, e->m.paused_until_ms, e->mem));
    if (effect_change(e, &from, "pause", member_state_name(from.state), "paused", err) ||
        delivery_cancel_membership(&e->gate->store, e->m.id, NULL, err) ||
        (days > 1 && due_set(&e->gate->store, JOB_PAUSE_ENDS, e->m.id.v, e->m.paused_until_ms - MS_DAY, err))) {
        json_free(&v);
        return err->rc;
    }
    return effect_confirm(e, MAILING_PAUSED, v, err);
}

enum rc effect_resume(struct effect *e, struct err *err)
{
    const struct membership from = e->m;

    e->m.state = MEMBER_ACTIVE;
    e->m.paused_until_ms = 0;
    if (from.state == MEMBER_PAUSED && effect_change(e, &from, "resume", "paused", "active", err))
        return err->rc;
    return effect_say_resumed(e, err);
}

static enum rc set_rhythm(struct effect *e, enum member_rhythm rhythm, const char *flag, struct err *err)
{
    const struct membership from = e->m;
    struct json *v = json_object_new();

    e->m.rhythm = rhythm;
    if (from.rhythm != rhythm && effect_change(e, &from, command_name(e->act->command->kind),
                                               member_rhythm_name(from.rhythm), member_rhythm_name(rhythm), err)) {
        json_free(&v);
        return err->rc;
    }
    json_set_bool(v, flag, true);
    json_set_str(v, "next_letter", phrase_next_letter(e->gate, &e->group, &e->m, &e->person, e->mem));
    return effect_confirm(e, MAILING_RHYTHM, v, err);
}

enum rc effect_daily(struct effect *e, struct err *err)
{
    return set_rhythm(e, RHYTHM_DAILY, "is_daily", err);
}

enum rc effect_weekly(struct effect *e, struct err *err)
{
    return set_rhythm(e, RHYTHM_WEEKLY, "is_weekly", err);
}

enum rc effect_each(struct effect *e, struct err *err)
{
    return set_rhythm(e, RHYTHM_EACH, "is_each", err);
}

enum rc effect_news(struct effect *e, struct err *err)
{
    return set_rhythm(e, RHYTHM_NEWS, "is_news", err);
}

/* Of a name like the practice's or staff's no piece is suggested ("Lakeside" of "Lakeside Clinic"): their own is then, where it is another than now. */
static enum rc refuse_name(struct effect *e, const char *wanted, struct err *err)
{
    const char *suggested = e->m.name;
    bool is_of_staff;
    struct json *v;

    if (likeness_is_of_staff(e->gate, wanted, &is_of_staff, err))
        return err->rc;
    if (shown_name_choose(e->gate, &e->m, is_of_staff ? e->person.name : wanted, e->mem, &suggested, err) &&
        err->rc != RC_CONFLICT)
        return err->rc;
    v = json_object_new();
    json_set_str(v, "wanted_name", wanted);
    json_set_str(v, "display_name", e->m.name);
    json_set_str(v, "suggested_name", strcmp(suggested, e->m.name) != 0 ? suggested : "");
    return effect_confirm(e, MAILING_NAME_TAKEN, v, err);
}

enum rc effect_name(struct effect *e, struct err *err)
{
    const struct membership from = e->m;
    struct json *v = json_object_new();
    const char *name;
    bool is_free = true;

    if (shown_name_check(e->act->command->text, e->mem, &name, err)) {
        json_set_str(v, "text", e->act->command->text);
        json_set_str(v, "guess", "");
        return effect_confirm(e, MAILING_NOT_UNDERSTOOD, v, err);
    }
    if (shown_name_is_free(e->gate, &e->m, name, &is_free, err) || !is_free) {
        json_free(&v);
        return is_free ? err->rc : refuse_name(e, name, err);
    }
    e->m.name = name;
    if (effect_change(e, &from, "name", from.name, name, err)) {
        json_free(&v);
        return err->rc;
    }
    json_set_str(v, "display_name", name);
    json_set_str(v, "old_name", from.name);
    return effect_confirm(e, MAILING_NAME_CHANGED, v, err);
}

/* ---- the person ---- */

static enum rc change_person(struct effect *e, const struct person *from, const char *old, const char *new,
                             struct err *err)
{
    CLEANUP(undoing_done) struct undoing undo = undoing_begin(command_name(e->act->command->kind));

    undoing_note_person(&undo, from);
    if (person_change(&e->gate->store, &e->person, err) || undoing_save(e->gate, e->person.id, e->m.id, &undo, err))
        return err->rc;
    return record_act(e->gate, &e->who, AUDIT_PERSON_CHANGED, AUDIT_ITEM_PERSON, e->person.id.v, old, new, err);
}

enum rc effect_big(struct effect *e, struct err *err)
{
    const struct person from = e->person;
    const bool is_big = from.format != FORMAT_BIG;
    struct json *v;

    e->person.format = is_big ? FORMAT_BIG : FORMAT_NORMAL;
    if (change_person(e, &from, is_big ? "normal" : "big", is_big ? "big" : "normal", err))
        return err->rc;
    v = json_object_new();
    json_set_bool(v, "is_big", is_big);
    return effect_confirm(e, MAILING_BIG_ON, v, err);
}

static enum rc set_language(struct effect *e, enum person_language language, struct err *err)
{
    const struct person from = e->person;

    e->person.language = language;
    if (from.language != language &&
        change_person(e, &from, person_language_name(from.language), person_language_name(language), err))
        return err->rc;
    return effect_confirm(e, MAILING_LANGUAGE_CHANGED, json_object_new(), err);
}

enum rc effect_english(struct effect *e, struct err *err)
{
    return set_language(e, LANGUAGE_ENGLISH, err);
}

enum rc effect_spanish(struct effect *e, struct err *err)
{
    return set_language(e, LANGUAGE_SPANISH, err);
}
