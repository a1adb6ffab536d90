/* The daily staff mail: at the opening, only with something to say, weekly with numbers and without names of who wrote; movable, and off. */
#include "tests/unit/circle_help.h"

#include "gateway/office/policy.h"
#include "gateway/people/daily_mail.h"
#include "gateway/people/member.h"
#include "gateway/say/office.h"
#include "store/due.h"

#define DAY "your day"
#define TEN_TO_EIGHT (22 * MS_HOUR) /* from Tuesday 10:00 to Wednesday 8:00 */

static void begin(struct circle *c)
{
    struct err err;

    circle_start(c);
    CIRCLE_TX(c, HELP_OK(daily_mail_begin(&c->g.gate, &err)));
}

static void quiet_days_send_nothing(void **state)
{
    struct circle c;

    (void)state;
    begin(&c);
    circle_pass(&c, TEN_TO_EIGHT);
    assert_null(circle_mail(&c, ANA, DAY));
    circle_pass(&c, 2 * MS_DAY); /* Friday */
    assert_null(circle_mail(&c, ANA, DAY));
    circle_pass(&c, 3 * MS_DAY); /* Monday: the weekly one goes all the same */
    circle_has(circle_mail(&c, ANA, DAY), "No note waits, and all is well");
    circle_has(circle_mail(&c, ANA, DAY), "Your week, in numbers");
    assert_non_null(circle_mail(&c, LEE, DAY));
    assert_null(circle_mail(&c, IDA, DAY)); /* a provider */
    assert_null(circle_mail(&c, MARIA, DAY));
    circle_stop(&c);
}

static void tells_what_waits_and_who_left(void **state)
{
    const struct audit_who who = { AUDIT_SYSTEM, 0, AUDIT_WAY_RULE };
    struct circle c;
    const struct mail *m;
    struct err err;

    (void)state;
    begin(&c);
    circle_write(&c, MARIA, GROUP, "Soup", "I made soup today.", PASS);
    circle_write(&c, SAM, GROUP, "Call", "Write to me at sam.b@example.com, friends.", PASS);
    circle_published(&c, c.sam, "A walk in the rain.");
    CIRCLE_TX(&c, HELP_OK(member_remove(&c.g.gate, &who, c.rose.id, MEMBER_REASON_MOVED, &err)));
    circle_pass(&c, TEN_TO_EIGHT - MS_MINUTE);
    assert_null(circle_mail(&c, ANA, DAY));
    circle_pass(&c, MS_MINUTE);
    m = circle_mail(&c, ANA, DAY);
    circle_has(m, "With a mark: 1");
    circle_has(m, "With no mark: 1");
    circle_has(m, "waited 22 hours");
    circle_has(m, "Staff took Rose out of Tuesday Circle");
    circle_lacks(m, "Rose left");
    circle_lacks(m, "soup"); /* no words of notes */
    circle_lacks(m, "Your week");
    circle_listen(&c);
    circle_reply(&c, m, ANA, "QUEUE", PASS); /* it can be answered */
    circle_has(circle_since(&c, ANA, NULL), "A note by Maria");
    circle_reply(&c, m, ANA, "Thanks, I will be in at nine", PASS); /* no word: it asks for no decision */
    circle_has(circle_since(&c, ANA, NULL), "asks for nothing");
    circle_lacks(circle_since(&c, ANA, "say it again"), "OK CUT");
    circle_lacks(circle_since(&c, ANA, "say it again"), "still wait");
    circle_pass(&c, MS_DAY); /* who left is told once */
    circle_lacks(circle_mail(&c, ANA, DAY), "took Rose");
    circle_stop(&c);
}

/* The house slept over Monday: who left meanwhile and the numbers come with the next one. */
static void a_missed_monday_is_made_up_for(void **state)
{
    const struct audit_who who = { AUDIT_SYSTEM, 0, AUDIT_WAY_RULE };
    struct circle c;
    struct err err;

    (void)state;
    begin(&c);
    circle_pass(&c, TEN_TO_EIGHT);
    CIRCLE_TX(&c, HELP_OK(member_remove(&c.g.gate, &who, c.rose.id, MEMBER_REASON_MOVED, &err)));
    circle_pass(&c, 7 * MS_DAY); /* Wednesday of the next week */
    circle_has(circle_mail(&c, ANA, DAY), "Staff took Rose out of Tuesday Circle");
    circle_has(circle_mail(&c, ANA, DAY), "Your week, in numbers");
    circle_stop(&c);
}

/* Numbers and a bar, and no name of a member. */
static void the_week_has_no_names(void **state)
{
    struct circle c;
    const struct mail *m;

    (void)state;
    begin(&c);
    circle_write(&c, MARIA, GROUP, "Soup", "I made soup today.", PASS);
    circle_reply(&c, circle_mail(&c, ANA, NULL), ANA, "OK", PASS);
    circle_write(&c, ROSE, GROUP, "Walk", "You should double your water pill.", PASS);
    circle_pass(&c, 3 * MS_HOUR);
    circle_reply(&c, circle_mail(&c, ANA, "a note waits"), ANA, "OK", PASS);
    circle_pass(&c, 6 * MS_DAY - 5 * MS_HOUR); /* Monday 9:00, the clocks have gone forward */
    m = circle_mail(&c, ANA, DAY);
    circle_has(m, "Notes that went out: 2");
    circle_has(m, "People who wrote: 2");
    circle_has(m, "Week from Notes"); /* a table, in both forms */
    circle_has(m, " 2 \u2588\u2588");
    assert_non_null(strstr(m->raw, "<th scope=3D\"col\""));
    assert_non_null(strstr(m->raw, "<th scope=3D\"row\""));
    circle_has(m, "Kind of note Notes Half within Nearly all within");
    circle_has(m, "With a mark 1 3 hours 3 hours");
    circle_has(m, "With no mark 1 1 minute 1 minute");
    circle_has(m, "All 2 1 minute 3 hours");
    circle_lacks(m, "crisis");
    circle_lacks(m, "Maria");
    assert_non_null(strstr(m->raw, "aria-hidden"));
    circle_stop(&c);
}

static void the_weekly_letters_are_in_it(void **state)
{
    struct circle c;
    struct err err;

    (void)state;
    begin(&c);
    CIRCLE_TX(&c, {
        HELP_OK(due_set(&c.g.gate.store, JOB_AUDIT_HEAD, 1, gate_now_ms(&c.g.gate) + MS_HOUR, &err));
        HELP_OK(audit_append(&c.g.gate.store,
                             &(struct audit_entry){ .who = { AUDIT_SYSTEM, 0, AUDIT_WAY_RULE },
                                                    .verb = AUDIT_GROUP_CHANGED,
                                                    .item_kind = AUDIT_ITEM_GROUP },
                             &err));
    });
    circle_pass(&c, 2 * MS_HOUR);
    assert_int_equal(circle_said(&c, ANA, "The mark of our record"), 0);
    circle_pass(&c, 6 * MS_DAY - 4 * MS_HOUR);
    assert_int_equal(circle_said(&c, ANA, "The mark of our record"), 1);
    circle_stop(&c);
}

static int64_t due_ms(struct circle *c)
{
    struct err err;
    int64_t ms = 0;
    const enum rc rc = due_time_of(&c->g.gate.store, JOB_DAILY_MAIL, 0, &ms, &err);

    assert_true(rc == RC_OK || rc == RC_NOT_FOUND);
    return ms;
}

static void set(struct circle *c, const char *text, enum rc want)
{
    const struct audit_who who = { AUDIT_OPERATOR, 0, AUDIT_WAY_CLI };
    const struct practice_facts facts = c->g.gate.facts;
    struct err err;

    CIRCLE_TX(c, assert_int_equal(policy_set(&c->g.gate, &who, SETTING_DAILY_MAIL, text, &err), want));
    c->g.gate.facts = facts; /* the circle has them without rows */
    CIRCLE_TX(c, {
        HELP_OK(due_clear(&c->g.gate.store, JOB_DAILY_MAIL, 0, &err));
        HELP_OK(daily_mail_begin(&c->g.gate, &err));
    });
}

static void it_can_be_moved_and_ended(void **state)
{
    struct circle c;

    (void)state;
    begin(&c);
    assert_int_equal(due_ms(&c), CIRCLE_START_MS + TEN_TO_EIGHT);
    set(&c, "07:30", RC_OK);
    assert_int_equal(due_ms(&c), CIRCLE_START_MS + TEN_TO_EIGHT - 30 * MS_MINUTE);
    set(&c, "whenever", RC_INPUT);
    set(&c, "off", RC_OK);
    assert_int_equal(due_ms(&c), 0);
    circle_write(&c, MARIA, GROUP, "Soup", "I made soup today.", PASS);
    circle_pass(&c, 7 * MS_DAY);
    assert_null(circle_mail(&c, ANA, DAY));
    circle_stop(&c);
}

static void openings(void **state)
{
    struct circle c;
    struct gate *g = &c.g.gate;

    (void)state;
    circle_start(&c);
    assert_int_equal(office_opening_before(g, -1, CIRCLE_START_MS), CIRCLE_START_MS - 2 * MS_HOUR);
    g->facts.holidays = "2026-03-04";
    assert_int_equal(office_opening_after(g, -1, CIRCLE_START_MS), CIRCLE_START_MS + TEN_TO_EIGHT + MS_DAY);
    g->facts.office_hours = "";
    assert_int_equal(office_opening_after(g, -1, CIRCLE_START_MS),
                     CIRCLE_START_MS + 23 * MS_HOUR); /* nine, Monday to Friday */
    assert_int_equal(office_opening_after(g, 11 * 60, CIRCLE_START_MS), CIRCLE_START_MS + MS_HOUR);
    circle_stop(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quiet_days_send_nothing),
        cmocka_unit_test(tells_what_waits_and_who_left),
        cmocka_unit_test(a_missed_monday_is_made_up_for),
        cmocka_unit_test(the_week_has_no_names),
        cmocka_unit_test(the_weekly_letters_are_in_it),
        cmocka_unit_test(it_can_be_moved_and_ended),
        cmocka_unit_test(openings),
    };

    return cmocka_run_group_tests_name("daily_mail", tests, NULL, NULL);
}
