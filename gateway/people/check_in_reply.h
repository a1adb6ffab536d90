/*
 * check_in_reply: what a member answers to a check-in letter.
 *
 *            a number, yes or no, words   kept, and their own answers back (check_in_answer)
 *            several, another unit        asked back; nothing is converted or guessed
 *            not plausible                asked back, and staff get it: a slip, or a reason to look
 *            beyond the limits of a look  kept; staff are asked to look; the letter back is the same as for every value
 *            more than the answer         staff get the words, in private (gateway/say/talk); never the group
 *            SKIP · STOP CHECKIN          not this time · asked no more
 *
 * Rule     A letter that answers a check-in letter is never held for the group, whatever it says and whoever sent it: without proof of its writer staff
 *          alone hear of it. Triage has read it before, like every letter.
 * Errors   Those of the store.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_PEOPLE_CHECK_IN_REPLY_H
#define GATEWAY_PEOPLE_CHECK_IN_REPLY_H

#include "gateway/note/sorting.h"
#include "gateway/people/check_in.h"
#include "inbound/command.h"

/* Whether the letter answers a check-in letter. */
bool check_in_is_reply(const struct sorting *s);
/* command: what the whole text is, if it is one. Sets s->outcome; leaves it 0 for an empty text and for other commands. */
MUST_CHECK enum rc check_in_reply(struct sorting *s, const struct command *command, struct err *err);

/* STOP CHECKIN in answer to anything else, and CHECKIN: of all check-ins of the member's group. */
struct check_in_caller {
    struct check_in_seat seat;
    struct group_id group;
    const char *in_reply_to;
};
MUST_CHECK enum rc check_in_stop_all(struct gate *gate, const struct check_in_caller *caller, struct err *err);
MUST_CHECK enum rc check_in_again(struct gate *gate, const struct check_in_caller *caller, struct err *err);

#endif
