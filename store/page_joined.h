/*
 * page_joined: letters of strangers, or that nobody could read, which joined a page that nobody has claimed yet.
 *
 * Shape    The letter that opened the page stands in the page itself, not here.
 * Errors   those of the store
 * State    Writes need an open transaction.
 */
#ifndef STORE_PAGE_JOINED_H
#define STORE_PAGE_JOINED_H

#include "store/store.h"

extern const struct db_domain page_joined_domain;

/* Once for each letter: a second time changes nothing. */
MUST_CHECK enum rc page_joined_add(struct store *st, struct page_id page, struct arrival_id letter, struct err *err);
/* It is read again and called for anew: it stands on no page any more. */
MUST_CHECK enum rc page_joined_drop(struct store *st, struct arrival_id letter, struct err *err);
MUST_CHECK enum rc page_joined_count(struct store *st, struct page_id page, int64_t *ret_n, struct err *err);
/* Oldest first, at most max. */
MUST_CHECK enum rc page_joined_list(struct store *st, struct page_id page, size_t max, struct arena *mem,
                                    struct arrival_id **ret_letters, size_t *ret_n, struct err *err);

#endif
