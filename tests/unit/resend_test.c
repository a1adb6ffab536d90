/* A note that its author sends again joins what waits: the newest words are shown, both are kept, and an OK to the old ones releases nothing. */
#include "circle_help.h"

#include "gateway/home/context.h"

#define FIRST "We wallked to the lake today and I felt so much better."
#define FIXED "We walked to the lake today and I felt so much better."

static int64_t posts(struct circle *c)
{
    return circle_count(c, "SELECT count(*) FROM post");
}

static void a_mended_slip_joins_as_a_new_version(void **state)
{
    struct circle *c = *state;
    const struct mail *old;
    struct context context;
    struct post p;
    struct err err;

    circle_write(c, ROSE, GROUP, "Walk", FIRST, PASS);
    old = circle_mail(c, ANA, "a note waits");
    circle_listen(c);
    circle_pass(c, 60 * MS_HOUR);
    circle_write(c, ROSE, GROUP, "Walk", FIXED, PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_HELD);
    assert_int_equal(posts(c), 1);
    p = circle_waiting(c, "walked");
    HELP_OK(context_read(p.context, c->mem, &context, &err));
    assert_string_equal(context.earlier, FIRST);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM letter"), 2);
    circle_has(circle_mail(c, ANA, "a note waits"), FIXED);
    circle_has(circle_mail(c, ANA, "a note waits"), FIRST);

    circle_reply(c, old, ANA, "OK", PASS); /* to the words that she did not see again */
    circle_has(circle_mail(c, ANA, "this one is done"), "changed");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post WHERE published_seq IS NOT NULL"), 0);
    assert_int_equal(circle_said(c, SAM, "better"), 0);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS);
    assert_int_equal(circle_said(c, SAM, "walked"), 1);
    assert_int_equal(circle_said(c, SAM, "wallked"), 0);
}

static void after_72_hours_it_is_a_note_of_its_own(void **state)
{
    struct circle *c = *state;

    circle_write(c, ROSE, GROUP, "Walk", FIRST, PASS);
    circle_pass(c, 73 * MS_HOUR);
    circle_write(c, ROSE, GROUP, "Walk", FIXED, PASS);
    assert_int_equal(posts(c), 2);
}

static void another_signature_joins(void **state)
{
    struct circle *c = *state;

    circle_write(c, ROSE, GROUP, "Walk", FIXED "\r\n\r\nRose", PASS);
    circle_write(c, ROSE, GROUP, "Walk", FIXED "\r\n\r\nWarm wishes,\r\nRose Miller", PASS);
    assert_int_equal(posts(c), 1);
    circle_write(c, MARIA, GROUP, "Walk", FIXED, PASS);
    assert_int_equal(posts(c), 2);
}

/* The half that one of two people gave was given to other words. */
static void the_first_of_two_people_starts_again(void **state)
{
    struct circle *c = *state;
    const struct mail *first;

    circle_write(c, ROSE, GROUP, "Walk", "I want to die, and nobody in my house has seen it all week.", PASS);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS);
    assert_int_equal(circle_waiting(c, "house").state, POST_HALF_RELEASED);
    first = circle_mail(c, LEE, "a note waits");
    circle_write(c, ROSE, GROUP, "Walk", "I want to die, and nobody in my house has seen it all year.", PASS);
    assert_int_equal(posts(c), 1);
    assert_int_equal(circle_waiting(c, "house").state, POST_HELD);
    assert_int_equal(circle_waiting(c, "house").first_review_by.v, 0);
    circle_reply(c, circle_mail(c, LEE, "a note waits"), LEE, "OK", PASS);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post WHERE published_seq IS NOT NULL"), 0);
    circle_reply(c, first, LEE, "OK", PASS);
    circle_has(circle_mail(c, LEE, "this one is done"), "has changed");
}

static void thanks_to_another_note_are_thanks_of_their_own(void **state)
{
    struct circle *c = *state;
    const struct mail *letter;

    circle_published(c, c->maria, "I made lentil soup today.");
    circle_published(c, c->sam, "My knee hurts less since I swim.");
    circle_digest(c);
    letter = circle_mail(c, ROSE, "letter");
    circle_reply(c, letter, ROSE, "1 Thank you!", PASS);
    circle_reply(c, letter, ROSE, "2 Thank you!", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_HELD);
    assert_int_equal(posts(c), 4);
    circle_reply(c, letter, ROSE, "2. Thank you!!", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_DUPLICATE);
    assert_int_equal(posts(c), 4);
}

static void one_letter_to_two_notes_does_not_join_itself(void **state)
{
    struct circle *c = *state;

    circle_published(c, c->maria, "I made lentil soup today.");
    circle_published(c, c->sam, "My knee hurts less since I swim.");
    circle_digest(c);
    circle_reply(c, circle_mail(c, ROSE, "letter"), ROSE, "1 and 2 Thank you both for telling us all of this today.",
                 PASS);
    assert_int_equal(posts(c), 4);
}

static void what_the_group_has_read_is_marked_not_swallowed(void **state)
{
    struct circle *c = *state;

    circle_write(c, ROSE, GROUP, "Walk", FIRST, PASS);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS);
    circle_write(c, ROSE, GROUP, "Walk", FIXED, PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_HELD);
    assert_true(circle_waiting(c, "walked").flags & POST_FLAG_SENT_BEFORE);
    circle_has(circle_mail(c, ANA, "a note waits"), "has read nearly the same");
}

static void a_forged_copy_neither_swallows_nor_replaces(void **state)
{
    struct circle *c = *state;

    circle_write(c, ROSE, GROUP, "Walk", FIRST, NOTHING);
    circle_write(c, ROSE, GROUP, "Walk", FIRST, PASS);
    assert_int_equal(posts(c), 2);
    circle_write(c, ROSE, GROUP, "Walk", FIXED, NOTHING);
    assert_int_equal(posts(c), 3);
    assert_false(circle_waiting(c, "wallked").flags & POST_FLAG_SENT_BEFORE);
}

/* Anonymous once is anonymous for good: the second letter may have forgotten the word. */
static void a_forgotten_anon_stays_anonymous(void **state)
{
    struct circle *c = *state;

    circle_write(c, ROSE, GROUP, "Walk", "ANON\r\n" FIRST, PASS);
    circle_write(c, ROSE, GROUP, "Walk", FIXED, PASS);
    assert_int_equal(posts(c), 1);
    assert_true(circle_waiting(c, "walked").is_anonymous);
}

/* And the rest of such a letter is as the letter says: by name. */
static void a_forgotten_anon_is_of_that_note_alone(void **state)
{
    struct circle *c = *state;

    circle_published(c, c->maria, "I made lentil soup today.");
    circle_published(c, c->sam, "My knee hurts less since I swim.");
    circle_digest(c);
    circle_reply(c, circle_mail(c, ROSE, "letter"), ROSE, "ANON\r\n1 My mother made that soup on every cold evening.",
                 PASS);
    circle_reply(c, circle_mail(c, ROSE, "letter"), ROSE,
                 "1 My mother made that soup on every cold evenings.\r\n\r\n2 Swimming helps my shoulder as well.",
                 PASS);
    assert_int_equal(posts(c), 4);
    assert_true(circle_waiting(c, "mother").is_anonymous);
    assert_false(circle_waiting(c, "shoulder").is_anonymous);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_mended_slip_joins_as_a_new_version),
        TEST(after_72_hours_it_is_a_note_of_its_own),
        TEST(another_signature_joins),
        TEST(the_first_of_two_people_starts_again),
        TEST(thanks_to_another_note_are_thanks_of_their_own),
        TEST(one_letter_to_two_notes_does_not_join_itself),
        TEST(what_the_group_has_read_is_marked_not_swallowed),
        TEST(a_forged_copy_neither_swallows_nor_replaces),
        TEST(a_forgotten_anon_stays_anonymous),
        TEST(a_forgotten_anon_is_of_that_note_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
