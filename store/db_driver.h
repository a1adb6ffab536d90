/*
 * db_driver: what a database must do for db.c, and what db.c does for migrate.c alone. Nobody else includes this.
 *
 * Shape    Positions of parameters count from 1, columns from 0. A statement is bound, stepped until it gives no row, and reset.
 * Owns     A connection owns nothing of its statements: db.c finalizes each before it closes.
 * Errors   As in db.h. A driver never puts a bound value, nor a server's detail text, into err.
 * State    tx_begin takes the write lock at once where the database has one. A driver that lost its connection may open it again in tx_begin or
 *          in a step outside a transaction, never inside one.
 */
#ifndef STORE_DB_DRIVER_H
#define STORE_DB_DRIVER_H

#include "store/db.h"

struct db_ops {
    enum rc (*tx_begin)(void *conn, struct err *err);
    enum rc (*tx_commit)(void *conn, struct err *err);
    void (*tx_rollback)(void *conn);
    /* Several statements without parameters: the schema. */
    enum rc (*script)(void *conn, const char *sql, struct err *err);
    /* In the schema that tables without a name of their own come from. */
    enum rc (*has_table)(void *conn, const char *name, bool *ret_has, struct err *err);
    /* Called inside the transaction of each migration, before its text. */
    enum rc (*before_schema)(void *conn, struct err *err);
    enum rc (*checkpoint)(void *conn, struct err *err);
    enum rc (*copy)(void *conn, const char *path, struct err *err);
    enum rc (*explain)(void *conn, const char *sql, struct arena *mem, char **ret_plan, struct err *err);
    void (*close)(void *conn);

    enum rc (*prepare)(void *conn, const char *sql, void **ret_stmt, struct err *err);
    void (*finalize)(void *stmt);
    void (*bind_int)(void *stmt, int at, int64_t v);
    void (*bind_bytes)(void *stmt, int at, const void *p, size_t n, bool is_text); /* p is never NULL */
    void (*bind_null)(void *stmt, int at);
    enum rc (*step)(void *stmt, bool *ret_row, struct err *err);
    void (*reset)(void *stmt);            /* forgets rows and bindings */
    int64_t (*changes)(const void *stmt); /* rows written by the last complete run */

    bool (*is_null)(void *stmt, int col);
    int64_t (*get_int)(void *stmt, int col);
    const void *(*get_bytes)(void *stmt, int col, size_t *ret_n); /* ends with a NUL for text */
};

extern const struct db_ops db_sqlite_ops, db_pg_ops;

MUST_CHECK enum rc db_sqlite_open(const char *path, enum db_open_mode mode, void **ret_conn, struct err *err);
MUST_CHECK enum rc db_pg_open(const char *conninfo, void **ret_conn, struct err *err);

/* Texts that are run once and have no parameters; they count as calls for the fail points. */
MUST_CHECK enum rc db_run_script(struct db *db, const char *sql, struct err *err);
MUST_CHECK enum rc db_has_table(struct db *db, const char *name, bool *ret_has, struct err *err);
MUST_CHECK enum rc db_before_schema(struct db *db, struct err *err);

/* The first words of a statement, for messages: "UPDATE delivery SET". */
#define DB_WORDS_SIZE 48
const char *db_first_words(const char *sql, char words[DB_WORDS_SIZE]);

#endif
