/*
 * answering: an answer to "Can you come?", whichever way it came, into one place; and what is said back, in words.
 *
 * Shape    Every answer is kept (visit_rsvp); the newest one for the time that holds counts. Words beside it go to staff in private (gateway/say/talk).
 *            to a copy from before it moved    "It moved to 3 PM. Still good?"; kept as an answer to the old time, and never in place of one to the new
 *            said before one that came     a calendar's, by its DTSTAMP: kept, and what holds is said back
 *            after its start, cancelled        kept, said so; changes nothing
 *            YES without I AGREE               counts, keeps a place, and is asked for I AGREE; the way to join comes with it, for every visit they were asked to
 *            YES, and all places are taken     waits (gateway/visit/places)
 *            NO in words                       its letter takes the date out of their calendar (METHOD:CANCEL), where a click has not; YES or MAYBE puts it back
 *            not clear                         staff have the words, and it is asked again
 * Way      What is said back goes the way that the answer came: who has both and answers by text has a text. It is a letter too where their calendar changes.
 * Loops    What is said back goes at most five times a day about one visit, but for letters that change their calendar; what was answered counts all the
 *          same.
 * Errors   Those of the store.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_VISIT_ANSWERING_H
#define GATEWAY_VISIT_ANSWERING_H

#include "gateway/practice/gate.h"
#include "inbound/rsvp.h"
#include "store/visit_seat.h"

#define AGREEMENT_TEXT_VERSION "2026-11-22" /* of templates/en/_visit_answer_how.md: raise it with the words */

struct answering {
    struct visit_seat *seat;
    enum visit_way way;
    struct rsvp said;
    bool asks_other_time;  /* a calendar's COUNTER */
    int64_t asked_ms;      /* that time; 0: not told */
    int64_t sequence;      /* of the copy that was answered */
    int64_t said_ms;       /* a calendar's DTSTAMP; 0: not told */
    bool is_old;           /* that copy told another time than the newest */
    bool is_other_address; /* written from an address that is not theirs: noted, and no words of it taken for theirs */
    bool is_where;         /* it answers "Where will you be?": the words are kept beside the seat, for staff */
    const char *words;     /* what they wrote beside it; NULL */
    int64_t letter;        /* arrival; 0 */
    int64_t text;          /* text_in; 0 */
    struct address_id phone; /* from which it was texted; 0 */
    const char *in_reply_to; /* NULL */
};

MUST_CHECK enum rc answering_take(struct gate *gate, const struct answering *in, struct err *err);
/* The host's, co-host's or speaker's: kept, and staff hear of it. */
MUST_CHECK enum rc answering_take_staff(struct gate *gate, const struct answering *in, struct err *err);
/* "We gave your words to the care team", and nothing else. */
MUST_CHECK enum rc answering_thank(struct gate *gate, const struct answering *in, struct err *err);

#endif
