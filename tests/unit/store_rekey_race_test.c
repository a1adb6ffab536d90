/* store/rekey against somebody who loaded the keys before: two connections, two processes. */
#include "tests/unit/store_help.h"

#include "store/keys.h"
#include "store/rekey.h"

#include <signal.h>
#include <sys/wait.h>

#define WORDS "Wilhelmina Quackenbush"
enum { PRACTICE = 5 };

struct race {
    struct help h;
    struct keys *keys;
    struct id_source ids;
};

static const char *const race_sql[] = {
    "INSERT INTO setting (practice_id, id, value_sealed) VALUES ($1, $2, $3)",
    "SELECT id, value_sealed FROM setting WHERE practice_id = $1 ORDER BY id",
};

static const struct practice_id practice = { PRACTICE };
static const struct rekey_pace pace = { .batch = REKEY_BATCH, .patience_ms = REKEY_PATIENCE_MS };

static int start(void **state)
{
    static struct race r;
    char path[160], home[128];
    struct db_tx tx = { 0 };
    struct err err;

    memset(&r, 0, sizeof r);
    help_start(&r.h);
    id_source_init(&r.ids, 1);
    snprintf(home, sizeof home, "%s/home", r.h.dir);
    snprintf(path, sizeof path, "%s/key", r.h.dir);
    HELP_OK(io_make_dir(home, 0700, &err));
    HELP_OK(keys_create_file(path, home, &err));
    HELP_OK(keys_from_file(path, &r.keys, &err));
    HELP_OK(db_begin(r.h.db, &tx, &err));
    HELP_OK(keys_add_installation(r.h.db, r.keys, &err));
    HELP_OK(keys_add_practice(r.h.db, r.keys, practice, &r.ids, &err));
    HELP_OK(db_commit(&tx, &err));
    *state = &r;
    return 0;
}

static int stop(void **state)
{
    struct race *r = *state;

    keys_free(&r->keys);
    help_stop(&r->h);
    return 0;
}

static struct keyring *load(struct race *r, struct db *db)
{
    struct keyring *ring = NULL;
    struct err err;

    HELP_OK(keys_load(db, r->keys, practice, &ring, &err));
    return ring;
}

static enum rc put(struct db *db, const struct keyring *ring, int64_t id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const struct store st = { .db = db, .practice = practice, .ring = ring };

    if (db_query(db, race_sql[0], &q, err))
        return err->rc;
    db_bind_int(q, 1, PRACTICE);
    db_bind_int(q, 2, id);
    store_bind_sealed(&st, q, 3, COL_SETTING_VALUE, id, WORDS, mem);
    return db_run(q, NULL, err);
}

static enum rc write_one(struct db *db, const struct keyring *ring, int64_t id, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };

    if (db_begin(db, &tx, err) || put(db, ring, id, err))
        return err->rc;
    return db_commit(&tx, err);
}

/* Every value opens with the keys that are left; says how many there are. */
static int64_t readable(struct race *r)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(keyring_free) struct keyring *ring = load(r, r->h.db);
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const struct store st = { .db = r->h.db, .practice = practice, .ring = ring };
    const char *text;
    struct err err;
    int64_t n = 0;
    bool row;

    HELP_OK(db_query(r->h.db, race_sql[1], &q, &err));
    db_bind_int(q, 1, PRACTICE);
    for (;; n++) {
        HELP_OK(db_step(q, &row, &err));
        if (!row)
            return n;
        HELP_OK(store_sealed(&st, q, 1, COL_SETTING_VALUE, db_int(q, 0), mem, &text, &err));
        assert_string_equal(text, WORDS);
    }
}

static enum rc run_rekey(struct race *r, struct db *db, const struct rekey_pace *how, int64_t *ret_values,
                         struct err *err)
{
    const struct store st = { .db = db, .practice = practice, .clock = clock_real(), .ids = &r->ids };
    const struct audit_who who = { AUDIT_OPERATOR, 0, AUDIT_WAY_CLI };

    return rekey_run(&st, r->keys, &who, how, ret_values, err);
}

static void rekey(struct race *r)
{
    struct err err;
    int64_t values;

    HELP_OK(run_rekey(r, r->h.db, &pace, &values, &err));
}

static void an_old_key_writes_nothing(void **state)
{
    struct race *r = *state;
    CLEANUP(db_close) struct db *other = help_open(&r->h);
    CLEANUP(keyring_free) struct keyring *old = load(r, other);
    CLEANUP(keyring_free) struct keyring *fresh = NULL;
    struct err err;

    HELP_OK(write_one(other, old, 1, &err));
    rekey(r);
    assert_int_equal(write_one(other, old, 2, &err), RC_TEMP);
    assert_non_null(strstr(err.msg, "new key"));
    assert_int_equal(readable(r), 1);
    fresh = load(r, other);
    HELP_OK(write_one(other, fresh, 2, &err)); /* the refusal leaves the connection usable */
    assert_int_equal(readable(r), 2);
}

/* The refusal holds for the whole transaction: what came before it is not kept either. */
static void a_rotation_that_is_not_finished_refuses_too(void **state)
{
    struct race *r = *state;
    CLEANUP(keyring_free) struct keyring *old = load(r, r->h.db);
    struct db_tx tx = { 0 };
    struct err err;

    HELP_OK(db_begin(r->h.db, &tx, &err));
    HELP_OK(keys_rotate(r->h.db, r->keys, practice, SEAL_DATA, &r->ids, &err));
    HELP_OK(db_commit(&tx, &err));
    assert_int_equal(write_one(r->h.db, old, 1, &err), RC_TEMP);
    HELP_OK(db_begin(r->h.db, &tx, &err));
    assert_int_equal(put(r->h.db, old, 1, &err), RC_TEMP);
    assert_int_equal(db_commit(&tx, &err), RC_TEMP);
    rekey(r);
    assert_int_equal(readable(r), 0);
}

/* Writes for as long as it may with the keys it has, then with new ones; exits with how often it had to load them. */
static void child_writes(struct race *r, int64_t first, int say)
{
    CLEANUP(db_close) struct db *db = help_open(&r->h);
    struct keyring *ring = load(r, db);
    struct err err;
    int loads = 0;

    for (int64_t id = first; loads < 2 && id < first + 100000;) {
        const enum rc rc = write_one(db, ring, id, &err);

        if (rc == RC_OK) {
            if (id++ == first && write(say, "w", 1) != 1)
                _exit(100);
        } else if (rc == RC_TEMP && strstr(err.msg, "new key")) {
            keyring_free(&ring);
            ring = load(r, db);
            loads++;
        } else if (rc != RC_TEMP) {
            _exit(101);
        }
    }
    _exit(loads);
}

/* Another process writes without a pause while the key is changed twice: nothing that it was told is written gets lost. */
static void nobody_loses_a_value(void **state)
{
    struct race *r = *state;
    int pipes[2], status;
    pid_t child;
    char c;

    assert_int_equal(pipe(pipes), 0);
    db_close(&r->h.db);
    child = fork();
    if (child == 0)
        child_writes(r, 1000, pipes[1]);
    close(pipes[1]);
    r->h.db = help_open(&r->h);
    assert_int_equal(read(pipes[0], &c, 1), 1);
    rekey(r);
    rekey(r);
    assert_int_equal(waitpid(child, &status, 0), child);
    close(pipes[0]);
    assert_true(WIFEXITED(status));
    assert_in_range(WEXITSTATUS(status), 1, 2);
    assert_true(readable(r) > 0);
    assert_int_equal(help_int(&r->h, "SELECT COUNT(*) FROM practice_key WHERE use_ = 1 AND wrapped IS NOT NULL"), 1);
}

struct told {
    int waits, goes_on;
    int64_t values;
    struct err why;
};

static void note_progress(void *ctx, const struct rekey_progress *progress)
{
    struct told *told = ctx;

    told->values = progress->values;
    told->goes_on += !progress->why;
    if (progress->why) {
        told->waits++;
        told->why = *progress->why;
    }
}

/* Whichever call is refused once, as by a lock that somebody else holds for too long: whoever waits a little gets through, and is told why. */
static void a_refusal_is_waited_for(void **state)
{
    struct race *r = *state;
    CLEANUP(keyring_free) struct keyring *ring = load(r, r->h.db);
    struct told told = { 0 };
    const struct rekey_pace waits = { 5, REKEY_PATIENCE_MS, note_progress, &told };
    int64_t values, n = 1;
    struct err err;

    for (int64_t id = 1; id <= 12; id++)
        HELP_OK(write_one(r->h.db, ring, id, &err));
    for (bool was_refused = true; was_refused; n += 7) {
        told = (struct told){ 0 };
        db_fail_after(r->h.db, n);
        HELP_OK(run_rekey(r, r->h.db, &waits, &values, &err));
        was_refused = told.waits > 0;
        db_fail_after(r->h.db, 0);
        assert_int_equal(told.waits, was_refused);
        assert_true(!was_refused || strstr(told.why.msg, "fail point"));
        assert_int_equal(values, 12); /* what was rolled back counts once */
        assert_int_equal(told.values, 12);
        assert_int_equal(readable(r), 12);
        assert_int_equal(help_int(&r->h, "SELECT COUNT(*) FROM practice_key WHERE use_ = 1 AND wrapped IS NOT NULL"),
                         1);
    }
    assert_true(n > 50);
}

/* Patience has an end, and what it waited for is what it says; another error has none. */
static void patience_ends(void **state)
{
    struct race *r = *state;
    struct told told = { 0 };
    const struct rekey_pace waits = { 5, 200, note_progress, &told };
    const int64_t begun_ms = clock_steady_ms();
    int64_t values;
    struct err err;

    db_die_after(r->h.db, 4);
    assert_int_equal(run_rekey(r, r->h.db, &waits, &values, &err), RC_TEMP);
    db_die_after(r->h.db, 0);
    assert_non_null(strstr(err.msg, "fail point"));
    assert_in_range(clock_steady_ms() - begun_ms, 200, 20000);
    assert_in_range(told.waits, 1, 4); /* 50, 100 and 200 ms; less on a busy machine */

    help_raw(&r->h, "UPDATE practice_key SET wrapped = NULL WHERE use_ = 1");
    told = (struct told){ 0 };
    assert_int_equal(run_rekey(r, r->h.db, &waits, &values, &err), RC_CORRUPT);
    assert_int_equal(told.waits, 0);
}

/* Somebody else's key is newer than the one that this run brings: to go on waiting would change nothing. */
static void rotate_once(void *ctx, const struct rekey_progress *progress)
{
    struct race *r = ctx;
    CLEANUP(db_close) struct db *other = help_open(&r->h);
    struct db_tx tx = { 0 };
    struct err err;

    if (progress->why)
        fail_msg("waited: %s", progress->why->msg);
    HELP_OK(db_begin(other, &tx, &err));
    HELP_OK(keys_rotate(other, r->keys, practice, SEAL_DATA, &r->ids, &err));
    HELP_OK(db_commit(&tx, &err));
}

static void a_key_that_was_overtaken_is_not_waited_for(void **state)
{
    struct race *r = *state;
    const struct rekey_pace waits = { 5, REKEY_PATIENCE_MS, rotate_once, r };
    CLEANUP(keyring_free) struct keyring *ring = load(r, r->h.db);
    int64_t values;
    struct err err;

    HELP_OK(write_one(r->h.db, ring, 1, &err));
    assert_int_equal(run_rekey(r, r->h.db, &waits, &values, &err), RC_TEMP);
    assert_non_null(strstr(err.msg, "new key"));
    assert_int_equal(readable(r), 1);
}

static void child_rekeys(struct race *r, int go)
{
    struct db *db = help_open(&r->h);
    struct err err;
    int64_t values;
    char c;

    if (read(go, &c, 1) != 1)
        _exit(1);
    _exit(run_rekey(r, db, &pace, &values, &err) ? 2 : 0);
}

/* Somebody stands in a transaction that has sealed: the new key waits for it. */
static void a_new_key_waits_for_who_is_writing(void **state)
{
    struct race *r = *state;
    CLEANUP(keyring_free) struct keyring *ring = load(r, r->h.db);
    struct db_tx tx = { 0 };
    int pipes[2], status;
    struct err err;
    pid_t child;

    assert_int_equal(pipe(pipes), 0);
    db_close(&r->h.db); /* a connection does not go through a fork */
    child = fork();
    if (child == 0)
        child_rekeys(r, pipes[0]);
    close(pipes[0]);
    r->h.db = help_open(&r->h);
    HELP_OK(db_begin(r->h.db, &tx, &err));
    HELP_OK(put(r->h.db, ring, 1, &err));
    assert_int_equal(write(pipes[1], "g", 1), 1);
    usleep(200000);
    assert_int_equal(waitpid(child, &status, WNOHANG), 0);
    HELP_OK(put(r->h.db, ring, 2, &err));
    HELP_OK(db_commit(&tx, &err));
    assert_int_equal(waitpid(child, &status, 0), child);
    close(pipes[1]);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(readable(r), 2);
}

int main(void)
{
#define RACE_TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        RACE_TEST(an_old_key_writes_nothing),
        RACE_TEST(a_rotation_that_is_not_finished_refuses_too),
        RACE_TEST(nobody_loses_a_value),
        RACE_TEST(a_refusal_is_waited_for),
        RACE_TEST(patience_ends),
        RACE_TEST(a_key_that_was_overtaken_is_not_waited_for),
        RACE_TEST(a_new_key_waits_for_who_is_writing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
