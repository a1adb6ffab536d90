/*
 * approval: what two staff members must agree to, each by a code that was mailed to them.
 *
 * Shape    A code is good once, for one scope (a text that says what exactly is allowed), until until_ms, and for APPROVAL_TRIES_MAX tries. Only
 *          keyed hashes are stored.
 * Errors   RC_NOT_FOUND  approval_find: none is open for this scope    RC_CONFLICT  approval_use: it was used meanwhile
 * State    Writes need an open transaction.
 */
#ifndef STORE_APPROVAL_H
#define STORE_APPROVAL_H

#include "store/store.h"

#define APPROVAL_TRIES_MAX 5

struct approval {
    int64_t id;
    struct person_id first, second;
    unsigned char first_hash[CRYPT_MAC_BYTES], second_hash[CRYPT_MAC_BYTES];
    int64_t tries, until_ms;
};

extern const struct db_domain approval_domain;

/* The hash that stands for a code (or for a scope, with which = "scope"). */
void approval_hash(const struct store *st, const char *which, const char *text, unsigned char hash[CRYPT_MAC_BYTES]);
/* Fills id. */
MUST_CHECK enum rc approval_add(struct store *st, struct approval *approval, const char *scope, struct err *err);
/* The newest open one. */
MUST_CHECK enum rc approval_find(struct store *st, const char *scope, struct approval *ret_approval, struct err *err);
MUST_CHECK enum rc approval_tried(struct store *st, int64_t id, struct err *err);
MUST_CHECK enum rc approval_use(struct store *st, int64_t id, struct err *err);

#endif
