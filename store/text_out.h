/*
 * text_out: texts that leave: one to one person, from queued to delivered. What store/delivery is for mail; unlike a mail a text is never
 * sent twice where it may have arrived.
 *
 * Shape
 *   text_out_add       text_out_begin     text_out_record
 *        └── queued ───────── sending ─────────── accepted ── sent ── delivered     text_out_receipt moves right, never left
 *              ↑ │             │  │                   └──────────┴── failed, expired
 *              │ │             │  └── unknown ── a receipt: any of these; text_out_settle: nobody waits any more (settled_ms)
 *              │ │             │        ↑ lost lease (text_out_sweep), answer lost, restored from a backup
 *              └─│─ not taken ─┘
 *                └── cancelled, expired, failed: text_out_cancel_*, text_out_end, no consent or too late in text_out_begin
 *
 *          'sending' is committed before the first byte of a request. A text in 'unknown' is not sent again; a late receipt still resolves it. Its
 *          content lies past the member's cursor, so that the next digest carries it: a reader may see it twice, never not at all.
 *
 *          requests: one digit for each request to the provider ('1' to be sent … '9', enum text_state). A provider that splits long texts gets one;
 *          else each part is one. The text is as far as the one that is least far, failed when one failed. A text that is taken up again goes on
 *          with the requests that are still '1'.
 *
 *          The member's cursor rises to to_seq in the transaction that marks the text accepted; when it then fails or expires, the cursor goes
 *          back to from_seq if nothing moved it since: the next digest holds it again.
 *
 *          needs is asked when the text is queued by gateway/sms/text_queue, and again, in SQL, at the moment of hand-off (text_out_begin):
 *            TEXT_NEEDS_CONSENT   the number has said yes (text_consent state 2)     everything else
 *            TEXT_NEEDS_NO_STOP   it has not said stop, nor is it another's          the request for a yes; one line to a stranger
 *            TEXT_NEEDS_NOTHING   answers to STOP, START and HELP, a crisis text     goes to everybody but the dead
 *          Nothing goes to an address that is suppressed (store/person) because somebody died or staff said so, unless needs is NOTHING.
 * Units    due_ms, not_after_ms, handed_ms, done_ms: the clock port. Leases, sending_ms, settled_ms: real time. parts are segments.
 * Owns     Results live in the arena given.
 * Errors   RC_NOT_FOUND  no such row      RC_CONFLICT  text_out_add: this person has this already (once)
 * State    Writes need an open transaction.
 */
#ifndef STORE_TEXT_OUT_H
#define STORE_TEXT_OUT_H

#include "store/mailing.h"
#include "store/text_account.h"

#define TEXT_BATCH_MAX 32
#define TEXT_REF_BYTES 16
#define TEXT_REF_CHARS 32
#define TEXT_REQUESTS_MAX 32
#define TEXT_ATTEMPTS_MAX 12
#define TEXT_CODE_SIZE 48
#define TEXT_UNKNOWN_WAIT_MS (INT64_C(2) * 60 * 1000)

/* Stored: append only. */
enum text_state {
    TEXT_QUEUED = 1,
    TEXT_CLAIMED, /* not used any more */
    TEXT_SENDING,
    TEXT_UNKNOWN,
    TEXT_ACCEPTED,
    TEXT_SENT,
    TEXT_DELIVERED,
    TEXT_FAILED,
    TEXT_EXPIRED,
    TEXT_CANCELLED,
    TEXT_STATE_END
};
enum text_needs { TEXT_NEEDS_CONSENT = 1, TEXT_NEEDS_NO_STOP, TEXT_NEEDS_NOTHING };
/* Why it is failed, expired or cancelled. */
enum text_reason {
    TEXT_NO_REASON,
    TEXT_NO_CONSENT, /* at the moment of hand-off */
    TEXT_TOO_LATE,   /* not_after_ms was over */
    TEXT_WITHDRAWN,  /* text_out_cancel_* */
    TEXT_REFUSED,    /* by the provider; class and code say more */
    TEXT_UNSENDABLE, /* we could not make a request of it */
    TEXT_TRIED_ENOUGH,
    TEXT_OVER_BUDGET,
};
const char *text_state_name(enum text_state state);
const char *text_reason_name(enum text_reason reason);

struct text_out {
    struct text_id id;
    enum text_state state;
    enum mailing_kind kind;
    enum lane lane;
    enum text_needs needs;
    bool is_exempt;                  /* no budget and no bucket stops it */
    struct person_id person;         /* 0: nobody we know */
    struct membership_id membership; /* 0: none */
    struct group_id group;
    struct address_id address;
    struct text_sender_id sender;
    struct issue_id issue; /* 0: none */
    int64_t subject_id;
    int64_t from_seq, to_seq; /* to_seq 0: the cursor does not move */
    unsigned char ref[TEXT_REF_BYTES];
    bool is_ucs2;
    int64_t parts;
    const char *requests;
    const char *words; /* UTF-8, as it is to be read; NULL: erased */
    const char *provider_id;
    int64_t due_ms, not_after_ms;
    int64_t attempt;
    enum text_reason reason;
    int class; /* enum provider_class of mailer/provider */
    const char *code;
    int64_t sending_ms, settled_ms, handed_ms, done_ms, created_ms;
    const char *
        once; /* text_out_add: what must not be queued twice for this person ("digest 12 0"); NULL: no such thing. Not read back */
};

/* A post that it holds. */
struct text_post {
    struct post_id post;
    int64_t version;
    bool is_whole;
};

extern const struct db_domain text_out_domain, text_work_domain;

/* ---- rows ---- */

/* Fills id, ref, created_ms; state is queued. */
MUST_CHECK enum rc text_out_add(struct store *st, struct text_out *text, const struct text_post *posts, size_t n,
                                struct err *err);
MUST_CHECK enum rc text_out_get(struct store *st, struct text_id id, struct arena *mem, struct text_out *ret,
                                struct err *err);
MUST_CHECK enum rc text_out_by_ref(struct store *st, const unsigned char ref[TEXT_REF_BYTES], struct arena *mem,
                                   struct text_out *ret, struct err *err);
MUST_CHECK enum rc text_out_by_provider_id(struct store *st, const char *provider_id, struct arena *mem,
                                           struct text_out *ret, struct err *err);
/* What was handed over to a number (or may have been) since, newest first: for what quotes us. */
MUST_CHECK enum rc text_out_to_address(struct store *st, struct address_id address, int64_t since_ms, size_t max,
                                       struct arena *mem, struct text_out **ret, size_t *ret_n, struct err *err);
/* Every text to a number, newest first, whatever became of it. */
MUST_CHECK enum rc text_out_of_address(struct store *st, struct address_id address, size_t max, struct arena *mem,
                                       struct text_out **ret, size_t *ret_n, struct err *err);
/* A person's, newest first; before 0: from the newest. */
MUST_CHECK enum rc text_out_of_person(struct store *st, struct person_id person, struct text_id before, size_t max,
                                      struct arena *mem, struct text_out **ret, size_t *ret_n, struct err *err);
/* How many were made for a number since, of one kind (0: of all) and not cancelled: for limits on what we answer. */
MUST_CHECK enum rc text_out_count(struct store *st, struct address_id address, enum mailing_kind kind, int64_t since_ms,
                                  int64_t *ret_n, struct err *err);
/* How many answers (LANE_REPLY) were made for a number since and not cancelled: what keeps two machines from answering each other. */
MUST_CHECK enum rc text_out_answers(struct store *st, struct address_id address, int64_t since_ms, int64_t *ret_n,
                                    struct err *err);
/* How many confirmations of a STOP, made since, did not leave within that time. */
MUST_CHECK enum rc text_out_late_stops(struct store *st, int64_t since_ms, int64_t within_ms, int64_t *ret_n,
                                       struct err *err);
/* The highest to_seq of what a member has not got yet and may still get; 0 when nothing. An issue that closes meanwhile starts there. */
MUST_CHECK enum rc text_out_unsent_seq(struct store *st, struct membership_id membership, int64_t *ret_seq,
                                       struct err *err);
/* How many are in each state, of the practice; since 0: of all time. */
struct text_counts {
    int64_t of[TEXT_STATE_END];
};
MUST_CHECK enum rc text_out_tally(struct store *st, int64_t since_ms, struct text_counts *ret, struct err *err);
/* Of the last max that a sender handed over: how many there are, and how many of them the provider called filtered (class). */
MUST_CHECK enum rc text_out_recent(struct store *st, struct text_sender_id sender, size_t max, int class,
                                   int64_t *ret_all, int64_t *ret_of_class, struct err *err);

/* Queued ones become cancelled; what is 'sending' may have left. ret_n may be NULL. delivery_cancel_person, _membership, _subject, _kind
 * and _issue call theirs: what cancels a mail cancels the text. _address leaves what needs nothing: the confirmation of the STOP itself; so does _needing,
 * of a person: the answer to HELP and the words in a crisis too. */
MUST_CHECK enum rc text_out_cancel_address(struct store *st, struct address_id address, int64_t *ret_n,
                                           struct err *err);
MUST_CHECK enum rc text_out_cancel_person(struct store *st, struct person_id person, int64_t *ret_n, struct err *err);
MUST_CHECK enum rc text_out_cancel_needing(struct store *st, struct person_id person, int64_t *ret_n, struct err *err);
MUST_CHECK enum rc text_out_cancel_membership(struct store *st, struct membership_id membership, int64_t *ret_n,
                                              struct err *err);
MUST_CHECK enum rc text_out_cancel_subject(struct store *st, int64_t subject_id, int64_t *ret_n, struct err *err);
MUST_CHECK enum rc text_out_cancel_kind(struct store *st, int64_t subject_id, enum mailing_kind kind, struct err *err);
MUST_CHECK enum rc text_out_cancel_issue(struct store *st, struct issue_id issue, int64_t *ret_n, struct err *err);
/* restore: whatever had not arrived becomes unknown, and nobody waits for it. delivery_hold_restored calls it. */
MUST_CHECK enum rc text_out_hold_restored(struct store *st, int64_t *ret_n, struct err *err);

/* ---- from queued to handed over: the text roles ---- */

/* Up to max (at most TEXT_BATCH_MAX) due ones whose sender and account are in use, by lane and due time; nobody else gets them until the transaction ends. */
MUST_CHECK enum rc text_out_due(struct store *st, enum lane first, enum lane last, size_t max, struct arena *mem,
                                struct text_out **ret, size_t *ret_n, struct err *err);
/* What is due is due later (its bucket is empty), or has its end before anything left. */
MUST_CHECK enum rc text_out_wait(struct store *st, struct text_id id, int64_t due_ms, struct err *err);
MUST_CHECK enum rc text_out_end(struct store *st, struct text_id id, enum text_state state, enum text_reason reason,
                                struct err *err);
/* queued → sending under a lease, where consent, suppression and time still allow it: those that may not go have their end, and are taken out of the array.
 * requests must be filled in each. In the transaction of text_out_due; commit before the wire. */
MUST_CHECK enum rc text_out_begin(struct store *st, struct text_out *texts, size_t *n, int64_t lease_ms,
                                  int64_t *ret_lease, struct err *err);

enum text_result {
    TEXT_WENT,    /* requests says how far: accepted, sent …; also with some still '1' */
    TEXT_LATER,   /* not taken: back-off from due_ms; after TEXT_ATTEMPTS_MAX it fails */
    TEXT_PUT_BACK /* not tried (the provider is away): queued for due_ms, no attempt counted */
};

struct text_outcome {
    struct text_id id;
    enum text_result result;
    const char *requests; /* as long as the row's */
    enum text_reason reason;
    int class;
    char code[TEXT_CODE_SIZE]; /* "" none */
    const char *provider_id;   /* NULL: none, or several requests */
    int64_t due_ms;            /* of LATER and PUT_BACK */
    /* set by text_out_record */
    bool is_ours; /* the lease held it still */
    enum text_state state;
    bool is_handed; /* accepted or further for the first time: it is to be paid */
};
/* Writes outcomes of rows under the lease, merged with receipts that were faster. Rows that the lease no longer holds stay as they are. */
MUST_CHECK enum rc text_out_record(struct store *st, int64_t lease, struct text_outcome *outcomes, size_t n,
                                   struct err *err);
/* What dead workers were sending is unknown. */
MUST_CHECK enum rc text_out_sweep(struct store *st, int64_t *ret_lost, struct err *err);
/* Unknown ones that were sent before before_ms (real time) and nobody has settled: at most max. */
MUST_CHECK enum rc text_out_unknown(struct store *st, int64_t before_ms, size_t max, struct arena *mem,
                                    struct text_out **ret, size_t *ret_n, struct err *err);
/* An unknown one was found at the provider, under this id. */
MUST_CHECK enum rc text_out_found(struct store *st, struct text_id id, const char *provider_id, struct err *err);
MUST_CHECK enum rc text_out_settle(struct store *st, struct text_id id, struct err *err);
/* When the next one of these lanes is due (clock port); INT64_MAX when none waits, or its sender is stopped. */
MUST_CHECK enum rc text_out_next_due(struct store *st, enum lane first, enum lane last, int64_t *ret_due_ms,
                                     struct err *err);

/* ---- what comes back ---- */

struct text_news {
    struct text_id id;
    size_t request;        /* from 0 */
    enum text_state state; /* accepted … expired */
    int class;
    const char *code; /* "" none */
};
struct text_moved {
    enum text_state before, after;
    bool is_handed; /* for the first time */
};
/* Moves a text as far as the provider says, never back. */
MUST_CHECK enum rc text_out_receipt(struct store *st, const struct text_news *news, struct text_moved *ret,
                                    struct err *err);

/* The reference of one request, as it stands in a receipt's URL: TEXT_REF_CHARS of hex, and "p2" behind it for the second of several. */
char *text_ref_write(const unsigned char ref[TEXT_REF_BYTES], size_t request, struct arena *mem);
/* False: it is none of ours. */
bool text_ref_read(const char *text, unsigned char ref[TEXT_REF_BYTES], size_t *ret_request);

#endif
