/*
 * reply: the new words of a letter: what the sender wrote, without what was quoted, attributed, signed or sent along.
 *
 * Shape    Lines in; text, segments and what was taken away out. Top, bottom and interleaved writing; forwarded mail.
 * Rule     A leaked quotation is a blemish, a lost sentence is a fault. Where cutting would leave nothing, or guesses would take most
 *          of what stands unquoted, the whole is kept and a warning says so ("kept_whole"). Only where marks or structure prove that
 *          all of it is older mail, or a phone's footer, is the text empty ("only_quoted"). What becomes of a line: plan.h.
 * Owns     The results live in the body's arena.
 * Errors   None.
 * State    None.
 */
#ifndef INBOUND_REPLY_H
#define INBOUND_REPLY_H

#include "inbound/body.h"

struct reply {
    const char *text, *trimmed;
    const struct letter_segment *segments;
    size_t segment_count;
    bool is_forwarded;   /* a whole message was passed on */
    bool has_quote;      /* something older stood below, above or between */
    bool is_kept_whole;  /* nothing was cut although it looked like it */
    bool is_only_quoted; /* nothing new, and certainly so: marks or structure under an attribution */
};

void reply_read(struct body *body, struct reply *ret_reply);

/* Takes away of the letter's text and segments whatever is ours: runs of words of the message that we sent to that person,
 * re-wrapped or not, quoted or not. A line with words of the sender's own among them stays. When nothing remains the kind
 * becomes LETTER_EMPTY unless there are attachments. Where older mail was cut off as a whole and words stand in it below ours that are not ours, the
 * warning "answers_below" says so; they become segments of their own, with our lines above each as quoted, when at least as many lines
 * below are ours; else they stay in trimmed, where moderators and triage see them. */
void reply_trim_ours(struct letter *letter, const char *ours, struct arena *mem);

#define REPLY_EARLIER_MAX 4 /* letters that a sender's signature is learned from */

/* Takes the sender's signature away: lines at the end that stand in two of their earlier letters (whole bodies) word for word, with a name or
 * a way to reach somebody among them. The name stays, what is below it goes to trimmed; never all of the last stretch. */
void reply_trim_tail(struct letter *letter, const char *const *earlier, size_t count, struct arena *mem);

#endif
