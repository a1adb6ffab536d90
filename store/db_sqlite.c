/* SQLite: one file in WAL mode. The only includer of sqlite3.h in this folder. */
#include "store/db_driver.h"

#include "base/strbuf.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BUSY_MS 10000
#define BUSY_PAUSE_MS 5 /* in the mean */
#define PLAN_MAX_BYTES 16384
#define PARAMS_MAX 48

struct stmt {
    sqlite3_stmt *s;
    int count, index[PARAMS_MAX + 1];
    int64_t changes;
};

static enum rc class_of(int code)
{
    switch (code & 0xFF) {
    case SQLITE_CONSTRAINT:
        /* a missing value is our mistake, a second or a forbidden one is news */
        return code == SQLITE_CONSTRAINT_NOTNULL || code == SQLITE_CONSTRAINT_DATATYPE ? RC_BUG : RC_CONFLICT;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return RC_CORRUPT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_NOMEM:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_PROTOCOL:
    case SQLITE_INTERRUPT:
        return RC_TEMP;
    default:
        return RC_BUG;
    }
}

/* sqlite3_errstr is a constant per code; sqlite3_errmsg may quote what was stored. */
static enum rc failed(sqlite3 *conn, int code, struct err *err)
{
    const int extended = code == SQLITE_MISUSE ? code : sqlite3_extended_errcode(conn);

    return err_set(err, class_of(extended), "%s (sqlite %d)", sqlite3_errstr(extended), extended);
}

/* --- opening ------------------------------------------------------------------------------------------------------------------ */

/* One value, as text, or "" when there is none. */
static enum rc pragma(sqlite3 *conn, const char *sql, char *value, size_t size, struct err *err)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(conn, sql, -1, &s, NULL);

    value[0] = '\0';
    if (code == SQLITE_OK)
        code = sqlite3_step(s);
    if (code == SQLITE_ROW) {
        snprintf(value, size, "%s", (const char *)sqlite3_column_text(s, 0));
        code = SQLITE_DONE;
    }
    if (code != SQLITE_DONE) {
        enum rc rc = failed(conn, code, err);

        sqlite3_finalize(s);
        return rc;
    }
    sqlite3_finalize(s);
    return RC_OK;
}

static enum rc set_pragmas(sqlite3 *conn, struct err *err)
{
    static const struct {
        const char *set, *get, *want;
    } pragmas[] = {
        { "PRAGMA journal_mode=WAL", "PRAGMA journal_mode", "wal" },
        { "PRAGMA synchronous=FULL", "PRAGMA synchronous", "2" },
        { "PRAGMA foreign_keys=ON", "PRAGMA foreign_keys", "1" },
        { "PRAGMA secure_delete=ON", "PRAGMA secure_delete", "1" },
        { "PRAGMA temp_store=MEMORY", "PRAGMA temp_store", "2" },
        { "PRAGMA trusted_schema=OFF", "PRAGMA trusted_schema", "0" },
        { "PRAGMA cell_size_check=ON", "PRAGMA cell_size_check", "1" },
    };
    char value[32];

    for (size_t i = 0; i < COUNT_OF(pragmas); i++) {
        enum rc rc = pragma(conn, pragmas[i].set, value, sizeof value, err);

        if (!rc)
            rc = pragma(conn, pragmas[i].get, value, sizeof value, err);
        if (rc)
            return err_wrap(err, "%s", pragmas[i].set);
        if (strcmp(value, pragmas[i].want) != 0)
            return err_set(err, RC_PERM, "%s had no effect: it says %s", pragmas[i].set, value);
    }
    return RC_OK;
}

static enum rc not_writable(const char *path, struct err *err)
{
    const struct passwd *const user = getpwuid(geteuid());

    return err_set(err, RC_TEMP, "%s is not writable for user %.32s", path, user ? user->pw_name : "of this process");
}

/* SQLite gives its -wal and -shm files the mode of the database. A file that is there is never opened here: closing it again would take away
 * the locks of another connection of this process (fcntl(2): they belong to process and file, not to the descriptor). */
static enum rc make_private(const char *path, enum db_open_mode mode, struct err *err)
{
    struct stat st;
    int fd;

    if (mode == DB_OPEN_CREATE) {
        fd = open(path, O_RDWR | O_CLOEXEC | O_CREAT | O_EXCL, 0600);
        if (fd >= 0)
            close(fd);
        else if (errno != EEXIST)
            return err_errno(err, RC_TEMP, "make %s", path);
    }
    if (stat(path, &st) < 0)
        return err_errno(err, errno == ENOENT ? RC_NOT_FOUND : RC_TEMP, "open %s", path);
    if (faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) < 0)
        return not_writable(path, err);
    if ((st.st_mode & 077) != 0 && chmod(path, 0600) < 0)
        return err_errno(err, RC_PERM, "make %s private", path);
    return RC_OK;
}

/* SQLite has no queue for its lock: who asks just then gets it, and its own busy handler soon asks only ten times a second. Beside a process
 * that writes without a pause that took 3 to 5 s (15 tries, 5 of them), asking each 5 ms under 0.4 s. The spread keeps two from asking in step. */
static int ask_again(void *ctx, int asked)
{
    unsigned char random;

    (void)ctx;
    if (asked >= BUSY_MS / BUSY_PAUSE_MS)
        return 0;
    sqlite3_randomness(sizeof random, &random);
    nanosleep(&(struct timespec){ .tv_nsec = (BUSY_PAUSE_MS * 1000000L / 255) * (random + 128) }, NULL);
    return 1;
}

/* A process has one thread: SQLite need not lock itself, nor count its memory. */
static void configure_once(void)
{
    static bool is_done;

    if (!is_done) {
        sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
        sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    }
    is_done = true;
}

enum rc db_sqlite_open(const char *path, enum db_open_mode mode, void **ret_conn, struct err *err)
{
    sqlite3 *conn = NULL;
    enum rc rc = make_private(path, mode, err);
    int code;

    if (rc)
        return rc;
    configure_once();
    code = sqlite3_open_v2(path, &conn, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (code != SQLITE_OK)
        rc = err_set(err, class_of(code), "%s", sqlite3_errstr(code));
    if (!rc) {
        sqlite3_busy_handler(conn, ask_again, NULL);
        sqlite3_db_config(conn, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        rc = set_pragmas(conn, err);
    }
    if (rc) {
        sqlite3_close(conn);
        return err_wrap(err, "open %s", path);
    }
    *ret_conn = conn;
    return RC_OK;
}

static void close_conn(void *conn)
{
    sqlite3_close(conn);
}

/* --- transactions and scripts ----------------------------------------------------------------------------------------------------- */

static enum rc script(void *conn, const char *sql, struct err *err)
{
    const int code = sqlite3_exec(conn, sql, NULL, NULL, NULL);

    return code == SQLITE_OK ? RC_OK : failed(conn, code, err);
}

static enum rc tx_begin(void *conn, struct err *err)
{
    return script(conn, "BEGIN IMMEDIATE", err);
}

/* A full disk writes no commit mark, but after a failed sync the mark may be in the file or not. */
static enum rc tx_commit(void *conn, struct err *err)
{
    const int code = sqlite3_exec(conn, "COMMIT", NULL, NULL, NULL);

    if (code == SQLITE_OK)
        return RC_OK;
    if ((code & 0xFF) == SQLITE_IOERR)
        return err_set(err, RC_UNCERTAIN, "%s (sqlite %d)", sqlite3_errstr(code), code);
    return failed(conn, code, err);
}

static void tx_rollback(void *conn)
{
    if (!sqlite3_get_autocommit(conn)) /* SQLite rolls back by itself after some failures */
        sqlite3_exec(conn, "ROLLBACK", NULL, NULL, NULL);
}

static enum rc has_table(void *conn, const char *name, bool *ret_has, struct err *err)
{
    static const char sql[] = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1";
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(conn, sql, -1, &s, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
    if (code == SQLITE_OK)
        code = sqlite3_step(s);
    *ret_has = code == SQLITE_ROW;
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        enum rc rc = failed(conn, code, err);

        sqlite3_finalize(s);
        return rc;
    }
    sqlite3_finalize(s);
    return RC_OK;
}

static enum rc before_schema(void *conn, struct err *err)
{
    (void)conn;
    (void)err;
    return RC_OK;
}

static enum rc checkpoint(void *conn, struct err *err)
{
    const int code = sqlite3_wal_checkpoint_v2(conn, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

    return code == SQLITE_OK ? RC_OK : failed(conn, code, err);
}

static enum rc copy_pages(sqlite3 *from, sqlite3 *to, struct err *err)
{
    sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
    char value[32] = "";
    enum rc rc;
    int code;

    if (!b)
        return failed(to, SQLITE_ERROR, err);
    sqlite3_backup_step(b, -1); /* all at once: one state of the database */
    code = sqlite3_backup_finish(b);
    if (code != SQLITE_OK)
        return err_set(err, class_of(code), "copy: %s (sqlite %d)", sqlite3_errstr(code), code);
    /* one file, no journal beside it; then whatever the disk did to it shows now and not on the day it is needed */
    rc = pragma(to, "PRAGMA journal_mode=DELETE", value, sizeof value, err);
    if (!rc)
        rc = pragma(to, "PRAGMA quick_check", value, sizeof value, err);
    if (!rc && strcmp(value, "ok") != 0)
        rc = err_set(err, RC_CORRUPT, "the copy is damaged");
    return rc;
}

static enum rc copy(void *conn, const char *path, struct err *err)
{
    sqlite3 *to = NULL;
    enum rc rc = make_private(path, DB_OPEN_CREATE, err);
    int code;

    if (rc)
        return rc;
    code = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    rc = code == SQLITE_OK ? copy_pages(conn, to, err) : err_set(err, class_of(code), "%s", sqlite3_errstr(code));
    sqlite3_close(to);
    return rc;
}

static enum rc explain(void *conn, const char *sql, struct arena *mem, char **ret_plan, struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf plan = STRBUF(PLAN_MAX_BYTES);
    char *text = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", sql);
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(conn, text, -1, &s, NULL);

    sqlite3_free(text);
    if (code != SQLITE_OK)
        return failed(conn, code, err);
    while ((code = sqlite3_step(s)) == SQLITE_ROW)
        strbuf_printf(&plan, "%s\n", (const char *)sqlite3_column_text(s, 3));
    sqlite3_finalize(s);
    return code == SQLITE_DONE ? strbuf_take(&plan, mem, ret_plan, err) : failed(conn, code, err);
}

/* --- statements ------------------------------------------------------------------------------------------------------------------- */

/* SQLite takes $1 for a name and numbers names in order of first use: index[] leads from our number to its. */
static enum rc map_parameters(struct stmt *st, struct err *err)
{
    st->count = sqlite3_bind_parameter_count(st->s);
    if (st->count > PARAMS_MAX)
        return err_set(err, RC_BUG, "over %d parameters", PARAMS_MAX);
    for (int i = 1; i <= st->count; i++) {
        char name[16];

        snprintf(name, sizeof name, "$%d", i);
        st->index[i] = sqlite3_bind_parameter_index(st->s, name);
        if (st->index[i] == 0)
            return err_set(err, RC_BUG, "placeholders have a gap at %s", name);
    }
    return RC_OK;
}

static int index_of(const struct stmt *st, int at)
{
    assert(at >= 1 && at <= st->count);
    return st->index[at];
}

static void finalize(void *stmt)
{
    sqlite3_finalize(((struct stmt *)stmt)->s);
    free(stmt);
}

static enum rc prepare(void *conn, const char *sql, void **ret_stmt, struct err *err)
{
    struct stmt *st = calloc(1, sizeof *st);
    enum rc rc;

    if (!st)
        abort();
    /* before anything is bound the message can only quote our own text */
    if (sqlite3_prepare_v3(conn, sql, -1, SQLITE_PREPARE_PERSISTENT, &st->s, NULL) != SQLITE_OK)
        rc = err_set(err, class_of(sqlite3_extended_errcode(conn)), "%.150s", sqlite3_errmsg(conn));
    else
        rc = map_parameters(st, err);
    if (rc) {
        finalize(st);
        return rc;
    }
    *ret_stmt = st;
    return RC_OK;
}

/* Binding can only fail when a value is over SQLite's limit of a billion bytes. */
static void bind_int(void *stmt, int at, int64_t v)
{
    struct stmt *st = stmt;
    const int code = sqlite3_bind_int64(st->s, index_of(st, at), v);

    assert(code == SQLITE_OK);
    (void)code;
}

static void bind_bytes(void *stmt, int at, const void *p, size_t n, bool is_text)
{
    struct stmt *st = stmt;
    const int code = is_text ? sqlite3_bind_text64(st->s, index_of(st, at), p, n, SQLITE_STATIC, SQLITE_UTF8)
                             : sqlite3_bind_blob64(st->s, index_of(st, at), p, n, SQLITE_STATIC);

    assert(code == SQLITE_OK);
    (void)code;
}

static void bind_null(void *stmt, int at)
{
    struct stmt *st = stmt;
    const int code = sqlite3_bind_null(st->s, index_of(st, at));

    assert(code == SQLITE_OK);
    (void)code;
}

static enum rc step(void *stmt, bool *ret_row, struct err *err)
{
    struct stmt *st = stmt;
    sqlite3 *conn = sqlite3_db_handle(st->s);
    const int code = sqlite3_step(st->s);

    if (code == SQLITE_ROW) {
        *ret_row = true;
        return RC_OK;
    }
    if (code != SQLITE_DONE)
        return failed(conn, code, err);
    st->changes = sqlite3_changes64(conn);
    *ret_row = false;
    return RC_OK;
}

static void reset(void *stmt)
{
    struct stmt *st = stmt;

    sqlite3_reset(st->s);
    sqlite3_clear_bindings(st->s);
}

static int64_t changes(const void *stmt)
{
    return ((const struct stmt *)stmt)->changes;
}

static bool is_null(void *stmt, int col)
{
    return sqlite3_column_type(((struct stmt *)stmt)->s, col) == SQLITE_NULL;
}

static int64_t get_int(void *stmt, int col)
{
    return sqlite3_column_int64(((struct stmt *)stmt)->s, col);
}

/* An empty blob is a NULL pointer in SQLite; ours is a place of no bytes. */
static const void *get_bytes(void *stmt, int col, size_t *ret_n)
{
    sqlite3_stmt *s = ((struct stmt *)stmt)->s;
    const void *p = sqlite3_column_type(s, col) == SQLITE_TEXT ? (const void *)sqlite3_column_text(s, col)
                                                               : sqlite3_column_blob(s, col);

    *ret_n = (size_t)sqlite3_column_bytes(s, col);
    return p ? p : "";
}

const struct db_ops db_sqlite_ops = {
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
