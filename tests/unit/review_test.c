/* Decisions, by mail and directly: what each does, who may, and that nothing fans out without one (DESIGN.md section 7). */
#include "circle_help.h"
#include "review_help.h"

/* --- releasing ------------------------------------------------------------------------------------------------------------------------- */

static void ok_releases(void **state)
{
    struct circle *c = *state;
    const struct mail *asked;
    const struct post p = note(c, "I made lentil soup today.", &asked);

    circle_reply(c, asked, ANA, "OK, thanks. Ana", PASS);
    assert_int_equal(state_of(c, p), POST_PUBLISHED);
    circle_has(circle_mail(c, SAM, NULL), "lentil soup");
    circle_has(circle_mail(c, ANA, "done"), "it goes out");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 33"), 1);
    circle_digest(c);
    circle_has(circle_mail(c, ROSE, "letter 1"), "lentil soup");
}

static void ok_by_the_command_line_releases(void **state)
{
    struct circle *c = *state;
    struct review_result result;
    const struct post p = note(c, "I made lentil soup today.", NULL);

    assert_int_equal(decide(c, p.id, (struct decision){ .kind = DECISION_OK }, c->lee, &result), RC_OK);
    assert_int_equal(result.effect, REVIEW_RELEASED);
    assert_int_equal(state_of(c, p), POST_PUBLISHED);
}

static void ok_cut_takes_out_contact_data(void **state)
{
    struct circle *c = *state;
    const struct mail *asked;
    const struct post p = note(c, "Call me at 555-555-0142 about the walk.", &asked);

    assert_true(p.flags & POST_FLAG_CONTACT);
    circle_has(asked, "With OK CUT they would read this");
    circle_reply(c, asked, ANA, "OK CUT", PASS);
    assert_int_equal(state_of(c, p), POST_PUBLISHED);
    circle_has(circle_mail(c, SAM, NULL), "about the walk");
    circle_lacks(circle_mail(c, SAM, NULL), "0142");
}

static void ok_cut_of_nothing_does_nothing(void **state)
{
    struct circle *c = *state;
    const struct mail *asked;
    const struct post p = note(c, "I made lentil soup today.", &asked);

    circle_reply(c, asked, ANA, "OK CUT", PASS);
    assert_int_equal(state_of(c, p), POST_HELD);
    circle_has(circle_mail(c, ANA, "say it again"), "nothing to cut");
}

static void an_edit_that_only_removes_releases(void **state)
{
    struct circle *c = *state;
    const struct mail *asked;
    const struct post p = note(c, "I made lentil soup today. My sister Jo hated it.", &asked);

    circle_reply(c, asked, ANA, "EDIT\r\nI made lentil soup today.", PASS);
    assert_int_equal(state_of(c, p), POST_PUBLISHED);
    circle_has(circle_mail(c, SAM, NULL), "lentil soup");
    circle_lacks(circle_mail(c, SAM, NULL), "Jo");
}

static const struct mail *reworded(struct circle *c, struct post *ret_post)
{
    const struct mail *asked;

    *ret_post = note(c, "I made awful soup today.", &asked);
    circle_reply(c, asked, ANA, "EDIT\r\nI made simple soup today.", PASS);
    assert_int_equal(state_of(c, *ret_post), POST_ASKED);
    assert_int_equal(circle_new(c, SAM), 0);
    circle_listen(c);
    return circle_mail(c, MARIA, "fine with you");
}

static void an_edit_that_rewords_asks_the_author_and_comes_back(void **state)
{
    struct circle *c = *state;
    struct post p;
    const struct mail *asked = reworded(c, &p);

    circle_has(asked, "simple soup");
    circle_reply(c, asked, MARIA, "Yes, thank you", PASS);
    assert_int_equal(state_of(c, p), POST_HELD);
    assert_int_equal(circle_new(c, SAM), 0);
    circle_has(circle_mail(c, ANA, "a note waits"), "simple soup");
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS);
    circle_has(circle_mail(c, SAM, NULL), "simple soup");
}

static void an_author_may_refuse_new_words(void **state)
{
    struct circle *c = *state;
    struct post p;

    circle_reply(c, reworded(c, &p), MARIA, "No", PASS);
    assert_int_equal(state_of(c, p), POST_HELD);
    assert_string_equal(circle_post(c, p.id).text, "I made awful soup today.");
    circle_has(circle_mail(c, ANA, "for your notice"), "said no to the new words");
}

static void an_author_may_write_other_words_and_they_are_marked(void **state)
{
    struct circle *c = *state;
    struct post p;

    circle_reply(c, reworded(c, &p), MARIA, "I made plain soup. Call me at 555-555-0142.", PASS);
    p = circle_post(c, p.id);
    assert_int_equal(p.state, POST_HELD);
    assert_true(p.flags & POST_FLAG_CONTACT);
    circle_has(circle_mail(c, ANA, "a note waits"), "With OK CUT they would read this");
}

/* ANON above the answer is meant for the note. */
static void an_author_may_go_without_a_name(void **state)
{
    static const struct {
        const char *answer, *text;
        bool is_anonymous;
        int64_t flag;
    } cases[] = {
        { "ANON\r\nYes", "I made simple soup today.", true, 0 },
        { "ANON\r\nI made plain soup.", "I made plain soup.", true, 0 },
        { "ANON\r\nI, Maria, made plain soup.", "I, Maria, made plain soup.", true, POST_FLAG_OWN_NAME },
        { "ANON\r\nNo", "I made awful soup today.", true, 0 },
        { "I made plain soup.\r\nPlease send it anonymously", "I made plain soup.\nPlease send it anonymously", false,
          POST_FLAG_ANON_WISH },
        { "I made plain soup.", "I made plain soup.", false, 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct circle c;
        struct post p;

        circle_start(&c);
        circle_reply(&c, reworded(&c, &p), MARIA, cases[i].answer, PASS);
        p = circle_post(&c, p.id);
        assert_int_equal(p.state, POST_HELD);
        assert_string_equal(p.text, cases[i].text);
        assert_int_equal(p.is_anonymous, cases[i].is_anonymous);
        assert_int_equal(p.flags & (POST_FLAG_OWN_NAME | POST_FLAG_ANON_WISH), cases[i].flag);
        circle_stop(&c);
    }
}

static void a_fix_stands_under_the_note(void **state)
{
    struct circle *c = *state;
    const struct mail *asked;
    const struct post p = note(c, "I rinse nothing.", &asked);

    circle_reply(c, asked, ANA, "FIX: Please rinse lentils.", PASS);
    assert_int_equal(state_of(c, p), POST_PUBLISHED);
    circle_has(circle_mail(c, SAM, NULL), "Please rinse lentils");
    circle_digest(c);
    circle_has(circle_mail(c, ROSE, "letter 1"), "Please rinse lentils");
}

static void a_fix_after_release_corrects(void **state)
{
    struct circle *c = *state;
    const struct mail *asked;
    const struct post p = note(c, "I rinse nothing.", &asked);

    circle_reply(c, asked, ANA, "OK", PASS);
    circle_reply(c, asked, ANA, "FIX: Please rinse lentils.", PASS);
    assert_int_equal(state_of(c, p), POST_CORRECTED);
    circle_has(circle_mail(c, SAM, NULL), "Please rinse lentils"); /* who had it gets a correction */
    circle_digest(c);
    circle_has(circle_mail(c, ROSE, "letter 1"), "Please rinse lentils");
}

static void a_fix_of_a_returned_note_does_nothing(void **state)
{
    struct circle *c = *state;
    const struct mail *asked;
    const struct post p = note(c, "I rinse nothing.", &asked);

    circle_reply(c, asked, ANA, "NO 2", PASS);
    circle_reply(c, asked, ANA, "FIX: Please rinse lentils.", PASS);
    assert_int_equal(state_of(c, p), POST_RETURNED);
    assert_int_equal(circle_new(c, SAM), 0);
}

/* --- not releasing ------------------------------------------------------------------------------------------------------------------------ */

static void no_tells_the_author_the_rule(void **state)
{
    struct circle *c = *state;
    const struct mail *asked;
    const struct post p = note(c, "Buy my soup.", &asked);

    circle_reply(c, asked, ANA, "NO 3", PASS);
    assert_int_equal(state_of(c, p), POST_RETURNED);
    circle_has(circle_mail(c, MARIA, "about your note"), "No selling.");
    circle_has(circle_mail(c, MARIA, "about your note"), "Buy my soup.");
    circle_pass(c, MS_DAY);
    assert_int_equal(circle_said(c, SAM, "Buy my soup"), 0);
    assert_int_equal(circle_said(c, ROSE, "Buy my soup"), 0);
}

static void no_needs_a_rule_that_exists_or_a_reason(void **state)
{
    static const struct {
        const char *text, *told;
    } cases[] = { { "NO", "name a rule or a reason" }, { "NO 9", "no rule with this number" } };
    struct circle *c = *state;
    const struct mail *asked;
    const struct post p = note(c, "Buy my soup.", &asked);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        circle_reply(c, asked, ANA, cases[i].text, PASS);
        assert_int_equal(state_of(c, p), POST_HELD);
        circle_has(circle_mail(c, ANA, "say it again"), cases[i].told);
    }
    circle_reply(c, circle_mail(c, ANA, "say it again"), ANA, "NO: it sells",
                 PASS); /* the answer to the question acts */
    assert_int_equal(state_of(c, p), POST_RETURNED);
    circle_has(circle_mail(c, MARIA, "about your note"), "it sells");
}

static void a_returned_comment_is_rewritten_in_its_talk(void **state)
{
    struct circle *c = *state;
    const struct post soup = circle_published(c, c->rose, "I made lentil soup today.");

    circle_digest(c);
    circle_reply(c, circle_mail(c, MARIA, NULL), MARIA, "Buy my soup.", PASS);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "NO 3", PASS);
    circle_reply(c, circle_mail(c, MARIA, "about your note"), MARIA, "I like soup.", PASS);
    assert_int_equal(circle_waiting(c, "I like soup").conversation.v, soup.conversation.v);
    assert_int_equal(circle_waiting(c, "I like soup").kind, POST_COMMENT);
}

static void ask_goes_to_the_author_and_the_answer_to_staff(void **state)
{
    struct circle *c = *state;
    const struct mail *asked;
    const struct post p = note(c, "The doctor was rude.", &asked);

    circle_reply(c, asked, ANA, "ASK: Which doctor?", PASS);
    assert_int_equal(state_of(c, p), POST_ASKED);
    circle_has(circle_mail(c, MARIA, "a question"), "Which doctor?");
    circle_reply(c, circle_mail(c, MARIA, "a question"), MARIA, "The one in Oak Street.", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_STAFF);
    assert_int_equal(state_of(c, p), POST_HELD);
    circle_has(circle_mail(c, ANA, "private words"), "Oak Street");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 1);
    assert_int_equal(circle_said(c, SAM, "Oak Street"), 0);
}

/* The answer was meant for staff: unproved it becomes no note that an OK could publish. */
static void an_unproved_answer_to_ask_is_no_note(void **state)
{
    struct circle *c = *state;
    const struct mail *asked;

    note(c, "The doctor was rude.", &asked);
    circle_reply(c, asked, ANA, "ASK: Which doctor?", PASS);
    circle_reply(c, circle_mail(c, MARIA, "a question"), MARIA, "The one in Oak Street.", NOTHING);
    assert_int_equal(circle_outcome(c), OUTCOME_UNVERIFIED);
    circle_has(circle_mail(c, ANA, "for your notice"), "Oak Street");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 1);
}

static void private_goes_to_the_author_alone(void **state)
{
    struct circle *c = *state;
    const struct mail *asked;
    struct review_result result;
    const struct post p = note(c, "Is my dose right?", &asked);

    circle_reply(c, asked, ANA, "PRIVATE: Please call us about it.", PASS);
    assert_int_equal(state_of(c, p), POST_PRIVATE);
    circle_has(circle_mail(c, MARIA, NULL), "Please call us about it.");
    assert_int_equal(circle_new(c, SAM) + circle_new(c, ROSE), 0);
    assert_int_equal(decide(c, p.id, (struct decision){ .kind = DECISION_OK }, c->lee, &result), RC_CONFLICT);
    assert_int_equal(decide(c, p.id, (struct decision){ .kind = DECISION_FIX, .text = "x" }, c->lee, &result),
                     RC_CONFLICT);
    assert_int_equal(state_of(c, p), POST_PRIVATE);
}

/* --- the whole text, or nothing ---------------------------------------------------------------------------------------------------------------- */

static void anything_more_than_a_decision_releases_nothing(void **state)
{
    static const char *const texts[] = {
        "OK but take out her number",
        "No problem, send it",
        "NO problem, send it",
        "No worries",
        "Sure",
        "Yes",
        "Sure, once you removed the phone",
        "ok...",
        "OK?",
        "Is this ok",
        "Not ok",
        "OK if Dr Lee agrees",
        "OK\r\nbut not the last line",
        "OK\r\n\r\nAna\r\nP.S. take out her number",
        "OK I think. Ask Dr. Lee",
        "OK thanks, but wait for Dr Lee",
        "No hay problema",
        "No, está bien",
        "OK (see note)",
        "OK/NO",
    };
    struct circle *c = *state;
    const struct mail *asked;
    const struct post p = note(c, "I made lentil soup today.", &asked);

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        circle_listen(c);
        circle_reply(c, asked, ANA, texts[i], PASS);
        if (state_of(c, p) != POST_HELD)
            print_error("acted on: %s\n", texts[i]);
        assert_int_equal(state_of(c, p), POST_HELD);
        assert_int_equal(circle_new(c, ANA), 1);
        assert_int_equal(circle_new(c, SAM) + circle_new(c, MARIA), 0);
        circle_has(circle_mail(c, ANA, "say it again"), "We did nothing yet");
    }
    assert_int_equal(circle_count(c, "SELECT count(*) FROM review"), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(ok_releases),
        TEST(ok_by_the_command_line_releases),
        TEST(ok_cut_takes_out_contact_data),
        TEST(ok_cut_of_nothing_does_nothing),
        TEST(an_edit_that_only_removes_releases),
        TEST(an_edit_that_rewords_asks_the_author_and_comes_back),
        TEST(an_author_may_refuse_new_words),
        TEST(an_author_may_write_other_words_and_they_are_marked),
        cmocka_unit_test(an_author_may_go_without_a_name),
        TEST(a_fix_stands_under_the_note),
        TEST(a_fix_after_release_corrects),
        TEST(a_fix_of_a_returned_note_does_nothing),
        TEST(no_tells_the_author_the_rule),
        TEST(no_needs_a_rule_that_exists_or_a_reason),
        TEST(a_returned_comment_is_rewritten_in_its_talk),
        TEST(ask_goes_to_the_author_and_the_answer_to_staff),
        TEST(an_unproved_answer_to_ask_is_no_note),
        TEST(private_goes_to_the_author_alone),
        TEST(anything_more_than_a_decision_releases_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
