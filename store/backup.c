#include "store/backup.h"

#include "base/arena.h"
#include "base/io.h"
#include "store/delivery.h"
#include "store/migrate.h"
#include "store/practice.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file of that name, even an empty one, is somebody's. */
static enum rc check_new(const char *path, struct err *err)
{
    if (access(path, F_OK) == 0)
        return err_set(err, RC_CONFLICT, "%s exists already: name another file, or move that one away", path);
    return errno == ENOENT ? RC_OK : err_errno(err, RC_TEMP, "%s", path);
}

static bool is_database_file(const char *path)
{
    static const char magic[16] = "SQLite format 3";
    CLEANUP(io_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    char head[sizeof magic];

    return fd >= 0 && read(fd, head, sizeof head) == sizeof head && !memcmp(head, magic, sizeof magic);
}

/* A copy has no journal beside it (db_copy_to); a database that somebody has open does, this home's own too. Never the key, whatever was typed. */
static enum rc check_replaceable(const char *path, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("backup");
    struct stat st;

    if (lstat(path, &st))
        return errno == ENOENT ? RC_OK : err_errno(err, RC_TEMP, "%s", path);
    /* first: closing our own database's file would take away its locks */
    if (!access(arena_printf(mem, "%s-wal", path), F_OK))
        return err_set(err, RC_CONFLICT, "%s is a database in use, not a backup: name another file", path);
    if (!S_ISREG(st.st_mode) || !is_database_file(path))
        return err_set(err, RC_CONFLICT, "%s is no backup, so none takes its place: name another file", path);
    return RC_OK;
}

/* The name is on disk as well as what it names: an exit code of 0 outlives a power cut. */
static enum rc sync_folder_of(const char *path, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("backup");
    const char *const slash = strrchr(path, '/');

    return io_sync_dir(!slash ? "." : slash == path ? "/" : arena_strndup(mem, path, (size_t)(slash - path)), err);
}

/* What makes the file is not interrupted half way: a signal waits until the file is whole, or gone. Killed outright, or without power, it
 * leaves PATH.part, which the next one takes away. */
static enum rc place(const char *part, const char *path, enum backup_way way, enum rc rc, const sigset_t *before,
                     struct err *err)
{
    sigset_t pending;

    if (!rc && !sigpending(&pending) && !sigisemptyset(&pending))
        rc = err_set(err, RC_TEMP, "interrupted");
    if (!rc && renameat2(AT_FDCWD, part, AT_FDCWD, path, way == BACKUP_REPLACE ? 0 : RENAME_NOREPLACE))
        rc = err_errno(err, errno == EEXIST ? RC_CONFLICT : RC_TEMP, "%s", path);
    if (rc)
        unlink(part);
    else
        rc = sync_folder_of(path, err);
    sigprocmask(SIG_SETMASK, before, NULL);
    return rc;
}

static void hold_signals(sigset_t *before)
{
    static const int held[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
    sigset_t set;

    sigemptyset(&set);
    for (size_t i = 0; i < sizeof held / sizeof *held; i++)
        sigaddset(&set, held[i]);
    sigprocmask(SIG_BLOCK, &set, before);
}

enum rc backup_write(struct db *db, const char *path, enum backup_way way, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("backup");
    const char *const part = arena_printf(mem, "%s.part", path);
    sigset_t before;
    enum rc rc = way == BACKUP_REPLACE ? check_replaceable(path, err) : check_new(path, err);

    if (rc)
        return rc;
    hold_signals(&before);
    unlink(part);
    rc = db_copy_to(db, part, err);
    return place(part, path, way, rc, &before, err);
}

static enum rc open_file(const char *path, enum db_open_mode mode, struct db **ret_db, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("backup");

    return db_open(arena_printf(mem, "sqlite:%s", path), mode, ret_db, err);
}

static enum rc hold_all(struct db *db, int64_t *ret_held, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("backup");
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct practice_id *practices = NULL;
    size_t n = 0;
    enum rc rc = db_begin(db, &tx, err);

    *ret_held = 0;
    if (!rc)
        rc = practice_list(db, mem, &practices, &n, err);
    for (size_t i = 0; !rc && i < n; i++) {
        struct store st = { .db = db, .practice = practices[i], .clock = clock_real() };
        int64_t held = 0;

        rc = delivery_hold_restored(&st, &held, err);
        *ret_held += held;
    }
    return rc ? rc : db_commit(&tx, err);
}

/* Everything happens beside the database's place: half a home must not start. */
static enum rc make_copy(const char *path, const char *part, int64_t *ret_held, struct err *err)
{
    CLEANUP(db_close) struct db *from = NULL, *to = NULL;
    enum rc rc = open_file(path, DB_OPEN_EXISTING, &from, err);

    if (!rc)
        rc = db_copy_to(from, part, err);
    if (!rc)
        rc = open_file(part, DB_OPEN_EXISTING, &to, err);
    if (!rc)
        rc = migrate_run(to, err);
    if (!rc)
        rc = hold_all(to, ret_held, err);
    return rc ? rc : db_checkpoint(to, err);
}

enum rc backup_restore(const char *path, const char *database_path, int64_t *ret_held, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("backup");
    const char *const part = arena_printf(mem, "%s.part", database_path);
    sigset_t before;
    enum rc rc;

    if (access(path, R_OK))
        return err_errno(err, errno == ENOENT ? RC_NOT_FOUND : RC_DENIED, "%s", path);
    if (!is_database_file(path))
        return err_set(err, RC_CORRUPT, "%s is no backup: name a file that `postcircle backup` made", path);
    rc = check_new(database_path, err);
    if (rc)
        return rc;
    hold_signals(&before);
    unlink(part);
    rc = place(part, database_path, BACKUP_NEW, make_copy(path, part, ret_held, err), &before, err);
    return rc ? err_wrap(err, "restore") : RC_OK;
}
