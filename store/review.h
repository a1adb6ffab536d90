/*
 * review: one row per decision that acted, on one version of one post.
 *
 * Errors   RC_CONFLICT  that version was decided already (by whom: review_find)
 * State    Writes need an open transaction.
 */
#ifndef STORE_REVIEW_H
#define STORE_REVIEW_H

#include "store/store.h"

/* What `decision` holds for an announcement that its author sent: no decision of the moderators' grammar. */
#define REVIEW_BY_SEND 100

enum review_way { REVIEW_EMAIL = 1, REVIEW_TEXT, REVIEW_CONSOLE, REVIEW_CLI };

struct review {
    struct post_id post;
    int64_t post_version;
    struct person_id staff;
    int decision; /* enum decision_kind of inbound/decision */
    enum review_way way;
    const char *reason; /* NULL: none */
    int64_t at_ms;
};

extern const struct db_domain review_domain;

MUST_CHECK enum rc review_add(struct store *st, const struct review *review, struct err *err);
/* Up to max decisions on a post, the newest first. */
MUST_CHECK enum rc review_newest(struct store *st, struct post_id post, size_t max, struct arena *mem,
                                 struct review **ret_reviews, size_t *ret_n, struct err *err);
/* The newest decision on a post. RC_NOT_FOUND: none acted yet. */
MUST_CHECK enum rc review_find(struct store *st, struct post_id post, struct arena *mem, struct review *ret_review,
                               struct err *err);

#endif
