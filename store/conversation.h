/*
 * conversation: what a post opens and comments join: a title, and how far it has come in the group.
 *
 * Shape    last_seq is the group's sequence number of its newest published post; 0 before the first. Only store/post moves it.
 * Errors   RC_NOT_FOUND  no such row
 * State    Writes need an open transaction.
 */
#ifndef STORE_CONVERSATION_H
#define STORE_CONVERSATION_H

#include "store/store.h"

struct conversation {
    struct conversation_id id;
    struct group_id group;
    struct post_id first_post; /* 0 until one of its posts is published */
    const char *title;
    int64_t last_seq;
    int64_t created_ms;
};

extern const struct db_domain conversation_domain;

/* Adds the conversation (title from the author's words) and fills id. */
MUST_CHECK enum rc conversation_add(struct store *st, struct conversation *c, struct err *err);
MUST_CHECK enum rc conversation_get(struct store *st, struct conversation_id id, struct arena *mem,
                                    struct conversation *ret, struct err *err);
MUST_CHECK enum rc conversation_set_title(struct store *st, struct conversation_id id, const char *title,
                                          struct err *err);
/* The newest conversations of a group that have something published, at most max. */
MUST_CHECK enum rc conversation_recent(struct store *st, struct group_id group, size_t max, struct arena *mem,
                                       struct conversation **ret, size_t *ret_n, struct err *err);
/* The sequence number before the group's last n conversations (for a newcomer's first letter). */
MUST_CHECK enum rc conversation_seq_before_last(struct store *st, struct group_id group, size_t n, int64_t *ret_seq,
                                                struct err *err);

/* For store/post. One of its posts was published: the first to be opens it. */
MUST_CHECK enum rc conversation_reach(struct store *st, struct conversation_id id, int64_t seq, struct post_id post,
                                      struct err *err);
/* Its post was taken back: it ends, and begins, with those that are still published. */
MUST_CHECK enum rc conversation_shorten(struct store *st, struct conversation_id id, struct post_id post,
                                        struct err *err);

#endif
