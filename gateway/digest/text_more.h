/*
 * text_more: MORE, and the number of an item alone: words that a digest by text had no room for.
 *
 * Shape    text_more sends what is left of the person's newest digest by text, whole notes, at most TEXT_MORE_PARTS parts; asked again, what is left
 *          then. text_more_item sends one item: an announcement, the notes of a conversation in the newest digest (else its newest note). Visits have no words here.
 *          A number whose level is 0 is asked first whether it wants words at all (gateway/sms/text_level).
 *          They are answers to a person's own text: no quiet hours, no week; the day's parts and the budget hold.
 * Errors   RC_NOT_FOUND  nothing is left, or no such item any more      RC_DENIED  the day's parts or the month's budget are used up
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_DIGEST_TEXT_MORE_H
#define GATEWAY_DIGEST_TEXT_MORE_H

#include "gateway/practice/gate.h"
#include "store/text_line.h"

#define TEXT_MORE_PARTS 6

MUST_CHECK enum rc text_more(struct gate *gate, const struct person *person, const struct text_line *line,
                             struct err *err);
MUST_CHECK enum rc text_more_item(struct gate *gate, const struct person *person, const struct text_line *line,
                                  const struct text_item *item, struct err *err);

#endif
