/*
 * planner: sets visits up, moves and cancels them, and makes the visits of a series some weeks ahead.
 *
 * Shape    A plan is checked before anything is written: title, zone, length, link, staff. What is unwise is done and said: a planner_warning each, with
 *          its line in English for the terminal; letters say it in the reader's words (templates, visit_desk). So why: what stood in the way.
 * Units    Local day and minute in the plan's zone; UTC milliseconds (start_ms).
 * Owns     Warnings and results live in mem.
 * Errors   RC_INPUT      a plan that cannot be (err says what); a time that is past, unless may_be_past
 *          RC_NOT_FOUND  no such group, person, zone
 *          RC_CONFLICT   cancelled or over already, or changed by somebody meanwhile
 * State    Everything but planner_check needs an open transaction; the audit row is written in it.
 * Rules    Two visits at once of one group, or with one person of staff in both, are a warning, of each visit that is made of a series too. A visit of a series that is moved keeps its day by
 *          the rule, so it is not made again; one that is cancelled neither.
 */
#ifndef GATEWAY_VISIT_PLANNER_H
#define GATEWAY_VISIT_PLANNER_H

#include "gateway/practice/gate.h"
#include "store/audit.h"
#include "store/visit.h"

#define PLANNER_WARNINGS_MAX 8
#define PLANNER_AHEAD_DAYS 60
#define PLANNER_TITLE_MAX 120
#define PLANNER_NOTES_MAX 2000
#define PLANNER_QUESTIONS_MAX 5
#define PLANNER_CAPACITY_MAX 500

enum planner_unwise {
    PLANNER_SAME_GROUP, /* another visit at that time: number, ms */
    PLANNER_SAME_STAFF, /* likewise */
    PLANNER_AT_NIGHT,   /* hour, minute */
    PLANNER_NO_HOST,
    PLANNER_IS_PAST,
    PLANNER_SKIPPED_HOUR, /* of planner_add and planner_add_series alone: the clocks leave that hour out */
    PLANNER_NO_TAG        /* likewise, and of planner_change: nobody in the group has the tag */
};
struct planner_warning {
    enum planner_unwise what;
    const char *line; /* in English */
    int64_t number, ms;
    const char *zone;
    int hour, minute;
};
struct planner_warnings {
    struct planner_warning v[PLANNER_WARNINGS_MAX];
    size_t n, more; /* more: that found no room */
};

/* Of what a plan that was right once can run into. */
enum planner_why {
    PLANNER_WHY_OTHER, /* err alone says it */
    PLANNER_WHY_PAST,
    PLANNER_WHY_SAME_TIME,
    PLANNER_WHY_CANCELLED,
    PLANNER_WHY_OVER,
    PLANNER_WHY_GROUP_OVER,
    PLANNER_WHY_STAFF,
    PLANNER_WHY_NO_ZOOM,
    PLANNER_WHY_BEGUN
};

struct planner {
    struct gate *gate;
    const struct audit_who *who;
    struct arena *mem;
    struct planner_warnings warnings;
    enum planner_why why; /* after RC_INPUT or RC_CONFLICT */
    bool may_be_past;     /* write it down although it has been */
};

/* What stands in the way of the plan at that time, or is unwise; except: this visit itself. */
MUST_CHECK enum rc planner_check(struct planner *p, const struct visit_plan *plan, int64_t start_ms,
                                 struct visit_id except, struct err *err);
/* plan->day and minute say when. One that may be past, and is, is over at once, with its members on the roster (visit/backfill). */
MUST_CHECK enum rc planner_add(struct planner *p, const struct visit_plan *plan, struct visit *ret, struct err *err);
/* days may be NULL. *ret_made: how many visits there are of it now. */
MUST_CHECK enum rc planner_add_series(struct planner *p, struct visit_series *series,
                                      const struct visit_series_day *days, size_t n, size_t *ret_made, struct err *err);
MUST_CHECK enum rc planner_move(struct planner *p, struct visit *visit, int64_t start_ms, struct err *err);
/* Everything but its time: visit->plan is what it is to be. Members hear of what they see (visit/plan_change); nothing is written where all is as it was. */
MUST_CHECK enum rc planner_change(struct planner *p, struct visit *visit, struct err *err);
/* One that has begun cannot be: nobody would hear of it in time. */
MUST_CHECK enum rc planner_cancel(struct planner *p, struct visit *visit, struct err *err);
/* Its coming visits are cancelled, and no more are made. */
MUST_CHECK enum rc planner_end_series(struct planner *p, struct visit_series_id series, struct err *err);

/* The group ends: its series end, and what is ahead is cancelled; everybody who was asked hears of it. */
MUST_CHECK enum rc planner_end_group(struct planner *p, struct group_id group, struct err *err);

/* For the clock, JOB_VISITS: makes the visits of the coming weeks, and derives their times again where tzdata has changed. */
MUST_CHECK enum rc planner_run_day(struct gate *gate, struct err *err);

/* "2026-03-03 14:00", "Tue 2pm", or a time alone, which is meant of `day` (a civil day; 0: none). RC_INPUT. */
MUST_CHECK enum rc planner_read_when(const struct gate *gate, const char *text, const char *zone, int64_t day,
                                     int64_t *ret_ms, struct err *err);

#endif
