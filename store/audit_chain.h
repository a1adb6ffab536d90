/* audit_chain: how a row is bound to the one before it; audit.c writes the chain, audit_verify.c walks it. Nobody else includes this. */
#ifndef STORE_AUDIT_CHAIN_H
#define STORE_AUDIT_CHAIN_H

#include "store/audit.h"

#define AUDIT_SALT_BYTES 32

/* The newest row, or the one that an anchor names; seq 0 is none. */
struct audit_head {
    int64_t seq;
    unsigned char mac[CRYPT_MAC_BYTES];
};

/* A row as the chain sees it; a commitment that is NULL is not there. */
struct audit_link {
    struct audit_entry e;
    const unsigned char *old_commit, *new_commit;
    int64_t key_id;
};

/* The MAC of a row behind one with the MAC before. */
void audit_mac(const struct store *st, const struct crypt_key *key, const unsigned char before[CRYPT_MAC_BYTES],
               const struct audit_link *l, unsigned char mac[CRYPT_MAC_BYTES]);
/* which: "old" or "new". */
void audit_commit_to(const struct crypt_key *key, const unsigned char salt[AUDIT_SALT_BYTES], const char *which,
                     const char *value, unsigned char commitment[CRYPT_MAC_BYTES]);

MUST_CHECK enum rc audit_last_row(const struct store *st, struct audit_head *ret, struct err *err);

/* Rows after a sequence number, in order, with these columns. */
enum audit_column {
    C_SEQ,
    C_AT,
    C_ACTOR,
    C_ACTOR_ID,
    C_VERB,
    C_ITEM,
    C_ITEM_ID,
    C_WAY,
    C_OLD_COMMIT,
    C_NEW_COMMIT,
    C_KEY,
    C_MAC,
    C_SALT,
    C_OLD,
    C_NEW
};
MUST_CHECK enum rc audit_open_page(const struct store *st, int64_t after_seq, size_t max, struct db_query **ret_query,
                                   struct err *err);
void audit_read_entry(struct db_query *q, struct audit_entry *e); /* without its values */
MUST_CHECK enum rc audit_read_values(const struct store *st, struct db_query *q, struct arena *mem,
                                     struct audit_entry *e, struct err *err);

#endif
