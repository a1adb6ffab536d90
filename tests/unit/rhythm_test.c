#include "schedules/rhythm.h"

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

static void closes(void **state)
{
    static const struct {
        const char *zone;
        int minute, weekday;
        const char *after, *want;
    } cases[] = {
        { "America/New_York", 480, RHYTHM_EVERY_DAY, "2026-03-07T12:59:59Z", "2026-03-07T13:00:00Z" },
        { "America/New_York", 480, RHYTHM_EVERY_DAY, "2026-03-07T13:00:00Z", "2026-03-08T12:00:00Z" }, /* 23 hours */
        { "America/New_York", 480, RHYTHM_EVERY_DAY, "2026-10-31T12:00:00Z", "2026-11-01T13:00:00Z" }, /* 25 hours */
        { "America/New_York", 150, RHYTHM_EVERY_DAY, "2026-03-08T00:00:00Z", "2026-03-08T07:00:00Z" }, /* 02:30: gap */
        { "America/New_York", 90, RHYTHM_EVERY_DAY, "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z" },  /* not twice */
        { "America/New_York", 1080, 2, "2026-03-03T23:00:00Z", "2026-03-10T22:00:00Z" }, /* Tuesdays 18:00 */
        { "America/New_York", 1080, 2, "2026-03-03T22:59:00Z", "2026-03-03T23:00:00Z" },
        { "Europe/Madrid", 0, 0, "2027-12-31T12:00:00Z", "2028-01-01T23:00:00Z" },
        { "UTC", 600, RHYTHM_EVERY_DAY, "2028-02-28T10:00:00Z", "2028-02-29T10:00:00Z" },
    };
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct rhythm r = { cases[i].zone, cases[i].minute, cases[i].weekday };
        int64_t ms = 0;

        assert_int_equal(rhythm_next_close(&r, utc(cases[i].after), &ms, &err), RC_OK);
        assert_int_equal(ms, utc(cases[i].want));
    }
}

static void one_close_each_day(void **state)
{
    const struct rhythm r = { "America/New_York", 150, RHYTHM_EVERY_DAY };
    int64_t ms = utc("2026-01-01T00:00:00Z"), last = ms;
    struct err err;
    int count = 0;

    (void)state;
    while (ms < utc("2029-01-01T05:00:00Z")) {
        assert_int_equal(rhythm_next_close(&r, ms, &ms, &err), RC_OK);
        assert_true(count == 0 || ms - last >= 23 * MS_HOUR);
        assert_true(ms - last <= 25 * MS_HOUR);
        last = ms;
        count++;
    }
    assert_int_equal(count, 365 + 365 + 366 + 1);
}

static void deliveries(void **state)
{
    static const struct {
        const char *close, *zone;
        int minute;
        const char *want;
    } cases[] = {
        { "2026-03-03T23:00:00Z", "America/New_York", 1080, "2026-03-03T23:00:00Z" }, /* at the close itself */
        { "2026-03-03T23:00:00Z", "America/New_York", 1079, "2026-03-04T22:59:00Z" },
        { "2026-03-03T23:00:00Z", "America/Los_Angeles", 480, "2026-03-04T16:00:00Z" },
        { "2026-10-31T12:01:00Z", "America/New_York", 480, "2026-11-01T12:01:00Z" }, /* never over 24 h */
    };
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t ms = 0;

        assert_int_equal(rhythm_due(utc(cases[i].close), cases[i].zone, cases[i].minute, &ms, &err), RC_OK);
        assert_int_equal(ms, utc(cases[i].want));
    }
}

static void quiet_hours(void **state)
{
    static const struct {
        int from, to;
        const char *at, *want;
    } cases[] = {
        { 480, 1260, "2026-06-01T16:00:00Z", "2026-06-01T16:00:00Z" },
        { 480, 1260, "2026-06-01T11:59:59Z", "2026-06-01T12:00:00Z" },
        { 480, 1260, "2026-06-02T01:00:00Z", "2026-06-02T12:00:00Z" }, /* 21:00 is over */
        { 480, 1260, "2026-03-08T02:00:00Z", "2026-03-08T12:00:00Z" }, /* the night is short */
        { 1200, 120, "2026-06-01T05:00:00Z", "2026-06-01T05:00:00Z" }, /* past midnight, still open */
        { 1200, 120, "2026-06-01T06:00:00Z", "2026-06-02T00:00:00Z" },
        { 0, 0, "2026-06-01T05:00:00Z", "2026-06-01T05:00:00Z" },
        { 120, 180, "2026-03-08T06:00:00Z", "2026-03-09T06:00:00Z" }, /* a window that fell into the gap */
    };
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t ms = 0;

        assert_int_equal(
            rhythm_next_allowed("America/New_York", cases[i].from, cases[i].to, utc(cases[i].at), &ms, &err), RC_OK);
        assert_int_equal(ms, utc(cases[i].want));
    }
}

static void bad_input(void **state)
{
    const struct rhythm minute = { "UTC", 1440, RHYTHM_EVERY_DAY }, weekday = { "UTC", 0, 7 }, zone = { "No", 0, 0 };
    struct err err;
    int64_t ms = 0;

    (void)state;
    assert_int_equal(rhythm_next_close(&minute, 0, &ms, &err), RC_INPUT);
    assert_int_equal(rhythm_next_close(&weekday, 0, &ms, &err), RC_INPUT);
    assert_int_equal(rhythm_next_close(&zone, 0, &ms, &err), RC_NOT_FOUND);
    assert_int_equal(rhythm_due(0, "UTC", -1, &ms, &err), RC_INPUT);
    assert_int_equal(rhythm_next_allowed("UTC", 0, 1440, 0, &ms, &err), RC_INPUT);
    assert_int_equal(rhythm_next_allowed("No", 0, 1, 0, &ms, &err), RC_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closes),      cmocka_unit_test(one_close_each_day), cmocka_unit_test(deliveries),
        cmocka_unit_test(quiet_hours), cmocka_unit_test(bad_input),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
