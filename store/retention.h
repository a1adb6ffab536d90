/*
 * retention: takes away what has been kept long enough: deliveries, renderings and issues, and what recognises repeats.
 *
 * Shape    One call works through every table once, at most max rows each; call again while it took something. Unsent deliveries and issues that are
 *          under way stay, however old. Raw arrivals have their own (store/arrival: arrival_purge). Audit, consent, posts, letters,
 *          memberships and unsubscribe tokens (which name a membership) are not touched.
 * Units    Times are the clock port's: rows older than these go.
 * State    Needs an open transaction.
 */
#ifndef STORE_RETENTION_H
#define STORE_RETENTION_H

#include "store/store.h"

struct retention {
    int64_t deliveries_before_ms; /* deliveries, renderings, issues and their numbers */
    int64_t repeats_before_ms;    /* hashes that recognise duplicates, answers of the day, spent ways back */
};

extern const struct db_domain retention_domain;

MUST_CHECK enum rc retention_purge(struct store *st, const struct retention *before, size_t max, int64_t *ret_n,
                                   struct err *err);

#endif
