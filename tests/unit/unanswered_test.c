/* A note that nobody answers: staff are asked about it once, with its words, one letter a day. */
#include "circle_help.h"

static void released(struct circle *c, const char *from, const char *text)
{
    circle_write(c, from, GROUP, "A note", text, PASS);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS);
}

static size_t asked(const struct circle *c)
{
    size_t n = 0;

    for (size_t i = 0; i < c->mail_count; i++)
        n += strstr(c->mails[i].subject, "no answer yet") != NULL;
    return n;
}

static void after_48_hours_staff_are_asked_once(void **state)
{
    struct circle *c = *state;

    released(c, ROSE, "Does anybody sleep well?");
    circle_pass(c, 47 * MS_HOUR);
    assert_int_equal(asked(c), 0);
    circle_pass(c, MS_HOUR);
    circle_has(circle_mail(c, ANA, "no answer yet"), "Does anybody sleep well?");
    circle_has(circle_mail(c, ANA, "no answer yet"), "Rose");
    circle_pass(c, 5 * MS_DAY);
    assert_int_equal(asked(c), 1);
}

static void an_answer_keeps_it_quiet(void **state)
{
    struct circle *c = *state;

    released(c, ROSE, "Does anybody sleep well?");
    circle_reply(c, circle_mail(c, SAM, NULL), SAM, "I do, since I walk.", PASS);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS);
    circle_pass(c, 4 * MS_DAY);
    assert_int_equal(asked(c), 0);
}

/* Two notes of Tuesday: one letter on Thursday, the other on Friday; at night none. */
static void one_letter_a_day_and_in_office_hours(void **state)
{
    struct circle *c = *state;

    released(c, ROSE, "Does anybody sleep well?");
    released(c, MARIA, "Who likes to cook lentils?");
    circle_pass(c, 48 * MS_HOUR);
    assert_int_equal(asked(c), 1);
    circle_pass(c, MS_DAY);
    assert_int_equal(asked(c), 2);
    circle_pass(c, 8 * MS_HOUR); /* Friday, 18:00 */
    released(c, ROSE, "My garden is green again.");
    circle_pass(c, 48 * MS_HOUR);
    assert_int_equal(asked(c), 2);
    circle_pass(c, 15 * MS_HOUR); /* Monday, 9:00 or later */
    assert_int_equal(asked(c), 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(after_48_hours_staff_are_asked_once),
        TEST(an_answer_keeps_it_quiet),
        TEST(one_letter_a_day_and_in_office_hours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
