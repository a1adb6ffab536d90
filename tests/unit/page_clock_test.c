/* The clocks of alarms: read and printed, and which call comes when to how many. */
#include "schedules/page_clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct page_clock make(const char *text, int tier)
{
    struct page_clock clock;
    struct err err;

    assert_int_equal(page_clock_parse(text, tier, &clock, &err), RC_OK);
    return clock;
}

static void reads_and_prints(void **state)
{
    static const struct {
        int tier;
        const char *in, *want;
    } cases[] = {
        { 0, NULL, "repeat 5 next 10,20 command 15 claim 15 done 60" },
        { 1, "", "repeat 30 next 30,60 command 60 claim 60 done 120" },
        { 2, "", "repeat 60 next 60,120 command 120 claim 60 done 240" },
        { 0, " done 90  repeat 3", "repeat 3 next 10,20 command 15 claim 15 done 90" },
        { 1, "next 5", "repeat 30 next 5 command 60 claim 60 done 120" },
        { 2, "next 1,2,3,4,5,6,7,1440", "repeat 60 next 1,2,3,4,5,6,7,1440 command 120 claim 60 done 240" },
    };
    CLEANUP(arena_free) struct arena *mem = arena_new("test");

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct page_clock clock = make(cases[i].in, cases[i].tier);

        assert_string_equal(page_clock_print(&clock, mem), cases[i].want);
        clock = make(cases[i].want, cases[i].tier);
        assert_string_equal(page_clock_print(&clock, mem), cases[i].want);
    }
}

static void refuses(void **state)
{
    static const char *const cases[] = {
        "repeat", "repeat x",   "repeat 0",      "repeat -5", "repeat 1441",
        "five",   "next 20,10", "next 10,10",    "next 10,",  "next ,10",
        "next",   "often 5",    "repeat 5 next", "claim 1.5", "next 1,2,3,4,5,6,7,8,9"
    };
    struct page_clock clock;
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (page_clock_parse(cases[i], 0, &clock, &err) != RC_INPUT)
            fail_msg("\"%s\" was taken", cases[i]);
}

static void calls_come_when_they_should(void **state)
{
    static const int64_t want[] = { 3, 5, 6, 9, 10, 12, 15, 18 };
    static const size_t reach[] = { 1, 2, 2, 2, 3, 3, 4, 5 };
    const struct page_clock clock = make("repeat 3 next 5,10 command 10", 0);
    int64_t at_ms = 0;

    (void)state;
    assert_int_equal(page_clock_reach(&clock, 0), 1);
    for (size_t i = 0; i < COUNT_OF(want); i++) {
        const int64_t next_ms = page_clock_next_ms(&clock, at_ms);

        assert_int_equal(next_ms, want[i] * MS_MINUTE);
        assert_int_equal(page_clock_last_ms(&clock, next_ms), next_ms);
        assert_int_equal(page_clock_last_ms(&clock, next_ms - 1), at_ms);
        assert_int_equal(page_clock_reach(&clock, next_ms), reach[i]);
        assert_int_equal(page_clock_has_command(&clock, next_ms), want[i] >= 10);
        at_ms = next_ms;
    }
    assert_int_equal(page_clock_last_ms(&clock, -5), 0);
    assert_int_equal(page_clock_next_ms(&clock, -5), 3 * MS_MINUTE);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_prints),
        cmocka_unit_test(refuses),
        cmocka_unit_test(calls_come_when_they_should),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
