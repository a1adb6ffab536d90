/* Before their own YES staff get the invitation and alarms, and decide nothing (promises 8 and 13). */
#include "circle_help.h"

#include "gateway/note/review.h"
#include "gateway/people/enroll.h"
#include "gateway/people/invite.h"
#include "gateway/say/office.h"

#define CRISIS "I want to kill myself tonight."
#define NOTE "I made lentil soup today."

static const struct audit_who who = { AUDIT_OPERATOR, 1, AUDIT_WAY_CLI };

static enum rc ask(struct circle *c, struct person_id staff, const char *reason, enum consent_way paper)
{
    const struct invite invite = { .person = staff, .reason = reason, .paper_way = paper };
    struct db_tx tx = { 0 };
    struct err err;
    enum rc rc;

    HELP_OK(db_begin(c->g.h.db, &tx, &err));
    rc = invite_send(&c->g.gate, &who, &invite, &err);
    if (rc)
        db_tx_done(&tx);
    else
        HELP_OK(db_commit(&tx, &err));
    circle_post_office(c);
    return rc;
}

/* The newest mail that asks them. */
static const struct mail *asked(struct circle *c, const char *to)
{
    const struct mail *m = NULL;

    for (size_t i = 0; i < c->mail_count; i++)
        if (!strcmp(c->mails[i].to, to) && !strcmp(c->mails[i].subject, "Lakeside Clinic"))
            m = &c->mails[i];
    assert_non_null(m);
    return m;
}

/* All that staff said is forgotten, as on the day of init: each has an invitation. */
static void start_again(struct circle *c)
{
    help_raw(&c->g.h, "DELETE FROM consent WHERE membership_id = 0");
    assert_int_equal(ask(c, c->ana, NULL, 0), RC_OK);
    assert_int_equal(ask(c, c->lee, NULL, 0), RC_OK);
    circle_has(asked(c, ANA), "reply YES");
    circle_has(asked(c, ANA), "Before your YES you get no notes");
    circle_listen(c);
}

static void says_yes(struct circle *c, const char *staff)
{
    circle_reply(c, asked(c, staff), staff, "Yes, thank you!", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_ANSWER);
    circle_work(c);
}

static bool may(struct circle *c, struct person_id staff)
{
    struct person p;
    struct err err;
    enum rc rc;

    HELP_OK(person_get(&c->g.gate.store, staff, c->mem, &p, &err));
    rc = office_check_staff(&c->g.gate, &p, &err);
    assert_true(rc == RC_OK || (rc == RC_DENIED && strstr(err.msg, "staff set")));
    return rc == RC_OK;
}

static size_t on_duty(struct circle *c)
{
    struct person *staff;
    struct err err;
    size_t n;

    HELP_OK(office_duty(&c->g.gate, c->mem, &staff, &n, &err));
    return n;
}

/* --- words ------------------------------------------------------------------------------------------------------------------------------ */

static void no_words_come_before_the_yes_and_all_that_waits_after_it(void **state)
{
    struct circle *c = *state;

    start_again(c);
    assert_false(may(c, c->ana));
    assert_int_equal(on_duty(c), 0);
    circle_write(c, MARIA, GROUP, "Soup", NOTE, PASS);
    circle_write(c, "stranger@example.com", GROUP, "Hi", "Let me in, said the stranger.", PASS);
    circle_pass(c, 2 * MS_DAY); /* reminders, the daily mail */
    circle_work(c);
    assert_int_equal(circle_new(c, ANA) + circle_new(c, LEE), 0);
    says_yes(c, ANA);
    assert_true(may(c, c->ana));
    circle_has(circle_mail(c, ANA, "a note waits"), "lentil soup");
    assert_int_equal(circle_said(c, LEE, "lentil"), 0);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM review"), 1);
    assert_int_equal(circle_said(c, SAM, "lentil"), 1);
}

static void the_yes_is_stored_with_the_words_it_answers(void **state)
{
    struct circle *c = *state;
    struct consent *list;
    struct err err;
    size_t n;

    start_again(c);
    says_yes(c, LEE);
    HELP_OK(consent_of_person(&c->g.gate.store, c->lee, c->mem, &list, &n, &err));
    assert_int_equal(n, 1);
    assert_int_equal(list[0].kind, CONSENT_RECEIVE);
    assert_int_equal(list[0].way, CONSENT_BY_REPLY);
    assert_string_equal(list[0].text_version, INVITE_STAFF_TEXT_VERSION);
    assert_string_equal(list[0].evidence, "Yes, thank you!");
    assert_int_not_equal(list[0].address.v, 0);
    assert_int_equal(ask(c, c->lee, "once more", 0), RC_CONFLICT);
}

/* Paper is proved by one reply: a form does not say whose mailbox it is. */
static void paper_alone_is_no_yes(void **state)
{
    struct circle *c = *state;

    help_raw(&c->g.h, "DELETE FROM consent WHERE membership_id = 0");
    assert_int_equal(ask(c, c->ana, NULL, CONSENT_BY_PAPER), RC_OK);
    assert_false(may(c, c->ana));
    circle_write(c, MARIA, GROUP, "Soup", NOTE, PASS);
    assert_int_equal(circle_said(c, ANA, "lentil"), 0);
    says_yes(c, ANA);
    assert_int_equal(circle_said(c, ANA, "lentil"), 1);
}

/* --- alarms ----------------------------------------------------------------------------------------------------------------------------- */

/* Promise 13: everybody on the page list, whatever they have said. The page names nobody; who claims it gets the details. */
static void an_alarm_reaches_everybody_before_any_yes(void **state)
{
    struct circle *c = *state;

    start_again(c);
    circle_write(c, MARIA, GROUP, "Tonight", CRISIS, PASS);
    circle_has(circle_mail(c, ANA, "please claim"), "Reply CLAIM");
    circle_pass(c, 10 * MS_MINUTE);
    circle_has(circle_mail(c, LEE, "please claim"), "Reply CLAIM");
    assert_int_equal(circle_said(c, ANA, "kill") + circle_said(c, LEE, "kill"), 0);
    assert_int_equal(circle_said(c, ANA, "Maria") + circle_said(c, LEE, "Maria"), 0);

    circle_reply(c, circle_mail(c, ANA, "please claim"), ANA, "CLAIM", PASS);
    circle_has(circle_mail(c, ANA, "details for you"), "kill");
    circle_has(circle_mail(c, LEE, "is claimed"), "Ana Ruiz has it");
    assert_int_equal(circle_said(c, LEE, "kill"), 0);

    circle_reply(c, circle_mail(c, ANA, "details for you"), ANA, "DONE Her sister is with her.", PASS);
    circle_has(circle_mail(c, LEE, "one more DONE"), "Please ask Ana Ruiz");
    circle_reply(c, circle_mail(c, LEE, "one more DONE"), LEE, "DONE", PASS);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_DONE);
    assert_non_null(circle_mail(c, LEE, "is closed"));
    assert_int_equal(circle_said(c, LEE, "sister"), 0);
}

static void what_came_of_it_is_told_to_who_said_yes(void **state)
{
    struct circle *c = *state;

    start_again(c);
    says_yes(c, LEE);
    circle_write(c, MARIA, GROUP, "Tonight", CRISIS, PASS);
    circle_pass(c, 10 * MS_MINUTE);
    circle_reply(c, circle_mail(c, ANA, "please claim"), ANA, "CLAIM", PASS);
    circle_reply(c, circle_mail(c, ANA, "details for you"), ANA, "DONE Her sister is with her.", PASS);
    circle_has(circle_mail(c, LEE, "one more DONE"), "Her sister is with her");
}

/* An alarm is theirs for the asking, nothing else of it is: its mail takes no other word. */
static void an_alarm_takes_nothing_but_its_own_words(void **state)
{
    struct circle *c = *state;

    start_again(c);
    circle_write(c, MARIA, GROUP, "Tonight", CRISIS, PASS);
    circle_listen(c);
    circle_reply(c, circle_mail(c, ANA, "please claim"), ANA, "QUEUE", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_ASKED);
    circle_has(asked(c, ANA), "Please say YES first");
    circle_reply(c, circle_mail(c, ANA, "please claim"), ANA, "ANNOUNCE\nWe are closed on Friday.", PASS);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post WHERE kind = 3"), 0);
    circle_reply(c, circle_mail(c, ANA, "please claim"), ANA, "CLAIM", FORGED); /* proof is needed all the same */
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_OPEN);
}

/* --- decisions -------------------------------------------------------------------------------------------------------------------------- */

static void a_decision_without_a_yes_does_nothing_and_is_told_what_to_do(void **state)
{
    struct circle *c = *state;
    const struct mail *review;

    circle_write(c, MARIA, GROUP, "Soup", NOTE, PASS);
    review = circle_mail(c, ANA, "a note waits");
    start_again(c);
    circle_reply(c, review, ANA, "OK", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_ASKED);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM review"), 0);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 44"), 1);
    circle_has(asked(c, ANA), "Please say YES first");
    circle_lacks(asked(c, ANA), "lentil");
    circle_reply(c, asked(c, ANA), ANA, "OK, yes", PASS);
    assert_true(may(c, c->ana));
    circle_reply(c, review, ANA, "OK", PASS);
    assert_int_equal(circle_said(c, SAM, "lentil"), 1);
}

/* The one function for every decision holds the rule too, whichever way leads to it. */
static void no_way_leads_to_a_decision_without_a_yes(void **state)
{
    struct circle *c = *state;
    const struct decision ok = { .kind = DECISION_OK, .text = "" };
    struct review_act act = { .decision = &ok, .way = REVIEW_CLI, .photos_shown = REVIEW_PHOTOS_ALL };
    struct review_result result;
    struct person ana;
    struct err err;
    struct db_tx tx = { 0 };

    circle_write(c, MARIA, GROUP, "Soup", NOTE, PASS);
    start_again(c);
    HELP_OK(person_get(&c->g.gate.store, c->ana, c->mem, &ana, &err));
    act.staff = &ana;
    act.post = circle_waiting(c, "lentil").id;
    HELP_OK(db_begin(c->g.h.db, &tx, &err));
    assert_int_equal(review_decide(&c->g.gate, &act, c->mem, &result, &err), RC_DENIED);
    db_tx_done(&tx);
    says_yes(c, ANA);
    HELP_OK(db_begin(c->g.h.db, &tx, &err));
    HELP_OK(review_decide(&c->g.gate, &act, c->mem, &result, &err));
    db_tx_done(&tx);
}

/* --- losing it, and asking again -------------------------------------------------------------------------------------------------------- */

static void stop_takes_the_yes_and_undo_gives_it_back(void **state)
{
    struct circle *c = *state;

    start_again(c);
    says_yes(c, ANA);
    circle_reply(c, circle_mail(c, ANA, "you are on the team"), ANA, "STOP", PASS);
    assert_false(may(c, c->ana));
    circle_reply(c, circle_mail(c, ANA, "off the list"), ANA, "UNDO", NOTHING);
    assert_false(may(c, c->ana)); /* back into the letters: a token alone is not enough */
    circle_reply(c, circle_mail(c, ANA, "off the list"), ANA, "UNDO", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_COMMAND);
    assert_true(may(c, c->ana));
}

static void a_lost_invitation_is_sent_once_more(void **state)
{
    struct circle *c = *state;
    const struct mail *first;

    start_again(c);
    first = asked(c, LEE);
    assert_int_equal(ask(c, c->lee, NULL, 0), RC_CONFLICT);
    assert_int_equal(ask(c, c->lee, "it was lost", 0), RC_OK);
    assert_int_equal(circle_new(c, LEE), 1);
    assert_string_not_equal(asked(c, LEE)->message_id, first->message_id);
    circle_reply(c, first, LEE, "Yes", PASS); /* it was not lost after all */
    assert_true(may(c, c->lee));
}

/* A yes is for a mailbox: a new one has not been read by anybody yet. */
static void another_address_takes_another_yes(void **state)
{
    struct circle *c = *state;
    struct address home = { .kind = ADDRESS_EMAIL, .state = ADDRESS_PROVED, .value = "lee.home@example.net" };
    struct address *old;
    struct err err;
    size_t n;

    start_again(c);
    says_yes(c, LEE);
    HELP_OK(person_addresses(&c->g.gate.store, c->lee, c->mem, &old, &n, &err));
    CIRCLE_TX(c, HELP_OK(person_unlink_address(&c->g.gate.store, c->lee, old[0].id, &err));
              HELP_OK(address_add(&c->g.gate.store, &home, &err));
              HELP_OK(person_link_address(&c->g.gate.store, c->lee, home.id, 1, &err)));
    assert_false(may(c, c->lee));
    assert_int_equal(ask(c, c->lee, "new address", 0), RC_OK);
    circle_reply(c, asked(c, home.value), home.value, "Yes", PASS);
    assert_true(may(c, c->lee));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(no_words_come_before_the_yes_and_all_that_waits_after_it),
        CASE(the_yes_is_stored_with_the_words_it_answers),
        CASE(paper_alone_is_no_yes),
        CASE(an_alarm_reaches_everybody_before_any_yes),
        CASE(what_came_of_it_is_told_to_who_said_yes),
        CASE(an_alarm_takes_nothing_but_its_own_words),
        CASE(a_decision_without_a_yes_does_nothing_and_is_told_what_to_do),
        CASE(no_way_leads_to_a_decision_without_a_yes),
        CASE(stop_takes_the_yes_and_undo_gives_it_back),
        CASE(a_lost_invitation_is_sent_once_more),
        CASE(another_address_takes_another_yes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
