/*
 * calendar_feed: the private calendar of a staff member: one open link per person, which can be taken back.
 *
 * Shape    The link carries a token (base/token, TOKEN_FEED) of the row's id. The row says whose it is, and whether it still holds.
 * Errors   RC_NOT_FOUND  no such row, or it was taken back
 *          RC_CONFLICT   calendar_feed_add: the person has an open one
 * State    Writes need an open transaction.
 */
#ifndef STORE_CALENDAR_FEED_H
#define STORE_CALENDAR_FEED_H

#include "store/store.h"

struct calendar_feed {
    struct feed_id id;
    struct person_id person;
    int64_t created_ms;
};

extern const struct db_domain calendar_feed_domain;

/* Fills id and created_ms. */
MUST_CHECK enum rc calendar_feed_add(struct store *st, struct calendar_feed *feed, struct err *err);
/* Open ones alone. */
MUST_CHECK enum rc calendar_feed_get(struct store *st, struct feed_id id, struct calendar_feed *ret, struct err *err);
MUST_CHECK enum rc calendar_feed_of(struct store *st, struct person_id person, struct calendar_feed *ret,
                                    struct err *err);
MUST_CHECK enum rc calendar_feed_end(struct store *st, struct feed_id id, struct err *err);

#endif
