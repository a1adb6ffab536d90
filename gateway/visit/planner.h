/*
 * planner: sets one visit up, changes, moves and cancels it. Series: visit/planner_series; what is looked at first: visit/plan_check.
 *
 * Units    Local day and minute in the plan's zone; UTC milliseconds (start_ms).
 * Owns     Warnings and results live in mem.
 * Errors   RC_INPUT, RC_NOT_FOUND  those of visit/plan_check
 *          RC_CONFLICT             cancelled or over already, or changed by somebody meanwhile
 * State    Everything but planner_read_when needs an open transaction; the audit row is written in it.
 */
#ifndef GATEWAY_VISIT_PLANNER_H
#define GATEWAY_VISIT_PLANNER_H

#include "gateway/visit/plan_check.h"
#include "schedules/moment.h"

/* plan->day and minute say when. One that may be past, and is, is over at once, with its members on the roster (visit/backfill). */
MUST_CHECK enum rc planner_add(struct planner *p, const struct visit_plan *plan, struct visit *ret, struct err *err);
/* Of a time that was written: plan_check_clocks(…) adds its warning behind it. */
MUST_CHECK enum rc planner_move(struct planner *p, struct visit *visit, int64_t start_ms, struct err *err);
/* Everything but its time: visit->plan is what it is to be. Members hear of what they see (visit/plan_change); nothing is written where all is as it was. */
MUST_CHECK enum rc planner_change(struct planner *p, struct visit *visit, struct err *err);
/* One that has begun cannot be: nobody would hear of it in time. */
MUST_CHECK enum rc planner_cancel(struct planner *p, struct visit *visit, struct err *err);
/* What the clock owes it from now on: copies, questions, reminders, the meeting, what comes afterwards. */
MUST_CHECK enum rc planner_set_jobs(struct planner *p, const struct visit *visit, struct err *err);

/* "2026-03-03 14:00", "Tue 2pm", or a time alone, which is meant of `day` (a civil day; 0: none). RC_INPUT. */
MUST_CHECK enum rc planner_read_when(const struct gate *gate, const char *text, const char *zone, int64_t day,
                                     struct moment *ret, struct err *err);

#endif
