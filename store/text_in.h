/*
 * text_in: texts that came, and what providers say about those that left, stored before they are answered 2xx.
 *
 * Shape
 *            text_in_add ── new ── text_in_claim ── claimed ── text_in_end ── done, parked (staff look)
 *            (a second time: RC_CONFLICT)  ↑            └── lost lease ──┘ (tries; after TEXT_IN_TRIES it is parked)
 *
 *          A text is known again by (account, the provider's id), for 30 days (retention). What it did at once (STOP, START, HELP) stands in `word`: it
 *          was done in the transaction that stored it (gateway/text/text_take). words are the text alone; raw is the whole call, for staff when
 *          we could not read it.
 *          text_receipt_*: delivery reports wait here until the text they are about is known and a role has applied them.
 *          A part of a longer text waits as parked (text_in_wait) until it is joined with the others, which leaves an empty done row.
 * Units    received_ms and done_ms: the clock port. Leases and due_ms of receipts: real time.
 * Owns     What is read lives in mem.
 * Errors   RC_CONFLICT   text_in_add: it is here already       RC_NOT_FOUND  no such row
 * State    Writes need an open transaction.
 */
#ifndef STORE_TEXT_IN_H
#define STORE_TEXT_IN_H

#include "store/text_account.h"

#define TEXT_IN_TRIES 3

/* Stored: append only. */
enum text_in_state { TEXT_IN_NEW = 1, TEXT_IN_CLAIMED, TEXT_IN_DONE, TEXT_IN_PARKED };
/* What a text did when it was stored. */
enum text_word {
    TEXT_WORD_NONE,
    TEXT_WORD_STOP,
    TEXT_WORD_START,
    TEXT_WORD_HELP,
    TEXT_WORD_WRONG_NUMBER,
    TEXT_WORD_PART, /* of a longer text: gateway/text/text_part */
    TEXT_WORD_END
};

struct text_in {
    struct text_in_id id;
    enum text_in_state state;
    struct text_account_id account;
    struct text_sender_id sender; /* our number; 0: none that we know */
    struct address_id address;    /* theirs; 0: no number (a short code, letters, nothing) */
    enum text_word word;
    int64_t media;     /* pictures that came with it and were not kept */
    const char *words; /* UTF-8, clean; NULL: erased or unreadable */
    const void *raw;   /* NULL: none was kept */
    size_t raw_len;
    const char *provider_id; /* text_in_add: what it is known again by; NULL: each is new. Not read back */
    int64_t tries, received_ms, done_ms;
};

struct text_receipt {
    int64_t id;
    struct text_account_id account;
    const char *ref;         /* as text_ref_write made it; NULL */
    const char *provider_id; /* NULL */
    const char *word, *code; /* the provider's; code "" none */
    int64_t tries, due_ms, created_ms;
};

extern const struct db_domain text_in_domain, text_receipt_domain;

/* Fills id and received_ms; writes word as it is. */
MUST_CHECK enum rc text_in_add(struct store *st, struct text_in *text, struct err *err);
MUST_CHECK enum rc text_in_set_word(struct store *st, struct text_in_id id, enum text_word word, struct err *err);
/* What it said is kept as these words from now on, and nothing of the call: a PIN stood in it. */
MUST_CHECK enum rc text_in_hide(struct store *st, struct text_in_id id, const char *words, struct err *err);
/* A new one is not read yet: it is a part (TEXT_WORD_PART), and waits for the others. */
MUST_CHECK enum rc text_in_wait(struct store *st, struct text_in_id id, struct err *err);
/* A part that waited is part of another row now, and holds nothing any more. RC_CONFLICT: it does not wait. */
MUST_CHECK enum rc text_in_joined(struct store *st, struct text_in_id id, struct err *err);
MUST_CHECK enum rc text_in_get(struct store *st, struct text_in_id id, struct arena *mem, struct text_in *ret,
                               struct err *err);
/* The oldest that nobody works on, in the order they came; RC_NOT_FOUND: none. Its tries are counted here. */
MUST_CHECK enum rc text_in_claim(struct store *st, int64_t lease_ms, struct arena *mem, int64_t *ret_lease,
                                 struct text_in *ret, struct err *err);
/* done or parked. RC_CONFLICT: the lease was lost. */
MUST_CHECK enum rc text_in_end(struct store *st, struct text_in_id id, int64_t lease, enum text_in_state state,
                               struct err *err);
/* Is there one to claim? Reads only. */
MUST_CHECK enum rc text_in_is_waiting(struct store *st, bool *ret_is, struct err *err);
/* A number's, newest first, since: for limits and for staff. */
MUST_CHECK enum rc text_in_of_address(struct store *st, struct address_id address, int64_t since_ms, size_t max,
                                      struct arena *mem, struct text_in **ret, size_t *ret_n, struct err *err);

MUST_CHECK enum rc text_receipt_add(struct store *st, struct text_receipt *receipt, struct err *err);
/* Up to max due ones, oldest first. */
MUST_CHECK enum rc text_receipt_due(struct store *st, size_t max, struct arena *mem, struct text_receipt **ret,
                                    size_t *ret_n, struct err *err);
MUST_CHECK enum rc text_receipt_end(struct store *st, int64_t id, struct err *err);
/* Nobody knows its text yet: again at due_ms (real time). */
MUST_CHECK enum rc text_receipt_later(struct store *st, int64_t id, int64_t due_ms, struct err *err);

#endif
