/*
 * text_again: a notice by text waits for the hours of its person (gateway/sms/text_hours), and when they end before it could leave, for the next ones.
 *
 * Shape    Who has texted us within TEXT_JUST_HEARD_MS waits for an answer and gets it at any hour. A notice that could not leave for TEXT_AGAIN_MS is told
 *          to staff: somebody must call.
 * Errors   Of the store
 * State    text_again_watch and text_again_run need an open transaction.
 */
#ifndef GATEWAY_SAY_TEXT_AGAIN_H
#define GATEWAY_SAY_TEXT_AGAIN_H

#include "gateway/practice/gate.h"
#include "store/text_consent.h"
#include "store/text_out.h"

#define TEXT_AGAIN_MS (3 * MS_DAY)

/* When a text to the person, of that group (0: none), may go that is due then, 0: now. Both 0 for at once, as usual. */
MUST_CHECK enum rc text_again_hours(struct gate *gate, const struct person *person, struct group_id group,
                                    const struct text_consent *consent, int64_t due_ms, int64_t *ret_due_ms,
                                    int64_t *ret_not_after_ms, struct err *err);
/* Looks after it when its hours end. */
MUST_CHECK enum rc text_again_watch(struct gate *gate, struct text_id text, int64_t not_after_ms, struct err *err);
/* The job. */
MUST_CHECK enum rc text_again_run(struct gate *gate, struct text_id text, struct err *err);

#endif
