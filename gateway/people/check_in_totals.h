/*
 * check_in_totals: what a group may know of its check-in: of a closed round, in round numbers, from five people on, and after a moderator's OK.
 *
 * Rule     Nobody can be computed out of totals by subtraction:
 *            - they are of the whole group, never of a part of it (check_in_plan)
 *            - they are made once, when a round closes; no answer that comes later changes them, and none are told of an open round
 *            - under CHECK_IN_FLOOR people none are told, nor when all said the same: then the total is each one's answer
 *            - an average is told to two digits, shares to a tenth: whoever joins or stops between two rounds moves them by less than that
 *              hides among the others' changes; the lowest and the highest are somebody's, and never told
 * Errors   Those of the store.
 * State    check_in_totals_offer needs an open transaction.
 */
#ifndef GATEWAY_PEOPLE_CHECK_IN_TOTALS_H
#define GATEWAY_PEOPLE_CHECK_IN_TOTALS_H

#include "gateway/practice/gate.h"
#include "store/check_in.h"

#define CHECK_IN_FLOOR 5

/* The totals of n answers (thousandths) as a sentence; NULL: they are not told. */
const char *check_in_totals_text(const struct check_in *c, const int64_t *values, size_t n,
                                 enum person_language language, struct arena *mem);
/* A draft for the group, which waits for a moderator like every note; nothing when there is nothing to tell. */
MUST_CHECK enum rc check_in_totals_offer(struct gate *gate, const struct check_in *c, struct check_round_id round,
                                         struct err *err);

#endif
