/*
 * policy_form: what the value of each setting looks like.
 *
 * Shape    One row a setting: words for a person who types a value, and a check that may give back a tidier one.
 * Owns     *value and *ret_domain live in mem, or are what was given.
 * Errors   RC_INPUT  the value is not of its form; the message says the form      RC_NOT_FOUND  no such zone      RC_LIMIT  too long
 * State    None; gate's facts are read, for the practice's domain, zone and holidays.
 */
#ifndef GATEWAY_OFFICE_POLICY_FORM_H
#define GATEWAY_OFFICE_POLICY_FORM_H

#include "gateway/practice/gate.h"
#include "store/setting.h"

/* "en or es: of the practice and its job titles". NULL: nothing reads this setting in this version. */
const char *policy_form_words(enum setting setting);
/* *value is not empty. */
MUST_CHECK enum rc policy_form_check(struct gate *gate, enum setting setting, struct arena *mem, const char **value,
                                     struct err *err);
/* The same before there is a practice to set it for. */
MUST_CHECK enum rc policy_form_check_alone(enum setting setting, const char *value, struct err *err);
/* A domain as we store it: lower-case A-labels. */
MUST_CHECK enum rc policy_form_domain(const char *text, struct arena *mem, const char **ret_domain, struct err *err);

#endif
