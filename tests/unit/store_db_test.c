/* store/db, store/node and store/domains, on SQLite and (POSTCIRCLE_TEST_PG) on PostgreSQL. */
#include "tests/unit/store_help.h"

#include "base/clock.h"
#include "store/domains.h"
#include "store/node.h"

#include <sys/wait.h>

enum { T_ADD, T_GET, T_ALL, T_DELETE, T_CLAIM, T_BUMP, T_LENGTH, T_BACKEND };
static const char *const t_sql[] = {
    [T_ADD] = "INSERT INTO thing (id, name, data, kind) VALUES ($1, $2, $3, $4)",
    [T_GET] = "SELECT id, name, data FROM thing WHERE id = $1",
    [T_ALL] = "SELECT id FROM thing ORDER BY id",
    [T_DELETE] = "DELETE FROM thing WHERE id >= $1",
    [T_CLAIM] = "UPDATE thing SET kind = 2 WHERE id IN (SELECT id FROM thing WHERE kind = 1 ORDER BY id LIMIT $1 "
                "/*SKIP LOCKED*/) RETURNING id",
    [T_BUMP] = "UPDATE thing SET kind = kind + $2 WHERE id = $1", /* not in order of use */
    [T_BACKEND] = "SELECT pg_backend_pid()",
    [T_LENGTH] = "SELECT CAST(SUM(id) AS BIGINT), COUNT(*), 7 FROM thing WHERE id BETWEEN -1 AND 0",
};

static int start(void **state)
{
    static struct help h;

    help_start(&h);
    help_raw(
        &h,
        "CREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT, data BLOB, kind BIGINT NOT NULL CHECK (kind < 1000))");
    *state = &h;
    return 0;
}

static int stop(void **state)
{
    help_stop(*state);
    return 0;
}

static enum rc add(struct db *db, int64_t id, int64_t kind, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(db, t_sql[T_ADD], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, id);
    db_bind_text(q, 2, "n");
    db_bind_blob(q, 3, "\0\1\377", 3);
    db_bind_int(q, 4, kind);
    return db_run(q, NULL, err);
}

static enum rc add_alone(struct db *db, int64_t id, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    enum rc rc = db_begin(db, &tx, err);

    if (!rc)
        rc = add(db, id, 1, err);
    return rc ? rc : db_commit(&tx, err);
}

static size_t count(struct db *db)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct err err;
    bool row = true;
    size_t n = 0;

    HELP_OK(db_query(db, t_sql[T_ALL], &q, &err));
    for (;; n++) {
        HELP_OK(db_step(q, &row, &err));
        if (!row)
            return n;
    }
}

static void values_come_back(void **state)
{
    static const int64_t numbers[] = { INT64_MIN, -1, 0, 1, INT64_MAX };
    struct db *db = ((struct help *)*state)->db;
    CLEANUP(db_query_done) struct db_query *q = NULL;
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct err err;
    const char *blob;
    size_t n;

    HELP_OK(db_begin(db, &tx, &err));
    HELP_OK(db_query(db, t_sql[T_ADD], &q, &err));
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        db_bind_int(q, 1, numbers[i]);
        db_bind_text(q, 2, i == 0 ? NULL : i == 1 ? "" : "Zoë");
        db_bind_blob(q, 3, i == 0 ? NULL : "\0\1\377", i == 1 ? 0 : 3);
        db_bind_int(q, 4, 1);
        HELP_OK(db_run(q, NULL, &err));
    }
    db_query_done(&q);
    HELP_OK(db_query(db, t_sql[T_GET], &q, &err));
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        db_bind_int(q, 1, numbers[i]);
        HELP_OK(db_one(q, &err));
        assert_int_equal(db_int(q, 0), numbers[i]);
        blob = db_blob(q, 2, &n);
        if (i == 0) {
            assert_null(db_text(q, 1));
            assert_null(blob);
        } else {
            assert_string_equal(db_text(q, 1), i == 1 ? "" : "Zoë");
            assert_int_equal(n, i == 1 ? 0 : 3);
            assert_non_null(blob);
            assert_memory_equal(blob, "\0\1\377", n);
        }
        db_query_done(&q);
        HELP_OK(db_query(db, t_sql[T_GET], &q, &err));
    }
    db_bind_int(q, 1, 17);
    assert_int_equal(db_one(q, &err), RC_NOT_FOUND);
    assert_string_equal(err.msg, "SELECT id, name,: no such row");
    db_query_done(&q);
    HELP_OK(db_query(db, t_sql[T_LENGTH], &q, &err));
    HELP_OK(db_one(q, &err));
    assert_int_equal(db_int(q, 0), -1);
    assert_int_equal(db_int(q, 1), 2);
    assert_int_equal(db_int(q, 2), 7);
}

static void changes_are_counted(void **state)
{
    struct db *db = ((struct help *)*state)->db;
    CLEANUP(db_query_done) struct db_query *q = NULL;
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct err err;
    int64_t n;

    HELP_OK(db_begin(db, &tx, &err));
    for (int i = 1; i <= 5; i++)
        HELP_OK(add(db, i, 1, &err));
    HELP_OK(db_query(db, t_sql[T_CLAIM], &q, &err));
    db_bind_int(q, 1, 2);
    HELP_OK(db_run(q, &n, &err));
    assert_int_equal(n, 2);
    db_bind_int(q, 1, 10);
    HELP_OK(db_run(q, &n, &err));
    assert_int_equal(n, 3);
    db_query_done(&q);
    HELP_OK(db_query(db, t_sql[T_DELETE], &q, &err));
    db_bind_int(q, 1, 4);
    HELP_OK(db_run(q, &n, &err));
    assert_int_equal(n, 2);
    db_bind_int(q, 1, 4);
    HELP_OK(db_run(q, &n, &err));
    assert_int_equal(n, 0);
}

static void uncommitted_rolls_back(void **state)
{
    struct db *db = ((struct help *)*state)->db;
    struct err err;

    {
        CLEANUP(db_tx_done) struct db_tx tx = { 0 };

        HELP_OK(db_begin(db, &tx, &err));
        HELP_OK(add(db, 1, 1, &err));
        assert_true(db_in_tx(db));
    }
    assert_false(db_in_tx(db));
    assert_int_equal(count(db), 0);
    HELP_OK(add_alone(db, 1, &err));
    assert_int_equal(count(db), 1);
}

/* The same on both databases: a refused row ends the transaction. */
static void refused_row_ends_transaction(void **state)
{
    static const struct {
        int64_t id, kind;
    } refused[] = { { 1, 1 }, { 2, 5000 } };
    struct db *db = ((struct help *)*state)->db;
    struct err err;

    HELP_OK(add_alone(db, 1, &err));
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        CLEANUP(db_tx_done) struct db_tx tx = { 0 };

        HELP_OK(db_begin(db, &tx, &err));
        HELP_OK(add(db, 3, 1, &err));
        assert_int_equal(add(db, refused[i].id, refused[i].kind, &err), RC_CONFLICT);
        assert_null(strstr(err.msg, "5000"));
        assert_int_equal(add(db, 4, 1, &err), RC_CONFLICT);
        assert_int_equal(db_commit(&tx, &err), RC_CONFLICT);
        assert_false(db_in_tx(db));
    }
    assert_int_equal(count(db), 1);
}

static void wrong_sql_is_a_bug(void **state)
{
    static const char *const sql[] = { "SELECT nothing FROM thing", "SELEC 1", "SELECT id FROM no_such_table" };
    static const struct db_domain domain = { "wrong", sql, COUNT_OF(sql) };
    static const char *const with_gap[] = { "SELECT id FROM thing WHERE id = $3 AND kind = $1" };
    static const struct db_domain gap = { "gap", with_gap, 1 };
    struct db *db = ((struct help *)*state)->db;
    struct db_query *q = NULL;
    struct err err;

    for (size_t i = 0; i < COUNT_OF(sql); i++)
        assert_int_equal(db_query(db, sql[i], &q, &err), RC_BUG);
    assert_int_equal(db_check_domain(db, &domain, &err), RC_BUG);
    assert_int_equal(db_check_domain(db, &gap, &err), RC_BUG);
}

static void every_text_prepares(void **state)
{
    struct db *db = ((struct help *)*state)->db;
    struct err err;

    size_t bad = 0;

    for (size_t i = 0; i < store_domains_count; i++)
        if (db_check_domain(db, store_domains[i], &err)) {
            print_error("%s\n", err.msg);
            bad++;
        }
    assert_int_equal(bad, 0);
}

static void claims_do_not_meet(void **state)
{
    struct help *h = *state;
    CLEANUP(db_close) struct db *other = help_open(h);
    struct err err;
    int64_t n;

    if (!help_is_pg())
        return; /* SQLite has one writer */
    for (int i = 1; i <= 4; i++)
        HELP_OK(add_alone(h->db, i, &err));
    struct db *dbs[] = { h->db, other };
    CLEANUP(db_tx_done) struct db_tx a = { 0 }, b = { 0 };
    CLEANUP(db_query_done) struct db_query *qa = NULL, *qb = NULL;
    HELP_OK(db_begin(dbs[0], &a, &err));
    HELP_OK(db_begin(dbs[1], &b, &err));
    HELP_OK(db_query(dbs[0], t_sql[T_CLAIM], &qa, &err));
    HELP_OK(db_query(dbs[1], t_sql[T_CLAIM], &qb, &err));
    db_bind_int(qa, 1, 3);
    HELP_OK(db_run(qa, &n, &err));
    assert_int_equal(n, 3);
    db_bind_int(qb, 1, 3);
    HELP_OK(db_run(qb, &n, &err));
    assert_int_equal(n, 1);
}

static void writers_wait_for_each_other(void **state)
{
    enum { CHILDREN = 4, TIMES = 40 };
    struct help *h = *state;
    struct err err;
    pid_t child[CHILDREN];
    int status;

    HELP_OK(add_alone(h->db, 1, &err));
    for (int i = 0; i < CHILDREN; i++) {
        child[i] = fork();
        if (child[i] == 0) {
            struct db *db = NULL;
            struct db_query *q = NULL;

            if (db_open(h->url, DB_OPEN_EXISTING, &db, &err))
                _exit(1);
            for (int k = 0; k < TIMES; k++) {
                struct db_tx tx = { 0 };

                if (db_begin(db, &tx, &err) || db_query(db, t_sql[T_BUMP], &q, &err))
                    _exit(2);
                db_bind_int(q, 1, 1);
                db_bind_int(q, 2, 1);
                if (db_run(q, NULL, &err) || db_commit(&tx, &err))
                    _exit(3);
                db_query_done(&q);
            }
            _exit(0);
        }
    }
    for (int i = 0; i < CHILDREN; i++) {
        waitpid(child[i], &status, 0);
        assert_int_equal(status, 0);
    }
    assert_int_equal(help_int(h, "SELECT kind FROM thing WHERE id = 1"), 1 + CHILDREN * TIMES);
}

static void fail_points_leave_nothing(void **state)
{
    struct db *db = ((struct help *)*state)->db;
    struct err err;
    int64_t n;

    for (n = 1;; n++) {
        enum rc rc;

        db_fail_after(db, n);
        rc = add_alone(db, 50, &err);
        db_fail_after(db, 0);
        if (rc == RC_OK)
            break;
        assert_int_equal(rc, RC_TEMP);
        assert_int_equal(count(db), 0);
    }
    assert_int_equal(n, 4); /* begin, insert, commit */
    assert_int_equal(count(db), 1);
}

static void migration_is_whole_or_absent(void **state)
{
    struct help h;
    struct err err;
    int64_t version, n;

    (void)state;
    for (n = 1;; n++) {
        enum rc rc;

        help_empty(&h);
        h.db = help_open(&h);
        db_fail_after(h.db, n);
        rc = migrate_run(h.db, &err);
        db_fail_after(h.db, 0);
        if (rc == RC_OK)
            break;
        assert_int_equal(rc, RC_TEMP);
        HELP_OK(migrate_run(h.db, &err));
        HELP_OK(migrate_run(h.db, &err));
        help_stop(&h);
    }
    assert_true(n > 4);
    HELP_OK(migrate_version(h.db, &version, &err));
    assert_true(version >= 1);
    help_raw(&h, "INSERT INTO schema_version (version, at_ms) VALUES (9999, 0)");
    assert_int_equal(migrate_run(h.db, &err), RC_PERM);
    help_stop(&h);
}

static void opening_refuses(void **state)
{
    struct help h;
    struct db *db = NULL;
    struct err err;
    char path[128], text[4096];

    (void)state;
    if (help_is_pg()) {
        assert_int_equal(db_open("postgresql://127.0.0.1:1/none?connect_timeout=2", DB_OPEN_EXISTING, &db, &err),
                         RC_TEMP);
        return;
    }
    help_empty(&h);
    assert_int_equal(db_open("mysql://x", DB_OPEN_EXISTING, &db, &err), RC_INPUT);
    assert_int_equal(db_open(h.url, DB_OPEN_EXISTING, &db, &err), RC_NOT_FOUND);
    snprintf(path, sizeof path, "%s/store.db", h.dir);
    memset(text, 'x', sizeof text);
    HELP_OK(io_write_file(path, text, sizeof text, 0600, &err));
    assert_int_equal(db_open(h.url, DB_OPEN_EXISTING, &db, &err), RC_CORRUPT);
    help_stop(&h);
}

static void files_are_private(void **state)
{
    static const char *const names[] = { "store.db", "store.db-wal", "store.db-shm" };
    struct help *h = *state;
    struct stat st;
    char path[128];

    if (help_is_pg())
        return;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        snprintf(path, sizeof path, "%s/%s", h->dir, names[i]);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
    }
}

/* What a server that restarts does to our connection; other tests' stay. */
static void end_backend(struct help *h)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct err err;
    char sql[64];

    HELP_OK(db_query(h->db, t_sql[T_BACKEND], &q, &err));
    HELP_OK(db_one(q, &err));
    snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%" PRId64 ")", db_int(q, 0));
    db_query_done(&q);
    help_raw(h, sql);
}

static void lost_connection_comes_back(void **state)
{
    struct help *h = *state;
    struct err err;
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };

    if (!help_is_pg())
        return;
    HELP_OK(add_alone(h->db, 1, &err));
    end_backend(h);
    HELP_OK(add_alone(h->db, 2, &err)); /* begin opens it again, statements are prepared again */
    HELP_OK(db_begin(h->db, &tx, &err));
    HELP_OK(add(h->db, 3, 1, &err));
    end_backend(h);
    usleep(100000);
    assert_int_equal(db_commit(&tx, &err), RC_UNCERTAIN);
    HELP_OK(add_alone(h->db, 4, &err));
    assert_int_equal(count(h->db), 3);
}

static void nodes_are_leased(void **state)
{
    struct help *h = *state;
    struct node_lease a, b, c;
    struct err err;

    HELP_OK(node_take(h->db, &a, &err));
    HELP_OK(node_take(h->db, &b, &err));
    assert_int_not_equal(a.node, b.node);
    HELP_OK(node_renew(h->db, &a, &err));
    HELP_OK(node_give_back(h->db, &a, &err));
    usleep(20000);
    HELP_OK(node_take(h->db, &c, &err));
    assert_int_equal(c.node, a.node);
    assert_int_equal(node_renew(h->db, &a, &err), RC_CONFLICT);
    help_raw(h, "DELETE FROM node WHERE id = 1023; INSERT INTO node VALUES (1023, 1, 9000000000000000)");
    assert_int_equal(node_take(h->db, &a, &err), RC_LIMIT);
}

static void ids_rise_and_differ(void **state)
{
    enum { COUNT = 20000 };
    struct id_source one, two;
    int64_t last = 0;

    (void)state;
    id_source_init(&one, 0);
    id_source_init(&two, ID_NODE_MAX);
    for (int i = 0; i < COUNT; i++) {
        const int64_t id = id_next(&one);

        assert_true(id > last);
        last = id;
    }
    assert_true(id_next(&two) > 0);
    assert_in_range(id_made_ms(id_next(&two)), clock_now_ms(clock_real()) - 1000, clock_now_ms(clock_real()));
    one.last_ms += 5000; /* as if the clock had been set back */
    one.sequence = 4095;
    assert_true(id_next(&one) > last);
}

int main(void)
{
#define STORE_TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        STORE_TEST(values_come_back),
        STORE_TEST(changes_are_counted),
        STORE_TEST(uncommitted_rolls_back),
        STORE_TEST(refused_row_ends_transaction),
        STORE_TEST(wrong_sql_is_a_bug),
        STORE_TEST(every_text_prepares),
        STORE_TEST(claims_do_not_meet),
        STORE_TEST(writers_wait_for_each_other),
        STORE_TEST(fail_points_leave_nothing),
        STORE_TEST(files_are_private),
        STORE_TEST(lost_connection_comes_back),
        STORE_TEST(nodes_are_leased),
        cmocka_unit_test(migration_is_whole_or_absent),
        cmocka_unit_test(opening_refuses),
        cmocka_unit_test(ids_rise_and_differ),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
