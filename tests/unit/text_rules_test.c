/* When and how much members are texted: hours, a week, a day, pacing, budgets, how to stop, consent. What the texts say: text_digest_test.c. */
#include "text_digest_help.h"

#include "gateway/say/talk.h"
#include "gateway/sms/text_person.h"
#include "store/setting.h"

static struct err err;

static size_t count(struct circle *c, const struct membership *m)
{
    size_t n;

    texts_of(c, m, 0, &n);
    return n;
}

static struct post announce(struct circle *c, const char *words)
{
    struct post p;

    CIRCLE_TX(c, p = gate_help_post(&c->g, c->ida, POST_ANNOUNCEMENT, (struct conversation_id){ 0 }, NULL, words);
              HELP_OK(publish_post(&c->g.gate, &p, &err)));
    circle_work(c);
    return p;
}

static void set_zone(struct circle *c, struct membership *m, const char *zone)
{
    struct person p;

    CIRCLE_TX(c, HELP_OK(person_get(&c->g.gate.store, m->person, c->mem, &p, &err)); p.zone = zone;
              HELP_OK(person_change(&c->g.gate.store, &p, &err)));
}

static void set(struct circle *c, enum setting setting, const char *value)
{
    CIRCLE_TX(c, HELP_OK(setting_set(&c->g.gate.store, setting, value, &err)));
}

static void quiet_hours_are_the_members(void **state)
{
    struct circle *c = *state;
    struct text_out t;

    text_member(c, &c->rose, "+15555550101", 2);
    text_member(c, &c->sam, "+15555550102", 2);
    set_zone(c, &c->sam, "America/Los_Angeles");
    announce(c, "We meet in room 4."); /* 10:00 in New York, 7:00 there */
    assert_int_equal(count(c, &c->rose), 1);
    assert_int_equal(count(c, &c->sam), 0);
    text_at(c, 0, 11, 59);
    assert_int_equal(count(c, &c->sam), 0);
    text_at(c, 0, 12, 0);
    t = text_of(c, &c->sam, 0, 1);
    assert_int_equal(t.not_after_ms, CIRCLE_START_MS + 13 * MS_HOUR); /* 20:00 there */
}

static void what_falls_into_the_night_goes_with_the_morning(void **state)
{
    struct circle *c = *state;
    struct text_out t;

    text_member(c, &c->rose, "+15555550101", 2);
    c->rose.hour_minute = 22 * 60;
    CIRCLE_TX(c, HELP_OK(membership_change(&c->g.gate.store, &c->rose, MEMBER_ACTIVE, &err)));
    text_note(c, "I feel well.");
    text_at(c, 0, 18, 1);
    text_at(c, 0, 22, 1);
    announce(c, "We meet in room 4.");
    assert_int_equal(count(c, &c->rose), 0);
    text_at(c, 1, 8, 59);
    assert_int_equal(count(c, &c->rose), 0);
    text_at(c, 1, 9, 0);
    t = text_of(c, &c->rose, 0, 1); /* one text of both */
    text_has(&t, "I feel well.");
    text_has(&t, "room 4");
}

static void the_practices_hours_and_the_outer_limit(void **state)
{
    struct circle *c = *state;

    text_member(c, &c->rose, "+15555550101", 2);
    set(c, SETTING_TEXT_HOURS, "Mon-Sun 05:00-23:00");
    text_at(c, 0, 21, 0);
    announce(c, "One.");
    assert_int_equal(count(c, &c->rose), 0);
    text_at(c, 1, 7, 59);
    assert_int_equal(count(c, &c->rose), 0);
    text_at(c, 1, 8, 0);
    assert_int_equal(count(c, &c->rose), 1);
}

/* It was queued in time, and the provider was away until the night. */
static void nothing_leaves_after_the_hours(void **state)
{
    struct circle *c = *state;
    struct text_out t;

    text_member(c, &c->rose, "+15555550101", 2);
    text_at(c, 0, 19, 58);
    announce(c, "We meet in room 4.");
    assert_int_equal(count(c, &c->rose), 1);
    home_set_time(c->home, gate_now_ms(&c->g.gate) + 3 * MS_MINUTE);
    assert_int_equal(text_leave(c), 0);
    t = text_of(c, &c->rose, 0, 1);
    assert_int_equal(t.state, TEXT_EXPIRED);
    text_at(c, 1, 9, 0);
    t = text_of(c, &c->rose, 0, 2);
    text_has(&t, "room 4");
    assert_int_equal(text_leave(c), 1);
    text_at(c, 2, 9, 0);
    text_of(c, &c->rose, 0, 2); /* had: not a third time */
}

static void a_week_has_so_many(void **state)
{
    struct circle *c = *state;

    text_member(c, &c->rose, "+15555550101", 2);
    for (int i = 0; i < 7; i++) {
        text_at(c, 0, 10 + i, 0);
        announce(c, "News of the hour.");
        text_leave(c);
    }
    assert_int_equal(count(c, &c->rose), 7);
    text_at(c, 1, 10, 0);
    announce(c, "The eighth.");
    assert_int_equal(count(c, &c->rose), 7);
    text_at(c, 6, 12, 0);
    assert_int_equal(count(c, &c->rose), 7);
    text_at(c, 8, 9, 30);
    text_has(&(struct text_out){ .words = text_of(c, &c->rose, 0, 8).words }, "The eighth.");
}

static void a_day_has_twenty_parts(void **state)
{
    struct circle *c = *state;
    struct text_say say = { .kind = MAILING_TEXT_MORE, .lane = -1, .needs = TEXT_NEEDS_CONSENT };
    struct db_tx tx = { 0 };
    char words[160 * 5];

    text_member(c, &c->rose, "+15555550101", 2);
    memset(words, 'a', 153 * 5);
    words[153 * 5] = '\0';
    say.person = c->rose.person;
    say.address = c->rose.address;
    say.words = words;
    for (int i = 0; i < 4; i++)
        CIRCLE_TX(c, HELP_OK(text_queue(&c->g.gate, &say, NULL, &err)));
    HELP_OK(db_begin(c->g.h.db, &tx, &err));
    say.words = "One more.";
    assert_int_equal(text_queue(&c->g.gate, &say, NULL, &err), RC_DENIED);
    say.is_exempt = true; /* STOP, HELP, a crisis */
    HELP_OK(text_queue(&c->g.gate, &say, NULL, &err));
    say.is_exempt = false;
    say.lane = LANE_REVIEW; /* staff */
    HELP_OK(text_queue(&c->g.gate, &say, NULL, &err));
    HELP_OK(db_commit(&tx, &err));
    announce(c, "We meet in room 4.");
    text_of(c, &c->rose, MAILING_TEXT_MORE, 6);
    assert_int_equal(count(c, &c->rose), 6);
    text_at(c, 1, 10, 1);
    text_has(&(struct text_out){ .words = text_of(c, &c->rose, 0, 7).words }, "room 4"); /* there is room again */
}

/* 1 part in 200 seconds: three members fit into the ten minutes before eight in the evening, the fourth does not. */
static void nobody_is_begun_who_cannot_end(void **state)
{
    struct circle *c = *state;

    text_member(c, &c->rose, "+15555550101", 2);
    text_member(c, &c->sam, "+15555550102", 2);
    ours.rate_milli = 5;
    CIRCLE_TX(c, HELP_OK(text_sender_change(&c->g.gate.store, &ours, &err)));
    text_at(c, 0, 19, 54);
    announce(c, "We meet in room 4.");
    assert_int_equal(count(c, &c->rose) + count(c, &c->sam), 1);
    text_at(c, 1, 9, 0);
    assert_int_equal(circle_count(c, "SELECT COUNT(DISTINCT person_id) FROM text_out WHERE state = 1"), 2);
}

static void how_to_stop_is_said_every_tenth_time(void **state)
{
    struct circle *c = *state;
    char words[40];

    text_member(c, &c->rose, "+15555550101", 2);
    set(c, SETTING_TEXT_WEEK, "14");
    for (int i = 0; i < 12; i++) {
        struct text_out t;

        snprintf(words, sizeof words, "Note %d.", i);
        text_at(c, i, 17, 0);
        text_note(c, words);
        text_at(c, i, 18, 30);
        t = text_of(c, &c->rose, 0, (size_t)i + 1);
        if (i == 0 || i == 10)
            text_has(&t, "STOP to end");
        else
            text_lacks(&t, "STOP");
        text_leave(c);
    }
    text_at(c, 45, 17, 0); /* and after thirty days */
    text_note(c, "Late.");
    text_at(c, 45, 18, 30);
    text_has(&(struct text_out){ .words = text_of(c, &c->rose, 0, 13).words }, "STOP to end");
}

/* The text that said it was taken back, refused or lost: the next one says it. */
static void how_to_stop_is_said_by_a_text_that_left(void **state)
{
    static const char left_as[] = "8485";
    struct circle *c = *state;
    size_t n;

    text_member(c, &c->rose, "+15555550101", 2);
    text_note(c, "Note one.");
    text_at(c, 0, 18, 30);
    for (int i = 0; i < 4; i++) {
        const struct text_out *all = texts_of(c, &c->rose, 0, &n);

        text_has(&all[n - 1], "STOP to end");
        assert_int_equal(text_leave_as(c, left_as[i]), 1);
        if (left_as[i] == '4')
            CIRCLE_TX(c, HELP_OK(text_out_settle(&c->g.gate.store, all[n - 1].id, &err)));
        text_at(c, i + 1, 17, 0);
        text_note(c, "One more.");
        text_at(c, i + 1, 18, 30);
    }
    const struct text_out *all = texts_of(c, &c->rose, 0, &n);

    text_lacks(&all[n - 1], "STOP"); /* it left */
}

/* A week is counted from when a text left: one that waited all day counts until then. */
static void a_week_is_counted_from_when_it_left(void **state)
{
    struct circle *c = *state;

    text_member(c, &c->rose, "+15555550101", 2);
    set(c, SETTING_TEXT_WEEK, "1");
    text_at(c, 0, 10, 0);
    announce(c, "News of the hour.");
    home_set_time(c->home, CIRCLE_START_MS + 8 * MS_HOUR);
    assert_int_equal(text_leave(c), 1);
    announce(c, "The second.");
    text_at(c, 7, 11, 0);
    assert_int_equal(count(c, &c->rose), 1);
    text_at(c, 8, 9, 1);
    assert_int_equal(count(c, &c->rose), 2);
}

static void a_used_up_budget_puts_off_and_loses_nothing(void **state)
{
    struct circle *c = *state;
    struct text_budget budget = { .month_micro = 1 };
    struct text_out t;

    text_member(c, &c->rose, "+15555550101", 2);
    text_no_mail(c, &c->rose); /* who said yes to mail gets the letter: text_both_test */
    CIRCLE_TX(c, HELP_OK(text_budget_set(&c->g.gate.store, &budget, &err)));
    text_note(c, "I feel well.");
    text_at(c, 0, 18, 1);
    t = text_of(c, &c->rose, 0, 1); /* one part: that there is news */
    text_lacks(&t, "I feel well.");
    budget.month_micro = 0;
    CIRCLE_TX(c, HELP_OK(text_budget_set(&c->g.gate.store, &budget, &err)));
    text_at(c, 1, 9, 0);
    t = text_of(c, &c->rose, MAILING_TEXT_DIGEST, 1);
    text_has(&t, "I feel well.");
}

/* R18: the number may be somebody else's by now. */
static void a_year_of_silence_is_asked_about(void **state)
{
    struct circle *c = *state;
    struct text_consent consent;
    struct text_out t;

    text_member(c, &c->rose, "+15555550101", 2);
    text_member(c, &c->sam, "+15555550102", 2);
    text_at(c, 200, 10, 0);
    CIRCLE_TX(c, HELP_OK(text_consent_heard(&c->g.gate.store, c->sam.address, &err)));
    text_at(c, 366, 10, 0);
    text_note(c, "I feel well.");
    text_at(c, 366, 18, 1);
    text_of(c, &c->sam, MAILING_TEXT_DIGEST, 1); /* who was heard since */
    t = text_of(c, &c->rose, 0, 1);
    assert_int_equal(t.kind, MAILING_TEXT_STILL);
    text_has(&t, "Do you still want Tuesday Circle texts? Reply YES");
    HELP_OK(text_consent_get(&c->g.gate.store, c->rose.address, &consent, &err));
    assert_int_equal(consent.state, TEXT_ASKED);
    assert_int_equal(consent.level, 0);
    circle_has(circle_mail(c, ANA, NULL), "For a year, no text came from it");
    text_note(c, "I feel better.");
    text_at(c, 367, 18, 1);
    text_of(c, &c->rose, 0, 1); /* nothing more until it says yes */
}

static void who_said_stop_gets_nothing_and_closes_no_issue(void **state)
{
    struct circle *c = *state;

    text_member(c, &c->rose, "+15555550101", 2);
    CIRCLE_TX(c, HELP_OK(text_stop(&c->g.gate, c->rose.address, TEXT_WORD_STOP, TEXT_BY_TEXT, 0, NULL, &err)));
    text_note(c, "I feel well.");
    text_at(c, 0, 18, 1);
    text_at(c, 1, 18, 1);
    text_at(c, 2, 18, 1);
    assert_int_equal(count(c, &c->rose), 0);
    assert_int_equal(circle_count(c, "SELECT COUNT(*) FROM issue WHERE rhythm = 2"), 1); /* the others' */
}

static void each_is_daily_and_news_is_news(void **state)
{
    struct circle *c = *state;
    struct text_out t;

    text_member(c, &c->sam, "+15555550102", 2); /* each */
    c->rose.rhythm = RHYTHM_NEWS;
    text_member(c, &c->rose, "+15555550101", 2);
    text_note(c, "I feel well.");
    circle_work(c);
    assert_int_equal(count(c, &c->sam), 0);
    text_at(c, 0, 18, 1);
    t = text_of(c, &c->sam, 0, 1);
    text_has(&t, "I feel well.");
    assert_int_equal(count(c, &c->rose), 0);
    announce(c, "We meet in room 4.");
    t = text_of(c, &c->rose, 0, 1);
    assert_true(t.to_seq > 0);
}

/* Words of staff to one patient: they wait for the morning, unless the patient has just written. */
static void private_words_wait_for_the_morning(void **state)
{
    struct circle *c = *state;
    struct person ana;
    struct talk_words words = { .kind = MAILING_PRIVATE_ANSWER,
                                .text = "Please take it with food.",
                                .way = AUDIT_WAY_CLI };
    struct text_out t;

    text_member(c, &c->rose, "+15555550101", 2);
    HELP_OK(person_get(&c->g.gate.store, c->ana, c->mem, &ana, &err));
    words.staff = &ana;
    words.patient = c->rose.person;
    words.group = c->g.group.id;
    words.verb = AUDIT_PRIVATE_WRITTEN;
    text_at(c, 0, 21, 0);
    CIRCLE_TX(c, HELP_OK(talk_write(&c->g.gate, &words, &err)));
    t = text_of(c, &c->rose, 0, 1);
    text_has(&t, "Please take it with food.");
    assert_int_equal(t.due_ms, CIRCLE_START_MS + 23 * MS_HOUR);
    text_at(c, 1, 9, 0); /* the provider is away all day */
    text_at(c, 1, 19, 59);
    home_set_time(c->home, gate_now_ms(&c->g.gate) + 2 * MS_MINUTE);
    assert_int_equal(text_leave(c), 0);
    circle_work(c);
    t = text_of(c, &c->rose, 0, 1);
    assert_int_equal(t.state, TEXT_QUEUED);
    assert_int_equal(t.due_ms, CIRCLE_START_MS + 47 * MS_HOUR);
    text_at(c, 2, 9, 0);
    assert_int_equal(text_leave(c), 1);
    text_at(c, 2, 21, 0);
    CIRCLE_TX(c, HELP_OK(text_consent_heard(&c->g.gate.store, c->rose.address, &err));
              HELP_OK(talk_write(&c->g.gate, &words, &err)));
    assert_int_equal(text_leave(c), 1);
}

/* Numbers go on from text to text, and are the member's own. */
static void numbers_are_the_lines(void **state)
{
    struct circle *c = *state;
    struct text_out t;

    text_member(c, &c->rose, "+15555550101", 2);
    text_note(c, "One.");
    text_at(c, 0, 18, 1);
    text_leave(c);
    text_at(c, 1, 12, 0);
    text_note(c, "Two.");
    text_at(c, 1, 18, 1);
    t = text_of(c, &c->rose, 0, 2);
    text_has(&t, "\n11 Maria: Two.");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, text_setup, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(quiet_hours_are_the_members),
        TEST(what_falls_into_the_night_goes_with_the_morning),
        TEST(the_practices_hours_and_the_outer_limit),
        TEST(nothing_leaves_after_the_hours),
        TEST(a_week_has_so_many),
        TEST(a_day_has_twenty_parts),
        TEST(nobody_is_begun_who_cannot_end),
        TEST(how_to_stop_is_said_every_tenth_time),
        TEST(how_to_stop_is_said_by_a_text_that_left),
        TEST(a_week_is_counted_from_when_it_left),
        TEST(a_used_up_budget_puts_off_and_loses_nothing),
        TEST(a_year_of_silence_is_asked_about),
        TEST(who_said_stop_gets_nothing_and_closes_no_issue),
        TEST(each_is_daily_and_news_is_news),
        TEST(private_words_wait_for_the_morning),
        TEST(numbers_are_the_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
