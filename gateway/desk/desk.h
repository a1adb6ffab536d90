/*
 * desk: what staff write to us: decisions in answer to review mails, SEND, PRIVATE, CLAIM and DONE, announcements.
 *
 * Rule     Acts only with a staff token and dmarc=pass of that staff member's own address (sender_may, SENDER_DECIDE); the sorter asks first.
 *          A decision acts only if the whole new text is one (inbound/decision); otherwise nothing happens and we ask back.
 * Errors   only those of the store: a wrong decision is answered to the staff member and is a success here
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_DESK_DESK_H
#define GATEWAY_DESK_DESK_H

#include "gateway/note/sender.h"
#include "gateway/triage/triage.h"

struct desk_letter {
    struct arrival_id arrival;
    const struct letter *letter;
    const struct sender *sender; /* a staff member, proved */
    const char *const *names;
    const struct triage_result *triage; /* against the group that the letter answers; none for the desk itself */
    const struct triage_lexicon *lexicon;
};

/* Answers to review mails (TOKEN_REVIEW) and desk mails (TOKEN_DESK). */
MUST_CHECK enum rc desk_take(struct gate *gate, const struct desk_letter *in, struct arena *mem,
                             enum letter_outcome *ret_outcome, struct err *err);
/* CLAIM, PASS or DONE and nothing more, in answer to the letters about an alarm. */
bool desk_is_claim(const struct desk_letter *in, struct arena *mem);
/* What the words are, whoever wrote them. */
enum desk_words { DESK_NO_WORDS, DESK_DECISION, DESK_ANNOUNCEMENT };
enum desk_words desk_words_of(const struct letter *letter, const char *const *names, struct arena *mem);

#endif
