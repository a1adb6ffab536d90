/* Where a reply to a digest belongs: numbers, stretches between quoted lines, and "Which one?" (DESIGN.md section 6). */
#include "circle_help.h"

#include "store/question.h"

struct talks {
    struct post soup, walk, bread;
    int soup_no, walk_no, bread_no;
    const struct mail *digest;
};

/* The number that stands before a title in the letter. */
static int number_of(const struct mail *m, const char *title)
{
    for (int n = 1; n < 10; n++) {
        char want[80];

        snprintf(want, sizeof want, "%d. %s", n, title);
        if (strstr(m->text, want))
            return n;
    }
    fail_msg("no number before %s", title);
    return 0;
}

static struct talks three_talks(struct circle *c)
{
    struct talks t = { .soup = circle_published(c, c->maria, "Lentil soup is ready."),
                       .walk = circle_published(c, c->maria, "We walked around the lake."),
                       .bread = circle_published(c, c->maria, "My bread did not rise.") };

    circle_digest(c);
    circle_listen(c);
    t.digest = circle_mail(c, ROSE, "letter 1");
    t.soup_no = number_of(t.digest, "Lentil soup");
    t.walk_no = number_of(t.digest, "We walked");
    t.bread_no = number_of(t.digest, "My bread");
    return t;
}

/* --- "Which one?" -------------------------------------------------------------------------------------------------------------------- */

static void a_bare_reply_is_asked_once(void **state)
{
    struct circle *c = *state;
    const struct talks t = three_talks(c);
    const struct mail *asked;

    circle_reply(c, t.digest, ROSE, "How lovely, I want to try that.", PASS);
    assert_int_equal(circle_waiting(c, "lovely").conversation.v, 0);
    assert_true(circle_waiting(c, "lovely").flags & POST_FLAG_UNPLACED);
    asked = circle_mail(c, ROSE, "which one");
    circle_has(asked, "How lovely");
    circle_has(asked, arena_printf(c->mem, "%d for: We walked", t.walk_no));
    circle_has(asked, "NEW for a new talk");
    assert_int_equal(circle_new(c, ROSE), 1);
    circle_has(circle_mail(c, ANA, "a note waits"), "Please say MOVE");
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS); /* a moderator cannot release it nowhere */
    circle_has(circle_mail(c, ANA, "say it again"), "where it goes");
    assert_int_equal(circle_said(c, SAM, "How lovely"), 0);
}

static const struct mail *ask(struct circle *c, const struct talks *t)
{
    circle_reply(c, t->digest, ROSE, "How lovely, I want to try that.", PASS);
    return circle_mail(c, ROSE, "which one");
}

static void a_number_places_it(void **state)
{
    struct circle *c = *state;
    const struct talks t = three_talks(c);

    circle_reply(c, ask(c, &t), ROSE, arena_printf(c->mem, "%d", t.walk_no), PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_ANSWER);
    assert_int_equal(circle_waiting(c, "lovely").conversation.v, t.walk.conversation.v);
    assert_false(circle_waiting(c, "lovely").flags & POST_FLAG_UNPLACED);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS);
    assert_int_equal(circle_said(c, SAM, "How lovely"), 1);
}

static void new_makes_a_new_talk(void **state)
{
    struct circle *c = *state;
    const struct talks t = three_talks(c);

    circle_reply(c, ask(c, &t), ROSE, "New, please. Thank you, Rose", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_ANSWER);
    assert_int_equal(circle_waiting(c, "lovely").kind, POST_POST);
    assert_true(circle_waiting(c, "lovely").conversation.v);
}

static void an_unclear_answer_leaves_it_to_the_moderator(void **state)
{
    struct circle *c = *state;
    const struct talks t = three_talks(c);
    const struct mail *asked = ask(c, &t);

    circle_listen(c);
    circle_reply(c, asked, ROSE, "The one about the dog, I think", PASS);
    assert_int_equal(circle_waiting(c, "lovely").conversation.v, 0);
    assert_int_equal(circle_new(c, ROSE), 0);                            /* asked once, not twice */
    circle_has(circle_mail(c, ANA, "for your notice"), "about the dog"); /* and no word is lost */
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post WHERE state = 1"), 1);
}

static void after_a_day_the_moderator_places_it(void **state)
{
    struct circle *c = *state;
    const struct talks t = three_talks(c);
    const struct mail *asked = ask(c, &t), *review;

    circle_listen(c);
    circle_pass(c, 25 * MS_HOUR);
    assert_int_equal(circle_count(c, "SELECT state FROM question WHERE kind = 1"), QUESTION_EXPIRED);
    review = circle_since(c, ANA, "a note waits"); /* it comes again, by itself */
    circle_has(review, "How lovely");
    circle_reply(c, review, ANA, "MOVE 1", PASS);
    assert_true(circle_waiting(c, "lovely").conversation.v);
    circle_reply(c, asked, ROSE, "2", PASS); /* too late: it does not move again, and makes no note "2" */
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post WHERE state = 1"), 1);
}

/* --- where it says so itself -------------------------------------------------------------------------------------------------------------- */

static void leading_numbers_place_each_piece(void **state)
{
    struct circle *c = *state;
    const struct talks t = three_talks(c);

    circle_reply(
        c, t.digest, ROSE,
        arena_printf(c->mem, "%d Thanks Maria, I will cook it!\r\n\r\n#%d: try more yeast", t.soup_no, t.bread_no),
        PASS);
    assert_int_equal(circle_waiting(c, "I will cook").conversation.v, t.soup.conversation.v);
    assert_int_equal(circle_waiting(c, "more yeast").conversation.v, t.bread.conversation.v);
    assert_null(strstr(circle_waiting(c, "I will cook").text, "yeast"));
    assert_int_equal(circle_new(c, ROSE), 0);
}

/* "2 weeks ago" is prose. */
static void a_quantity_is_no_number(void **state)
{
    struct circle *c = *state;
    const struct talks t = three_talks(c);

    circle_reply(c, t.digest, ROSE, "2 weeks ago I did the same.", PASS);
    assert_int_equal(circle_waiting(c, "weeks ago").conversation.v, 0);
    assert_non_null(circle_mail(c, ROSE, "which one"));
}

/* The words stand in the title too, behind its number. */
static bool is_body(struct circle *c, const char *line, size_t n, const char *words)
{
    const char *text = arena_strndup(c->mem, line, n);

    return strstr(text, words) && !strstr(text, arena_printf(c->mem, ". %s", words));
}

/* Between the quoted lines of the letter, as many people answer. */
static void interleaved_words_end_where_they_were_written(void **state)
{
    struct circle *c = *state;
    const struct talks t = three_talks(c);
    CLEANUP(strbuf_done) struct strbuf out = STRBUF((size_t)1 << 20);
    const char *p = t.digest->text, *line;
    size_t n;

    strbuf_str(&out, "On Tue, Mar 3, 2026 at 9:00 AM Tuesday Circle <" GROUP "> wrote:\r\n\r\n");
    while (text_next_line(&p, &line, &n)) {
        strbuf_str(&out, "> ");
        strbuf_add(&out, line, n);
        strbuf_str(&out, "\r\n");
        if (is_body(c, line, n, "Lentil soup is ready."))
            strbuf_str(&out, "\r\nI love lentils.\r\n\r\n");
        if (is_body(c, line, n, "My bread did not rise."))
            strbuf_str(&out, "\r\nMine never does either.\r\n\r\n");
    }
    circle_wrote(c, &(struct wrote){ ROSE, t.digest->reply_to, circle_re(c, t.digest), strbuf_peek(&out), PASS,
                                     t.digest->message_id, NULL, NULL });
    circle_run(c);
    assert_int_equal(circle_waiting(c, "I love lentils").conversation.v, t.soup.conversation.v);
    assert_int_equal(circle_waiting(c, "never does").conversation.v, t.bread.conversation.v);
    assert_string_equal(circle_waiting(c, "I love lentils").text, "I love lentils.");
    assert_int_equal(circle_new(c, ROSE), 0);
}

static void the_address_of_an_item_places_it(void **state)
{
    struct circle *c = *state;
    const struct talks t = three_talks(c);
    const char *at = strstr(t.digest->text, arena_printf(c->mem, "Answer number %d", t.walk_no)), *from;

    assert_non_null(at);
    from = strchr(at, '<') + 1;
    circle_write(c, ROSE, arena_strndup(c->mem, from, strcspn(from, ">")), "Answer", "It is a fine lake.", PASS);
    assert_int_equal(circle_waiting(c, "fine lake").conversation.v, t.walk.conversation.v);
    assert_int_equal(circle_waiting(c, "fine lake").placed_why, 0);
}

/* The review mail says where a note was placed and why; MOVE is open to the moderator. */
static void the_moderator_sees_where_and_why(void **state)
{
    struct circle *c = *state;
    const struct talks t = three_talks(c);

    circle_reply(c, t.digest, ROSE, arena_printf(c->mem, "%d: It is a fine lake.", t.walk_no), PASS);
    circle_has(circle_mail(c, ANA, "a note waits"), "We walked around the lake");
    circle_has(circle_mail(c, ANA, "a note waits"), "It began with the number of this talk");
}

/* Nobody remembers a letter after 13 months: its answer is held, marked, and its author asked. */
static void an_answer_to_a_forgotten_letter_is_held(void **state)
{
    struct circle *c = *state;
    const struct talks t = three_talks(c);

    help_raw(&c->g.h, "DELETE FROM delivery");
    circle_reply(c, t.digest, ROSE, "How lovely, I want to try that.", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_HELD);
    assert_true(circle_waiting(c, "lovely").flags & POST_FLAG_OLD_LETTER);
    circle_has(circle_mail(c, ANA, "a note waits"), "It answers an old letter");
    circle_has(circle_mail(c, ROSE, "about your reply"), "reply NEW");
    circle_reply(c, circle_mail(c, ROSE, "about your reply"), ROSE, "NEW", PASS);
    assert_int_equal(circle_waiting(c, "lovely").kind, POST_POST);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(a_bare_reply_is_asked_once),
        TEST(a_number_places_it),
        TEST(new_makes_a_new_talk),
        TEST(an_unclear_answer_leaves_it_to_the_moderator),
        TEST(after_a_day_the_moderator_places_it),
        TEST(leading_numbers_place_each_piece),
        TEST(a_quantity_is_no_number),
        TEST(interleaved_words_end_where_they_were_written),
        TEST(the_address_of_an_item_places_it),
        TEST(the_moderator_sees_where_and_why),
        TEST(an_answer_to_a_forgotten_letter_is_held),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
