/*
 * poll_open: until when a poll can be answered, for letters that show it.
 *
 * Owns     Results live in mem.
 * State    Only reads.
 */
#ifndef GATEWAY_SAY_POLL_OPEN_H
#define GATEWAY_SAY_POLL_OPEN_H

#include "gateway/practice/gate.h"
#include "store/poll.h"
#include "store/post.h"

/* Its closing time, and the zone of its group. */
MUST_CHECK enum rc poll_open_closes(struct gate *gate, const struct poll *poll, struct arena *mem,
                                    const char **ret_zone, int64_t *ret_ms, struct err *err);
/* In words; NULL: the post is no poll, or not open. */
MUST_CHECK enum rc poll_open_until(struct gate *gate, struct post_id post, enum person_language language,
                                   struct arena *mem, const char **ret_until, struct err *err);

#endif
