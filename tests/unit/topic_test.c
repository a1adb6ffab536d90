/* Topics of staff: drafted ahead, reviewed ahead, sent by the clock on their date and never without an OK. */
#include "circle_help.h"

#include "gateway/note/topic.h"
#include "gateway/office/ending.h"
#include "gateway/practice/record.h"
#include "schedules/zone.h"

static int64_t local(int month, int day, int hour, int minute)
{
    struct err err;
    int64_t ms;

    HELP_OK(zone_utc_from_local("America/New_York", 2026, month, day, hour, minute, &ms, &err));
    return ms;
}

static struct topic_draft draft_of(struct circle *c, const char *text, int64_t when_ms)
{
    return (struct topic_draft){ .group = c->g.group.id,
                                 .author = c->ida,
                                 .text = text,
                                 .when_ms = when_ms,
                                 .who = { AUDIT_STAFF, c->ida.v, AUDIT_WAY_CLI } };
}

static struct post planned(struct circle *c, const char *text, int64_t when_ms, int64_t *ret_due_ms)
{
    const struct topic_draft draft = draft_of(c, text, when_ms);
    struct post post;
    struct err err;

    CIRCLE_TX(c, HELP_OK(topic_plan(&c->g.gate, &draft, &post, ret_due_ms, &err)));
    circle_run(c);
    return post;
}

static void is_ok(struct circle *c)
{
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS);
}

static void set_hour(struct circle *c, const char *text)
{
    const struct audit_who who = { AUDIT_STAFF, c->ana.v, AUDIT_WAY_CLI };
    struct topic_hour hour;
    struct err err;

    HELP_OK(topic_read_hour(text, &hour, &err));
    CIRCLE_TX(c, HELP_OK(topic_set_hour(&c->g.gate, &who, c->g.group.id, &hour, &err)));
}

/* Promise 1: the OK of a moderator and the date, both. */
static void it_goes_out_on_its_date(void **state)
{
    struct circle *c = *state;
    int64_t due_ms;

    planned(c, "What helped you sleep this week?", local(3, 5, 9, 0), &due_ms);
    assert_int_equal(due_ms, local(3, 5, 9, 0));
    circle_has(circle_mail(c, ANA, "a note waits"), "Thursday, March 5, 9:00 AM");
    is_ok(c);
    circle_has(circle_mail(c, ANA, "done, no."), "it goes out on its date");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post WHERE published_seq IS NOT NULL"), 0);
    assert_int_equal(circle_waiting(c, "sleep").id.v, 0);
    circle_pass(c, MS_DAY); /* Wednesday: a digest hour passes */
    assert_int_equal(circle_said(c, SAM, "sleep"), 0);
    assert_int_equal(circle_said(c, MARIA, "sleep"), 0);
    circle_pass(c, 22 * MS_HOUR + 59 * MS_MINUTE);
    assert_int_equal(circle_said(c, SAM, "sleep"), 0);
    circle_pass(c, MS_MINUTE);
    assert_int_equal(circle_said(c, SAM, "sleep"), 1);
    circle_pass(c, 9 * MS_HOUR);
    circle_has(circle_mail(c, MARIA, "letter"), "What helped you sleep this week?");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb IN (110, 111, 112)"), 3);
}

/* Whoever wrote it may be in danger too. Its date stays. */
static void crisis_pages_about_what_is_planned(void **state)
{
    struct circle *c = *state;
    const struct mail *asked;
    int64_t due_ms;

    planned(c, "What helped you sleep this week?", local(3, 5, 9, 0), &due_ms);
    asked = circle_mail(c, ANA, "a note waits");
    circle_reply(c, asked, ANA, "OK", PASS);
    circle_reply(c, asked, ANA, "CRISIS", PASS);
    circle_has(circle_mail(c, ANA, "done, no."), "the alarm is out");
    circle_reply(c, circle_mail(c, ANA, "please claim"), ANA, "CLAIM", PASS);
    circle_has(circle_mail(c, ANA, "details for you"), "Please call Ida Cole now");
    circle_pass(c, due_ms - gate_now_ms(&c->g.gate));
    assert_int_equal(circle_said(c, SAM, "sleep"), 1);
}

static void without_an_ok_no_date_sends_it(void **state)
{
    struct circle *c = *state;
    int64_t due_ms;

    planned(c, "What helped you sleep this week?", local(3, 4, 9, 0), &due_ms);
    circle_pass(c, 3 * MS_DAY);
    assert_int_equal(circle_said(c, SAM, "sleep"), 0);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post WHERE published_seq IS NOT NULL"), 0);
    is_ok(c); /* late: at once */
    assert_int_equal(circle_said(c, SAM, "sleep"), 1);
}

static void a_second_ok_and_a_no_come_too_late(void **state)
{
    struct circle *c = *state;
    const struct mail *asked;
    int64_t due_ms;

    planned(c, "What helped you sleep this week?", local(3, 5, 9, 0), &due_ms);
    asked = circle_mail(c, ANA, "a note waits");
    circle_reply(c, asked, ANA, "OK", PASS);
    circle_reply(c, asked, ANA, "NO 2", PASS);
    circle_has(circle_mail(c, ANA, "this one is done"), "Ana Ruiz");
    circle_pass(c, 2 * MS_DAY);
    assert_int_equal(circle_said(c, SAM, "sleep"), 1);
}

static void undo_makes_it_wait_again(void **state)
{
    struct circle *c = *state;
    int64_t due_ms;

    planned(c, "What helped you sleep this week?", local(3, 5, 9, 0), &due_ms);
    is_ok(c);
    circle_reply(c, circle_mail(c, ANA, "done, no."), ANA, "UNDO", PASS);
    assert_int_equal(circle_waiting(c, "sleep").state, POST_HELD);
    circle_pass(c, 3 * MS_DAY);
    assert_int_equal(circle_said(c, SAM, "sleep"), 0);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post WHERE published_seq IS NOT NULL"), 0);
}

static void a_group_may_want_two_people(void **state)
{
    struct circle *c = *state;
    struct care_group g;
    struct err err;
    int64_t due_ms;

    HELP_OK(group_get(&c->g.gate.store, c->g.group.id, c->mem, &g, &err));
    g.review = GROUP_REVIEW_TWO_PEOPLE;
    CIRCLE_TX(c, HELP_OK(group_change(&c->g.gate.store, &g, &err)));
    planned(c, "What helped you sleep this week?", local(3, 5, 9, 0), &due_ms);
    is_ok(c);
    circle_pass(c, 3 * MS_DAY);
    assert_int_equal(circle_said(c, SAM, "sleep"), 0);
    circle_reply(c, circle_mail(c, LEE, "a note waits"), LEE, "OK", PASS);
    assert_int_equal(circle_said(c, SAM, "sleep"), 1);
}

static void it_can_be_cancelled(void **state)
{
    struct circle *c = *state;
    const struct audit_who who = { AUDIT_STAFF, c->ana.v, AUDIT_WAY_CLI };
    struct topic_line *lines;
    struct err err;
    int64_t due_ms;
    size_t n;
    const struct post post = planned(c, "What helped you sleep this week?", local(3, 5, 9, 0), &due_ms);

    is_ok(c);
    HELP_OK(topic_list(&c->g.gate, c->g.group.id, c->mem, &lines, &n, &err));
    assert_int_equal(n, 1);
    assert_string_equal(lines[0].title, "What helped you sleep this week?");
    assert_string_equal(topic_state_name(lines[0].topic.state), "has its OK");
    CIRCLE_TX(c, HELP_OK(topic_cancel(&c->g.gate, &who, post.id, &err)));
    HELP_OK(topic_list(&c->g.gate, c->g.group.id, c->mem, &lines, &n, &err));
    assert_int_equal(n, 0);
    circle_pass(c, 3 * MS_DAY);
    assert_int_equal(circle_said(c, SAM, "sleep"), 0);
    CIRCLE_TX(c, assert_int_equal(topic_cancel(&c->g.gate, &who, post.id, &err), RC_CONFLICT));
    CIRCLE_TX(c, assert_int_equal(topic_cancel(&c->g.gate, &who, (struct post_id){ 7 }, &err), RC_NOT_FOUND));
}

/* Promise 4: it had its OK, and will not go out: its author and staff hear of it. */
static void a_group_that_ends_gives_it_back(void **state)
{
    struct circle *c = *state;
    const struct audit_who who = { AUDIT_STAFF, c->ana.v, AUDIT_WAY_CLI };
    struct err err;
    int64_t due_ms, letters;

    planned(c, "What helped you sleep this week?", local(3, 5, 9, 0), &due_ms);
    is_ok(c);
    CIRCLE_TX(c, HELP_OK(ending_close(&c->g.gate, &who, c->g.group.id, NULL, &letters, &err)));
    circle_work(c);
    assert_int_equal(circle_said(c, IDA, "sleep"), 1);
    circle_pass(c, 3 * MS_DAY);
    assert_int_equal(circle_said(c, SAM, "sleep"), 0);
}

/* The group's hour: one topic a week, also over the night of 8 March, when New York's clocks go forward. */
static void weekly_topics_take_one_week_each(void **state)
{
    struct circle *c = *state;
    int64_t due_ms;
    struct topic_draft draft = draft_of(c, "Four", TOPIC_NEXT);
    struct post post;
    struct err err;

    CIRCLE_TX(c, assert_int_equal(topic_plan(&c->g.gate, &draft, &post, &due_ms, &err), RC_NOT_FOUND));
    set_hour(c, "Tue 9:00"); /* it is Tuesday, 10:00 */
    planned(c, "One", TOPIC_NEXT, &due_ms);
    assert_int_equal(due_ms, local(3, 10, 9, 0));
    assert_int_equal(due_ms - gate_now_ms(&c->g.gate), 7 * MS_DAY - 2 * MS_HOUR);
    is_ok(c);
    planned(c, "Two", TOPIC_NEXT, &due_ms);
    assert_int_equal(due_ms, local(3, 17, 9, 0));
    planned(c, "Three", local(3, 24, 16, 0), &due_ms);
    planned(c, "Four", TOPIC_NEXT, &due_ms);
    assert_int_equal(due_ms, local(3, 31, 9, 0));
    set_hour(c, "none");
    CIRCLE_TX(c, assert_int_equal(topic_plan(&c->g.gate, &draft, &post, &due_ms, &err), RC_NOT_FOUND));
}

static void dates_that_make_no_sense_are_refused(void **state)
{
    struct circle *c = *state;
    const int64_t now_ms = gate_now_ms(&c->g.gate);
    const int64_t wrong[] = { now_ms, now_ms - MS_DAY, now_ms + TOPIC_AHEAD_MS + 1 };
    struct post post;
    struct err err;
    int64_t due_ms;
    struct topic_hour hour;

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        const struct topic_draft draft = draft_of(c, "Sleep", wrong[i]);

        CIRCLE_TX(c, assert_int_equal(topic_plan(&c->g.gate, &draft, &post, &due_ms, &err), RC_INPUT));
    }
    CIRCLE_TX(c, assert_int_equal(topic_plan(&c->g.gate, &(struct topic_draft){ .group = c->g.group.id, .text = "" },
                                             &post, &due_ms, &err),
                                  RC_INPUT));
    assert_int_equal(topic_read_hour("Tue", &hour, &err), RC_INPUT);
    assert_int_equal(topic_read_hour("Mon-Fri 9:00", &hour, &err), RC_INPUT);
    assert_int_equal(topic_read_hour("Tue 24:00", &hour, &err), RC_INPUT);
    assert_int_equal(topic_read_hour(NULL, &hour, &err), RC_INPUT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_goes_out_on_its_date),
        TEST(crisis_pages_about_what_is_planned),
        TEST(without_an_ok_no_date_sends_it),
        TEST(a_second_ok_and_a_no_come_too_late),
        TEST(undo_makes_it_wait_again),
        TEST(a_group_may_want_two_people),
        TEST(it_can_be_cancelled),
        TEST(a_group_that_ends_gives_it_back),
        TEST(weekly_topics_take_one_week_each),
        TEST(dates_that_make_no_sense_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
