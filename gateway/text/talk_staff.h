/*
 * talk_staff: a text from the number of a staff member who has live notes or alarms on this line.
 *
 * Shape    Called before anything else is made of the text, danger apart. t->writer is the staff member; live numbers are t->items of kind
 *          TEXT_ITEM_REVIEW and TEXT_ITEM_PAGE that are theirs; t->meaning says DECISION, UNCLEAR or PIN where it is one.
 *          ret_is_done false: the text is read as a member's.
 * Errors   As gateway/text/talk.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_TEXT_TALK_STAFF_H
#define GATEWAY_TEXT_TALK_STAFF_H

#include "gateway/text/talk.h"

MUST_CHECK enum rc talk_staff(struct talk *t, bool *ret_is_done, struct err *err);

#endif
