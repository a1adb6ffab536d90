/* The schema of store/ as it rises from version to version, on SQLite and PostgreSQL: the files here stand for those that are to come. */
#include "tests/unit/store_help.h"

#include <sys/wait.h>

static const struct migrate_step steps[] = {
    { 1, "0001.sql",
      "CREATE TABLE note (practice_id BIGINT NOT NULL, id BIGINT NOT NULL, PRIMARY KEY (practice_id, id));" },
    { 2, "0002.sql", "ALTER TABLE note ADD COLUMN weight BIGINT;\nUPDATE note SET weight = 7;" },
    { 3, "0003.sql", "CREATE INDEX note_weight ON note (practice_id, weight);" },
};
/* The same, with a second file that fails after it has done something. */
static const struct migrate_step broken[] = {
    { 1, "0001.sql",
      "CREATE TABLE note (practice_id BIGINT NOT NULL, id BIGINT NOT NULL, PRIMARY KEY (practice_id, id));" },
    { 2, "0002.sql",
      "ALTER TABLE note ADD COLUMN weight BIGINT;\nUPDATE note SET weight = 7;\nUPDATE nothing SET weight = 8;" },
};

enum { COUNT_STEPS, COUNT_WEIGHED };
static const char *const sql[] = {
    [COUNT_STEPS] = "SELECT COUNT(*) FROM schema_version",
    [COUNT_WEIGHED] = "SELECT COUNT(*) FROM note WHERE weight = 7",
};

static int start(void **state)
{
    static struct help h;
    struct err err;

    help_empty(&h);
    h.db = help_open(&h);
    HELP_OK(migrate_steps(h.db, steps, 1, &err));
    help_raw(&h, "INSERT INTO note (practice_id, id) VALUES (1, 1), (1, 2)");
    *state = &h;
    return 0;
}

static int stop(void **state)
{
    help_stop(*state);
    return 0;
}

static int64_t version_of(struct help *h)
{
    struct err err;
    int64_t version;

    HELP_OK(migrate_version(h->db, &version, &err));
    return version;
}

static void rows_come_along(void **state)
{
    struct help *h = *state;
    struct err err;

    for (int twice = 0; twice < 2; twice++) {
        HELP_OK(migrate_steps(h->db, steps, COUNT_OF(steps), &err));
        assert_int_equal(version_of(h), 3);
        assert_int_equal(help_int(h, sql[COUNT_STEPS]), 3);
        assert_int_equal(help_int(h, sql[COUNT_WEIGHED]), 2);
    }
}

static void a_file_that_fails_leaves_nothing(void **state)
{
    struct help *h = *state;
    struct err err;

    assert_int_equal(migrate_steps(h->db, broken, COUNT_OF(broken), &err), RC_BUG);
    assert_non_null(strstr(err.msg, "schema file 0002.sql could not be applied, nothing of it was kept"));
    assert_int_equal(version_of(h), 1);
    HELP_OK(migrate_steps(h->db, steps, COUNT_OF(steps), &err)); /* the column is not there yet, or this would fail */
    assert_int_equal(help_int(h, sql[COUNT_WEIGHED]), 2);
}

static void stopped_anywhere_it_goes_on(void **state)
{
    struct help *h = *state;
    struct err err;
    enum rc rc = RC_TEMP;

    for (int64_t n = 1; rc; n++) {
        db_fail_after(h->db, n);
        rc = migrate_steps(h->db, steps, COUNT_OF(steps), &err);
        db_fail_after(h->db, 0);
        assert_true(rc == RC_OK || rc == RC_TEMP);
    }
    assert_int_equal(help_int(h, sql[COUNT_STEPS]), 3);
    assert_int_equal(help_int(h, sql[COUNT_WEIGHED]), 2);
}

static void a_newer_one_is_refused(void **state)
{
    struct help *h = *state;
    struct err err;

    HELP_OK(migrate_steps(h->db, steps, COUNT_OF(steps), &err));
    assert_int_equal(migrate_steps(h->db, steps, 2, &err), RC_PERM);
    assert_non_null(strstr(err.msg, "has schema 3, this program knows 2"));
    assert_int_equal(version_of(h), 3);
}

/* A file whose number is lower than one that was applied still comes: two lines of work may have met. */
static void a_gap_is_filled(void **state)
{
    struct help *h = *state;
    const struct migrate_step without[] = { steps[0],
                                            { 3, "0003.sql", "CREATE TABLE third (id BIGINT PRIMARY KEY);" } };
    const struct migrate_step with[] = { steps[0], steps[1], without[1] };
    struct err err;

    HELP_OK(migrate_steps(h->db, without, COUNT_OF(without), &err));
    HELP_OK(migrate_steps(h->db, with, COUNT_OF(with), &err));
    assert_int_equal(help_int(h, sql[COUNT_WEIGHED]), 2);
    assert_int_equal(help_int(h, sql[COUNT_STEPS]), 3);
}

static void two_at_once_do_it_once(void **state)
{
    enum { CHILDREN = 4 };
    struct help *h = *state;
    pid_t child[CHILDREN];
    int status;

    for (int i = 0; i < CHILDREN; i++) {
        child[i] = fork();
        if (child[i] == 0) {
            struct db *db = NULL;
            struct err err;

            if (db_open(h->url, DB_OPEN_EXISTING, &db, &err))
                _exit(1);
            _exit(migrate_steps(db, steps, COUNT_OF(steps), &err) ? 2 : 0); /* a second ALTER would fail */
        }
    }
    for (int i = 0; i < CHILDREN; i++) {
        waitpid(child[i], &status, 0);
        assert_int_equal(status, 0);
    }
    assert_int_equal(help_int(h, sql[COUNT_STEPS]), 3);
    assert_int_equal(help_int(h, sql[COUNT_WEIGHED]), 2);
}

/* What may not change the schema says what is to be done: with this program's own files, whatever their number. */
static void old_ones_are_told_and_left(void **state)
{
    struct help h;
    struct err err;
    int64_t version;

    (void)state;
    help_empty(&h);
    h.db = help_open(&h);
    assert_int_equal(migrate_check(h.db, &err), RC_TEMP);
    assert_non_null(strstr(err.msg, "has schema 0"));
    assert_non_null(strstr(err.msg, "postcircle serve"));
    HELP_OK(migrate_version(h.db, &version, &err));
    assert_int_equal(version, 0);
    HELP_OK(migrate_run(h.db, &err));
    HELP_OK(migrate_check(h.db, &err));
    help_raw(&h, "INSERT INTO schema_version (version, at_ms) VALUES (9999, 0)");
    assert_int_equal(migrate_check(h.db, &err), RC_PERM);
    help_stop(&h);
}

int main(void)
{
#define SCHEMA_TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        SCHEMA_TEST(rows_come_along),
        SCHEMA_TEST(a_file_that_fails_leaves_nothing),
        SCHEMA_TEST(stopped_anywhere_it_goes_on),
        SCHEMA_TEST(a_newer_one_is_refused),
        SCHEMA_TEST(a_gap_is_filled),
        SCHEMA_TEST(two_at_once_do_it_once),
        cmocka_unit_test(old_ones_are_told_and_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
