#include "gateway/visit/planner.h"

#include "base/text.h"
#include "gateway/practice/record.h"
#include "gateway/say/phrase.h"
#include "gateway/visit/backfill.h"
#include "gateway/visit/calls.h"
#include "gateway/visit/meeting.h"
#include "gateway/visit/plan_change.h"
#include "gateway/visit/questions.h"
#include "gateway/visit/reminding.h"
#include "gateway/visit/series_days.h"
#include "schedules/invitation.h"
#include "schedules/moment.h"
#include "schedules/series.h"
#include "schedules/zone.h"
#include "store/due.h"
#include "store/group.h"
#include "store/membership.h"

#include <assert.h>

/* RFC 3986: what a calendar takes (schedules/invitation). */
#define LINK_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#[]@!$&'()*+,;=%"
#define DAY_LONG_MS ((int64_t)VISIT_MINUTES_MAX * MS_MINUTE)

/* What stands in the way, for the letter too. */
static enum rc because(struct planner *p, enum planner_why why, enum rc rc)
{
    p->why = why;
    return rc;
}

/* ---- what a plan must be ---- */

static bool is_line(const char *text, size_t max)
{
    return !strchr(text, '\n') && text_length(text) <= max;
}

static size_t count_lines(const char *text)
{
    size_t n = 0, len;
    const char *line;

    while (text_next_line(&text, &line, &len))
        n += len > 0;
    return n;
}

static enum rc check_words(const struct visit_words *w, struct err *err)
{
    if (!*w->title || !is_line(w->title, PLANNER_TITLE_MAX) || !is_line(w->neutral, PLANNER_TITLE_MAX))
        return err_set(err, RC_INPUT, "a visit needs a title, one line of at most %d characters", PLANNER_TITLE_MAX);
    if (*w->link && strcmp(w->link, VIDEO_LINK) != 0 &&
        (!text_starts(w->link, "https://") || strlen(w->link) > INVITATION_LINK_MAX || strpbrk(w->link, " \t\r\n\"<>")))
        return err_set(err, RC_INPUT, "the link to join must begin with https:// and hold characters of links only");
    if (!is_line(w->dial_in, INVITATION_LINE_MAX / 4))
        return err_set(err, RC_INPUT, "the number to dial in is one line of at most %d characters",
                       INVITATION_LINE_MAX / 4);
    if (text_length(w->notes) > PLANNER_NOTES_MAX)
        return err_set(err, RC_INPUT, "notes have at most %d characters", PLANNER_NOTES_MAX);
    if (count_lines(w->questions) > PLANNER_QUESTIONS_MAX)
        return err_set(err, RC_INPUT, "at most %d questions before a visit", PLANNER_QUESTIONS_MAX);
    return RC_OK;
}

static enum rc check_staff(struct planner *p, struct person_id id, const char *as, struct err *err)
{
    struct person person;

    if (!id.v)
        return RC_OK;
    if (person_get(&p->gate->store, id, p->mem, &person, err))
        return err->rc;
    if (person.kind != PERSON_STAFF || person.state != PERSON_ACTIVE)
        return because(p, PLANNER_WHY_STAFF, err_set(err, RC_INPUT, "the %s must be an active staff member", as));
    return RC_OK;
}

static enum rc check_meeting(struct planner *p, const char *link, struct err *err)
{
    struct zoom_account ignored;
    enum rc rc;

    if (strcmp(link, VIDEO_LINK) != 0)
        return RC_OK;
    rc = meeting_account(p->gate, p->mem, &ignored, err);
    return rc == RC_NOT_FOUND
               ? because(p, PLANNER_WHY_NO_ZOOM,
                         err_set(err, RC_INPUT, "there is no Zoom account: postcircle zoom set, or give a link"))
               : rc;
}

static enum rc check_plan(struct planner *p, const struct visit_plan *plan, struct err *err)
{
    struct care_group g;

    if (group_get(&p->gate->store, plan->group, p->mem, &g, err) || check_words(&plan->words, err) ||
        check_meeting(p, plan->words.link, err))
        return err->rc;
    if (g.state != GROUP_OPEN)
        return because(p, PLANNER_WHY_GROUP_OVER, err_set(err, RC_INPUT, "this group has ended"));
    if (plan->kind <= 0 || plan->kind >= VISIT_KIND_END)
        return err_set(err, RC_INPUT, "a visit is a group visit, of a guest speaker, for questions, or a class");
    if (plan->minutes < 1 || plan->minutes > VISIT_MINUTES_MAX)
        return err_set(err, RC_INPUT, "a visit lasts 1 to %d minutes", VISIT_MINUTES_MAX);
    if (plan->capacity < 0 || plan->capacity > PLANNER_CAPACITY_MAX)
        return err_set(err, RC_INPUT, "a visit holds 1 to %d people, or has no limit", PLANNER_CAPACITY_MAX);
    if (!zone_is_name(plan->zone))
        return err_set(err, RC_INPUT, "there is no such time zone; they are named as America/New_York");
    if (check_staff(p, plan->host, "host", err) || check_staff(p, plan->cohost, "co-host", err))
        return err->rc;
    return check_staff(p, plan->speaker, "speaker", err);
}

/* ---- what is unwise ---- */

static const char *when(const struct planner *p, const struct visit *v)
{
    return phrase_moment_there(p->gate, LANGUAGE_ENGLISH, v->plan.zone, v->start_ms, p->mem);
}

static void note(struct planner *p, struct planner_warning w)
{
    if (p->warnings.n < PLANNER_WARNINGS_MAX)
        p->warnings.v[p->warnings.n++] = w;
    else
        p->warnings.more++;
}

static bool has_staff(const struct visit_plan *plan, struct person_id who)
{
    return who.v && (plan->host.v == who.v || plan->cohost.v == who.v || plan->speaker.v == who.v);
}

static bool shares_staff(const struct visit_plan *a, const struct visit_plan *b)
{
    return has_staff(a, b->host) || has_staff(a, b->cohost) || has_staff(a, b->speaker);
}

/* which: the one of a series that is meant, as "visit 7 (Thursday, March 5, 2:00 PM): ", or "". */
static enum rc look_for_conflicts(struct planner *p, const struct visit_plan *plan, int64_t start_ms,
                                  struct visit_id except, const char *which, struct err *err)
{
    const int64_t end_ms = start_ms + plan->minutes * MS_MINUTE;
    struct visit *near;
    size_t n;

    if (visit_between(&p->gate->store, (struct group_id){ 0 }, start_ms - DAY_LONG_MS, end_ms, p->mem, &near, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        const struct visit *v = &near[i];
        const bool is_group = v->plan.group.v == plan->group.v;

        if (v->id.v == except.v || v->state != VISIT_PLANNED || v->start_ms + v->plan.minutes * MS_MINUTE <= start_ms ||
            !(is_group || shares_staff(&v->plan, plan)))
            continue;
        note(p, (struct planner_warning){
                    .what = is_group ? PLANNER_SAME_GROUP : PLANNER_SAME_STAFF,
                    .line = arena_printf(p->mem, "%svisit %" PRId64 " is at the same time (%s), %s", which, v->number,
                                         when(p, v), is_group ? "for the same group" : "with the same staff member"),
                    .number = v->number,
                    .ms = v->start_ms,
                    .zone = v->plan.zone });
    }
    return RC_OK;
}

static enum rc warn_of_hour(struct planner *p, const struct visit_plan *plan, int64_t start_ms, struct err *err)
{
    struct local_time local;

    if (zone_local_from_utc(plan->zone, start_ms, &local, err))
        return err->rc;
    if (local.hour < 7 || local.hour >= 21)
        note(p, (struct planner_warning){
                    .what = PLANNER_AT_NIGHT,
                    .line = arena_printf(p->mem, "it begins at %02d:%02d there", local.hour, local.minute),
                    .hour = local.hour,
                    .minute = local.minute });
    if (!plan->host.v)
        note(p, (struct planner_warning){ .what = PLANNER_NO_HOST,
                                          .line = "nobody is named as its host: nobody is asked who came" });
    return RC_OK;
}

/* All but what else is at that time. */
static enum rc check_alone(struct planner *p, const struct visit_plan *plan, int64_t start_ms, struct err *err)
{
    p->warnings.n = p->warnings.more = 0;
    p->why = PLANNER_WHY_OTHER;
    if (check_plan(p, plan, err))
        return err->rc;
    if (start_ms <= gate_now_ms(p->gate)) {
        if (!p->may_be_past)
            return because(p, PLANNER_WHY_PAST, err_set(err, RC_INPUT, "that time is past"));
        note(p, (struct planner_warning){ .what = PLANNER_IS_PAST, .line = "that time is past: nobody is written to" });
    }
    return warn_of_hour(p, plan, start_ms, err);
}

enum rc planner_check(struct planner *p, const struct visit_plan *plan, int64_t start_ms, struct visit_id except,
                      struct err *err)
{
    return check_alone(p, plan, start_ms, err) ? err->rc : look_for_conflicts(p, plan, start_ms, except, "", err);
}

/* plan->minute is what was written, and the clocks may go forward over it. */
static enum rc warn_of_shift(struct planner *p, const struct visit_plan *plan, int64_t start_ms, struct err *err)
{
    struct local_time local;

    if (zone_local_from_utc(plan->zone, start_ms, &local, err))
        return err->rc;
    if (local.hour * 60 + local.minute != plan->minute)
        note(p, (struct planner_warning){
                    .what = PLANNER_SKIPPED_HOUR,
                    .line = arena_printf(p->mem,
                                         "there is no %02d:%02d there that day, as the clocks go forward: it begins at "
                                         "%02d:%02d",
                                         (int)plan->minute / 60, (int)plan->minute % 60, local.hour, local.minute) });
    return RC_OK;
}

static enum rc warn_of_tag(struct planner *p, const struct visit_plan *plan, struct err *err)
{
    const char *const tag = plan->words.tag;
    const struct roster_filter filter = { .group = plan->group, .tag = tag };
    struct roster_row row;
    size_t n;

    if (!*tag)
        return RC_OK;
    if (membership_roster(&p->gate->store, &filter, (struct membership_id){ 0 }, &row, 1, &n, err))
        return err->rc;
    if (!n)
        note(p, (struct planner_warning){
                    .what = PLANNER_NO_TAG,
                    .line = arena_printf(p->mem, "nobody in this group has the tag %s: nobody is asked", tag) });
    return RC_OK;
}

/* ---- one visit ---- */

/* Letters go by the clock. */
static enum rc set_jobs(struct planner *p, const struct visit *v, struct err *err)
{
    const int64_t now_ms = gate_now_ms(p->gate);

    if (v->start_ms <= now_ms)
        return RC_OK;
    if (meeting_set(p->gate, v, err) || due_set(&p->gate->store, JOB_VISIT_COPIES, v->id.v, now_ms, err) ||
        due_set(&p->gate->store, JOB_VISIT_AFTER, v->id.v, v->start_ms + v->plan.minutes * MS_MINUTE, err))
        return err->rc;
    if (v->state != VISIT_PLANNED)
        return RC_OK;
    return questions_set(p->gate, v, err) ? err->rc : reminding_set(p->gate, v, err);
}

static enum rc set_start(struct visit *v, int64_t start_ms, struct err *err)
{
    struct local_time local;

    if (zone_local_from_utc(v->plan.zone, start_ms, &local, err))
        return err->rc;
    v->plan.day = clock_days_from_civil(local.year, local.month, local.day);
    v->plan.minute = local.hour * 60 + local.minute;
    v->start_ms = start_ms;
    return RC_OK;
}

/* Nobody is written to, and nothing is owed by the clock. */
static enum rc write_past(struct planner *p, struct visit *v, struct err *err)
{
    v->state = VISIT_OVER;
    return visit_change(&p->gate->store, v, false, err) ? err->rc : backfill_seats(p->gate, v, err);
}

enum rc planner_add(struct planner *p, const struct visit_plan *plan, struct visit *ret, struct err *err)
{
    struct visit v = { .plan = *plan };

    assert(db_in_tx(p->gate->store.db));
    if (!zone_is_name(plan->zone))
        return err_set(err, RC_INPUT, "there is no such time zone; they are named as America/New_York");
    if (zone_utc_from_minute(plan->zone, plan->day, (int)plan->minute, &v.start_ms, err) ||
        planner_check(p, plan, v.start_ms, v.id, err) || warn_of_shift(p, plan, v.start_ms, err) ||
        warn_of_tag(p, plan, err) || set_start(&v, v.start_ms, err) || visit_add(&p->gate->store, &v, err) ||
        due_ensure(&p->gate->store, JOB_VISITS, 0, gate_now_ms(p->gate) + MS_DAY, err))
        return err->rc;
    if (v.start_ms <= gate_now_ms(p->gate) ? write_past(p, &v, err) : set_jobs(p, &v, err))
        return err->rc;
    *ret = v;
    return record_act(p->gate, p->who, AUDIT_VISIT_ADDED, AUDIT_ITEM_VISIT, v.id.v, NULL, when(p, &v), err);
}

static enum rc must_be_ahead(struct planner *p, const struct visit *v, struct err *err)
{
    if (v->state == VISIT_PLANNED)
        return RC_OK;
    return because(p, v->state == VISIT_CANCELLED ? PLANNER_WHY_CANCELLED : PLANNER_WHY_OVER,
                   err_set(err, RC_CONFLICT, "visit %" PRId64 " is %s already", v->number, visit_state_name(v->state)));
}

enum rc planner_move(struct planner *p, struct visit *visit, int64_t start_ms, struct err *err)
{
    const char *const old = when(p, visit);
    const int64_t was_ms = visit->start_ms;

    assert(db_in_tx(p->gate->store.db));
    if (must_be_ahead(p, visit, err) || planner_check(p, &visit->plan, start_ms, visit->id, err))
        return err->rc;
    if (start_ms == visit->start_ms)
        return because(p, PLANNER_WHY_SAME_TIME,
                       err_set(err, RC_CONFLICT, "visit %" PRId64 " is at that time already", visit->number));
    if (set_start(visit, start_ms, err) || visit_change(&p->gate->store, visit, true, err) || set_jobs(p, visit, err) ||
        calls_offer(p->gate, visit, was_ms, err))
        return err->rc;
    return record_act(p->gate, p->who, AUDIT_VISIT_MOVED, AUDIT_ITEM_VISIT, visit->id.v, old, when(p, visit), err);
}

/* Quietly: who was told stays told; who of staff is new is looked for from the first on. */
static enum rc write_change(struct planner *p, struct visit *visit, bool is_seen, struct err *err)
{
    if (visit_change(&p->gate->store, visit, is_seen, err))
        return err->rc;
    visit->after.v = 0;
    return visit_told_until(&p->gate->store, visit->id, visit->after, err);
}

/* Who joins the old way sits alone. */
static enum rc tell_of_way(struct planner *p, const struct visit_words *old, const struct visit *visit, struct err *err)
{
    const struct visit_words *const now = &visit->plan.words;

    return strcmp(old->link, now->link) || strcmp(old->dial_in, now->dial_in) ? calls_offer_link(p->gate, visit, err)
                                                                              : RC_OK;
}

enum rc planner_change(struct planner *p, struct visit *visit, struct err *err)
{
    struct plan_change change;
    struct visit old;

    assert(db_in_tx(p->gate->store.db));
    if (must_be_ahead(p, visit, err) || visit_get(&p->gate->store, visit->id, p->mem, &old, err) ||
        planner_check(p, &visit->plan, visit->start_ms, visit->id, err) || warn_of_tag(p, &visit->plan, err) ||
        plan_change_of(p->gate, &old.plan, &visit->plan, p->mem, &change, err))
        return err->rc;
    if (!change.count)
        return RC_OK;
    if (write_change(p, visit, change.is_seen, err) || set_jobs(p, visit, err) ||
        due_set(&p->gate->store, JOB_VISIT_PLACES, visit->id.v, gate_now_ms(p->gate),
                err) || /* there may be more now */
        tell_of_way(p, &old.plan.words, visit, err))
        return err->rc;
    return record_act(p->gate, p->who, AUDIT_VISIT_CHANGED, AUDIT_ITEM_VISIT, visit->id.v, change.old_value,
                      change.new_value, err);
}

enum rc planner_cancel(struct planner *p, struct visit *visit, struct err *err)
{
    assert(db_in_tx(p->gate->store.db));
    if (must_be_ahead(p, visit, err))
        return err->rc;
    if (visit->start_ms <= gate_now_ms(p->gate))
        return because(
            p, PLANNER_WHY_BEGUN,
            err_set(err, RC_CONFLICT, "visit %" PRId64 " has begun: it cannot be cancelled any more", visit->number));
    visit->state = VISIT_CANCELLED;
    if (visit_change(&p->gate->store, visit, true, err) || set_jobs(p, visit, err) ||
        calls_offer(p->gate, visit, visit->start_ms, err))
        return err->rc;
    return record_act(p->gate, p->who, AUDIT_VISIT_CANCELLED, AUDIT_ITEM_VISIT, visit->id.v, when(p, visit), NULL, err);
}

/* ---- series ---- */

static const char *which(const struct planner *p, const struct visit *v)
{
    return arena_printf(p->mem, "visit %" PRId64 " (%s): ", v->number, when(p, v));
}

/* Those that are there already stay as they are, wherever they were moved to. */
static enum rc make_visits(struct planner *p, const struct visit_series *s, size_t *ret_made, struct err *err)
{
    const struct series_visit *times;
    size_t n;

    if (series_days_ahead(p->gate, s, PLANNER_AHEAD_DAYS, p->mem, &times, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        struct visit v = { .plan = s->plan, .series = s->id, .start_ms = times[i].start_ms };
        const struct series_time *local = &times[i].local;
        enum rc rc;

        v.plan.day = clock_days_from_civil(local->on.year, local->on.month, local->on.day);
        v.plan.minute = local->hour * 60 + local->minute;
        v.series_day = v.plan.day;
        rc = visit_add(&p->gate->store, &v, err);
        if (!rc)
            rc = set_jobs(p, &v, err);
        if (!rc)
            rc = look_for_conflicts(p, &v.plan, v.start_ms, v.id, which(p, &v), err);
        if (!rc)
            rc = record_act(p->gate, p->who, AUDIT_VISIT_ADDED, AUDIT_ITEM_VISIT, v.id.v, NULL, when(p, &v), err);
        if (rc && rc != RC_CONFLICT)
            return rc;
        *ret_made += rc == RC_OK;
    }
    return RC_OK;
}

/* Once a day is enough: they are made weeks ahead. */
enum rc planner_add_series(struct planner *p, struct visit_series *series, const struct visit_series_day *days,
                           size_t n, size_t *ret_made, struct err *err)
{
    struct store *const st = &p->gate->store;
    int64_t first_ms;

    assert(db_in_tx(st->db));
    if (!zone_is_name(series->plan.zone))
        return err_set(err, RC_INPUT, "there is no such time zone; they are named as America/New_York");
    if (zone_utc_from_minute(series->plan.zone, series->plan.day, (int)series->plan.minute, &first_ms, err) ||
        check_alone(p, &series->plan, first_ms, err) || warn_of_shift(p, &series->plan, first_ms, err) ||
        warn_of_tag(p, &series->plan, err) || series_days_check(series, days, n, p->mem, err) ||
        visit_series_add(st, series, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (visit_series_set_day(st, series->id, days[i], err))
            return err->rc;
    *ret_made = 0;
    if (record_act(p->gate, p->who, AUDIT_VISIT_SERIES_ADDED, AUDIT_ITEM_VISIT, series->id.v, NULL, series->rule,
                   err) ||
        make_visits(p, series, ret_made, err))
        return err->rc;
    return due_ensure(st, JOB_VISITS, 0, gate_now_ms(p->gate) + MS_DAY, err);
}

enum rc planner_end_series(struct planner *p, struct visit_series_id series, struct err *err)
{
    struct visit_series s;
    struct visit *list;
    size_t n;

    assert(db_in_tx(p->gate->store.db));
    if (visit_series_get(&p->gate->store, series, p->mem, &s, err))
        return err->rc == RC_NOT_FOUND ? err_set(err, RC_NOT_FOUND, "there is no series of this number") : err->rc;
    if (visit_series_end(&p->gate->store, series, err) ||
        visit_of_series(&p->gate->store, series, p->mem, &list, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (list[i].state == VISIT_PLANNED && list[i].start_ms > gate_now_ms(p->gate) &&
            planner_cancel(p, &list[i], err))
            return err->rc;
    return record_act(p->gate, p->who, AUDIT_VISIT_SERIES_ENDED, AUDIT_ITEM_VISIT, series.v, NULL, NULL, err);
}

enum rc planner_end_group(struct planner *p, struct group_id group, struct err *err)
{
    struct visit_series *rows;
    struct visit *list;
    size_t n;

    assert(db_in_tx(p->gate->store.db));
    if (visit_series_list(&p->gate->store, p->mem, &rows, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (rows[i].state == VISIT_SERIES_OPEN && rows[i].plan.group.v == group.v &&
            planner_end_series(p, rows[i].id, err))
            return err->rc;
    if (visit_between(&p->gate->store, group, gate_now_ms(p->gate) + 1, INT64_MAX, p->mem, &list, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (list[i].state == VISIT_PLANNED && planner_cancel(p, &list[i], err))
            return err->rc;
    return RC_OK;
}

/* ---- day by day ---- */

/* The local time is what was promised; the instant follows it. */
static enum rc derive_again(struct planner *p, struct err *err)
{
    const int64_t now_ms = gate_now_ms(p->gate);
    struct visit *list;
    size_t n;

    if (visit_between(&p->gate->store, (struct group_id){ 0 }, now_ms, INT64_MAX, p->mem, &list, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        int64_t start_ms;

        if (list[i].state != VISIT_PLANNED)
            continue;
        if (zone_utc_from_minute(list[i].plan.zone, list[i].plan.day, (int)list[i].plan.minute, &start_ms, err))
            return err->rc;
        if (start_ms == list[i].start_ms)
            continue;
        list[i].start_ms = start_ms;
        if (visit_change(&p->gate->store, &list[i], true, err) || set_jobs(p, &list[i], err) ||
            record_act(p->gate, p->who, AUDIT_VISIT_CHANGED, AUDIT_ITEM_VISIT, list[i].id.v, NULL, when(p, &list[i]),
                       err))
            return err->rc;
    }
    return RC_OK;
}

enum rc planner_run_day(struct gate *gate, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("planner_day");
    const struct audit_who rule = record_rule();
    struct planner p = { .gate = gate, .who = &rule, .mem = mem };
    struct visit_series *list;
    size_t n, made = 0;

    if (visit_series_list(&gate->store, mem, &list, &n, err))
        return err->rc;
    for (size_t i = 0; i < n && list[i].state == VISIT_SERIES_OPEN; i++)
        if (make_visits(&p, &list[i], &made, err))
            return err_wrap(err, "series %" PRId64, list[i].id.v);
    return derive_again(&p, err) ? err->rc : due_set(&gate->store, JOB_VISITS, 0, gate_now_ms(gate) + MS_DAY, err);
}

/* ---- reading a time ---- */

enum rc planner_read_when(const struct gate *gate, const char *text, const char *zone, int64_t day, int64_t *ret_ms,
                          struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("planner_when");
    struct err alone;
    int year, month, of_month;

    if (!moment_read(text, zone, gate_now_ms(gate), ret_ms, err))
        return RC_OK;
    if (!day)
        return err->rc;
    clock_civil_from_days(day, &year, &month, &of_month);
    if (moment_read(arena_printf(mem, "%04d-%02d-%02d %s", year, month, of_month, text), zone, gate_now_ms(gate),
                    ret_ms, &alone))
        return err->rc;
    return RC_OK;
}
