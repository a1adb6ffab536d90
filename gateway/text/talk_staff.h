/*
 * talk_staff: a text from the number of a staff member: their YES, decisions about notes, alarms, the PIN.
 *
 * Shape    Called before anything else is made of the text, danger apart. t->writer is the staff member; live numbers are t->items of kind
 *          TEXT_ITEM_REVIEW and TEXT_ITEM_PAGE that are theirs; t->meaning says DECISION, UNCLEAR or PIN where it is one.
 *          ret_is_done false: the text is read as a member's.
 *
 *            41 OK 246813 ── number of theirs, PIN ── gateway/note/review, gateway/duty/claim: as by mail, whole text, audited as by text
 *            41 OK        ── "your PIN?" (15 minutes; repeats the decision) ── 246813 ── done
 *            no PIN set   ── 41 CLAIM of an alarm alone; anything else: nothing is done, and why
 * Rule     The sender of a text can be forged, a PIN is what proves a decision. Once set it is asked for CLAIM too: a forged one would silence an alarm.
 *          What is refused leaves the alarm to be called again. TEXT_PIN_TRIES wrong ones a day lock it, and staff are told. A PIN is taken out of what is
 *          kept of the text before anything else is done, and stands in no log, audit row or letter.
 *          A number means what its text or mail showed: a note that has changed since has another.
 * Errors   As gateway/text/talk.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_TEXT_TALK_STAFF_H
#define GATEWAY_TEXT_TALK_STAFF_H

#include "gateway/text/talk.h"

MUST_CHECK enum rc talk_staff(struct talk *t, bool *ret_is_done, struct err *err);

/* ---- for talk_staff_act.c, which does what was proved ---- */

/* MAILING_TEXT_DECIDED with one flag; values may be NULL and is taken. */
MUST_CHECK enum rc talk_staff_say(struct talk *t, const char *flag, int64_t number, struct json *values,
                                  struct err *err);
MUST_CHECK enum rc talk_staff_act(struct talk *t, const struct text_item *item, const struct decision *decision,
                                  struct err *err);

#endif
