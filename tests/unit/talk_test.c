/* Private conversations: what goes between staff and one patient reaches nobody else, whatever anybody tries. */
#include "circle_help.h"

#include "store/private.h"

#define SECRET "my feet have gone quite numb"
#define ANSWER "Please come by on Thursday at nine."

/* Rose writes, Ana answers PRIVATE; what Rose gets. */
static const struct mail *private_answer(struct circle *c)
{
    circle_write(c, ROSE, GROUP, "x", "Dear nurse, " SECRET ". What shall I do?", PASS);
    circle_reply(c, circle_mail(c, ANA, NULL), ANA, "PRIVATE: " ANSWER, PASS);
    return circle_mail(c, ROSE, "answer for you");
}

static void an_answer_goes_back_and_forth(void **state)
{
    struct circle *c = *state;
    const struct mail *m = private_answer(c);

    circle_has(m, ANSWER);
    circle_has(m, "did not go to the group");
    circle_listen(c);
    circle_reply(c, m, ROSE, "Thursday is good. Thank you so much!", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_STAFF);
    m = circle_since(c, ANA, "private words");
    circle_has(m, "Thursday is good.");
    circle_has(m, SECRET); /* the whole talk */
    circle_has(m, ANSWER);
    assert_null(circle_since(c, LEE, NULL));
    circle_listen(c);
    circle_reply(c, m, ANA, "No, bring your own shoes.", PASS); /* begins like a decision, and is an answer */
    circle_has(circle_since(c, ROSE, "answer for you"), "No, bring your own shoes.");
    circle_lacks(circle_since(c, ROSE, "answer for you"), "did not go to the group");
    circle_has(circle_since(c, ANA, "private answer"), "on its way to Rose");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM private_talk"), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM private_note"), 4);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 78"), 1);
}

static void a_bare_decision_sends_nothing(void **state)
{
    struct circle *c = *state;

    circle_reply(c, private_answer(c), ROSE, "Thank you, I will.", PASS);
    circle_listen(c);
    circle_reply(c, circle_mail(c, ANA, "private words"), ANA, "OK", PASS);
    assert_int_equal(circle_new(c, ROSE), 0);
    circle_has(circle_since(c, ANA, "private answer"), "We sent nothing");
    circle_reply(c, circle_mail(c, ANA, "private answer"), ANA, "See you then, Rose.", PASS);
    circle_has(circle_since(c, ROSE, "answer for you"), "See you then, Rose.");
}

static void it_is_closed_by_done_and_passed_on(void **state)
{
    struct circle *c = *state;
    const struct mail *m;

    circle_reply(c, private_answer(c), ROSE, "One more question: which shoes?", PASS);
    circle_listen(c);
    circle_reply(c, circle_mail(c, ANA, "private words"), ANA, "PASS", PASS);
    circle_has(circle_since(c, ANA, "private answer"), "Lee Ames has it now");
    m = circle_since(c, LEE, "private words");
    circle_has(m, "which shoes?");
    circle_reply(c, m, LEE, "DONE", PASS);
    circle_has(circle_since(c, LEE, "private answer"), "This talk is over");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM private_talk WHERE state = 1"), 0);
    assert_int_equal(circle_new(c, ROSE), 0);
    /* Rose writes again: a new one, to whom she heard from last */
    circle_reply(c, circle_mail(c, ROSE, "answer for you"), ROSE, "And now it itches.", PASS);
    circle_has(circle_since(c, LEE, "private words"), "it itches");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM private_talk"), 2);
}

static void what_waits_is_reminded_of(void **state)
{
    struct circle *c = *state;

    circle_reply(c, private_answer(c), ROSE, "Which shoes shall I bring?", PASS);
    circle_listen(c);
    circle_pass(c, 3 * MS_HOUR);
    assert_null(circle_since(c, ANA, "private words"));
    circle_pass(c, 2 * MS_HOUR);
    circle_has(circle_since(c, ANA, "private words"), "Rose still waits for you");
    assert_null(circle_since(c, LEE, "private words"));
    circle_pass(c, 25 * MS_HOUR);
    circle_has(circle_since(c, LEE, "private words"), "Which shoes shall I bring?");
    circle_reply(c, circle_mail(c, LEE, "private words"), LEE, "Flat ones.", PASS);
    circle_listen(c);
    circle_pass(c, 3 * MS_DAY);
    assert_null(circle_since(c, ANA, "private words"));
    assert_null(circle_since(c, LEE, "private words"));
}

static void the_answer_to_ask_is_private_and_the_note_waits_again(void **state)
{
    struct circle *c = *state;
    struct post p;

    circle_write(c, ROSE, GROUP, "x", "I walked to the lake.", PASS);
    circle_reply(c, circle_mail(c, ANA, NULL), ANA, "ASK: Which lake?", PASS);
    p = circle_waiting(c, "walked to the lake");
    assert_int_equal(p.state, POST_ASKED);
    circle_reply(c, circle_mail(c, ROSE, "a question for you"), ROSE, "The one where " SECRET ".", PASS);
    circle_has(circle_mail(c, ANA, "private words"), SECRET);
    assert_int_equal(circle_post(c, p.id).state, POST_HELD);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS);
    assert_int_equal(circle_post(c, p.id).state, POST_PUBLISHED);
    circle_digest(c);
    assert_int_equal(circle_said(c, MARIA, "I walked to the lake."), 1);
    assert_int_equal(circle_said(c, MARIA, SECRET), 0);
    assert_int_equal(circle_said(c, SAM, SECRET), 0);
}

static void a_forged_reply_is_not_taken(void **state)
{
    struct circle *c = *state;
    const struct mail *m = private_answer(c);

    circle_listen(c);
    circle_reply(c, m, ROSE, "I am somebody else.", FORGED);
    assert_int_equal(circle_outcome(c), OUTCOME_UNVERIFIED);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM private_note"), 2);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 1);
}

static void it_goes_on_when_the_group_is_over_for_her(void **state)
{
    struct circle *c = *state;
    const struct mail *m = private_answer(c);

    circle_write(c, ROSE, GROUP, "x", "LEAVE", PASS);
    circle_listen(c);
    circle_reply(c, m, ROSE, "May I still come on Thursday?", PASS);
    circle_has(circle_since(c, ANA, "private words"), "May I still come");
}

/* Every road that ends with other members: each is tried with private words, and none of them holds any. */
static void nothing_publishes_private_words(void **state)
{
    static const char *const words[] = {
        "OK",   "OK CUT", "SEND",   "MOVE NEW", "MOVE 1", "FIX: Please rest.", "EDIT: " SECRET,
        "UNDO", "OK 1",   "OK ALL", "CRISIS"
    };
    struct circle *c = *state;
    const struct mail *rose, *ana;
    struct post p;

    circle_published(c, c->maria, "I use lemon in place of salt.");
    rose = private_answer(c);
    p.id.v = circle_count(c, "SELECT id FROM post WHERE state = 10");
    circle_reply(c, rose, ROSE, "It is " SECRET " still. ANNOUNCE it to all.", PASS);
    ana = circle_mail(c, ANA, "private words");
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        circle_reply(c, ana, ANA, words[i], PASS);                                 /* the private mail */
        circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, words[i], PASS); /* the review mail of the note */
    }
    circle_reply(c, ana, ROSE, "OK", PASS); /* the patient holds the staff's token */
    circle_reply(c, rose, MARIA, "OK", PASS);
    circle_write(c, ROSE, GROUP, "Re: an answer for you", "MORE", PASS);
    circle_digest(c);
    circle_pass(c, 8 * MS_DAY);
    assert_int_equal(circle_post(c, p.id).state, POST_PRIVATE);
    assert_int_equal(circle_said(c, MARIA, SECRET), 0);
    assert_int_equal(circle_said(c, SAM, SECRET), 0);
    assert_int_equal(circle_said(c, MARIA, ANSWER), 0);
    assert_int_equal(circle_said(c, SAM, ANSWER), 0);
    assert_true(circle_said(c, MARIA, "lemon in place of salt") > 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)
    const struct CMUnitTest tests[] = {
        TEST(an_answer_goes_back_and_forth),
        TEST(a_bare_decision_sends_nothing),
        TEST(it_is_closed_by_done_and_passed_on),
        TEST(what_waits_is_reminded_of),
        TEST(the_answer_to_ask_is_private_and_the_note_waits_again),
        TEST(a_forged_reply_is_not_taken),
        TEST(it_goes_on_when_the_group_is_over_for_her),
        TEST(nothing_publishes_private_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
