/*
 * calls: a visit that is soon was moved or cancelled, or is joined another way: staff get the list of whom to call, because a letter may be read too late.
 *
 * When     Under CALLS_HOURS ahead of the earlier of both times; or between 21:00 and 8:00 in the visit's zone, when it begins on the coming day.
 * Errors   Those of the store. That nobody of staff can be reached is none here.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_VISIT_CALLS_H
#define GATEWAY_VISIT_CALLS_H

#include "gateway/practice/gate.h"
#include "store/visit.h"

#define CALLS_HOURS 24

/* The way to join it changed. */
MUST_CHECK enum rc calls_offer_link(struct gate *gate, const struct visit *visit, struct err *err);
/* visit as it is now; was_ms: when it was to begin. */
MUST_CHECK enum rc calls_offer(struct gate *gate, const struct visit *visit, int64_t was_ms, struct err *err);

#endif
