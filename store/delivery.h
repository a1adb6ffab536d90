/*
 * delivery: the outbox: a mailing to one person by one channel, from ready to sent.
 *
 * Shape
 *              delivery_add            delivery_claim             delivery_begin_send          delivery_record
 *                   └── ready ──────────── claimed ──────────────────── sending ──────┬──────── sent
 *                        ↑ ↑ └─ delivery_cancel_* ─ cancelled           │             ├──────── failed, no_tls  (5xx)
 *                        │ └──────────── lost lease: delivery_sweep ────┘             │
 *                        └──────────────── later, with back-off (4xx) ────────────────┘
 *              restore makes unsent ones held_restored; delivery_release_restored gives them back.
 *              failed ──── delivery_retry_group ──── ready: after a mail server's trouble, with the same Message-ID
 *
 *          'sending' is committed before the first byte goes to the relay. What dies in 'sending' is sent once more with the same Message-ID,
 *          because an email twice does less harm than none. One session holds at most DELIVERY_BATCH_MAX claimed rows, so that is the most
 *          that a crash can double per session.
 *
 *          message_key is the left part of the Message-ID (store/message_id), a keyed hash of person and subject: each person has a
 *          thread of ids of their own. It is unique: the same thing cannot be put into the outbox twice for one person.
 *
 *          The member's cursor (the last published sequence number that reached them) rises to to_seq in the transaction that marks the delivery
 *          sent, not when it is queued: what was cancelled or refused lies past the cursor still, and comes with the next issue.
 * Units    due_ms and back-off are time of the clock port, leases are real time.
 * Owns     Results live in the arena given.
 * Errors   RC_NOT_FOUND  no such row      RC_CONFLICT  delivery_add: this person has this already
 * State    Writes need an open transaction.
 */
#ifndef STORE_DELIVERY_H
#define STORE_DELIVERY_H

#include "store/mailing.h"
#include "store/message_id.h"

#define DELIVERY_BATCH_MAX 32
#define DELIVERY_PAGE_MAX 500 /* of a fan-out: rows in one transaction */
#define DELIVERY_STATUS_SIZE 16

/* Stored: append only. */
enum delivery_state {
    DELIVERY_READY = 1,
    DELIVERY_CLAIMED,
    DELIVERY_SENDING,
    DELIVERY_SENT,
    DELIVERY_FAILED,
    DELIVERY_CANCELLED,
    DELIVERY_HELD_RESTORED,
    DELIVERY_NO_TLS, /* not sent, or sent back: it must travel under verified TLS, and could not */
    DELIVERY_STATE_END
};
const char *delivery_state_name(enum delivery_state state);

enum delivery_channel { DELIVERY_EMAIL = 1, DELIVERY_TEXT = 2 };

struct delivery {
    struct delivery_id id;
    struct mailing_id mailing; /* 0: an issue's that was not sent: takes the newest rendering; sent: what left */
    struct issue_id issue;
    struct person_id person;
    struct membership_id membership; /* 0: none */
    struct address_id address;
    enum delivery_channel channel;
    enum lane lane;
    enum delivery_state state;
    int64_t from_seq, to_seq; /* the member's cursor before, and once it is sent; to_seq 0: does not move */
    int64_t part;
    int64_t due_ms;
    int64_t attempt;
    int64_t code;            /* the relay's last reply, 0 none */
    const char *status_code; /* enhanced status or NULL */
    const char *values;      /* JSON of this delivery alone or NULL */
    unsigned char message_key[MESSAGE_KEY_BYTES];
    unsigned char copy_hash[CRYPT_HASH_BYTES]; /* of the copy that left; nothing before */
    int64_t copy_ms;                           /* its Date; 0: no copy was made */
    int64_t sent_ms, created_ms;
};

extern const struct db_domain delivery_domain;      /* rows */
extern const struct db_domain delivery_wait_domain; /* what is put off */
extern const struct db_domain delivery_work_domain; /* from ready to sent: these statements must use an index */

/* Fills d->id and created_ms; state is always ready. */
MUST_CHECK enum rc delivery_add(struct store *st, struct delivery *d, struct err *err);
/* Adds up to DELIVERY_PAGE_MAX; what a person has already is passed over. ret_added may be NULL. */
MUST_CHECK enum rc delivery_add_many(struct store *st, struct delivery *d, size_t n, int64_t *ret_added,
                                     struct err *err);

/* The highest to_seq of what a member has in the outbox and not got yet; 0 when nothing: an issue that closes meanwhile starts there. */
MUST_CHECK enum rc delivery_unsent_seq(struct store *st, struct membership_id membership, int64_t *ret_seq,
                                       struct err *err);

/* Claims up to max due ones (at most DELIVERY_BATCH_MAX) in order of lane and due time, under a new lease that lasts lease_ms of real time. */
MUST_CHECK enum rc delivery_claim(struct store *st, enum lane first, enum lane last, size_t max, int64_t lease_ms,
                                  struct arena *mem, int64_t *ret_lease, struct delivery **ret_rows, size_t *ret_n,
                                  struct err *err);
/* claimed → sending. Rows that were cancelled or lost since are taken out of the array. Commit before the wire. */
MUST_CHECK enum rc delivery_begin_send(struct store *st, int64_t lease, struct delivery *rows, size_t *n,
                                       struct err *err);

enum delivery_result {
    DELIVERY_ACCEPTED,
    DELIVERY_LATER,       /* back-off; after DELIVERY_ATTEMPTS_MAX it fails */
    DELIVERY_REFUSED,     /* failed for good: staff are told */
    DELIVERY_NOT_SECURED, /* must travel under TLS, and cannot: nothing of it has left */
    DELIVERY_DROPPED,     /* nothing to send after all (an issue whose items were withdrawn): cancelled */
    DELIVERY_UNTOUCHED,   /* not tried (the relay is away, the worker stops): ready at once, no attempt counted */
};
#define DELIVERY_ATTEMPTS_MAX 24 /* with the back-off: a little over three days */

struct delivery_outcome {
    struct delivery_id id;
    enum delivery_result result;
    int64_t attempt; /* of the claimed row */
    int code;        /* 0: none */
    char status_code[DELIVERY_STATUS_SIZE];
    const char *remote; /* what the relay said; NULL: nothing. Sealed, never logged */
    /* what it was given, for the record: 0 and NULL when no copy was made */
    struct mailing_id mailing;
    const unsigned char *copy_hash; /* CRYPT_HASH_BYTES */
    int64_t copy_ms;
    bool has_failed; /* set by delivery_record: it is in 'failed' or 'no_tls' now */
};
/* Writes the outcomes of rows that are 'sending' (or still 'claimed') under the lease, and moves the cursors of members. Rows that the lease
 * no longer holds stay as they are. The rest of the lease lives on for lease_ms from now. */
MUST_CHECK enum rc delivery_record(struct store *st, int64_t lease, int64_t lease_ms, struct delivery_outcome *outcomes,
                                   size_t n, struct err *err);
/* Gives back what a dead worker held: claimed and sending → ready. Its attempt stays counted: what comes back over DELIVERY_ATTEMPTS_MAX times is
 * to be refused by whoever claims it. */
MUST_CHECK enum rc delivery_sweep(struct store *st, int64_t *ret_swept, struct err *err);

/* Unsent ones (ready, claimed, held) become cancelled, and so do unsent texts (store/text_out). What is 'sending' may have left us already. ret_n may
 * be NULL. */
MUST_CHECK enum rc delivery_cancel_person(struct store *st, struct person_id person, int64_t *ret_n, struct err *err);
MUST_CHECK enum rc delivery_cancel_membership(struct store *st, struct membership_id membership, int64_t *ret_n,
                                              struct err *err);
/* Of all mailings about a subject: a post's singles, a question's notice. */
MUST_CHECK enum rc delivery_cancel_subject(struct store *st, int64_t subject_id, int64_t *ret_n, struct err *err);
/* Of those, one kind alone: what something newer of it replaces. */
MUST_CHECK enum rc delivery_cancel_kind(struct store *st, int64_t subject_id, enum mailing_kind kind, struct err *err);
MUST_CHECK enum rc delivery_cancel_issue(struct store *st, struct issue_id issue, int64_t *ret_n, struct err *err);

/* store/delivery_wait. What waits to go to many of a group (issues, notes, announcements) is put off until RESUME; its invitations, until mail to its
 * address came back. Each has a mark of its own, and when the last is gone it is due as before. put_off_ready is for what was just made; the others
 * also take what a worker has claimed, which then goes back, and what is being sent: when that fails for now, or its worker dies, it waits too. */
enum delivery_wait { DELIVERY_WAITS_FOR_RESUME = 1, DELIVERY_WAITS_FOR_ADDRESS };
MUST_CHECK enum rc delivery_put_off_ready(struct store *st, struct group_id group, int64_t *ret_n, struct err *err);
MUST_CHECK enum rc delivery_put_off_group(struct store *st, struct group_id group, int64_t *ret_n, struct err *err);
MUST_CHECK enum rc delivery_put_off_invitations(struct store *st, struct group_id group, int64_t *ret_n,
                                                struct err *err);
/* Added to the due time of a new invitation: so it waits for the address. */
#define DELIVERY_WAITS_MS INT64_C(4503599627370496)
MUST_CHECK enum rc delivery_resume_group(struct store *st, struct group_id group, enum delivery_wait wait,
                                         int64_t *ret_n, struct err *err);
/* What went to many of the group and is known since since_ms to have failed is ready again, as if never tried: but for members who are no longer active,
 * addresses that get nothing, notes that are no longer published, and what a later letter of the same member holds. */
MUST_CHECK enum rc delivery_retry_group(struct store *st, struct group_id group, int64_t since_ms, struct arena *mem,
                                        struct delivery_id **ret_ids, size_t *ret_n, struct err *err);

/* Notes and private words, made since since_ms, that no verified TLS could carry to the address (0: to anybody) are ready again, under the same conditions. */
MUST_CHECK enum rc delivery_retry_no_tls(struct store *st, struct address_id address, int64_t since_ms,
                                         struct arena *mem, struct delivery_id **ret_ids, size_t *ret_n,
                                         struct err *err);

/* restore: everything unsent waits for people, and until somebody releases or drops it only lane 0 (alarms, crisis notes, answers to STOP)
 * leaves: what was closed after the copy was made may have gone out already. release gives the held ones back; drop cancels them. Unsent texts
 * become unknown for good: their words come with the next digest. */
MUST_CHECK enum rc delivery_hold_restored(struct store *st, int64_t *ret_n, struct err *err);
MUST_CHECK enum rc delivery_release_restored(struct store *st, int64_t *ret_n, struct err *err);

MUST_CHECK enum rc delivery_drop_restored(struct store *st, int64_t *ret_n, struct err *err);
/* When the copy was restored that nobody released yet; 0: none was. */
MUST_CHECK enum rc delivery_restored_at(struct store *st, int64_t *ret_at_ms, struct err *err);

MUST_CHECK enum rc delivery_get(struct store *st, struct delivery_id id, struct arena *mem, struct delivery *ret_d,
                                struct err *err);
MUST_CHECK enum rc delivery_find_message(struct store *st, const unsigned char key[MESSAGE_KEY_BYTES],
                                         struct arena *mem, struct delivery *ret_d, struct err *err);
/* A person's, newest first; before 0: from the newest. */
MUST_CHECK enum rc delivery_of_person(struct store *st, struct person_id person, struct delivery_id before, size_t max,
                                      struct arena *mem, struct delivery **ret_rows, size_t *ret_n, struct err *err);
/* Was this person ever told about it, in a mail of that kind? */
MUST_CHECK enum rc delivery_was_told(struct store *st, struct person_id person, enum mailing_kind kind,
                                     int64_t subject_id, bool *ret_was, struct err *err);
/* Has a letter of an issue that went to this member, or may have, the note that was published under this number? */
MUST_CHECK enum rc delivery_issue_held(struct store *st, struct person_id person, struct membership_id membership,
                                       int64_t seq, bool *ret_held, struct err *err);
/* Failed since a time, oldest first: for the report to staff. */
MUST_CHECK enum rc delivery_failed_since(struct store *st, int64_t since_ms, size_t max, struct arena *mem,
                                         struct delivery **ret_rows, size_t *ret_n, struct err *err);
/* A report says that a sent letter came back: failed, with the report's status and no relay code. RC_CONFLICT: it is not `sent` (any more). */
MUST_CHECK enum rc delivery_bounced(struct store *st, struct delivery_id id, const char *status, struct err *err);
/* The same, because a server on its way had no TLS that could be trusted: no_tls. */
MUST_CHECK enum rc delivery_not_secured(struct store *st, struct delivery_id id, const char *status, struct err *err);
/* On how many days reports came of letters that were sent since to that person at the address, saying that it is no good (5.1.x). The days of the
 * reports, not of the letters: whoever holds a few letters can forge all their reports at once. */
MUST_CHECK enum rc delivery_bounce_days(struct store *st, struct person_id person, struct address_id address,
                                        int64_t since_ms, int64_t *ret_days, struct err *err);
/* Whether a copy of a published post has been sent or is being sent: alone, or in an issue that somebody got. */
MUST_CHECK enum rc delivery_post_has_left(struct store *st, int64_t post, struct group_id group, int64_t published_seq,
                                          bool *ret_has_left, struct err *err);
/* Whether a copy of its own waits or is being sent. */
MUST_CHECK enum rc delivery_post_is_under_way(struct store *st, int64_t post, bool *ret_is, struct err *err);
/* Cancelled copies of all mailings about a subject are deleted, so that the same can be queued again. */
MUST_CHECK enum rc delivery_forget_subject(struct store *st, int64_t subject_id, struct err *err);
/* How many are in each state. 0 for issue: all of the practice. */
struct delivery_counts {
    int64_t of[DELIVERY_STATE_END];
};
MUST_CHECK enum rc delivery_count(struct store *st, struct issue_id issue, struct delivery_counts *ret_counts,
                                  struct err *err);
/* When the next one of these lanes is due (clock port); INT64_MAX when none waits. */
MUST_CHECK enum rc delivery_next_due(struct store *st, enum lane first, enum lane last, int64_t *ret_due_ms,
                                     struct err *err);

#endif
