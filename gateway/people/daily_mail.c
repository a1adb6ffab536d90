#include "gateway/people/daily_mail.h"

#include "gateway/note/topic.h"
#include "gateway/people/enroll.h"
#include "gateway/people/invite.h"
#include "gateway/people/join.h"
#include "gateway/say/figures.h"
#include "gateway/say/notice.h"
#include "gateway/say/office.h"
#include "gateway/say/phrase.h"
#include "gateway/say/undelivered.h"
#include "gateway/say/waiting.h"
#include "schedules/rhythm.h"
#include "schedules/zone.h"
#include "store/due.h"
#include "store/issue.h"
#include "store/setting.h"

#define LINES_MAX 50
#define AHEAD_MS (36 * MS_HOUR)

/* One mail being written for one reader. */
struct daily {
    struct gate *gate;
    const struct person *reader;
    struct arena *mem;
    int64_t since_ms; /* the opening before this one */
    struct json *values;
    bool has_news;
};

/* ---- when ---- */

/* Minute of the day, -1: as the office opens. *ret_is_on false: the practice wants none. */
static enum rc read_setting(struct gate *gate, int64_t *ret_minute, bool *ret_is_on, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("daily_mail");
    struct err ignored;
    const char *text;

    *ret_minute = -1;
    *ret_is_on = true;
    if (setting_get(&gate->store, SETTING_DAILY_MAIL, mem, &text, err))
        return err->rc;
    if (text && !strcmp(text, DAILY_MAIL_OFF))
        *ret_is_on = false;
    else if (text && enroll_check_minute(text, ret_minute, &ignored))
        *ret_minute = -1; /* a damaged row: practice set takes no such text */
    return RC_OK;
}

enum rc daily_mail_begin(struct gate *gate, struct err *err)
{
    int64_t minute;
    bool is_on;

    if (read_setting(gate, &minute, &is_on, err))
        return err->rc;
    return is_on
               ? due_ensure(&gate->store, JOB_DAILY_MAIL, 0, office_opening_after(gate, minute, gate_now_ms(gate)), err)
               : due_clear(&gate->store, JOB_DAILY_MAIL, 0, err);
}

enum rc daily_mail_is_on(struct gate *gate, bool *ret_is_on, struct err *err)
{
    return due_is_set(&gate->store, JOB_DAILY_MAIL, 0, ret_is_on, err);
}

static int64_t week_of(const struct gate *gate, int64_t ms)
{
    struct err ignored;
    int64_t day;

    if (zone_day_from_utc(*gate->facts.zone ? gate->facts.zone : "UTC", ms, &day, &ignored))
        day = ms / MS_DAY;
    return (day + 3) / 7; /* day 0 was a Thursday */
}

/* ---- what waits ---- */

enum grade { DANGER, MEDICAL, MARKED, OTHER, GRADE_COUNT };

static enum grade grade_of(const struct post *p)
{
    return p->tier <= 1 ? DANGER : p->tier == 2 ? MEDICAL : p->flags ? MARKED : OTHER;
}

static enum rc add_waiting(struct daily *d, struct err *err)
{
    static const char *const names[GRADE_COUNT] = { "is_danger", "is_medical", "is_marked", "is_other" };
    CLEANUP(json_free) struct json *waits = json_array_new();
    const int64_t now_ms = gate_now_ms(d->gate);
    int64_t count[GRADE_COUNT] = { 0 }, oldest_ms[GRADE_COUNT] = { now_ms, now_ms, now_ms, now_ms };
    struct post *posts;
    size_t n;

    if (post_waiting(&d->gate->store, 1000, d->mem, &posts, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        const enum grade g = grade_of(&posts[i]);

        count[g]++;
        oldest_ms[g] = posts[i].created_ms < oldest_ms[g] ? posts[i].created_ms : oldest_ms[g];
    }
    for (int g = 0; g < GRADE_COUNT; g++) {
        struct json *line;

        if (!count[g])
            continue;
        line = json_object_new();
        json_set_bool(line, names[g], true);
        json_set_int(line, "count", count[g]);
        json_set_str(line, "waiting", phrase_span(d->reader->language, now_ms - oldest_ms[g], d->mem));
        json_push(waits, &line);
        d->has_news = true;
    }
    json_set(d->values, "waits", &waits);
    if (waiting_counts(d->gate, d->reader, d->mem, d->values, err))
        return err->rc;
    d->has_news = d->has_news || json_get(d->values, "talk_count") || json_get(d->values, "page_count");
    return RC_OK;
}

/* ---- who left, whose letters come back ---- */

static enum rc add_person(struct daily *d, struct json *list, struct person_id id, struct group_id group, int64_t at_ms,
                          struct err *err)
{
    struct care_group g = { .alias = "" };
    struct person p;
    struct json *line;

    if (person_get(&d->gate->store, id, d->mem, &p, err) ||
        (group.v && group_get(&d->gate->store, group, d->mem, &g, err)))
        return err->rc;
    line = json_object_new();
    json_set_str(line, "name", p.name);
    json_set_str(line, "group_name", g.alias);
    json_set_str(line, "when", phrase_moment(d->gate, d->reader->language, NULL, at_ms, d->mem));
    json_push(list, &line);
    d->has_news = true;
    return RC_OK;
}

static enum rc add_left(struct daily *d, struct err *err)
{
    CLEANUP(json_free) struct json *list = json_array_new();
    struct membership_id *ids;
    size_t n;

    if (membership_left_since(&d->gate->store, d->since_ms, LINES_MAX, d->mem, &ids, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        struct membership m;

        if (membership_get(&d->gate->store, ids[i], d->mem, &m, err) ||
            add_person(d, list, m.person, m.group, m.left_ms, err))
            return err->rc;
        json_set_bool(json_at(list, json_count(list) - 1), "is_removed", m.state == MEMBER_REMOVED);
        json_set_bool(json_at(list, json_count(list) - 1), "has_said_no", m.state == MEMBER_LEFT && !m.joined_ms);
    }
    json_set(d->values, "left_people", &list);
    return RC_OK;
}

static enum rc add_bounced(struct daily *d, struct err *err)
{
    CLEANUP(json_free) struct json *list = json_array_new();
    struct undelivered *people;
    size_t n;

    if (undelivered_since(d->gate, d->since_ms, d->mem, &people, &n, err))
        return err->rc;
    for (size_t i = 0; i < n && i < LINES_MAX; i++) {
        if (add_person(d, list, people[i].person, people[i].group, people[i].since_ms, err))
            return err->rc;
        undelivered_values(d->gate, &people[i], d->reader->language, d->mem, json_at(list, json_count(list) - 1));
    }
    json_set(d->values, "bounced_people", &list);
    return RC_OK;
}

/* ---- what goes out next ---- */

static enum rc add_letter(struct daily *d, const struct care_group *g, struct json *list, struct err *err)
{
    const struct rhythm daily = { .zone = g->zone, .minute = (int)g->digest_minute, .weekday = RHYTHM_EVERY_DAY };
    struct issue last = { .to_seq = 0 };
    struct json *line;
    int64_t close_ms;
    const enum rc rc = issue_last(&d->gate->store, g->id, RHYTHM_DAILY, &last, err);

    if (rc && rc != RC_NOT_FOUND)
        return rc;
    if (g->post_seq <= last.to_seq)
        return RC_OK;
    if (rhythm_next_close(&daily, gate_now_ms(d->gate), &close_ms, err))
        return err->rc;
    line = json_object_new();
    json_set_str(line, "group_name", g->alias);
    json_set_int(line, "count", g->post_seq - last.to_seq);
    json_set_str(line, "when", phrase_moment_there(d->gate, d->reader->language, g->zone, close_ms, d->mem));
    json_push(list, &line);
    d->has_news = true;
    return RC_OK;
}

static enum rc add_topics(struct daily *d, struct err *err)
{
    CLEANUP(json_free) struct json *list = json_array_new();
    struct topic_line *lines;
    size_t n;

    if (topic_list(d->gate, (struct group_id){ 0 }, d->mem, &lines, &n, err))
        return err->rc;
    for (size_t i = 0; i < n && lines[i].due_ms <= gate_now_ms(d->gate) + AHEAD_MS; i++) {
        struct care_group g;
        struct json *line;

        if (group_get(&d->gate->store, lines[i].topic.group, d->mem, &g, err))
            return err->rc;
        line = json_object_new();
        json_set_str(line, "title", lines[i].title);
        json_set_str(line, "group_name", g.alias);
        json_set_str(line, "when", phrase_moment_there(d->gate, d->reader->language, g.zone, lines[i].due_ms, d->mem));
        json_set_bool(line, "is_without_ok", lines[i].topic.state == TOPIC_PLANNED);
        json_push(list, &line);
        d->has_news = true;
    }
    json_set(d->values, "topics", &list);
    return RC_OK;
}

static enum rc add_letters(struct daily *d, struct err *err)
{
    CLEANUP(json_free) struct json *list = json_array_new();
    struct care_group *groups;
    size_t n;

    if (group_list(&d->gate->store, d->mem, &groups, &n, err))
        return err->rc;
    for (size_t i = 0; i < n && groups[i].state == GROUP_OPEN; i++)
        if (add_letter(d, &groups[i], list, err))
            return err->rc;
    json_set(d->values, "letters", &list);
    return add_topics(d, err);
}

/* ---- once a week ---- */

static enum rc add_week(struct daily *d, struct err *err)
{
    struct json *people, *figures;
    char head[96];

    if (invite_listed_json(d->gate, d->reader, d->mem, &people, err))
        return err->rc;
    json_set(d->values, "people", &people);
    if (figures_all(d->gate, d->reader->language, d->mem, &figures, err))
        return err->rc;
    json_set(d->values, "figures", &figures);
    if (audit_head(&d->gate->store, head, err))
        return err->rc;
    json_set_str(d->values, "reference", head);
    return RC_OK;
}

/* ---- the mail ---- */

static enum rc write_to(struct daily *d, bool is_weekly, struct err *err)
{
    struct notice notice = { .kind = MAILING_DAILY_MAIL, .person = d->reader->id, .reply = TOKEN_DESK, .lane = -1 };
    enum rc rc;

    d->values = json_object_new();
    json_set_str(d->values, "date", phrase_day(d->gate, d->reader->language, NULL, gate_now_ms(d->gate), d->mem));
    json_set_bool(d->values, "is_weekly", is_weekly);
    rc = add_waiting(d, err);
    rc = rc ? rc : add_left(d, err);
    rc = rc ? rc : add_bounced(d, err);
    rc = rc ? rc : add_letters(d, err);
    rc = rc || !is_weekly ? rc : add_week(d, err);
    if (rc || !(d->has_news || is_weekly)) {
        json_free(&d->values);
        return rc;
    }
    json_set_bool(d->values, "has_news", d->has_news);
    notice.values = MOVE(d->values);
    rc = notice_queue(d->gate, &notice, NULL, err);
    return rc == RC_NOT_FOUND ? RC_OK : rc; /* that person cannot be written to: doctor shows it */
}

enum rc daily_mail_run(struct gate *gate, int64_t due_ms, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("daily_mail");
    struct daily d = { .gate = gate, .mem = mem };
    struct person *staff;
    int64_t minute;
    bool is_on;
    size_t n;

    if (read_setting(gate, &minute, &is_on, err))
        return err->rc;
    if (!is_on)
        return RC_OK;
    d.since_ms = office_opening_before(gate, minute, due_ms);
    if (due_set(&gate->store, JOB_DAILY_MAIL, 0, office_opening_after(gate, minute, gate_now_ms(gate)), err) ||
        person_staff(&gate->store, mem, &staff, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        d.reader = &staff[i];
        d.has_news = false;
        if (staff[i].role >= STAFF_MODERATOR &&
            write_to(&d, week_of(gate, d.since_ms) != week_of(gate, gate_now_ms(gate)), err))
            return err_wrap(err, "daily mail");
    }
    return RC_OK;
}
