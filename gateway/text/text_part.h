/*
 * text_part: a long text that its provider hands over in parts (Vonage), each a call of its own, in any order: joined before anything is made of it.
 *
 * Shape    A part is stored and answered as a text is (text_take), and waits (store/text_in: parked, TEXT_WORD_PART; its raw says of which text it is). With
 *          the last one the whole text is taken as if it had come at once. What is missing TEXT_PARTS_MS after a part came is not waited for any more
 *          (JOB_TEXT_PARTS): what is there is taken, with TEXT_PART_GAP where something is missing; a later one is a text of its own.
 * Rule     Nothing is lost: each part stands in exactly one text. Danger in one is seen at the latest when its time is over.
 * Errors   RC_CONFLICT  the parts are being joined elsewhere: again
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_TEXT_TEXT_PART_H
#define GATEWAY_TEXT_TEXT_PART_H

#include "gateway/practice/gate.h"
#include "mailer/sms_answer.h"
#include "store/text_in.h"

#define TEXT_PARTS_MS MS_MINUTE
#define TEXT_PART_GAP "[...]"

/* What is kept of which text it is a part of; NULL: it is whole, or has no number that could be answered. */
const char *text_part_of(const struct sms_event *event, struct arena *mem);
/* One was stored: it waits, or was the last. */
MUST_CHECK enum rc text_part_came(struct gate *gate, struct text_in_id id, struct err *err);
/* Its time is over. RC_OK also when it was joined long ago. */
MUST_CHECK enum rc text_part_over(struct gate *gate, struct text_in_id id, struct err *err);

#endif
