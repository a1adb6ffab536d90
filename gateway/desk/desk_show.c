#include "gateway/desk/desk_show.h"

#include "base/text.h"
#include "gateway/desk/desk_act_say.h"
#include "gateway/duty/message.h"
#include "gateway/note/topic.h"
#include "gateway/note/topic_again.h"
#include "gateway/people/check_in_say.h"
#include "gateway/practice/record.h"
#include "gateway/say/figures.h"
#include "gateway/say/office.h"
#include "gateway/say/phrase.h"
#include "gateway/say/undelivered.h"
#include "gateway/say/waiting.h"
#include "schedules/said.h"
#include "store/consent.h"
#include "store/letter.h"
#include "store/post.h"

#define WHO_PAGE 500
#define WHO_MAX 300 /* lines of the letter; whoever is not shown is counted */
#define QUEUE_MAX 50
#define TOPICS_DAYS 35

/* ---- WHO ---- */

static struct json *member_json(const struct gate *gate, const struct membership *m, const struct person *p,
                                const struct person *reader, const char *zone, struct arena *mem)
{
    struct json *v = json_object_new();

    json_set_str(v, "name", p->name);
    json_set_str(v, "display_name", m->name);
    json_set_bool(v, "is_invited", m->state == MEMBER_INVITED);
    json_set_bool(v, "is_paused", m->state == MEMBER_PAUSED);
    json_set_bool(v, "is_staff", m->role >= MEMBER_PROVIDER);
    json_set_bool(v, "is_caregiver", m->role == MEMBER_CAREGIVER);
    json_set_str(v, "paused_until",
                 m->state == MEMBER_PAUSED ? phrase_day(gate, reader->language, zone, m->paused_until_ms, mem) : "");
    return v;
}

/* Whose mail came back. */
struct faults {
    struct undelivered *v;
    size_t n;
};

static void add_fault(struct gate *gate, const struct faults *faults, const struct membership *m,
                      const struct person *reader, struct arena *mem, struct json *line)
{
    for (size_t i = 0; i < faults->n; i++)
        if (faults->v[i].person.v == m->person.v) {
            json_set_bool(line, "has_returned", true);
            undelivered_values(gate, &faults->v[i], reader->language, mem, line);
        }
}

static enum rc add_member(struct gate *gate, const struct care_group *g, const struct membership *m,
                          const struct person *reader, const struct faults *faults, struct arena *mem,
                          struct json *people, struct err *err)
{
    struct json *line;
    struct person p;

    if (person_get(&gate->store, m->person, mem, &p, err))
        return err->rc;
    line = member_json(gate, m, &p, reader, g->zone, mem);
    add_fault(gate, faults, m, reader, mem, line);
    json_push(people, &line);
    return RC_OK;
}

/* A page of a large group goes before the next is read. */
static enum rc add_members(struct gate *gate, const struct care_group *g, const struct person *reader,
                           struct json *people, int64_t *ret_count, struct err *err)
{
    CLEANUP(arena_free) struct arena *page = arena_new("who");
    CLEANUP(arena_free) struct arena *kept = arena_new("who_faults");
    struct membership_id after = { 0 };
    struct membership *list;
    struct faults faults;
    size_t n;

    *ret_count = 0;
    if (undelivered_since(gate, 0, kept, &faults.v, &faults.n, err))
        return err->rc;
    do {
        arena_clear(page);
        if (membership_page(&gate->store, g->id, after, WHO_PAGE, page, &list, &n, err))
            return err->rc;
        for (size_t i = 0; i < n; i++) {
            after = list[i].id;
            if (list[i].state == MEMBER_LEFT || list[i].state == MEMBER_REMOVED)
                continue;
            if (++*ret_count <= WHO_MAX && add_member(gate, g, &list[i], reader, &faults, page, people, err))
                return err->rc;
        }
    } while (n == WHO_PAGE);
    return RC_OK;
}

static enum rc show_who(struct gate *gate, const struct desk_act *act, const struct person *reader, struct arena *mem,
                        struct json *values, struct err *err)
{
    CLEANUP(json_free) struct json *people = json_array_new();
    const struct audit_who who = { AUDIT_STAFF, reader->id.v, AUDIT_WAY_EMAIL };
    struct care_group g;
    int64_t count;

    if (group_get(&gate->store, act->group, mem, &g, err) || add_members(gate, &g, reader, people, &count, err) ||
        record_act(gate, &who, AUDIT_ROSTER_READ, AUDIT_ITEM_GROUP, g.id.v, NULL, NULL, err))
        return err->rc;
    json_set_str(values, "group_name", g.alias);
    json_set_int(values, "total_count", count);
    json_set_bool(values, "has_more", count > WHO_MAX);
    json_set(values, "people", &people);
    return RC_OK;
}

/* ---- QUEUE ---- */

static enum rc queue_line(struct gate *gate, const struct post *p, const struct person *reader, struct arena *mem,
                          struct json **ret_line, struct err *err)
{
    struct membership m = { .name = NULL };
    struct person who = { .name = "" };
    struct care_group g;
    struct json *v;
    enum rc rc = membership_find(&gate->store, p->group, p->author, mem, &m, err);

    if (rc == RC_NOT_FOUND)
        rc = person_get(&gate->store, p->author, mem, &who, err);
    if ((rc && rc != RC_NOT_FOUND) || group_get(&gate->store, p->group, mem, &g, err))
        return err->rc;
    v = json_object_new();
    json_set_str(v, "author", m.name ? m.name : who.name);
    json_set_str(v, "group_name", g.alias);
    json_set_str(v, "waiting", phrase_span(reader->language, gate_now_ms(gate) - p->created_ms, mem));
    json_set_bool(v, "is_danger", p->tier <= 1);
    json_set_bool(v, "is_medical", p->tier == 2);
    json_set_bool(v, "is_marked", p->tier > 2 && p->flags);
    json_set_bool(v, "is_asked", p->state == POST_ASKED);
    json_set_bool(v, "is_half", p->state == POST_HALF_RELEASED);
    *ret_line = v;
    return RC_OK;
}

static enum rc add_notes(struct gate *gate, const struct person *reader, struct arena *mem, struct json *values,
                         struct err *err)
{
    CLEANUP(json_free) struct json *list = json_array_new();
    struct post *posts;
    size_t n;

    if (post_waiting(&gate->store, QUEUE_MAX + 1, mem, &posts, &n, err))
        return err->rc;
    for (size_t i = 0; i < n && i < QUEUE_MAX; i++) {
        struct json *line;

        if (queue_line(gate, &posts[i], reader, mem, &line, err))
            return err->rc;
        json_push(list, &line);
    }
    json_set_bool(values, "has_more", n > QUEUE_MAX);
    json_set(values, "queue", &list);
    return RC_OK;
}

enum rc desk_show_queue(struct gate *gate, const struct person *reader, struct arena *mem, struct json *values,
                        struct err *err)
{
    return add_notes(gate, reader, mem, values, err) ? err->rc : waiting_counts(gate, reader, mem, values, err);
}

/* ---- RULES, HOURS, DUTY ---- */

static enum rc show_rules(struct gate *gate, const struct desk_act *act, struct arena *mem, struct json *values,
                          struct err *err)
{
    struct care_group g;
    struct json *rules;

    if (group_get(&gate->store, act->group, mem, &g, err))
        return err->rc;
    rules = phrase_rules(&g);
    json_set(values, "rules", &rules);
    json_set_str(values, "group_name", g.alias);
    return RC_OK;
}

static enum rc push_contact(struct gate *gate, const struct office_contact *c, struct json *people, int64_t *place,
                            struct err *err)
{
    struct json *line;
    bool has_said_yes;

    if (consent_of_staff(&gate->store, c->person.id, &has_said_yes, err))
        return err->rc;
    line = json_object_new();
    json_set_int(line, "number", ++*place);
    json_set_str(line, "name", c->person.name);
    json_set_bool(line, "is_now", c->is_on_call);
    json_set_bool(line, "is_silent", !has_said_yes && c->reach != OFFICE_CUT_OFF);
    json_set_bool(line, "has_returned", c->reach == OFFICE_RETURNED);
    json_set_bool(line, "is_cut_off", c->reach == OFFICE_CUT_OFF);
    json_push(people, &line);
    return RC_OK;
}

/* In the order of an alarm: who is sure to get it, who is tried, whom none reaches. */
static enum rc show_duty(struct gate *gate, struct arena *mem, struct json *values, struct err *err)
{
    static const enum office_reach order[] = { OFFICE_REACHED, OFFICE_RETURNED, OFFICE_CUT_OFF };
    CLEANUP(json_free) struct json *people = json_array_new();
    struct office_contact *roll;
    int64_t place = 0;
    size_t n, reached;

    if (office_roll(gate, mem, &roll, &n, &reached, err))
        return err->rc;
    for (size_t o = 0; o < COUNT_OF(order); o++)
        for (size_t i = 0; i < n; i++)
            if (roll[i].reach == order[o] && push_contact(gate, &roll[i], people, &place, err))
                return err->rc;
    json_set(values, "people", &people);
    return RC_OK;
}

static enum rc show_stats(struct gate *gate, const struct desk_act *act, const struct person *reader, struct arena *mem,
                          struct json *values, struct err *err)
{
    struct json *list, *one;
    struct care_group g;

    if (!act->group.v) {
        if (figures_all(gate, reader->language, mem, &list, err))
            return err->rc;
    } else {
        if (group_get(&gate->store, act->group, mem, &g, err) ||
            figures_of_group(gate, &g, reader->language, mem, &one, err))
            return err->rc;
        list = json_array_new();
        json_push(list, &one);
    }
    json_set(values, "figures", &list);
    return RC_OK;
}

/* ---- CHECKIN ---- */

static enum rc count_taking_part(struct gate *gate, struct check_in_id id, struct arena *mem, int64_t *ret,
                                 struct err *err)
{
    struct check_in_member *members;
    size_t n;

    *ret = 0;
    if (check_in_members(&gate->store, id, mem, &members, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        *ret += members[i].part == CHECK_IN_TAKES_PART;
    return RC_OK;
}

static enum rc show_check_ins(struct gate *gate, const struct desk_act *act, const struct person *reader,
                              struct arena *mem, struct json *values, struct err *err)
{
    CLEANUP(json_free) struct json *lines = json_array_new();
    struct check_in *list;
    struct care_group g;
    size_t n;

    if (group_get(&gate->store, act->group, mem, &g, err) ||
        check_in_list(&gate->store, act->group, mem, &list, &n, err))
        return err->rc;
    for (size_t i = 0; i < n && list[i].state == CHECK_IN_OPEN; i++) {
        struct json *line;
        int64_t count;

        if (count_taking_part(gate, list[i].id, mem, &count, err))
            return err->rc;
        line = json_object_new();
        json_set_int(line, "number", (int64_t)i + 1);
        json_set_str(line, "question", list[i].question);
        json_set_str(line, "check_in_days", check_in_say_days(list[i].days, reader->language, mem));
        json_set_str(line, "check_in_hour", said_minute(reader->language, list[i].minute, mem));
        json_set_int(line, "count", count);
        json_push(lines, &line);
    }
    json_set_str(values, "group_name", g.alias);
    json_set(values, "check_ins", &lines);
    return RC_OK;
}

static enum rc answer_line(struct gate *gate, const struct check_in *c, struct person_id person,
                           const struct person *reader, struct arena *mem, struct json *lines, struct err *err)
{
    struct check_in_value *last;
    struct json *line;
    struct person p;
    size_t n;

    if (person_get(&gate->store, person, mem, &p, err) ||
        check_in_answers_of(&gate->store, c->id, p.id, 1, mem, &last, &n, err))
        return err->rc;
    line = json_object_new();
    json_set_str(line, "name", p.name);
    json_set_str(line, "value", n ? check_in_say_value(c, last[0].value, reader->language, mem) : "–");
    json_set_str(line, "day", n ? phrase_day(gate, reader->language, NULL, last[0].at_ms, mem) : "–");
    json_push(lines, &line);
    return RC_OK;
}

/* The newest answer of everybody who takes part. That it was read stands in the record. */
static enum rc show_answers(struct gate *gate, const struct desk_act *act, const struct person *reader,
                            struct arena *mem, struct json *values, struct err *err)
{
    CLEANUP(json_free) struct json *lines = json_array_new();
    const struct audit_who who = { AUDIT_STAFF, reader->id.v, AUDIT_WAY_EMAIL };
    struct check_in_member *members;
    struct check_in c;
    size_t n;

    if (check_in_get(&gate->store, act->check_in, mem, &c, err) ||
        check_in_members(&gate->store, c.id, mem, &members, &n, err) ||
        record_act(gate, &who, AUDIT_CHECK_IN_READ, AUDIT_ITEM_CHECK_IN, c.id.v, NULL, NULL, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (members[i].part == CHECK_IN_TAKES_PART && answer_line(gate, &c, members[i].person, reader, mem, lines, err))
            return err->rc;
    json_set_str(values, "question", c.question);
    json_set(values, "answers", &lines);
    return RC_OK;
}

/* What people wrote whom nobody knows, newest first. That it was read stands in the record. */
static enum rc show_strangers(struct gate *gate, const struct person *reader, struct arena *mem, struct json *values,
                              struct err *err)
{
    CLEANUP(json_free) struct json *lines = json_array_new();
    const struct audit_who who = { AUDIT_STAFF, reader->id.v, AUDIT_WAY_EMAIL };
    struct letter_row *rows;
    size_t n;

    if (letter_of_strangers(&gate->store, MESSAGES_MAX, mem, &rows, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (message_push(gate, rows[i].id, reader->language, mem, lines, err) ||
            record_act(gate, &who, AUDIT_STRANGER_READ, AUDIT_ITEM_LETTER, rows[i].id.v, NULL, NULL, err))
            return err->rc;
    json_set(values, "messages", &lines);
    return RC_OK;
}

/* ---- TOPICS ---- */

static void push_topic(struct json *list, const char *title, const char *group, const char *when,
                       const struct topic_again_date *date, bool is_without_ok)
{
    struct json *line = json_object_new();

    json_set_str(line, "title", title);
    json_set_str(line, "group_name", group);
    json_set_str(line, "when", when);
    json_set_bool(line, "is_without_ok", is_without_ok);
    json_set_bool(line, "is_later", date && !date->is_left_out);
    json_set_bool(line, "is_left_out", date && date->is_left_out);
    json_push(list, &line);
}

/* What its rule gives, but is not drafted. */
static enum rc add_series(struct gate *gate, const struct topic_series *s, const struct person *reader,
                          struct arena *mem, struct json *list, struct err *err)
{
    struct topic_again_date *dates;
    struct care_group g;
    size_t n;

    if (group_get(&gate->store, s->group, mem, &g, err) ||
        topic_again_dates(gate, s, TOPICS_DAYS, mem, &dates, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (!dates[i].post.v)
            push_topic(list, *s->title ? s->title : text_excerpt(mem, s->text, 60), g.alias,
                       phrase_moment_there(gate, reader->language, g.zone, dates[i].due_ms, mem), &dates[i], false);
    return RC_OK;
}

/* What waits for its date, then what series give of the coming weeks. */
static enum rc show_topics(struct gate *gate, const struct desk_act *act, const struct person *reader,
                           struct arena *mem, struct json *values, struct err *err)
{
    CLEANUP(json_free) struct json *list = json_array_new();
    struct topic_series *series;
    struct topic_line *lines;
    size_t n, count;

    if (topic_list(gate, act->group, mem, &lines, &n, err) ||
        topic_series_list(&gate->store, act->group, mem, &series, &count, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        struct care_group g;

        if (group_get(&gate->store, lines[i].topic.group, mem, &g, err))
            return err->rc;
        push_topic(list, lines[i].title, g.alias,
                   phrase_moment_there(gate, reader->language, g.zone, lines[i].due_ms, mem), NULL,
                   lines[i].topic.state == TOPIC_PLANNED);
    }
    for (size_t i = 0; i < count; i++)
        if (add_series(gate, &series[i], reader, mem, list, err))
            return err->rc;
    json_set(values, "topics", &list);
    return RC_OK;
}

static enum rc fill(struct gate *gate, const struct desk_act *act, const struct person *reader, struct arena *mem,
                    struct json *values, struct err *err)
{
    switch (act->kind) {
    case DESK_WORD_WHO:
        return show_who(gate, act, reader, mem, values, err);
    case DESK_WORD_CHECK_IN:
        json_set_bool(values, "is_answers", act->check_in.v != 0);
        return act->check_in.v ? show_answers(gate, act, reader, mem, values, err)
                               : show_check_ins(gate, act, reader, mem, values, err);
    case DESK_WORD_QUEUE:
        return desk_show_queue(gate, reader, mem, values, err);
    case DESK_WORD_STATS:
        return show_stats(gate, act, reader, mem, values, err);
    case DESK_WORD_TOPICS:
        return show_topics(gate, act, reader, mem, values, err);
    case DESK_WORD_STRANGERS:
        return show_strangers(gate, reader, mem, values, err);
    case DESK_WORD_RULES:
        return show_rules(gate, act, mem, values, err);
    case DESK_WORD_HOURS:
        json_set_str(values, "text", gate->facts.office_hours);
        return RC_OK;
    case DESK_WORD_DUTY:
        return show_duty(gate, mem, values, err);
    default:
        return RC_OK;
    }
}

enum rc desk_show_values(struct gate *gate, const struct desk_act *act, const struct person *reader, struct arena *mem,
                         enum mailing_kind *ret_kind, struct json **ret_values, struct err *err)
{
    CLEANUP(json_free) struct json *values = json_object_new();

    if (*desk_act_flag(act->kind))
        json_set_bool(values, desk_act_flag(act->kind), true);
    json_set_str(values, "date", phrase_day(gate, reader->language, NULL, gate_now_ms(gate), mem));
    if (fill(gate, act, reader, mem, values, err))
        return err->rc;
    *ret_kind = act->kind == DESK_WORD_HELP ? MAILING_DESK_HELP : MAILING_DESK_SHOW;
    *ret_values = MOVE(values);
    return RC_OK;
}
