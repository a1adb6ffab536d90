/*
 * clock_work: everything of one practice that is due by the clock.
 *
 * Shape    In this order, so that two runs over the same rows do the same: reminders to staff, lost leases, pauses that end, invitations to
 *          repeat, questions that give up, named jobs (store/due), issues that close, fan-outs to go on with.
 *              job                 when            does
 *              JOB_REVIEW_LIST     as set          one list mail to the person on duty
 *              JOB_NOT_ANSWERED    as set          "please call" list
 *              JOB_GROUP_END       its last day    ends the group
 *              JOB_GOODBYE         as set          closing letters of a group that has ended, a batch at a time
 *              JOB_AUDIT_HEAD 0    every hour      logs the head of the audit chain; 1: every week, mails it to staff
 *              JOB_UNANSWERED      48 h later      asks staff about a note without an answer (gateway/note/unanswered)
 *              JOB_POLL            as set          closes a poll (gateway/note/poll)
 *              JOB_TOPIC           on its date     publishes a topic that has its OK (gateway/note/topic)
 *              JOB_TEST_PAGE       every week      raises the test of the calls (gateway/duty/test_page)
 *              JOB_FOLLOW_UP       the next day    asks staff to look after whom an alarm was about (gateway/duty/follow_up)
 *              JOB_PURGE           every day       retention (DESIGN.md section 4, Retention)
 *          Alarms are the urgent role's (gateway/duty/urgent_work).
 * Errors   The first one that failed; the other parts were worked on all the same.
 * State    Opens its own transactions; none may be open.
 */
#ifndef GATEWAY_SERVE_CLOCK_WORK_H
#define GATEWAY_SERVE_CLOCK_WORK_H

#include "gateway/practice/gate.h"
#include "store/retention.h"

#define CLOCK_DELIVERIES_KEPT_MS (396 * MS_DAY) /* 13 months */
#define CLOCK_REPEATS_KEPT_MS (30 * MS_DAY)
#define CLOCK_RECORD_KEPT_MS (2192 * MS_DAY) /* six years: 45 CFR 164.316(b)(2)(i) */
#define CLOCK_ARRIVALS_KEPT_DAYS 30          /* unless the practice set retention-days */

/* Retention, in batches of their own transactions; a dry run only counts (the first 100,000 rows of a kind). Adds to *counts. */
MUST_CHECK enum rc clock_purge(struct gate *gate, bool is_dry, struct retention_counts *counts, struct err *err);
/* Sets the standing jobs where they are missing: once when a gate was opened. */
MUST_CHECK enum rc clock_begin(struct gate *gate, struct err *err);
/* ret_did counts what was done; call again while it is not 0. */
MUST_CHECK enum rc clock_work(struct gate *gate, size_t *ret_did, struct err *err);

#endif
