/*
 * gateway/digest/text_digest: the process that makes digests by text is killed at each of its calls of the database, so also before and after each commit.
 * Whoever starts next loses nothing and says nothing twice. A day for each death: a note in the morning, its digest at six.
 */
#include "text_digest_help.h"

#include <sys/wait.h>

#define READERS 3
static const char *const numbers[READERS] = { "+15555550101", "+15555550102", "+15555550103" };

/* Every call in a long run; else one of thirteen. */
static int64_t next_call(int64_t n)
{
    return n + (getenv("POSTCIRCLE_SOAK") ? 1 : 13);
}

static void close_home(struct circle *c)
{
    gate_close(&c->g.gate);
    home_close(&c->home);
}

static void open_home(struct circle *c, struct practice_id practice, const struct practice_facts *facts, int64_t now_ms)
{
    struct err err;

    HELP_OK(home_open(arena_printf(c->mem, "%s/home", c->g.h.dir), HOME_WITH_KEYS, &c->home, &err));
    home_set_time(c->home, now_ms);
    HELP_OK(gate_open(c->home, practice, &c->g.gate, &err));
    c->g.gate.facts = *facts;
    c->g.h.db = c->home->db;
}

/* True: it was killed on its way. */
static bool clock_is_killed(struct circle *c, int64_t at_call)
{
    const struct practice_facts facts = c->g.gate.facts;
    const struct practice_id practice = c->g.gate.store.practice;
    const int64_t now_ms = gate_now_ms(&c->g.gate);
    int status = 0;
    pid_t pid;

    close_home(c);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct err err = { .rc = RC_OK };
        size_t did = 1;
        enum rc rc = RC_OK;

        open_home(c, practice, &facts, now_ms);
        db_die_after(c->home->db, at_call);
        while (!rc && did)
            rc = clock_work(&c->g.gate, &did, &err);
        if (db_is_dead(c->home->db))
            raise(SIGKILL);
        _exit(rc ? 1 : 0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    open_home(c, practice, &facts, now_ms);
    assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return WIFSIGNALED(status);
}

/* Each reader has this day's digest once, whole, and stands behind it once it has left. */
static void check_day(struct circle *c, const struct membership *readers, size_t day, const char *words, int64_t seq)
{
    for (size_t i = 0; i < READERS; i++) {
        struct text_out *newest;
        struct err err;
        size_t n;

        assert_int_equal(circle_count(c, arena_printf(c->mem,
                                                      "SELECT COUNT(*) FROM text_out WHERE state <> 10 AND person_id ="
                                                      " %" PRId64,
                                                      readers[i].person.v)),
                         day);
        HELP_OK(text_out_of_person(&c->g.gate.store, readers[i].person, (struct text_id){ 0 }, 1, c->mem, &newest, &n,
                                   &err));
        const struct text_out t = newest[0];

        assert_int_equal(t.kind, MAILING_TEXT_DIGEST);
        text_has(&t, words);
        assert_null(strstr(strstr(t.words, words) + 1, words));
    }
    assert_int_equal(text_leave(c), READERS);
    for (size_t i = 0; i < READERS; i++)
        assert_int_equal(text_cursor(c, &readers[i]), seq);
}

static void killed_at_any_call_nothing_is_lost_or_doubled(void **state)
{
    struct circle *c = *state;
    struct membership readers[READERS] = { c->rose, c->sam };
    size_t day = 1, deaths = 0;
    struct err err;
    int64_t call;

    CIRCLE_TX(c, readers[2] = gate_help_member(&c->g, "Ines", "ines@example.net", RHYTHM_DAILY));
    for (size_t i = 0; i < READERS; i++)
        text_member(c, &readers[i], numbers[i], 2);
    for (call = 1;; call = next_call(call), day++) {
        const char *const words = arena_printf(c->mem, "Walk number %zu was good.", day);
        bool is_killed;

        home_set_time(c->home, CIRCLE_START_MS + (int64_t)day * MS_DAY);
        c->g.now_ms = gate_now_ms(&c->g.gate);
        const struct post p = text_note(c, words);
        home_set_time(c->home, CIRCLE_START_MS + (int64_t)day * MS_DAY + 8 * MS_HOUR +
                                   30 * MS_MINUTE); /* 18:30, in summer 19:30 */
        is_killed = clock_is_killed(c, call);
        deaths += is_killed;
        circle_work(c);
        check_day(c, readers, day, words, p.published_seq);
        if (!is_killed)
            break;
    }
    print_message("%zu deaths, in up to %" PRId64 " calls of the database\n", deaths, call);
    assert_true(deaths > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(killed_at_any_call_nothing_is_lost_or_doubled, text_setup, circle_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
