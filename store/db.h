/*
 * db: the small driver interface to SQLite and PostgreSQL. All SQL of the project stands in store/, in tables of texts.
 *
 * Shape    A URL opens a connection: "sqlite:PATH", "postgresql://…" or libpq's "host=… dbname=…". Statements are shared constants with $1…
 *          placeholders, in any order without gaps (drivers bind by name); a comment "SKIP LOCKED", "SHARE" or "LOCK" in comment signs marks the one
 *          place that PostgreSQL fills in. Prepared handles
 *          belong to the connection and are kept by the address of their text, so a text must be a constant. BIGINT, TEXT and
 *          BLOB only (BLOB is a domain over bytea on PostgreSQL).
 *
 *              CLEANUP(db_query_done) struct db_query *q = NULL;
 *              bool row;
 *              rc = db_query(db, group_sql[GROUP_FIND], &q, err);
 *              if (rc) return rc;
 *              db_bind_int(q, GF_PRACTICE, practice.v);
 *              rc = db_step(q, &row, err);
 *
 *          PostgreSQL deduces a placeholder's type where it stands first: compare a column with it, or write CAST($1 AS BIGINT).
 *          SUM(…) wants CAST(SUM(…) AS BIGINT).
 *          SQLite walks through a whole practice rather than sort three rows: after an index on something else write ORDER BY +id
 *          (tests/unit/store_plan_test holds every text against its plan). Claim through WITH picked AS MATERIALIZED (SELECT … LIMIT $n, the mark): PostgreSQL may run a plain sub-query once for each row
 *          and then lock more than its LIMIT.
 *
 * Owns     A query is lent from the connection's cache until db_query_done; one text may be in use once at a time. Bound text and blobs
 *          must stay valid until the query is done. What db_text and db_blob return lives until the next step.
 * Errors   RC_CONFLICT  a unique key or CHECK refused the row
 *          RC_TEMP      busy past its timeout, disk full, connection lost: nothing was written
 *          RC_UNCERTAIN the connection broke during commit
 *          RC_CORRUPT   the file is damaged or no database
 *          RC_BUG       the SQL is wrong (a test prepares every text on both)
 *          Messages name the statement's first words and the code, never a value.
 * State    A connection belongs to one process. Writes need an open transaction (assert); transactions do not nest: store functions
 *          that write run inside the caller's. The first statement that fails ends its transaction on both databases: whatever comes later,
 *          and db_commit, give that error again. Use ON CONFLICT DO NOTHING where a second row is expected. db_commit ends rows
 *          that are still being read. PostgreSQL runs READ COMMITTED: what decides a write stands in that write's WHERE, or its row was
 *          written before in the same transaction. A lost connection is opened again by the next db_begin.
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "base/arena.h"
#include "base/err.h"

struct db;
struct db_query;

/* A table of SQL texts, one per store file: the test walks them all. */
struct db_domain {
    const char *name;
    const char *const *sql;
    size_t count;
};

enum db_open_mode { DB_OPEN_EXISTING, DB_OPEN_CREATE };

MUST_CHECK enum rc db_open(const char *url, enum db_open_mode mode, struct db **ret_db, struct err *err);
void db_close(struct db **db);
bool db_is_postgres(const struct db *db);

/* A transaction guard: rolls back unless committed. Takes the write lock at once (BEGIN IMMEDIATE).
 *     CLEANUP(db_tx_done) struct db_tx tx = { 0 };
 *     rc = db_begin(db, &tx, err); … rc = db_commit(&tx, err); */
struct db_tx {
    struct db *db;
};
MUST_CHECK enum rc db_begin(struct db *db, struct db_tx *tx, struct err *err);
MUST_CHECK enum rc db_commit(struct db_tx *tx, struct err *err);
void db_tx_done(struct db_tx *tx);
bool db_in_tx(const struct db *db);
/* The open transaction fails: each later statement and the commit give err. */
void db_tx_fail(struct db *db, const struct err *err);
/* A number that the open transaction remembers; 0 at its begin and outside of one (store/store: the key that was looked at). */
void db_tx_note(struct db *db, int64_t note);
int64_t db_tx_noted(const struct db *db);

MUST_CHECK enum rc db_query(struct db *db, const char *sql, struct db_query **ret_query, struct err *err);
void db_query_done(struct db_query **q);

void db_bind_int(struct db_query *q, int at, int64_t v);
void db_bind_text(struct db_query *q, int at, const char *s);           /* NULL binds NULL */
void db_bind_blob(struct db_query *q, int at, const void *p, size_t n); /* NULL binds NULL */
void db_bind_null(struct db_query *q, int at);
/* An id or a time whose 0 means "none": binds NULL for it. */
static inline void db_bind_id(struct db_query *q, int at, int64_t id)
{
    if (id)
        db_bind_int(q, at, id);
    else
        db_bind_null(q, at);
}

/* The next row, or none. Columns count from 0. */
MUST_CHECK enum rc db_step(struct db_query *q, bool *ret_row, struct err *err);
/* Steps to the end; ret_changes (may be NULL) is the number of rows written. Ready for the next binding afterwards. */
MUST_CHECK enum rc db_run(struct db_query *q, int64_t *ret_changes, struct err *err);
/* The one row there must be: RC_NOT_FOUND when there is none. */
MUST_CHECK enum rc db_one(struct db_query *q, struct err *err);

bool db_is_null(struct db_query *q, int col);
int64_t db_int(struct db_query *q, int col);      /* 0 for NULL */
const char *db_text(struct db_query *q, int col); /* NULL for NULL */
const void *db_blob(struct db_query *q, int col, size_t *ret_n);

/* Brings everything committed into the database file and empties the journal beside it (SQLite; nothing elsewhere): afterwards what was
 * overwritten is gone. RC_TEMP while somebody reads. */
MUST_CHECK enum rc db_checkpoint(struct db *db, struct err *err);

/* Copies the database as it is now into a new file of mode 0600, checked afterwards, while others go on (SQLite only, else RC_PERM). */
MUST_CHECK enum rc db_copy_to(struct db *db, const char *path, struct err *err);

/* Every text of a domain is prepared; the first that fails is named (for the test that walks store/domains). */
MUST_CHECK enum rc db_check_domain(struct db *db, const struct db_domain *domain, struct err *err);

/* The query plan as text, for the test that workers' statements use an index (SQLite only; empty otherwise). */
MUST_CHECK enum rc db_explain(struct db *db, const char *sql, struct arena *mem, char **ret_plan, struct err *err);

/* Fail points for tests: the n-th call from now that reaches the database fails with RC_TEMP; 0 turns it off. */
void db_fail_after(struct db *db, int64_t n);
/* The same, and every later call fails too, as if this process had been killed there: until 0, or until it is opened again. */
void db_die_after(struct db *db, int64_t n);
bool db_is_dead(const struct db *db);

#endif
