#include "gateway/visit/planner_series.h"

#include "gateway/practice/record.h"
#include "gateway/visit/series_days.h"
#include "schedules/series.h"
#include "schedules/zone.h"
#include "store/due.h"

#include <assert.h>

static const char *which(const struct planner *p, const struct visit *v)
{
    return arena_printf(p->mem, "visit %" PRId64 " (%s): ", v->number, plan_check_when(p, v));
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
            rc = planner_set_jobs(p, &v, err);
        if (!rc)
            rc = plan_check_conflicts(p, &v.plan, v.start_ms, v.id, which(p, &v), err);
        if (!rc)
            rc = record_act(p->gate, p->who, AUDIT_VISIT_ADDED, AUDIT_ITEM_VISIT, v.id.v, NULL, plan_check_when(p, &v),
                            err);
        if (rc && rc != RC_CONFLICT)
            return rc;
        *ret_made += rc == RC_OK;
    }
    return RC_OK;
}

/* A slip of a date leaves out nothing, and nobody would see it before that day. */
static enum rc check_skips(struct planner *p, const struct visit_series *series, const struct visit_series_day *days,
                           size_t n, struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        int year, month, day;
        bool is_one;

        if (days[i].minute >= 0)
            continue;
        if (series_days_is_one(series, days[i].day, p->mem, &is_one, err))
            return err->rc;
        clock_civil_from_days(days[i].day, &year, &month, &day);
        if (!is_one)
            plan_check_note(p, PLANNER_NO_SKIP,
                            arena_printf(p->mem,
                                         "%04d-%02d-%02d is no day of the series: leaving it out changes nothing", year,
                                         month, day));
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
        plan_check_alone(p, &series->plan, first_ms, err) ||
        plan_check_clocks(p, series->plan.zone, (int)series->plan.minute, first_ms, err) ||
        plan_check_tag(p, &series->plan, err) || series_days_check(series, days, n, p->mem, err) ||
        check_skips(p, series, days, n, err) || visit_series_add(st, series, err))
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
        if (visit_change(&p->gate->store, &list[i], true, err) || planner_set_jobs(p, &list[i], err) ||
            record_act(p->gate, p->who, AUDIT_VISIT_CHANGED, AUDIT_ITEM_VISIT, list[i].id.v, NULL,
                       plan_check_when(p, &list[i]), err))
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
