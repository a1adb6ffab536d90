/* Letters to many people of a group that come back at once: the group's letters wait, and after RESUME everybody has every letter once. */
#include "bounce_help.h"

#include "gateway/digest/breaker.h"
#include "gateway/practice/record.h"

static void crowd_reports(struct circle *c, int from, int to)
{
    for (int i = from; i < to; i++) {
        const struct mail *m = circle_since(c, arena_printf(c->mem, "p%d@example.net", i), "letter");

        assert_non_null(m);
        bounce_report(c, &(struct came_back){ m->sender, "<>", "failed", "5.1.1" });
    }
}

static int64_t put_off(struct circle *c)
{
    return circle_count(c, "SELECT count(*) FROM delivery WHERE state = 1 AND due_ms > 4503599627370496");
}

static void many_at_once_are_a_server_and_nobody_is_touched(void **state)
{
    struct circle *c = *state;

    bounce_crowd(c);
    bounce_letter(c);
    crowd_reports(c, 0, 2); /* two are people */
    assert_int_equal(circle_said(c, ANA, "letters of Tuesday Circle wait"), 0);
    crowd_reports(c, 2, 5);
    assert_int_equal(circle_said(c, ANA, "letters of Tuesday Circle wait"), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM delivery WHERE status_code = '5.0.0'"),
                     2); /* of no address */

    circle_published(c, c->maria, "Soup again."); /* what is made now waits too */
    circle_listen(c);
    circle_pass(c, MS_DAY);
    assert_int_equal(circle_said(c, ROSE, "Soup again."), 0);
    assert_true(put_off(c) > 0);
    circle_write(c, ROSE, GROUP, "x", "HELP", PASS); /* what one person asks for goes out */
    assert_true(circle_new(c, ROSE) > 0);
}

/* What told Ana. */
static const struct mail *about_waiting(struct circle *c)
{
    for (size_t i = c->mail_count; i-- > 0;)
        if (!strcmp(c->mails[i].to, ANA) && circle_holds(c->mails[i].text, "letters of Tuesday Circle wait"))
            return &c->mails[i];
    return NULL;
}

static void resume_lets_them_go(void **state)
{
    struct circle *c = *state;

    bounce_crowd(c);
    bounce_letter(c);
    crowd_reports(c, 0, 5);
    circle_published(c, c->maria, "Soup again.");
    circle_pass(c, MS_DAY);
    circle_listen(c);
    circle_reply(c, about_waiting(c), ANA, "RESUME", PASS);
    assert_non_null(circle_since(c, ANA, "reply SEND"));
    assert_true(put_off(c) > 0); /* nothing before SEND */
    circle_reply(c, circle_since(c, ANA, "reply SEND"), ANA, "SEND", PASS);
    assert_int_equal(put_off(c), 0);
    circle_pass(c, MS_HOUR);
    assert_int_equal(circle_said(c, ROSE, "Soup again."), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM suppression"), 0);
}

static void resume(struct circle *c)
{
    const struct audit_who who = record_rule();
    struct err err;
    int64_t n = 0;

    CIRCLE_TX(c, HELP_OK(breaker_resume(&c->g.gate, &who, c->g.group.id, &n, &err)));
}

static const char *patient(struct circle *c, int i)
{
    return arena_printf(c->mem, "p%d@example.net", i);
}

/* The letters that tripped it, and one that came back while it was open; Rose's had arrived. */
static void resume_tries_again_what_came_back(void **state)
{
    struct circle *c = *state;
    const char *id;

    bounce_crowd(c);
    circle_published(c, c->maria, "Soup for all.");
    circle_listen(c);
    circle_pass(c, MS_DAY);
    id = circle_since(c, patient(c, 0), "letter")->message_id;
    crowd_reports(c, 0, CROWD);
    circle_pass(c, MS_HOUR);
    for (int i = 0; i < CROWD; i++)
        assert_int_equal(circle_said(c, patient(c, i), "Soup for all."), 1);
    circle_listen(c);
    resume(c);
    circle_pass(c, MS_MINUTE);
    for (int i = 0; i < CROWD; i++)
        assert_int_equal(circle_said(c, patient(c, i), "Soup for all."), 2);
    assert_string_equal(circle_since(c, patient(c, 0), "letter")->message_id, id);
    assert_int_equal(circle_said(c, ROSE, "Soup for all."), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM delivery WHERE state = 5"), 0);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 140"), CROWD);
    /* it is as if nothing had been: one that comes back now is a person's */
    bounce_report(c, &(struct came_back){ circle_since(c, patient(c, 0), "letter")->sender, "<>", "failed", "5.1.1" });
    assert_int_equal(circle_count(c, "SELECT count(*) FROM delivery WHERE state = 5 AND status_code = '5.1.1'"), 1);
}

static void what_failed_long_before_or_says_nothing_any_more_stays_failed(void **state)
{
    struct circle *c = *state;
    const struct audit_who who = record_rule();
    struct err err;
    const char *old, *all = "SELECT count(*) FROM delivery WHERE state = 5";

    bounce_crowd(c);
    old = bounce_letter(c);
    bounce_report(c, &(struct came_back){ old, "<>", "failed", "5.1.1" }); /* Rose's, a day before */
    circle_published(c, c->maria, "Soup for all.");
    circle_listen(c);
    circle_pass(c, MS_DAY);
    crowd_reports(c, 0, CROWD);
    help_raw(&c->g.h, "UPDATE membership SET state = 5 WHERE id = (SELECT MAX(id) FROM membership)");
    assert_int_equal(circle_count(c, all), 1 + CROWD);
    CIRCLE_TX(c, HELP_OK(breaker_resume(&c->g.gate, &who, c->g.group.id, NULL, &err)));
    circle_pass(c, MS_MINUTE);
    assert_int_equal(circle_count(c, all), 2); /* Rose's, and the one's who is no member now */
    assert_int_equal(circle_said(c, patient(c, CROWD - 1), "Soup for all."), 1);
    assert_int_equal(circle_said(c, patient(c, 0), "Soup for all."), 2);
}

/* --- refused by the relay ------------------------------------------------------------------------------------------------------------ */

static enum rc refuse(void *ctx, const struct wire *const wires[], size_t count, transport_done_fn *done,
                      void *done_ctx, struct err *err)
{
    const struct transport_result refused = { .outcome = TRANSPORT_FAILED, .code = 554, .enhanced = { 5, 7, 1 } };
    const struct transport_result accepted = { .outcome = TRANSPORT_ACCEPTED, .code = 250 };

    (void)err;
    for (size_t i = 0; i < count; i++) {
        const bool is_patient = *wire_recipient(wires[i]) == 'p';

        if (!is_patient)
            circle_keep(ctx, wires[i]);
        done(done_ctx, i, is_patient ? &refused : &accepted);
    }
    return RC_OK;
}

/* As circle_pass, with a relay that refuses every patient of the crowd. */
static void pass_refused(struct circle *c, int64_t ms)
{
    const struct transport relay = { circle_open, refuse, circle_nothing, circle_nothing, c, NULL };
    struct err err;
    size_t did = 0;

    home_set_time(c->home, gate_now_ms(&c->g.gate) + ms);
    do
        HELP_OK(clock_work(&c->g.gate, &did, &err));
    while (did);
    HELP_OK(mail_run_once(&c->g.gate, &relay, &MAIL_ALL, &did, &err));
}

static void refusals_trip_it_too_and_nobody_gets_a_word_twice(void **state)
{
    struct circle *c = *state;

    bounce_crowd(c);
    circle_published(c, c->maria, "Soup for all.");
    pass_refused(c, MS_DAY);
    assert_int_equal(circle_said(c, ANA, "letters of Tuesday Circle wait"), 1);
    assert_int_equal(circle_said(c, ANA, "does not get through"), 2); /* before it tripped */
    /* the next issue is made while it is open: its copy for who missed the first holds that too */
    circle_published(c, c->maria, "Bread as well.");
    circle_pass(c, MS_DAY);
    assert_int_equal(circle_said(c, patient(c, 0), "Soup for all."), 0);
    assert_true(put_off(c) > 0);
    resume(c);
    circle_pass(c, MS_DAY);
    for (int i = 0; i < CROWD; i++) {
        assert_int_equal(circle_said(c, patient(c, i), "Soup for all."), 1);
        assert_int_equal(circle_said(c, patient(c, i), "Bread as well."), 1);
    }
    assert_int_equal(circle_said(c, ROSE, "Soup for all."), 1);
    assert_int_equal(circle_said(c, ROSE, "Bread as well."), 1);
    assert_int_equal(put_off(c), 0);
}

static void a_refused_letter_with_none_after_it_is_tried_again(void **state)
{
    struct circle *c = *state;

    bounce_crowd(c);
    circle_published(c, c->maria, "Soup for all.");
    pass_refused(c, MS_DAY);
    resume(c);
    circle_pass(c, MS_MINUTE);
    for (int i = 0; i < CROWD; i++)
        assert_int_equal(circle_said(c, patient(c, i), "Soup for all."), 1);
}

/* --- what a worker held when it tripped ------------------------------------------------------------------------------------------------ */

struct held {
    int64_t lease;
    struct delivery *rows;
    size_t n;
};

static struct held claim(struct circle *c)
{
    struct held h = { 0 };
    struct err err;

    home_set_time(c->home, gate_now_ms(&c->g.gate) + MS_DAY);
    for (size_t did = 1; did;)
        HELP_OK(clock_work(&c->g.gate, &did, &err));
    CIRCLE_TX(c, HELP_OK(delivery_claim(&c->g.gate.store, LANE_DIGEST, LANE_DIGEST, DELIVERY_BATCH_MAX, MS_MINUTE,
                                        c->mem, &h.lease, &h.rows, &h.n, &err)));
    assert_true(h.n >= CROWD);
    return h;
}

static void trip(struct circle *c)
{
    struct err err;
    bool is_open = false;
    int64_t people[] = { c->maria.person.v, c->rose.person.v, c->sam.person.v };

    for (size_t i = 0; i < COUNT_OF(people); i++)
        CIRCLE_TX(c,
                  HELP_OK(breaker_count(&c->g.gate, c->g.group.id, (struct person_id){ people[i] }, &is_open, &err)));
    assert_true(is_open);
}

static void what_was_claimed_goes_back_and_is_not_sent(void **state)
{
    struct circle *c = *state;
    struct held h;
    struct err err;
    size_t n;

    bounce_crowd(c);
    circle_published(c, c->maria, "Soup for all.");
    h = claim(c);
    n = h.n;
    trip(c);
    CIRCLE_TX(c, HELP_OK(delivery_begin_send(&c->g.gate.store, h.lease, h.rows, &h.n, &err)));
    assert_int_equal(h.n, 0);
    assert_int_equal(put_off(c), n);
    assert_int_equal(circle_count(c, "SELECT MAX(attempt) FROM delivery WHERE state = 1"), 0);
    resume(c);
    circle_pass(c, MS_MINUTE);
    assert_int_equal(circle_said(c, patient(c, 0), "Soup for all."), 1);
}

static void what_was_being_sent_waits_when_it_has_to_be_tried_again(void **state)
{
    struct circle *c = *state;
    struct held h;
    struct err err;

    bounce_crowd(c);
    circle_published(c, c->maria, "Soup for all.");
    h = claim(c);
    CIRCLE_TX(c, HELP_OK(delivery_begin_send(&c->g.gate.store, h.lease, h.rows, &h.n, &err)));
    trip(c);
    {
        struct delivery_outcome outcomes[] = {
            { .id = h.rows[0].id, .result = DELIVERY_ACCEPTED, .attempt = 1, .code = 250 },
            { .id = h.rows[1].id, .result = DELIVERY_LATER, .attempt = 1, .code = 451 },
            { .id = h.rows[2].id, .result = DELIVERY_UNTOUCHED, .attempt = 1 },
        };

        CIRCLE_TX(c, HELP_OK(delivery_record(&c->g.gate.store, h.lease, MS_MINUTE, outcomes, 3, &err)));
    }
    help_raw(&c->g.h,
             "UPDATE delivery SET lease_until_ms = 1 WHERE lease IS NOT NULL"); /* the worker dies with the rest */
    assert_int_equal(put_off(c), 2);
    circle_pass(c, MS_DAY);
    assert_int_equal(put_off(c), (int64_t)h.n - 1);
    assert_int_equal(circle_said(c, NULL, "Soup for all."), 0);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM delivery WHERE state = 4 AND due_ms >= 4503599627370496"),
                     0);
    resume(c);
    circle_pass(c, MS_HOUR);
    assert_int_equal(put_off(c), 0);
    assert_int_equal(circle_said(c, NULL, "Soup for all."), (int64_t)h.n - 1); /* all but the one that had left */
}

/* A copy of the home is brought back while it is open: what is held then waits for RESUME after its release. */
static void what_a_restore_holds_waits_too(void **state)
{
    struct circle *c = *state;
    struct err err;

    bounce_crowd(c);
    circle_published(c, c->maria, "Soup for all.");
    claim(c);
    CIRCLE_TX(c, HELP_OK(delivery_hold_restored(&c->g.gate.store, &(int64_t){ 0 }, &err)));
    trip(c);
    CIRCLE_TX(c, HELP_OK(delivery_release_restored(&c->g.gate.store, &(int64_t){ 0 }, &err)));
    circle_pass(c, MS_DAY);
    assert_int_equal(circle_said(c, patient(c, 0), "Soup for all."), 0);
    resume(c);
    circle_pass(c, MS_MINUTE);
    assert_int_equal(circle_said(c, patient(c, 0), "Soup for all."), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(many_at_once_are_a_server_and_nobody_is_touched),
        TEST(resume_lets_them_go),
        TEST(resume_tries_again_what_came_back),
        TEST(what_failed_long_before_or_says_nothing_any_more_stays_failed),
        TEST(refusals_trip_it_too_and_nobody_gets_a_word_twice),
        TEST(a_refused_letter_with_none_after_it_is_tried_again),
        TEST(what_was_claimed_goes_back_and_is_not_sent),
        TEST(what_was_being_sent_waits_when_it_has_to_be_tried_again),
        TEST(what_a_restore_holds_waits_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
