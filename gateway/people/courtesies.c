/* Greetings and milestones; thanks are in courtesies_thanks.c. */
#include "gateway/people/courtesies.h"

#include "gateway/note/publish.h"
#include "gateway/note/topic.h"
#include "gateway/people/courtesies_ask.h"
#include "gateway/practice/record.h"
#include "gateway/say/notice.h"
#include "gateway/say/office.h"
#include "gateway/say/render.h"
#include "gateway/say/talk.h"
#include "gateway/say/tell.h"
#include "inbound/answer.h"
#include "schedules/zone.h"
#include "store/due.h"
#include "store/question.h"

#define SLEPT_DAYS_MAX 31
#define MILESTONE_HOUR (10 * 60) /* of the group's day */

static const struct {
    enum custom custom;
    const char *name;
} names[] = { { CUSTOM_HELLO, "hello" }, { CUSTOM_MILESTONES, "milestones" }, { CUSTOM_THANKS, "thanks" } };

static enum rc maybe(enum rc rc)
{
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* ---- of a group ---- */

enum rc courtesies_read(const char *text, int64_t *ret_customs, struct err *err)
{
    *ret_customs = 0;
    if (!strcmp(text, "none"))
        return RC_OK;
    while (*text) {
        const size_t n = strcspn(text, ", ");
        size_t i = 0;

        while (i < COUNT_OF(names) && (strlen(names[i].name) != n || strncmp(names[i].name, text, n) != 0))
            i++;
        if (i == COUNT_OF(names))
            return err_set(err, RC_INPUT, "hello, milestones, thanks or none are expected");
        *ret_customs |= names[i].custom;
        text += n;
        text += strspn(text, ", ");
    }
    return *ret_customs ? RC_OK : err_set(err, RC_INPUT, "hello, milestones, thanks or none are expected");
}

const char *courtesies_say(int64_t customs, struct arena *mem)
{
    const char *text = "";

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (customs & names[i].custom)
            text = arena_printf(mem, "%s%s%s", text, *text ? ", " : "", names[i].name);
    return *text ? text : "none";
}

static enum rc set_day(struct gate *gate, struct group_id group, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("courtesies_day");
    struct care_group g;
    int64_t day, due_ms;

    if (group_get(&gate->store, group, mem, &g, err) || zone_day_from_utc(g.zone, gate_now_ms(gate), &day, err) ||
        zone_utc_from_minute(g.zone, day, MILESTONE_HOUR, &due_ms, err))
        return err->rc;
    if (due_ms <= gate_now_ms(gate) && zone_utc_from_minute(g.zone, day + 1, MILESTONE_HOUR, &due_ms, err))
        return err->rc;
    return due_set(&gate->store, JOB_MILESTONES, group.v, due_ms, err);
}

enum rc courtesies_set(struct gate *gate, const struct audit_who *who, struct group_id group, int64_t customs,
                       struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("courtesies");
    int64_t old;

    if (custom_of_group(&gate->store, group, &old, err) || custom_set(&gate->store, group, customs, err))
        return err->rc;
    if (customs & CUSTOM_MILESTONES ? set_day(gate, group, err) : due_clear(&gate->store, JOB_MILESTONES, group.v, err))
        return err->rc;
    return record_act(gate, who, AUDIT_GROUP_CHANGED, AUDIT_ITEM_GROUP, group.v, courtesies_say(old, mem),
                      courtesies_say(customs, mem), err);
}

/* ---- may we? ---- */

/* What the group would read, in the practice's language; "" where there is nothing to read. */
static const char *words_of(const struct gate *gate, const struct member_choice *c, const char *shown_name,
                            struct arena *mem)
{
    const bool is_spanish = gate->facts.language == LANGUAGE_SPANISH;
    const char *name = render_first_name(shown_name, mem);

    if (c->custom == CUSTOM_HELLO)
        return arena_printf(mem,
                            is_spanish ? "%s acaba de llegar a nuestro grupo. ¡Le damos la bienvenida!"
                                       : "%s has just joined our group. Welcome, and hello from us all!",
                            name);
    if (c->custom == CUSTOM_THANKS)
        return "";
    if (c->about < 0)
        return arena_printf(mem,
                            is_spanish ? "%s ya respondió %" PRId64 " veces a su chequeo. ¡Felicidades!"
                                       : "%s has now answered %" PRId64 " check-ins. Well done!",
                            name, -c->about);
    if (c->about == 1)
        return arena_printf(mem,
                            is_spanish ? "%s lleva un año con nosotros. ¡Nos alegra!"
                                       : "%s has been with us for a year. We are glad!",
                            name);
    return arena_printf(mem,
                        is_spanish ? "%s lleva %" PRId64 " años con nosotros. ¡Nos alegra!"
                                   : "%s has been with us for %" PRId64 " years. We are glad!",
                        name, c->about);
}

static enum rc write_to(struct gate *gate, const struct member_choice *c, const struct membership *m,
                        struct address_id address, const char *in_reply_to, struct arena *mem, struct err *err)
{
    const char *const text = c->state == CHOICE_NO ? "" : words_of(gate, c, m->name, mem);
    struct notice notice = { .kind = MAILING_MAY_WE,
                             .address = address,
                             .person = m->person,
                             .membership = m->id,
                             .group = m->group,
                             .subject_id = c->id,
                             .lane = -1,
                             .is_answer = in_reply_to != NULL,
                             .in_reply_to = in_reply_to,
                             .values = json_object_new() };

    json_set_bool(notice.values, "asks", c->state == CHOICE_ASKED);
    json_set_bool(notice.values, "is_hello", c->custom == CUSTOM_HELLO && c->state == CHOICE_ASKED);
    json_set_bool(notice.values, "is_milestone", c->custom == CUSTOM_MILESTONES && c->state == CHOICE_ASKED);
    json_set_bool(notice.values, "is_thanks", c->custom == CUSTOM_THANKS && c->state != CHOICE_NO);
    json_set_bool(notice.values, "is_yes", c->state == CHOICE_YES);
    json_set_bool(notice.values, "is_no", c->state == CHOICE_NO);
    json_set_str(notice.values, "text", text);
    return maybe(notice_queue(gate, &notice, NULL, err));
}

enum rc courtesies_ask(struct gate *gate, struct membership_id id, enum custom custom, int64_t about, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("courtesies_ask");
    struct member_choice c = { .membership = id, .custom = custom, .about = about, .state = CHOICE_ASKED };
    struct membership m;
    int64_t customs;
    enum rc rc;

    if (membership_get(&gate->store, id, mem, &m, err) || custom_of_group(&gate->store, m.group, &customs, err))
        return err->rc;
    if (!(customs & custom) || m.role != MEMBER_PATIENT || m.state != MEMBER_ACTIVE)
        return RC_OK;
    c.person = m.person;
    rc = choice_add(&gate->store, &c, err);
    if (rc)
        return rc == RC_CONFLICT ? RC_OK : rc; /* asked before: once is enough */
    return write_to(gate, &c, &m, (struct address_id){ 0 }, NULL, mem, err);
}

enum rc courtesies_ask_again(struct gate *gate, int64_t choice, struct address_id phone, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("courtesies_ask");
    struct member_choice c;
    struct membership m;

    if (choice_get(&gate->store, choice, &c, err) || membership_get(&gate->store, c.membership, mem, &m, err))
        return err->rc;
    return c.state == CHOICE_ASKED ? write_to(gate, &c, &m, phone, NULL, mem, err)
                                   : err_set(err, RC_NOT_FOUND, "choice %" PRId64 " was made", choice);
}

enum rc courtesies_has_words(struct gate *gate, int64_t choice, bool *ret_has, struct err *err)
{
    struct member_choice c;
    const enum rc rc = choice_get(&gate->store, choice, &c, err);

    *ret_has = !rc && c.custom != CUSTOM_THANKS;
    return maybe(rc);
}

enum rc courtesies_joined(struct gate *gate, const struct membership *m, struct err *err)
{
    if (choice_forget(&gate->store, m->id, err))
        return err->rc;
    return courtesies_ask(gate, m->id, CUSTOM_HELLO, 0, err);
}

enum rc courtesies_counted(struct gate *gate, struct membership_id membership, int64_t n, struct err *err)
{
    return n == 100 || n == 365 || n == 1000 ? courtesies_ask(gate, membership, CUSTOM_MILESTONES, -n, err) : RC_OK;
}

/* ---- the day of a year ago ---- */

/* Who joined on this day `years` ago; the 29th of February is kept on the 28th where there is none. */
static enum rc ask_year(struct gate *gate, const struct care_group *g, int64_t day, int years, struct arena *mem,
                        struct err *err)
{
    struct membership_id *ids;
    int64_t from, from_ms, to_ms, days = 1;
    int year, month, d;
    size_t n;

    clock_civil_from_days(day, &year, &month, &d);
    if (year - years < ZONE_YEAR_MIN || !zone_is_date(year - years, month, d))
        return RC_OK; /* a 29th that was no day then */
    if (month == 2 && d == 28 && zone_is_date(year - years, 2, 29) && !zone_is_date(year, 2, 29))
        days = 2;
    from = clock_days_from_civil(year - years, month, d);
    if (zone_utc_from_minute(g->zone, from, 0, &from_ms, err) ||
        zone_utc_from_minute(g->zone, from + days, 0, &to_ms, err) ||
        custom_joined_between(&gate->store, g->id, from_ms, to_ms, mem, &ids, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (courtesies_ask(gate, ids[i], CUSTOM_MILESTONES, years, err))
            return err->rc;
    return RC_OK;
}

/* A house that slept over days goes through them, a month at most. */
enum rc courtesies_run_day(struct gate *gate, struct group_id group, int64_t due_ms, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("courtesies_day");
    struct care_group g;
    int64_t day, today;

    if (group_get(&gate->store, group, mem, &g, err) || zone_day_from_utc(g.zone, due_ms, &day, err) ||
        zone_day_from_utc(g.zone, gate_now_ms(gate), &today, err))
        return err->rc;
    if (g.state != GROUP_OPEN)
        return RC_OK;
    for (day = day < today - SLEPT_DAYS_MAX ? today - SLEPT_DAYS_MAX : day; day <= today; day++)
        for (int years = 1; years <= COURTESIES_YEARS_MAX; years++)
            if (ask_year(gate, &g, day, years, mem, err))
                return err_wrap(err, "milestones of group %" PRId64, group.v);
    return set_day(gate, group, err);
}

/* ---- the answer ---- */

/* In the name of whoever is on duty: somebody must stand for it until a moderator reads it. */
static enum rc author_of(struct gate *gate, struct arena *mem, struct person_id *ret, struct err *err)
{
    struct person *staff;
    size_t n;

    if (office_duty(gate, mem, &staff, &n, err) || (!n && person_staff(&gate->store, mem, &staff, &n, err)))
        return err->rc;
    if (!n)
        return err_set(err, RC_NOT_FOUND, "the practice has no staff");
    *ret = staff[0].id;
    return RC_OK;
}

static enum rc draft(struct gate *gate, struct member_choice *c, const struct membership *m, struct arena *mem,
                     struct err *err)
{
    const char *text = words_of(gate, c, m->name, mem);
    struct topic_draft topic = { .group = m->group, .text = text, .when_ms = TOPIC_NOW, .who = record_rule() };
    struct care_group g;
    struct post post;
    int64_t due_ms;

    if (!*text)
        return RC_OK;
    if (group_get(&gate->store, m->group, mem, &g, err) || author_of(gate, mem, &topic.author, err))
        return maybe(err->rc);
    if (g.state != GROUP_OPEN)
        return RC_OK;
    if (topic_plan(gate, &topic, &post, &due_ms, err))
        return err->rc;
    c->post = post.id;
    return RC_OK;
}

static enum rc withdraw(struct gate *gate, const struct audit_who *who, struct member_choice *c, struct undoing *undo,
                        struct arena *mem, struct err *err)
{
    struct post post;
    enum rc rc;

    if (!c->post.v)
        return RC_OK;
    rc = post_get(&gate->store, c->post, mem, &post, err);
    if (rc || post.state >= POST_PUBLISHED)
        return maybe(rc);
    if (undo)
        undoing_note_post(undo, &post);
    post.state = POST_WITHDRAWN;
    post.remind_ms = 0;
    if (post_change(&gate->store, &post, err) || question_withdraw_about(&gate->store, post.id.v, err))
        return err->rc;
    return record_act(gate, who, AUDIT_POST_WITHDRAWN, AUDIT_ITEM_POST, post.id.v, NULL, NULL, err);
}

enum rc courtesies_withdraw(struct gate *gate, struct leave *leave, struct membership_id membership, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("courtesies_withdraw");
    struct member_choice *list;
    size_t n;

    if (choice_list(&gate->store, membership, mem, &list, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (withdraw(gate, &leave->who, &list[i], leave->undo, mem, err))
            return err->rc;
    return RC_OK;
}

static enum rc choose(struct sorting *s, struct member_choice *c, bool is_yes, struct err *err)
{
    const struct audit_who who = record_patient(s->sender.person.id);
    const enum choice_state state = is_yes ? CHOICE_YES : CHOICE_NO;
    const struct membership *m = &s->sender.membership;

    if (c->state == state) /* said before */
        return RC_OK;
    c->state = state;
    if (is_yes ? draft(s->gate, c, m, s->mem, err) : withdraw(s->gate, &who, c, NULL, s->mem, err))
        return err->rc;
    if (choice_change(&s->gate->store, c, err) ||
        record_act(s->gate, &who, AUDIT_MEMBER_CHOSE, AUDIT_ITEM_MEMBERSHIP, m->id.v, courtesies_say(c->custom, s->mem),
                   is_yes ? "yes" : "no", err) ||
        write_to(s->gate, c, m, (struct address_id){ 0 }, s->letter.message_id, s->mem, err))
        return err->rc;
    return is_yes && c->custom == CUSTOM_THANKS ? courtesies_tell_thanks(s->gate, m->id, err) : RC_OK;
}

bool courtesies_is_reply(const struct sorting *s)
{
    return s->sender.mailing.kind == MAILING_MAY_WE || s->sender.mailing.kind == MAILING_THANKED;
}

/* It was never meant for the group. */
static enum rc to_staff(struct sorting *s, bool is_proved, struct err *err)
{
    const struct talk_letter letter = { s->arrival.id, &s->sender.person, s->sender.group.id, s->letter.text, NULL };

    s->outcome = OUTCOME_STAFF;
    if (is_proved)
        return talk_take(s->gate, &letter, err);
    return sorting_tell(s, TELL_UNVERIFIED, err);
}

enum rc courtesies_reply(struct sorting *s, struct err *err)
{
    const bool is_proved = sender_may(&s->sender, SENDER_POST) && s->sender.delivery.person.v == s->sender.person.id.v;
    const enum answer answer = answer_read(s->letter.text, s->names, s->mem);
    struct member_choice c;
    enum rc rc;

    if (!*s->letter.text)
        return RC_OK;
    if (!is_proved || (answer != ANSWER_YES && answer != ANSWER_AGREE && answer != ANSWER_NO))
        return to_staff(s, is_proved, err);
    rc = choice_get(&s->gate->store, s->sender.mailing.subject_id, &c, err);
    if (rc)
        return rc == RC_NOT_FOUND ? to_staff(s, true, err) : rc;
    s->outcome = OUTCOME_ANSWER;
    return choose(s, &c, answer != ANSWER_NO, err);
}
