/*
 * member_pause: staff pause a member's letters for some days, or let them come again; the member is told, and can take either back (RESUME, PAUSE).
 *
 * Units    days from now; a pause that is on gets this new end.
 * Errors   RC_NOT_FOUND  no such membership   RC_CONFLICT  the state changed meanwhile   RC_INPUT  neither active nor paused; member_resume: not paused
 * State    Needs an open transaction; its audit row is written in it.
 */
#ifndef GATEWAY_PEOPLE_MEMBER_PAUSE_H
#define GATEWAY_PEOPLE_MEMBER_PAUSE_H

#include "gateway/practice/gate.h"
#include "store/audit.h"
#include "store/membership.h"

MUST_CHECK enum rc member_pause(struct gate *gate, const struct audit_who *who, struct membership_id membership,
                                int64_t days, struct err *err);

MUST_CHECK enum rc member_resume(struct gate *gate, const struct audit_who *who, struct membership_id membership,
                                 struct err *err);

#endif
