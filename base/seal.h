/*
 * seal: values at rest, each bound to the place where it is stored.
 *
 * Shape    A sealed value is: format byte 1, key id (8 bytes, big-endian), nonce, ciphertext, tag. Its associated data is the practice
 *          id, the column's number and the row id: a value moved to another row, column or practice does not open.
 * Owns     A keyring owns its keys and wipes them.
 * Errors   RC_CORRUPT    wrong key, wrong place or changed bytes; the message names column and row, never a value
 *          RC_NOT_FOUND  the keyring has no key of that id (destroyed by rekey, or another installation's)
 * State    A keyring belongs to one process.
 */
#ifndef BASE_SEAL_H
#define BASE_SEAL_H

#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"

#define SEAL_OVERHEAD (1 + 8 + CRYPT_AEAD_OVERHEAD)
#define SEAL_MAX_BYTES ((size_t)1 << 20)

/* What a key is for. Numbers are stored: append only. */
enum seal_use {
    SEAL_DATA = 1,   /* sealed columns */
    SEAL_LOOKUP = 2, /* keyed hashes of addresses */
    SEAL_TOKEN = 3,  /* reply tokens */
    SEAL_AUDIT = 4,  /* the audit chain */
    SEAL_MESSAGE_ID = 5,
    SEAL_DEDUPE = 6,
    SEAL_USE_COUNT
};

struct seal_place {
    int64_t practice_id;
    uint32_t column; /* enum column in store/column.h */
    int64_t row_id;
};

struct seal_key {
    int64_t id;
    enum seal_use use;
    int64_t epoch;   /* rises with each rotation; tokens carry it modulo 16 */
    bool is_current; /* new values take this one */
    struct crypt_key key;
    struct crypt_mac_key mac; /* of key, for seal_hash; keyring_add makes it */
};

/* The keys of one practice. */
struct keyring;
struct keyring *keyring_new(int64_t practice_id);
void keyring_free(struct keyring **ring);
void keyring_add(struct keyring *ring, const struct seal_key *key);
int64_t keyring_practice(const struct keyring *ring);
/* The current key of a use; NULL when there is none. */
const struct seal_key *keyring_current(const struct keyring *ring, enum seal_use use);
/* The n-th key of a use, newest first; NULL past the end: for dual reads. */
const struct seal_key *keyring_nth(const struct keyring *ring, enum seal_use use, size_t n);

/* Seals n bytes into mem with the current data key. A ring without one is our mistake (assert). */
void seal_value(const struct keyring *ring, struct seal_place place, const void *plain, size_t n, struct arena *mem,
                unsigned char **ret_sealed, size_t *ret_len);
/* Opens into mem; the result ends with a NUL that ret_len does not count. */
MUST_CHECK enum rc seal_open(const struct keyring *ring, struct seal_place place, const void *sealed, size_t n,
                             struct arena *mem, char **ret_plain, size_t *ret_len, struct err *err);
/* The key id of a sealed value; RC_CORRUPT when it is none. */
MUST_CHECK enum rc seal_key_id(const void *sealed, size_t n, int64_t *ret_key_id, struct err *err);

/* Keyed hash of a normalised value under one key of a ring, of use SEAL_LOOKUP, SEAL_DEDUPE or SEAL_MESSAGE_ID. */
void seal_hash(const struct seal_key *key, const char *domain_label, const struct crypt_span *spans, size_t count,
               unsigned char hash[CRYPT_MAC_BYTES]);

#endif
