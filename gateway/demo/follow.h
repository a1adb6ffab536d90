/*
 * follow: what the audit log says of one text of the story, from its arrival to its end.
 *
 * Shape    The held post is found by its own words; the rows are those about it, its letter, and the pages that it raised.
 * Owns     Rows live in mem.
 * Errors   RC_NOT_FOUND  nothing with these words was ever held; else those of the store
 * State    Reads only.
 */
#ifndef GATEWAY_DEMO_FOLLOW_H
#define GATEWAY_DEMO_FOLLOW_H

#include "gateway/practice/gate.h"

struct follow_row {
    int64_t seq, at_ms;
    const char *who, *way, *did, *old_value, *new_value;
};

MUST_CHECK enum rc follow_words(struct gate *gate, const char *words, struct arena *mem, struct follow_row **ret_rows,
                                size_t *ret_n, struct err *err);

#endif
