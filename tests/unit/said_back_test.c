/* What is said back, and what staff hear, in the rarer cases: each text has somebody who raises it. */
#include "circle_help.h"

#include "store/audit.h"

static void anon_alone_is_explained_not_posted(void **state)
{
    struct circle *c = *state;

    circle_write(c, ROSE, GROUP, "x", "ANON", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_COMMAND);
    circle_has(circle_mail(c, ROSE, "write with no name"), "on the first line");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 0);
}

static void a_wish_to_stop_in_other_words_reaches_staff(void **state)
{
    struct circle *c = *state;

    circle_write(c, ROSE, GROUP, "x", "Please stop emailing me", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_ASKED);
    circle_has(circle_mail(c, ANA, "for your notice"), "may want us to stop");
    assert_non_null(circle_mail(c, ROSE, NULL));
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 0);
}

static void a_mail_that_went_to_members_too_is_told_once_a_day(void **state)
{
    struct circle *c = *state;
    const struct wrote w = { ROSE, GROUP, "Walk", "We walked to the lake.", PASS, NULL, NULL, "Cc: " MARIA "\r\n" };
    const struct wrote again = {
        ROSE, GROUP, "Rain", "It rained here all day.", PASS, NULL, NULL, "Cc: " MARIA "\r\n"
    };
    const struct wrote alone = { SAM, GROUP, "Sun", "It was sunny.", PASS, NULL, NULL, "Cc: sam.two@example.net\r\n" };

    circle_wrote(c, &w);
    circle_run(c);
    assert_int_equal(circle_outcome(c), OUTCOME_HELD);
    assert_int_equal(circle_said(c, ANA, "each other's email"), 1);
    circle_wrote(c, &again);
    circle_wrote(c, &alone);
    circle_run(c);
    assert_int_equal(circle_said(c, ANA, "each other's email"), 1);
}

/* --- receipts ------------------------------------------------------------------------------------------------------------------------------ */

static void a_first_note_gets_a_receipt(struct circle *c, enum member_rhythm rhythm)
{
    struct membership m;
    struct err err;

    HELP_OK(membership_get(&c->g.gate.store, c->rose.id, c->mem, &m, &err));
    m.rhythm = rhythm;
    CIRCLE_TX(c, HELP_OK(membership_change(&c->g.gate.store, &m, MEMBER_ACTIVE, &err)));
    help_raw(&c->g.h, "UPDATE membership SET has_posted = 0");
    circle_write(c, ROSE, GROUP, "Walk", "We walked to the lake.", PASS);
}

static void a_receipt_names_tomorrow(void **state)
{
    struct circle *c = *state;

    a_first_note_gets_a_receipt(c, RHYTHM_DAILY);
    circle_has(circle_mail(c, ROSE, "we got your note"), "tomorrow's letter");
}

/* Friday is the group's day of the weekly letter: 6 March. */
static void a_receipt_names_the_day_of_a_weekly_letter(void **state)
{
    struct circle *c = *state;

    a_first_note_gets_a_receipt(c, RHYTHM_WEEKLY);
    circle_has(circle_mail(c, ROSE, "we got your note"), "the letter of Friday, March 6");
}

/* Friday at 16:00: who reads it does so on Monday, and the day is full only by the evening. */
static void a_receipt_before_a_weekend_names_the_day_after_it(void **state)
{
    struct circle *c = *state;

    circle_pass(c, 3 * MS_DAY + 6 * MS_HOUR);
    circle_write(c, ROSE, GROUP, "Walk", "We walked to the lake.", PASS);
    circle_has(circle_mail(c, ROSE, "we got your note"), "the letter of Monday, March 9");
}

/* --- too large ------------------------------------------------------------------------------------------------------------------------------ */

static void too_large(struct circle *c, const char *from, enum proved proof, const char *fields)
{
    const size_t n = (size_t)200 << 10;
    char *words = arena_alloc(c->mem, n + 1);

    memset(words, 'x', n);
    words[n] = '\0';
    c->max_bytes = (int64_t)100 << 10;
    circle_wrote(c, &(struct wrote){ from, GROUP, "Photos", words, proof, NULL, NULL, fields });
    circle_run(c);
}

static void the_author_of_a_large_letter_is_told_once(void **state)
{
    struct circle *c = *state;

    too_large(c, ROSE, PASS, NULL);
    too_large(c, ROSE, PASS, NULL);
    assert_int_equal(circle_new(c, ROSE), 1);
    circle_has(circle_mail(c, ROSE, "too large"), "25 MB");
    circle_has(circle_mail(c, ANA, "for your notice"), "It came from Rose");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 0);
}

static void who_is_not_proved_a_member_is_not_told(void **state)
{
    static const struct {
        const char *from, *fields;
        enum proved proof;
    } cases[] = { { ROSE, NULL, NOTHING },
                  { ROSE, NULL, FORGED },
                  { ROSE, "Auto-Submitted: auto-replied\r\n", PASS },
                  { "somebody@example.com", NULL, PASS } };
    struct circle *c = *state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        too_large(c, cases[i].from, cases[i].proof, cases[i].fields);
        assert_int_equal(circle_new(c, cases[i].from), 0);
    }
    assert_int_equal(circle_said(c, ANA, "A mail was too large"), 1); /* a day */
}

/* --- REPORT --------------------------------------------------------------------------------------------------------------------------------- */

static void many_reports_of_one_note_are_one_case(void **state)
{
    struct circle *c = *state;
    const struct mail *letter;

    circle_published(c, c->maria, "I made lentil soup today.");
    circle_published(c, c->sam, "My knee hurts less since I swim.");
    circle_digest(c);
    letter = circle_mail(c, ROSE, "letter");
    for (int i = 0; i < 4; i++)
        circle_reply(c, letter, ROSE, i % 2 ? "REPORT 1" : "REPORT 1: he sells things", PASS);
    assert_int_equal(circle_said(c, ANA, "reported note"), 1);
    circle_reply(c, letter, ROSE, "REPORT 2", PASS);
    assert_int_equal(circle_said(c, ANA, "reported note"), 2);
    circle_reply(c, circle_mail(c, MARIA, "letter"), MARIA, "REPORT 1", PASS); /* another member is heard */
    assert_int_equal(circle_said(c, ANA, "reported note"), 3);
    assert_int_equal(
        circle_count(c, arena_printf(c->mem, "SELECT count(*) FROM audit WHERE verb = %d", (int)AUDIT_NOTE_REPORTED)),
        6);
}

/* --- pauses --------------------------------------------------------------------------------------------------------------------------------- */

static void a_pause_says_that_it_ends(void **state)
{
    struct circle *c = *state;

    circle_write(c, ROSE, GROUP, "x", "PAUSE 7", PASS);
    circle_listen(c);
    circle_pass(c, 6 * MS_DAY - MS_HOUR);
    assert_null(circle_since(c, ROSE, "your pause ends"));
    circle_pass(c, MS_HOUR);
    circle_has(circle_since(c, ROSE, "your pause ends on Tuesday, March 10"),
               "Your next letter comes on Tuesday, March 10");
    circle_listen(c);
    circle_reply(c, circle_mail(c, ROSE, "your pause ends"), ROSE, "PAUSE 14", PASS);
    circle_pass(c, 2 * MS_DAY);
    assert_null(circle_since(c, ROSE, "your pause ends"));
    circle_pass(c, 11 * MS_DAY);
    assert_non_null(circle_since(c, ROSE, "your pause ends"));
}

static void a_pause_that_ended_says_nothing(void **state)
{
    struct circle *c = *state;

    circle_write(c, ROSE, GROUP, "x", "PAUSE 7", PASS);
    circle_write(c, ROSE, GROUP, "x", "RESUME", PASS);
    circle_write(c, SAM, GROUP, "x", "PAUSE 1", PASS);
    circle_listen(c);
    circle_pass(c, 6 * MS_DAY);
    assert_null(circle_since(c, ROSE, "your pause ends"));
    assert_null(circle_since(c, SAM, "your pause ends"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(anon_alone_is_explained_not_posted),
        TEST(a_wish_to_stop_in_other_words_reaches_staff),
        TEST(a_mail_that_went_to_members_too_is_told_once_a_day),
        TEST(a_receipt_names_tomorrow),
        TEST(a_receipt_names_the_day_of_a_weekly_letter),
        TEST(a_receipt_before_a_weekend_names_the_day_after_it),
        TEST(the_author_of_a_large_letter_is_told_once),
        TEST(who_is_not_proved_a_member_is_not_told),
        TEST(many_reports_of_one_note_are_one_case),
        TEST(a_pause_says_that_it_ends),
        TEST(a_pause_that_ended_says_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
