/*
 * Random stories on the virtual clock: letters, decisions, deaths of roles, moods of the relay, jumps of the clock; after each step all promises of
 * DESIGN.md section 1 are looked at from outside (story_check.h). A failure is made short before it is shown.
 *
 *   stories_test                      the seeds of a quick run; all 200 with POSTCIRCLE_SOAK
 *   stories_test SEED [STEP,STEP…]    one story, or only these steps of it
 */
#include "store_help.h"
#include "story_desk.h"

#include "base/log.h"

#include <sys/wait.h>

#define STEPS 60
#define SOAK_SEEDS 200
/* about ten seconds of a processor in each flavour, and half as many on PostgreSQL, which works beside */
#ifdef __has_feature
#define HAS_FEATURE(x) __has_feature(x)
#else
#define HAS_FEATURE(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || HAS_FEATURE(address_sanitizer)
#define QUICK_SEEDS 2
#else
#define QUICK_SEEDS 10
#endif
#define STEPS_TEXT 512

/* --- one story, in a process of its own --------------------------------------------------------------------------------------------------- */

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

static size_t read_steps(const char *text, int steps[STEPS])
{
    size_t n = 0;

    while (text && *text && n < STEPS) {
        steps[n++] = (int)strtol(text, NULL, 10);
        text = strchr(text, ',');
        if (text)
            text++;
    }
    return n;
}

/* --- the one that starts them ---------------------------------------------------------------------------------------------------------------- */

static char dir[64];

static void write_steps(const int *steps, size_t n, char text[STEPS_TEXT])
{
    size_t at = 0;

    text[0] = '\0';
    for (size_t i = 0; i < n; i++)
        at += (size_t)snprintf(text + at, STEPS_TEXT - at, "%s%d", i ? "," : "", steps[i]);
}

/* True when it ended well. What it said is in dir/said. */
static bool holds(uint64_t seed, const int *steps, size_t n)
{
    char number[24], text[STEPS_TEXT], out[96];
    int status = 0;
    pid_t pid;

    snprintf(number, sizeof number, "%" PRIu64, seed);
    snprintf(out, sizeof out, "%s/said", dir);
    write_steps(steps, n, text);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (!freopen(out, "w", stdout))
            _exit(127);
        execl("/proc/self/exe", "stories_test", number, text, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Adds up who died where. */
static void count_deaths(size_t died[DEATH_COUNT])
{
    char path[96], line[1024];
    FILE *f;

    snprintf(path, sizeof path, "%s/said", dir);
    f = fopen(path, "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        const char *p = strstr(line, "; died ");

        for (enum death d = 0; p && d < DEATH_COUNT; d++) {
            p = strstr(p, death_names[d]) + strlen(death_names[d]);
            died[d] += (size_t)strtol(p, NULL, 10);
        }
    }
    fclose(f);
}

/* Leaves out steps while it still fails: halves first, then one by one. */
static size_t shrink(uint64_t seed, int *steps, size_t n)
{
    for (size_t size = n / 2; size; size /= 2)
        for (size_t at = 0; at + size <= n;) {
            int fewer[STEPS];

            memcpy(fewer, steps, at * sizeof *steps);
            memcpy(fewer + at, steps + at + size, (n - at - size) * sizeof *steps);
            if (holds(seed, fewer, n - size)) {
                at += size;
                continue;
            }
            memcpy(steps, fewer, (n - size) * sizeof *steps);
            n -= size;
        }
    return n;
}

static void show(const char *name, size_t last_bytes)
{
    char path[96], text[4097];
    FILE *f;
    size_t n;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    f = fopen(path, "r");
    if (!f)
        return;
    fseek(f, 0, SEEK_END);
    fseek(f, ftell(f) > (long)last_bytes ? -(long)last_bytes : -ftell(f), SEEK_END);
    n = fread(text, 1, sizeof text - 1, f);
    text[n] = '\0';
    fclose(f);
    print_error("%s\n", text);
}

static bool story_holds(uint64_t seed)
{
    int steps[STEPS];
    char text[STEPS_TEXT];
    size_t n = STEPS;

    for (int i = 0; i < STEPS; i++)
        steps[i] = i + 1;
    if (holds(seed, steps, n))
        return true;
    n = shrink(seed, steps, n);
    if (holds(seed, steps, n))
        print_error("seed %" PRIu64 " failed once, and not again\n", seed);
    write_steps(steps, n, text);
    print_error("seed %" PRIu64 " fails; shortest: stories_test %" PRIu64 " %s\n", seed, seed, text);
    show("said", 4096);
    show(STORY_LOG, 1500);
    return false;
}

static void random_stories_keep_every_promise(void **state)
{
    const bool is_soak = getenv("POSTCIRCLE_SOAK") != NULL;
    const uint64_t seeds = is_soak ? SOAK_SEEDS : help_is_pg() ? QUICK_SEEDS / 2 : QUICK_SEEDS;
    size_t died[DEATH_COUNT] = { 0 }, failed = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= seeds; seed++) {
        failed += !story_holds(seed);
        count_deaths(died);
    }
    for (enum death d = 0; d < DEATH_COUNT; d++) {
        print_message("died in %s: %zu\n", death_names[d], died[d]);
        failed += is_soak && died[d] < 10; /* a death that never strikes proves nothing */
    }
    assert_int_equal(failed, 0);
}

static int make_place(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "%s/postcircle-story.XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    return mkdtemp(dir) && setenv("POSTCIRCLE_TEST_DIR", dir, 1) == 0 ? 0 : -1;
}

static int leave_place(void **state)
{
    (void)state;
    return nftw(dir, help_unlink, 8, FTW_DEPTH | FTW_PHYS);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(random_stories_keep_every_promise, make_place,
                                                                        leave_place) };
    int steps[STEPS];
    size_t n = STEPS;

    if (argc < 2)
        return cmocka_run_group_tests(tests, NULL, NULL);
    if (!getenv("POSTCIRCLE_BUILD")) {
        printf("set POSTCIRCLE_BUILD=build/release, where postcircle-parse is\n");
        return 2;
    }
    if (!getenv("POSTCIRCLE_TEST_DIR"))
        setenv("POSTCIRCLE_TEST_DIR", "/tmp", 1);
    for (int i = 0; i < STEPS; i++)
        steps[i] = i + 1;
    if (argc > 2)
        n = read_steps(argv[2], steps);
    return play(strtoull(argv[1], NULL, 10), steps, n);
}
