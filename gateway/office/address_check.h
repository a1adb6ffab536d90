/*
 * address_check: whether mail to a group's address reaches us. Until it has, nobody is invited into the group: an invitation whose answer goes nowhere is worse than a late one.
 *
 *            group add ── waits ── a mail to slug+TOKEN@domain, through the relay ── comes in by any way, the sorter reads the token ──▸ passed: invitations go out
 *                          └── group set --address-checked (staff say so, audited) ──▸ vouched: the same
 *
 * Shape    A home whose relay writes into folders (maildir, maildir-each, none yet) has no way that could come back: its groups need no check.
 *          When the practice's domain, mailbox or relay changes (gateway/office/policy), every open group waits again: its mail goes another way now.
 *          Waiting invitations are stored and put off; what repeats them begins when they go out.
 * Errors   address_check_send: those of gateway/send/self_mail; else of the store. RC_NOT_FOUND: no such group
 * State    passed, vouch and reset need an open transaction; send and ask must have none.
 */
#ifndef GATEWAY_OFFICE_ADDRESS_CHECK_H
#define GATEWAY_OFFICE_ADDRESS_CHECK_H

#include "gateway/practice/gate.h"
#include "store/audit.h"
#include "store/group.h"

bool address_check_is_needed(const struct gate *gate);
MUST_CHECK enum rc address_check_send(struct gate *gate, const struct care_group *group, struct err *err);
/* Its mail came back. */
MUST_CHECK enum rc address_check_passed(struct gate *gate, struct group_id group, struct err *err);
MUST_CHECK enum rc address_check_vouch(struct gate *gate, const struct audit_who *who, struct group_id group,
                                       struct err *err);
/* Of every open group: what was known of its address is forgotten, unless the relay needs no check. */
MUST_CHECK enum rc address_check_reset(struct gate *gate, const struct audit_who *who, struct err *err);
/* A mail to each that waits. Stops at the first that cannot be sent; ret_asked counts the others. */
MUST_CHECK enum rc address_check_ask(struct gate *gate, size_t *ret_asked, struct err *err);
/* "passed: mail to it has come back", for people. */
const char *address_check_say(enum group_address address);

#endif
