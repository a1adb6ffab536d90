/* Who reads by mail and by text; and who reads by text when texts cannot reach them: letters, told so once, never nothing. */
#include "text_digest_help.h"

#include "gateway/say/notice.h"
#include "gateway/sms/text_person.h"
#include "gateway/text/text_failed.h"

#define PHONE "+15555550101"

static struct err err;

/* As text_member, but their letters go on. */
static void both(struct circle *c, struct membership *m, int level)
{
    const struct membership before = *m;

    text_member(c, m, PHONE, level);
    m->address = before.address;
    m->channel = CHANNEL_BOTH;
    CIRCLE_TX(c, HELP_OK(membership_change(&c->g.gate.store, m, MEMBER_ACTIVE, &err)));
    home_set_time(c->home, gate_now_ms(&c->g.gate) + MS_MINUTE);
}

static struct membership now(struct circle *c, const struct membership *m)
{
    struct membership got;

    HELP_OK(membership_get(&c->g.gate.store, m->id, c->mem, &got, &err));
    return got;
}

static void the_letter_and_the_text_of_an_issue(void **state)
{
    struct circle *c = *state;
    struct post first, second;
    struct text_out t;

    text_note(c, "Before the phone.");
    both(c, &c->rose, 2);
    first = text_note(c, "I walked to the lake.");
    text_at(c, 0, 18, 1);
    circle_has(circle_mail(c, ROSE, "letter 1"), "I walked to the lake.");
    circle_has(circle_mail(c, ROSE, "letter 1"), "Before the phone.");
    t = text_of(c, &c->rose, MAILING_TEXT_DIGEST, 1);
    text_has(&t, "1 new.");
    text_has(&t, "10 Maria: I walked to the lake.");
    text_lacks(&t, "Before the phone"); /* their phone had not said yes */
    assert_int_equal(t.to_seq, first.published_seq);
    assert_int_equal(text_cursor(c, &c->rose), first.published_seq);
    assert_int_equal(text_leave(c), 1);
    text_at(c, 1, 18, 1); /* nothing is new */
    text_of(c, &c->rose, MAILING_TEXT_DIGEST, 1);
    second = text_note(c, "My soup has no salt.");
    text_at(c, 2, 18, 1);
    circle_has(circle_mail(c, ROSE, "letter 2"), "My soup has no salt.");
    circle_lacks(circle_mail(c, ROSE, "letter 2"), "I walked to the lake.");
    t = text_of(c, &c->rose, MAILING_TEXT_DIGEST, 2);
    text_lacks(&t, "lake");
    assert_int_equal(text_leave_as(c, '8'), 1); /* refused: the letter is read all the same */
    assert_int_equal(text_cursor(c, &c->rose), second.published_seq);
    text_note(c, "I slept well.");
    text_at(c, 3, 18, 1);
    circle_lacks(circle_mail(c, ROSE, "letter 3"), "My soup has no salt.");
    t = text_of(c, &c->rose, MAILING_TEXT_DIGEST, 3);
    text_has(&t, "My soup has no salt.");
    text_has(&t, "I slept well.");
}

/* A text that leaves first must not take the letter's place. */
static void the_texts_move_no_cursor(void **state)
{
    struct circle *c = *state;

    both(c, &c->rose, 0);
    c->rose.hour_minute = 20 * 60; /* their letter comes later than the issue closes */
    CIRCLE_TX(c, HELP_OK(membership_change(&c->g.gate.store, &c->rose, MEMBER_ACTIVE, &err)));
    text_note(c, "I walked to the lake.");
    text_at(c, 0, 18, 1);
    CIRCLE_TX(c, HELP_OK(text_digest_run(&c->g.gate, c->rose.id, &err)));
    text_of(c, &c->rose, MAILING_TEXT_DIGEST, 1);
    assert_int_equal(text_leave(c), 1);
    assert_int_equal(text_cursor(c, &c->rose), 0);
    text_at(c, 0, 20, 1);
    circle_has(circle_mail(c, ROSE, "letter 1"), "I walked to the lake.");
    assert_true(text_cursor(c, &c->rose) > 0);
}

/* A text that waits says what a letter that failed did not: the next letter begins where the letters are. */
static void a_waiting_text_stands_for_no_letter(void **state)
{
    struct circle *c = *state;

    both(c, &c->rose, 2);
    text_note(c, "I walked to the lake.");
    text_at(c, 0, 18, 1);
    text_of(c, &c->rose, MAILING_TEXT_DIGEST, 1); /* and does not leave */
    help_raw(&c->g.h,
             "UPDATE delivery SET state = 5, code = NULL, status_code = '5.1.1', failed_ms = sent_ms WHERE state = 4");
    help_raw(&c->g.h, "UPDATE membership SET cursor_seq = 0");
    circle_listen(c);
    text_note(c, "My soup has no salt.");
    text_at(c, 1, 18, 1);
    circle_has(circle_since(c, ROSE, "letter 2"), "My soup has no salt.");
    circle_has(circle_since(c, ROSE, "letter 2"), "I walked to the lake.");
}

/* ---- the month's money is gone ---- */

static void letters_when_the_money_is_gone(void **state)
{
    struct circle *c = *state;
    struct text_budget budget = { .month_micro = 1 };
    size_t n;

    text_member(c, &c->rose, PHONE, 2);
    CIRCLE_TX(c, HELP_OK(text_budget_set(&c->g.gate.store, &budget, &err)));
    text_note(c, "I walked to the lake.");
    text_at(c, 0, 18, 1);
    texts_of(c, &c->rose, 0, &n);
    assert_int_equal(n, 0);
    circle_has(circle_mail(c, ROSE, "letter 1"), "I walked to the lake.");
    circle_has(circle_mail(c, ROSE, "your phone"), "Until next month you get letters");
    assert_true(text_cursor(c, &c->rose) > 0);
    circle_listen(c);
    text_note(c, "My soup has no salt.");
    text_at(c, 1, 18, 1);
    circle_has(circle_since(c, ROSE, "letter 2"), "My soup has no salt.");
    assert_null(circle_since(c, ROSE, "your phone")); /* said once a month */
    budget.month_micro = 0;
    CIRCLE_TX(c, HELP_OK(text_budget_set(&c->g.gate.store, &budget, &err)));
    text_note(c, "I slept well.");
    text_at(c, 2, 18, 1);
    texts_of(c, &c->rose, MAILING_TEXT_DIGEST, &n);
    assert_int_equal(n, 1);
    assert_null(circle_since(c, ROSE, "letter 3"));
}

/* An announcement is no digest: it has no issue that a letter could bring. */
static struct post announce(struct circle *c, const char *words)
{
    struct post p;

    CIRCLE_TX(c, p = gate_help_post(&c->g, c->ida, POST_ANNOUNCEMENT, (struct conversation_id){ 0 }, NULL, words);
              HELP_OK(publish_post(&c->g.gate, &p, &err)));
    circle_work(c);
    return p;
}

static void announcements_when_the_money_is_gone(void **state)
{
    struct circle *c = *state;
    struct text_budget budget = { .month_micro = 1 };
    size_t n;

    text_member(c, &c->rose, PHONE, 2);
    CIRCLE_TX(c, HELP_OK(text_budget_set(&c->g.gate.store, &budget, &err)));
    announce(c, "We meet in room 4.");
    texts_of(c, &c->rose, 0, &n);
    assert_int_equal(n, 0);
    circle_has(circle_mail(c, ROSE, NULL), "We meet in room 4.");
}

/* It ran out between the announcement, at night, and the morning that texts wait for. */
static void announcements_when_the_money_runs_out_in_between(void **state)
{
    struct circle *c = *state;
    struct text_budget budget = { .month_micro = 1 };
    size_t n;

    text_member(c, &c->rose, PHONE, 2);
    text_at(c, 0, 22, 0);
    announce(c, "We meet in room 4.");
    announce(c, "Bring your own cup.");
    assert_null(circle_mail(c, ROSE, NULL));
    CIRCLE_TX(c, HELP_OK(text_budget_set(&c->g.gate.store, &budget, &err)));
    text_at(c, 1, 9, 1);
    texts_of(c, &c->rose, 0, &n);
    assert_int_equal(n, 0);
    circle_has(circle_mail(c, ROSE, "your phone"), "Until next month you get letters");
    assert_int_equal(circle_said(c, ROSE, "We meet in room 4."), 1);
    assert_int_equal(circle_said(c, ROSE, "Bring your own cup."), 1);
    text_at(c, 1, 14, 0); /* each once */
    CIRCLE_TX(c, HELP_OK(text_digest_run(&c->g.gate, c->rose.id, &err)));
    circle_work(c);
    assert_int_equal(circle_said(c, ROSE, "We meet in room 4."), 1);
}

static struct post corrected(struct circle *c, const struct post *post, const char *note)
{
    struct post p = *post;

    p.note = arena_printf(c->mem, "{\"text\":\"%s\",\"name\":\"Dr Cole\",\"role\":\"\",\"source\":\"\"}", note);
    p.state = POST_CORRECTED;
    CIRCLE_TX(c, HELP_OK(post_change(&c->g.gate.store, &p, &err)); HELP_OK(publish_correction(&c->g.gate, &p, &err)));
    return p;
}

/* The note of the care team goes where the words went, by the month's end too. */
static void the_correction_of_an_announcement_that_came_by_mail(void **state)
{
    struct circle *c = *state;
    struct text_budget budget = { .month_micro = 1 };
    struct post p;
    size_t n;

    text_member(c, &c->rose, PHONE, 2);
    text_member(c, &c->sam, "+15555550102", 2);
    text_no_mail(c, &c->sam);
    CIRCLE_TX(c, HELP_OK(text_budget_set(&c->g.gate.store, &budget, &err)));
    p = announce(c, "We meet in room 4.");
    assert_int_equal(circle_said(c, ROSE, "We meet in room 4."), 1);
    budget.month_micro = 0;
    CIRCLE_TX(c, HELP_OK(text_budget_set(&c->g.gate.store, &budget, &err)));
    corrected(c, &p, "It is room 5.");
    circle_work(c);
    assert_int_equal(circle_said(c, ROSE, "It is room 5."), 1);
    texts_of(c, &c->rose, MAILING_TEXT_CORRECTION, &n);
    assert_int_equal(n, 0); /* they had no text of it */
    assert_int_equal(circle_said(c, SAM, "room 5"), 0);
}

/* A digest that came as a letter is corrected by letter. */
static void the_correction_of_a_digest_that_came_by_mail(void **state)
{
    struct circle *c = *state;
    struct text_budget budget = { .month_micro = 1 };
    struct post p;
    size_t n;

    text_member(c, &c->rose, PHONE, 2);
    CIRCLE_TX(c, HELP_OK(text_budget_set(&c->g.gate.store, &budget, &err)));
    p = text_note(c, "Eat bananas every day.");
    text_at(c, 0, 18, 1);
    circle_has(circle_mail(c, ROSE, "letter 1"), "Eat bananas every day.");
    p = corrected(c, &p, "Ask us first.");
    circle_work(c);
    assert_int_equal(circle_said(c, ROSE, "Ask us first."), 1);
    texts_of(c, &c->rose, 0, &n);
    assert_int_equal(n, 0);
    p = text_note(c, "I slept well."); /* has not come to her in any way yet: no letter of correction */
    corrected(c, &p, "So did we.");
    circle_work(c);
    assert_int_equal(circle_said(c, ROSE, "So did we."), 0);
}

/* What came by mail when the money was gone does not come again by text when there is money. */
static void an_announcement_that_came_by_mail_is_not_texted(void **state)
{
    struct circle *c = *state;
    struct text_budget budget = { .month_micro = 1 };
    struct text_out t;

    text_member(c, &c->rose, PHONE, 2);
    CIRCLE_TX(c, HELP_OK(text_budget_set(&c->g.gate.store, &budget, &err)));
    announce(c, "We meet in room 4.");
    assert_int_equal(circle_said(c, ROSE, "We meet in room 4."), 1);
    budget.month_micro = 0;
    CIRCLE_TX(c, HELP_OK(text_budget_set(&c->g.gate.store, &budget, &err)));
    text_note(c, "I slept well.");
    text_at(c, 0, 18, 1);
    t = text_of(c, &c->rose, MAILING_TEXT_DIGEST, 1);
    text_has(&t, "I slept well.");
    text_lacks(&t, "room 4");
    text_lacks(&t, "care team");
    text_leave(c);
    announce(c, "Bring your own cup.");
    text_at(c, 1, 10, 0);
    t = text_of(c, &c->rose, MAILING_TEXT_NEWS, 1);
    text_has(&t, "Bring your own cup.");
    text_lacks(&t, "room 4");
}

/* It came back: a text brings it after all. */
static void an_announcement_whose_mail_came_back_is_texted(void **state)
{
    struct circle *c = *state;
    struct text_budget budget = { .month_micro = 1 };
    struct text_out t;

    text_member(c, &c->rose, PHONE, 2);
    CIRCLE_TX(c, HELP_OK(text_budget_set(&c->g.gate.store, &budget, &err)));
    announce(c, "We meet in room 4.");
    help_raw(&c->g.h,
             "UPDATE delivery SET state = 5, code = NULL, status_code = '5.1.1', failed_ms = sent_ms WHERE state = 4");
    budget.month_micro = 0;
    CIRCLE_TX(c, HELP_OK(text_budget_set(&c->g.gate.store, &budget, &err)));
    text_note(c, "I slept well.");
    text_at(c, 0, 18, 1);
    t = text_of(c, &c->rose, MAILING_TEXT_DIGEST, 1);
    text_has(&t, "We meet in room 4.");
}

static void who_wants_no_mail_hears_that_it_is_spent(void **state)
{
    struct circle *c = *state;
    struct text_budget budget = { .month_micro = 1 };
    struct text_out t;
    size_t n;

    text_member(c, &c->rose, PHONE, 2);
    text_no_mail(c, &c->rose);
    CIRCLE_TX(c, HELP_OK(text_budget_set(&c->g.gate.store, &budget, &err)));
    announce(c, "We meet in room 4.");
    t = text_of(c, &c->rose, MAILING_TEXT_NOTICE, 1);
    assert_int_equal(t.parts, 1);
    text_has(&t, "cannot text it this month");
    text_at(c, 1, 18, 1); /* once a month, whatever comes */
    texts_of(c, &c->rose, MAILING_TEXT_NOTICE, &n);
    assert_int_equal(n, 1);
    assert_null(circle_mail(c, ROSE, "room 4"));
}

/* ---- they said STOP to texts, and yes to mail ---- */

static struct json *until(void)
{
    struct json *values = json_object_new();

    json_set_str(values, "paused_until", "Monday");
    return values;
}

static void news_and_notices_of_who_said_stop(void **state)
{
    struct circle *c = *state;
    struct notice notice = {
        .kind = MAILING_PAUSED, .person = c->rose.person, .membership = c->rose.id, .group = c->rose.group, .lane = -1
    };
    size_t n;

    text_member(c, &c->rose, PHONE, 2);
    CIRCLE_TX(c,
              HELP_OK(text_stop(&c->g.gate, now(c, &c->rose).address, TEXT_WORD_STOP, TEXT_BY_TEXT, 0, "STOP", &err)));
    announce(c, "We meet in room 4.");
    texts_of(c, &c->rose, 0, &n);
    assert_int_equal(n, 0);
    circle_has(circle_mail(c, ROSE, NULL), "We meet in room 4.");
    circle_listen(c);
    notice.values = until();
    CIRCLE_TX(c, HELP_OK(notice_queue(&c->g.gate, &notice, NULL, &err)));
    circle_work(c);
    assert_non_null(circle_since(c, ROSE, NULL));
    text_no_mail(c, &c->rose);
    notice.values = until();
    CIRCLE_TX(c, assert_int_equal(notice_queue(&c->g.gate, &notice, NULL, &err), RC_NOT_FOUND));
}

/* ---- the number is bad ---- */

static void number_fails(struct circle *c, const struct membership *m)
{
    struct text_out t;

    text_note(c, "I walked to the lake.");
    text_at(c, 0, 18, 1);
    t = text_of(c, m, MAILING_TEXT_DIGEST, 1);
    assert_int_equal(text_leave_as(c, '8'), 1);
    CIRCLE_TX(c, HELP_OK(text_failed(&c->g.gate, &t, ours.account, PROVIDER_BAD_NUMBER, "30005", &err)));
    circle_work(c);
}

static void a_bad_number_is_written_to_by_mail(void **state)
{
    struct circle *c = *state;

    text_member(c, &c->rose, PHONE, 2);
    number_fails(c, &c->rose);
    assert_int_equal(now(c, &c->rose).channel, CHANNEL_EMAIL);
    circle_has(circle_mail(c, ROSE, "your phone"), "From now on you get letters, and no texts");
    circle_has(circle_mail(c, ROSE, "your phone"), "ends in 01");
    text_note(c, "I slept well.");
    text_at(c, 1, 18, 1);
    circle_has(circle_mail(c, ROSE, "letter 2"), "I walked to the lake."); /* which the text did not bring */
}

static void a_bad_number_of_both(void **state)
{
    struct circle *c = *state;

    both(c, &c->rose, 2);
    number_fails(c, &c->rose);
    assert_int_equal(now(c, &c->rose).channel, CHANNEL_EMAIL);
    circle_has(circle_mail(c, ROSE, "your phone"), "no texts");
}

static void nobody_gets_mail_who_wants_none(void **state)
{
    struct circle *c = *state;

    text_member(c, &c->rose, PHONE, 2);
    text_no_mail(c, &c->rose);
    number_fails(c, &c->rose);
    assert_int_equal(now(c, &c->rose).channel, CHANNEL_TEXT);
    assert_null(circle_mail(c, ROSE, "your phone"));
    circle_has(circle_mail(c, ANA, NULL), "do not get through");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, text_setup, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_letter_and_the_text_of_an_issue),
        TEST(the_texts_move_no_cursor),
        TEST(a_waiting_text_stands_for_no_letter),
        TEST(letters_when_the_money_is_gone),
        TEST(announcements_when_the_money_is_gone),
        TEST(announcements_when_the_money_runs_out_in_between),
        TEST(the_correction_of_an_announcement_that_came_by_mail),
        TEST(the_correction_of_a_digest_that_came_by_mail),
        TEST(an_announcement_that_came_by_mail_is_not_texted),
        TEST(an_announcement_whose_mail_came_back_is_texted),
        TEST(who_wants_no_mail_hears_that_it_is_spent),
        TEST(news_and_notices_of_who_said_stop),
        TEST(a_bad_number_is_written_to_by_mail),
        TEST(a_bad_number_of_both),
        TEST(nobody_gets_mail_who_wants_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
