/*
 * letter: an arrival understood: what it is, who wrote it, what proves it, and what the rules did with it.
 *
 * Shape    A letter has the id of its arrival. json is what the reader said (inbound/letter), sealed. Hashes are keyed (SEAL_DEDUPE).
 * Errors   RC_NOT_FOUND  no such letter    RC_CONFLICT  the arrival has its letter already
 * State    Writes need an open transaction. A row is written once; only the outcome may change later.
 */
#ifndef STORE_LETTER_H
#define STORE_LETTER_H

#include "store/store.h"

/* What the rules did. Stored: append only. */
enum letter_outcome {
    OUTCOME_HELD = 1, /* one or more posts wait for review */
    OUTCOME_COMMAND,  /* a plain command acted */
    OUTCOME_ANSWER,   /* answered a question or an invitation */
    OUTCOME_DECISION, /* a moderator's decision or desk command */
    OUTCOME_REPORT,   /* bounce or complaint */
    OUTCOME_ROBOT,    /* kept, never answered */
    OUTCOME_OURS,     /* our own mail came back */
    OUTCOME_DUPLICATE,
    OUTCOME_EMPTY,      /* nothing readable: the author was told */
    OUTCOME_UNVERIFIED, /* proof was missing: held as unverified, staff told */
    OUTCOME_UNKNOWN,    /* nobody we know: staff told, never answered */
    OUTCOME_NOT_MEMBER, /* known, but not (any more) in this group */
    OUTCOME_GROUP_OVER, /* the group has ended: refused kindly */
    OUTCOME_ASKED,      /* we asked back ("Which one?", "Who is writing?") */
    OUTCOME_STAFF,      /* put before staff: an answer that was none, a question */
    OUTCOME_PARKED,     /* could not be understood; raw bytes kept for staff */
    OUTCOME_CALENDAR,
    OUTCOME_ENCRYPTED, /* nobody here can read it: the author was told, staff too */
    OUTCOME_OUTCOME_END
};

/* "held": for people and logs. */
const char *letter_outcome_name(enum letter_outcome outcome);

/* What proves who wrote it. */
enum letter_proof { PROOF_NONE = 0, PROOF_ALIGNED = 1, PROOF_DMARC = 2, PROOF_FAILED = 3 };

struct letter_row {
    struct arrival_id id;
    int kind; /* enum letter_kind of inbound/letter */
    enum letter_outcome outcome;
    enum letter_proof proof;
    int token_purpose; /* enum token_purpose or 0 */
    int tier;
    struct group_id group;
    struct person_id person;
    struct address_id address;
    struct delivery_id delivery;
    const unsigned char *id_hash;     /* CRYPT_MAC_BYTES or NULL */
    const unsigned char *dedupe_hash; /* CRYPT_MAC_BYTES or NULL */
    const char *json;
    int64_t received_ms;
};

extern const struct db_domain letter_domain;

MUST_CHECK enum rc letter_add(struct store *st, const struct letter_row *letter, struct err *err);
MUST_CHECK enum rc letter_get(struct store *st, struct arrival_id id, struct arena *mem, struct letter_row *ret,
                              struct err *err);
MUST_CHECK enum rc letter_set_outcome(struct store *st, struct arrival_id id, enum letter_outcome outcome,
                                      struct err *err);
/* The json of the last letters of a person, newest first; at most max. */
MUST_CHECK enum rc letter_last_of(struct store *st, struct person_id person, size_t max, struct arena *mem,
                                  const char *const **ret_json, size_t *ret_count, struct err *err);
/* What a person answered to one letter of ours, oldest first; without json. At most max. */
MUST_CHECK enum rc letter_answers_to(struct store *st, struct person_id person, struct delivery_id delivery, size_t max,
                                     struct arena *mem, struct letter_row **ret_rows, size_t *ret_count,
                                     struct err *err);
/* Of people whom nobody knows: those that reached nobody else, and those that called staff. Newest first, without json; at most max. */
MUST_CHECK enum rc letter_of_strangers(struct store *st, size_t max, struct arena *mem, struct letter_row **ret_rows,
                                       size_t *ret_count, struct err *err);
/* An earlier letter with the same dedupe hash. */
MUST_CHECK enum rc letter_find_duplicate(struct store *st, const unsigned char *dedupe_hash, struct arrival_id *ret_id,
                                         struct err *err);
/* An earlier letter of the same person with the same Message-ID (another body). */
MUST_CHECK enum rc letter_find_same_id(struct store *st, const unsigned char *id_hash, struct arrival_id *ret_id,
                                       struct err *err);

#endif
