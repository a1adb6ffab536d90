/*
 * issue_visits: coming visits in a digest: first in the letter, with numbers of its one number line.
 *
 * Shape    The visits of the group that begin within ISSUE_VISITS_DAYS of its closing, by start, at most ISSUE_VISITS_MAX; those for an audience tag are not
 *          in it: their own letters tell of them. A rendering leaves out what was cancelled since.
 *          What answers them is gateway/sort/rule_visit_item's.
 * Owns     Everything lives in mem.
 * Errors   Those of the store.
 */
#ifndef GATEWAY_VISIT_ISSUE_VISITS_H
#define GATEWAY_VISIT_ISSUE_VISITS_H

#include "gateway/say/slots.h"
#include "store/group.h"
#include "store/issue.h"

#define ISSUE_VISITS_DAYS 14
#define ISSUE_VISITS_MAX 4

/* Room for ISSUE_VISITS_MAX items, numbered from 1. */
MUST_CHECK enum rc issue_visits_number(struct gate *gate, struct group_id group, struct issue_item *items,
                                       size_t *ret_n, struct err *err);
/* Sets the value `visits`: [number, visit_title, visit_when, item_address]. */
MUST_CHECK enum rc issue_visits_put(struct gate *gate, const struct issue_item *items, size_t n,
                                    enum person_language language, struct slots *slots, struct arena *mem,
                                    struct json *values, struct err *err);
#endif
