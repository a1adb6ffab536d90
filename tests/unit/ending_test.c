/* A group's last day: what waits goes back, then the closing letters, in batches that survive kill -9 at any moment. */
#include "tests/unit/people_help.h"

#include "bench/members.h"
#include "gateway/office/ending.h"
#include "store/due.h"
#include "store/goodbye.h"

#include <signal.h>
#include <sys/wait.h>

#define BATCHES_MAX 1000
#define GOODBYES                                                                                                       \
    " FROM delivery d JOIN mailing m ON m.practice_id = d.practice_id AND m.id = d.mailing_id WHERE m.kind = 62"
#define GIVEN_BACK                                                                                                     \
    " FROM delivery d JOIN mailing m ON m.practice_id = d.practice_id AND m.id = d.mailing_id WHERE m.kind = 23"

/* Enough for several batches; all of a large group when the tests take their time. */
static int64_t how_many(void)
{
    return getenv("POSTCIRCLE_SOAK") ? 10000 : 1500;
}

static void hold_note(struct world *w, struct group_id group, struct person_id author)
{
    struct post p = { .group = group,
                      .kind = POST_POST,
                      .state = POST_HELD,
                      .author = author,
                      .tier = 4,
                      .text = "I was at the lake.",
                      .context = "{}",
                      .created_ms = NOW0 };
    struct err err;

    OK(post_add(&w->gate.store, &p, &err));
}

/* Each member has a note that waits: more than any list that is read at once. */
static void fill(struct world *w)
{
    struct err err;

    for (int64_t i = 0; i < how_many();) {
        struct db_tx tx = { 0 };

        OK(db_begin(w->home->db, &tx, &err));
        for (const int64_t end = i + 500; i < end; i++)
            hold_note(w, w->group.id, members_add(&w->gate, w->group.id, i).person);
        OK(db_commit(&tx, &err));
    }
}

/* It goes on, and so does the note in it. */
static void add_other_group(struct world *w)
{
    struct care_group other = w->group;
    struct db_tx tx = { 0 };
    struct err err;

    other.slug = "other";
    OK(db_begin(w->home->db, &tx, &err));
    OK(group_add(&w->gate.store, &other, &err));
    hold_note(w, other.id, w->ana.id);
    OK(db_commit(&tx, &err));
}

static void end_group(struct world *w)
{
    struct db_tx tx = { 0 };
    struct err err;
    int64_t letters;

    OK(db_begin(w->home->db, &tx, &err));
    OK(ending_close(&w->gate, &w->who, w->group.id, "Thank you all.", &letters, &err));
    OK(db_commit(&tx, &err));
    assert_int_equal(letters, how_many());
}

static enum rc one_batch(struct gate *gate, struct group_id group, struct err *err)
{
    struct db_tx tx = { 0 };

    if (db_begin(gate->store.db, &tx, err))
        return err->rc;
    if (ending_letters(gate, group, err)) {
        db_tx_done(&tx);
        return err->rc;
    }
    return db_commit(&tx, err);
}

static bool is_done(struct world *w)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    struct goodbye g;
    struct err err;

    OK(goodbye_get(&w->gate.store, w->group.id, mem, &g, &err));
    return g.done_ms != 0;
}

static void child_writes(const char *path, struct practice_id practice, struct group_id group)
{
    struct home *home = NULL;
    struct gate gate;
    struct err err;

    if (home_open(path, HOME_WITH_KEYS, &home, &err) || gate_open(home, practice, &gate, &err))
        _exit(1);
    for (;;)
        rc_ignore(one_batch(&gate, group, &err), "until it is killed");
}

static void nobody_is_missed_and_nobody_gets_two(void **state)
{
    struct world w;
    struct practice_id practice;
    const char *path;
    struct err err;
    int killed = 0, batches = 0;

    (void)state;
    world_start(&w);
    fill(&w);
    add_other_group(&w);
    end_group(&w);
    practice = w.gate.store.practice;
    path = arena_strdup(w.mem, w.home->path);
    gate_close(&w.gate);
    home_close(&w.home); /* a connection does not go through a fork */
    for (; killed < 6; killed++) {
        const pid_t child = fork();
        int status;

        if (child == 0)
            child_writes(path, practice, w.group.id);
        usleep(40000 + 17000 * (useconds_t)killed);
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
    }
    OK(home_open(path, HOME_WITH_KEYS, &w.home, &err));
    home_set_time(w.home, NOW0);
    OK(gate_open(w.home, practice, &w.gate, &err));
    while (!is_done(&w) && batches++ < BATCHES_MAX)
        OK(one_batch(&w.gate, w.group.id, &err));
    assert_true(is_done(&w));
    OK(one_batch(&w.gate, w.group.id, &err)); /* once more than needed */
    w.h.db = NULL;
    assert_int_equal(help_int(&w.h, "SELECT COUNT(*)" GIVEN_BACK), how_many());
    assert_int_equal(help_int(&w.h, "SELECT COUNT(DISTINCT d.person_id)" GIVEN_BACK), how_many());
    assert_int_equal(help_int(&w.h, "SELECT COUNT(*) FROM post WHERE state <> 8"), 1);
    assert_int_equal(help_int(&w.h, "SELECT COUNT(*)" GOODBYES), how_many());
    assert_int_equal(help_int(&w.h, "SELECT COUNT(DISTINCT d.person_id)" GOODBYES), how_many());
    assert_int_equal(help_int(&w.h, "SELECT COUNT(*) FROM due_job WHERE kind = 60"), 0);
    world_stop(&w);
}

/* A step that fails leaves neither its letters nor its place. */
static void a_batch_is_whole_or_absent(void **state)
{
    struct world w;
    struct err err;
    bool has_failed = true;

    (void)state;
    world_start(&w);
    for (int i = 0; i < 3; i++)
        world_join(&w, arena_printf(w.mem, "Rose%c", 'a' + i), arena_printf(w.mem, "r%d@example.net", i));
    {
        struct db_tx tx = { 0 };
        int64_t letters;

        OK(db_begin(w.home->db, &tx, &err));
        OK(ending_close(&w.gate, &w.who, w.group.id, NULL, &letters, &err));
        OK(db_commit(&tx, &err));
        assert_int_equal(letters, 3);
    }
    for (int64_t n = 1; has_failed; n++) {
        db_fail_after(w.home->db, n);
        has_failed = one_batch(&w.gate, w.group.id, &err) != RC_OK;
        db_fail_after(w.home->db, 0);
        assert_int_equal(help_int(&w.h, "SELECT COUNT(*)" GOODBYES), has_failed ? 0 : 3);
        assert_int_equal(is_done(&w), !has_failed);
    }
    world_stop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_is_missed_and_nobody_gets_two),
        cmocka_unit_test(a_batch_is_whole_or_absent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
