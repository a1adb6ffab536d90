/*
 * keys: the installation's key, which stays outside the home, and the practices' keys, which lie wrapped in the database.
 *
 * Shape    The installation's key is one line "postcircle-key-1:" + base32 of key and check sum, in a file (0600, outside the home) or printed by
 *          a command. From it come the key that wraps practice keys and the pair that arrivals are sealed to; its public half stands in
 *          the database, so what receives mail holds no secret. A practice has one current key per enum seal_use and old ones to read with.
 * Owns     keys_free and keyring_free wipe.
 * Errors   RC_NOT_FOUND  no key file; no installation in the database; no such key
 *          RC_DENIED     the file may be read by others; the key belongs to another installation
 *          RC_CORRUPT    the key file or a wrapped key is damaged
 *          RC_INPUT      the key file would lie inside the home
 *          RC_CONFLICT   the file, the installation or the practice's keys exist already
 * State    Functions marked [tx] write and need an open transaction.
 */
#ifndef STORE_KEYS_H
#define STORE_KEYS_H

#include "base/seal.h"
#include "store/db.h"
#include "store/id.h"

struct keys;

extern const struct db_domain keys_domain;

/* Makes a new random key in a new file. */
MUST_CHECK enum rc keys_create_file(const char *path, const char *home, struct err *err);
MUST_CHECK enum rc keys_from_file(const char *path, struct keys **ret_keys, struct err *err);
/* Runs the command by the shell; its first output line is the key. */
MUST_CHECK enum rc keys_from_command(const char *command, struct keys **ret_keys, struct err *err);
void keys_free(struct keys **keys);

/* Writes what says that this database belongs to these keys. [tx] */
MUST_CHECK enum rc keys_add_installation(struct db *db, const struct keys *keys, struct err *err);
/* Fails unless the database belongs to these keys: call at every start. */
MUST_CHECK enum rc keys_check_installation(struct db *db, const struct keys *keys, struct err *err);
/* What arrivals are sealed to; needs no key file. */
MUST_CHECK enum rc keys_arrival_public(struct db *db, struct crypt_key *ret_public, struct err *err);
void keys_arrival_pair(const struct keys *keys, struct crypt_key *ret_public, struct crypt_key *ret_secret);

/* Named facts of the installation ("made_for"); put replaces. [tx] for put. get copies into mem. */
MUST_CHECK enum rc installation_put(struct db *db, const char *name, const void *value, size_t n, struct err *err);
MUST_CHECK enum rc installation_get(struct db *db, const char *name, struct arena *mem, const void **ret, size_t *ret_n,
                                    struct err *err);

/* Takes installation, practices and their keys out of a database in which nothing else has happened yet. [tx] */
MUST_CHECK enum rc installation_forget(struct db *db, struct err *err);

/* The first key of each use. [tx] */
MUST_CHECK enum rc keys_add_practice(struct db *db, const struct keys *keys, struct practice_id practice,
                                     struct id_source *ids, struct err *err);
/* Every key that is not destroyed. */
MUST_CHECK enum rc keys_load(struct db *db, const struct keys *keys, struct practice_id practice,
                             struct keyring **ret_ring, struct err *err);
/* A new current key; the old one reads on. Processes see it when they load again. [tx] */
MUST_CHECK enum rc keys_rotate(struct db *db, const struct keys *keys, struct practice_id practice, enum seal_use use,
                               struct id_source *ids, struct err *err);
/* Forgets the old keys of a use for good (never the current one). What they sealed cannot be read any more. [tx] */
MUST_CHECK enum rc keys_destroy_old(struct db *db, struct practice_id practice, enum seal_use use, struct err *err);
/* May the open transaction seal with the ring's data key? The key stays what it is until the transaction ends: a rotation waits for it. RC_TEMP
 * when a rekey has made it old: nothing may be sealed with it any more; load the keys again. [tx] */
MUST_CHECK enum rc keys_hold_current(struct db *db, const struct keyring *ring, struct err *err);
/* Is the ring's data key still the newest? A role asks before each piece of work and loads again if not. */
MUST_CHECK enum rc keys_is_fresh(struct db *db, const struct keyring *ring, bool *ret_is_fresh, struct err *err);

#endif
