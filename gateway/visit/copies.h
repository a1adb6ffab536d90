/*
 * copies: everybody has their own copy of a visit (gateway/visit/copy): given, and brought up to date by the clock whenever the visit changes.
 *
 *            not asked yet ── roster ──→ invited, SEQUENCE 0 ── the visit changed ──→ told again, SEQUENCE + 1 ──→ taken back (CANCEL)
 *                                             ↑                                                                       │ came back to the group
 *                                             └───────────────────────────────────────────────────────────────────────┘
 *
 * Who      Active patients and caregivers of the group (with the visit's tag), by email, or by text where that is their channel (words alone); host,
 *          co-host and speaker: who is down twice is the first of these, and who takes another part keeps the copy and hears of the part.
 * When     COPIES_AHEAD_DAYS before the start (`practice set visit-invite-days`), a single visit at once; daily until it begins, for who joined
 *          meanwhile.
 * Rules    On a move whoever said yes or maybe, or nothing, is asked again; who said no once. A change of anything else is told to all but them; to
 *          them when they come after all. Who was asked is told of changes though they pause or lose the tag. Who left is told that the date is
 *          taken out of their calendar; who may not be written to any more (STOP, death) is told nothing.
 * Errors   Those of the store. That one person cannot be written to is none.
 * State    Needs an open transaction; a batch at a time.
 */
#ifndef GATEWAY_VISIT_COPIES_H
#define GATEWAY_VISIT_COPIES_H

#include "gateway/practice/gate.h"
#include "store/membership.h"
#include "store/visit.h"

#define COPIES_AHEAD_DAYS 14

/* For the clock, JOB_VISIT_COPIES. */
MUST_CHECK enum rc copies_run(struct gate *gate, struct visit_id id, struct err *err);
/* What is ahead for a membership that has ended. */
MUST_CHECK enum rc copies_leave(struct gate *gate, struct membership_id membership, struct err *err);

#endif
