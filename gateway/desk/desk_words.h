/*
 * desk_words: the desk by mail: what staff want shown is shown; what they want done is shown first, and done by SEND.
 *
 *            INVITE, AGAIN, PAUSE, RESUME, REMOVE, RULES: …, HOURS: …, DUTY: …, TOPIC: …
 *               └─ several of that name, or groups ── asked back with numbers ── "2" ─┐
 *               └─ what stands in the way ── told, nothing done                      │
 *               └─ preview (QUESTION_DESK) ←─────────────────────────────────────────┘
 *                     └─ SEND ─┬─ done, and told
 *                              └─ it changed meanwhile: shown again
 *            WHO, QUEUE, STATS, TOPICS, HELP, RULES, HOURS, DUTY alone: answered at once; WHO is audited as reading
 *
 * Rule     The sorter has asked whether this person may act (sender_may, SENDER_DECIDE). Answers go to the staff member's address on file.
 * Errors   those of the store
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_DESK_DESK_WORDS_H
#define GATEWAY_DESK_DESK_WORDS_H

#include "gateway/desk/desk.h"
#include "gateway/desk/desk_act.h"
#include "store/question.h"

/* Whether the text is a whole word of the desk, whoever wrote it; is_loud: its word is in capitals. */
MUST_CHECK enum rc desk_words_is(struct gate *gate, const struct letter *letter, const char *const *names,
                                 struct arena *mem, bool *ret_is, bool *ret_is_loud, struct err *err);
/* question: what the mail answers; id 0: none. ret_is_ours false: it is no word of the desk, and nothing was done. */
MUST_CHECK enum rc desk_words_take(struct gate *gate, const struct desk_letter *in, const struct question *question,
                                   struct arena *mem, bool *ret_is_ours, enum letter_outcome *ret_outcome,
                                   struct err *err);
/* Nothing was done, and why: DESK_REPLY_FIRST for a word in a mail of its own, which proves the address alone; DESK_NOTHING_HERE. */
MUST_CHECK enum rc desk_words_tell(struct gate *gate, const struct desk_letter *in, enum desk_problem problem,
                                   struct err *err);

#endif
