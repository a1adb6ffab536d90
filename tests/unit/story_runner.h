/*
 * story_runner: tells random stories, each in a process of its own (the test's program, started again with a seed and steps), and makes a failing one
 * short before it shows it.
 *
 * Shape    PROGRAM                        the seeds of a quick run; all of them with POSTCIRCLE_SOAK
 *          PROGRAM SEED [STEP,STEP…]      one story, or only these steps of it: play
 *          What a story says goes to dir/said, what it logs to dir/RUNNER_LOG; the one that includes this defines RUNNER_NAME and RUNNER_LOG.
 */
#ifndef TESTS_UNIT_STORY_RUNNER_H
#define TESTS_UNIT_STORY_RUNNER_H

#include "store_help.h"

#include <sys/wait.h>

#define STEPS 60
#define STEPS_TEXT 512

#ifdef __has_feature
#define HAS_FEATURE(x) __has_feature(x)
#else
#define HAS_FEATURE(x) 0
#endif
/* about ten seconds of a processor in each flavour */
#if defined(__SANITIZE_ADDRESS__) || HAS_FEATURE(address_sanitizer)
#define QUICK_SEEDS 2
#else
#define QUICK_SEEDS 10
#endif

static char dir[64];

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
        execl("/proc/self/exe", RUNNER_NAME, number, text, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Adds up who died where: the line "…; died NAME COUNT NAME COUNT" of each practice. */
static void count_deaths(const char *const *names, size_t n, size_t *died)
{
    char path[96], line[1024];
    FILE *f;

    snprintf(path, sizeof path, "%s/said", dir);
    f = fopen(path, "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        const char *p = strstr(line, "; died ");

        for (size_t d = 0; p && d < n; d++) {
            p = strstr(p, names[d]) + strlen(names[d]);
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
    print_error("seed %" PRIu64 " fails; shortest: " RUNNER_NAME " %" PRIu64 " %s\n", seed, seed, text);
    show("said", 4096);
    show(RUNNER_LOG, 1500);
    return false;
}

/* Every seed; and in a long run each of these deaths must have struck: one that never does proves nothing. */
static void tell_stories(uint64_t soak_seeds, uint64_t quick_seeds, const char *const *names, size_t n)
{
    const bool is_soak = getenv("POSTCIRCLE_SOAK") != NULL;
    const uint64_t seeds = is_soak ? soak_seeds : quick_seeds;
    size_t died[16] = { 0 }, failed = 0;

    assert_true(n <= COUNT_OF(died));
    for (uint64_t seed = 1; seed <= seeds; seed++) {
        failed += !story_holds(seed);
        count_deaths(names, n, died);
    }
    for (size_t d = 0; d < n; d++) {
        print_message("died in %s: %zu\n", names[d], died[d]);
        failed += is_soak && died[d] < 10;
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

/* Without arguments all seeds, else one story. */
static int runner_main(int argc, char **argv, const char *name, CMUnitTestFunction stories,
                       int (*play)(uint64_t seed, const int *steps, size_t n))
{
    const struct CMUnitTest tests[] = { { name, stories, make_place, leave_place, NULL } };
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

#endif
