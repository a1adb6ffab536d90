/*
 * topic_again: topics and announcements that come again by a rule: "What went well?" each Tuesday at nine, until June.
 *
 * Shape    The rule is a row; its dates are those that schedules/series gives in the group's zone, as of a series of visits. ahead_days before a date
 *          the clock drafts it, and it is a topic like any other from then on (gateway/note/topic): a moderator is asked, who may cut or refuse it,
 *          and without an OK of its own no date goes out. What is not drafted yet stands on the lists as a date to come.
 *
 *            rule ── a date comes near ── drafted, a moderator is asked ── OK ── the clock sends it
 *              │         └─ left out (skip): not drafted; drafted already: taken back
 *              ├─ words changed: what is drafted and has not gone is taken back, and drafted and asked about anew
 *              └─ ended by staff, or with the group: what is drafted and has not gone is taken back;
 *                  by its last date, or because its author has left: what is drafted stays with the moderator
 *
 * Units    Civil days and minutes in the group's zone; UTC milliseconds (due_ms).
 * Owns     Results live in mem.
 * Errors   RC_INPUT      no text; a rule that we do not follow; the first date lies behind; a day that is none of the rule's; the group has ended
 *          RC_NOT_FOUND  no such series
 *          RC_CONFLICT   it has ended; that date went out or was left out already
 * State    Needs an open transaction, but topic_again_dates.
 */
#ifndef GATEWAY_NOTE_TOPIC_AGAIN_H
#define GATEWAY_NOTE_TOPIC_AGAIN_H

#include "gateway/practice/gate.h"
#include "store/audit.h"
#include "store/topic_series.h"

#define TOPIC_AGAIN_USUAL_DAYS 7
#define TOPIC_AGAIN_MIN_DAYS 2 /* a moderator has a day at least */
#define TOPIC_AGAIN_MAX_DAYS 28

/* skipped: civil days of the rule that are left out from the start. */
MUST_CHECK enum rc topic_again_add(struct gate *gate, const struct audit_who *who, struct topic_series *s,
                                   const int64_t *skipped, size_t n, struct err *err);
/* Its title, text and flags are *s's from now on. */
MUST_CHECK enum rc topic_again_change(struct gate *gate, const struct audit_who *who, const struct topic_series *s,
                                      struct err *err);
MUST_CHECK enum rc topic_again_skip(struct gate *gate, const struct audit_who *who, struct topic_series_id id,
                                    int64_t day, struct err *err);
MUST_CHECK enum rc topic_again_end(struct gate *gate, const struct audit_who *who, struct topic_series_id id,
                                   struct err *err);
MUST_CHECK enum rc topic_again_end_group(struct gate *gate, const struct audit_who *who, struct group_id group,
                                         struct err *err);
/* For the clock, JOB_TOPIC_SERIES: drafts what comes near. */
MUST_CHECK enum rc topic_again_run(struct gate *gate, struct topic_series_id id, struct err *err);

struct topic_again_date {
    int64_t day, due_ms;
    bool is_left_out;
    struct post_id post; /* 0: not drafted yet */
};
/* Its dates of the coming days, in order; none of one that has ended. */
MUST_CHECK enum rc topic_again_dates(struct gate *gate, const struct topic_series *s, int days, struct arena *mem,
                                     struct topic_again_date **ret, size_t *ret_n, struct err *err);

#endif
