/* Two who join a group at the same moment under one name: the second finds the first. */
#include "tests/unit/store_help.h"

#include "store/membership.h"

#include <sys/wait.h>

enum { PRACTICE = 5, GROUP = 7 };

static int start(void **state)
{
    static struct help h;

    help_start(&h);
    help_raw(&h,
             "INSERT INTO care_group (practice_id, id, state, slug, zone, digest_minute, digest_weekday, review_policy,"
             " texts_sealed, texts_version, post_seq, issue_no, created_ms) VALUES (5, 7, 1, 'tuesday', 'UTC', 0, 0, 1,"
             " '', 1, 0, 0, 0)");
    *state = &h;
    return 0;
}

static int stop(void **state)
{
    help_stop(*state);
    return 0;
}

/* In the open transaction: takes the name if it is free. */
static bool takes(struct store *st, int64_t person)
{
    struct membership m = { .group = { GROUP },
                            .person = { person },
                            .address = { person },
                            .role = MEMBER_PATIENT,
                            .state = MEMBER_ACTIVE,
                            .rhythm = RHYTHM_DAILY,
                            .channel = CHANNEL_EMAIL,
                            .hour_minute = -1,
                            .name = "Rose" };
    struct err err;
    bool is_taken;

    HELP_OK(membership_is_name_taken(st, m.group, m.name, (struct membership_id){ 0 }, &is_taken, &err));
    if (!is_taken)
        HELP_OK(membership_add(st, &m, &err));
    return !is_taken;
}

static struct store store_of(struct db *db, struct keyring *ring, struct clock *clock, struct id_source *ids, int node)
{
    *clock = *clock_real();
    id_source_init(ids, node);
    return (struct store){ .db = db, .practice = { PRACTICE }, .ring = ring, .clock = clock, .ids = ids };
}

/* 0: it took the name; 1: the name was taken. */
static void child_joins(struct help *h, int go)
{
    struct db *db = help_open(h);
    struct keyring *ring = help_ring(PRACTICE);
    struct clock clock;
    struct id_source ids;
    struct store st = store_of(db, ring, &clock, &ids, 2);
    struct db_tx tx = { 0 };
    struct err err;
    char c;

    if (read(go, &c, 1) != 1 || db_begin(db, &tx, &err))
        _exit(2);
    if (!takes(&st, 2))
        _exit(1);
    _exit(db_commit(&tx, &err) ? 3 : 0);
}

static void the_second_finds_the_first(void **state)
{
    struct help *h = *state;
    CLEANUP(keyring_free) struct keyring *ring = help_ring(PRACTICE);
    struct clock clock;
    struct id_source ids;
    struct store st;
    struct db_tx tx = { 0 };
    int pipes[2], status;
    struct err err;
    pid_t child;

    assert_int_equal(pipe(pipes), 0);
    db_close(&h->db); /* a connection does not go through a fork */
    child = fork();
    if (child == 0)
        child_joins(h, pipes[0]);
    close(pipes[0]);
    h->db = help_open(h);
    st = store_of(h->db, ring, &clock, &ids, 1);
    HELP_OK(db_begin(h->db, &tx, &err));
    assert_true(takes(&st, 1));
    assert_int_equal(write(pipes[1], "g", 1), 1);
    usleep(200000);
    assert_int_equal(waitpid(child, &status, WNOHANG), 0); /* it waits for the answer */
    HELP_OK(db_commit(&tx, &err));
    assert_int_equal(waitpid(child, &status, 0), child);
    close(pipes[1]);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
    assert_int_equal(help_int(h, "SELECT COUNT(*) FROM membership"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_second_finds_the_first, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
