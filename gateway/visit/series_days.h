/*
 * series_days: the rows of a series as schedules/series takes them.
 *
 * Owns     Times live in mem.
 * Errors   those of schedules/series, in words for staff
 * State    Reads only.
 */
#ifndef GATEWAY_VISIT_SERIES_DAYS_H
#define GATEWAY_VISIT_SERIES_DAYS_H

#include "gateway/practice/gate.h"
#include "schedules/series.h"
#include "store/visit.h"

/* Whether the rule can be followed; days as they are to be stored. */
MUST_CHECK enum rc series_days_check(const struct visit_series *s, const struct visit_series_day *days, size_t n,
                                     struct arena *mem, struct err *err);
/* Whether its rule alone has a time on that day. */
MUST_CHECK enum rc series_days_is_one(const struct visit_series *s, int64_t day, struct arena *mem, bool *ret_is,
                                      struct err *err);
/* Its times from now on, for that many days. */
MUST_CHECK enum rc series_days_ahead(struct gate *gate, const struct visit_series *s, int days, struct arena *mem,
                                     const struct series_visit **ret, size_t *ret_n, struct err *err);

#endif
