/*
 * plan_check: what a plan of a visit must be, and what is unwise about it.
 *
 * Shape    Looked at before anything is written: title, zone, length, link, staff. What is unwise is done and said: a planner_warning each, with
 *          its line in English for the terminal; letters say it in the reader's words (templates, visit_desk). So why: what stood in the way.
 * Units    UTC milliseconds (start_ms); minutes of a day.
 * Owns     Warnings live in mem.
 * Errors   RC_INPUT      a plan that cannot be (err says what); a time that is past, unless may_be_past
 *          RC_NOT_FOUND  no such group, person, zone
 * State    Reads only.
 * Rules    Two visits at once of one group, or with one person of staff in both, are a warning. So is an hour that the clocks skip or repeat that day.
 */
#ifndef GATEWAY_VISIT_PLAN_CHECK_H
#define GATEWAY_VISIT_PLAN_CHECK_H

#include "gateway/practice/gate.h"
#include "store/audit.h"
#include "store/visit.h"

#define PLANNER_WARNINGS_MAX 8
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
    PLANNER_SKIPPED_HOUR, /* hour, minute as written: the clocks leave them out */
    PLANNER_HOUR_TWICE,   /* likewise: they come twice */
    PLANNER_NO_TAG,       /* nobody in the group has the tag */
    PLANNER_IS_FAR,       /* over a year ahead: perhaps a slip */
    PLANNER_NO_SKIP,      /* a day that is left out, and was none of the series */
    PLANNER_UNWISE_COUNT
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

/* What stands in the way of the plan at that time, or is unwise; except: this visit itself. Forgets the warnings of before. */
MUST_CHECK enum rc plan_check(struct planner *p, const struct visit_plan *plan, int64_t start_ms,
                              struct visit_id except, struct err *err);
/* Its parts, which add to the warnings but for the first. All but what else is at that time: */
MUST_CHECK enum rc plan_check_alone(struct planner *p, const struct visit_plan *plan, int64_t start_ms,
                                    struct err *err);
/* What is at that time. which: the one of a series that is meant, as "visit 7 (Thursday, March 5, 2:00 PM): ", or "". */
MUST_CHECK enum rc plan_check_conflicts(struct planner *p, const struct visit_plan *plan, int64_t start_ms,
                                        struct visit_id except, const char *which, struct err *err);
/* minute of the day: as it was written, of which start_ms was made. */
MUST_CHECK enum rc plan_check_clocks(struct planner *p, const char *zone, int minute, int64_t start_ms,
                                     struct err *err);
MUST_CHECK enum rc plan_check_tag(struct planner *p, const struct visit_plan *plan, struct err *err);

/* Those of planner_series. */
void plan_check_note(struct planner *p, enum planner_unwise what, const char *line);
/* What stood in the way, for letters too; gives rc back. */
enum rc plan_check_because(struct planner *p, enum planner_why why, enum rc rc);
/* "Thursday, March 5, 2:00 PM", there */
const char *plan_check_when(const struct planner *p, const struct visit *v);

#endif
