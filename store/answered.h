/*
 * answered: the same automatic answer about the same thing goes to a person only so often a day.
 *
 * Errors   RC_CONFLICT  answered_take: it went out max_per_day times within 24 h: say nothing
 * State    Needs an open transaction: the count and the answer are one.
 */
#ifndef STORE_ANSWERED_H
#define STORE_ANSWERED_H

#include "store/mailing.h"

extern const struct db_domain answered_domain;

/* Counts one more when it is allowed. about_id is what the answer is about (letter's kind, group, post); 0 is fine. */
MUST_CHECK enum rc answered_take(struct store *st, struct person_id person, enum mailing_kind kind, int64_t about_id,
                                 int64_t max_per_day, struct err *err);

#endif
