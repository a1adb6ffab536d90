/*
 * planner_series: sets up series of visits, makes the visits of the coming weeks, and ends them.
 *
 * Units    Local day and minute in the plan's zone.
 * Errors   RC_INPUT, RC_NOT_FOUND  those of visit/plan_check; a rule that cannot be
 *          RC_CONFLICT             changed by somebody meanwhile
 * State    Needs an open transaction; the audit rows are written in it.
 * Rules    Each visit that is made is looked at (visit/plan_check). One that is moved keeps its day by the rule, so it is not made again; one that is
 *          cancelled neither.
 */
#ifndef GATEWAY_VISIT_PLANNER_SERIES_H
#define GATEWAY_VISIT_PLANNER_SERIES_H

#include "gateway/visit/planner.h"

#define PLANNER_AHEAD_DAYS 60

/* days may be NULL. *ret_made: how many visits there are of it now. */
MUST_CHECK enum rc planner_add_series(struct planner *p, struct visit_series *series,
                                      const struct visit_series_day *days, size_t n, size_t *ret_made, struct err *err);
/* Its coming visits are cancelled, and no more are made. */
MUST_CHECK enum rc planner_end_series(struct planner *p, struct visit_series_id series, struct err *err);

/* The group ends: its series end, and what is ahead is cancelled; everybody who was asked hears of it. */
MUST_CHECK enum rc planner_end_group(struct planner *p, struct group_id group, struct err *err);

/* For the clock, JOB_VISITS: makes the visits of the coming weeks, and derives their times again where tzdata has changed. */
MUST_CHECK enum rc planner_run_day(struct gate *gate, struct err *err);

#endif
