/* Polls: released like every note, answered by a number that is never an item's, told in totals, and only from five voters on. */
#include "circle_help.h"

#include "gateway/note/poll.h"
#include "schedules/zone.h"

static const char *const answers[] = { "In the morning", "At noon", "At night" };

static struct poll_draft draft_of(struct circle *c)
{
    return (struct poll_draft){ .group = c->g.group.id,
                                .author = c->ida,
                                .question = "When do you walk?",
                                .options = answers,
                                .option_count = COUNT_OF(answers),
                                .closes_ms = CIRCLE_START_MS + 5 * MS_DAY,
                                .who = { AUDIT_STAFF, c->ida.v, AUDIT_WAY_CLI } };
}

static void is_ok(struct circle *c)
{
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS);
}

static void planned(struct circle *c)
{
    const struct poll_draft draft = draft_of(c);
    struct post post;
    int64_t due_ms;
    struct err err;

    CIRCLE_TX(c, HELP_OK(poll_plan(&c->g.gate, &draft, &post, &due_ms, &err)));
    circle_run(c);
}

/* Out, beside an older talk, so that the letter has two items: the talk is 1, the poll 2. */
static const struct mail *letter_with_poll(struct circle *c)
{
    circle_published(c, c->rose, "I made lentil soup today.");
    planned(c);
    is_ok(c);
    circle_digest(c);
    return circle_mail(c, MARIA, "letter");
}

static int64_t votes(struct circle *c)
{
    return circle_count(c, "SELECT count(*) FROM poll_vote");
}

static int64_t chose(struct circle *c, int number)
{
    struct poll poll;
    struct poll_totals totals;
    struct err err;

    HELP_OK(poll_of_group(&c->g.gate.store, c->g.group.id, &poll, &err));
    HELP_OK(poll_count(&c->g.gate.store, poll.post, &totals, &err));
    return totals.chose[number];
}

static void it_waits_for_an_ok_and_stands_in_the_letter(void **state)
{
    struct circle *c = *state;

    planned(c);
    circle_digest(c);
    assert_int_equal(circle_said(c, MARIA, "walk"), 0);
    assert_int_equal(circle_said(c, SAM, "walk"), 0);
    is_ok(c);
    circle_has(circle_mail(c, SAM, NULL), "POLL 2");
    circle_pass(c, MS_DAY);
    circle_has(circle_mail(c, MARIA, "letter"), "3. At night");
    circle_has(circle_mail(c, MARIA, "letter"),
               "You can vote until Sunday, March 8, 11:00 AM"); /* the clocks went forward that night */
}

static void the_last_vote_counts(void **state)
{
    struct circle *c = *state;
    const struct mail *letter = letter_with_poll(c);

    circle_reply(c, letter, MARIA, "Poll 2", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_COMMAND);
    circle_has(circle_mail(c, MARIA, "your vote"), "2. At noon");
    circle_reply(c, letter, MARIA, "ENCUESTA 3, gracias", PASS);
    circle_has(circle_mail(c, MARIA, "your vote"), "3. At night");
    assert_int_equal(votes(c), 1);
    assert_int_equal(chose(c, 3), 1);
    circle_write(c, ROSE, GROUP, "vote 1", "", PASS); /* in the subject of a new mail */
    assert_int_equal(chose(c, 1), 1);
    assert_int_equal(circle_said(c, ANA, "At night"), 1); /* the question for review, no vote */
}

/* The number rule of letters stands: "2" in answer to a letter is its item 2. */
static void a_bare_number_in_answer_to_a_letter_is_no_vote(void **state)
{
    struct circle *c = *state;
    const struct mail *letter = letter_with_poll(c);

    circle_reply(c, letter, MARIA, "2", PASS);
    assert_int_equal(votes(c), 0);
    circle_reply(c, letter, MARIA, "2 I walk with my dog.", PASS);
    assert_int_equal(votes(c), 0);
    assert_int_equal(circle_outcome(c), OUTCOME_HELD);
    circle_reply(c, letter, MARIA, "The poll 2 years ago was fun", PASS);
    assert_int_equal(votes(c), 0);
}

/* The item's own address, as a tap on "Answer number 2" writes to it. */
static const char *item_address(struct circle *c, const struct mail *m, int n)
{
    const char *at = strstr(m->text, arena_printf(c->mem, "Answer number %d", n));

    assert_non_null(at);
    at = strstr(at, "tuesday+");
    return arena_strndup(c->mem, at, strcspn(at, "> ?\r\n"));
}

static void a_bare_number_to_the_poll_itself_is_a_vote(void **state)
{
    static const char *const ways[] = { "2", "#2", "Number 2", "two", "2.\r\n\r\nThank you!\r\nMaria", "at noon" };
    struct circle *c = *state;
    const struct mail *letter = letter_with_poll(c);
    const int poll = strstr(letter->text, "2. When do you walk?") ? 2 : 1;

    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        help_raw(&c->g.h, "DELETE FROM poll_vote");
        circle_write(c, MARIA, item_address(c, letter, poll), "Answer", ways[i], PASS);
        if (chose(c, 2) != 1)
            fail_msg("no vote: %s", ways[i]);
    }
    circle_write(c, MARIA, item_address(c, letter, poll), "Answer", "2 of us walk at noon", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_HELD);
    circle_write(c, ROSE, item_address(c, letter, 3 - poll), "Answer", "2", PASS); /* the other item */
    assert_int_equal(votes(c), 1);
    circle_reply(c, circle_mail(c, SAM, NULL), SAM, "3", PASS); /* his single mail of the poll */
    assert_int_equal(chose(c, 3), 1);
}

static void what_is_no_answer_is_asked_back(void **state)
{
    struct circle *c = *state;
    const struct mail *letter = letter_with_poll(c);

    circle_reply(c, letter, MARIA, "POLL 7", PASS);
    circle_has(circle_mail(c, MARIA, "your vote"), "Please reply with one number.");
    assert_int_equal(votes(c), 0);
    circle_reply(c, circle_mail(c, MARIA, "your vote"), MARIA, "1", PASS);
    assert_int_equal(chose(c, 1), 1);
    circle_write(c, ROSE, GROUP, "x", "POLL", PASS);
    circle_has(circle_mail(c, ROSE, "your vote"), "2 for At noon");
}

static void without_proof_no_vote_counts(void **state)
{
    struct circle *c = *state;
    const struct mail *letter = letter_with_poll(c);

    circle_reply(c, letter, MARIA, "POLL 2", NOTHING);
    circle_reply(c, letter, MARIA, "POLL 2", FORGED);
    assert_int_equal(votes(c), 0);
}

static void under_five_voters_no_numbers_are_told(void **state)
{
    struct circle *c = *state;
    const struct mail *letter = letter_with_poll(c);

    circle_reply(c, letter, MARIA, "POLL 2", PASS);
    circle_pass(c, 6 * MS_DAY);
    assert_int_equal(votes(c), 0); /* forgotten */
    circle_has(circle_mail(c, ANA, "a note waits"), "Fewer than five people voted");
    circle_lacks(circle_mail(c, ANA, "a note waits"), "At noon: 1");
    circle_write(c, ROSE, GROUP, "x", "POLL 1", PASS);
    circle_has(circle_mail(c, ROSE, "your vote"), "no open poll now");
}

static void totals_go_out_with_an_ok(void **state)
{
    static const int choice[] = { 1, 3, 3, 3, 1 };
    struct circle *c = *state;
    struct err err;

    letter_with_poll(c);
    for (int i = 0; i < (int)COUNT_OF(choice); i++) {
        CIRCLE_TX(c, gate_help_member(&c->g, arena_printf(c->mem, "Walker %c", 'A' + i),
                                      arena_printf(c->mem, "walker%d@example.net", i), RHYTHM_NEWS));
        circle_write(c, arena_printf(c->mem, "walker%d@example.net", i), GROUP, "x",
                     arena_printf(c->mem, "POLL %d", choice[i]), PASS);
        assert_int_equal(circle_outcome(c), OUTCOME_COMMAND);
    }
    circle_pass(c, 5 * MS_DAY);
    assert_int_equal(circle_said(c, SAM, "people voted"), 0);
    is_ok(c);
    circle_has(circle_mail(c, SAM, NULL), "5 people voted.");
    circle_has(circle_mail(c, SAM, NULL), "In the morning: 2");
    circle_has(circle_mail(c, SAM, NULL), "At noon: 0");
    circle_has(circle_mail(c, SAM, NULL), "At night: 3");
    circle_lacks(circle_mail(c, SAM, NULL), "Walker");
    circle_lacks(circle_mail(c, SAM, NULL), "POLL");
}

static void with_no_ok_by_its_end_it_never_goes_out(void **state)
{
    struct circle *c = *state;
    struct poll_draft draft = draft_of(c);
    struct post post;
    int64_t due_ms;
    struct err err;

    planned(c);
    circle_pass(c, 6 * MS_DAY);
    circle_has(circle_mail(c, IDA, NULL), "no OK before its end");
    assert_int_equal(circle_waiting(c, "walk").id.v, 0);
    assert_int_equal(circle_said(c, SAM, "walk"), 0);
    draft.closes_ms += 9 * MS_DAY;
    CIRCLE_TX(c, HELP_OK(poll_plan(&c->g.gate, &draft, &post, &due_ms, &err))); /* the group is free for another */
}

static void wrong_polls_are_refused(void **state)
{
    static const char *const twins[] = { "Tea", "tea" };
    struct circle *c = *state;
    struct poll_draft d[] = { draft_of(c), draft_of(c), draft_of(c), draft_of(c), draft_of(c) };
    struct post post;
    int64_t due_ms;
    struct err err;

    d[0].question = "";
    d[1].option_count = 1;
    d[2].options = twins;
    d[2].option_count = 2;
    d[3].closes_ms = gate_now_ms(&c->g.gate);
    d[4].when_ms = d[4].closes_ms + MS_HOUR;
    for (size_t i = 0; i < COUNT_OF(d); i++) {
        struct db_tx tx = { 0 };

        HELP_OK(db_begin(c->g.h.db, &tx, &err));
        assert_int_equal(poll_plan(&c->g.gate, &d[i], &post, &due_ms, &err), RC_INPUT);
        db_tx_done(&tx);
    }
    planned(c);
    d[0] = draft_of(c);
    CIRCLE_TX(c, assert_int_equal(poll_plan(&c->g.gate, &d[0], &post, &due_ms, &err), RC_CONFLICT));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_waits_for_an_ok_and_stands_in_the_letter),
        TEST(the_last_vote_counts),
        TEST(a_bare_number_in_answer_to_a_letter_is_no_vote),
        TEST(a_bare_number_to_the_poll_itself_is_a_vote),
        TEST(what_is_no_answer_is_asked_back),
        TEST(without_proof_no_vote_counts),
        TEST(under_five_voters_no_numbers_are_told),
        TEST(totals_go_out_with_an_ok),
        TEST(with_no_ok_by_its_end_it_never_goes_out),
        TEST(wrong_polls_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
