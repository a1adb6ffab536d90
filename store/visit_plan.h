/*
 * visit_plan: the columns that a series and its visits have in common, bound and read in one order.
 *
 * Shape    VISIT_PLAN_COLUMNS stand at $3 to $14 of a statement; of a result, from a column on.
 * Owns     What is bound lives in mem, which must outlive the query; what is read too.
 * Errors   RC_CORRUPT  the sealed words do not open
 */
#ifndef STORE_VISIT_PLAN_H
#define STORE_VISIT_PLAN_H

#include "store/visit.h"

#define VISIT_PLAN_COLUMNS                                                                                             \
    "group_id, staff_id, host_id, cohost_id, speaker_id, kind, zone, day, minute, minutes, capacity, words_sealed"
#define VISIT_PLAN_PLACES "$3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14"

void visit_plan_bind(const struct store *st, struct db_query *q, enum column column, int64_t row,
                     const struct visit_plan *plan, struct arena *mem);
MUST_CHECK enum rc visit_plan_read(const struct store *st, struct db_query *q, int from, enum column column,
                                   int64_t row, struct arena *mem, struct visit_plan *plan, struct err *err);

#endif
