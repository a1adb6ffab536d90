/* What the database holds: the installation's facts, and each practice's keys. The installation's own key: keys_master.c. */
#include "store/keys.h"
#include "store/keys_master.h"

#include "base/clock.h"

#include <assert.h>
#include <endian.h>

#define WRAPPED_BYTES (CRYPT_KEY_BYTES + CRYPT_AEAD_OVERHEAD)
#define NAME_PUBLIC "arrival_public_key"
#define NAME_CHECK "key_check"

enum key_state { KEY_CURRENT = 1, KEY_OLD, KEY_DESTROYED }; /* practice_key.state */

enum keys_stmt {
    INSTALLATION_ADD,
    INSTALLATION_PUT,
    INSTALLATION_GET,
    KEY_ADD,
    KEY_ALL,
    KEY_NEWEST_EPOCH,
    KEY_AGE,
    KEY_DESTROY,
    KEY_DATA,
    KEY_HOLD,
    FORGET_KEYS,
    FORGET_PRACTICES,
    FORGET_INSTALLATION,
    KEYS_STMT_COUNT
};
enum key_add_arg { KA_PRACTICE = 1, KA_ID, KA_USE, KA_EPOCH, KA_WRAPPED, KA_CREATED };
static const char *const keys_sql[KEYS_STMT_COUNT] = {
    [INSTALLATION_ADD] = "INSERT INTO installation (name, value) VALUES ($1, $2)",
    [INSTALLATION_PUT] = "INSERT INTO installation (name, value) VALUES ($1, $2)"
                         " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    [INSTALLATION_GET] = "SELECT value FROM installation WHERE name = $1",
    [KEY_ADD] = "INSERT INTO practice_key (practice_id, id, use_, epoch, state, wrapped, created_ms)"
                " VALUES ($1, $2, $3, $4, 1, $5, $6)",
    [KEY_ALL] = "SELECT id, use_, epoch, state, wrapped FROM practice_key WHERE practice_id = $1 AND state IN (1, 2)"
                " ORDER BY use_, epoch",
    [KEY_NEWEST_EPOCH] = "SELECT COALESCE(MAX(epoch), 0) FROM practice_key WHERE practice_id = $1 AND use_ = $2",
    [KEY_AGE] = "UPDATE practice_key SET state = 2 WHERE practice_id = $1 AND use_ = $2 AND state = 1",
    [KEY_DESTROY] =
        "UPDATE practice_key SET state = 3, wrapped = NULL WHERE practice_id = $1 AND use_ = $2 AND state = 2",
    [KEY_DATA] = "SELECT id FROM practice_key WHERE practice_id = $1 AND use_ = 1 AND state = 1",
    [KEY_HOLD] = "SELECT state FROM practice_key WHERE practice_id = $1 AND id = $2 /*SHARE*/",
    [FORGET_KEYS] = "DELETE FROM practice_key",
    [FORGET_PRACTICES] = "DELETE FROM practice",
    [FORGET_INSTALLATION] = "DELETE FROM installation",
};
const struct db_domain keys_domain = { "keys", keys_sql, KEYS_STMT_COUNT };

/* --- the installation ------------------------------------------------------------------------------------------------------------- */

static enum rc put(struct db *db, enum keys_stmt stmt, const char *name, const void *value, size_t n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(db, keys_sql[stmt], &q, err);

    if (rc)
        return rc;
    db_bind_text(q, 1, name);
    db_bind_blob(q, 2, value, n);
    return db_run(q, NULL, err);
}

enum rc installation_put(struct db *db, const char *name, const void *value, size_t n, struct err *err)
{
    return put(db, INSTALLATION_PUT, name, value, n, err);
}

enum rc installation_get(struct db *db, const char *name, struct arena *mem, const void **ret, size_t *ret_n,
                         struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const void *value;
    enum rc rc = db_query(db, keys_sql[INSTALLATION_GET], &q, err);

    if (rc)
        return rc;
    db_bind_text(q, 1, name);
    rc = db_one(q, err);
    if (rc)
        return rc;
    value = db_blob(q, 0, ret_n);
    *ret = arena_strndup(mem, value, *ret_n);
    return RC_OK;
}

enum rc installation_forget(struct db *db, struct err *err)
{
    for (enum keys_stmt stmt = FORGET_KEYS; stmt <= FORGET_INSTALLATION; stmt++) {
        CLEANUP(db_query_done) struct db_query *q = NULL;

        if (db_query(db, keys_sql[stmt], &q, err) || db_run(q, NULL, err))
            return err_wrap(err, "forget the installation");
    }
    return RC_OK;
}

enum rc keys_add_installation(struct db *db, const struct keys *keys, struct err *err)
{
    enum rc rc = put(db, INSTALLATION_ADD, NAME_CHECK, keys->check, sizeof keys->check, err);

    if (rc == RC_CONFLICT)
        return err_set(
            err, rc,
            "this database holds an installation already: name an empty one, or use the home that it belongs to");
    return rc ? rc : put(db, INSTALLATION_ADD, NAME_PUBLIC, keys->box_public.b, sizeof keys->box_public.b, err);
}

static enum rc get_fixed(struct db *db, const char *name, unsigned char bytes[CRYPT_KEY_BYTES], struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("keys");
    const void *value;
    size_t n;
    enum rc rc = installation_get(db, name, mem, &value, &n, err);

    if (rc == RC_NOT_FOUND)
        return err_set(err, rc, "the database holds no installation: run init");
    if (rc)
        return rc;
    if (n != CRYPT_KEY_BYTES)
        return err_set(err, RC_CORRUPT, "installation: %s has %zu bytes", name, n);
    memcpy(bytes, value, n);
    return RC_OK;
}

_Static_assert(CRYPT_MAC_BYTES == CRYPT_KEY_BYTES, "both facts have one size");

enum rc keys_check_installation(struct db *db, const struct keys *keys, struct err *err)
{
    unsigned char check[CRYPT_MAC_BYTES], public[CRYPT_KEY_BYTES];
    enum rc rc = get_fixed(db, NAME_CHECK, check, err);

    if (!rc)
        rc = get_fixed(db, NAME_PUBLIC, public, err);
    if (rc)
        return rc;
    if (!crypt_is_equal(check, keys->check, sizeof check))
        return err_set(err, RC_DENIED, "this key belongs to another installation");
    if (!crypt_is_equal(public, keys->box_public.b, sizeof public))
        return err_set(err, RC_CORRUPT, "installation: %s is not the one of its key", NAME_PUBLIC);
    return RC_OK;
}

enum rc keys_arrival_public(struct db *db, struct crypt_key *ret_public, struct err *err)
{
    return get_fixed(db, NAME_PUBLIC, ret_public->b, err);
}

void keys_arrival_pair(const struct keys *keys, struct crypt_key *ret_public, struct crypt_key *ret_secret)
{
    *ret_public = keys->box_public;
    *ret_secret = keys->box_secret;
}

/* --- a practice's keys ------------------------------------------------------------------------------------------------------------ */

static void place_of(struct practice_id practice, const struct seal_key *key, uint64_t ad[4])
{
    ad[0] = htobe64((uint64_t)practice.v);
    ad[1] = htobe64((uint64_t)key->id);
    ad[2] = htobe64((uint64_t)key->use);
    ad[3] = htobe64((uint64_t)key->epoch);
}

static enum rc add_key(struct db *db, const struct keys *keys, struct practice_id practice, enum seal_use use,
                       int64_t epoch, struct id_source *ids, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    CLEANUP(crypt_key_wipe) struct crypt_key fresh;
    const struct seal_key key = { .id = id_next(ids), .use = use, .epoch = epoch };
    unsigned char wrapped[WRAPPED_BYTES];
    uint64_t ad[4];
    enum rc rc = db_query(db, keys_sql[KEY_ADD], &q, err);

    if (rc)
        return rc;
    crypt_random(fresh.b, sizeof fresh.b);
    place_of(practice, &key, ad);
    crypt_aead_seal(&keys->wrap, ad, sizeof ad, fresh.b, sizeof fresh.b, wrapped);
    db_bind_int(q, KA_PRACTICE, practice.v);
    db_bind_int(q, KA_ID, key.id);
    db_bind_int(q, KA_USE, use);
    db_bind_int(q, KA_EPOCH, epoch);
    db_bind_blob(q, KA_WRAPPED, wrapped, sizeof wrapped);
    db_bind_int(q, KA_CREATED, clock_now_ms(clock_real()));
    return db_run(q, NULL, err);
}

enum rc keys_add_practice(struct db *db, const struct keys *keys, struct practice_id practice, struct id_source *ids,
                          struct err *err)
{
    for (int use = SEAL_DATA; use < SEAL_USE_COUNT; use++) {
        enum rc rc = add_key(db, keys, practice, (enum seal_use)use, 1, ids, err);

        if (rc)
            return err_wrap(err, "keys of practice %" PRId64, practice.v);
    }
    return RC_OK;
}

static enum rc unwrap(const struct keys *keys, struct practice_id practice, struct db_query *q, struct keyring *ring,
                      struct err *err)
{
    struct seal_key key = {
        .id = db_int(q, 0),
        .use = (enum seal_use)db_int(q, 1),
        .epoch = db_int(q, 2),
        .is_current = db_int(q, 3) == KEY_CURRENT,
    };
    uint64_t ad[4];
    size_t n;
    const void *wrapped = db_blob(q, 4, &n);
    enum rc rc = RC_OK;

    place_of(practice, &key, ad);
    if (!wrapped || n != WRAPPED_BYTES)
        rc = err_set(err, RC_CORRUPT, "it has %zu bytes", n);
    else
        rc = crypt_aead_open(&keys->wrap, ad, sizeof ad, wrapped, n, key.key.b, err);
    if (rc)
        return err_wrap(err, "key %" PRId64 " of practice %" PRId64 " does not unwrap", key.id, practice.v);
    keyring_add(ring, &key);
    crypt_key_wipe(&key.key);
    return RC_OK;
}

static enum rc check_complete(const struct keyring *ring, struct practice_id practice, struct err *err)
{
    for (int use = SEAL_DATA; use < SEAL_USE_COUNT; use++)
        if (!keyring_current(ring, (enum seal_use)use))
            return err_set(err, keyring_nth(ring, (enum seal_use)use, 0) ? RC_CORRUPT : RC_NOT_FOUND,
                           "practice %" PRId64 " has no current key of use %d", practice.v, use);
    return RC_OK;
}

enum rc keys_load(struct db *db, const struct keys *keys, struct practice_id practice, struct keyring **ret_ring,
                  struct err *err)
{
    CLEANUP(keyring_free) struct keyring *ring = keyring_new(practice.v);
    CLEANUP(db_query_done) struct db_query *q = NULL;
    bool row = true;
    enum rc rc = db_query(db, keys_sql[KEY_ALL], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, practice.v);
    while (!rc && row) {
        rc = db_step(q, &row, err);
        if (!rc && row)
            rc = unwrap(keys, practice, q, ring, err);
    }
    if (!rc)
        rc = check_complete(ring, practice, err);
    if (!rc)
        *ret_ring = MOVE(ring);
    return rc;
}

static enum rc run_use(struct db *db, enum keys_stmt stmt, struct practice_id practice, enum seal_use use,
                       struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(db, keys_sql[stmt], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, practice.v);
    db_bind_int(q, 2, use);
    return db_run(q, NULL, err);
}

static enum rc newest_epoch(struct db *db, struct practice_id practice, enum seal_use use, int64_t *ret_epoch,
                            struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(db, keys_sql[KEY_NEWEST_EPOCH], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, practice.v);
    db_bind_int(q, 2, use);
    rc = db_one(q, err);
    if (!rc)
        *ret_epoch = db_int(q, 0);
    return rc;
}

enum rc keys_rotate(struct db *db, const struct keys *keys, struct practice_id practice, enum seal_use use,
                    struct id_source *ids, struct err *err)
{
    int64_t epoch;
    enum rc rc = newest_epoch(db, practice, use, &epoch, err);

    if (!rc && epoch == 0)
        rc = err_set(err, RC_NOT_FOUND, "practice %" PRId64 " has no keys", practice.v);
    if (!rc)
        rc = run_use(db, KEY_AGE, practice, use, err);
    return rc ? rc : add_key(db, keys, practice, use, epoch + 1, ids, err);
}

enum rc keys_destroy_old(struct db *db, struct practice_id practice, enum seal_use use, struct err *err)
{
    return run_use(db, KEY_DESTROY, practice, use, err);
}

enum rc keys_is_fresh(struct db *db, const struct keyring *ring, bool *ret_is_fresh, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const struct seal_key *data = keyring_current(ring, SEAL_DATA);
    enum rc rc = db_query(db, keys_sql[KEY_DATA], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, keyring_practice(ring));
    rc = db_one(q, err);
    if (!rc)
        *ret_is_fresh = data && db_int(q, 0) == data->id;
    return rc;
}

/* A key of no row is a test's own. SQLite lets nobody else write meanwhile; PostgreSQL keeps the row as it is, or waits and reads what it became. */
enum rc keys_hold_current(struct db *db, const struct keyring *ring, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    bool row;

    assert(db_in_tx(db));
    if (db_query(db, keys_sql[KEY_HOLD], &q, err))
        return err->rc;
    db_bind_int(q, 1, keyring_practice(ring));
    db_bind_int(q, 2, keyring_current(ring, SEAL_DATA)->id);
    if (db_step(q, &row, err))
        return err->rc;
    if (row && db_int(q, 0) != KEY_CURRENT)
        return err_set(err, RC_TEMP, "the practice has a new key: nothing was written, do it again");
    return RC_OK;
}
