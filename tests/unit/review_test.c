/* Decisions, by mail and directly: what each does, who may, and that nothing fans out without one (DESIGN.md section 7). */
#include "circle_help.h"

#include "gateway/context.h"
#include "gateway/review.h"
#include "store/question.h"

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

static struct person staff(struct circle *c, struct person_id id)
{
    struct person p;
    struct err err;

    HELP_OK(person_get(&c->g.gate.store, id, c->mem, &p, &err));
    return p;
}

/* A note of Maria's waits; *ret_asked is the mail about it. */
static struct post note(struct circle *c, const char *text, const struct mail **ret_asked)
{
    struct post p;

    circle_write(c, MARIA, GROUP, "A note", text, PASS);
    p = circle_waiting(c, text);
    assert_true(p.id.v);
    if (ret_asked) {
        *ret_asked = circle_mail(c, ANA, "a note waits");
        circle_has(*ret_asked, text);
    }
    circle_listen(c);
    return p;
}

static enum rc decide(struct circle *c, struct post_id post, struct decision decision, struct person_id by,
                      struct review_result *ret_result)
{
    const struct person who = staff(c, by);
    const struct review_act act = { .post = post, .decision = &decision, .staff = &who, .way = REVIEW_CLI };
    struct err err;
    enum rc rc = RC_OK;

    if (!decision.text)
        decision.text = "";
    CIRCLE_TX(c, rc = review_decide(&c->g.gate, &act, c->mem, ret_result, &err));
    circle_run(c);
    return rc;
}

static enum post_state state_of(struct circle *c, struct post p)
{
    return circle_post(c, p.id).state;
}

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
    circle_has(asked, "OK CUT would take out");
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
    circle_has(circle_mail(c, ANA, "a note waits"), "OK CUT would take out");
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
}

/* --- two people ----------------------------------------------------------------------------------------------------------------------------------- */

static void danger_takes_two_different_people(void **state)
{
    struct circle *c = *state;
    const struct mail *asked;
    struct review_result result;
    const struct post p = note(c, CRISIS, &asked);

    circle_has(asked, "Two people must say OK");
    circle_reply(c, asked, ANA, "OK", PASS);
    assert_int_equal(state_of(c, p), POST_HALF_RELEASED);
    assert_int_equal(circle_said(c, SAM, CRISIS), 0);
    circle_reply(c, asked, ANA, "OK", PASS); /* the same person, to the same mail and at the command line */
    assert_int_equal(decide(c, p.id, (struct decision){ .kind = DECISION_OK }, c->ana, &result), RC_DENIED);
    assert_int_equal(result.problem, REVIEW_SECOND_PERSON);
    assert_int_equal(state_of(c, p), POST_HALF_RELEASED);
    circle_reply(c, circle_mail(c, LEE, "a note waits"), LEE, "OK", PASS);
    assert_int_equal(state_of(c, p), POST_PUBLISHED);
    assert_int_equal(circle_count(c, "SELECT count(DISTINCT staff_id) FROM review"), 2);
}

/* Whoever released the old words has not released the new ones. */
static void new_words_need_two_people_again(void **state)
{
    struct circle *c = *state;
    const struct mail *asked;
    const struct post p = note(c, CRISIS, &asked);

    circle_reply(c, asked, ANA, "OK", PASS);
    circle_reply(c, circle_mail(c, LEE, "a note waits"), LEE, "EDIT\r\nI feel very low tonight.", PASS);
    circle_reply(c, circle_mail(c, MARIA, "fine with you"), MARIA, "Yes", PASS);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS);
    assert_int_equal(state_of(c, p), POST_HALF_RELEASED);
    assert_int_equal(circle_said(c, SAM, "very low tonight"), 0);
    circle_reply(c, circle_mail(c, LEE, "a note waits"), LEE, "OK", PASS);
    assert_int_equal(state_of(c, p), POST_PUBLISHED);
}

/* A cut of the first person is not undone by the suggestion that the second sees. */
static void a_cut_stays_cut(void **state)
{
    struct circle *c = *state;
    const struct mail *asked;
    const struct post p = note(c, CRISIS " My sister Jo knows. Call 555-555-0142.", &asked);

    circle_reply(c, asked, ANA, "EDIT\r\n" CRISIS " Call 555-555-0142.", PASS);
    assert_int_equal(state_of(c, p), POST_HALF_RELEASED);
    circle_lacks(circle_mail(c, LEE, "a note waits"), "OK CUT would take out");
    circle_reply(c, circle_mail(c, LEE, "a note waits"), LEE, "OK CUT", PASS);
    assert_int_equal(state_of(c, p), POST_HALF_RELEASED);
    circle_reply(c, circle_mail(c, LEE, "a note waits"), LEE, "OK", PASS);
    assert_int_equal(state_of(c, p), POST_PUBLISHED);
    circle_lacks(circle_mail(c, SAM, NULL), "Jo");
}

static void one_person_alone_waits_and_writes_down_what_came_of_it(void **state)
{
    struct circle *c = *state;
    struct review_result result;
    const struct decision ok = { .kind = DECISION_OK };
    const struct post p = note(c, CRISIS, NULL);

    assert_int_equal(decide(c, p.id, ok, c->ana, &result), RC_OK);
    c->g.gate.facts.has_solo_release = true;
    assert_int_equal(decide(c, p.id, ok, c->ana, &result), RC_DENIED); /* too early, and the alarm is open */
    circle_pass(c, 31 * MS_MINUTE);
    assert_int_equal(decide(c, p.id, ok, c->ana, &result), RC_DENIED);
    assert_int_equal(decide(c, p.id, (struct decision){ .kind = DECISION_DONE, .text = "called her" }, c->ana, &result),
                     RC_OK);
    assert_int_equal(decide(c, p.id, ok, c->ana, &result),
                     RC_DENIED); /* nor is the alarm closed by one alone at once */
    circle_pass(c, 31 * MS_MINUTE);
    assert_int_equal(decide(c, p.id, (struct decision){ .kind = DECISION_DONE, .text = "" }, c->ana, &result), RC_OK);
    assert_int_equal(decide(c, p.id, ok, c->ana, &result), RC_OK);
    assert_int_equal(state_of(c, p), POST_PUBLISHED);
}

static void a_group_may_ask_for_two_people_always(void **state)
{
    struct circle *c = *state;
    struct care_group g;
    struct err err;
    const struct mail *asked;
    struct post p;

    HELP_OK(group_get(&c->g.gate.store, c->g.group.id, c->mem, &g, &err));
    g.review = GROUP_REVIEW_TWO_PEOPLE;
    CIRCLE_TX(c, HELP_OK(group_change(&c->g.gate.store, &g, &err)));
    p = note(c, "I made lentil soup today.", &asked);
    circle_reply(c, asked, ANA, "OK", PASS);
    assert_int_equal(state_of(c, p), POST_HALF_RELEASED);
    circle_reply(c, circle_mail(c, LEE, "a note waits"), LEE, "OK", PASS);
    assert_int_equal(state_of(c, p), POST_PUBLISHED);
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

/* --- nothing without a review --------------------------------------------------------------------------------------------------------------------------- */

static void publishing_needs_a_row_of_review(void **state)
{
    struct circle *c = *state;
    struct post p = note(c, "I made lentil soup today.", NULL);
    struct err err;
    enum rc rc = RC_OK;

    CIRCLE_TX(c, rc = post_publish(&c->g.gate.store, &p, &err));
    assert_int_equal(rc, RC_DENIED);
    assert_int_equal(state_of(c, p), POST_HELD);
}

/* Whichever call of an OK fails: no copy is queued without its review and its audit row, and the answer can be tried again. */
static void no_failing_call_lets_a_note_out_unreviewed(void **state)
{
    struct circle *c = *state;
    const struct person ana = staff(c, c->ana);
    const struct decision ok = { .kind = DECISION_OK, .text = "" };
    const struct post p = note(c, "I made lentil soup today.", NULL);
    const struct review_act act = { .post = p.id, .decision = &ok, .staff = &ana, .way = REVIEW_EMAIL };
    struct review_result result;
    struct err err;
    int64_t n = 0;
    enum rc rc;

    do {
        struct db_tx tx = { 0 };

        db_fail_after(c->g.h.db, ++n);
        rc = db_begin(c->g.h.db, &tx, &err);
        if (!rc)
            rc = review_decide(&c->g.gate, &act, c->mem, &result, &err);
        if (!rc)
            rc = db_commit(&tx, &err);
        db_fail_after(c->g.h.db, 0);
        db_tx_done(&tx);
        if (rc) {
            assert_int_equal(rc, RC_TEMP);
            assert_int_equal(circle_count(c, "SELECT count(*) FROM delivery d JOIN mailing m ON m.id = d.mailing_id"
                                             " WHERE m.kind = 2"),
                             0);
            assert_int_equal(circle_count(c, "SELECT count(*) FROM review"), 0);
        }
    } while (rc && n < 1000);
    assert_true(n > 10 && n < 1000);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM review"), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 33"), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM delivery d JOIN mailing m ON m.id = d.mailing_id"
                                     " WHERE m.kind = 2"),
                     1);
}

static void someone_who_is_no_staff_decides_nothing(void **state)
{
    struct circle *c = *state;
    struct review_result result;
    const struct post p = note(c, "I made lentil soup today.", NULL);

    assert_int_equal(decide(c, p.id, (struct decision){ .kind = DECISION_OK }, c->maria.person, &result), RC_DENIED);
    assert_int_equal(state_of(c, p), POST_HELD);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

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
        TEST(a_fix_stands_under_the_note),
        TEST(a_fix_after_release_corrects),
        TEST(a_fix_of_a_returned_note_does_nothing),
        TEST(no_tells_the_author_the_rule),
        TEST(no_needs_a_rule_that_exists_or_a_reason),
        TEST(a_returned_comment_is_rewritten_in_its_talk),
        TEST(ask_goes_to_the_author_and_the_answer_to_staff),
        TEST(an_unproved_answer_to_ask_is_no_note),
        TEST(private_goes_to_the_author_alone),
        TEST(move_places_and_asks_again),
        TEST(pass_goes_to_the_next_person),
        TEST(crisis_pages_and_makes_two_people_needed),
        TEST(crisis_of_what_pages_already_is_no_fault),
        TEST(claim_and_done_work_from_the_review_mail),
        TEST(the_second_moderator_gets_a_friendly_already),
        TEST(a_decision_about_what_has_changed_since_does_nothing),
        TEST(anything_more_than_a_decision_releases_nothing),
        TEST(a_list_takes_one_decision_a_line),
        TEST(a_line_that_is_none_spoils_the_list),
        TEST(ok_all_leaves_the_flagged_ones),
        TEST(danger_takes_two_different_people),
        TEST(new_words_need_two_people_again),
        TEST(a_cut_stays_cut),
        TEST(one_person_alone_waits_and_writes_down_what_came_of_it),
        TEST(a_group_may_ask_for_two_people_always),
        TEST(reminders_come_after_four_working_hours_then_daily_then_to_the_deputy),
        TEST(a_note_at_the_end_of_a_day_is_reminded_of_the_next),
        TEST(publishing_needs_a_row_of_review),
        TEST(no_failing_call_lets_a_note_out_unreviewed),
        TEST(someone_who_is_no_staff_decides_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
