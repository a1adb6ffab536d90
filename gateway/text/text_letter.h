/*
 * text_letter: understands one text that came. The text role calls it for every text, in the transaction that ends it.
 *
 * Shape    Danger first, in every text (gateway/text/text_alarm). text->word says what was done when it was stored (STOP, HELP, wrong number: confirmed and told
 *          already); everything else is the conversation's (gateway/text/talk), START too, which may be a first yes.
 * Errors   RC_TEMP  it comes again      others: it comes again, and is parked after TEXT_IN_TRIES
 * State    Needs an open transaction. ret_end: TEXT_IN_DONE or TEXT_IN_PARKED.
 */
#ifndef GATEWAY_TEXT_TEXT_LETTER_H
#define GATEWAY_TEXT_TEXT_LETTER_H

#include "gateway/practice/gate.h"
#include "gateway/triage/triage.h"
#include "store/text_in.h"

MUST_CHECK enum rc text_letter(struct gate *gate, const struct triage_lexicon *lexicon, const struct text_in *text,
                               enum text_in_state *ret_end, struct err *err);

#endif
