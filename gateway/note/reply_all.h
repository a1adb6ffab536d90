/*
 * reply_all: a member's mail that went straight to other members too: they have each other's addresses, and staff should know.
 *
 * Rule     Nothing of it is spread: what the group reads is made of the text alone. Staff hear of it once a day for each writer.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_NOTE_REPLY_ALL_H
#define GATEWAY_NOTE_REPLY_ALL_H

#include "gateway/note/sender.h"

MUST_CHECK enum rc reply_all_tell(struct gate *gate, const struct letter *letter, const struct sender *sender,
                                  struct arena *mem, struct err *err);

#endif
