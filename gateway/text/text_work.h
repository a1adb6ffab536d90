/*
 * text_work: what the text role does for a practice beside sending: texts that came, providers' words about those that left, and polling.
 *
 * Shape    One text at a time, in the order they came; a text that fails three times is parked and staff are told. A receipt whose text nobody knows
 *          yet (it was faster than our own commit) comes again, four times within an hour, then it is dropped.
 *          lexicon NULL: texts that came wait, for none is read without looking for danger.
 * State    Opens its own transactions; none may be open.
 */
#ifndef GATEWAY_TEXT_TEXT_WORK_H
#define GATEWAY_TEXT_TEXT_WORK_H

#include "gateway/practice/gate.h"
#include "gateway/triage/triage.h"

/* ret_did 0: nothing is left for now. */
MUST_CHECK enum rc text_work(struct gate *gate, const struct triage_lexicon *lexicon, size_t *ret_did, struct err *err);

#endif
