#include "schedules/said.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

typedef enum rc say_fn(const struct said_in *, int64_t, struct arena *, char **, struct err *);

static int64_t utc(const char *stamp)
{
    int64_t ms = 0;
    struct err err;

    assert_int_equal(clock_parse(stamp, &ms, &err), RC_OK);
    return ms;
}

static void words(void **state)
{
    static const struct {
        say_fn *say;
        enum person_language language;
        const char *at, *want;
    } cases[] = {
        { said_moment, LANGUAGE_ENGLISH, "2026-03-03T13:00:00Z", "Tuesday, March 3, 8:00 AM" },
        { said_moment, LANGUAGE_SPANISH, "2026-03-03T13:00:00Z", "martes 3 de marzo, 8:00" },
        { said_moment, LANGUAGE_ENGLISH, "2027-01-01T05:00:00Z", "Friday, January 1, 2027, 12:00 AM" },
        { said_moment, LANGUAGE_SPANISH, "2027-01-01T05:00:00Z", "viernes 1 de enero de 2027, 0:00" },
        { said_day, LANGUAGE_ENGLISH, "2026-03-04T04:59:00Z", "Tuesday, March 3" },
        { said_day, LANGUAGE_SPANISH, "2028-02-29T12:00:00Z", "martes 29 de febrero de 2028" },
        { said_short_day, LANGUAGE_ENGLISH, "2026-03-03T13:00:00Z", "Tue March 3" },
        { said_short_day, LANGUAGE_SPANISH, "2026-03-04T13:00:00Z", "mié 4 de marzo" },
        { said_time, LANGUAGE_ENGLISH, "2026-03-03T17:05:00Z", "12:05 PM" },
        { said_time, LANGUAGE_ENGLISH, "2026-03-03T23:30:00Z", "6:30 PM" },
        { said_time, LANGUAGE_SPANISH, "2026-03-03T23:30:00Z", "18:30" },
        { said_relative_day, LANGUAGE_ENGLISH, "2026-03-09T03:59:00Z", "yesterday" }, /* a day of 23 hours */
        { said_relative_day, LANGUAGE_ENGLISH, "2026-03-09T04:00:00Z", "today" },
        { said_relative_day, LANGUAGE_SPANISH, "2026-03-08T12:00:00Z", "ayer" },
        { said_relative_day, LANGUAGE_SPANISH, "2026-03-10T04:00:00Z", "mañana" },
        { said_relative_day, LANGUAGE_ENGLISH, "2026-03-03T13:00:00Z", "Tuesday" },
        { said_relative_day, LANGUAGE_ENGLISH, "2026-03-02T13:00:00Z", "Mon March 2" },
        { said_relative_day, LANGUAGE_SPANISH, "2026-03-11T13:00:00Z", "mié 11 de marzo" },
    };
    CLEANUP(arena_free) struct arena *mem = arena_new("test");
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct said_in in = { cases[i].language, "America/New_York", utc("2026-03-09T12:00:00Z") };
        char *text = NULL;

        assert_int_equal(cases[i].say(&in, utc(cases[i].at), mem, &text, &err), RC_OK);
        assert_string_equal(text, cases[i].want);
    }
}

static void minutes_of_the_day(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("test");

    (void)state;
    assert_string_equal(said_minute(LANGUAGE_ENGLISH, 0, mem), "12:00 AM");
    assert_string_equal(said_minute(LANGUAGE_ENGLISH, 13 * 60 + 5, mem), "1:05 PM");
    assert_string_equal(said_minute(LANGUAGE_SPANISH, 13 * 60 + 5, mem), "13:05");
    assert_string_equal(said_weekday(LANGUAGE_ENGLISH, 0), "Sunday");
    assert_string_equal(said_weekday(LANGUAGE_SPANISH, 6), "sábado");
}

static void bad_input(void **state)
{
    const struct said_in nowhere = { LANGUAGE_ENGLISH, "No/Where", 0 }, far = { LANGUAGE_ENGLISH, "UTC", INT64_MAX };
    CLEANUP(arena_free) struct arena *mem = arena_new("test");
    struct err err;
    char *text = NULL;

    (void)state;
    assert_int_equal(said_day(&nowhere, 0, mem, &text, &err), RC_NOT_FOUND);
    assert_int_equal(said_time(&far, 0, mem, &text, &err), RC_INPUT);
    assert_null(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(words), cmocka_unit_test(minutes_of_the_day),
                                        cmocka_unit_test(bad_input) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
