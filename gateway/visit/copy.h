/*
 * copy: one person's own copy of a visit: a mail, or a text where that is their channel, with a calendar object of which they are the one attendee.
 *
 * Rules    The way to join is in a member's copy once they have agreed that what is said there stays there; host, co-host and speaker read no
 *          patient's name. Members with the tag no-calendar get words alone. A copy takes the place of older ones and of reminders that wait;
 *          letters of other kinds still go. The seat is written: SEQUENCE raised, what was told, and how it stands.
 * Owns     ret's texts live in mem, and ret must stay where it is.
 * Errors   Those of the store. That somebody cannot be written to is none.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_VISIT_COPY_H
#define GATEWAY_VISIT_COPY_H

#include "gateway/practice/gate.h"
#include "schedules/invitation.h"
#include "store/visit_seat.h"

#define COPY_WORDS_ONLY_TAG "no-calendar"

enum copy_why { COPY_NEW, COPY_CHANGED, COPY_LINK, COPY_BACK, COPY_LEFT };

/* One copy, now. */
MUST_CHECK enum rc copy_tell(struct gate *gate, const struct visit *visit, struct visit_seat *seat, enum copy_why why,
                             struct err *err);
/* Taken back without a word: nothing of it that waits goes out. */
MUST_CHECK enum rc copy_drop(struct gate *gate, struct visit_seat *seat, struct err *err);
/* The object alone, for a letter of another kind: takes the date out of their calendar (is_back), or puts it there again. RC_NOT_FOUND: they have it
 * in none (no letter yet, no-calendar, texts that reach them). */
struct copy_object {
    struct invitation_copy invitation;
    struct visit_time time;
};
MUST_CHECK enum rc copy_object(struct gate *gate, const struct visit *visit, struct visit_seat *seat, bool is_back,
                               struct arena *mem, struct copy_object *ret, struct err *err);

#endif
