/*
 * rules: the rules that a letter meets, in their order, until one ends it (DESIGN.md section 3; rules.c has the list).
 *
 * Rule     Each rule is one function; the first that sets outcome ends the letter.
 * Errors   Those of the store.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_SORT_RULES_H
#define GATEWAY_SORT_RULES_H

#include "gateway/note/sorting.h"

MUST_CHECK enum rc rules_run(struct sorting *s, struct err *err);

#endif
