#include "gateway/visit/planner.h"

#include "gateway/practice/record.h"
#include "gateway/visit/backfill.h"
#include "gateway/visit/calls.h"
#include "gateway/visit/meeting.h"
#include "gateway/visit/plan_change.h"
#include "gateway/visit/questions.h"
#include "gateway/visit/reminding.h"
#include "schedules/zone.h"
#include "store/due.h"

#include <assert.h>

/* Letters go by the clock. */
enum rc planner_set_jobs(struct planner *p, const struct visit *v, struct err *err)
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
        plan_check(p, plan, v.start_ms, v.id, err) ||
        plan_check_clocks(p, plan->zone, (int)plan->minute, v.start_ms, err) || plan_check_tag(p, plan, err) ||
        set_start(&v, v.start_ms, err) || visit_add(&p->gate->store, &v, err) ||
        due_ensure(&p->gate->store, JOB_VISITS, 0, gate_now_ms(p->gate) + MS_DAY, err))
        return err->rc;
    if (v.start_ms <= gate_now_ms(p->gate) ? write_past(p, &v, err) : planner_set_jobs(p, &v, err))
        return err->rc;
    *ret = v;
    return record_act(p->gate, p->who, AUDIT_VISIT_ADDED, AUDIT_ITEM_VISIT, v.id.v, NULL, plan_check_when(p, &v), err);
}

static enum rc must_be_ahead(struct planner *p, const struct visit *v, struct err *err)
{
    if (v->state == VISIT_PLANNED)
        return RC_OK;
    return plan_check_because(
        p, v->state == VISIT_CANCELLED ? PLANNER_WHY_CANCELLED : PLANNER_WHY_OVER,
        err_set(err, RC_CONFLICT, "visit %" PRId64 " is %s already", v->number, visit_state_name(v->state)));
}

enum rc planner_move(struct planner *p, struct visit *visit, int64_t start_ms, struct err *err)
{
    const char *const old = plan_check_when(p, visit);
    const int64_t was_ms = visit->start_ms;

    assert(db_in_tx(p->gate->store.db));
    if (must_be_ahead(p, visit, err) || plan_check(p, &visit->plan, start_ms, visit->id, err))
        return err->rc;
    if (start_ms == visit->start_ms)
        return plan_check_because(
            p, PLANNER_WHY_SAME_TIME,
            err_set(err, RC_CONFLICT, "visit %" PRId64 " is at that time already", visit->number));
    if (set_start(visit, start_ms, err) || visit_change(&p->gate->store, visit, true, err) ||
        planner_set_jobs(p, visit, err) || calls_offer(p->gate, visit, was_ms, err))
        return err->rc;
    return record_act(p->gate, p->who, AUDIT_VISIT_MOVED, AUDIT_ITEM_VISIT, visit->id.v, old, plan_check_when(p, visit),
                      err);
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
        plan_check(p, &visit->plan, visit->start_ms, visit->id, err) || plan_check_tag(p, &visit->plan, err) ||
        plan_change_of(p->gate, &old.plan, &visit->plan, p->mem, &change, err))
        return err->rc;
    if (!change.count)
        return RC_OK;
    if (write_change(p, visit, change.is_seen, err) || planner_set_jobs(p, visit, err) ||
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
        return plan_check_because(
            p, PLANNER_WHY_BEGUN,
            err_set(err, RC_CONFLICT, "visit %" PRId64 " has begun: it cannot be cancelled any more", visit->number));
    visit->state = VISIT_CANCELLED;
    if (visit_change(&p->gate->store, visit, true, err) || planner_set_jobs(p, visit, err) ||
        calls_offer(p->gate, visit, visit->start_ms, err))
        return err->rc;
    return record_act(p->gate, p->who, AUDIT_VISIT_CANCELLED, AUDIT_ITEM_VISIT, visit->id.v, plan_check_when(p, visit),
                      NULL, err);
}

/* ---- reading a time ---- */

enum rc planner_read_when(const struct gate *gate, const char *text, const char *zone, int64_t day, struct moment *ret,
                          struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("planner_when");
    struct err alone;
    int year, month, of_month;

    if (!moment_read_whole(text, zone, gate_now_ms(gate), ret, err))
        return RC_OK;
    if (!day)
        return err->rc;
    clock_civil_from_days(day, &year, &month, &of_month);
    if (moment_read_whole(arena_printf(mem, "%04d-%02d-%02d %s", year, month, of_month, text), zone, gate_now_ms(gate),
                          ret, &alone))
        return err->rc;
    return RC_OK;
}
