#include "store/backup.h"

#include "base/arena.h"
#include "store/delivery.h"
#include "store/practice.h"

#include <errno.h>
#include <unistd.h>

/* A file of that name, even an empty one, is somebody's. */
static enum rc check_new(const char *path, struct err *err)
{
    if (access(path, F_OK) == 0)
        return err_set(err, RC_CONFLICT, "%s exists already: name another file, or move that one away", path);
    return errno == ENOENT ? RC_OK : err_errno(err, RC_TEMP, "%s", path);
}

enum rc backup_write(struct db *db, const char *path, struct err *err)
{
    enum rc rc = check_new(path, err);

    if (rc)
        return rc;
    rc = db_copy(db, path, err);
    if (rc)
        unlink(path);
    return rc;
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

enum rc backup_restore(const char *path, const char *database_path, int64_t *ret_held, struct err *err)
{
    CLEANUP(db_close) struct db *from = NULL, *to = NULL;
    enum rc rc = check_new(database_path, err);

    if (rc)
        return rc;
    rc = open_file(path, DB_OPEN_EXISTING, &from, err);
    if (!rc)
        rc = db_copy(from, database_path, err);
    if (!rc)
        rc = open_file(database_path, DB_OPEN_EXISTING, &to, err);
    if (!rc)
        rc = db_migrate(to, err);
    if (!rc)
        rc = hold_all(to, ret_held, err);
    if (rc) {
        db_close(&to);
        unlink(database_path); /* half a home must not start */
    }
    return rc ? err_wrap(err, "restore") : RC_OK;
}
