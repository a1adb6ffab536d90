/*
 * digest_range: the published posts between two sequence numbers, sorted as a digest shows them. Shared by digest*.c.
 *
 * Shape    Announcements, then conversations in the order of their numbers, each with its new posts in order.
 * Owns     Everything lives in mem.
 * State    Reads only.
 */
#ifndef GATEWAY_DIGEST_DIGEST_RANGE_H
#define GATEWAY_DIGEST_DIGEST_RANGE_H

#include "gateway/practice/gate.h"
#include "store/issue.h"
#include "store/post.h"

struct digest_talk {
    int64_t number; /* 0: the issue has none for it */
    struct conversation_id conversation;
    const struct post **posts; /* new ones, in order */
    size_t count;
};

struct digest_range {
    const struct post **announcements;
    size_t announcement_count;
    struct digest_talk *talks;
    size_t talk_count;
};

/* All of it, without numbers; talks in the order of their first new post. */
MUST_CHECK enum rc digest_range_read(struct gate *gate, struct group_id group, int64_t from_seq, int64_t to_seq,
                                     struct arena *mem, struct digest_range *ret_range, struct err *err);
/* Gives the talks their numbers and sorts by them. */
void digest_range_number(struct digest_range *range, const struct issue_item *items, size_t n);

#endif
