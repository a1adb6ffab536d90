#include "store/db.h"
#include "store/db_driver.h"

#include <assert.h>

struct db_query {
    struct db *db;
    const char *sql; /* the key: its address */
    void *stmt;
    bool is_write, is_lent;
};

#define CACHE_START 64

/* Open addressing over the address of the text; never shrinks, nothing is taken out. */
struct cache {
    struct db_query **slots;
    size_t size, count;
};

struct db {
    const struct db_ops *ops;
    void *conn;
    struct cache cache;
    bool in_tx;
    int64_t tx_note;
    struct err tx_failed; /* the first failure of a statement inside the open transaction */
    int64_t fail_after;
    bool dies, is_dead; /* a fail point that stays */
};

/* --- opening ------------------------------------------------------------------------------------------------------------------ */

enum rc db_open(const char *url, enum db_open_mode mode, struct db **ret_db, struct err *err)
{
    const bool is_sqlite = strncmp(url, "sqlite:", 7) == 0;
    const bool is_pg =
        strncmp(url, "postgresql://", 13) == 0 || strncmp(url, "postgres://", 11) == 0 || strncmp(url, "host=", 5) == 0;
    void *conn = NULL;
    enum rc rc;

    if (!is_sqlite && !is_pg)
        return err_set(err, RC_INPUT, "a database URL begins with sqlite: or postgresql://");
    rc = is_sqlite ? db_sqlite_open(url + 7, mode, &conn, err) : db_pg_open(url, &conn, err);
    if (rc)
        return rc;

    struct db *db = calloc(1, sizeof *db);
    if (!db)
        abort();
    db->ops = is_sqlite ? &db_sqlite_ops : &db_pg_ops;
    db->conn = conn;
    *ret_db = db;
    return RC_OK;
}

void db_close(struct db **dbp)
{
    struct db *db = *dbp;

    if (!db)
        return;
    if (db->in_tx)
        db->ops->tx_rollback(db->conn);
    for (size_t i = 0; i < db->cache.size; i++)
        if (db->cache.slots[i]) {
            db->ops->finalize(db->cache.slots[i]->stmt);
            free(db->cache.slots[i]);
        }
    free(db->cache.slots);
    db->ops->close(db->conn);
    free(db);
    *dbp = NULL;
}

bool db_is_postgres(const struct db *db)
{
    return db->ops == &db_pg_ops;
}

/* --- fail points and failed transactions ---------------------------------------------------------------------------------------- */

void db_fail_after(struct db *db, int64_t n)
{
    db->fail_after = n;
    db->dies = db->is_dead = false;
}

void db_die_after(struct db *db, int64_t n)
{
    db_fail_after(db, n);
    db->dies = n > 0;
}

bool db_is_dead(const struct db *db)
{
    return db->is_dead;
}

static enum rc fail_point(struct db *db, struct err *err)
{
    if (db->is_dead)
        return err_set(err, RC_TEMP, "fail point, passed");
    if (db->fail_after == 0 || --db->fail_after > 0)
        return RC_OK;
    db->is_dead = db->dies;
    return err_set(err, RC_TEMP, "fail point");
}

/* PostgreSQL refuses everything after the first failure in a transaction. So do we on both. */
static enum rc note_failure(struct db *db, enum rc rc, const struct err *err)
{
    if (rc && db->in_tx && !db->tx_failed.rc)
        db->tx_failed = *err;
    return rc;
}

/* --- transactions ----------------------------------------------------------------------------------------------------------------- */

enum rc db_begin(struct db *db, struct db_tx *tx, struct err *err)
{
    struct err why = { .rc = RC_OK };
    enum rc rc;

    assert(!db->in_tx && !tx->db);
    rc = fail_point(db, &why);
    if (!rc)
        rc = db->ops->tx_begin(db->conn, &why);
    if (rc)
        return err_set(err, rc, "begin: %s", why.msg);
    db->in_tx = true;
    db->tx_note = 0;
    db->tx_failed = (struct err){ .rc = RC_OK };
    tx->db = db;
    return RC_OK;
}

/* SQLite cannot commit while a statement stands on a row. */
static void reset_lent(struct db *db)
{
    for (size_t i = 0; i < db->cache.size; i++)
        if (db->cache.slots[i] && db->cache.slots[i]->is_lent)
            db->ops->reset(db->cache.slots[i]->stmt);
}

void db_tx_done(struct db_tx *tx)
{
    struct db *db = tx->db;

    if (!db)
        return;
    reset_lent(db);
    db->ops->tx_rollback(db->conn);
    db->in_tx = false;
    tx->db = NULL;
}

enum rc db_commit(struct db_tx *tx, struct err *err)
{
    struct db *db = tx->db;
    struct err why = { .rc = RC_OK };
    enum rc rc;

    assert(db && db->in_tx);
    if (db->tx_failed.rc)
        rc = err_set(&why, db->tx_failed.rc, "%.200s", db->tx_failed.msg);
    else
        rc = fail_point(db, &why);
    if (!rc) {
        reset_lent(db);
        rc = db->ops->tx_commit(db->conn, &why);
    }
    if (rc) {
        db_tx_done(tx);
        return err_set(err, rc, "commit: %.230s", why.msg);
    }
    db->in_tx = false;
    tx->db = NULL;
    return RC_OK;
}

bool db_in_tx(const struct db *db)
{
    return db->in_tx;
}

void db_tx_fail(struct db *db, const struct err *err)
{
    assert(db->in_tx && err->rc);
    note_failure(db, err->rc, err);
}

void db_tx_note(struct db *db, int64_t note)
{
    assert(db->in_tx);
    db->tx_note = note;
}

int64_t db_tx_noted(const struct db *db)
{
    return db->in_tx ? db->tx_note : 0;
}

/* --- statements ------------------------------------------------------------------------------------------------------------------- */

const char *db_first_words(const char *sql, char words[DB_WORDS_SIZE])
{
    size_t n = 0, blanks = 0;

    while (sql[n] && n < DB_WORDS_SIZE - 1 && (sql[n] != ' ' || ++blanks < 3) && sql[n] != '\n') {
        words[n] = sql[n];
        n++;
    }
    words[n] = '\0';
    return words;
}

static size_t slot_of(const struct cache *c, const char *sql)
{
    const size_t mask = c->size - 1;
    size_t i = (size_t)((uintptr_t)sql * UINT64_C(0x9E3779B97F4A7C15) >> 32) & mask;

    while (c->slots[i] && c->slots[i]->sql != sql)
        i = (i + 1) & mask;
    return i;
}

static void cache_grow(struct cache *c)
{
    struct cache bigger = { .size = c->size ? 2 * c->size : CACHE_START, .count = c->count };

    bigger.slots = calloc(bigger.size, sizeof(struct db_query *));
    if (!bigger.slots)
        abort();
    for (size_t i = 0; i < c->size; i++)
        if (c->slots[i])
            bigger.slots[slot_of(&bigger, c->slots[i]->sql)] = c->slots[i];
    free(c->slots);
    *c = bigger;
}

/* WITH … SELECT reads, WITH … UPDATE writes. */
static bool writes(const char *sql)
{
    if (strncmp(sql, "WITH", 4) == 0)
        return strstr(sql, "INSERT ") || strstr(sql, "UPDATE ") || strstr(sql, "DELETE ");
    return strncmp(sql, "SELECT", 6) != 0;
}

static enum rc cache_add(struct db *db, const char *sql, struct db_query **ret_query, struct err *err)
{
    void *stmt;
    enum rc rc;

    rc = db->ops->prepare(db->conn, sql, &stmt, err);
    if (rc)
        return rc;
    if (2 * (db->cache.count + 1) > db->cache.size)
        cache_grow(&db->cache);

    struct db_query *q = calloc(1, sizeof *q);
    if (!q)
        abort();
    *q = (struct db_query){ .db = db, .sql = sql, .stmt = stmt, .is_write = writes(sql) };
    db->cache.slots[slot_of(&db->cache, sql)] = q;
    db->cache.count++;
    *ret_query = q;
    return RC_OK;
}

enum rc db_query(struct db *db, const char *sql, struct db_query **ret_query, struct err *err)
{
    struct err why = { .rc = RC_OK };
    char words[DB_WORDS_SIZE];
    struct db_query *q = db->cache.size ? db->cache.slots[slot_of(&db->cache, sql)] : NULL;
    enum rc rc = RC_OK;

    if (db->in_tx && db->tx_failed.rc)
        rc = err_set(&why, db->tx_failed.rc, "the transaction failed before: %.150s", db->tx_failed.msg);
    else if (!q)
        rc = cache_add(db, sql, &q, &why);
    if (rc) {
        err_set(err, rc, "%s: %.200s", db_first_words(sql, words), why.msg);
        return note_failure(db, rc, &why);
    }
    assert(!q->is_lent); /* one text is in use once at a time */
    assert(!q->is_write || db->in_tx);
    q->is_lent = true;
    *ret_query = q;
    return RC_OK;
}

void db_query_done(struct db_query **qp)
{
    struct db_query *q = *qp;

    if (!q)
        return;
    q->db->ops->reset(q->stmt);
    q->is_lent = false;
    *qp = NULL;
}

void db_bind_int(struct db_query *q, int at, int64_t v)
{
    q->db->ops->bind_int(q->stmt, at, v);
}

void db_bind_null(struct db_query *q, int at)
{
    q->db->ops->bind_null(q->stmt, at);
}

void db_bind_text(struct db_query *q, int at, const char *s)
{
    if (s)
        q->db->ops->bind_bytes(q->stmt, at, s, strlen(s), true);
    else
        db_bind_null(q, at);
}

void db_bind_blob(struct db_query *q, int at, const void *p, size_t n)
{
    if (p)
        q->db->ops->bind_bytes(q->stmt, at, p, n, false);
    else
        db_bind_null(q, at);
}

enum rc db_step(struct db_query *q, bool *ret_row, struct err *err)
{
    struct db *db = q->db;
    struct err why = { .rc = RC_OK };
    char words[DB_WORDS_SIZE];
    enum rc rc;

    assert(q->is_lent && (!q->is_write || db->in_tx));
    if (db->in_tx && db->tx_failed.rc)
        rc = err_set(&why, db->tx_failed.rc, "the transaction failed before: %.150s", db->tx_failed.msg);
    else
        rc = fail_point(db, &why);
    if (!rc)
        rc = db->ops->step(q->stmt, ret_row, &why);
    if (!rc)
        return RC_OK;
    db->ops->reset(q->stmt);
    err_set(err, rc, "%s: %.200s", db_first_words(q->sql, words), why.msg);
    return note_failure(db, rc, &why);
}

enum rc db_run(struct db_query *q, int64_t *ret_changes, struct err *err)
{
    bool row = true;

    while (row) {
        enum rc rc = db_step(q, &row, err);

        if (rc)
            return rc;
    }
    if (ret_changes)
        *ret_changes = q->is_write ? q->db->ops->changes(q->stmt) : 0;
    q->db->ops->reset(q->stmt);
    return RC_OK;
}

enum rc db_one(struct db_query *q, struct err *err)
{
    char words[DB_WORDS_SIZE];
    bool row;
    enum rc rc = db_step(q, &row, err);

    if (rc)
        return rc;
    return row ? RC_OK : err_set(err, RC_NOT_FOUND, "%s: no such row", db_first_words(q->sql, words));
}

bool db_is_null(struct db_query *q, int col)
{
    return q->db->ops->is_null(q->stmt, col);
}

int64_t db_int(struct db_query *q, int col)
{
    return db_is_null(q, col) ? 0 : q->db->ops->get_int(q->stmt, col);
}

const char *db_text(struct db_query *q, int col)
{
    size_t n;

    return db_is_null(q, col) ? NULL : q->db->ops->get_bytes(q->stmt, col, &n);
}

const void *db_blob(struct db_query *q, int col, size_t *ret_n)
{
    *ret_n = 0;
    return db_is_null(q, col) ? NULL : q->db->ops->get_bytes(q->stmt, col, ret_n);
}

enum rc db_check_domain(struct db *db, const struct db_domain *domain, struct err *err)
{
    for (size_t i = 0; i < domain->count; i++) {
        struct err why;
        void *stmt;
        enum rc rc = domain->sql[i] ? db->ops->prepare(db->conn, domain->sql[i], &stmt, &why) : RC_BUG;

        if (rc)
            return err_set(err, RC_BUG, "%s statement %zu: %.150s", domain->name, i, domain->sql[i] ? why.msg : "none");
        db->ops->finalize(stmt);
    }
    return RC_OK;
}

enum rc db_checkpoint(struct db *db, struct err *err)
{
    assert(!db->in_tx);
    return db->ops->checkpoint(db->conn, err);
}

enum rc db_copy_to(struct db *db, const char *path, struct err *err)
{
    assert(!db->in_tx);
    return db->ops->copy(db->conn, path, err);
}

enum rc db_explain(struct db *db, const char *sql, struct arena *mem, char **ret_plan, struct err *err)
{
    return db->ops->explain(db->conn, sql, mem, ret_plan, err);
}

/* --- for store/migrate --------------------------------------------------------------------------------------------------------- */

enum rc db_run_script(struct db *db, const char *sql, struct err *err)
{
    enum rc rc = fail_point(db, err);

    return rc ? rc : db->ops->script(db->conn, sql, err);
}

enum rc db_has_table(struct db *db, const char *name, bool *ret_has, struct err *err)
{
    enum rc rc = fail_point(db, err);

    return rc ? rc : db->ops->has_table(db->conn, name, ret_has, err);
}

enum rc db_before_schema(struct db *db, struct err *err)
{
    return db->ops->before_schema(db->conn, err);
}
