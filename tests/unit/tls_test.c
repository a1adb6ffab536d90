/* A member whose letters may travel under verified TLS alone: nothing of them leaves where nobody promises it, the person is asked to call, staff hear
 * of it once. (The circle's post office promises nothing.) */
#include "bounce_help.h"

#include "gateway/note/publish.h"
#include "gateway/office/policy.h"
#include "gateway/practice/record.h"
#include "gateway/send/tls.h"

#define NO_TLS "SELECT count(*) FROM delivery WHERE state = 8"
#define ASKED "Please call us"
#define TOLD "We can not write to Rose in a safe way"

static void require(struct circle *c, const char *email, bool is_required)
{
    const struct audit_who who = record_rule();
    struct address a;
    struct err err;

    HELP_OK(address_find(&c->g.gate.store, ADDRESS_EMAIL, email, c->mem, &a, &err));
    CIRCLE_TX(c, HELP_OK(tls_set(&c->g.gate, &who, &a, is_required, &err)));
}

static void a_day(struct circle *c, const char *note)
{
    circle_published(c, c->maria, note);
    circle_pass(c, MS_DAY);
}

static void nothing_leaves_and_she_is_asked_to_call(void **state)
{
    struct circle *c = *state;
    const struct mail *call;

    require(c, ROSE, true);
    a_day(c, "Soup for all.");
    assert_int_equal(circle_said(c, ROSE, "Soup for all."), 0);
    assert_int_equal(circle_said(c, MARIA, "Soup for all."), 1);
    assert_int_equal(circle_count(c, NO_TLS), 1);
    call = circle_mail(c, ROSE, NULL);
    circle_has(call, ASKED);
    circle_has(call, "(555) 555-0100");
    /* nothing in it says which group, or what it is about */
    assert_null(strcasestr(call->raw, "tuesday"));
    assert_null(strcasestr(call->raw, "maria"));
    assert_null(strcasestr(call->raw, GATE_CANARY));
    assert_int_equal(circle_said(c, ANA, TOLD), 1);
    assert_int_equal(circle_said(c, ANA, "does not get through"), 0);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 141"), 1);
}

static void she_and_staff_hear_once_and_again_after_a_month(void **state)
{
    struct circle *c = *state;

    require(c, ROSE, true);
    for (int day = 0; day < 4; day++)
        a_day(c, arena_printf(c->mem, "Soup of day %d.", day));
    assert_int_equal(circle_count(c, NO_TLS), 4);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 141"), 4); /* each of them */
    assert_int_equal(circle_said(c, ROSE, ASKED), 1);
    assert_int_equal(circle_said(c, ANA, TOLD), 1);
    circle_pass(c, TLS_AGAIN_MS);
    a_day(c, "Soup of the next month.");
    assert_int_equal(circle_said(c, ROSE, ASKED), 2);
    assert_int_equal(circle_said(c, ANA, TOLD), 2);
}

/* Sam alone reads Rose's note, and may be written to under TLS alone. */
static void one_reader(struct circle *c)
{
    struct err err;
    struct post p = circle_published(c, c->rose, "We walked to the lake.");

    require(c, SAM, true);
    help_raw(&c->g.h, "UPDATE membership SET state = 4 WHERE rhythm IN (2, 3)");
    help_raw(&c->g.h,
             "UPDATE membership SET state = 2, rhythm = 1 WHERE person_id = (SELECT author_id FROM post LIMIT 1)");
    CIRCLE_TX(c, HELP_OK(publish_post(&c->g.gate, &p, &err)));
    circle_work(c);
    circle_pass(c, MS_HOUR);
}

/* The note reaches nobody, and its author hears it. */
static void a_note_that_reaches_nobody_is_told_to_its_author(void **state)
{
    struct circle *c = *state;

    one_reader(c);
    assert_int_equal(circle_count(c, NO_TLS), 1);
    circle_has(circle_mail(c, ROSE, "about your note"), "did not get through to anyone");
    assert_int_equal(circle_said(c, ANA, "will not be sent"), 1);
}

static void so_is_one_that_came_back_for_want_of_tls(void **state)
{
    struct circle *c = *state;

    c->g.gate.facts.relay_enforces_tls = "*";
    one_reader(c);
    assert_int_equal(circle_said(c, SAM, "We walked to the lake."), 1);
    assert_null(circle_mail(c, ROSE, "about your note"));
    bounce_report(c, &(struct came_back){ circle_mail(c, SAM, NULL)->sender, "<>", "failed", "4.7.5" });
    assert_int_equal(circle_count(c, NO_TLS), 1);
    circle_has(circle_mail(c, ROSE, "about your note"), "did not get through to anyone");
}

/* A note of Maria's, to those who get each by itself. */
static void a_single(struct circle *c, const char *text)
{
    struct err err;
    struct post p = circle_published(c, c->maria, text);

    CIRCLE_TX(c, HELP_OK(publish_post(&c->g.gate, &p, &err)));
    circle_work(c);
    circle_pass(c, MS_HOUR);
}

/* Sam gets each note by itself: no digest brings it. */
static void a_note_of_its_own_comes_when_the_way_is_safe(void **state)
{
    struct circle *c = *state;

    require(c, SAM, true);
    a_single(c, "Soup for all.");
    assert_int_equal(circle_count(c, NO_TLS), 1);
    c->g.gate.facts.relay_enforces_tls = "*";
    circle_pass(c, MS_MINUTE);
    assert_int_equal(circle_said(c, SAM, "Soup for all."), 0);
    a_single(c, "Bread as well.");
    assert_int_equal(circle_said(c, SAM, "Bread as well."), 1);
    assert_int_equal(circle_said(c, SAM, "Soup for all."), 1);
    assert_int_equal(circle_count(c, NO_TLS), 0);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 140"), 1);
}

static void or_when_it_need_not_be_or_the_relay_is_another(void **state)
{
    struct circle *c = *state;
    const struct audit_who who = record_rule();
    struct err err;

    for (int i = 0; i < 2; i++) {
        const char *note = i ? "Bread as well." : "Soup for all.";

        require(c, SAM, true);
        a_single(c, note);
        assert_int_equal(circle_said(c, SAM, note), 0);
        if (i) {
            const struct practice_facts facts = c->g.gate.facts;

            CIRCLE_TX(c, HELP_OK(policy_set(&c->g.gate, &who, SETTING_RELAY_ENFORCES_TLS, "*", &err)));
            c->g.gate.facts = facts; /* the circle's settings are no rows */
            c->g.gate.facts.relay_enforces_tls = "*";
        } else {
            require(c, SAM, false);
        }
        circle_pass(c, MS_MINUTE);
        assert_int_equal(circle_said(c, SAM, note), 1);
    }
}

/* What was taken back meanwhile, or is for who left, stays where it is; and so does what is old. */
static void what_says_nothing_any_more_is_not_sent_late(void **state)
{
    static const char *const changes[] = { "UPDATE post SET state = 7",
                                           "UPDATE membership SET state = 4 WHERE rhythm = 1",
                                           "UPDATE delivery SET created_ms = 1 WHERE state = 8" };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        struct circle c;

        circle_start(&c);
        require(&c, SAM, true);
        a_single(&c, "Soup for all.");
        help_raw(&c.g.h, changes[i]);
        require(&c, SAM, false);
        circle_pass(&c, MS_MINUTE);
        assert_int_equal(circle_said(&c, SAM, "Soup for all."), 0);
        assert_int_equal(circle_count(&c, NO_TLS), 1);
        circle_stop(&c);
    }
}

/* Her place in the group's talk has not moved: nothing is lost. */
static void what_did_not_leave_comes_once_the_way_is_safe(void **state)
{
    struct circle *c = *state;

    require(c, ROSE, true);
    a_day(c, "Soup for all.");
    c->g.gate.facts.relay_enforces_tls = "example.com example.net";
    a_day(c, "Bread as well.");
    circle_has(circle_mail(c, ROSE, "letter"), "Soup for all.");
    circle_has(circle_mail(c, ROSE, "letter"), "Bread as well.");
    assert_int_equal(circle_count(c, NO_TLS), 1);
}

static void a_domain_may_require_it(void **state)
{
    struct circle *c = *state;

    c->g.gate.facts.require_tls_domains = "example.org EXAMPLE.net";
    a_day(c, "Soup for all.");
    assert_int_equal(circle_said(c, NULL, "Soup for all."), 1); /* Dr Cole, who is staff */
    assert_int_equal(circle_said(c, IDA, "Soup for all."), 1);
    assert_int_equal(circle_said(c, NULL, ASKED), 2);
    c->g.gate.facts.require_tls_domains = "ample.net example.ne sub.example.net"; /* none of hers */
    a_day(c, "Bread as well.");
    assert_int_equal(circle_said(c, ROSE, "Bread as well."), 1);
}

static void staff_are_written_to_as_ever(void **state)
{
    struct circle *c = *state;

    c->g.gate.facts.require_tls_domains = "clinic.example.com";
    require(c, ANA, true);
    circle_write(c, MARIA, GROUP, "Hello", "I want to end my life tonight.", PASS);
    circle_pass(c, MS_MINUTE);
    assert_true(circle_new(c, ANA) > 0);
    assert_int_equal(circle_count(c, NO_TLS), 0);
}

static void a_practice_may_choose_no_notice(void **state)
{
    struct circle *c = *state;

    c->g.gate.facts.has_tls_notice = false;
    require(c, ROSE, true);
    a_day(c, "Soup for all.");
    assert_int_equal(circle_new(c, ROSE), 0);
    assert_int_equal(circle_said(c, ANA, TOLD), 1);
}

/* The relay had promised it, and a server behind it could not: "4.7.5 Server certificate not trusted", after days. */
static void a_report_that_tls_was_missing_is_no_bounce(void **state)
{
    struct circle *c = *state;

    c->g.gate.facts.relay_enforces_tls = "*";
    require(c, ROSE, true);
    for (int day = 0; day < 3; day++)
        bounce_report(c, &(struct came_back){ bounce_letter(c), "<>", "failed", day == 1 ? "5.7.30" : "4.7.5" });
    assert_int_equal(circle_count(c, NO_TLS), 3);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM delivery WHERE state = 5"), 0);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM suppression"), 0);
    assert_int_equal(circle_said(c, ANA, TOLD), 1);
    assert_int_equal(circle_said(c, ANA, "does not get through"), 0);
}

static void the_same_report_about_another_is_one(void **state)
{
    struct circle *c = *state;

    bounce_report(c, &(struct came_back){ bounce_letter(c), "<>", "failed", "4.7.5" });
    assert_int_equal(circle_count(c, NO_TLS), 0);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM delivery WHERE state = 5"), 1);
    assert_int_equal(circle_said(c, ANA, "does not get through"), 1);
}

static void taken_back_it_holds_no_longer(void **state)
{
    struct circle *c = *state;

    require(c, ROSE, true);
    a_day(c, "Soup for all.");
    require(c, ROSE, false);
    a_day(c, "Bread as well.");
    circle_has(circle_mail(c, ROSE, "letter"), "Bread as well.");
    require(c, ROSE, true); /* and anew: told anew */
    a_day(c, "Cake.");
    assert_int_equal(circle_said(c, ROSE, ASKED), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_leaves_and_she_is_asked_to_call),
        TEST(she_and_staff_hear_once_and_again_after_a_month),
        TEST(a_note_that_reaches_nobody_is_told_to_its_author),
        TEST(so_is_one_that_came_back_for_want_of_tls),
        TEST(a_note_of_its_own_comes_when_the_way_is_safe),
        TEST(or_when_it_need_not_be_or_the_relay_is_another),
        cmocka_unit_test(what_says_nothing_any_more_is_not_sent_late),
        TEST(what_did_not_leave_comes_once_the_way_is_safe),
        TEST(a_domain_may_require_it),
        TEST(staff_are_written_to_as_ever),
        TEST(a_practice_may_choose_no_notice),
        TEST(a_report_that_tls_was_missing_is_no_bounce),
        TEST(the_same_report_about_another_is_one),
        TEST(taken_back_it_holds_no_longer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
