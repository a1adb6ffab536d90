/* Commands that ask or tell, and change nothing: HELP, RULES, INFO, STATUS, REPORT. */
#include "gateway/people/member_effect.h"
#include "gateway/practice/record.h"
#include "gateway/say/phrase.h"
#include "gateway/say/tell.h"
#include "schedules/said.h"
#include "store/answered.h"
#include "store/issue.h"
#include "store/post.h"

#define REPORTS_A_DAY 20 /* of all members together, by mail; the rest stands in the audit log */

enum rc effect_help(struct effect *e, struct err *err)
{
    struct json *v = json_object_new();

    if (!e->m.id.v)
        json_set_str(v, "group_name", e->gate->facts.name);
    return effect_inform(e, MAILING_HELP, v, err);
}

enum rc effect_rules(struct effect *e, struct err *err)
{
    struct json *v = json_object_new();
    struct json *rules = phrase_rules(&e->group);

    json_set(v, "rules", &rules);
    return effect_inform(e, MAILING_RULES, v, err);
}

enum rc effect_info(struct effect *e, struct err *err)
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
    json_set_str(v, "digest_hour", said_minute(e->person.language, minute, e->mem));
    json_set_int(v, "member_count", count.all);
    return effect_inform(e, MAILING_INFO, v, err);
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

enum rc effect_status(struct effect *e, struct err *err)
{
    const bool is_paused = e->m.state == MEMBER_PAUSED;
    struct json *v, *notes;

    if (waiting_notes(e, &notes, err))
        return err->rc;
    v = json_object_new();
    json_set(v, "notes_status", &notes);
    json_set_str(v, "display_name", e->m.name);
    json_set_str(v, "rhythm", phrase_rhythm(e->person.language, e->m.rhythm));
    json_set_str(v, "next_letter", effect_next_letter(e));
    json_set_bool(v, "is_paused", is_paused);
    if (is_paused)
        json_set_str(v, "paused_until",
                     phrase_day(e->gate, e->person.language, e->group.zone, e->m.paused_until_ms, e->mem));
    return effect_confirm(e, MAILING_STATUS, v, err);
}

/* What a number of the letter stands for; the group where it stands for nothing. */
static enum rc reported_item(struct effect *e, int64_t *ret_item, struct err *err)
{
    struct issue_item *items;
    size_t n = 0;
    enum rc rc = e->act->issue.v ? issue_items(&e->gate->store, e->act->issue, e->mem, &items, &n, err) : RC_OK;

    *ret_item = e->act->item ? e->act->item : e->m.group.v;
    for (size_t i = 0; !rc && i < n; i++)
        if (items[i].number == e->act->command->number)
            *ret_item = items[i].target;
    return rc;
}

/* One member's many reports of one item are one case a day; and staff get so many a day of all members. The audit log has every one. */
static enum rc tell_report(struct effect *e, int64_t item, struct err *err)
{
    const struct command *const c = e->act->command;
    const struct tell tell = { .what = TELL_REPORTED,
                               .of = &e->person,
                               .group = e->m.group,
                               .subject_id = e->act->letter.v,
                               .number = c->number,
                               .reason = *c->text ? c->text : NULL };
    enum rc rc = answered_take(&e->gate->store, e->person.id, MAILING_STAFF_NOTICE, item, 1, err);

    if (!rc)
        rc = answered_take(&e->gate->store, (struct person_id){ 0 }, MAILING_REPORT_THANKS, 0, REPORTS_A_DAY, err);
    if (rc)
        return rc == RC_CONFLICT ? RC_OK : rc;
    return tell_staff(e->gate, &tell, err);
}

enum rc effect_report(struct effect *e, struct err *err)
{
    const struct command *const c = e->act->command;
    int64_t item = 0;
    struct json *v;

    if (reported_item(e, &item, err) ||
        record_act(e->gate, &e->who, AUDIT_NOTE_REPORTED, AUDIT_ITEM_LETTER, e->act->letter.v, NULL, c->text, err) ||
        tell_report(e, item, err))
        return err->rc;
    v = json_object_new();
    if (c->number)
        json_set_int(v, "number", c->number);
    return effect_confirm(e, MAILING_REPORT_THANKS, v, err);
}
