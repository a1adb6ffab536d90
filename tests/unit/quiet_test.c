/* schedules/quiet: presets, hours of one's own, the outer limit, zones. */
#include "schedules/quiet.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static int64_t utc(const char *stamp)
{
    int64_t ms = 0;
    struct err err;

    assert_int_equal(clock_parse(stamp, &ms, &err), RC_OK);
    return ms;
}

/* 2 March 2026 is a Monday; New York is at UTC-5 until the 8th. */
static void windows(void **state)
{
    static const struct {
        const char *text, *zone, *at, *from, *until;
    } cases[] = {
        { "", "America/New_York", "2026-03-02T13:59:00Z", "2026-03-02T14:00:00Z", "2026-03-03T01:00:00Z" },
        { "usual", "America/New_York", "2026-03-02T20:00:00Z", "2026-03-02T20:00:00Z", "2026-03-03T01:00:00Z" },
        { "usual", "America/New_York", "2026-03-03T01:00:00Z", "2026-03-03T14:00:00Z", "2026-03-04T01:00:00Z" },
        { "usual", "America/Los_Angeles", "2026-03-02T14:00:00Z", "2026-03-02T17:00:00Z", "2026-03-03T04:00:00Z" },
        { "usual", "America/New_York", "2026-03-08T07:00:00Z", "2026-03-08T13:00:00Z", "2026-03-09T00:00:00Z" },
        { "fl", "America/New_York", "2026-03-02T10:00:00Z", "2026-03-02T13:00:00Z", "2026-03-03T01:00:00Z" },
        { "TX", "America/Chicago", "2026-03-07T14:00:00Z", "2026-03-07T15:00:00Z", "2026-03-08T03:00:00Z" },
        { "TX", "America/Chicago", "2026-03-08T14:00:00Z", "2026-03-08T17:00:00Z", "2026-03-09T02:00:00Z" },
        { "RI", "America/New_York", "2026-03-02T23:30:00Z", "2026-03-03T14:00:00Z", "2026-03-03T23:00:00Z" },
        { "RI", "America/New_York", "2026-03-07T10:00:00Z", "2026-03-07T15:00:00Z", "2026-03-07T22:00:00Z" },
        { "FR", "Europe/Paris", "2026-03-07T22:00:00Z", "2026-03-09T07:00:00Z", "2026-03-09T20:00:00Z" },
        { "FR", "Europe/Paris", "2026-03-03T21:00:00Z", "2026-03-05T07:00:00Z", "2026-03-05T20:00:00Z" }, /* holiday */
        { "usual", "Europe/Paris", "2026-03-03T21:00:00Z", "2026-03-04T08:00:00Z", "2026-03-04T19:00:00Z" },
        { "Mon-Sun 06:00-23:00", "UTC", "2026-03-02T05:00:00Z", "2026-03-02T08:00:00Z", "2026-03-02T21:00:00Z" },
        { "Mon-Fri 10:00-12:00", "UTC", "2026-03-06T12:00:00Z", "2026-03-09T10:00:00Z", "2026-03-09T12:00:00Z" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct quiet q;
        struct err err;
        int64_t from, until;

        assert_int_equal(quiet_parse(cases[i].text, "2026-03-04", cases[i].zone, &q, &err), RC_OK);
        assert_int_equal(quiet_window(&q, utc(cases[i].at), &from, &until, &err), RC_OK);
        if (from != utc(cases[i].from) || until != utc(cases[i].until))
            print_error("case %zu: %s at %s\n", i, cases[i].text, cases[i].at);
        assert_int_equal(from, utc(cases[i].from));
        assert_int_equal(until, utc(cases[i].until));
    }
}

static void what_is_refused(void **state)
{
    static const struct {
        const char *text, *zone;
        enum rc want;
    } cases[] = {
        { "always", "UTC", RC_INPUT },
        { "Mon-Sun 22:00-23:00", "UTC", RC_INPUT },
        { "Mon-Sun 02:00-08:00", "UTC", RC_INPUT },
        { "Mon 9-10 Mon 9-10", "UTC", RC_INPUT },
        { "usual", "Nowhere/Here", RC_NOT_FOUND },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct quiet q;
        struct err err;

        assert_int_equal(quiet_parse(cases[i].text, "", cases[i].zone, &q, &err), cases[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(windows), cmocka_unit_test(what_is_refused) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
