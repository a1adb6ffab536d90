/*
 * two_oks: notes that take two people, and who of them said OK first.
 *
 * Rule     Tier 0 and 1, announcements with a mark, and groups that say so (group set --review two-people).
 * Owns     Strings live in mem.
 */
#ifndef GATEWAY_NOTE_TWO_OKS_H
#define GATEWAY_NOTE_TWO_OKS_H

#include "gateway/practice/gate.h"
#include "store/group.h"
#include "store/person.h"
#include "store/post.h"

struct two_oks_first {
    struct person by;
    int64_t at_ms;
};

bool two_oks_needed(const struct post *post, const struct care_group *group);
/* RC_NOT_FOUND: nobody has said OK to it as it is. */
MUST_CHECK enum rc two_oks_first(struct gate *gate, const struct post *post, struct arena *mem,
                                 struct two_oks_first *ret_first, struct err *err);

#endif
