/*
 * text_failed: what a provider's refusal, or its word about a text that had left, means for the number, the sender and staff.
 *
 * Shape    By provider_action_of(class):
 *            opted out      the number's consent ends, what waits for it is cancelled, staff hear of it
 *            bad number     texts to the number stop; memberships with an email address go on by mail; staff hear of it
 *            temporary      counted: three within seven days are a bad number
 *            filtered       never the same text again; over 5 % of the sender's last hundred (at least five) stop the sender, and staff are told
 *            throttle       the sender has half its rate for ten minutes
 *            setup          the account is stopped until somebody mends it, and staff are told
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_TEXT_TEXT_FAILED_H
#define GATEWAY_TEXT_TEXT_FAILED_H

#include "gateway/practice/gate.h"
#include "mailer/provider.h"
#include "store/text_out.h"

MUST_CHECK enum rc text_failed(struct gate *gate, const struct text_out *text, struct text_account_id account,
                               enum provider_class class, const char *code, struct err *err);

#endif
