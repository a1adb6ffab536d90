/*
 * text_budget: what texts may cost in a month, and what they did.
 *
 * Shape    A budget of the practice and one of a group both count (store/text_cost). At 80 percent and when it is used up staff are told, once a
 *          month each: JOB_TEXT_BUDGET, which the clock runs (gateway/text/text_warning). What is exempt is never asked about: answers to STOP, START and HELP, crisis texts, alarms.
 * Units    The month is the practice's, in its zone.
 * Errors   RC_DENIED  text_budget_check: used up
 * State    All but text_budget_month need an open transaction.
 */
#ifndef GATEWAY_SMS_TEXT_BUDGET_H
#define GATEWAY_SMS_TEXT_BUDGET_H

#include "gateway/practice/gate.h"
#include "store/text_cost.h"

#define TEXT_BUDGET_WARN_PERCENT 80

/* Is there room for so many parts to the group (0: to nobody's)? */
MUST_CHECK enum rc text_budget_check(struct gate *gate, struct group_id group, int64_t parts, struct err *err);
/* A text was handed over, or came: its row in the ledger. micro -1: the provider has not said. */
MUST_CHECK enum rc text_budget_charge(struct gate *gate, const struct text_cost *cost, struct err *err);
MUST_CHECK enum rc text_budget_charge_all(struct gate *gate, const struct text_cost *costs, size_t n, struct err *err);
/* What staff are to be told now: 80, 100, or 0 when they know. Counts it as told. */
MUST_CHECK enum rc text_budget_warning(struct gate *gate, struct group_id group, int64_t *ret_percent, struct err *err);
/* When a month (number since January 1970) begins. */
MUST_CHECK enum rc text_budget_month_start(struct gate *gate, int64_t month, int64_t *ret_ms, struct err *err);
/* The month of now: number since January 1970, and when it began. */
MUST_CHECK enum rc text_budget_month(struct gate *gate, int64_t *ret_month, int64_t *ret_from_ms, struct err *err);

#endif
