/*
 * questions: what staff want to know before a visit: asked by mail or text, answered by numbered lines, by mail or text, read by staff alone.
 *
 * Who      Everybody invited who has not said no, once, QUESTIONS_DAYS before the start; nothing when that is past and less than a day is left.
 * Shape    The plan holds one question a line; an answer is kept by its number (visit_reply), the newest counts.
 * Errors   Those of the store.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_VISIT_QUESTIONS_H
#define GATEWAY_VISIT_QUESTIONS_H

#include "gateway/practice/gate.h"
#include "store/visit_seat.h"

#define QUESTIONS_DAYS 5

MUST_CHECK enum rc questions_set(struct gate *gate, const struct visit *visit, struct err *err);
/* For the clock, JOB_VISIT_QUESTIONS. */
MUST_CHECK enum rc questions_run(struct gate *gate, struct visit_id id, struct err *err);
/* Once more, to who wants to read them. */
MUST_CHECK enum rc questions_again(struct gate *gate, const struct visit *visit, const struct visit_seat *seat,
                                   struct err *err);
/* names: the known names of the writer, ended by NULL. *ret_is_taken false: no line begins with a number of ours, and there are several, or
 * must_be_numbered. */
struct questions_words {
    const char *text;
    const char *const *names;
    bool must_be_numbered;
};
MUST_CHECK enum rc questions_take(struct gate *gate, const struct visit_seat *seat, const struct questions_words *words,
                                  struct arena *mem, bool *ret_is_taken, struct err *err);

#endif
