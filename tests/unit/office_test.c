/* When the weekly list of whom to call goes out: as the office opens on Monday, in the practice's own zone. */
#include "gate_help.h"

#include "gateway/say/office.h"

#define START_MS INT64_C(1772550000000)                   /* Tuesday, 3 March 2026, 10:00 in New York */
#define MONDAY_8_MS (START_MS + 6 * MS_DAY - 3 * MS_HOUR) /* 9 March, 8:00: the clocks have gone forward */

static const struct {
    const char *name, *zone, *hours, *holidays;
    int64_t now_ms, want_ms;
} cases[] = {
    { "opening hour", "America/New_York", "Mon-Fri 08:00-17:00", "", START_MS, MONDAY_8_MS },
    { "Sunday there, Monday in UTC", "America/New_York", "Mon-Fri 08:00-17:00", "", MONDAY_8_MS - 11 * MS_HOUR,
      MONDAY_8_MS },
    { "on Monday itself the next one", "America/New_York", "Mon-Fri 08:00-17:00", "", MONDAY_8_MS,
      MONDAY_8_MS + 7 * MS_DAY },
    { "a holiday", "America/New_York", "Mon-Fri 08:00-17:00", "2026-03-09", START_MS, MONDAY_8_MS + MS_DAY },
    { "closed on Mondays", "America/New_York", "Tue-Fri 10:00-17:00", "", START_MS,
      MONDAY_8_MS + MS_DAY + 2 * MS_HOUR },
    { "no hours: nine", "America/New_York", "", "", START_MS, MONDAY_8_MS + MS_HOUR },
    { "another zone", "America/Los_Angeles", "Mon-Fri 08:00-17:00", "", START_MS, MONDAY_8_MS + 3 * MS_HOUR },
};

static void the_list_goes_as_the_office_opens(void **state)
{
    struct gate_help g;

    (void)state;
    gate_help_start(&g);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        g.now_ms = cases[i].now_ms;
        g.gate.facts.zone = cases[i].zone;
        g.gate.facts.office_hours = cases[i].hours;
        g.gate.facts.holidays = cases[i].holidays;
        if (office_next_monday(&g.gate) != cases[i].want_ms)
            print_error("%s\n", cases[i].name);
        assert_int_equal(office_next_monday(&g.gate), cases[i].want_ms);
    }
    gate_help_stop(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(the_list_goes_as_the_office_opens) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
