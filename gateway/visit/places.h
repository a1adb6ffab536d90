/*
 * places: who has a place in a visit that has a limit, who waits for one, and until when an offered one is kept.
 *
 *            YES ──┬─ a place is free ──→ has a place
 *                  └─ none is ──→ waits ── one is free ──→ offered (a letter, with an end) ──┬─ YES ──→ has a place
 *                                    ↑                                                       └─ the end ──→ none, told; the next one
 *            NO, MAYBE, leaving ──→ none; a place that is free is offered to who waits longest
 *
 * Rules    An offer is kept for PLACES_HOURS, but at most for half of what is left until the visit, both counted from when its reader may read it (visit/awake): one that is
 *          made at night does not run out unread, unless they wake less than an hour before the visit. Offered places count as taken.
 * Errors   Those of the store.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_VISIT_PLACES_H
#define GATEWAY_VISIT_PLACES_H

#include "gateway/practice/gate.h"
#include "store/visit_seat.h"

#define PLACES_HOURS 24

/* Sets seat->place for somebody who said yes; the caller writes the seat. */
MUST_CHECK enum rc places_want(struct gate *gate, const struct visit *visit, struct visit_seat *seat, struct err *err);
/* For the clock, JOB_VISIT_PLACES, and after somebody gave theirs back: takes back what was offered too long, and offers what is free. */
MUST_CHECK enum rc places_run(struct gate *gate, struct visit_id id, struct err *err);

#endif
