/*
 * answer: YES, NO, MAYBE and I AGREE, in answer to an invitation or a question.
 *
 * Rule     The whole text, less courtesy and signature (words_core), is one or more phrases that say the same: "Yes, sure!", "Sí, claro",
 *          "ok, count me in". Anything more is OTHER and goes to a person: "Yes but who sees my name?", "No problem, sign me up",
 *          "yes. Is it free?". A question mark is always OTHER. I AGREE (also after a yes) is AGREE; to an invitation it counts as a yes.
 * State    None.
 */
#ifndef INBOUND_ANSWER_H
#define INBOUND_ANSWER_H

#include "base/arena.h"
#include "inbound/words.h"

enum answer { ANSWER_OTHER, ANSWER_YES, ANSWER_NO, ANSWER_MAYBE, ANSWER_AGREE };

/* names as in words_core. */
enum answer answer_read(const char *text, const char *const *names, struct arena *mem);
/* How many tokens at the start are one phrase of these, and which answer it is; 0: none. For who reads more than an answer. */
size_t answer_at(const struct words_token *v, size_t count, enum answer *ret_answer);
/* "other", "yes", "no", "maybe", "agree" */
const char *answer_name(enum answer answer);

#endif
