/*
 * text_warning: tells staff that the month's money for texts is nearly or wholly used up.
 *
 * Shape    JOB_TEXT_BUDGET, which gateway/sms/text_budget sets; its subject is the group, 0 the practice. At 80 and at 100 percent, once a month each.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_TEXT_TEXT_WARNING_H
#define GATEWAY_TEXT_TEXT_WARNING_H

#include "gateway/practice/gate.h"

MUST_CHECK enum rc text_warning_run(struct gate *gate, struct group_id group, struct err *err);

#endif
