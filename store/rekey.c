#include "store/rekey.h"

#include "store/sealed_columns.h"

#include <endian.h>
#include <time.h>

#define HEAD_BYTES 9 /* of a sealed value: format byte and key id (base/seal.h) */
#define ROUNDS_MAX 3
#define PAUSE_FIRST_MS 50
#define PAUSE_MAX_MS 2000

/* clang-format off */
#define SEALED_ROW(column, table, name, id) { column, table, name },
const struct rekey_column rekey_columns[] = { SEALED_COLUMNS(SEALED_ROW) };
const size_t rekey_columns_count = COUNT_OF(rekey_columns);

/* READ, WRITE and LEFT of each column, in the order of the list, then these. WRITE compares with what was read: on PostgreSQL somebody
 * may have written in between, and the last look will find whatever key they used. */
enum rekey_stmt { REKEY_READ, REKEY_WRITE, REKEY_LEFT, REKEY_PER_COLUMN };
enum rekey_write_arg { RW_PRACTICE = 1, RW_ID, RW_NEW, RW_OLD };
#define SEALED_SQL(column, table, name, id)                                                                            \
    "SELECT " id ", " name " FROM " table " WHERE practice_id = $1 AND " id " > $2 AND " name                         \
    " IS NOT NULL AND SUBSTR(" name ", 1, 9) <> $4 ORDER BY " id " LIMIT $3",                                                                                                     \
        "UPDATE " table " SET " name " = $3 WHERE practice_id = $1 AND " id " = $2 AND " name " = $4",                  \
        "SELECT COUNT(*) FROM " table " WHERE practice_id = $1 AND " name " IS NOT NULL AND SUBSTR(" name             \
        ", 1, 9) <> $2",

enum {
    STEP_GET = REKEY_PER_COLUMN * COUNT_OF(rekey_columns),
    STEP_PUT,
    STEP_CLEAR,
    STEP_STMT_END
};
static const char *const rekey_sql[] = {
    SEALED_COLUMNS(SEALED_SQL)
    /* STEP_GET */ "SELECT last_id FROM rekey_step WHERE practice_id = $1 AND step = $2",
    /* STEP_PUT */
    "INSERT INTO rekey_step (practice_id, step, last_id) VALUES ($1, $2, $3)"
    " ON CONFLICT (practice_id, step) DO UPDATE SET last_id = excluded.last_id",
    /* STEP_CLEAR */ "DELETE FROM rekey_step WHERE practice_id = $1",
};
/* clang-format on */
_Static_assert(COUNT_OF(rekey_sql) == STEP_STMT_END, "a text for each statement");
const struct db_domain rekey_domain = { "rekey", rekey_sql, COUNT_OF(rekey_sql) };

/* One run: what all steps share. */
struct rekey {
    struct db *db;
    const struct keys *keys;
    struct practice_id practice;
    struct id_source *ids;
    const struct clock *clock;
    const struct audit_who *who;
    const struct rekey_pace *pace;
    struct keyring *ring; /* from start on */
    int64_t values;       /* committed */
    int64_t left;         /* finish: sealed with another key */
    size_t at;            /* the column that is worked on */
    bool is_column_done;
};

/* --- patience ----------------------------------------------------------------------------------------------------------------- */

static void tell(const struct rekey *r, const struct err *why)
{
    const struct rekey_progress progress = { .values = r->values, .why = why };

    if (r->pace->tell)
        r->pace->tell(r->pace->ctx, &progress);
}

/* Somebody else's newer key stays: waiting would change nothing. A question that fails itself says nothing against waiting. */
static bool is_overtaken(const struct rekey *r)
{
    struct err err;
    bool is_fresh;

    return r->ring && !keys_is_fresh(r->db, r->ring, &is_fresh, &err) && !is_fresh;
}

/* Does a step, which is one transaction or leaves no trace when it fails, until it succeeds or patience ends. */
static enum rc with_patience(struct rekey *r, enum rc (*step)(struct rekey *r, struct err *err), struct err *err)
{
    const int64_t begun_ms = clock_steady_ms();
    int64_t pause_ms = PAUSE_FIRST_MS;

    for (;;) {
        const enum rc rc = step(r, err);

        if (rc != RC_TEMP || clock_steady_ms() - begun_ms >= r->pace->patience_ms || is_overtaken(r))
            return rc;
        tell(r, err);
        nanosleep(&(struct timespec){ .tv_sec = pause_ms / 1000, .tv_nsec = pause_ms % 1000 * 1000000 }, NULL);
        pause_ms = pause_ms * 2 < PAUSE_MAX_MS ? pause_ms * 2 : PAUSE_MAX_MS;
    }
}

/* --- one column --------------------------------------------------------------------------------------------------------------- */

static enum rc step_get(struct rekey *r, enum column column, int64_t *ret_last, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    bool row;
    enum rc rc = db_query(r->db, rekey_sql[STEP_GET], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, r->practice.v);
    db_bind_int(q, 2, column);
    rc = db_step(q, &row, err);
    if (!rc)
        *ret_last = row ? db_int(q, 0) : 0;
    return rc;
}

static enum rc step_put(struct rekey *r, enum column column, int64_t last, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(r->db, rekey_sql[STEP_PUT], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, r->practice.v);
    db_bind_int(q, 2, column);
    db_bind_int(q, 3, last);
    return db_run(q, NULL, err);
}

static enum rc clear_steps(struct rekey *r, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(r->db, rekey_sql[STEP_CLEAR], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, r->practice.v);
    return db_run(q, NULL, err);
}

struct value {
    int64_t id;
    const void *sealed;
    size_t n;
};

/* How every value begins that is sealed with the current key. */
static void head_of(const struct rekey *r, unsigned char head[HEAD_BYTES])
{
    const uint64_t id = htobe64((uint64_t)keyring_current(r->ring, SEAL_DATA)->id);

    head[0] = 1;
    memcpy(head + 1, &id, sizeof id);
}

/* What others write meanwhile is sealed with the new key and passed over: a writer who never pauses is not run after. */
static enum rc read_batch(const struct rekey *r, int64_t last, struct arena *mem, struct value *values, size_t *ret_n,
                          struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    unsigned char head[HEAD_BYTES];
    bool row = true;
    enum rc rc = db_query(r->db, rekey_sql[REKEY_PER_COLUMN * r->at + REKEY_READ], &q, err);

    *ret_n = 0;
    if (rc)
        return rc;
    db_bind_int(q, 1, r->practice.v);
    db_bind_int(q, 2, last);
    db_bind_int(q, 3, (int64_t)r->pace->batch);
    head_of(r, head);
    db_bind_blob(q, 4, head, sizeof head);
    while (!(rc = db_step(q, &row, err)) && row) {
        struct value *v = &values[(*ret_n)++];
        const void *sealed = db_blob(q, 1, &v->n);

        v->id = db_int(q, 0);
        v->sealed = arena_strndup(mem, sealed, v->n);
    }
    return rc;
}

static enum rc write_value(const struct rekey *r, const struct value *v, struct arena *mem, int64_t *written,
                           struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const struct seal_place place = { r->practice.v, rekey_columns[r->at].column, v->id };
    unsigned char *sealed;
    char *plain;
    size_t n, len;
    int64_t key_id;
    enum rc rc = seal_key_id(v->sealed, v->n, &key_id, err);

    if (!rc && key_id == keyring_current(r->ring, SEAL_DATA)->id)
        return RC_OK;
    if (!rc)
        rc = seal_open(r->ring, place, v->sealed, v->n, mem, &plain, &n, err);
    if (!rc)
        rc = db_query(r->db, rekey_sql[REKEY_PER_COLUMN * r->at + REKEY_WRITE], &q, err);
    if (rc)
        return rc;
    seal_value(r->ring, place, plain, n, mem, &sealed, &len);
    db_bind_int(q, RW_PRACTICE, r->practice.v);
    db_bind_int(q, RW_ID, v->id);
    db_bind_blob(q, RW_NEW, sealed, len);
    db_bind_blob(q, RW_OLD, v->sealed, v->n);
    ++*written;
    return db_run(q, NULL, err);
}

static enum rc do_batch(struct rekey *r, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("rekey");
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const enum column column = rekey_columns[r->at].column;
    struct value *values = ARENA_ARRAY(mem, r->pace->batch, struct value);
    int64_t last, written = 0;
    size_t n;
    enum rc rc = db_begin(r->db, &tx, err);

    if (!rc)
        rc = keys_hold_current(r->db, r->ring, err);
    if (!rc)
        rc = step_get(r, column, &last, err);
    if (!rc)
        rc = read_batch(r, last, mem, values, &n, err);
    if (rc)
        return rc;
    r->is_column_done = n == 0;
    if (n == 0)
        return RC_OK;
    for (size_t i = 0; i < n && !rc; i++)
        rc = write_value(r, &values[i], mem, &written, err);
    if (!rc)
        rc = step_put(r, column, values[n - 1].id, err);
    if (!rc)
        rc = db_commit(&tx, err);
    if (!rc)
        r->values += written;
    return rc;
}

static enum rc do_columns(struct rekey *r, struct err *err)
{
    for (r->at = 0; r->at < rekey_columns_count; r->at++)
        for (r->is_column_done = false; !r->is_column_done;) {
            if (with_patience(r, do_batch, err))
                return err_wrap(err, "rekey %s.%s", rekey_columns[r->at].table, rekey_columns[r->at].name);
            tell(r, NULL);
        }
    return RC_OK;
}

/* --- beginning and end -------------------------------------------------------------------------------------------------------- */

/* How many values are sealed with another key than the current one. */
static enum rc count_left(struct rekey *r, struct err *err)
{
    unsigned char head[HEAD_BYTES];

    head_of(r, head);
    r->left = 0;
    for (size_t at = 0; at < rekey_columns_count; at++) {
        CLEANUP(db_query_done) struct db_query *q = NULL;
        enum rc rc = db_query(r->db, rekey_sql[REKEY_PER_COLUMN * at + REKEY_LEFT], &q, err);

        if (rc)
            return rc;
        db_bind_int(q, 1, r->practice.v);
        db_bind_blob(q, 2, head, sizeof head);
        rc = db_one(q, err);
        if (rc)
            return rc;
        r->left += db_int(q, 0);
    }
    return RC_OK;
}

static enum rc record(const struct rekey *r, const struct keyring *ring, enum audit_verb verb, struct err *err)
{
    struct store st = { .db = r->db, .practice = r->practice, .ring = ring, .clock = r->clock, .ids = r->ids };
    const struct audit_entry entry = {
        .who = *r->who, .verb = verb, .item_kind = AUDIT_ITEM_PRACTICE, .item_id = r->practice.v
    };

    return audit_append(&st, &entry, err);
}

/* Destroys the old key, or clears the steps for another round. */
static enum rc finish(struct rekey *r, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    enum rc rc = db_begin(r->db, &tx, err);

    if (!rc)
        rc = keys_hold_current(r->db, r->ring, err);
    if (!rc)
        rc = clear_steps(r, err);
    if (!rc)
        rc = count_left(r, err);
    if (!rc && r->left == 0)
        rc = keys_destroy_old(r->db, r->practice, SEAL_DATA, err);
    if (!rc && r->left == 0)
        rc = record(r, r->ring, AUDIT_KEY_DESTROYED, err);
    return rc ? rc : db_commit(&tx, err);
}

/* A ring with two data keys is a rekey that was stopped (or a rotation that wants one). */
static enum rc start(struct rekey *r, struct err *err)
{
    CLEANUP(keyring_free) struct keyring *ring = NULL;
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    enum rc rc = db_begin(r->db, &tx, err);

    if (!rc)
        rc = keys_load(r->db, r->keys, r->practice, &ring, err);
    if (!rc && !keyring_nth(ring, SEAL_DATA, 1)) {
        keyring_free(&ring);
        rc = keys_rotate(r->db, r->keys, r->practice, SEAL_DATA, r->ids, err);
        if (!rc)
            rc = keys_load(r->db, r->keys, r->practice, &ring, err);
        if (!rc)
            rc = record(r, ring, AUDIT_KEY_ROTATED, err);
    }
    if (!rc)
        rc = db_commit(&tx, err);
    if (!rc)
        r->ring = MOVE(ring);
    return rc;
}

static enum rc empty_journal(struct rekey *r, struct err *err)
{
    return db_checkpoint(r->db, err);
}

static enum rc run(struct rekey *r, struct err *err)
{
    enum rc rc = with_patience(r, start, err);

    r->left = 1;
    for (int round = 0; !rc && r->left > 0 && round < ROUNDS_MAX; round++) {
        rc = do_columns(r, err);
        if (!rc)
            rc = with_patience(r, finish, err);
    }
    if (!rc && r->left > 0)
        rc = err_set(err, RC_TEMP, "%" PRId64 " values are still written with the old key", r->left);
    if (!rc && with_patience(r, empty_journal, err))
        rc = err_wrap(err, "the new key is in use, but the journal still holds what was overwritten");
    return rc;
}

enum rc rekey_run(const struct store *st, const struct keys *keys, const struct audit_who *who,
                  const struct rekey_pace *pace, int64_t *ret_values, struct err *err)
{
    struct rekey r = { .db = st->db,
                       .keys = keys,
                       .practice = st->practice,
                       .ids = st->ids,
                       .clock = st->clock,
                       .who = who,
                       .pace = pace };
    const enum rc rc = run(&r, err);

    keyring_free(&r.ring);
    if (!rc)
        *ret_values = r.values;
    return rc;
}
