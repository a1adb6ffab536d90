/* Alarms: who is called, who takes it, what they get to see, and what the writer hears (DESIGN.md section 1, promise 13). */
#include "circle_help.h"

#define CRISIS "I want to kill myself tonight."

static int start(void **state)
{
    static struct circle c;

    circle_start(&c);
    *state = &c;
    return 0;
}

static int stop(void **state)
{
    circle_stop(*state);
    return 0;
}

static const struct mail *paged(struct circle *c)
{
    circle_write(c, MARIA, GROUP, "Tonight", CRISIS, PASS);
    return circle_mail(c, ANA, "please claim");
}

static size_t pages_to(const struct circle *c, const char *to)
{
    size_t n = 0;

    for (size_t i = 0; i < c->mail_count; i++)
        n += !strcmp(c->mails[i].to, to) && strstr(c->mails[i].subject, "please claim");
    return n;
}

static void a_page_goes_to_the_first_on_duty_and_says_nothing_of_the_note(void **state)
{
    struct circle *c = *state;
    const struct mail *page = paged(c);

    circle_has(page, "possible");
    circle_has(page, "This is call 1");
    circle_has(page, "Next we call Lee Ames");
    circle_lacks(page, "kill");
    circle_lacks(page, "Maria");
    assert_int_equal(pages_to(c, LEE), 0);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 50"), 1);
}

static void a_repeat_adds_one_person(void **state)
{
    struct circle *c = *state;

    paged(c);
    circle_pass(c, 4 * MS_MINUTE);
    assert_int_equal(pages_to(c, ANA), 1);
    circle_pass(c, 2 * MS_MINUTE);
    assert_int_equal(pages_to(c, ANA), 2);
    assert_int_equal(pages_to(c, LEE), 1);
    circle_has(circle_mail(c, LEE, "please claim"), "This is call 2");
    circle_pass(c, 6 * MS_MINUTE);
    assert_int_equal(pages_to(c, ANA), 3);
    assert_int_equal(pages_to(c, LEE), 2);
}

static void a_claim_ends_the_repeats_and_gives_the_details(void **state)
{
    struct circle *c = *state;
    struct person maria;
    struct err err;

    HELP_OK(person_get(&c->g.gate.store, c->maria.person, c->mem, &maria, &err));
    maria.phone = "555-555-0177";
    maria.emergency = "Jo, 555-555-0178";
    maria.chart = "C-1234";
    CIRCLE_TX(c, HELP_OK(person_change(&c->g.gate.store, &maria, &err)));
    circle_reply(c, paged(c), ANA, "CLAIM", PASS);
    circle_has(circle_mail(c, ANA, "details for you"), "555-555-0177");
    circle_has(circle_mail(c, ANA, "details for you"), "Jo, 555-555-0178");
    circle_has(circle_mail(c, ANA, "details for you"), "C-1234");
    circle_has(circle_mail(c, ANA, "details for you"), CRISIS);
    circle_has(circle_mail(c, ANA, "details for you"), "crisis lines");
    circle_has(circle_mail(c, LEE, "is claimed"), "Ana Ruiz has it");
    assert_null(circle_mail(c, LEE, "details"));
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 10"), 1); /* the reading of a person */
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 51"), 1);
    circle_listen(c);
    circle_pass(c, MS_HOUR);
    assert_int_equal(pages_to(c, LEE), 0);
}

static void a_second_claim_is_too_late(void **state)
{
    struct circle *c = *state;

    paged(c);
    circle_pass(c, 6 * MS_MINUTE);
    circle_reply(c, circle_mail(c, ANA, "please claim"), ANA, "CLAIM", PASS);
    circle_reply(c, circle_mail(c, LEE, "please claim"), LEE, "CLAIM", PASS);
    circle_has(circle_mail(c, LEE, "say it again"), "Some one else has this alarm");
    assert_null(circle_mail(c, LEE, "details"));
}

static void done_needs_an_outcome_and_the_claimer(void **state)
{
    struct circle *c = *state;
    const struct mail *details;

    paged(c);
    circle_pass(c, 6 * MS_MINUTE);
    circle_reply(c, circle_mail(c, ANA, "please claim"), ANA, "CLAIM", PASS);
    details = circle_mail(c, ANA, "details for you");
    circle_reply(c, details, ANA, "DONE", PASS);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_CLAIMED);
    circle_has(circle_mail(c, ANA, "say it again"), "write the words too");
    circle_reply(c, circle_mail(c, LEE, "please claim"), LEE, "DONE: called her", PASS);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_CLAIMED);
    circle_reply(c, details, ANA, "DONE: called her, she is safe", PASS);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_DONE);
    circle_has(circle_mail(c, LEE, "is closed"), "she is safe");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 52"), 1);
}

static void done_of_what_nobody_claimed_claims_it(void **state)
{
    struct circle *c = *state;

    circle_reply(c, paged(c), ANA, "DONE: called her, she is safe", PASS);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_DONE);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 51"), 1);
    circle_reply(c, circle_mail(c, ANA, "please claim"), ANA, "CLAIM", PASS);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_DONE);
}

static void the_writer_hears_once_a_day(void **state)
{
    struct circle *c = *state;
    const struct mail *ack;

    paged(c);
    ack = circle_mail(c, MARIA, "we got your message");
    circle_has(ack, "988");
    circle_lacks(ack, "kill");
    circle_lacks(ack, "Tuesday Circle");
    assert_string_equal(ack->sender, "");
    circle_write(c, MARIA, GROUP, "Again", "I still want to kill myself.", PASS);
    assert_int_equal(circle_said(c, MARIA, "988"), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 2); /* staff hear of each */
    circle_pass(c, 25 * MS_HOUR);
    circle_write(c, MARIA, GROUP, "Again", "Tonight I will kill myself.", PASS);
    assert_int_equal(circle_said(c, MARIA, "988"), 2);
}

static void the_group_hears_nothing(void **state)
{
    struct circle *c = *state;

    paged(c);
    circle_pass(c, 2 * MS_DAY);
    assert_int_equal(circle_said(c, SAM, "kill") + circle_said(c, ROSE, "kill"), 0);
    assert_int_equal(circle_new(c, SAM) + circle_new(c, ROSE), 0);
}

static void a_medical_alarm_says_so(void **state)
{
    struct circle *c = *state;

    circle_write(c, MARIA, GROUP, "Help", "I have chest pain since this morning.", PASS);
    circle_has(circle_mail(c, ANA, "please claim"), "medical problem");
    assert_non_null(circle_mail(c, MARIA, "we got your message"));
}

/* In Spanish too, in the reader's language. */
static void a_spanish_crisis_pages(void **state)
{
    struct circle *c = *state;

    circle_write(c, MARIA, GROUP, "Hola", "Ya no puedo, quiero morir esta noche.", PASS);
    assert_non_null(circle_mail(c, ANA, "please claim"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(a_page_goes_to_the_first_on_duty_and_says_nothing_of_the_note),
        TEST(a_repeat_adds_one_person),
        TEST(a_claim_ends_the_repeats_and_gives_the_details),
        TEST(a_second_claim_is_too_late),
        TEST(done_needs_an_outcome_and_the_claimer),
        TEST(done_of_what_nobody_claimed_claims_it),
        TEST(the_writer_hears_once_a_day),
        TEST(the_group_hears_nothing),
        TEST(a_medical_alarm_says_so),
        TEST(a_spanish_crisis_pages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
