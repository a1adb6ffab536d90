/* What random stories (tests/unit/stories_test) found, as ordinary tests; and what they led to look at. */
#include "circle_help.h"

#include "gateway/office/ending.h"
#include "gateway/office/erase.h"
#include "gateway/people/enroll.h"
#include "gateway/people/invite.h"

#define NORA "nora@example.net"

static void forget(struct circle *c, struct person_id id)
{
    const struct audit_who who = { AUDIT_OPERATOR, 0, AUDIT_WAY_CLI };
    struct erase_result result;
    struct person p;
    struct err err;

    HELP_OK(person_get(&c->g.gate.store, id, c->mem, &p, &err));
    HELP_OK(erase_run(&c->g.gate, &who, &p, false, NULL, &result, &err));
}

static void invite_nora(struct circle *c)
{
    const struct audit_who who = { AUDIT_STAFF, c->ana.v, AUDIT_WAY_CLI };
    const struct enroll_seat seat = { .hour_minute = -1 };
    struct enroll e = { .name = "Nora Example", .email = NORA };
    struct invite invite = { .invited_by = c->ana };
    struct membership m;
    struct err err;

    CIRCLE_TX(c, {
        HELP_OK(enroll_member(&c->g.gate, &who, &c->g.group, &e, &seat, c->mem, &m, &err));
        invite.person = m.person;
        invite.membership = m.id;
        HELP_OK(invite_send(&c->g.gate, &who, &invite, &err));
    });
    circle_post_office(c);
    assert_int_equal(circle_new(c, NORA), 1);
}

/* The sorter fell over it, time and again. */
static void a_decision_about_a_note_whose_author_was_erased_is_asked_back(void **state)
{
    struct circle *c = *state;

    circle_write(c, ROSE, GROUP, "Walk", "We walked to the lake.", PASS);
    forget(c, c->rose.person);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_ASKED);
    circle_pass(c, 2 * MS_DAY);
    assert_int_equal(circle_said(c, MARIA, "lake") + circle_said(c, SAM, "lake"), 0);
}

static void somebody_erased_who_answers_an_old_letter_gets_no_mail(void **state)
{
    struct circle *c = *state;
    const struct mail *m;

    circle_published(c, c->maria, "I made lentil soup today.");
    circle_digest(c);
    m = circle_mail(c, ROSE, "letter");
    forget(c, c->rose.person);
    circle_listen(c);
    circle_reply(c, m, ROSE, "UNDO", PASS);
    circle_reply(c, m, ROSE, "STATUS", PASS);
    for (size_t i = c->told; i < c->mail_count; i++)
        assert_true(!strcmp(c->mails[i].to, ANA) || !strcmp(c->mails[i].to, LEE));
}

/* Promise 8, by every answer that is no invitation. */
static void who_never_said_yes_gets_no_answer_but_help(void **state)
{
    const struct audit_who who = { AUDIT_OPERATOR, 0, AUDIT_WAY_CLI };
    struct circle *c = *state;
    int64_t letters;
    struct err err;

    invite_nora(c);
    circle_listen(c);
    circle_write(c, NORA, GROUP, "hello", "UNDO", PASS);
    CIRCLE_TX(c, HELP_OK(ending_close(&c->g.gate, &who, c->g.group.id, NULL, &letters, &err)));
    circle_write(c, NORA, GROUP, "hello", "I was at the lake.", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_GROUP_OVER);
    assert_int_equal(circle_new(c, NORA), 0);
    circle_write(c, NORA, GROUP, "hello", "HELP", PASS);
    assert_int_equal(circle_new(c, NORA), 1);
    circle_write(c, ROSE, GROUP, "Walk", "I was at the lake too.", PASS); /* who said yes is told */
    assert_non_null(circle_since(c, ROSE, NULL));
}

/* A second answer failed three times and was parked with an alarm. */
static void who_wrote_it_is_answered_once(void **state)
{
    struct circle *c = *state;
    const struct mail *asked;

    circle_write(c, ROSE, GROUP, "Walk", "We walked to the lake.", NOTHING);
    asked = circle_mail(c, ANA, NULL);
    circle_reply(c, asked, ANA, "OK", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_DECISION);
    circle_reply(c, asked, ANA, "OK", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_ASKED);
    circle_reply(c, asked, ANA, "NO", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_ASKED);
    assert_int_equal(circle_waiting(c, "lake").state, POST_HELD);
}

/* What had its OK and waits for the evening when its group ends still goes out. */
static void a_released_note_of_a_group_that_ends_is_sent(void **state)
{
    const struct audit_who who = { AUDIT_OPERATOR, 0, AUDIT_WAY_CLI };
    struct circle *c = *state;
    int64_t letters;
    struct err err;

    circle_write(c, ROSE, GROUP, "Walk", "We walked to the lake.", PASS);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS);
    assert_int_equal(circle_said(c, MARIA, "lake"), 0);
    CIRCLE_TX(c, HELP_OK(ending_close(&c->g.gate, &who, c->g.group.id, NULL, &letters, &err)));
    circle_pass(c, 2 * MS_DAY);
    assert_int_equal(circle_said(c, MARIA, "lake"), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_decision_about_a_note_whose_author_was_erased_is_asked_back),
        TEST(somebody_erased_who_answers_an_old_letter_gets_no_mail),
        TEST(who_never_said_yes_gets_no_answer_but_help),
        TEST(who_wrote_it_is_answered_once),
        TEST(a_released_note_of_a_group_that_ends_is_sent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
