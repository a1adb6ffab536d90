/*
 * text_take: stores one text that came, and does what cannot wait in the same transaction: STOP, START, HELP.
 *
 * Shape    From the web role (a proved call of the hook) or from polling. The order of rules R1 to R7:
 *            a text that is here already         RC_CONFLICT, nothing is done again
 *            no number we could answer           stored; a short code or letters: never answered
 *            STOP, or "wrong number"             the number's consent ends for all groups, what waits for it is cancelled, staff are told, and one
 *                                                confirmation goes out within five minutes (none within 24 h of the last unless a yes came between, five a day at most, none where the provider
 *                                                says it itself)
 *            START, UNSTOP                       where the number had said yes before its STOP: yes again. Never asked: nothing, the conversation decides
 *            HELP, INFO                          always answered, at most five times a day; the moderators hear of it
 *          What is stored waits for the text role, which hands every text, these too, to gateway/text/text_letter.
 * Errors   RC_CONFLICT  it is here already: answer 2xx
 * State    Needs an open transaction. Wake "urgent" and "text" after the commit.
 */
#ifndef GATEWAY_TEXT_TEXT_TAKE_H
#define GATEWAY_TEXT_TEXT_TAKE_H

#include "gateway/sms/text_provider.h"
#include "mailer/sms_answer.h"
#include "store/text_in.h"

/* raw NULL: nothing of the call is kept (it was read). */
MUST_CHECK enum rc text_take(struct gate *gate, const struct text_provider *provider, const struct sms_event *event,
                             const void *raw, size_t raw_len, struct text_in_id *ret_id, struct err *err);
/* Parts that came one by one, as one text (gateway/text/text_part); they have been paid for. */
MUST_CHECK enum rc text_take_joined(struct gate *gate, const struct text_provider *provider,
                                    const struct sms_event *event, struct err *err);
/* STOP, START or HELP that was seen only in the conversation, which knows names and groups: done as if it had been when it was stored. */
MUST_CHECK enum rc text_take_word(struct gate *gate, const struct text_in *text, enum text_word word, struct err *err);
/* R6, R16: does this START, or YES, undo a STOP? To a toll-free number it is the carrier that stopped the texts, and that knows START and UNSTOP alone: after
 * any other word none of ours would get through. */
MUST_CHECK enum rc text_start_counts(struct gate *gate, const struct text_in *text, bool *ret_does, struct err *err);
/* A call that was proved and could not be read: parked with its bytes, staff are told. */
MUST_CHECK enum rc text_take_unread(struct gate *gate, const struct text_provider *provider, const void *raw,
                                    size_t raw_len, struct err *err);
/* A provider's word about a text of ours, and its price where the call tells it. */
MUST_CHECK enum rc text_take_receipt(struct gate *gate, const struct text_provider *provider,
                                     const struct sms_event *event, struct err *err);

#endif
