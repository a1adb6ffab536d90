/* Coming visits in the digest: first, with numbers of the one number line, and answered by them; what else the letter says goes on as a note. */
#include "visit_help.h"

#include "gateway/visit/answering.h"

/* A visit on the 12th, a note of Sam's that has its OK, and the letter of the evening. */
static const struct mail *digest_with(struct circle *c, struct visit *v, const char *who)
{
    const struct visit_plan plan = visit_plan_of(c, 2026, 3, 12, 14);

    *v = visit_planned(c, &plan);
    circle_work(c);
    circle_write(c, SAM, GROUP, "Soup", "My soup has no salt and tastes fine.", PASS);
    circle_reply(c, circle_mail(c, ANA, "note waits"), ANA, "OK", PASS);
    circle_pass(c, 9 * MS_HOUR);
    return circle_mail(c, who, "letter 1");
}

static void visits_stand_first(void **state)
{
    struct circle *c = *state;
    struct visit v;
    const struct mail *m = digest_with(c, &v, ROSE);
    const char *visit, *note;

    circle_has(m, "A visit: Thursday, March 12, 2:00 PM (New York time)");
    circle_has(m, "1 YES");
    visit = strstr(m->text, "1. Eating out without worry");
    note = strstr(m->text, "2. Soup");
    assert_true(visit && note && visit < note);
    circle_lacks(m, VISIT_LINK); /* the letter is everybody's */
}

static void a_number_answers_it_and_the_rest_is_a_note(void **state)
{
    struct circle *c = *state;
    struct visit v;
    const struct mail *m = digest_with(c, &v, ROSE);

    circle_reply(c, m, ROSE, "1 yes, I agree\n2 Thank you Sam, I will try it", PASS);
    assert_int_equal(visit_seat_of(c, &v, c->rose.person).answer, VISIT_YES);
    circle_has(circle_mail(c, ROSE, "your answer"), "You come. Thank you, Rose.");
    circle_has(circle_mail(c, ANA, "note waits"), "Thank you Sam, I will try it");
    assert_int_equal(circle_said(c, ANA, "I agree"), 0);
    circle_reply(c, circle_mail(c, MARIA, "letter 1"), MARIA, "1 No", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_ANSWER);
    assert_int_equal(visit_seat_of(c, &v, c->maria.person).answer, VISIT_NO);
}

static void other_numbers_and_no_number_are_notes(void **state)
{
    struct circle *c = *state;
    struct visit v;
    const struct mail *m = digest_with(c, &v, ROSE);

    circle_reply(c, m, ROSE, "2 Yes!", PASS);
    assert_int_equal(visit_seat_of(c, &v, c->rose.person).answer, VISIT_NO_ANSWER);
    circle_has(circle_mail(c, ANA, "note waits"), "Yes!");
    circle_reply(c, m, ROSE, "Yes", PASS); /* a bare yes to a digest is none to a visit */
    assert_int_equal(visit_seat_of(c, &v, c->rose.person).answer, VISIT_NO_ANSWER);
}

static void a_forged_answer_counts_for_nothing(void **state)
{
    struct circle *c = *state;
    struct visit v;
    const struct mail *m = digest_with(c, &v, ROSE);

    circle_wrote(c, &(struct wrote){ ROSE, GROUP, "Re: letter", "1 yes", FORGED, m->message_id, NULL, NULL });
    circle_run(c);
    assert_int_equal(visit_seat_of(c, &v, c->rose.person).answer, VISIT_NO_ANSWER);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(visits_stand_first),
        TEST(a_number_answers_it_and_the_rest_is_a_note),
        TEST(other_numbers_and_no_number_are_notes),
        TEST(a_forged_answer_counts_for_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
