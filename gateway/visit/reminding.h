/*
 * reminding: who comes, may come or has not said is reminded of a visit: usually 3 days, 1 day and 2 hours before it.
 *
 * Who      Everybody invited who did not say no; who waits for a place is not reminded. Who has not answered for the time that holds is asked again.
 * Once     Each reminder of one time goes to one person once, whatever is started again (store/visit_record).
 * Age      Only the last reminder whose time has come goes out: one whose successor is due too makes no sense any more, and nothing goes out after the start.
 * Just now Who was told of the visit (asked, or of a change) less than REMINDING_REST_MS before needs no reminder: it does not go, unless it is the last
 *          one, which is for the day itself, or the one of the day before, which asks something.
 * Night    One that falls into the reader's night (visit/awake) waits for its end, if that is still half an hour before the visit; else it goes at once. By text, where none is left half an hour before the visit, it does not go at all.
 * Place    The one of the day before asks where they will be, however late it goes: staff see the answer to that very letter, nobody else.
 * Errors   RC_INPUT  reminding_parse: not of its form      Else those of the store.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_VISIT_REMINDING_H
#define GATEWAY_VISIT_REMINDING_H

#include "gateway/practice/gate.h"
#include "store/visit_seat.h"

#define REMINDING_USUAL "3d 1d 2h"
#define REMINDING_MAX 5
#define REMINDING_REST_MS (12 * MS_HOUR)

/* Minutes before the start, longest first; count 0: none ("off"). */
struct reminding_offsets {
    int64_t minutes[REMINDING_MAX];
    size_t count;
};

/* "3d 1d 2h", "off" */
MUST_CHECK enum rc reminding_parse(const char *text, struct reminding_offsets *ret, struct err *err);
/* For the clock, JOB_VISIT_REMIND. */
MUST_CHECK enum rc reminding_run(struct gate *gate, struct visit_id id, struct err *err);
/* Sets the next one; after the visit was planned or moved. */
MUST_CHECK enum rc reminding_set(struct gate *gate, const struct visit *visit, struct err *err);
/* Whether the last reminder asks where they will be: the one between 12 and 36 hours before. */
bool reminding_is_day_before(int64_t minutes);

#endif
