/* What moderators do with notes together: placing, passing on, two at once, lists, reminders. */
#include "circle_help.h"
#include "review_help.h"

/* --- placing, referring ------------------------------------------------------------------------------------------------------------------- */

static void move_places_and_asks_again(void **state)
{
    struct circle *c = *state;
    const struct post soup = circle_published(c, c->rose, "I made lentil soup today.");
    const struct mail *asked;
    const struct post p = note(c, "It smells good.", &asked);

    circle_has(asked, "MOVE 1: I made lentil soup");
    circle_reply(c, asked, ANA, "MOVE 7", PASS);
    circle_has(circle_mail(c, ANA, "say it again"), "no talk with this number");
    circle_reply(c, asked, ANA, "MOVE 1", PASS);
    assert_int_equal(circle_post(c, p.id).conversation.v, soup.conversation.v);
    assert_int_equal(circle_post(c, p.id).kind, POST_COMMENT);
    assert_int_equal(state_of(c, p), POST_HELD);
    circle_has(circle_mail(c, ANA, "a note waits"), "Staff put it there");
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "MOVE NEW", PASS);
    assert_int_not_equal(circle_post(c, p.id).conversation.v, soup.conversation.v);
    assert_int_equal(circle_post(c, p.id).kind, POST_POST);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS);
    assert_int_equal(state_of(c, p), POST_PUBLISHED);
}

static void pass_goes_to_the_next_person(void **state)
{
    struct circle *c = *state;
    const struct mail *asked;
    const struct post p = note(c, "Is my dose right?", &asked);

    circle_reply(c, asked, ANA, "PASS", PASS);
    assert_int_equal(state_of(c, p), POST_REFERRED);
    circle_reply(c, circle_mail(c, LEE, "a note waits"), LEE, "OK", PASS);
    assert_int_equal(state_of(c, p), POST_PUBLISHED);
}

static void crisis_pages_and_makes_two_people_needed(void **state)
{
    struct circle *c = *state;
    const struct mail *asked;
    const struct post p = note(c, "I will not be here next week.", &asked);

    circle_reply(c, asked, ANA, "CRISIS", PASS);
    assert_int_equal(circle_post(c, p.id).tier, 0);
    assert_non_null(circle_mail(c, ANA, "please claim"));
    circle_has(circle_mail(c, MARIA, "got your message"), "988");
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS);
    assert_int_equal(state_of(c, p), POST_HALF_RELEASED);
}

/* The word list had found it already: one alarm is enough, and the decision still stands. */
static void crisis_of_what_pages_already_is_no_fault(void **state)
{
    struct circle *c = *state;
    const struct mail *asked;
    const struct post p = note(c, CRISIS, &asked);

    circle_reply(c, asked, ANA, "CRISIS", PASS);
    assert_int_equal(circle_post(c, p.id).tier, 0);
    circle_has(circle_mail(c, ANA, "done"), "the alarm is out");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 1);
    circle_reply(c, circle_mail(c, ANA, "please claim"), ANA, "DONE: called her", PASS);
    circle_reply(c, circle_mail(c, LEE, "one more DONE"), LEE, "DONE", PASS);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "CRISIS", PASS); /* again, after that one was closed */
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 2);
}

/* Of its alarms the one that is open is meant, else the last one. */
static void each_crisis_after_a_closed_alarm_opens_another(void **state)
{
    struct circle *c = *state;
    struct review_result result;
    const struct decision crisis = { .kind = DECISION_CRISIS }, claim = { .kind = DECISION_CLAIM };
    const struct decision done = { .kind = DECISION_DONE, .text = "called her" };
    const struct post p = note(c, "I made lentil soup today.", NULL);

    for (int i = 1; i <= 3; i++) {
        circle_listen(c);
        assert_int_equal(decide(c, p.id, crisis, c->ana, &result), RC_OK);
        assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), i);
        assert_int_equal(circle_count(c, "SELECT count(*) FROM page WHERE state = 1"), 1);
        assert_non_null(circle_since(c, ANA, "please claim"));
        assert_int_equal(decide(c, p.id, claim, c->ana, &result), RC_OK);
        circle_has(circle_since(c, ANA, "details for you"), "lentil soup");
        assert_int_equal(decide(c, p.id, crisis, c->lee, &result), RC_OK); /* somebody has it */
        assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), i);
        assert_int_equal(decide(c, p.id, done, c->ana, &result), RC_OK);
        assert_int_equal(decide(c, p.id, done, c->lee, &result), RC_OK);
        assert_int_equal(circle_count(c, "SELECT count(*) FROM page WHERE state = 3"), i);
    }
}

static void claim_and_done_work_from_the_review_mail(void **state)
{
    struct circle *c = *state;
    const struct mail *asked;

    note(c, CRISIS, &asked);
    circle_reply(c, asked, ANA, "DONE", PASS);
    circle_has(circle_mail(c, ANA, "say it again"), "write the words too");
    circle_reply(c, asked, ANA, "CLAIM", PASS);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_CLAIMED);
    circle_reply(c, asked, ANA, "DONE: called her, she is safe", PASS);
    circle_has(circle_mail(c, ANA, ": done"), "second person must say DONE");
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_CLAIMED);
    circle_reply(c, asked, ANA, "DONE: really", PASS);
    circle_has(circle_mail(c, ANA, "say it again"), "second person");
    circle_reply(c, circle_mail(c, LEE, "one more DONE"), LEE, "DONE", PASS);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_DONE);
}

/* --- compare-and-set ------------------------------------------------------------------------------------------------------------------------ */

static void the_second_moderator_gets_a_friendly_already(void **state)
{
    struct circle *c = *state;
    const struct mail *asked, *lees;
    const struct post p = note(c, "I made lentil soup today.", &asked);

    circle_pass(c, 30 * MS_HOUR); /* by now the deputy has it too */
    circle_pass(c, 25 * MS_HOUR);
    lees = circle_mail(c, LEE, "still waiting");
    assert_non_null(lees);
    circle_reply(c, asked, ANA, "OK", PASS);
    circle_listen(c);
    circle_reply(c, lees, LEE, "NO 1 rule 3", PASS);
    assert_int_equal(state_of(c, p), POST_PUBLISHED);
    circle_has(circle_mail(c, LEE, "done"), "had an answer before");
    assert_int_equal(circle_new(c, MARIA), 0);
    circle_reply(c, asked, ANA, "NO 3", PASS);
    circle_has(circle_mail(c, ANA, "this one is done"), "OK by Ana Ruiz");
}

static void a_decision_about_what_has_changed_since_does_nothing(void **state)
{
    struct circle *c = *state;
    const struct mail *asked;
    const struct post p = note(c, "I made lentil soup today.", &asked);

    circle_reply(c, asked, ANA, "MOVE NEW", PASS);
    circle_reply(c, asked, ANA, "OK", PASS); /* to the older mail */
    assert_int_equal(state_of(c, p), POST_HELD);
    assert_int_equal(circle_new(c, SAM), 0);
}

/* --- list mails -------------------------------------------------------------------------------------------------------------------------------- */

static const struct mail *list_of(struct circle *c)
{
    static const char *const notes[] = { "First: soup.", "Second: walk.", "Third: call 555-555-0142.", "Fourth: bread.",
                                         "Fifth: tea." };

    for (size_t i = 0; i < COUNT_OF(notes); i++)
        circle_write(c, MARIA, GROUP, "x", notes[i], PASS);
    circle_pass(c, 15 * MS_MINUTE);
    circle_listen(c);
    return circle_mail(c, ANA, "notes wait");
}

/* The number under which a note stands in the list. */
static int number_of(const struct mail *list, const char *words)
{
    const char *at = strstr(list->text, words);
    int number = 0;

    assert_non_null(at);
    for (const char *p = list->text; (p = strstr(p, ". Maria")) && p < at; p++)
        number = p[-1] - '0';
    return number;
}

static void a_list_takes_one_decision_a_line(void **state)
{
    struct circle *c = *state;
    const struct mail *list = list_of(c);
    const int soup = number_of(list, "First: soup"), walk = number_of(list, "Second: walk"),
              bread = number_of(list, "Fourth: bread");

    circle_reply(c, list, ANA, arena_printf(c->mem, "OK %d %d\r\nNO %d rule 3\r\n", soup, walk, bread), PASS);
    assert_int_equal(circle_waiting(c, "First").id.v, 0);
    assert_int_equal(circle_waiting(c, "Second").id.v, 0);
    assert_int_equal(circle_waiting(c, "Fourth").id.v, 0);
    assert_true(circle_waiting(c, "Fifth").id.v);
    assert_int_equal(circle_said(c, SAM, "Fourth: bread"), 0);
    assert_int_equal(circle_said(c, SAM, "First: soup"), 1);
    circle_has(circle_mail(c, MARIA, "about your note"), "No selling");
}

static void a_line_that_is_none_spoils_the_list(void **state)
{
    struct circle *c = *state;
    const struct mail *list = list_of(c);

    circle_reply(c, list, ANA, "OK 1 2\r\nbut not 3", PASS);
    assert_true(circle_waiting(c, "First").id.v);
    assert_int_equal(circle_new(c, SAM), 0);
    circle_has(circle_mail(c, ANA, "say it again"), "We did nothing yet");
    circle_has(circle_mail(c, ANA, "say it again"), "one decision on each line, with its number, like OK 2");
    circle_has(circle_mail(c, ANA, "say it again"), "The notes still wait.");
}

static void ok_all_beside_a_no_is_all_the_others(void **state)
{
    struct circle *c = *state;
    const struct mail *list = list_of(c);
    const int bread = number_of(list, "Fourth: bread");

    circle_reply(c, list, ANA, arena_printf(c->mem, "OK ALL\r\nNO %d rule 3\r\n", bread), PASS);
    assert_int_equal(circle_waiting(c, "First").id.v, 0);
    assert_int_equal(circle_waiting(c, "Fourth").id.v, 0);
    assert_true(circle_waiting(c, "Third").id.v); /* marked */
    assert_int_equal(circle_said(c, SAM, "First: soup"), 1);
    assert_int_equal(circle_said(c, SAM, "Fourth: bread"), 0);
    circle_has(circle_mail(c, MARIA, "about your note"), "No selling");
}

/* What still waits, and the words that count: of what was answered. */
static void what_is_asked_back_fits_what_was_answered(void **state)
{
    struct circle *c = *state;
    const struct mail *asked, *again;

    note(c, CRISIS, &asked);
    circle_reply(c, circle_mail(c, ANA, "please claim"), ANA, "I will look at it in a minute", PASS);
    again = circle_mail(c, ANA, "say it again");
    circle_has(again, "CLAIM makes the alarm yours");
    circle_lacks(again, "OK CUT");
    circle_lacks(again, "still wait");
    circle_reply(c, asked, ANA, "I will look at it in a minute", PASS);
    again = circle_mail(c, ANA, "say it again");
    circle_has(again, "OK CUT");
    circle_has(again, "It still waits.");
    circle_reply(c, asked, ANA, "DONE: called her", PASS);
    circle_reply(c, asked, ANA, "DONE: really", PASS);
    circle_has(circle_mail(c, ANA, "say it again"), "A second person must say it too");
    circle_reply(c, asked, ANA, "NO 1", PASS);
    circle_reply(c, asked, ANA, "What did I say?", PASS);
    circle_lacks(circle_mail(c, ANA, "say it again"), "still waits");
}

/* From an address that nobody registered it does nothing, and who is imitated is asked. */
static void a_list_answered_from_elsewhere(void **state)
{
    struct circle *c = *state;
    const struct mail *list = list_of(c);

    circle_reply(c, list, "ana.ruiz@home.example.org", "OK ALL", PASS);
    circle_reply(c, list, ANA, "OK ALL", FORGED);
    assert_true(circle_waiting(c, "First").id.v);
    assert_int_equal(circle_new(c, SAM), 0);
    assert_int_equal(circle_new(c, "ana.ruiz@home.example.org"), 0);
    circle_has(circle_since(c, ANA, NULL), "Was this you?");
}

static void ok_all_leaves_the_flagged_ones(void **state)
{
    struct circle *c = *state;
    const struct mail *list = list_of(c);

    circle_write(c, ROSE, GROUP, "x", "Sixth: came later.", PASS);
    circle_reply(c, list, ANA, "OK ALL", PASS);
    assert_int_equal(circle_waiting(c, "First").id.v, 0);
    assert_int_equal(circle_waiting(c, "Fifth").id.v, 0);
    assert_true(circle_waiting(c, "Third").id.v); /* it has a phone number */
    assert_true(circle_waiting(c, "Sixth").id.v); /* it was not in that mail */
    circle_has(circle_mail(c, ANA, "done"), "it has a mark");
    circle_has(circle_mail(c, ANA, "done"), "Notes that still wait: 2.");
    circle_has(circle_mail(c, ANA, "done"), "Not done"); /* what has a mark, and why */
    circle_has(circle_mail(c, ANA, "done"), ": Maria, has waited");
}

/* --- reminders --------------------------------------------------------------------------------------------------------------------------------------- */

static void reminders_come_after_four_working_hours_then_daily_then_to_the_deputy(void **state)
{
    struct circle *c = *state;
    const struct post p = note(c, "I made lentil soup today.", NULL);

    circle_pass(c, 3 * MS_HOUR);
    assert_null(circle_mail(c, ANA, "still waiting"));
    circle_pass(c, MS_HOUR + MS_MINUTE);
    assert_non_null(circle_mail(c, ANA, "still waiting"));
    assert_null(circle_mail(c, LEE, "still waiting"));
    circle_listen(c);
    circle_pass(c, 12 * MS_HOUR);
    assert_int_equal(circle_new(c, ANA), 0);
    circle_pass(c, 12 * MS_HOUR);
    assert_int_equal(circle_new(c, ANA), 1);
    assert_int_equal(circle_new(c, LEE), 1);
    circle_reply(c, circle_mail(c, LEE, "still waiting"), LEE, "OK 1", PASS);
    assert_int_equal(state_of(c, p), POST_PUBLISHED); /* nothing but a person approved it */
    circle_listen(c);
    circle_pass(c, 3 * MS_DAY);
    assert_int_equal(circle_new(c, ANA), 0);
}

static void a_note_at_the_end_of_a_day_is_reminded_of_the_next(void **state)
{
    struct circle *c = *state;

    home_set_time(c->home, CIRCLE_START_MS + 6 * MS_HOUR); /* 16:00; the office closes at 17:00 */
    note(c, "I made lentil soup today.", NULL);
    circle_pass(c, 5 * MS_HOUR);
    assert_null(circle_mail(c, ANA, "still waiting"));
    circle_pass(c, 15 * MS_HOUR); /* noon of the next day */
    assert_non_null(circle_mail(c, ANA, "still waiting"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(move_places_and_asks_again),
        TEST(pass_goes_to_the_next_person),
        TEST(crisis_pages_and_makes_two_people_needed),
        TEST(crisis_of_what_pages_already_is_no_fault),
        TEST(each_crisis_after_a_closed_alarm_opens_another),
        TEST(claim_and_done_work_from_the_review_mail),
        TEST(the_second_moderator_gets_a_friendly_already),
        TEST(a_decision_about_what_has_changed_since_does_nothing),
        TEST(a_list_takes_one_decision_a_line),
        TEST(a_line_that_is_none_spoils_the_list),
        TEST(ok_all_beside_a_no_is_all_the_others),
        TEST(what_is_asked_back_fits_what_was_answered),
        TEST(a_list_answered_from_elsewhere),
        TEST(ok_all_leaves_the_flagged_ones),
        TEST(reminders_come_after_four_working_hours_then_daily_then_to_the_deputy),
        TEST(a_note_at_the_end_of_a_day_is_reminded_of_the_next),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
