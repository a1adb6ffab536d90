/* Topics and announcements by a rule: each date is drafted ahead and waits for an OK of its own; skipped, changed, ended. */
#define CIRCLE_MAILS_MAX 2000
#include "circle_help.h"

#include "gateway/note/topic.h"
#include "gateway/note/topic_again.h"
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

static struct audit_who ida_of(struct circle *c)
{
    return (struct audit_who){ AUDIT_STAFF, c->ida.v, AUDIT_WAY_CLI };
}

static struct topic_series tuesdays(struct circle *c, const char *rule)
{
    return (struct topic_series){ .group = c->g.group.id,
                                  .author = c->ida,
                                  .rule = rule,
                                  .day = clock_days_from_civil(2026, 3, 10),
                                  .minute = 9 * 60,
                                  .ahead_days = TOPIC_AGAIN_USUAL_DAYS,
                                  .title = "",
                                  .text = "What went well this week?",
                                  .tag = "" };
}

static struct topic_series added(struct circle *c, struct topic_series s, const int64_t *skipped, size_t n)
{
    const struct audit_who who = ida_of(c);
    struct err err;

    CIRCLE_TX(c, HELP_OK(topic_again_add(&c->g.gate, &who, &s, skipped, n, &err)));
    circle_run(c);
    return s;
}

static int64_t asked(struct circle *c)
{
    return circle_said(c, ANA, "What went well") + circle_said(c, LEE, "What went well");
}

static void is_ok(struct circle *c, const char *who)
{
    circle_reply(c, circle_mail(c, who, "a note waits"), who, "OK", PASS);
}

static size_t dates_of(struct circle *c, const struct topic_series *s, struct topic_again_date **ret)
{
    struct topic_series now;
    struct err err;
    size_t n;

    HELP_OK(topic_series_get(&c->g.gate.store, s->id, c->mem, &now, &err));
    HELP_OK(topic_again_dates(&c->g.gate, &now, 60, c->mem, ret, &n, &err));
    return n;
}

/* Promise 1, for each date; nine o'clock stays nine o'clock when the clocks change on 8 March. */
static void each_date_waits_for_its_own_ok(void **state)
{
    struct circle *c = *state;
    const struct topic_series s = added(c, tuesdays(c, "FREQ=WEEKLY;COUNT=3"), NULL, 0);
    struct topic_again_date *dates;

    assert_int_equal(dates_of(c, &s, &dates), 3);
    assert_int_equal(dates[0].due_ms, local(3, 10, 9, 0));
    assert_int_equal(dates[2].due_ms, local(3, 24, 9, 0));
    assert_true(dates[0].post.v && !dates[1].post.v && !dates[2].post.v);
    assert_int_equal(asked(c), 1);
    is_ok(c, ANA);
    circle_pass(c, local(3, 10, 8, 59) - gate_now_ms(&c->g.gate));
    assert_int_equal(circle_said(c, SAM, "What went well"), 0);
    circle_pass(c, MS_MINUTE);
    assert_int_equal(circle_said(c, SAM, "What went well"), 1);
    for (int day = 0; day < 15; day++) /* nobody looks at the other two */
        circle_pass(c, MS_DAY);
    assert_int_equal(circle_said(c, SAM, "What went well"), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post WHERE state = 1"), 2);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM topic_series_day WHERE post_id > 0"), 3);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM topic_series WHERE state = 2"),
                     1); /* its last date is behind */
}

static void a_date_can_be_left_out(void **state)
{
    struct circle *c = *state;
    const struct audit_who who = ida_of(c);
    const int64_t second = clock_days_from_civil(2026, 3, 17);
    const struct topic_series s = added(c, tuesdays(c, "FREQ=WEEKLY;COUNT=3"), &second, 1);
    struct topic_again_date *dates;
    struct err err;

    assert_int_equal(dates_of(c, &s, &dates), 3);
    assert_true(dates[1].is_left_out && !dates[0].is_left_out);
    is_ok(c, ANA); /* the first has its OK, and is left out all the same */
    CIRCLE_TX(c, HELP_OK(topic_again_skip(&c->g.gate, &who, s.id, s.day, &err)));
    CIRCLE_TX(c, assert_int_equal(topic_again_skip(&c->g.gate, &who, s.id, s.day, &err), RC_CONFLICT));
    CIRCLE_TX(c, assert_int_equal(topic_again_skip(&c->g.gate, &who, s.id, s.day + 1, &err), RC_INPUT));
    CIRCLE_TX(c, assert_int_equal(topic_again_skip(&c->g.gate, &who, (struct topic_series_id){ 7 }, s.day, &err),
                                  RC_NOT_FOUND));
    for (int day = 0; day < 15; day++)
        circle_pass(c, MS_DAY);
    assert_int_equal(circle_said(c, SAM, "What went well"), 0);
    assert_int_equal(dates_of(c, &s, &dates), 1);
    assert_true(dates[0].post.v != 0);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 203"), 2);
}

/* The OK was about other words. */
static void changed_words_are_asked_about_anew(void **state)
{
    struct circle *c = *state;
    const struct audit_who who = ida_of(c);
    struct topic_series s = added(c, tuesdays(c, "FREQ=WEEKLY;COUNT=2"), NULL, 0);
    struct err err;

    is_ok(c, ANA);
    s.text = "What made you smile?";
    CIRCLE_TX(c, HELP_OK(topic_again_change(&c->g.gate, &who, &s, &err)));
    circle_run(c);
    circle_pass(c, local(3, 10, 10, 0) - gate_now_ms(&c->g.gate));
    assert_int_equal(circle_said(c, SAM, "What went well"), 0);
    assert_int_equal(circle_said(c, SAM, "made you smile"), 0);
    is_ok(c, ANA); /* the second date, as the newer letter */
    circle_pass(c, local(3, 17, 10, 0) - gate_now_ms(&c->g.gate));
    assert_int_equal(circle_said(c, SAM, "What went well"), 0);
    assert_int_equal(circle_said(c, SAM, "made you smile"), 1);
}

static void an_ended_one_sends_nothing(void **state)
{
    struct circle *c = *state;
    const struct audit_who who = ida_of(c);
    const struct topic_series s = added(c, tuesdays(c, "FREQ=WEEKLY"), NULL, 0);
    struct topic_again_date *dates;
    struct err err;

    is_ok(c, ANA);
    CIRCLE_TX(c, HELP_OK(topic_again_end(&c->g.gate, &who, s.id, &err)));
    CIRCLE_TX(c, assert_int_equal(topic_again_end(&c->g.gate, &who, s.id, &err), RC_CONFLICT));
    CIRCLE_TX(c, assert_int_equal(topic_again_change(&c->g.gate, &who, &s, &err), RC_CONFLICT));
    assert_int_equal(dates_of(c, &s, &dates), 0);
    circle_pass(c, 30 * MS_DAY);
    assert_int_equal(circle_said(c, SAM, "What went well"), 0);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM topic_series_day"), 1);
}

static void a_group_that_ends_takes_it_along(void **state)
{
    struct circle *c = *state;
    const struct audit_who who = ida_of(c);
    struct err err;
    int64_t letters;

    added(c, tuesdays(c, "FREQ=WEEKLY"), NULL, 0);
    is_ok(c, ANA);
    CIRCLE_TX(c, HELP_OK(ending_close(&c->g.gate, &who, c->g.group.id, NULL, &letters, &err)));
    circle_pass(c, 20 * MS_DAY);
    assert_int_equal(circle_said(c, SAM, "What went well"), 0);
    assert_int_equal(circle_said(c, IDA, "What went well"), 1); /* it had its OK, and will not go out */
    assert_int_equal(circle_count(c, "SELECT count(*) FROM topic_series WHERE state = 2"), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM topic_series_day"), 1);
}

static void nobody_speaks_for_who_has_left(void **state)
{
    struct circle *c = *state;
    struct person ida;
    struct err err;

    added(c, tuesdays(c, "FREQ=WEEKLY"), NULL, 0);
    HELP_OK(person_get(&c->g.gate.store, c->ida, c->mem, &ida, &err));
    ida.state = PERSON_GONE;
    CIRCLE_TX(c, HELP_OK(person_change(&c->g.gate.store, &ida, &err)));
    circle_pass(c, 10 * MS_DAY);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM topic_series_day"), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM topic_series WHERE state = 2"), 1);
}

/* News goes to everybody at once on its date; SEND has no part in it. */
static void news_by_a_rule(void **state)
{
    struct circle *c = *state;
    struct topic_series s = tuesdays(c, "FREQ=WEEKLY;COUNT=1");

    s.is_news = true;
    s.text = "The clinic opens at ten today.";
    added(c, s, NULL, 0);
    circle_has(circle_mail(c, ANA, "a note waits"), "To everybody, as news");
    circle_pass(c, MS_DAY);
    assert_int_equal(circle_said(c, SAM, "opens at ten"), 0);
    is_ok(c, ANA);
    circle_pass(c, local(3, 10, 8, 59) - gate_now_ms(&c->g.gate));
    assert_int_equal(circle_said(c, MARIA, "opens at ten") + circle_said(c, SAM, "opens at ten"), 0);
    circle_pass(c, MS_MINUTE);
    assert_int_equal(circle_said(c, MARIA, "opens at ten"), 1);
    assert_int_equal(circle_said(c, SAM, "opens at ten"), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM conversation"), 0);
}

/* As for any announcement: two people look at what the word lists marked. */
static void marked_news_needs_two_people(void **state)
{
    struct circle *c = *state;
    struct topic_series s = tuesdays(c, "FREQ=WEEKLY;COUNT=1");

    s.is_news = true;
    s.flags = POST_FLAG_MEDICAL;
    s.text = "Stop your water pill today.";
    added(c, s, NULL, 0);
    is_ok(c, ANA);
    circle_pass(c, local(3, 10, 10, 0) - gate_now_ms(&c->g.gate));
    assert_int_equal(circle_said(c, SAM, "water pill"), 0);
    is_ok(c, LEE);
    assert_int_equal(circle_said(c, SAM, "water pill"), 1);
}

static void what_makes_no_sense_is_refused(void **state)
{
    struct circle *c = *state;
    const struct audit_who who = ida_of(c);
    const struct topic_series good = tuesdays(c, "FREQ=WEEKLY");
    struct topic_series wrong[] = { good, good, good, good, good, good, good };
    struct err err;

    wrong[0].text = "";
    wrong[1].rule = "";
    wrong[2].rule = "FREQ=SECONDLY";
    wrong[3].day = clock_days_from_civil(2026, 3, 3); /* today, an hour ago */
    wrong[4].ahead_days = 1;
    wrong[5].ahead_days = TOPIC_AGAIN_MAX_DAYS + 1;
    wrong[6].is_news = true;
    wrong[6].tag = "nobody";
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        CIRCLE_TX(c, assert_int_equal(topic_again_add(&c->g.gate, &who, &wrong[i], NULL, 0, &err), RC_INPUT));
    assert_int_equal(asked(c), 0);
}

/* By mail: what is drafted, what is not yet, what is left out. */
static void staff_see_what_is_ahead(void **state)
{
    struct circle *c = *state;
    const int64_t second = clock_days_from_civil(2026, 3, 17);
    const struct mail *m;

    added(c, tuesdays(c, "FREQ=WEEKLY;COUNT=3"), &second, 1);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "TOPICS", PASS);
    m = circle_mail(c, ANA, "your answer");
    circle_has(m, "Tuesday, March 10, 9:00 AM");
    circle_has(m, "It has no OK yet.");
    circle_has(m, "Tuesday, March 17, 9:00 AM: \"What went well this week?\". Left out");
    circle_has(m, "Tuesday, March 24, 9:00 AM: \"What went well this week?\". We ask for an OK");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_date_waits_for_its_own_ok),
        TEST(a_date_can_be_left_out),
        TEST(changed_words_are_asked_about_anew),
        TEST(an_ended_one_sends_nothing),
        TEST(a_group_that_ends_takes_it_along),
        TEST(nobody_speaks_for_who_has_left),
        TEST(news_by_a_rule),
        TEST(marked_news_needs_two_people),
        TEST(what_makes_no_sense_is_refused),
        TEST(staff_see_what_is_ahead),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
