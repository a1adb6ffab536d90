/*
 * rule_visit_item: answers to the visits of a digest (gateway/visit/issue_visits), by their numbers.
 *
 * Shape    "1 yes" in answer to a digest, or a letter to that item's own address, is an answer to the visit; pieces of the letter with other numbers
 *          go on as they are.
 * Errors   Those of the store.
 * State    Needs an open transaction. Sets s->outcome when nothing else is in the letter.
 */
#ifndef GATEWAY_SORT_RULE_VISIT_ITEM_H
#define GATEWAY_SORT_RULE_VISIT_ITEM_H

#include "gateway/note/sorting.h"

/* Takes what answers visits out of s->letter.text. */
MUST_CHECK enum rc rule_visit_item(struct sorting *s, struct err *err);

#endif
