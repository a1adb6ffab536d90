/*
 * store_help: a fresh store for a unit test: SQLite in a temporary folder, or, when POSTCIRCLE_TEST_PG is set (tests/with-postgres), a new schema
 * of its own in that PostgreSQL. The functions are static inline, since each test is its own program.
 *
 * A schema is never dropped: the whole server goes after the tests. To make one costs PostgreSQL more than most tests do, so that a stopped
 * test leaves its schema, emptied of rows, to the next of its program; not so when help_raw has changed more than rows in it.
 */
#ifndef TESTS_UNIT_STORE_HELP_H
#define TESTS_UNIT_STORE_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/io.h"
#include "store/db_driver.h"
#include "store/migrate.h"
#include "store/store.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

struct help {
    char dir[64];
    char url[512];
    struct db *db;
    int pg_schema;   /* its number; 0: SQLite */
    bool is_spoiled; /* its schema is not as migrate made it, or migrate has not run */
};

#define HELP_SCHEMAS 1000

static inline bool help_is_pg(void)
{
    return getenv("POSTCIRCLE_TEST_PG") != NULL;
}

#define HELP_OK(call)                                                                                                  \
    do {                                                                                                               \
        enum rc help_rc_ = (call);                                                                                     \
        if (help_rc_)                                                                                                  \
            print_error("%s: %s: %s\n", #call, rc_name(help_rc_), err.msg);                                            \
        assert_int_equal(help_rc_, RC_OK);                                                                             \
    } while (0)

static inline struct db *help_open(const struct help *h)
{
    struct db *db = NULL;
    struct err err;

    HELP_OK(db_open(h->url, DB_OPEN_CREATE, &db, &err));
    return db;
}

static inline enum rc help_script(const struct help *h, const char *sql, struct err *err)
{
    const bool is_pg = help_is_pg();
    const struct db_ops *const ops = is_pg ? &db_pg_ops : &db_sqlite_ops;
    void *conn = NULL;
    enum rc rc = is_pg ? db_pg_open(h->url, &conn, err) : db_sqlite_open(h->url + 7, DB_OPEN_CREATE, &conn, err);

    if (rc)
        return rc;
    rc = ops->script(conn, sql, err);
    ops->close(conn);
    return rc;
}

/* Past the caches and the guards: what an intruder with a database client does. */
static inline void help_raw(struct help *h, const char *sql)
{
    struct err err;

    h->is_spoiled =
        h->is_spoiled || (strncmp(sql, "UPDATE ", 7) && strncmp(sql, "DELETE ", 7) && strncmp(sql, "INSERT ", 7));
    HELP_OK(help_script(h, sql, &err));
}

/* The number that a query without parameters gives; reads through a connection of its own. */
static inline int64_t help_int(struct help *h, const char *sql)
{
    struct db *db = help_open(h);
    struct db_query *q = NULL;
    struct err err;
    int64_t v;

    HELP_OK(db_query(db, sql, &q, &err));
    HELP_OK(db_one(q, &err));
    v = db_int(q, 0);
    db_query_done(&q);
    db_close(&db);
    return v;
}

static inline void help_pg_url(struct help *h, int number)
{
    h->pg_schema = number;
    snprintf(h->url, sizeof h->url, "%s&options=-csearch_path%%3Dt_%d_%d", getenv("POSTCIRCLE_TEST_PG"), (int)getpid(),
             number);
}

/* Schemas that stopped tests of this program have left. */
static inline struct help_schemas {
    int left[HELP_SCHEMAS];
    size_t count;
} * help_schemas(void)
{
    static struct help_schemas schemas;

    return &schemas;
}

/* A schema that a stopped test has left, without its rows; false: there is none, or one that somebody still holds. */
static inline bool help_pg_again(struct help *h)
{
    static const char empty[] = "SET lock_timeout = 2000; SET session_replication_role = replica;"
                                "DO $$ DECLARE t TEXT; BEGIN"
                                " FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
                                " AND tablename <> 'schema_version' LOOP EXECUTE format('DELETE FROM %I', t);"
                                " END LOOP; END $$";
    struct help_schemas *const schemas = help_schemas();
    struct err err;

    if (!schemas->count)
        return false;
    help_pg_url(h, schemas->left[--schemas->count]);
    return help_script(h, empty, &err) == RC_OK;
}

/* A schema of its own, and a URL that leads into it. */
static inline void help_pg_schema(struct help *h)
{
    static int count;
    char sql[96];
    struct err err;

    help_pg_url(h, ++count);
    snprintf(sql, sizeof sql, "CREATE SCHEMA t_%d_%d", (int)getpid(), count);
    HELP_OK(help_script(h, sql, &err));
}

/* A folder (in POSTCIRCLE_TEST_DIR, else /tmp). */
static inline void help_folder(struct help *h)
{
    const char *const above = getenv("POSTCIRCLE_TEST_DIR");
    struct err err;

    *h = (struct help){ .db = NULL };
    HELP_OK(crypt_init(&err));
    snprintf(h->dir, sizeof h->dir, "%.40s/postcircle-unit.XXXXXX", above ? above : "/tmp");
    assert_non_null(mkdtemp(h->dir));
}

/* A database for migrate to run on: a file of this name that does not exist (SQLite), or a schema without a row. */
static inline void help_place(struct help *h, const char *name)
{
    help_folder(h);
    if (!help_is_pg())
        snprintf(h->url, sizeof h->url, "sqlite:%s/%s", h->dir, name);
    else if (!help_pg_again(h))
        help_pg_schema(h);
}

/* A database without a table. */
static inline void help_empty(struct help *h)
{
    help_folder(h);
    h->is_spoiled = true;
    if (help_is_pg())
        help_pg_schema(h);
    else
        snprintf(h->url, sizeof h->url, "sqlite:%s/store.db", h->dir);
}

static inline void help_start(struct help *h)
{
    struct err err;

    help_place(h, "store.db");
    h->db = help_open(h);
    HELP_OK(migrate_run(h->db, &err));
    assert_int_equal(db_is_postgres(h->db), help_is_pg());
}

/* Fixed keys of a practice, one per use; ids are 100 + use. */
static inline struct keyring *help_ring(int64_t practice)
{
    struct keyring *ring = keyring_new(practice);

    for (int use = SEAL_DATA; use < SEAL_USE_COUNT; use++) {
        struct seal_key key = { .id = 100 + use, .use = (enum seal_use)use, .epoch = 1, .is_current = true };

        memset(key.key.b, (int)practice + use, sizeof key.key.b);
        keyring_add(ring, &key);
    }
    return ring;
}

static inline int help_unlink(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

static inline void help_stop(struct help *h)
{
    struct help_schemas *const schemas = help_schemas();

    db_close(&h->db);
    if (h->pg_schema && !h->is_spoiled && schemas->count < HELP_SCHEMAS)
        schemas->left[schemas->count++] = h->pg_schema;
    nftw(h->dir, help_unlink, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
