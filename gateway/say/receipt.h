/*
 * receipt: tells an author that a note came and who reads it first.
 *
 * Rule     One receipt for a first note, and for one that will wait over a working day; otherwise silence. None for a text that
 *          may be a crisis or a medical emergency: its author got the words for that.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_SAY_RECEIPT_H
#define GATEWAY_SAY_RECEIPT_H

#include "gateway/practice/gate.h"
#include "store/membership.h"
#include "store/post.h"

MUST_CHECK enum rc receipt_send(struct gate *gate, const struct post *post, const struct membership *author,
                                const char *in_reply_to, struct err *err);

#endif
