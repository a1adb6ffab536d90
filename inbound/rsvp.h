/*
 * rsvp: what somebody answers to "Can you come?", with whatever they write around it.
 *
 * Rule     The text is read clause by clause ("yes but I will be late", "No problem, I'll be there"). What all clauses that say something agree on is
 *          the answer; where they do not agree it is RSVP_UNCLEAR, and a person reads it. A polite wish before a refusal ("I would love to, but I
 *          can't") counts for nothing. I AGREE is told beside the answer. Only in answer to a mail about a visit: elsewhere the same words are a note.
 * State    None.
 */
#ifndef INBOUND_RSVP_H
#define INBOUND_RSVP_H

#include "base/arena.h"
#include "base/err.h"

enum rsvp_answer { RSVP_NOTHING, RSVP_YES, RSVP_NO, RSVP_MAYBE, RSVP_UNCLEAR };

struct rsvp {
    enum rsvp_answer answer;
    bool agrees;
    bool has_words; /* more than the answer: staff read it */
};

/* names as in words_core. "1" and "2" are yes and no, as texts have it. */
struct rsvp rsvp_read(const char *text, const char *const *names, struct arena *mem);
/* "nothing", "yes", "no", "maybe", "unclear" */
const char *rsvp_name(enum rsvp_answer answer);

#endif
