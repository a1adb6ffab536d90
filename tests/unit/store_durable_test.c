/* What db_commit acknowledged survives the loss of everything that was not synced; what it did not is absent. SQLite only. */
#include "tests/unit/store_help.h"
#include "tests/unit/vfs_drop.h"

#include "base/clock.h"
#include "store/keys.h"

enum { ROWS = 40 };

static enum rc put(struct db *db, int n, bool is_committed, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    char name[32];
    enum rc rc = db_begin(db, &tx, err);

    snprintf(name, sizeof name, "fact %d", n);
    if (!rc)
        rc = installation_put(db, name, name, strlen(name), err);
    return rc || !is_committed ? rc : db_commit(&tx, err);
}

static bool has(struct db *db, int n)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    char name[32];
    const void *value;
    struct err err;
    size_t len;

    snprintf(name, sizeof name, "fact %d", n);
    enum rc rc = installation_get(db, name, mem, &value, &len, &err);
    if (rc)
        assert_int_equal(rc, RC_NOT_FOUND);
    return rc == RC_OK;
}

/* The machine stops: what was not synced is gone, and so is the shared memory. The connection's process is dead, so it is never closed. */
static void crash(struct help *h, const char *copy)
{
    static const char *const suffixes[] = { "", "-wal" };
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    char from[192], to[192];
    struct err err;
    char *bytes;
    size_t n;

    vfs_drop_crash();
    for (size_t i = 0; i < COUNT_OF(suffixes); i++) { /* locks of the dead connection stay with the old files */
        snprintf(from, sizeof from, "%s/store.db%s", h->dir, suffixes[i]);
        snprintf(to, sizeof to, "%s/%s.db%s", h->dir, copy, suffixes[i]);
        HELP_OK(io_read_file(from, (size_t)64 << 20, mem, &bytes, &n, &err));
        HELP_OK(io_write_file(to, bytes, n, 0600, &err));
    }
    snprintf(h->url, sizeof h->url, "sqlite:%s/%s.db", h->dir, copy);
}

static size_t survivors(bool ignores_sync, bool *all_committed, bool *open_is_absent)
{
    struct help h;
    struct db *after;
    struct err err;
    size_t n = 0;

    vfs_drop_ignores_sync = false;
    help_start(&h);
    vfs_drop_ignores_sync = ignores_sync;
    for (int i = 0; i < ROWS; i++) {
        HELP_OK(put(h.db, i, true, &err));
        HELP_OK(put(h.db, 1000 + i, false, &err)); /* rolled back */
    }
    struct db_tx tx = { 0 };
    HELP_OK(db_begin(h.db, &tx, &err));
    HELP_OK(installation_put(h.db, "fact 2000", "x", 1, &err)); /* in flight */
    crash(&h, "after");
    after = help_open(&h);
    for (int i = 0; i < ROWS; i++) {
        n += has(after, i);
        *open_is_absent &= !has(after, 1000 + i);
    }
    *open_is_absent &= !has(after, 2000);
    *all_committed = n == ROWS;
    db_close(&after);
    db_tx_done(&tx);
    help_stop(&h);
    return n;
}

static void committed_rows_survive(void **state)
{
    bool all = false, absent = true;

    (void)state;
    if (help_is_pg())
        return;
    vfs_drop_syncs = 0;
    survivors(false, &all, &absent);
    assert_true(all);
    assert_true(absent);
    assert_true(vfs_drop_syncs >= ROWS); /* one sync each at least */
}

/* The test can fail: with syncs that do nothing the rows are gone. */
static void the_crash_is_real(void **state)
{
    bool all = true, absent = true;

    (void)state;
    if (help_is_pg())
        return;
    assert_int_equal(survivors(true, &all, &absent), 0);
    assert_false(all);
    assert_true(absent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(committed_rows_survive),
        cmocka_unit_test(the_crash_is_real),
    };

    vfs_drop_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
