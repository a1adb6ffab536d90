/* What a review mail says of when a note would go out: the group's hour in the group's zone, and a deadline that leaves an answer time to arrive. */
#include "gate_help.h"

#include "gateway/say/next_letter.h"
#include "schedules/zone.h"

struct said_case {
    const char *name, *zone;
    int month, day, hour, minute; /* now, in New York */
    int64_t digest_minute;
    const char *english, *spanish;
};

static const struct said_case cases[] = {
    { "the morning after", "America/New_York", 3, 3, 21, 0, 480, "In tomorrow's 8:00 AM letter, if approved by 7:30 AM",
      "En la carta de mañana, 8:00, si se aprueba antes de las 7:30" },
    { "the same day", "America/New_York", 3, 3, 7, 0, 480, "In today's 8:00 AM letter, if approved by 7:30 AM",
      "En la carta de hoy, 8:00, si se aprueba antes de las 7:30" },
    { "the last minutes", "America/New_York", 3, 3, 7, 45, 480, "In today's 8:00 AM letter, if approved by 8:00 AM",
      "En la carta de hoy, 8:00, si se aprueba antes de las 8:00" },
    { "as it closes", "America/New_York", 3, 3, 8, 0, 480, "In tomorrow's 8:00 AM letter, if approved by 7:30 AM",
      "En la carta de mañana, 8:00, si se aprueba antes de las 7:30" },
    { "the group's own hour", "America/New_York", 3, 3, 10, 0, 1050,
      "In today's 5:30 PM letter, if approved by 5:00 PM",
      "En la carta de hoy, 17:30, si se aprueba antes de las 17:00" },
    { "soon after midnight", "America/New_York", 3, 3, 10, 0, 10,
      "In tomorrow's 12:10 AM letter, if approved by 11:40 PM today",
      "En la carta de mañana, 0:10, si se aprueba antes de las 23:40 de hoy" },
    { "another zone", "America/Los_Angeles", 3, 3, 10, 0, 480,
      "In today's 8:00 AM letter, if approved by 7:30 AM (Los Angeles time)",
      "En la carta de hoy, 8:00, si se aprueba antes de las 7:30 (hora de Los Angeles)" },
    { "the night of the clocks: 2:10 is skipped, the close is at 3:00 and the deadline half an hour before",
      "America/New_York", 3, 7, 22, 0, 130, "In tomorrow's 3:00 AM letter, if approved by 1:30 AM",
      "En la carta de mañana, 3:00, si se aprueba antes de las 1:30" },
};

static void the_deadline_is_computed(void **state)
{
    struct gate_help g;
    struct err err;

    (void)state;
    gate_help_start(&g);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct said_case *c = &cases[i];
        const struct care_group group = { .zone = c->zone, .digest_minute = c->digest_minute };

        HELP_OK(zone_utc_from_local("America/New_York", 2026, c->month, c->day, c->hour, c->minute, &g.now_ms, &err));
        if (strcmp(next_letter_say(&g.gate, &group, LANGUAGE_ENGLISH, g.gate.mem), c->english) ||
            strcmp(next_letter_say(&g.gate, &group, LANGUAGE_SPANISH, g.gate.mem), c->spanish))
            fail_msg("%s: %s / %s", c->name, next_letter_say(&g.gate, &group, LANGUAGE_ENGLISH, g.gate.mem),
                     next_letter_say(&g.gate, &group, LANGUAGE_SPANISH, g.gate.mem));
    }
    gate_help_stop(&g);
}

static void the_deadline_is_never_behind(void **state)
{
    const struct care_group group = { .zone = "America/New_York", .digest_minute = 480 };
    struct next_letter letter;
    struct gate_help g;
    struct err err;

    (void)state;
    gate_help_start(&g);
    for (int minute = 0; minute < 24 * 60; minute += 7) {
        g.now_ms = INT64_C(1772550000000) + minute * MS_MINUTE;
        HELP_OK(next_letter_of(&g.gate, &group, &letter, &err));
        assert_true(letter.deadline_ms > g.now_ms);
        assert_true(letter.deadline_ms <= letter.close_ms);
        assert_true(letter.close_ms <= g.now_ms + MS_DAY);
    }
    gate_help_stop(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_deadline_is_computed),
        cmocka_unit_test(the_deadline_is_never_behind),
    };

    return cmocka_run_group_tests_name("next_letter", tests, NULL, NULL);
}
