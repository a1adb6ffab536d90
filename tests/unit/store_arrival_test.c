/* store/arrival: bytes in and out, leases, parking, sweeping. */
#include "tests/unit/store_help.h"

#include "base/clock.h"
#include "store/arrival.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#define CANARY "Wilhelmina Quackenbush"
enum { PRACTICE = 5 };
static const struct practice_id practice = { PRACTICE };

struct arrival_case {
    struct help h;
    struct keys *keys;
    struct crypt_key public_key;
    struct id_source ids;
};

static int start(void **state)
{
    static struct arrival_case c;
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    char path[160], home[160];
    struct err err;

    memset(&c, 0, sizeof c);
    help_start(&c.h);
    id_source_init(&c.ids, 1);
    snprintf(home, sizeof home, "%s/home", c.h.dir);
    snprintf(path, sizeof path, "%s/key", c.h.dir);
    HELP_OK(io_make_dir(home, 0700, &err));
    HELP_OK(keys_create_file(path, home, &err));
    HELP_OK(keys_from_file(path, &c.keys, &err));
    HELP_OK(db_begin(c.h.db, &tx, &err));
    HELP_OK(keys_add_installation(c.h.db, c.keys, &err));
    HELP_OK(db_commit(&tx, &err));
    HELP_OK(keys_arrival_public(c.h.db, &c.public_key, &err));
    *state = &c;
    return 0;
}

static int stop(void **state)
{
    struct arrival_case *c = *state;

    keys_free(&c->keys);
    help_stop(&c->h);
    return 0;
}

/* Bytes whose place shows, beginning with the canary. */
static unsigned char *make_bytes(size_t n)
{
    unsigned char *p = malloc(n + sizeof CANARY);

    assert_non_null(p);
    for (size_t i = 0; i < n; i++)
        p[i] = (unsigned char)(i * 31 + i / 65536);
    memcpy(p, CANARY, n < strlen(CANARY) ? n : strlen(CANARY));
    return p;
}

static enum rc store_bytes(struct arrival_case *c, const unsigned char *p, size_t n, size_t piece, const char *source,
                           int64_t max_bytes, struct arrival_id *id, bool *is_duplicate, struct err *err)
{
    CLEANUP(arrival_writer_free) struct arrival_writer *w = NULL;
    const struct arrival_meta meta = {
        .practice = practice,
        .source = ARRIVAL_PIPE,
        .from = "rose@example.org",
        .to = "tuesday@groups.example.net",
        .source_key = source,
        .received_ms = 1000,
        .max_bytes = max_bytes,
    };
    enum rc rc = arrival_begin(c->h.db, &c->public_key, &c->ids, &meta, &w, err);

    for (size_t at = 0; !rc && at < n; at += piece)
        rc = arrival_add(w, p + at, n - at < piece ? n - at : piece, err);
    return rc ? rc : arrival_finish(w, id, is_duplicate, err);
}

static struct arrival_id put(struct arrival_case *c, size_t n, const char *source, bool want_duplicate)
{
    unsigned char *p = make_bytes(n);
    struct arrival_id id;
    bool is_duplicate;
    struct err err;

    HELP_OK(store_bytes(c, p, n, 10000, source, 0, &id, &is_duplicate, &err));
    assert_int_equal(is_duplicate, want_duplicate);
    free(p);
    return id;
}

/* Reads all; the bytes must be the first `want` of make_bytes(n). */
static enum rc read_back(struct arrival_case *c, struct arrival_id id, size_t n, size_t want, struct err *err)
{
    CLEANUP(arrival_reader_free) struct arrival_reader *r = NULL;
    unsigned char *p = make_bytes(n), *buf = malloc(ARRIVAL_CHUNK_BYTES);
    size_t at = 0, k = 1;
    enum rc rc = arrival_open(c->h.db, c->keys, practice, id, &r, err);

    assert_non_null(buf);
    if (!rc) {
        assert_string_equal(arrival_from(r), "rose@example.org");
        assert_string_equal(arrival_to(r), "tuesday@groups.example.net");
    }
    while (!rc && k > 0) {
        rc = arrival_read(r, buf, &k, err);
        if (!rc && k > 0) {
            assert_true(at + k <= n);
            assert_memory_equal(p + at, buf, k);
            at += k;
        }
    }
    if (!rc)
        assert_int_equal(at, want);
    free(p);
    free(buf);
    return rc;
}

static void bytes_come_back(void **state)
{
    static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 131072, 300000 };
    static const size_t pieces[] = { 1000, 65536, 1000000 };
    struct arrival_case *c = *state;
    struct arrival_id id;
    struct arrival a;
    bool is_duplicate;
    struct err err;

    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        for (size_t k = 0; k < COUNT_OF(pieces); k++) {
            unsigned char *p = make_bytes(sizes[i]);

            HELP_OK(store_bytes(c, p, sizes[i], pieces[k], NULL, 0, &id, &is_duplicate, &err));
            free(p);
            HELP_OK(read_back(c, id, sizes[i], sizes[i], &err));
            HELP_OK(arrival_get(c->h.db, practice, id, &a, &err));
            assert_int_equal(a.bytes, sizes[i]);
            assert_int_equal(a.state, ARRIVAL_NEW);
            assert_false(a.is_oversize);
            assert_int_equal(a.received_ms, 1000);
        }
}

static void oversize_keeps_the_start(void **state)
{
    static const size_t pieces[] = { 1000, 150000, 1000000 };
    struct arrival_case *c = *state;
    const size_t n = 400000, max = 200000;
    struct arrival_id id;
    struct arrival a;
    bool is_duplicate;
    struct err err;

    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        unsigned char *p = make_bytes(n);

        HELP_OK(store_bytes(c, p, n, pieces[i], NULL, (int64_t)max, &id, &is_duplicate, &err));
        free(p);
        HELP_OK(arrival_get(c->h.db, practice, id, &a, &err));
        assert_true(a.is_oversize);
        assert_int_equal(a.bytes, n);
        HELP_OK(read_back(c, id, n, ARRIVAL_CHUNK_BYTES, &err));
    }
    assert_int_equal(help_int(&c->h, "SELECT COUNT(*) FROM arrival_chunk"), COUNT_OF(pieces));
}

static void source_is_taken_once(void **state)
{
    struct arrival_case *c = *state;
    const struct arrival_id id = put(c, 200000, "INBOX 17 4711", false);

    assert_int_equal(put(c, 200000, "INBOX 17 4711", true).v, id.v);
    assert_int_not_equal(put(c, 10, "INBOX 17 4712", false).v, id.v);
    assert_int_not_equal(put(c, 10, NULL, false).v, id.v);
    assert_int_equal(help_int(&c->h, "SELECT COUNT(*) FROM arrival"), 3);
    assert_int_equal(help_int(&c->h, "SELECT COUNT(*) FROM arrival_chunk"), 4 + 1 + 1);
}

static void abandoned_leaves_nothing(void **state)
{
    struct arrival_case *c = *state;
    unsigned char *p = make_bytes(200000);
    struct arrival_writer *w = NULL;
    struct err err;

    HELP_OK(arrival_begin(c->h.db, &c->public_key, &c->ids,
                          &(struct arrival_meta){ .practice = practice, .source = ARRIVAL_LMTP }, &w, &err));
    HELP_OK(arrival_add(w, p, 200000, &err));
    assert_int_equal(help_int(&c->h, "SELECT COUNT(*) FROM arrival"), 1);
    arrival_writer_free(&w);
    free(p);
    assert_int_equal(help_int(&c->h, "SELECT COUNT(*) FROM arrival"), 0);
    assert_int_equal(help_int(&c->h, "SELECT COUNT(*) FROM arrival_chunk"), 0);
}

/* Whichever call fails: not acknowledged means not there, acknowledged means whole. */
static void acknowledged_is_whole(void **state)
{
    struct arrival_case *c = *state;
    unsigned char *p = make_bytes(200000);
    struct arrival_id id;
    bool is_duplicate;
    struct err err;
    int64_t n;

    for (n = 1;; n++) {
        enum rc rc;

        db_fail_after(c->h.db, n);
        rc = store_bytes(c, p, 200000, 50000, "k", 0, &id, &is_duplicate, &err);
        db_fail_after(c->h.db, 0);
        if (!rc)
            break;
        assert_int_equal(rc, RC_TEMP);
        assert_int_equal(help_int(&c->h, "SELECT COUNT(*) FROM arrival WHERE state > 1"), 0);
    }
    assert_true(n > 10);
    HELP_OK(read_back(c, id, 200000, 200000, &err));
    free(p);
}

/* A long letter and a short one in the caller's transaction. fail_at: the n-th call fails, 0 none. RC_OK: committed. */
static enum rc store_two(struct arrival_case *c, const unsigned char *p, int64_t fail_at, bool must_commit,
                         struct arrival_id ids[2], struct err *err)
{
    CLEANUP(arrival_writer_free) struct arrival_writer *lng = NULL;
    CLEANUP(arrival_writer_free) struct arrival_writer *shrt = NULL;
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const struct arrival_meta meta = { .practice = practice,
                                       .source = ARRIVAL_LMTP,
                                       .from = "rose@example.org",
                                       .to = "tuesday@groups.example.net",
                                       .received_ms = 1000 };
    bool is_duplicate;
    enum rc rc;

    assert_int_equal(arrival_begin(c->h.db, &c->public_key, &c->ids, &meta, &lng, err), RC_OK);
    assert_int_equal(arrival_begin(c->h.db, &c->public_key, &c->ids, &meta, &shrt, err), RC_OK);
    assert_false(arrival_will_write(lng, ARRIVAL_CHUNK_BYTES));
    assert_true(arrival_will_write(lng, ARRIVAL_CHUNK_BYTES + 1));
    assert_int_equal(arrival_add(lng, p, 100000, err), RC_OK); /* a chunk in a transaction of its own */
    db_fail_after(c->h.db, fail_at);
    rc = db_begin(c->h.db, &tx, err);
    if (!rc)
        rc = arrival_add(lng, p + 100000, 100000, err);
    if (!rc)
        rc = arrival_add(shrt, p, 1000, err);
    if (!rc)
        rc = arrival_finish(lng, &ids[0], &is_duplicate, err);
    if (!rc)
        rc = arrival_finish(shrt, &ids[1], &is_duplicate, err);
    if (!rc && must_commit)
        rc = db_commit(&tx, err);
    db_fail_after(c->h.db, 0);
    if (rc || !must_commit) {
        arrival_rolled_back(lng);
        arrival_rolled_back(shrt);
    }
    return rc;
}

static void several_letters_share_one_commit(void **state)
{
    struct arrival_case *c = *state;
    unsigned char *p = make_bytes(200000);
    struct arrival_id ids[2];
    struct err err;
    int64_t n;

    HELP_OK(store_two(c, p, 0, false, ids, &err)); /* rolled back: neither is there */
    assert_int_equal(help_int(&c->h, "SELECT COUNT(*) FROM arrival"), 0);
    for (n = 1; store_two(c, p, n, true, ids, &err); n++) {
        assert_int_equal(err.rc, RC_TEMP);
        assert_int_equal(help_int(&c->h, "SELECT COUNT(*) FROM arrival"), 0);
        assert_int_equal(help_int(&c->h, "SELECT COUNT(*) FROM arrival_chunk"), 0);
    }
    assert_true(n > 8);
    assert_int_equal(help_int(&c->h, "SELECT COUNT(*) FROM arrival"), 2);
    HELP_OK(read_back(c, ids[0], 200000, 200000, &err));
    HELP_OK(read_back(c, ids[1], 200000, 1000, &err));
    free(p);
}

static void killed_receiver_loses_nothing_acknowledged(void **state)
{
    struct arrival_case *c = *state;
    int pipes[2], status;
    struct arrival_id id;
    struct err err;
    size_t told = 0;

    assert_int_equal(pipe(pipes), 0);
    const pid_t child = fork();
    if (child == 0) {
        unsigned char *p = make_bytes(150000);
        bool is_duplicate;

        c->h.db = help_open(&c->h); /* the parent's stays the parent's */
        for (;;)
            if (store_bytes(c, p, 150000, 50000, NULL, 0, &id, &is_duplicate, &err) ||
                write(pipes[1], &id, sizeof id) != sizeof id)
                _exit(1);
    }
    close(pipes[1]);
    assert_int_equal(poll(&(struct pollfd){ .fd = pipes[0], .events = POLLIN }, 1, 60 * 1000), 1); /* the first one */
    usleep(300000);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    assert_true(WIFSIGNALED(status));
    while (read(pipes[0], &id, sizeof id) == sizeof id) {
        HELP_OK(read_back(c, id, 150000, 150000, &err));
        told++;
    }
    close(pipes[0]);
    assert_true(told > 0);
}

static void damage_is_found(void **state)
{
    static const char *const damages[] = {
        "DELETE FROM arrival_chunk WHERE n = 1",
        "DELETE FROM arrival_chunk WHERE n = 3",
        "UPDATE arrival_chunk SET n = n + 10 WHERE n = 1; UPDATE arrival_chunk SET n = 1 WHERE n = 2;"
        "UPDATE arrival_chunk SET n = 2 WHERE n = 11",
        "UPDATE arrival_chunk SET bytes = (SELECT bytes FROM arrival_chunk WHERE n = 0) WHERE n = 1",
        "UPDATE arrival SET head_box = (SELECT bytes FROM arrival_chunk WHERE n = 3)",
        "UPDATE arrival SET id = id + 1; UPDATE arrival_chunk SET arrival_id = arrival_id + 1",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(damages); i++) {
        struct arrival_id id;
        struct err err;
        void *own;

        start(&own);
        struct arrival_case *c = own;

        id = put(c, 200000, NULL, false);
        HELP_OK(read_back(c, id, 200000, 200000, &err));
        help_raw(&c->h, damages[i]);
        id.v += strstr(damages[i], "id + 1") != NULL;
        assert_int_equal(read_back(c, id, 200000, 200000, &err), RC_CORRUPT);
        stop(&own);
    }
}

static size_t claim(struct arrival_case *c, int64_t lease, int64_t lease_ms, size_t max, struct arrival_id *first)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct arrival *a;
    struct err err;
    size_t n;

    HELP_OK(db_begin(c->h.db, &tx, &err));
    HELP_OK(arrival_claim(c->h.db, practice, lease, lease_ms, max, mem, &a, &n, &err));
    HELP_OK(db_commit(&tx, &err));
    for (size_t i = 1; i < n; i++)
        assert_true(a[i - 1].id.v < a[i].id.v);
    if (n)
        *first = a[0].id;
    return n;
}

static size_t park_hopeless(struct arrival_case *c)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct arrival *a;
    struct err err;
    size_t n;

    HELP_OK(db_begin(c->h.db, &tx, &err));
    HELP_OK(arrival_park_hopeless(c->h.db, practice, 5000, 10, mem, &a, &n, &err));
    HELP_OK(db_commit(&tx, &err));
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(a[i].reason, ARRIVAL_TRIES);
        assert_int_equal(a[i].state, ARRIVAL_PARKED);
    }
    return n;
}

static void work_is_leased(void **state)
{
    struct arrival_case *c = *state;
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const struct arrival_id one = put(c, 10, NULL, false), two = put(c, 10, NULL, false);
    struct arrival_id got;
    struct arrival a;
    struct err err;
    int64_t n;

    put(c, 10, NULL, false);
    assert_int_equal(claim(c, 71, 60000, 1, &got), 1);
    assert_int_equal(got.v, one.v);
    assert_int_equal(claim(c, 72, 60000, 10, &got), 2);
    assert_int_equal(got.v, two.v);
    assert_int_equal(claim(c, 73, 60000, 10, &got), 0);
    HELP_OK(db_begin(c->h.db, &tx, &err));
    HELP_OK(arrival_done(c->h.db, practice, one, 71, 9000, &err));
    assert_int_equal(arrival_done(c->h.db, practice, one, 71, 9000, &err), RC_CONFLICT);
    assert_int_equal(arrival_done(c->h.db, practice, two, 71, 9000, &err), RC_CONFLICT); /* another's */
    HELP_OK(arrival_park(c->h.db, practice, two, 72, ARRIVAL_UNREADABLE, 9000, &err));
    HELP_OK(db_commit(&tx, &err));
    HELP_OK(arrival_get(c->h.db, practice, two, &a, &err));
    assert_int_equal(a.reason, ARRIVAL_UNREADABLE);
    HELP_OK(db_begin(c->h.db, &tx, &err));
    HELP_OK(arrival_reopen(c->h.db, practice, two, &err));
    assert_int_equal(arrival_settle(c->h.db, practice, two, 9500, &err), RC_NOT_FOUND);
    HELP_OK(db_commit(&tx, &err));
    assert_int_equal(claim(c, 74, 60000, 10, &got), 1);
    HELP_OK(arrival_get(c->h.db, practice, two, &a, &err));
    assert_int_equal(a.tries, 1);
    HELP_OK(arrival_count(c->h.db, practice, ARRIVAL_CLAIMED, &n, &err));
    assert_int_equal(n, 2);
}

static void third_try_parks(void **state)
{
    struct arrival_case *c = *state;
    const struct arrival_id id = put(c, 10, NULL, false);
    struct arrival_id got;
    struct err err;

    for (int i = 0; i < ARRIVAL_MAX_TRIES; i++) {
        assert_int_equal(park_hopeless(c), 0);
        assert_int_equal(claim(c, i, 1, 1, &got), 1); /* its worker dies */
        usleep(5000);
    }
    assert_int_equal(park_hopeless(c), 1);
    assert_int_equal(claim(c, 9, 60000, 1, &got), 0);
    HELP_OK(read_back(c, id, 10, 10, &err)); /* nothing is lost */
}

static void given_back_counts_as_tried(void **state)
{
    struct arrival_case *c = *state;
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct arrival_id got;
    struct arrival a;
    struct err err;

    put(c, 10, NULL, false);
    assert_int_equal(claim(c, 1, 60000, 1, &got), 1);
    HELP_OK(db_begin(c->h.db, &tx, &err));
    HELP_OK(arrival_give_back(c->h.db, practice, got, 1, &err));
    HELP_OK(db_commit(&tx, &err));
    HELP_OK(arrival_get(c->h.db, practice, got, &a, &err));
    assert_int_equal(a.tries, 1);
    assert_int_equal(a.state, ARRIVAL_NEW);
}

static void old_ones_go(void **state)
{
    struct arrival_case *c = *state;
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct arrival_id got;
    struct err err;
    int64_t n;

    put(c, 200000, NULL, false);
    put(c, 10, NULL, false);
    assert_int_equal(claim(c, 1, 60000, 1, &got), 1);
    HELP_OK(db_begin(c->h.db, &tx, &err));
    HELP_OK(arrival_done(c->h.db, practice, got, 1, 9000, &err));
    HELP_OK(arrival_purge(c->h.db, practice, 9000, 100, &n, &err));
    assert_int_equal(n, 0);
    HELP_OK(arrival_purge(c->h.db, practice, 9001, 100, &n, &err));
    assert_int_equal(n, 1);
    HELP_OK(db_commit(&tx, &err));
    assert_int_equal(help_int(&c->h, "SELECT COUNT(*) FROM arrival_chunk"), 1);
    help_raw(&c->h, "UPDATE arrival SET state = 1, received_ms = 1"); /* a writer that died long ago */
    HELP_OK(db_begin(c->h.db, &tx, &err));
    HELP_OK(arrival_sweep(c->h.db, practice, 100, &n, &err));
    HELP_OK(db_commit(&tx, &err));
    assert_int_equal(n, 1);
    assert_int_equal(help_int(&c->h, "SELECT COUNT(*) FROM arrival_chunk"), 0);
}

static int grep_hits;
static int grep_file(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    static const char *const words[] = { CANARY, "rose@example.org", "tuesday@groups", "INBOX 17" };
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    struct err err;
    char *bytes;
    size_t n;

    (void)st;
    (void)ftw;
    if (flag != FTW_F)
        return 0;
    HELP_OK(io_read_file(path, (size_t)64 << 20, mem, &bytes, &n, &err));
    for (size_t i = 0; i < COUNT_OF(words); i++)
        grep_hits += memmem(bytes, n, words[i], strlen(words[i])) != NULL;
    return 0;
}

static void files_hold_no_words(void **state)
{
    struct arrival_case *c = *state;

    if (help_is_pg())
        return;
    put(c, 200000, "INBOX 17 4711", false);
    grep_hits = 0;
    nftw(c->h.dir, grep_file, 8, FTW_PHYS);
    assert_int_equal(grep_hits, 0);
}

int main(void)
{
#define ARRIVAL_TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        ARRIVAL_TEST(bytes_come_back),
        ARRIVAL_TEST(oversize_keeps_the_start),
        ARRIVAL_TEST(source_is_taken_once),
        ARRIVAL_TEST(abandoned_leaves_nothing),
        ARRIVAL_TEST(acknowledged_is_whole),
        ARRIVAL_TEST(killed_receiver_loses_nothing_acknowledged),
        cmocka_unit_test(damage_is_found),
        ARRIVAL_TEST(work_is_leased),
        ARRIVAL_TEST(third_try_parks),
        ARRIVAL_TEST(given_back_counts_as_tried),
        ARRIVAL_TEST(old_ones_go),
        ARRIVAL_TEST(files_hold_no_words),
        ARRIVAL_TEST(several_letters_share_one_commit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
