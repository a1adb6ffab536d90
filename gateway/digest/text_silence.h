/*
 * text_silence: a number from which nothing came for a year may be somebody else's by now (R18): before the next digest it is asked once more for its yes.
 *
 * Shape    Its consent goes from yes to asked and its level to 0; what waits for it is taken back; staff hear of it, who can call. Its YES or START makes all go on.
 * Units    The year counts from the last text of theirs, or from their yes.
 * Errors   Of the store
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_DIGEST_TEXT_SILENCE_H
#define GATEWAY_DIGEST_TEXT_SILENCE_H

#include "gateway/practice/gate.h"
#include "store/group.h"
#include "store/membership.h"
#include "store/text_consent.h"

#define TEXT_SILENCE_MS (365 * MS_DAY)

/* row: whose address is the phone. ret_is_asked: nothing else may go there now. */
MUST_CHECK enum rc text_silence(struct gate *gate, const struct roster_row *row, const struct care_group *group,
                                const struct text_consent *consent, bool *ret_is_asked, struct err *err);

#endif
