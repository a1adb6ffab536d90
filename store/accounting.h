/*
 * accounting: who got exactly what, when, in which version: the deliveries beside whose they are and what the relay answered.
 *
 * Shape    A filter names one thing (a delivery, mailing, issue, post, person or group; nothing: everything) and a span of time. Rows come in order of
 *          delivery id, one call each. Of a post: every copy of a rendering that held it, whole or as an excerpt, and every notice about it
 *          (to its author, to staff); post_version and is_whole say which. What is not sent yet has no rendering: accounting_unsent counts
 *          the copies that would still carry the post.
 * Units    from_ms <= time < until_ms, where time is when it was sent, or made while it is not; 0 is open.
 * Owns     A row and its strings live until the callback returns. name and address are the person's and the delivery's of today.
 * Errors   What the callback returns ends the walk.
 * State    Reads only; the callback must not write.
 */
#ifndef STORE_ACCOUNTING_H
#define STORE_ACCOUNTING_H

#include "store/delivery.h"

struct accounting_filter {
    struct delivery_id delivery;
    struct mailing_id mailing;
    struct issue_id issue;
    struct post_id post;
    struct person_id person;
    struct group_id group;
    int64_t from_ms, until_ms;
};

struct accounting_row {
    struct delivery delivery;
    const char *name, *address;
    const char *remote;     /* the relay's sentence; NULL: none was kept */
    enum mailing_kind kind; /* 0: not rendered yet */
    const char *slug;       /* of the group; NULL: the desk */
    int64_t subject_id;     /* of the mailing */
    int64_t issue_number, issue_version;
    int64_t post_version; /* of a post: which version it held; 0: it is about the post */
    bool is_whole;
};

typedef enum rc accounting_fn(void *ctx, const struct accounting_row *row, struct err *err);

extern const struct db_domain accounting_domain;

MUST_CHECK enum rc accounting_walk(struct store *st, const struct accounting_filter *filter, accounting_fn *fn,
                                   void *ctx, struct err *err);
/* Copies in the outbox that would carry the post: its singles, and letters whose range holds it. */
MUST_CHECK enum rc accounting_unsent(struct store *st, struct post_id post, int64_t *ret_n, struct err *err);

#endif
