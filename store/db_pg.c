/* PostgreSQL. The only includer of libpq-fe.h.
 *
 * Statements are prepared on the server under a number of ours. Whole numbers and text travel as text, blobs as bytes; results come back in binary. A
 * connection that was lost is opened again at the next transaction or at the next statement outside one; its statements are then prepared again
 * when they are first used (generation). */
#include "store/db_driver.h"

#include <assert.h>
#include <libpq-fe.h>

#define PARAMS_MAX 48
#define SKIP_MARK "/*SKIP LOCKED*/"
#define SKIP_SQL " FOR UPDATE SKIP LOCKED"
#define SHARE_MARK "/*SHARE*/"
#define SHARE_SQL " FOR SHARE"
#define LOCK_MARK "/*LOCK*/"
#define LOCK_SQL " FOR UPDATE"

enum {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_NAME = 19,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_TEXT = 25,
    OID_VARCHAR = 1043
};

struct conn {
    PGconn *pg;
    int64_t generation, next_name;
};

struct stmt {
    struct conn *conn;
    char *sql; /* as the server gets it */
    char name[24];
    int64_t generation;
    int count;
    const char *value[PARAMS_MAX];
    int length[PARAMS_MAX], format[PARAMS_MAX];
    char number[PARAMS_MAX][24];
    PGresult *result;
    int row; /* the one that was given last; -1 before the first */
    int64_t changes;
};

static void result_done(PGresult **r)
{
    PQclear(*r);
    *r = NULL;
}

/* SQLSTATE classes: appendix A of the PostgreSQL 15 manual. */
static enum rc class_of(const char *state)
{
    static const struct {
        const char *start;
        enum rc rc;
    } classes[] = {
        { "23505", RC_CONFLICT }, { "23514", RC_CONFLICT }, { "40", RC_TEMP },       { "08", RC_TEMP },
        { "53", RC_TEMP },        { "55P03", RC_TEMP },     { "57", RC_TEMP },       { "58", RC_TEMP },
        { "25006", RC_TEMP },     { "XX001", RC_CORRUPT },  { "XX002", RC_CORRUPT },
    };

    for (size_t i = 0; i < COUNT_OF(classes); i++)
        if (strncmp(state, classes[i].start, strlen(classes[i].start)) == 0)
            return classes[i].rc;
    return RC_BUG;
}

/* Only the state: a server's sentence may quote values. */
static enum rc failed(const struct conn *c, const PGresult *r, struct err *err)
{
    const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;

    if (state && strlen(state) == 5)
        return err_set(err, class_of(state), "postgresql %s", state);
    if (PQstatus(c->pg) != CONNECTION_OK)
        return err_set(err, RC_TEMP, "the connection to PostgreSQL is lost");
    return err_set(err, RC_TEMP, "postgresql gave no result");
}

static enum rc script(void *conn, const char *sql, struct err *err)
{
    struct conn *c = conn;
    CLEANUP(result_done) PGresult *r = PQexec(c->pg, sql);
    const ExecStatusType status = PQresultStatus(r);

    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? RC_OK : failed(c, r, err);
}

/* --- opening ------------------------------------------------------------------------------------------------------------------ */

static void quiet(void *arg, const PGresult *r)
{
    (void)arg;
    (void)r;
}

static enum rc set_session(struct conn *c, struct err *err)
{
    static const char settings[] =
        "SET client_encoding = 'UTF8'; SET lock_timeout = '10s'; SET synchronous_commit = 'on';"
        " SET standard_conforming_strings = on; SET default_transaction_isolation = 'read committed'";

    PQsetNoticeReceiver(c->pg, quiet, NULL);
    c->generation++;
    return script(c, settings, err);
}

static void options_done(PQconninfoOption **options)
{
    PQconninfoFree(*options);
}

/* libpq quotes the whole URL, with its password, when it cannot read it. What it says of a server names host, user and database only. */
static enum rc check_conninfo(const char *conninfo, struct err *err)
{
    char *why = NULL;
    CLEANUP(options_done) PQconninfoOption *options = PQconninfoParse(conninfo, &why);

    PQfreemem(why);
    return options ? RC_OK
                   : err_set(err, RC_INPUT, "the database URL cannot be read: want postgresql://USER@HOST/DATABASE");
}

static enum rc no_connection(const struct conn *c, struct err *err)
{
    const char *why = PQerrorMessage(c->pg);

    return err_set(err, RC_TEMP, "no connection to PostgreSQL: %.*s", (int)strcspn(why, "\n"), why);
}

/* Given first, so that the URL can say otherwise: a server that is gone is noticed within half a minute. */
static const char *const names[] = { "connect_timeout",  "keepalives_idle", "tcp_user_timeout",
                                     "application_name", "dbname",          NULL };

enum rc db_pg_open(const char *conninfo, void **ret_conn, struct err *err)
{
    const char *const values[] = { "10", "30", "30000", "postcircle", conninfo, NULL };
    struct conn *c = calloc(1, sizeof *c);
    enum rc rc = RC_OK;

    if (!c)
        abort();
    rc = check_conninfo(conninfo, err);
    if (rc) {
        free(c);
        return rc;
    }
    c->pg = PQconnectdbParams(names, values, 1);
    if (PQstatus(c->pg) != CONNECTION_OK)
        rc = no_connection(c, err);
    if (!rc)
        rc = set_session(c, err);
    if (rc) {
        PQfinish(c->pg);
        free(c);
        return rc;
    }
    *ret_conn = c;
    return RC_OK;
}

static void close_conn(void *conn)
{
    struct conn *c = conn;

    PQfinish(c->pg);
    free(c);
}

static enum rc revive(struct conn *c, struct err *err)
{
    if (PQstatus(c->pg) == CONNECTION_OK)
        return RC_OK;
    PQreset(c->pg);
    if (PQstatus(c->pg) != CONNECTION_OK)
        return no_connection(c, err);
    return set_session(c, err);
}

/* --- transactions ----------------------------------------------------------------------------------------------------------------- */

/* A connection that died while it was idle shows only when it is used: BEGIN may be said twice, nothing depends on the first. */
static enum rc tx_begin(void *conn, struct err *err)
{
    struct conn *c = conn;
    enum rc rc = revive(c, err);

    if (!rc)
        rc = script(c, "BEGIN", err);
    if (rc && PQstatus(c->pg) != CONNECTION_OK) {
        rc = revive(c, err);
        if (!rc)
            rc = script(c, "BEGIN", err);
    }
    return rc;
}

static enum rc tx_commit(void *conn, struct err *err)
{
    struct conn *c = conn;
    CLEANUP(result_done) PGresult *r = PQexec(c->pg, "COMMIT");

    if (PQresultStatus(r) == PGRES_COMMAND_OK && strcmp(PQcmdStatus(r), "COMMIT") == 0)
        return RC_OK;
    if (PQresultStatus(r) == PGRES_COMMAND_OK)
        return err_set(err, RC_BUG, "PostgreSQL rolled back");
    if (PQstatus(c->pg) != CONNECTION_OK)
        return err_set(err, RC_UNCERTAIN, "the connection to PostgreSQL broke during commit");
    return failed(c, r, err);
}

static void tx_rollback(void *conn)
{
    struct conn *c = conn;

    if (PQstatus(c->pg) == CONNECTION_OK && PQtransactionStatus(c->pg) != PQTRANS_IDLE)
        PQclear(PQexec(c->pg, "ROLLBACK"));
}

static enum rc has_table(void *conn, const char *name, bool *ret_has, struct err *err)
{
    struct conn *c = conn;
    CLEANUP(result_done)
    PGresult *r = PQexecParams(c->pg, "SELECT to_regclass($1)", 1, NULL, (const char *const[]){ name }, NULL, NULL, 0);

    if (PQresultStatus(r) != PGRES_TUPLES_OK || PQntuples(r) != 1)
        return failed(c, r, err);
    *ret_has = !PQgetisnull(r, 0, 0);
    return RC_OK;
}

/* Two programs may bring the same schema up at once: the second waits here. The number is any constant. */
static enum rc before_schema(void *conn, struct err *err)
{
    enum rc rc = script(conn, "SELECT pg_advisory_xact_lock(725019)", err);

    return rc ? rc
              : script(conn,
                       "DO $$ BEGIN IF to_regtype('blob') IS NULL THEN CREATE DOMAIN blob AS bytea; END IF; END $$",
                       err);
}

static enum rc checkpoint(void *conn, struct err *err)
{
    (void)conn;
    (void)err;
    return RC_OK;
}

static enum rc copy(void *conn, const char *path, struct err *err)
{
    (void)conn;
    (void)path;
    return err_set(err, RC_PERM, "this database is PostgreSQL: pg_dump copies it (docs/postgresql.md says how)");
}

static enum rc explain(void *conn, const char *sql, struct arena *mem, char **ret_plan, struct err *err)
{
    (void)conn;
    (void)sql;
    (void)err;
    *ret_plan = arena_strdup(mem, "");
    return RC_OK;
}

/* --- statements ------------------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *mark, *sql;
} marks[] = { { SKIP_MARK, SKIP_SQL }, { SHARE_MARK, SHARE_SQL }, { LOCK_MARK, LOCK_SQL } };

static char *server_text(const char *sql)
{
    char *text = NULL;
    int n = -1;

    for (size_t i = 0; i < COUNT_OF(marks) && !text; i++) {
        const char *at = strstr(sql, marks[i].mark);

        if (at)
            n = asprintf(&text, "%.*s%s%s", (int)(at - sql), sql, marks[i].sql, at + strlen(marks[i].mark));
    }
    if (!text)
        n = asprintf(&text, "%s", sql);
    if (n < 0)
        abort();
    return text;
}

static bool is_readable(Oid type)
{
    return type == OID_BOOL || type == OID_BYTEA || type == OID_NAME || type == OID_INT8 || type == OID_INT2 ||
           type == OID_INT4 || type == OID_TEXT || type == OID_VARCHAR;
}

/* SUM over BIGINT is NUMERIC there: such a text needs CAST(… AS BIGINT). */
static enum rc check_columns(struct stmt *st, struct err *err)
{
    CLEANUP(result_done) PGresult *r = PQdescribePrepared(st->conn->pg, st->name);

    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        return failed(st->conn, r, err);
    if (PQnparams(r) > PARAMS_MAX)
        return err_set(err, RC_BUG, "over %d parameters", PARAMS_MAX);
    st->count = PQnparams(r);
    for (int i = 0; i < PQnfields(r); i++)
        if (!is_readable(PQftype(r, i)))
            return err_set(err, RC_BUG, "column %d has type %u: cast it", i, PQftype(r, i));
    return RC_OK;
}

/* Nothing is bound yet, so the server's sentence can only quote our own text. */
static enum rc prepare_now(struct stmt *st, struct err *err)
{
    CLEANUP(result_done) PGresult *r = NULL;

    snprintf(st->name, sizeof st->name, "s%" PRId64, st->conn->next_name++);
    r = PQprepare(st->conn->pg, st->name, st->sql, 0, NULL);
    if (PQresultStatus(r) != PGRES_COMMAND_OK) {
        const char *text = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
        enum rc rc = failed(st->conn, r, err);

        return text && rc == RC_BUG ? err_set(err, rc, "%.150s", text) : rc;
    }
    st->generation = st->conn->generation;
    return check_columns(st, err);
}

static void finalize(void *stmt)
{
    struct stmt *st = stmt;

    PQclear(st->result);
    free(st->sql);
    free(st);
}

static enum rc prepare(void *conn, const char *sql, void **ret_stmt, struct err *err)
{
    struct conn *c = conn;
    struct stmt *st;
    enum rc rc = PQtransactionStatus(c->pg) == PQTRANS_INTRANS ? RC_OK : revive(c, err);

    if (rc)
        return rc;
    st = calloc(1, sizeof *st);
    if (!st)
        abort();
    st->conn = c;
    st->sql = server_text(sql);
    rc = prepare_now(st, err);
    if (rc) {
        finalize(st);
        return rc;
    }
    *ret_stmt = st;
    return RC_OK;
}

static void bind_int(void *stmt, int at, int64_t v)
{
    struct stmt *st = stmt;

    assert(at >= 1 && at <= st->count);
    snprintf(st->number[at - 1], sizeof st->number[0], "%" PRId64, v);
    st->value[at - 1] = st->number[at - 1];
    st->format[at - 1] = 0;
}

static void bind_bytes(void *stmt, int at, const void *p, size_t n, bool is_text)
{
    struct stmt *st = stmt;

    assert(at >= 1 && at <= st->count && n <= INT32_MAX);
    st->value[at - 1] = p;
    st->length[at - 1] = (int)n;
    st->format[at - 1] = is_text ? 0 : 1;
}

static void bind_null(void *stmt, int at)
{
    struct stmt *st = stmt;

    assert(at >= 1 && at <= st->count);
    st->value[at - 1] = NULL;
}

static enum rc execute(struct stmt *st, struct err *err)
{
    struct conn *c = st->conn;
    enum rc rc = PQtransactionStatus(c->pg) == PQTRANS_INTRANS ? RC_OK : revive(c, err);

    if (!rc && st->generation != c->generation)
        rc = prepare_now(st, err);
    if (rc)
        return rc;
    st->result = PQexecPrepared(c->pg, st->name, st->count, st->value, st->length, st->format, 1);
    if (PQresultStatus(st->result) != PGRES_TUPLES_OK && PQresultStatus(st->result) != PGRES_COMMAND_OK) {
        rc = failed(c, st->result, err);
        result_done(&st->result);
        return rc;
    }
    st->changes = strtoll(PQcmdTuples(st->result), NULL, 10);
    st->row = -1;
    return RC_OK;
}

static enum rc step(void *stmt, bool *ret_row, struct err *err)
{
    struct stmt *st = stmt;

    if (!st->result) {
        enum rc rc = execute(st, err);

        if (rc)
            return rc;
    }
    st->row++;
    *ret_row = st->row < PQntuples(st->result);
    return RC_OK;
}

static void reset(void *stmt)
{
    struct stmt *st = stmt;

    result_done(&st->result);
    memset(st->value, 0, sizeof st->value);
}

static int64_t changes(const void *stmt)
{
    return ((const struct stmt *)stmt)->changes;
}

static bool is_null(void *stmt, int col)
{
    struct stmt *st = stmt;

    assert(st->result && st->row >= 0 && st->row < PQntuples(st->result) && col < PQnfields(st->result));
    return PQgetisnull(st->result, st->row, col);
}

/* Binary whole numbers are big-endian, as long as their type. */
static int64_t get_int(void *stmt, int col)
{
    struct stmt *st = stmt;
    const unsigned char *p = (const unsigned char *)PQgetvalue(st->result, st->row, col);
    const int n = PQgetlength(st->result, st->row, col);
    uint64_t v = n > 0 && (p[0] & 0x80) && n > 1 ? UINT64_MAX : 0;

    assert(n == 8 || n == 4 || n == 2 || n == 1);
    for (int i = 0; i < n; i++)
        v = v << 8 | p[i];
    return (int64_t)v;
}

static const void *get_bytes(void *stmt, int col, size_t *ret_n)
{
    struct stmt *st = stmt;

    *ret_n = (size_t)PQgetlength(st->result, st->row, col);
    return PQgetvalue(st->result, st->row, col);
}

const struct db_ops db_pg_ops = {
    .tx_begin = tx_begin,
    .tx_commit = tx_commit,
    .tx_rollback = tx_rollback,
    .script = script,
    .has_table = has_table,
    .before_schema = before_schema,
    .checkpoint = checkpoint,
    .copy = copy,
    .explain = explain,
    .close = close_conn,
    .prepare = prepare,
    .finalize = finalize,
    .bind_int = bind_int,
    .bind_bytes = bind_bytes,
    .bind_null = bind_null,
    .step = step,
    .reset = reset,
    .changes = changes,
    .is_null = is_null,
    .get_int = get_int,
    .get_bytes = get_bytes,
};
