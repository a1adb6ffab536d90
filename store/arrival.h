/*
 * arrival: one raw thing that came in, streamed to disk sealed before it is acknowledged to the outside.
 *
 * Shape    A writer takes bytes as they come and seals them in chunks of 64 KiB under a key of their own, which is boxed to the installation's
 *          public key together with the envelope: who writes needs no secret, nobody holds a whole one in memory. Over
 *          its maximum only the first chunk is kept and the arrival is marked oversize: never refused, never lost.
 *
 *            receiving ──finish──▸ new ──claim──▸ claimed ──┬─▸ done ──purge──▸ (gone)
 *                │                  ▴              │  │     └─▸ parked ──reopen──▸ new
 *              sweep                └──give back───┘  └─lease ran out: new again; the third time parked
 *
 * Units    received_ms and decided_ms are the caller's clock; leases are real time (lease_ms is a length).
 * Owns     A writer that is freed before finish takes its rows away. A reader's from and to live as long as it.
 * Errors   RC_NOT_FOUND  no such arrival
 *          RC_CONFLICT   the lease is not (any more) the caller's
 *          RC_CORRUPT    chunks are missing, changed or in another order; another installation's key
 *          RC_TEMP       nothing was stored: do not acknowledge
 *          RC_UNCERTAIN  the connection broke in the last commit: do not acknowledge, the other side will send it again
 *          After any error a writer or reader can only be freed.
 * State    A writer opens small transactions of its own; where the caller has one open, it writes in that, so that several letters share one commit: then nothing is
 *          on disk before the caller's commit, and after a rollback every writer that wrote in it can only be freed. The other writing functions run in the caller's.
 */
#ifndef STORE_ARRIVAL_H
#define STORE_ARRIVAL_H

#include "store/keys.h"

#define ARRIVAL_CHUNK_BYTES ((size_t)64 << 10)
#define ARRIVAL_MAX_BYTES ((int64_t)25 << 20)
#define ARRIVAL_NULL_SENDER "<>"  /* what arrival_from gives for it */
#define ARRIVAL_ENVELOPE_MAX 1024 /* bytes of one envelope address; longer ones are cut */
#define ARRIVAL_MAX_TRIES 3
#define ARRIVAL_RECEIVING_MS (INT64_C(24) * 3600 * 1000) /* older leftovers are swept */

/* Stored: append only. */
enum arrival_state { ARRIVAL_RECEIVING = 1, ARRIVAL_NEW, ARRIVAL_CLAIMED, ARRIVAL_DONE, ARRIVAL_PARKED };
enum arrival_source { ARRIVAL_PIPE = 1, ARRIVAL_MAILDIR, ARRIVAL_LMTP, ARRIVAL_IMAP, ARRIVAL_HOOK };
enum arrival_reason {
    ARRIVAL_TRIES = 1, /* its reader died three times */
    ARRIVAL_OVERSIZE,
    ARRIVAL_UNREADABLE,
    ARRIVAL_UNKNOWN_GROUP,
    ARRIVAL_DAMAGED, /* its stored bytes do not open */
    ARRIVAL_RULE     /* a rule failed for good */
};

struct arrival {
    struct arrival_id id;
    enum arrival_state state;
    enum arrival_source source;
    int64_t bytes; /* as received, also when oversize */
    bool is_oversize;
    int64_t tries;
    enum arrival_reason reason; /* 0 unless parked */
    int64_t received_ms;
};

extern const struct db_domain arrival_domain;

/* --- writing -------------------------------------------------------------------------------------------------------------------- */

struct arrival_meta {
    struct practice_id practice;
    enum arrival_source source;
    const char *from, *to;  /* envelope; NULL when the transport tells nothing; from "" is the null sender of reports */
    const char *source_key; /* what names it at its source, for duplicates: "mailbox 17 4711"; NULL when nothing does */
    int64_t received_ms;
    int64_t max_bytes; /* 0 is ARRIVAL_MAX_BYTES */
};

struct arrival_writer;
void arrival_writer_free(struct arrival_writer **w);
/* public_key is keys_arrival_public. */
MUST_CHECK enum rc arrival_begin(struct db *db, const struct crypt_key *public_key, struct id_source *ids,
                                 const struct arrival_meta *meta, struct arrival_writer **ret_writer, struct err *err);
MUST_CHECK enum rc arrival_add(struct arrival_writer *w, const void *bytes, size_t n, struct err *err);
/* Whether adding so many bytes reaches the database: for who opens a transaction only when it is needed. */
bool arrival_will_write(const struct arrival_writer *w, size_t n);
/* After RC_OK it is on disk, or in the caller's transaction. is_duplicate: the same source key was here before, and that one stays. */
MUST_CHECK enum rc arrival_finish(struct arrival_writer *w, struct arrival_id *ret_id, bool *ret_is_duplicate,
                                  struct err *err);
/* The caller's transaction was rolled back after finish: freeing it takes away what stands in the database from before. */
void arrival_rolled_back(struct arrival_writer *w);

/* --- reading --------------------------------------------------------------------------------------------------------------------- */

struct arrival_reader;
void arrival_reader_free(struct arrival_reader **r);
MUST_CHECK enum rc arrival_open(struct db *db, const struct keys *keys, struct practice_id practice,
                                struct arrival_id id, struct arrival_reader **ret_reader, struct err *err);
const char *arrival_from(const struct arrival_reader *r); /* "" when the transport told nothing */
const char *arrival_to(const struct arrival_reader *r);
/* The next bytes, at most ARRIVAL_CHUNK_BYTES; 0 at the proven end. What was read is certain only once 0 came. */
MUST_CHECK enum rc arrival_read(struct arrival_reader *r, unsigned char buf[ARRIVAL_CHUNK_BYTES], size_t *ret_n,
                                struct err *err);

/* --- work ------------------------------------------------------------------------------------------------------------------------ */

/* Claims at most max, oldest first, also those whose lease ran out; what was tried ARRIVAL_MAX_TRIES times is left for arrival_park_hopeless.
 * lease is a number of the caller's (id_next). */
MUST_CHECK enum rc arrival_claim(struct db *db, struct practice_id practice, int64_t lease, int64_t lease_ms,
                                 size_t max, struct arena *mem, struct arrival **ret, size_t *ret_n, struct err *err);
/* Parks what was tried ARRIVAL_MAX_TRIES times and is not being worked on, of the oldest max that wait. Call before arrival_claim. */
MUST_CHECK enum rc arrival_park_hopeless(struct db *db, struct practice_id practice, int64_t now_ms, size_t max,
                                         struct arena *mem, struct arrival **ret, size_t *ret_n, struct err *err);
MUST_CHECK enum rc arrival_give_back(struct db *db, struct practice_id practice, struct arrival_id id, int64_t lease,
                                     struct err *err);
/* It stays claimed so long (real time) and is claimed again then. Not was_try: this claim does not count. */
MUST_CHECK enum rc arrival_put_off(struct db *db, struct practice_id practice, struct arrival_id id, int64_t lease,
                                   int64_t wait_ms, bool was_try, struct err *err);
MUST_CHECK enum rc arrival_done(struct db *db, struct practice_id practice, struct arrival_id id, int64_t lease,
                                int64_t now_ms, struct err *err);
MUST_CHECK enum rc arrival_park(struct db *db, struct practice_id practice, struct arrival_id id, int64_t lease,
                                enum arrival_reason reason, int64_t now_ms, struct err *err);
/* A parked one: try again (tries from 0), or staff dealt with it. */
MUST_CHECK enum rc arrival_reopen(struct db *db, struct practice_id practice, struct arrival_id id, struct err *err);
MUST_CHECK enum rc arrival_settle(struct db *db, struct practice_id practice, struct arrival_id id, int64_t now_ms,
                                  struct err *err);

MUST_CHECK enum rc arrival_get(struct db *db, struct practice_id practice, struct arrival_id id, struct arrival *ret,
                               struct err *err);
/* In one state, oldest first. */
MUST_CHECK enum rc arrival_list(struct db *db, struct practice_id practice, enum arrival_state state, size_t max,
                                struct arena *mem, struct arrival **ret, size_t *ret_n, struct err *err);
MUST_CHECK enum rc arrival_count(struct db *db, struct practice_id practice, enum arrival_state state, int64_t *ret_n,
                                 struct err *err);
/* Takes done ones away, with their chunks, that were decided before; at most max. */
MUST_CHECK enum rc arrival_purge(struct db *db, struct practice_id practice, int64_t before_ms, size_t max,
                                 int64_t *ret_n, struct err *err);
/* Takes leftovers of writers that died (real time). */
MUST_CHECK enum rc arrival_sweep(struct db *db, struct practice_id practice, size_t max, int64_t *ret_n,
                                 struct err *err);

#endif
