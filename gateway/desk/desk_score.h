/*
 * desk_score: the checks of posts over words that staff want to tell a group, against that group's people. The sorter has scored the letter before
 * it was known which group it is for.
 *
 * Shape    What the sorter found counts too: tier and flags together, hits of these words first.
 * Owns     *ret and its hits live in mem.
 * Errors   Those of the store.
 */
#ifndef GATEWAY_DESK_DESK_SCORE_H
#define GATEWAY_DESK_DESK_SCORE_H

#include "gateway/desk/desk.h"

MUST_CHECK enum rc desk_score(struct gate *gate, const struct desk_letter *in, struct group_id group, const char *text,
                              struct arena *mem, struct triage_result *ret, struct err *err);

#endif
