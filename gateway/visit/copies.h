/*
 * copies: everybody's own copy of a visit: an invitation by mail with a calendar object, brought up to date by the clock whenever the visit changes.
 *
 *            not asked yet ── roster ──→ invited, SEQUENCE 0 ── the visit changed ──→ told again, SEQUENCE + 1 ──→ taken back (CANCEL)
 *                                             ↑                                                                       │ came back to the group
 *                                             └───────────────────────────────────────────────────────────────────────┘
 *
 * Who      Active patients and caregivers of the group (with the visit's tag), by email, or by text where that is their channel (words alone); host, co-host and speaker, whose copies name no patient.
 *          The way to join is in a member's copy once they have agreed that what is said there stays there.
 * When     COPIES_AHEAD before the start (`practice set visit-invite-days`), a single visit at once; daily until it begins, for who joined meanwhile.
 *          Of staff, who is down twice is the first of these; who takes another part keeps the copy (UID, SEQUENCE + 1) and hears of the part.
 * Rules    On a move whoever said yes or maybe, or nothing, is asked again; who said no once. A change of anything else is told to all but them; to
 *          them when they come after all. Who was asked is told of changes though they pause or lose the tag. A copy takes the place of older ones and of
 *          reminders that wait; letters of other kinds still go.
 *          Members with the tag no-calendar get words alone. Who left is told that the date is taken out of their calendar; who may not be written
 *          to any more (STOP, death) is told nothing.
 * Errors   Those of the store. That one person cannot be written to is none.
 * State    Needs an open transaction; a batch at a time.
 */
#ifndef GATEWAY_VISIT_COPIES_H
#define GATEWAY_VISIT_COPIES_H

#include "gateway/practice/gate.h"
#include "schedules/invitation.h"
#include "store/membership.h"
#include "store/visit_seat.h"

#define COPIES_AHEAD_DAYS 14
#define COPIES_TAG "no-calendar"

enum copies_why { COPIES_NEW, COPIES_CHANGED, COPIES_LINK, COPIES_BACK, COPIES_LEFT };

/* For the clock, JOB_VISIT_COPIES. */
MUST_CHECK enum rc copies_run(struct gate *gate, struct visit_id id, struct err *err);
/* One copy, now; writes the seat. */
MUST_CHECK enum rc copies_tell(struct gate *gate, const struct visit *visit, struct visit_seat *seat,
                               enum copies_why why, struct err *err);
/* The object alone, SEQUENCE raised, for a letter of another kind: takes the date out of their calendar (is_back), or puts it there again. Writes the seat.
 * RC_NOT_FOUND: they have it in none (no letter yet, no-calendar, texts alone). ret's texts live in mem, and ret must stay where it is. */
struct copies_object {
    struct invitation_copy invitation;
    struct visit_time time;
};
MUST_CHECK enum rc copies_object(struct gate *gate, const struct visit *visit, struct visit_seat *seat, bool is_back,
                                 struct arena *mem, struct copies_object *ret, struct err *err);
/* What is ahead for a membership that has ended. */
MUST_CHECK enum rc copies_leave(struct gate *gate, struct membership_id membership, struct err *err);

#endif
