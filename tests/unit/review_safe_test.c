/* Two people where it takes two, and nothing goes out without a row of review. */
#include "circle_help.h"
#include "review_help.h"

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

static void the_second_person_reads_who_was_first(void **state)
{
    struct circle *c = *state;
    const struct mail *asked, *lees;

    note(c, CRISIS, &asked);
    circle_lacks(asked, "said OK");
    circle_pass(c, 7 * MS_MINUTE);
    circle_reply(c, asked, ANA, "OK CUT", PASS); /* nothing to cut: no OK */
    circle_reply(c, asked, ANA, "OK", PASS);
    lees = circle_mail(c, LEE, "a note waits");
    circle_has(lees, "Ana Ruiz said OK (10:07 AM). This note goes out when you say OK too.");
    circle_lacks(lees, "Two people must say OK");
    circle_pass(c, 3 * MS_MINUTE);
    circle_reply(c, lees, LEE, "MOVE NEW", PASS); /* a decision between them is not the first OK */
    circle_has(circle_mail(c, LEE, "a note waits"), "Ana Ruiz said OK (10:07 AM)");
}

/* A list goes to whoever is on duty, who may have been the first. */
static void a_list_tells_who_was_first_too(void **state)
{
    struct circle *c = *state;
    const struct mail *asked;

    circle_write(c, ROSE, GROUP, "Tonight", CRISIS " I have the pills here.", PASS);
    note(c, CRISIS " Nobody would miss me.", &asked);
    circle_reply(c, asked, ANA, "OK", PASS);
    circle_write(c, ROSE, GROUP, "Soup", "I made lentil soup today, with carrots.", PASS);
    circle_write(c, SAM, GROUP, "Walks", "We walked to the lake and back.", PASS);
    circle_write(c, MARIA, GROUP, "Bread", "Does anybody bake without salt?", PASS);
    circle_pass(c, 11 * MS_MINUTE);
    circle_has(circle_mail(c, ANA, "notes wait"), "You said OK (10:00 AM). Now a second person must say OK too.");
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
    circle_lacks(circle_mail(c, LEE, "a note waits"), "With OK CUT they would read this");
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

/* --- the first OK taken back ------------------------------------------------------------------------------------------------------------------------- */

/* Ana said OK first; Lee has a letter that asks for the other one. */
static struct post half(struct circle *c, const struct mail **ret_asked, const struct mail **ret_lees)
{
    const struct post p = note(c, CRISIS, ret_asked);

    circle_reply(c, *ret_asked, ANA, "OK", PASS);
    assert_int_equal(state_of(c, p), POST_HALF_RELEASED);
    *ret_lees = circle_mail(c, LEE, "a note waits");
    assert_non_null(*ret_lees);
    circle_listen(c);
    return p;
}

static void the_first_ok_is_taken_back_by_undo(void **state)
{
    struct circle *c = *state;
    const struct mail *asked, *lees;
    const struct post p = half(c, &asked, &lees);

    circle_reply(c, asked, ANA, "UNDO", PASS);
    assert_int_equal(state_of(c, p), POST_HELD);
    assert_int_equal(circle_post(c, p.id).first_review_by.v, 0);
    circle_has(circle_mail(c, ANA, ": done"), "will not go out");
    circle_has(circle_mail(c, LEE, "this one is done"), "UNDO by Ana Ruiz");
    circle_reply(c, lees, LEE, "OK", PASS); /* to the letter of before */
    assert_int_equal(state_of(c, p), POST_HELD);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS); /* two again */
    assert_int_equal(state_of(c, p), POST_HALF_RELEASED);
    circle_reply(c, circle_mail(c, LEE, "a note waits"), LEE, "OK", PASS);
    assert_int_equal(state_of(c, p), POST_PUBLISHED);
}

static void undo_of_the_first_ok_is_the_first_persons_alone(void **state)
{
    struct circle *c = *state;
    const struct mail *asked, *lees;
    struct review_result result;
    const struct post p = half(c, &asked, &lees);

    assert_int_equal(decide(c, p.id, (struct decision){ .kind = DECISION_UNDO }, c->lee, &result), RC_INPUT);
    assert_int_equal(result.problem, REVIEW_NOT_OUT);
    assert_int_equal(state_of(c, p), POST_HALF_RELEASED);
    assert_int_equal(decide(c, p.id, (struct decision){ .kind = DECISION_UNDO }, c->ana, &result), RC_OK);
    assert_int_equal(state_of(c, p), POST_HELD);
}

/* Each by the letter that the OK was said to, then an OK of Lee's alone. */
static void the_first_person_may_decide_otherwise(void **state)
{
    static const struct {
        const char *says;
        enum post_state then;
    } ways[] = { { "NO: please not tonight", POST_RETURNED },
                 { "PRIVATE: I call you now.", POST_PRIVATE },
                 { "ASK: are you safe?", POST_ASKED },
                 { "CRISIS", POST_HELD },
                 { "PASS", POST_REFERRED } };
    struct circle *c = *state;

    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        const struct mail *asked, *lees;
        struct post p;

        if (i) {
            stop(state);
            start(state);
            c = *state;
        }
        p = half(c, &asked, &lees);
        circle_reply(c, asked, ANA, ways[i].says, PASS);
        assert_int_equal(state_of(c, p), ways[i].then);
        assert_int_equal(circle_post(c, p.id).first_review_by.v, 0);
        if (ways[i].then == POST_REFERRED)
            assert_non_null(circle_mail(c, LEE, "a note waits"));
        else
            circle_has(circle_mail(c, LEE, "this one is done"), "by Ana Ruiz");
        circle_reply(c, lees, LEE, "OK", PASS);
        assert_false(post_state_is_published(state_of(c, p)));
        assert_int_equal(circle_said(c, SAM, CRISIS), 0);
    }
}

/* A refused word of the first person changes nothing. */
static void a_refused_word_leaves_the_first_ok(void **state)
{
    struct circle *c = *state;
    const struct mail *asked, *lees;
    const struct post p = half(c, &asked, &lees);

    circle_reply(c, asked, ANA, "NO", PASS);
    assert_int_equal(state_of(c, p), POST_HALF_RELEASED);
    assert_int_equal(circle_post(c, p.id).first_review_by.v, c->ana.v);
    assert_int_equal(circle_new(c, LEE), 0);
}

/* A note that was passed to her: the other person is asked for the second OK, not she again. */
static void the_second_ok_is_asked_of_another_than_the_deputy(void **state)
{
    struct circle *c = *state;
    const struct mail *asked;
    const struct post p = note(c, CRISIS, &asked);

    circle_reply(c, asked, ANA, "PASS", PASS);
    circle_reply(c, circle_mail(c, LEE, "a note waits"), LEE, "OK", PASS);
    assert_int_equal(state_of(c, p), POST_HALF_RELEASED);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS);
    assert_int_equal(state_of(c, p), POST_PUBLISHED);
}

/* --- NO to somebody who may be in danger ------------------------------------------------------------------------------------------------------------- */

static void no_to_danger_recites_no_rule(void **state)
{
    static const char *const texts[] = { CRISIS, "My chest hurts and I cannot breathe.", "I made lentil soup today." };
    struct circle *c = *state;

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        const bool is_calm = i == 2;
        const struct mail *asked, *told;
        struct post p;

        circle_listen(c);
        p = note(c, texts[i], &asked);
        assert_true((p.tier <= 2) != is_calm);
        circle_reply(c, asked, ANA, "NO 1", PASS);
        assert_int_equal(state_of(c, p), POST_RETURNED);
        told = circle_since(c, MARIA, "about your note");
        if (is_calm) {
            circle_has(told, "Would you write it again?");
            circle_has(told, "house rule 1");
            circle_has(circle_since(c, ANA, ": done"), "it went back to the writer");
            continue;
        }
        circle_has(told, "call or text 988");
        circle_has(told, "call 911");
        circle_has(told, "(555) 555-0100");
        circle_lacks(told, "rule");
        circle_lacks(told, "write it again");
        circle_lacks(told, texts[i]);
        circle_has(circle_since(c, ANA, ": done"), "We sent the writer kind words, with 988, 911 and the office phone");
    }
}

/* --- CRISIS after a decision ------------------------------------------------------------------------------------------------------------------------- */

static void crisis_pages_about_what_a_colleague_decided(void **state)
{
    static const struct {
        const char *text;
        enum decision_kind kind;
        enum post_state then;
    } ways[] = { { "", DECISION_OK, POST_PUBLISHED }, { "not here", DECISION_NO, POST_RETURNED } };
    struct circle *c = *state;

    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        const struct mail *asked;
        struct review_result result;
        const struct decision first = { .kind = ways[i].kind, .text = ways[i].text };
        struct post p;

        if (i) {
            stop(state);
            start(state);
            c = *state;
        }
        p = note(c, "I made lentil soup today.", &asked);
        assert_int_equal(decide(c, p.id, first, c->lee, &result), RC_OK);
        assert_int_equal(state_of(c, p), ways[i].then);
        circle_listen(c);
        circle_reply(c, asked, ANA, "CRISIS", PASS);
        assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 1);
        circle_has(circle_mail(c, ANA, ": done"), "the alarm is out");
        assert_non_null(circle_mail(c, ANA, "please claim"));
        assert_int_equal(state_of(c, p), ways[i].then);
        circle_reply(c, asked, ANA, "CRISIS", PASS); /* once */
        assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 1);
    }
}

/* An open alarm of less becomes as grave, and calls at once; one that somebody has claimed is left to them, and another goes out. */
static void crisis_is_more_than_a_medical_alarm(void **state)
{
    struct circle *c = *state;
    const struct mail *asked;
    bool is_claimed = false;

    do {
        if (is_claimed) {
            stop(state);
            start(state);
            c = *state;
        }
        note(c, "My chest hurts and I cannot breathe.", &asked);
        assert_int_equal(circle_count(c, "SELECT tier FROM page"), 2);
        if (is_claimed)
            circle_reply(c, circle_mail(c, ANA, "please claim"), ANA, "CLAIM", PASS);
        circle_listen(c);
        circle_reply(c, asked, ANA, "CRISIS", PASS);
        assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), is_claimed ? 2 : 1);
        assert_int_equal(circle_count(c, "SELECT count(*) FROM page WHERE tier = 0 AND state = 1"), 1);
        assert_non_null(circle_since(c, ANA, "please claim"));
        circle_listen(c);
        circle_reply(c, asked, ANA, "CRISIS", PASS); /* once */
        assert_null(circle_since(c, ANA, "please claim"));
        is_claimed = !is_claimed;
    } while (is_claimed);
}

/* Of another than the first person: the first OK stands, and the letter is new. */
static void crisis_of_the_second_person_leaves_the_first_ok(void **state)
{
    struct circle *c = *state;
    const struct mail *asked, *lees;
    const struct post p = half(c, &asked, &lees);

    circle_reply(c, circle_mail(c, ANA, "please claim"), ANA, "DONE: called her", PASS);
    circle_reply(c, circle_mail(c, LEE, "one more DONE"), LEE, "DONE", PASS);
    circle_reply(c, lees, LEE, "CRISIS", PASS);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 2);
    assert_int_equal(state_of(c, p), POST_HALF_RELEASED);
    assert_int_equal(circle_post(c, p.id).first_review_by.v, c->ana.v);
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

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(danger_takes_two_different_people),
        TEST(the_second_person_reads_who_was_first),
        TEST(a_list_tells_who_was_first_too),
        TEST(new_words_need_two_people_again),
        TEST(a_cut_stays_cut),
        TEST(one_person_alone_waits_and_writes_down_what_came_of_it),
        TEST(a_group_may_ask_for_two_people_always),
        TEST(the_first_ok_is_taken_back_by_undo),
        TEST(undo_of_the_first_ok_is_the_first_persons_alone),
        TEST(the_first_person_may_decide_otherwise),
        TEST(a_refused_word_leaves_the_first_ok),
        TEST(the_second_ok_is_asked_of_another_than_the_deputy),
        TEST(no_to_danger_recites_no_rule),
        TEST(crisis_pages_about_what_a_colleague_decided),
        TEST(crisis_is_more_than_a_medical_alarm),
        TEST(crisis_of_the_second_person_leaves_the_first_ok),
        TEST(publishing_needs_a_row_of_review),
        TEST(no_failing_call_lets_a_note_out_unreviewed),
        TEST(someone_who_is_no_staff_decides_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
