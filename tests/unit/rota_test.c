/* Shifts: read and printed, on and off at the right instants, also when the clocks change. */
#include "schedules/rota.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define ZONE "America/New_York"

static int64_t utc(const char *stamp)
{
    int64_t ms = 0;
    struct err err;

    assert_int_equal(clock_parse(stamp, &ms, &err), RC_OK);
    return ms;
}

static struct rota_shift make(const char *text)
{
    struct rota_shift s;
    struct err err;

    assert_int_equal(rota_parse(text, &s, &err), RC_OK);
    return s;
}

static void reads_and_prints(void **state)
{
    static const struct {
        const char *in, *want;
    } cases[] = {
        { "Mon-Fri 17:00-08:00", "Mon-Fri 17:00-08:00" },
        { " lun-vie 17-8 ", "Mon-Fri 17:00-08:00" },
        { "Sat,Sun 00:00-24:00", "Sat Sun 00:00-24:00" },
        { "fri-mon 8-9", "Mon Fri-Sun 08:00-09:00" },
        { "sunday 8:30-8:30", "Sun 08:30-08:30" },
        { "2026-12-24 17:00 - 2026-12-27 08:00", "2026-12-24 17:00 - 2026-12-27 08:00" },
        { "2026-12-24 17:00 2026-12-25 24:00", "2026-12-24 17:00 - 2026-12-25 24:00" },
    };
    CLEANUP(arena_free) struct arena *mem = arena_new("test");

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct rota_shift s = make(cases[i].in);

        assert_string_equal(rota_print(&s, mem), cases[i].want);
        s = make(cases[i].want);
        assert_string_equal(rota_print(&s, mem), cases[i].want);
    }
}

static void refuses(void **state)
{
    static const char *const cases[] = { "",
                                         "Mon",
                                         "17:00-08:00",
                                         "Mon 25:00-26:00",
                                         "Mon 8-9 10-11",
                                         "Mon 8-9 Tue 8-9",
                                         "Monx 8-9",
                                         "2026-13-01 08:00 - 2026-13-02 08:00",
                                         "2026-02-30 08:00 - 2026-03-02 08:00",
                                         "2026-12-24 17:00",
                                         "2026-12-24 17:00 - 2026-12-24 17:00",
                                         "2026-12-24 17:00 - 2026-12-23 18:00",
                                         "2026-12-24 24:30 - 2026-12-26 08:00",
                                         "2026-12-24 17:00 - 2026-12-26 08:00 x",
                                         "Mon 24:00-08:00",
                                         "Mon \xff 8-9" };
    struct rota_shift s;
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (rota_parse(cases[i], &s, &err) != RC_INPUT)
            fail_msg("\"%s\" was taken", cases[i]);
}

static void is_on_at_the_right_moments(void **state)
{
    static const struct {
        const char *shift, *at;
        bool want;
    } cases[] = {
        { "Mon-Fri 17:00-08:00", "2026-11-20T21:59:59Z", false }, /* Friday 16:59:59 */
        { "Mon-Fri 17:00-08:00", "2026-11-20T22:00:00Z", true },
        { "Mon-Fri 17:00-08:00", "2026-11-21T12:59:59Z", true }, /* Saturday 07:59:59: Friday's */
        { "Mon-Fri 17:00-08:00", "2026-11-21T13:00:00Z", false },
        { "Mon-Fri 17:00-08:00", "2026-11-22T23:00:00Z", false }, /* Sunday evening */
        { "Sat Sun 00:00-24:00", "2026-11-21T05:00:00Z", true },
        { "Sat Sun 00:00-24:00", "2026-11-23T04:59:59Z", true },
        { "Sat Sun 00:00-24:00", "2026-11-23T05:00:00Z", false },
        { "Sun 08:30-08:30", "2026-11-23T13:29:59Z", true }, /* a whole day */
        { "2026-12-24 17:00 - 2026-12-27 08:00", "2026-12-24T21:59:59Z", false },
        { "2026-12-24 17:00 - 2026-12-27 08:00", "2026-12-26T03:00:00Z", true },
        { "2026-12-24 17:00 - 2026-12-27 08:00", "2026-12-27T13:00:00Z", false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct rota_shift s = make(cases[i].shift);
        struct err err;
        bool is_on;

        assert_int_equal(rota_is_on(&s, ZONE, utc(cases[i].at), &is_on, &err), RC_OK);
        if (is_on != cases[i].want)
            fail_msg("%s at %s: %d", cases[i].shift, cases[i].at, is_on);
    }
}

/* Whatever the clocks do, of two shifts that meet exactly one is on at each instant. */
static void no_gap_and_no_overlap_when_the_clocks_change(void **state)
{
    static const char *const nights[] = { "2026-03-08T00:00:00Z", "2026-11-01T00:00:00Z" };
    static const char *const meets[] = { "08:00-02:30", "02:30-08:00", "08:00-01:30", "01:30-08:00" };
    struct err err;

    (void)state;
    for (size_t m = 0; m < COUNT_OF(meets); m += 2) {
        char text[2][32];

        snprintf(text[0], sizeof text[0], "Sun-Sat %s", meets[m]);
        snprintf(text[1], sizeof text[1], "Sun-Sat %s", meets[m + 1]);
        for (size_t n = 0; n < COUNT_OF(nights); n++)
            for (int64_t at = utc(nights[n]), end = at + 24 * MS_HOUR; at < end; at += 5 * MS_MINUTE) {
                const struct rota_shift a = make(text[0]), b = make(text[1]);
                bool is_a, is_b;

                assert_int_equal(rota_is_on(&a, ZONE, at, &is_a, &err), RC_OK);
                assert_int_equal(rota_is_on(&b, ZONE, at, &is_b, &err), RC_OK);
                assert_true(is_a != is_b);
            }
    }
}

static void a_night_has_the_length_that_the_clocks_give_it(void **state)
{
    const struct rota_shift s = make("Sat 20:00-08:00");
    int64_t from, to;
    struct err err;

    (void)state;
    assert_int_equal(rota_span(&s, ZONE, utc("2026-03-08T05:00:00Z"), &from, &to, &err), RC_OK);
    assert_int_equal(to - from, 11 * MS_HOUR);
    assert_int_equal(rota_span(&s, ZONE, utc("2026-11-01T05:00:00Z"), &from, &to, &err), RC_OK);
    assert_int_equal(to - from, 13 * MS_HOUR);
}

static void tells_the_next_span_and_the_end(void **state)
{
    const struct rota_shift weekly = make("Mon 09:00-10:00"), dated = make("2026-12-24 17:00 - 2026-12-27 08:00");
    int64_t from, to;
    struct err err;
    bool is_on = true;

    (void)state;
    assert_int_equal(rota_span(&weekly, ZONE, utc("2026-11-23T15:00:00Z"), &from, &to, &err), RC_OK);
    assert_int_equal(from, utc("2026-11-30T14:00:00Z")); /* just over: a week later */
    assert_int_equal(rota_span(&dated, ZONE, utc("2027-01-01T00:00:00Z"), &from, &to, &err), RC_NOT_FOUND);
    assert_int_equal(rota_is_on(&dated, ZONE, utc("2027-01-01T00:00:00Z"), &is_on, &err), RC_OK);
    assert_false(is_on);
    assert_int_equal(rota_is_on(&dated, "No/Where", 0, &is_on, &err), RC_NOT_FOUND);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_prints),
        cmocka_unit_test(refuses),
        cmocka_unit_test(is_on_at_the_right_moments),
        cmocka_unit_test(no_gap_and_no_overlap_when_the_clocks_change),
        cmocka_unit_test(a_night_has_the_length_that_the_clocks_give_it),
        cmocka_unit_test(tells_the_next_span_and_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
