/* Faults, kept in a small file: they page when they last, once for all processes, and are forgotten when they are over. */
#include "gateway/home/fault.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

struct box {
    char home[64], file[96];
};

static int start(void **state)
{
    static struct box b;
    char run[96];

    snprintf(b.home, sizeof b.home, "/tmp/postcircle-unit.XXXXXX");
    assert_non_null(mkdtemp(b.home));
    snprintf(run, sizeof run, "%s/run", b.home);
    assert_int_equal(mkdir(run, 0700), 0);
    snprintf(b.file, sizeof b.file, "%s/run/faults", b.home);
    fault_prepare(b.home);
    *state = &b;
    return 0;
}

static int stop(void **state)
{
    struct box *b = *state;
    char run[96];

    snprintf(run, sizeof run, "%s/run", b->home);
    unlink(b->file);
    rmdir(run);
    rmdir(b->home);
    return 0;
}

/* Moves the n-th number of the file (since and last of each fault, then the time of the last page) into the past. */
static void age(const struct box *b, long n, int64_t ms)
{
    int64_t v = 0;
    const int fd = open(b->file, O_RDWR | O_CLOEXEC);

    assert_true(fd >= 0 && pread(fd, &v, sizeof v, n * (long)sizeof v) == sizeof v);
    v -= ms;
    assert_int_equal(pwrite(fd, &v, sizeof v, n * (long)sizeof v), sizeof v);
    close(fd);
}

#define SINCE(fault) (2 * (fault))
#define LAST(fault) (2 * (fault) + 1)
#define CALLED (2 * FAULT_COUNT)

static void lasts(const struct box *b, enum fault fault)
{
    assert_true(fault_note(b->home, fault));
    age(b, SINCE(fault), FAULT_PATIENCE_MS);
    age(b, LAST(fault), FAULT_PATIENCE_MS);
    assert_true(fault_note(b->home, fault));
}

static void what_is_over_at_once_calls_nobody(void **state)
{
    const struct box *b = *state;

    assert_true(fault_note(b->home, FAULT_SORT));
    assert_true(fault_note(b->home, FAULT_SORT));
    assert_false(fault_take_call(b->home));
    lasts(b, FAULT_RELAY);
    fault_clear(b->home, FAULT_RELAY);
    assert_false(fault_take_call(b->home));
}

static void what_lasts_pages_once_and_again_later(void **state)
{
    const struct box *b = *state;
    int64_t faults;

    lasts(b, FAULT_SORT);
    lasts(b, FAULT_DISK);
    assert_true(fault_take_call(b->home));
    assert_false(fault_take_call(b->home));
    assert_int_equal(fault_calls_to_audit(b->home, &faults), 1);
    assert_int_equal(faults, 1 << FAULT_SORT | 1 << FAULT_DISK);
    age(b, CALLED, FAULT_REST_MS);
    assert_true(fault_take_call(b->home));
    assert_int_equal(fault_calls_to_audit(b->home, &faults), 2);
    fault_audited(b->home, 2);
    assert_int_equal(fault_calls_to_audit(b->home, &faults), 0);
    assert_int_equal(faults, 0);
}

static void what_nobody_noted_again_is_well(void **state)
{
    const struct box *b = *state;

    lasts(b, FAULT_SORT);
    age(b, LAST(FAULT_SORT), FAULT_STALE_MS);
    assert_false(fault_take_call(b->home));
    assert_true(fault_note(b->home, FAULT_SORT)); /* a new one */
    assert_false(fault_take_call(b->home));
    lasts(b, FAULT_INTAKE); /* mail servers come again after minutes */
    age(b, LAST(FAULT_INTAKE), FAULT_STALE_MS);
    age(b, SINCE(FAULT_INTAKE), FAULT_STALE_MS);
    assert_true(fault_take_call(b->home));
}

#define OTHER_LIFE_MS (-10000 * MS_DAY) /* ahead of what any machine has run */

/* The machine was started anew: its steady time is small again. */
static void what_lies_ahead_is_of_another_life(void **state)
{
    const struct box *b = *state;

    lasts(b, FAULT_SORT);
    age(b, SINCE(FAULT_SORT), OTHER_LIFE_MS);
    age(b, LAST(FAULT_SORT), OTHER_LIFE_MS);
    age(b, CALLED, OTHER_LIFE_MS);
    assert_false(fault_take_call(b->home));
    lasts(b, FAULT_SORT);
    assert_true(fault_take_call(b->home));
}

static void what_cannot_be_kept_is_told(void **state)
{
    (void)state;
    assert_false(fault_note("/nonexistent", FAULT_SORT));
    assert_false(fault_take_call("/nonexistent"));
    fault_clear("/nonexistent", FAULT_SORT);
    assert_false(fault_is_disk_full("/nonexistent"));
    assert_false(fault_is_disk_full("/tmp"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(what_is_over_at_once_calls_nobody), TEST(what_lasts_pages_once_and_again_later),
        TEST(what_nobody_noted_again_is_well),   TEST(what_lies_ahead_is_of_another_life),
        TEST(what_cannot_be_kept_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
