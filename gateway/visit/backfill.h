/*
 * backfill: the seats of a visit that is written down after it has been, so that who came can be marked.
 *
 * Who      Whoever would be asked today: active patients and caregivers of the group, with the visit's tag. Nobody is written to.
 * Errors   Those of the store.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_VISIT_BACKFILL_H
#define GATEWAY_VISIT_BACKFILL_H

#include "gateway/practice/gate.h"
#include "store/visit.h"

MUST_CHECK enum rc backfill_seats(struct gate *gate, const struct visit *visit, struct err *err);

#endif
