/*
 * page_call: runs of the practice's own program for a page: to be started, running, over.
 *
 *            page_call_add ── ready ── page_call_start ── running ── page_call_end ── over (code)
 *                               ↑                            │
 *                               └── lease is over: nobody saw its end; up to PAGE_CALL_TRIES runs, since twice does less harm than never
 *
 * Units    Leases are real time. code is the exit code, 128 + signal, PAGE_CALL_NOT_STARTED or PAGE_CALL_LOST.
 * Errors   RC_NOT_FOUND  nothing is to be started   RC_CONFLICT  it is not running
 * State    Writes need an open transaction.
 */
#ifndef STORE_PAGE_CALL_H
#define STORE_PAGE_CALL_H

#include "store/page.h"

#define PAGE_CALL_TRIES 3
#define PAGE_CALL_NOT_STARTED (-1)
#define PAGE_CALL_LOST (-2)

struct page_call {
    int64_t id;
    struct page_id page;
    int64_t tries; /* with the one that was just started */
};

extern const struct db_domain page_call_domain;

/* A page has one waiting run at most: a second one adds nothing. */
MUST_CHECK enum rc page_call_add(struct store *st, struct page_id page, struct err *err);
/* Is there one to start? Reads only, for a look outside a transaction. */
MUST_CHECK enum rc page_call_is_waiting(struct store *st, bool *ret_is_waiting, struct err *err);
MUST_CHECK enum rc page_call_start(struct store *st, int64_t lease_ms, struct page_call *ret, struct err *err);
/* Which page a run is for. */
MUST_CHECK enum rc page_call_page(struct store *st, int64_t id, struct page_id *ret_page, struct err *err);
MUST_CHECK enum rc page_call_end(struct store *st, int64_t id, int64_t code, struct err *err);

#endif
