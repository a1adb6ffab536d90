/* What calendar programs write beside an answer is nothing that a person said; whatever may be a person's stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "inbound/calendar.h"

static const struct {
    const char *text, *want;
} cases[] = {
    { "", "" },
    { "Rose Marsh has accepted this invitation.", "" },
    { "rose@example.net has tentatively accepted this invitation.\n\nVisit by phone\nTuesday Mar 3, 2026 3pm - 4pm\n\n"
      "Invitation from Google Calendar: https://calendar.google.com/calendar/",
      "" },
    { "Rose Marsh ha aceptado esta invitaci\xC3\xB3n.\n\nVisita\nmartes 3 mar 2026\n\nInvitaci\xC3\xB3n de Google "
      "Calendar:"
      " https://calendar.google.com/calendar/",
      "" },
    { "Rose Marsh has accepted your iCal event invitation to the event: New \nEvent, scheduled for August 12, 2026 at "
      "10:00"
      " AM (US/Pacific).",
      "" },
    { "Rose Marsh has declined your invitation to the following event:\n\nWhen: Tuesday at 3\nWhere: by phone", "" },
    { "Rose Marsh has declined this invitation with a note:\n\n\"My hip hurts too much.\"\n\nVisit by "
      "phone\n\nInvitation from"
      " Google Calendar: https://calendar.google.com/calendar/",
      "\"My hip hurts too much.\"\n\nVisit by phone" },
    { "Rose Marsh has accepted your invitation.\n\nI may be late, my bus is slow.", "I may be late, my bus is slow." },
    /* a person's */
    { "I have accepted this invitation.", "I have accepted this invitation." },
    { "Walt has accepted the invitation. Is that right?", "Walt has accepted the invitation. Is that right?" },
    { "My sister has accepted the invitation for me", "My sister has accepted the invitation for me" },
    { "See you there!", "See you there!" },
    { "When: is it?", "When: is it?" },
    { "He aceptado la cita", "He aceptado la cita" },
};

static void programs_are_left_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("said");

        assert_string_equal(calendar_said(cases[i].text, mem), cases[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(programs_are_left_out) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
