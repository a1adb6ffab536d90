/*
 * afterwards: a visit has ended: its host is asked who came and what people should remember, and whoever missed it hears of the next one.
 *
 *            the end ── afterwards_run ──→ visit_after to the host, with the numbers of the roster
 *                 "1 2 5", "all but 3" ── gateway/desk/visit_desk ──→ attendance; afterwards_missed
 *                 "RECAP: …"           ── the same way as TOPIC: shown first, released by SEND
 *
 * Rule     "We missed you" goes once to a member who had said yes or maybe and was marked as missed, within AFTERWARDS_DAYS of the visit.
 * Errors   Those of the store.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_VISIT_AFTERWARDS_H
#define GATEWAY_VISIT_AFTERWARDS_H

#include "gateway/practice/gate.h"
#include "store/visit_seat.h"

#define AFTERWARDS_DAYS 3

/* For the clock, JOB_VISIT_AFTER. */
MUST_CHECK enum rc afterwards_run(struct gate *gate, struct visit_id id, struct err *err);
/* Writes to whoever was asked and the roster has as missed by now. */
MUST_CHECK enum rc afterwards_missed(struct gate *gate, const struct visit *visit, struct err *err);

#endif
