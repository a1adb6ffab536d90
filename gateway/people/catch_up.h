/*
 * catch_up: the one letter for a reader of single mails who has something unread behind them.
 *
 * Shape    Members of rhythm `each` get a note when it is published, and that copy moves their cursor. Who becomes such a reader (joins, changes
 *          rhythm, comes back from a pause, takes something back with UNDO) may have a backlog that no single mail will bring: it is queued
 *          here as an issue of rhythm `each` with one delivery, numbered and answered like any digest.
 *          Does nothing for other rhythms, for who is not active, and when nothing but their own words is unread.
 * Errors   RC_NOT_FOUND  no such membership
 * State    Needs an open transaction, the one that makes them a reader: single mails queued later lie past the letter.
 */
#ifndef GATEWAY_PEOPLE_CATCH_UP_H
#define GATEWAY_PEOPLE_CATCH_UP_H

#include "gateway/practice/gate.h"
#include "store/membership.h"

MUST_CHECK enum rc catch_up_queue(struct gate *gate, struct membership_id membership, struct err *err);

#endif
