/*
 * text_cost: what texts cost: a ledger of one row per text, out and in, and a budget for each month.
 *
 * Shape    A row is written when a text is handed over, or taken in; parts are ours, the estimate is parts times the rate of that day
 *          (gateway/text/text_rate). The provider's own figure comes with its answer or later. Sums take the actual figure where there is one.
 *          A budget is of the practice (group 0) or of one group. gateway/sms/text_budget decides what a full one stops; nothing of lane 0 ever.
 * Units    Millionths of the currency of the practice's rates. Months count from January 1970, as the caller counts them (in the practice's zone).
 * Errors   RC_NOT_FOUND  text_budget_get: none is set
 * State    Writes need an open transaction.
 */
#ifndef STORE_TEXT_COST_H
#define STORE_TEXT_COST_H

#include "store/mailing.h"
#include "store/store.h"

struct text_cost {
    int64_t id; /* of text_out or text_in */
    bool is_out;
    struct person_id person; /* 0: nobody we know */
    struct group_id group;
    struct text_sender_id sender;
    enum mailing_kind kind; /* 0 of what came */
    int64_t parts;
    bool is_ucs2;
    int64_t estimate_micro;
    int64_t actual_micro; /* -1: not known yet */
};

struct text_sum {
    int64_t texts, parts, micro, ucs2_parts;
    int64_t priced; /* texts whose price the provider has told */
};

struct text_budget {
    struct group_id group;            /* 0: the practice */
    int64_t month_micro;              /* 0: no limit */
    int64_t told_month, told_percent; /* the last warning: 80 or 100 percent of which month */
};

extern const struct db_domain text_cost_domain;

/* A second row of the same text changes nothing. */
MUST_CHECK enum rc text_cost_add(struct store *st, const struct text_cost *cost, struct err *err);
/* What the provider says in the end; the first word counts, and none without a row. */
MUST_CHECK enum rc text_cost_actual(struct store *st, int64_t text, int64_t micro, struct err *err);
/* from_ms <= time < until_ms. group 0: all. */
MUST_CHECK enum rc text_cost_sum(struct store *st, struct group_id group, int64_t from_ms, int64_t until_ms,
                                 struct text_sum *ret, struct err *err);
/* What one person got (out) since: for the weekly cap in texts and the daily cap in parts. */
MUST_CHECK enum rc text_cost_of_person(struct store *st, struct person_id person, int64_t since_ms,
                                       struct text_sum *ret, struct err *err);

MUST_CHECK enum rc text_budget_set(struct store *st, const struct text_budget *budget, struct err *err);
MUST_CHECK enum rc text_budget_get(struct store *st, struct group_id group, struct text_budget *ret, struct err *err);
/* True once for each (month, percent) of a budget: somebody is to be told. */
MUST_CHECK enum rc text_budget_take_warning(struct store *st, struct group_id group, int64_t month, int64_t percent,
                                            bool *ret_is_first, struct err *err);

#endif
