/*
 * provider: a provider's ordinary reply to a member's note: to all, or only to its author?
 *
 * Shape    The reply is held like any note; the provider is asked "To all 34, or only to Rose?". SEND releases it (gateway/desk/desk, through review_decide),
 *          PRIVATE sends it to the author of the note alone and it can never be published.
 * Errors   RC_CONFLICT  decided meanwhile
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_OFFICE_PROVIDER_H
#define GATEWAY_OFFICE_PROVIDER_H

#include "gateway/practice/gate.h"
#include "store/person.h"
#include "store/post.h"

MUST_CHECK enum rc provider_ask(struct gate *gate, const struct post *reply, const struct person *staff,
                                struct err *err);
MUST_CHECK enum rc provider_answer_privately(struct gate *gate, struct post *reply, const struct person *staff,
                                             struct err *err);

#endif
