/* The day behind an alarm of danger: staff are asked to look after whom it was about. */
#include "circle_help.h"

#define ASKED "How is Maria"

static void closed(struct circle *c, const char *text, int people)
{
    circle_write(c, MARIA, GROUP, "Tonight", text, PASS);
    circle_reply(c, circle_mail(c, ANA, "please claim"), ANA, "DONE: we talked, she is at her sister's", PASS);
    if (people > 1)
        circle_reply(c, circle_mail(c, LEE, "one more DONE"), LEE, "DONE", PASS);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_DONE);
    circle_listen(c);
}

/* Tuesday at 10:00; the office opens at 8:00. */
static void the_next_morning_staff_are_asked_once(void **state)
{
    struct circle *c = *state;
    const struct mail *m;

    closed(c, "I want to kill myself tonight.", 2);
    circle_pass(c, 20 * MS_HOUR);
    assert_int_equal(circle_said(c, ANA, ASKED), 0);
    circle_pass(c, 3 * MS_HOUR);
    assert_int_equal(circle_said(c, ANA, ASKED), 1);
    assert_int_equal(circle_said(c, LEE, ASKED), 1);
    m = circle_mail(c, ANA, "for your notice");
    circle_lacks(m, "kill");
    circle_lacks(m, "sister");
    circle_pass(c, 3 * MS_DAY);
    assert_int_equal(circle_said(c, ANA, ASKED), 1);
    assert_int_equal(circle_said(c, MARIA, ASKED), 0);
}

static void of_a_medical_alarm_nobody_is_asked(void **state)
{
    struct circle *c = *state;

    closed(c, "I have chest pain since this morning.", 1);
    circle_pass(c, 2 * MS_DAY);
    assert_int_equal(circle_said(c, ANA, ASKED), 0);
}

static void of_who_has_died_nobody_is_asked(void **state)
{
    struct circle *c = *state;
    struct person maria;
    struct err err;

    closed(c, "I want to kill myself tonight.", 2);
    HELP_OK(person_get(&c->g.gate.store, c->maria.person, c->mem, &maria, &err));
    maria.state = PERSON_DIED;
    CIRCLE_TX(c, HELP_OK(person_change(&c->g.gate.store, &maria, &err)));
    circle_pass(c, 2 * MS_DAY);
    assert_int_equal(circle_said(c, ANA, ASKED), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(the_next_morning_staff_are_asked_once),
        TEST(of_a_medical_alarm_nobody_is_asked),
        TEST(of_who_has_died_nobody_is_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
