/*
 * identity: asks staff who wrote a letter that nothing proves: "Is this also Rose?", "Did Rose write this?".
 *
 * Shape    The note is held unverified; the person on duty is asked. OK clears the flag (and, for a proved address of nobody's with a valid token, adds that
 *          address to the person; one without proof, or of somebody else, is named in the mail and never added), and the note goes on to review like any other. NO ends it; its author is told nothing, because
 *          nobody knows who that is.
 * Errors   RC_CONFLICT  settled meanwhile
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_PEOPLE_IDENTITY_H
#define GATEWAY_PEOPLE_IDENTITY_H

#include "gateway/note/hold.h"
#include "store/question.h"

MUST_CHECK enum rc identity_ask(struct gate *gate, struct arrival_id arrival, const struct letter *letter,
                                const struct sender *sender, const struct held *held, struct err *err);
MUST_CHECK enum rc identity_settle(struct gate *gate, const struct question *question, const struct person *staff,
                                   bool is_theirs, struct err *err);

#endif
