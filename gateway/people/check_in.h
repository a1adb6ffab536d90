/*
 * check_in: private check-ins by reply: staff ask members one question, day by day; each answers alone and gets their own answers back.
 *
 *            check_in_plan ── the clock, at its hour ── a new round ─┬─ "Do you want to?" (check_in_ask) to whom was not asked: YES, SKIP, STOP CHECKIN
 *                                   ↑                              └─ the question (check_in) to whom takes part
 *                                   └── the round before is closed, once: totals (gateway/people/check_in_totals)
 *            gateway/people/check_in_reply takes the answers: kept, asked back, given to staff
 *            check_in_finish, or the group ends: asked no more
 *
 * Rule     Nothing goes to a member who has not said yes but the question whether they want to, and that twice at most, CHECK_IN_AGAIN_MS apart.
 *          An answer goes to nobody but its author and staff. It counts in the round that is open when it comes, so that a round that is closed
 *          never changes again. Totals are of a whole group and a closed round, from CHECK_IN_FLOOR people on.
 *          No rule here judges a value for its author: what a letter says is the same for every value.
 * Units    As in store/check_in.
 * Errors   RC_INPUT      check_in_plan: what is wrong, for whoever set it up
 *          RC_NOT_FOUND  no such check-in
 *          RC_CONFLICT   check_in_finish: it has ended
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_PEOPLE_CHECK_IN_H
#define GATEWAY_PEOPLE_CHECK_IN_H

#include "gateway/practice/gate.h"
#include "store/audit.h"
#include "store/check_in.h"
#include "store/group.h"
#include "store/membership.h"

#define CHECK_IN_ASKS_MAX 2
#define CHECK_IN_AGAIN_MS (7 * MS_DAY)
#define CHECK_IN_QUESTION_CHARS 200
#define CHECK_IN_UNIT_CHARS 20

/* Fills c->id. The limits of a scale are 0 and 10. */
MUST_CHECK enum rc check_in_plan(struct gate *gate, const struct audit_who *who, struct check_in *c, struct err *err);
/* The same checks, and nothing done. */
MUST_CHECK enum rc check_in_check(struct gate *gate, struct check_in *c, struct err *err);
MUST_CHECK enum rc check_in_finish(struct gate *gate, const struct audit_who *who, struct check_in_id id,
                                   struct err *err);
/* "daily", "weekdays", "Tue", "Mon, Wed-Fri", in Spanish too: *ret_days as in store/check_in. */
MUST_CHECK enum rc check_in_read_days(const char *text, int64_t *ret_days, struct err *err);
/* The next asking after after_ms. */
MUST_CHECK enum rc check_in_next(const struct check_in *c, const char *zone, int64_t after_ms, int64_t *ret_ms,
                                 struct err *err);
/* For the clock, JOB_CHECK_IN: asks; a batch at a time. */
MUST_CHECK enum rc check_in_run(struct gate *gate, struct check_in_id id, struct err *err);

/* One letter to one member. */
struct check_in_seat {
    struct person_id person;
    struct membership_id membership;
    enum person_language language;
};
/* The question itself; is_first: they have just said yes. RC_NOT_FOUND: they cannot be written to. */
MUST_CHECK enum rc check_in_send(struct gate *gate, const struct check_in *c, const struct check_in_round *round,
                                 const struct check_in_seat *seat, bool is_first, struct err *err);
/* "Do you want to take part?"; counted. */
MUST_CHECK enum rc check_in_ask(struct gate *gate, const struct check_in *c, const struct check_in_seat *seat,
                                int64_t asks, struct err *err);
/* Takes part or not: stored and audited. */
MUST_CHECK enum rc check_in_choose(struct gate *gate, const struct check_in *c, const struct check_in_seat *seat,
                                   enum check_in_part part, struct err *err);

#endif
