/*
 * unanswered: a member's note that opened a talk and that nobody has answered for 48 hours: staff are asked about it.
 *
 * Shape    unanswered_watch at its release sets JOB_UNANSWERED; the clock looks 48 h later. A note with another post in its talk, or taken back, or
 *          of a group that has ended, is passed over.
 * Rule     One letter for one note, in office hours, to the first on duty; at most one a day goes to a person, the next note waits for the next day.
 *          It asks once. It holds the note's words, which the group has read; it publishes nothing.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_NOTE_UNANSWERED_H
#define GATEWAY_NOTE_UNANSWERED_H

#include "gateway/practice/gate.h"
#include "store/post.h"

#define UNANSWERED_AFTER_MS (48 * MS_HOUR)

MUST_CHECK enum rc unanswered_watch(struct gate *gate, const struct post *post, struct err *err);
/* For the clock. */
MUST_CHECK enum rc unanswered_run(struct gate *gate, struct post_id id, struct err *err);

#endif
