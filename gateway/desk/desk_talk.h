/*
 * desk_talk: what a staff member answers to a patient's private words.
 *
 * Shape    DONE ends the talk, PASS hands it to the next on duty, PRIVATE or nothing before the words: they go to the patient as they are.
 *          A bare decision ("OK") does nothing and is asked back: it was meant for another mail.
 * Errors   those of the store
 * State    Needs an open transaction. The sorter has asked whether this person may act (sender_may, SENDER_DECIDE).
 */
#ifndef GATEWAY_DESK_DESK_TALK_H
#define GATEWAY_DESK_DESK_TALK_H

#include "gateway/desk/desk.h"

/* Whether the letter answers such a mail, and is no announcement. */
bool desk_talk_is_meant(const struct desk_letter *in, struct arena *mem);
MUST_CHECK enum rc desk_talk_take(struct gate *gate, const struct desk_letter *in, struct arena *mem,
                                  enum letter_outcome *ret_outcome, struct err *err);

#endif
