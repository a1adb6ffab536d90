/*
 * Random stories on the virtual clock: letters, decisions, deaths of roles, moods of the relay, jumps of the clock; after each step all promises of
 * DESIGN.md section 1 are looked at from outside (story_check.h). A failure is made short before it is shown (story_runner.h).
 */
#include "store_help.h"
#include "story_desk.h"

#include "base/log.h"

#define RUNNER_NAME "stories_test"
#define RUNNER_LOG STORY_LOG
#include "story_runner.h"

static void show_sums(struct story *s)
{
    printf("mails %zu, texts %zu, in doubt %zu, published %" PRId64 ", pages %" PRId64 "; died", s->c.mail_count,
           s->said_count, s->doubtful,
           story_ask(s, "SELECT count(*) FROM post WHERE practice_id = $1 AND published_seq IS NOT NULL", 0, 0),
           story_ask(s, "SELECT count(*) FROM page WHERE practice_id = $1", 0, 0));
    for (enum death d = 0; d < DEATH_COUNT; d++)
        printf(" %s %zu", death_names[d], s->died[d]);
    printf("\n");
}

/* One story, in a process of its own. */
static int play(uint64_t seed, const int *steps, size_t n)
{
    static struct story s, second;
    CLEANUP(arena_free) struct arena *mem = arena_new("log");
    const char *log = arena_printf(mem, "%s/" STORY_LOG, getenv("POSTCIRCLE_TEST_DIR"));

    assert_non_null(freopen(log, "w", stderr));
    setvbuf(stderr, NULL, _IONBF, 0);
    log_setup(LOG_DEBUG, "story");
    story_start(&s, story_mix(seed ^ UINT64_C(0x2B0)) % 5 < 2 ? &second : NULL, seed); /* two of five homes have two */
    for (size_t i = 0; i < n; i++) {
        const char *act = story_step(&s, steps[i]);

        printf("%s%d %s", i ? ", " : "steps: ", steps[i], act);
    }
    printf("\n");
    story_end(&s);
    show_sums(&s);
    if (s.other)
        show_sums(s.other);
    if (s.other)
        gate_close(&s.other->c.g.gate);
    circle_stop(&s.c);
    return 0;
}

/* Half as many on PostgreSQL, which works beside. */
static void random_stories_keep_every_promise(void **state)
{
    (void)state;
    tell_stories(200, help_is_pg() ? QUICK_SEEDS / 2 : QUICK_SEEDS, death_names, DEATH_COUNT);
}

int main(int argc, char **argv)
{
    return runner_main(argc, argv, "random_stories_keep_every_promise", random_stories_keep_every_promise, play);
}
