/* store/audit, store/due, store/setting. */
#include "tests/unit/store_help.h"

#include "store/audit.h"
#include "store/due.h"
#include "store/setting.h"

enum { ROWS = 10, PRACTICE = 5 };

struct audit_case {
    struct help h;
    struct store st;
    struct keyring *ring;
    struct clock clock;
    int64_t now_ms;
};

static int start(void **state)
{
    static struct audit_case c;

    memset(&c, 0, sizeof c);
    help_start(&c.h);
    help_raw(&c.h, "INSERT INTO practice VALUES (5, 1, 0)");
    c.ring = help_ring(PRACTICE);
    c.now_ms = INT64_C(1800000000000);
    c.clock = clock_manual(&c.now_ms);
    c.st = (struct store){ .db = c.h.db, .practice = { PRACTICE }, .ring = c.ring, .clock = &c.clock };
    *state = &c;
    return 0;
}

static int stop(void **state)
{
    struct audit_case *c = *state;

    keyring_free(&c->ring);
    help_stop(&c->h);
    return 0;
}

static void append(struct audit_case *c, int64_t item, const char *old_value, const char *new_value)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct err err;

    HELP_OK(db_begin(c->h.db, &tx, &err));
    HELP_OK(audit_append(&c->st,
                         &(struct audit_entry){ .who = { AUDIT_STAFF, 7, AUDIT_WAY_EMAIL },
                                                .verb = AUDIT_PERSON_CHANGED,
                                                .item_kind = AUDIT_ITEM_PERSON,
                                                .item_id = item,
                                                .old_value = old_value,
                                                .new_value = new_value },
                         &err));
    HELP_OK(db_commit(&tx, &err));
    c->now_ms += 1000;
}

static void fill(struct audit_case *c)
{
    for (int i = 1; i <= ROWS; i++)
        append(c, i % 3, i % 2 ? "555-0101" : NULL, i % 5 ? "555-0102" : NULL);
}

static enum rc verify(struct audit_case *c, const char *anchor, struct audit_report *report)
{
    struct err err;

    return audit_verify(&c->st, anchor, report, &err);
}

static void sound_chain(void **state)
{
    struct audit_case *c = *state;
    struct audit_report r;
    struct err err;
    char head[96];

    HELP_OK(audit_head(&c->st, head, &err));
    assert_string_equal(head, "");
    assert_int_equal(verify(c, NULL, &r), RC_OK);
    assert_int_equal(r.rows, 0);
    fill(c);
    assert_int_equal(verify(c, NULL, &r), RC_OK);
    assert_int_equal(r.rows, ROWS);
    assert_int_equal(r.erased, 0);
    assert_false(r.is_tail_proven);
    HELP_OK(audit_head(&c->st, head, &err));
    assert_string_equal(head, r.head);
    assert_int_equal(verify(c, head, &r), RC_OK);
    assert_true(r.is_tail_proven);
    append(c, 1, NULL, NULL);
    assert_int_equal(verify(c, head, &r), RC_OK);
    assert_false(r.is_tail_proven);
    assert_int_equal(verify(c, "hello", &r), RC_INPUT);
    assert_int_equal(verify(c, "3 abc", &r), RC_INPUT);
}

static void tampering_is_found(void **state)
{
    static const struct {
        const char *sql;
        int64_t wrong_seq;
    } cases[] = {
        { "UPDATE audit SET verb = 1 WHERE seq = 4", 4 },
        { "UPDATE audit SET actor_id = 8 WHERE seq = 4", 4 },
        { "UPDATE audit SET actor_kind = 1 WHERE seq = 1", 1 },
        { "UPDATE audit SET at_ms = at_ms + 1 WHERE seq = 10", 10 },
        { "UPDATE audit SET item_kind = 1 WHERE seq = 4", 4 },
        { "UPDATE audit SET item_id = 77 WHERE seq = 4", 4 },
        { "UPDATE audit SET way = 5 WHERE seq = 4", 4 },
        { "UPDATE audit SET key_id = 999 WHERE seq = 4", 4 },
        { "UPDATE audit SET old_commit = NULL WHERE seq = 3", 3 },
        { "UPDATE audit SET new_commit = mac WHERE seq = 3", 3 },
        { "UPDATE audit SET mac = old_commit WHERE seq = 3", 3 },
        { "DELETE FROM audit WHERE seq = 1", 1 },
        { "DELETE FROM audit WHERE seq = 6", 6 },
        { "DELETE FROM audit WHERE seq = 6; UPDATE audit SET seq = 6 WHERE seq = 7; UPDATE audit SET seq = 7 WHERE seq "
          "= 8",
          6 },
        { "UPDATE audit SET seq = 99 WHERE seq = 4; UPDATE audit SET seq = 4 WHERE seq = 5; UPDATE audit SET seq = 5 "
          "WHERE seq = 99",
          4 },
        { "INSERT INTO audit SELECT practice_id, 11, at_ms, actor_kind, actor_id, verb, item_kind, item_id, way, "
          "old_commit,"
          " new_commit, key_id, mac FROM audit WHERE seq = 10",
          11 },
        { "UPDATE audit_value SET old_sealed = NULL WHERE seq = 3", 3 },
        { "UPDATE audit_value SET new_sealed = old_sealed WHERE seq = 3", 3 },
        { "UPDATE audit_value SET salt = (SELECT mac FROM audit WHERE seq = 1) WHERE seq = 3", 3 },
        { "UPDATE audit_value SET seq = 99 WHERE seq = 3; UPDATE audit_value SET seq = 3 WHERE seq = 7", 3 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        void *own;
        struct audit_report r;

        start(&own);
        struct audit_case *c = own;

        fill(c);
        help_raw(&c->h, cases[i].sql);
        if (verify(c, NULL, &r) != RC_CORRUPT || r.wrong_seq != cases[i].wrong_seq)
            fail_msg("not found at %d: %s", (int)cases[i].wrong_seq, cases[i].sql);
        stop(&own);
    }
}

static void truncation_needs_an_anchor(void **state)
{
    struct audit_case *c = *state;
    struct audit_report r;
    struct err err;
    char head[96];

    fill(c);
    HELP_OK(audit_head(&c->st, head, &err));
    help_raw(&c->h, "DELETE FROM audit WHERE seq > 8; DELETE FROM audit_value WHERE seq > 8");
    assert_int_equal(verify(c, NULL, &r), RC_OK); /* that is why */
    assert_false(r.is_tail_proven);
    assert_int_equal(verify(c, head, &r), RC_CORRUPT);
    assert_int_equal(r.wrong_seq, 9);
    for (int i = 0; i < 4; i++) /* whoever has the key writes on: the anchor still knows */
        append(c, 1, NULL, "x");
    assert_int_equal(verify(c, NULL, &r), RC_OK);
    assert_int_equal(verify(c, head, &r), RC_CORRUPT);
    assert_int_equal(r.wrong_seq, 10);
}

static void erasure_keeps_the_chain(void **state)
{
    struct audit_case *c = *state;
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct audit_entry *e;
    struct audit_report r;
    struct err err;
    size_t n;

    fill(c);
    HELP_OK(audit_list(&c->st, AUDIT_ITEM_PERSON, 1, 0, 100, mem, &e, &n, &err));
    assert_int_equal(n, 4); /* 1, 4, 7, 10 */
    assert_int_equal(e[1].seq, 4);
    assert_string_equal(e[0].old_value, "555-0101");
    assert_string_equal(e[0].new_value, "555-0102");
    assert_int_equal(e[0].who.id, 7);
    assert_string_equal(audit_verb_name(e[0].verb), "person changed");
    HELP_OK(db_begin(c->h.db, &tx, &err));
    HELP_OK(audit_erase_item(&c->st, AUDIT_ITEM_PERSON, 1, &err));
    HELP_OK(db_commit(&tx, &err));
    assert_int_equal(verify(c, NULL, &r), RC_OK);
    assert_int_equal(r.rows, ROWS);
    assert_int_equal(r.erased, 3); /* row 10 never had a value */
    HELP_OK(audit_list(&c->st, AUDIT_ITEM_PERSON, 1, 0, 100, mem, &e, &n, &err));
    assert_null(e[0].old_value);
    HELP_OK(audit_list(&c->st, (enum audit_item)0, 0, 3, 4, mem, &e, &n, &err));
    assert_int_equal(n, 4);
    assert_int_equal(e[0].seq, 4);
}

static void act_and_row_are_one(void **state)
{
    struct audit_case *c = *state;
    struct audit_entry e = { .who = { AUDIT_STAFF, 7, AUDIT_WAY_CLI },
                             .verb = AUDIT_SETTING_SET,
                             .item_kind = AUDIT_ITEM_SETTING,
                             .item_id = SETTING_NAME,
                             .new_value = "Lakeside" };
    struct audit_report r;
    struct err err;
    int64_t n;

    for (n = 1;; n++) {
        CLEANUP(db_tx_done) struct db_tx tx = { 0 };
        CLEANUP(arena_free) struct arena *mem = arena_new("t");
        const char *text;
        enum rc rc;

        db_fail_after(c->h.db, n);
        rc = db_begin(c->h.db, &tx, &err);
        if (!rc)
            rc = setting_set(&c->st, SETTING_NAME, "Lakeside", &err);
        if (!rc)
            rc = audit_append(&c->st, &e, &err);
        if (!rc)
            rc = db_commit(&tx, &err);
        db_fail_after(c->h.db, 0);
        db_tx_done(&tx);
        HELP_OK(setting_get(&c->st, SETTING_NAME, mem, &text, &err));
        assert_int_equal(verify(c, NULL, &r), RC_OK);
        assert_int_equal(r.rows, text ? 1 : 0);
        if (!rc)
            break;
    }
    assert_int_equal(n, 9); /* begin, key, setting, lock, last, row, value, commit */
}

static void settings(void **state)
{
    struct audit_case *c = *state;
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const char *text, *all[SETTING_END];
    enum setting s;
    struct err err;
    int64_t v;
    bool yes;

    HELP_OK(db_begin(c->h.db, &tx, &err));
    HELP_OK(setting_set(&c->st, SETTING_NAME, "Lakeside Clinic", &err));
    HELP_OK(setting_set(&c->st, SETTING_TRUST, "3", &err));
    HELP_OK(setting_set(&c->st, SETTING_SOLO_RELEASE, "yes", &err));
    HELP_OK(setting_set(&c->st, SETTING_ZONE, "Europe/Berlin", &err));
    HELP_OK(setting_set(&c->st, SETTING_ZONE, NULL, &err));
    assert_int_equal(setting_set(&c->st, SETTING_TRUST, "much", &err), RC_INPUT);
    assert_string_equal(err.msg, "trust takes a whole number");
    assert_int_equal(setting_set(&c->st, SETTING_SOLO_RELEASE, "perhaps", &err), RC_INPUT);
    assert_int_equal(setting_set(&c->st, SETTING_NAME, "\xff", &err), RC_INPUT);
    HELP_OK(db_commit(&tx, &err));
    HELP_OK(setting_get(&c->st, SETTING_NAME, mem, &text, &err));
    assert_string_equal(text, "Lakeside Clinic");
    HELP_OK(setting_get(&c->st, SETTING_ZONE, mem, &text, &err));
    assert_null(text);
    HELP_OK(setting_get_int(&c->st, SETTING_TRUST, 1, &v, &err));
    assert_int_equal(v, 3);
    HELP_OK(setting_get_int(&c->st, SETTING_RETENTION_DAYS, 30, &v, &err));
    assert_int_equal(v, 30);
    HELP_OK(setting_get_yes(&c->st, SETTING_SOLO_RELEASE, false, &yes, &err));
    assert_true(yes);
    HELP_OK(setting_all(&c->st, mem, all, &err));
    assert_string_equal(all[SETTING_NAME], "Lakeside Clinic");
    assert_null(all[SETTING_ZONE]);
    for (int i = SETTING_NAME; i < SETTING_END; i++) {
        HELP_OK(setting_find(setting_info((enum setting)i)->name, &s, &err));
        assert_int_equal(s, i);
    }
    assert_int_equal(setting_find("no-such", &s, &err), RC_NOT_FOUND);
    help_raw(&c->h, "UPDATE setting SET id = 2 WHERE id = 1");
    assert_int_equal(setting_get(&c->st, SETTING_OFFICE_PHONE, mem, &text, &err), RC_CORRUPT);
}

static void jobs(void **state)
{
    struct audit_case *c = *state;
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    enum job_kind kind;
    int64_t subject, due_ms;
    struct err err;

    HELP_OK(db_begin(c->h.db, &tx, &err));
    assert_int_equal(due_earliest(&c->st, &due_ms, &err), RC_NOT_FOUND);
    HELP_OK(due_set(&c->st, JOB_ISSUE_DAILY, 1, 300, &err));
    HELP_OK(due_set(&c->st, JOB_ISSUE_WEEKLY, 1, 200, &err));
    HELP_OK(due_ensure(&c->st, JOB_ISSUE_WEEKLY, 1, 100, &err)); /* waits already */
    HELP_OK(due_ensure(&c->st, JOB_PURGE, 0, 400, &err));
    HELP_OK(due_earliest(&c->st, &due_ms, &err));
    assert_int_equal(due_ms, 200);
    assert_int_equal(due_next(&c->st, 199, &kind, &subject, &err), RC_NOT_FOUND);
    HELP_OK(due_next(&c->st, 200, &kind, &subject, &err));
    assert_int_equal(kind, JOB_ISSUE_WEEKLY);
    HELP_OK(due_clear(&c->st, JOB_ISSUE_WEEKLY, 1, &err));
    HELP_OK(due_set(&c->st, JOB_ISSUE_DAILY, 1, 900, &err)); /* moved */
    HELP_OK(due_earliest(&c->st, &due_ms, &err));
    assert_int_equal(due_ms, 400);
    HELP_OK(db_commit(&tx, &err));
}

static int64_t take(struct audit_case *c, int64_t now_ms)
{
    struct practice_id p = { 0 };
    struct err err;
    enum rc rc = due_take_practice(c->h.db, DUE_SORT, now_ms, &p, &err);

    if (rc)
        assert_int_equal(rc, RC_NOT_FOUND);
    return p.v;
}

static void practices_take_turns(void **state)
{
    struct audit_case *c = *state;
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct err err;

    HELP_OK(db_begin(c->h.db, &tx, &err));
    for (int64_t p = 1; p <= 3; p++)
        HELP_OK(due_wake_practice(c->h.db, DUE_SORT, (struct practice_id){ p }, 1000 - p, &err));
    HELP_OK(due_wake_practice(c->h.db, DUE_CLOCK, (struct practice_id){ 4 }, 1, &err));
    HELP_OK(due_wake_practice(c->h.db, DUE_SORT, (struct practice_id){ 3 }, 2000, &err)); /* later changes nothing */
    assert_int_equal(take(c, 1000), 3);
    assert_int_equal(take(c, 1000), 2);
    assert_int_equal(take(c, 1000), 1);
    assert_int_equal(take(c, 1000), 0);
    /* 3 rests; 2 was woken while it was worked on; 1 died and comes back after the hold */
    HELP_OK(due_rest_practice(c->h.db, DUE_SORT, (struct practice_id){ 3 }, 1000, 500000, &err));
    HELP_OK(due_wake_practice(c->h.db, DUE_SORT, (struct practice_id){ 2 }, 1500, &err));
    HELP_OK(due_rest_practice(c->h.db, DUE_SORT, (struct practice_id){ 2 }, 1000, 500000, &err));
    assert_int_equal(take(c, 1499), 0);
    assert_int_equal(take(c, 1500), 2);
    HELP_OK(due_rest_practice(c->h.db, DUE_SORT, (struct practice_id){ 2 }, 1500, 900000, &err));
    assert_int_equal(take(c, 1000 + DUE_HOLD_MS), 1);
    HELP_OK(due_set_practice(c->h.db, DUE_SORT, (struct practice_id){ 1 }, 600000, &err));
    assert_int_equal(take(c, 500000), 3);
    assert_int_equal(take(c, 500000), 0);
    HELP_OK(db_commit(&tx, &err));
}

static void everything_has_a_name(void **state)
{
    (void)state;
    for (int item = 1; item < AUDIT_ITEM_END; item++)
        assert_string_not_equal(audit_item_name((enum audit_item)item), "unknown");
    for (int actor = AUDIT_SYSTEM; actor <= AUDIT_OPERATOR; actor++)
        assert_string_not_equal(audit_actor_name((enum audit_actor)actor), "unknown");
    for (int way = AUDIT_WAY_RULE; way <= AUDIT_WAY_CLI; way++)
        assert_string_not_equal(audit_way_name((enum audit_way)way), "unknown");
    assert_string_equal(audit_item_name(AUDIT_ITEM_END), "unknown");
}

int main(void)
{
#define AUDIT_TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        AUDIT_TEST(sound_chain),
        cmocka_unit_test(tampering_is_found),
        AUDIT_TEST(truncation_needs_an_anchor),
        AUDIT_TEST(erasure_keeps_the_chain),
        AUDIT_TEST(act_and_row_are_one),
        cmocka_unit_test(everything_has_a_name),
        AUDIT_TEST(settings),
        AUDIT_TEST(jobs),
        AUDIT_TEST(practices_take_turns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
