/*
 * policy: what a practice decides about itself: stores a value of its form, with all that follows from it, and writes the audit row.
 *
 * Shape    Names and kinds are those of store/setting. A domain is also entered where arriving mail finds its practice.
 * Errors   RC_NOT_FOUND  no such setting
 *          RC_INPUT      the value is not of its form (policy_form); the message says the form
 *          RC_DENIED     policy_set: it would make fewer notes call a person, which takes two (gateway/cli/triage)
 *          RC_CONFLICT   the domain is another practice's
 * State    Needs an open transaction. gate->facts are read again. After a change of domain, mailbox or relay the addresses of open groups wait to be
 *          checked: the caller asks when it has committed (gateway/office/address_check).
 */
#ifndef GATEWAY_OFFICE_POLICY_H
#define GATEWAY_OFFICE_POLICY_H

#include "gateway/practice/gate.h"
#include "store/audit.h"
#include "store/setting.h"

/* value NULL or "" takes the setting away. RC_INPUT: a value of no sense, or for a setting that nothing reads (policy_form_words). */
MUST_CHECK enum rc policy_set(struct gate *gate, const struct audit_who *who, enum setting setting, const char *value,
                              struct err *err);
/* Whether mail to the groups goes another way when it changes. */
bool policy_moves_mail(enum setting setting);
/* The same after two people have agreed. */
MUST_CHECK enum rc policy_set_agreed(struct gate *gate, const struct audit_who *who, enum setting setting,
                                     const char *value, struct err *err);

#endif
