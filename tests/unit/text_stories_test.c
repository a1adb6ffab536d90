/*
 * Random stories of texts on the virtual clock: what members, strangers and staff write to two practices, what the provider makes of it, deaths of roles,
 * jumps of the clock; after each step the rules R1 to R22 of texts are looked at from outside (text_story_check.h, which says what is looked at where).
 * A failure is made short before it is shown (story_runner.h).
 */
#include "store_help.h"
#include "text_story_acts.h"

#include "base/log.h"

#define RUNNER_NAME "text_stories_test"
#define RUNNER_LOG TALE_LOG
#include "story_runner.h"

/* One story, in a process of its own. */
static int play(uint64_t seed, const int *steps, size_t n)
{
    static struct tale t;
    CLEANUP(arena_free) struct arena *mem = arena_new("log");
    const char *const log = arena_printf(mem, "%s/" TALE_LOG, getenv("POSTCIRCLE_TEST_DIR"));

    assert_non_null(freopen(log, "w", stderr));
    setvbuf(stderr, NULL, _IONBF, 0);
    log_setup(LOG_DEBUG, "tale");
    tale_start(&t, seed);
    tale_begin(&t);
    for (size_t i = 0; i < n; i++) {
        const char *const act = tale_step(&t, steps[i]);

        printf("%s%d %s", i ? ", " : "steps: ", steps[i], act);
    }
    printf("\n");
    tale_end(&t);
    printf("texts %zu out, %zu in, %zu notes; died", t.looked, t.heard_count, t.said_count);
    for (enum tale_role role = 0; role < ROLE_COUNT; role++)
        printf(" %s %zu", role_names[role], t.died[role]);
    printf("\n");
    tale_stop(&t);
    return 0;
}

/* Half as many on PostgreSQL, which works beside. */
static void random_stories_keep_every_rule(void **state)
{
    (void)state;
    tell_stories(300, help_is_pg() ? QUICK_SEEDS / 2 : QUICK_SEEDS, role_names, ROLE_COUNT);
}

int main(int argc, char **argv)
{
    return runner_main(argc, argv, "random_stories_keep_every_rule", random_stories_keep_every_rule, play);
}
