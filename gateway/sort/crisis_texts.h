/*
 * crisis_texts: which words of a practice's own a person in danger reads: what answers them at once, by mail and by text.
 *
 * Shape    A mark over the practice's own files of these kinds; "ours" where it has none. A new version of our own texts changes no mark.
 * Owns     *ret_mark lives in mem.
 * Errors   RC_LIMIT, RC_TEMP  a file cannot be read
 */
#ifndef GATEWAY_SORT_CRISIS_TEXTS_H
#define GATEWAY_SORT_CRISIS_TEXTS_H

#include "gateway/practice/gate.h"

MUST_CHECK enum rc crisis_texts_mark(struct gate *gate, struct arena *mem, const char **ret_mark, struct err *err);

#endif
