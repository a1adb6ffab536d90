/*
 * talk_ask: what we ask by text, one open question on a line, and what becomes of it.
 *
 * Shape    "Which? 1 Tuesday Circle 2 Walkers". data is { "choices": [ { "name", "id" } ] }; the next 1-9, or a name, answers it within 24 h (TEXT_ASK_…):
 *            WHICH_GROUP  id: group         subject: the text (text_in), which waits
 *            WHICH_ITEM   id: conversation  subject: the post, held unplaced; NEW is one more answer
 *            WHO          id: person        subject: the text, which waits; where the talk hides names, only their own name answers it (by_name)
 *          A text that waits and gets no answer, or must give way to another question, goes to staff as a private notice.
 * State    Needs an open transaction; talk_ask_over opens its own.
 */
#ifndef GATEWAY_TEXT_TALK_ASK_H
#define GATEWAY_TEXT_TALK_ASK_H

#include "gateway/text/talk.h"

#define TALK_CHOICES_MAX 9

struct talk_choice {
    const char *name;
    int64_t id;
};

/* *ret_asked false: nothing may be said now (a loop); the caller gives the words to staff. */
MUST_CHECK enum rc talk_ask(struct talk *t, enum text_question_kind kind, int64_t subject,
                            const struct talk_choice *choices, size_t n, bool *ret_asked, struct err *err);
/* The id behind the n-th choice of the open question; 0: there is none. */
MUST_CHECK enum rc talk_ask_choice(const struct talk *t, int n, int64_t *ret_id, struct err *err);
/* Questions whose time is over. For the text role. */
MUST_CHECK enum rc talk_ask_over(struct gate *gate, size_t *ret_did, struct err *err);

#endif
