#include "schedules/hours.h"

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

static struct hours make(const char *text, const char *holidays)
{
    struct hours h;
    struct err err;

    assert_int_equal(hours_parse(text, holidays, "America/New_York", &h, &err), RC_OK);
    return h;
}

static void reads_and_prints(void **state)
{
    static const struct {
        const char *in, *want;
    } cases[] = {
        { HOURS_USUAL, "Mon-Fri 08:00-17:00" },
        { "  lun-vie 8:00-17 ", "Mon-Fri 08:00-17:00" },
        { "Lunes, Miércoles, sáb 9:30-12:00", "Mon 09:30-12:00; Wed 09:30-12:00; Sat 09:30-12:00" },
        { "Mon-Thu 13:00-17:00, 8:00-12:00; Fri 8:00-12:00", "Mon-Thu 08:00-12:00 13:00-17:00; Fri 08:00-12:00" },
        { "Sat-Sun 00:00-24:00", "Sat-Sun 00:00-24:00" },
        { "fri-mon 10-11", "Mon 10:00-11:00; Fri-Sun 10:00-11:00" },
        { "MONDAY 8-9, thurs 8-9", "Mon 08:00-09:00; Thu 08:00-09:00" },
    };
    CLEANUP(arena_free) struct arena *mem = arena_new("test");

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct hours h = make(cases[i].in, "");
        const char *text = hours_print(&h, mem);

        assert_string_equal(text, cases[i].want);
        h = make(text, "");
        assert_string_equal(hours_print(&h, mem), text);
    }
}

static void in_words(void **state)
{
    static const struct {
        const char *in, *english, *spanish;
    } cases[] = {
        { HOURS_USUAL, "Monday to Friday, 8:00 AM to 5:00 PM", "lunes a viernes, de 8:00 a 17:00" },
        { "Mon-Thu 8-12, 13-17:30; Sat 9:15-12:00",
          "Monday to Thursday, 8:00 AM to 12:00 PM and 1:00 PM to 5:30 PM; Saturday, 9:15 AM to 12:00 PM",
          "lunes a jueves, de 8:00 a 12:00 y de 13:00 a 17:30; sábado, de 9:15 a 12:00" },
        { "Sun 00:00-24:00", "Sunday, midnight to midnight", "domingo, de 0:00 a 24:00" },
    };
    CLEANUP(arena_free) struct arena *mem = arena_new("test");

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct hours h = make(cases[i].in, "");

        assert_string_equal(hours_say(&h, LANGUAGE_ENGLISH, mem), cases[i].english);
        assert_string_equal(hours_say(&h, LANGUAGE_SPANISH, mem), cases[i].spanish);
    }
}

static void bad_input(void **state)
{
    static const struct {
        const char *text, *holidays, *zone;
        enum rc want;
    } cases[] = {
        { "", "", "UTC", RC_INPUT },
        { "Mon-Fri", "", "UTC", RC_INPUT },
        { "8:00-17:00", "", "UTC", RC_INPUT },
        { "Mon 17:00-08:00", "", "UTC", RC_INPUT },
        { "Mon 08:00-24:01", "", "UTC", RC_INPUT },
        { "Mon 08:60-09:00", "", "UTC", RC_INPUT },
        { "Mon 08:00", "", "UTC", RC_INPUT },
        { "Mo 8-9", "", "UTC", RC_INPUT },
        { "Mon- 8-9", "", "UTC", RC_INPUT },
        { "Mon 8-10 9-11", "", "UTC", RC_INPUT },
        { "Mon 8-9 \xff", "", "UTC", RC_INPUT },
        { "Mon 8-9", "2026-02-29", "UTC", RC_INPUT },
        { "Mon 8-9", "25.12.2026", "UTC", RC_INPUT },
        { "Mon 8-9", "2026-12-25x", "UTC", RC_INPUT },
        { "Mon 8-9", "", "No/Where", RC_NOT_FOUND },
        { "Mon-Sun 1-2 2-3 3-4 4-5 5-6 6-7 7-8", "", "UTC", RC_LIMIT },
    };
    struct hours h;
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(hours_parse(cases[i].text, cases[i].holidays, cases[i].zone, &h, &err), cases[i].want);
    h = make("Mon 8-9", "");
    assert_int_equal(
        hours_working_ms_between(&h, utc("2010-01-01T00:00:00Z"), utc("2026-01-01T00:00:00Z"), &(int64_t){ 0 }, &err),
        RC_LIMIT);
    assert_int_equal(hours_add_working_ms(&h, INT64_MAX, 0, &(int64_t){ 0 }, &err), RC_INPUT);
}

static void open_or_not(void **state)
{
    static const struct {
        const char *at;
        bool want;
    } cases[] = {
        { "2026-03-06T13:00:00Z", true },                                     /* Friday 08:00 */
        { "2026-03-06T12:59:59Z", false }, { "2026-03-06T22:00:00Z", false }, /* 17:00 */
        { "2026-03-06T21:59:59Z", true },  { "2026-03-07T15:00:00Z", false }, /* Saturday */
        { "2026-03-09T12:00:00Z", true },                                     /* Monday 08:00 in summer time */
        { "2026-12-25T15:00:00Z", false },                                    /* holiday */
        { "2026-12-24T15:00:00Z", true },
    };
    const struct hours h = make(HOURS_USUAL, "2026-12-25, 2027-01-01");
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bool is_open = !cases[i].want;

        assert_int_equal(hours_is_open(&h, utc(cases[i].at), &is_open, &err), RC_OK);
        assert_int_equal(is_open, cases[i].want);
    }
}

/* Adding and counting are each other's check. */
static void working_time(void **state)
{
    static const struct {
        const char *hours, *start;
        int64_t ms;
        const char *want;
    } cases[] = {
        { HOURS_USUAL, "2026-03-06T20:00:00Z", 4 * MS_HOUR, "2026-03-09T14:00:00Z" }, /* over the change of clocks */
        { HOURS_USUAL, "2026-03-07T20:00:00Z", 9 * MS_HOUR, "2026-03-09T21:00:00Z" }, /* a whole day ends at 17:00 */
        { HOURS_USUAL, "2026-03-07T20:00:00Z", 0, "2026-03-09T12:00:00Z" },
        { HOURS_USUAL, "2026-03-09T12:00:00Z", 45 * MS_HOUR, "2026-03-13T21:00:00Z" },
        { HOURS_USUAL, "2026-12-24T21:00:00Z", 2 * MS_HOUR, "2026-12-28T14:00:00Z" }, /* Christmas and weekend */
        { "Mon-Fri 8-12 13-17", "2026-03-10T15:00:00Z", 2 * MS_HOUR, "2026-03-10T18:00:00Z" },
        { "Sun 0-24", "2026-03-08T05:00:00Z", 23 * MS_HOUR, "2026-03-09T04:00:00Z" }, /* a day of 23 hours */
        { "Sun 0-24", "2026-11-01T04:00:00Z", 25 * MS_HOUR, "2026-11-02T05:00:00Z" }, /* a day of 25 hours */
        { "Sun 2-3", "2026-03-08T05:00:00Z", MS_HOUR, "2026-03-15T07:00:00Z" },       /* the gap took one */
    };
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct hours h = make(cases[i].hours, "2026-12-25");
        const int64_t start = utc(cases[i].start);
        int64_t at = 0, ms = -1;

        assert_int_equal(hours_add_working_ms(&h, start, cases[i].ms, &at, &err), RC_OK);
        assert_int_equal(at, utc(cases[i].want));
        assert_int_equal(hours_working_ms_between(&h, start, at, &ms, &err), RC_OK);
        assert_int_equal(ms, cases[i].ms);
        assert_int_equal(hours_working_ms_between(&h, at, start - 1, &ms, &err), RC_OK);
        assert_int_equal(ms, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_prints), cmocka_unit_test(in_words),     cmocka_unit_test(bad_input),
        cmocka_unit_test(open_or_not),      cmocka_unit_test(working_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
