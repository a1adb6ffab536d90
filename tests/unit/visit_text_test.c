/* Visits for who is written to by text: asked with a number, answered with it, moved, reminded; the same RSVP as by mail, and neutral words. */
#define CIRCLE_MAILS_MAX 2000
#include "visit_help.h"

#include "gateway/text/talk.h"
#include "gateway/text/text_letter.h"
#include "schedules/zone.h"
#include "store/text_account.h"
#include "store/text_consent.h"
#include "store/text_line.h"
#include "store/text_out.h"
#include "store/visit_record.h"

#define NUMBER "+15555550101"

struct phone {
    struct circle *c;
    struct text_sender sender;
    struct address address;
    struct triage_lexicon *lexicon;
};

/* Rose has a phone, said yes there, and is written to there alone. */
static struct phone rose_texts(struct circle *c)
{
    static const char *const lists[] = { "gateway/lexicon/en.txt", "gateway/lexicon/es.txt", NULL };
    struct text_account account = { .provider = "kannel", .values = "{}" };
    struct phone p = { .c = c, .sender = { .kind = TEXT_LONG_CODE, .number = "+15555550199" } };
    struct text_consent_change yes = { .state = TEXT_YES, .level = 1, .way = TEXT_BY_TEXT };
    struct store *const st = &c->g.gate.store;
    struct consent given;
    struct membership m;
    struct err err;

    HELP_OK(triage_open_lexicon(lists, &p.lexicon, &err));
    HELP_OK(membership_get(st, c->rose.id, c->mem, &m, &err));
    given = (struct consent){ .person = m.person,
                              .membership = c->rose.id,
                              .channel = CHANNEL_TEXT,
                              .kind = CONSENT_RECEIVE,
                              .is_given = true,
                              .text_version = "1",
                              .way = CONSENT_BY_REPLY };
    CIRCLE_TX(c, HELP_OK(text_account_add(st, &account, &err)); p.sender.account = account.id;
              HELP_OK(text_sender_add(st, &p.sender, &err));
              HELP_OK(address_ensure(st, ADDRESS_PHONE, NUMBER, c->mem, &p.address, &err));
              HELP_OK(person_link_address(st, m.person, p.address.id, 1, &err)); yes.address = p.address.id;
              HELP_OK(text_consent_set(st, &yes, &err)); given.address = p.address.id;
              HELP_OK(consent_add(st, &given, &err)); m.channel = CHANNEL_TEXT; m.address = p.address.id;
              HELP_OK(membership_change(st, &m, m.state, &err)));
    return p;
}

static const char *newest(struct phone *p)
{
    struct text_out *list;
    struct err err;
    size_t n;

    HELP_OK(text_out_of_person(&p->c->g.gate.store, p->c->rose.person, (struct text_id){ 0 }, 1, p->c->mem, &list, &n,
                               &err));
    return n && list[0].words ? list[0].words : "";
}

static void has(struct phone *p, const char *words)
{
    if (!strstr(newest(p), words))
        fail_msg("missing: %s\nin: %s", words, newest(p));
}

static void says(struct phone *p, const char *words)
{
    struct text_in in = {
        .account = p->sender.account, .sender = p->sender.id, .address = p->address.id, .words = words
    };
    enum text_in_state end = TEXT_IN_PARKED;
    struct err err;

    home_set_time(p->c->home, gate_now_ms(&p->c->g.gate) + MS_MINUTE);
    CIRCLE_TX(p->c, HELP_OK(text_in_add(&p->c->g.gate.store, &in, &err));
              HELP_OK(text_letter(&p->c->g.gate, p->lexicon, &in, &end, &err)));
    assert_int_equal(end, TEXT_IN_DONE);
    circle_work(p->c);
}

static struct visit_seat seat_of(struct circle *c, const struct visit *v)
{
    struct visit_seat seat;
    struct err err;

    HELP_OK(visit_seat_find(&c->g.gate.store, v->id, c->rose.person, c->mem, &seat, &err));
    return seat;
}

static int64_t texts_of(struct circle *c, enum mailing_kind kind)
{
    return circle_count(c, arena_printf(c->mem, "SELECT count(*) FROM text_out WHERE kind = %d", (int)kind));
}

/* Who has letters and texts is asked and reminded by letter; an answer by text has its answer by text, and a calendar its own. */
static void a_visit_of_who_has_both(void **state)
{
    struct circle *c = *state;
    struct phone p = rose_texts(c);
    const struct text_line line = { p.address.id, p.sender.id };
    struct text_item item = { .kind = TEXT_ITEM_VISIT };
    struct membership m;
    struct visit v;
    struct err err;

    HELP_OK(membership_get(&c->g.gate.store, c->rose.id, c->mem, &m, &err));
    m.channel = CHANNEL_BOTH;
    m.address = c->rose.address;
    CIRCLE_TX(c, HELP_OK(membership_change(&c->g.gate.store, &m, m.state, &err)));
    v = visit_asked(c, 12, 0);
    item.target = v.id.v;
    item.person = m.person;
    item.live_ms = v.start_ms;
    assert_non_null(circle_mail(c, ROSE, "can you come"));
    assert_int_equal(texts_of(c, MAILING_VISIT_INVITATION), 0);
    CIRCLE_TX(c, HELP_OK(text_item_give(&c->g.gate.store, &line, &item, &err))); /* as the text of a digest names it */
    assert_int_equal(item.n, 10);

    circle_listen(c);
    says(&p, "10 NO");
    has(&p, "You do not come.");
    assert_int_equal(seat_of(c, &v).answer_way, VISIT_BY_TEXT);
    circle_has(circle_since(c, ROSE, "your answer"), "We took the date out of your calendar.");
    circle_listen(c);
    says(&p, "10 YES");
    has(&p, "We have your YES");
    circle_has(circle_since(c, ROSE, "your answer"), "The date is in your calendar again.");
    circle_listen(c);
    says(&p, "10 MAYBE");
    has(&p, "We have your MAYBE");
    assert_int_equal(circle_new(c, ROSE), 0); /* nothing for the calendar */

    circle_pass(c, v.start_ms - MS_DAY - gate_now_ms(&c->g.gate) + MS_MINUTE);
    circle_has(circle_mail(c, ROSE, NULL), "Where will you be during the visit?");
    assert_int_equal(texts_of(c, MAILING_VISIT_REMINDER), 0);
    triage_close_lexicon(&p.lexicon);
}

static void a_visit_lives_by_text(void **state)
{
    struct circle *c = *state;
    struct phone p = rose_texts(c);
    struct visit_plan plan = visit_plan_of(c, 2026, 3, 12, 14);
    struct visit v = visit_planned(c, &plan);
    struct audit_who who;
    struct planner planner = visit_planner(c, &who);
    struct err err;

    circle_work(c);
    has(&p, "Tuesday Circle: group visit Thursday, March 12, 2:00 PM (New York time). Can you come? Reply 10 YES or 10 "
            "NO.");
    assert_null(strstr(newest(&p), "Eating")); /* a lock screen */
    assert_null(strstr(newest(&p), VISIT_LINK));
    assert_null(circle_mail(c, ROSE, "can you come"));

    says(&p, "10 Yes");
    has(&p, "We have your YES");
    assert_int_equal(seat_of(c, &v).answer, VISIT_YES);
    assert_int_equal(seat_of(c, &v).answer_way, VISIT_BY_TEXT);
    says(&p, "10 I agree");
    has(&p, "You agree");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM text_out WHERE kind = 160"), 2); /* asked; the way to join */
    assert_true(seat_of(c, &v).has_link);

    v = visit_now(c, &v);
    CIRCLE_TX(c, HELP_OK(planner_move(&planner, &v, v.start_ms + MS_HOUR, &err)));
    circle_work(c);
    has(&p, "CHANGED. The visit is now Thursday, March 12, 3:00 PM (was Thursday, March 12, 2:00 PM).");
    says(&p, "2"); /* the open question */
    has(&p, "You do not come.");
    assert_int_equal(seat_of(c, &v).answer, VISIT_NO);
    says(&p, "10 yes but I will be late");
    has(&p, "You come");
    circle_has(circle_mail(c, ANA, NULL), "I will be late");

    circle_pass(c, v.start_ms - MS_DAY - gate_now_ms(&c->g.gate) + MS_MINUTE);
    has(&p, "Where will you be? Reply 10 HOME");
    says(&p, "10 At my sister's");
    assert_string_equal(seat_of(c, &v).whereabouts, "At my sister's");
    has(&p, "We gave your words to the care team.");

    v = visit_now(c, &v);
    CIRCLE_TX(c, HELP_OK(planner_cancel(&planner, &v, &err)));
    circle_work(c);
    has(&p, "Tuesday Circle: CANCELLED, the visit");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 0);
    triage_close_lexicon(&p.lexicon);
}

/* What staff want to know before it: no question on a lock screen before the phone's own yes to words; answers by line, read by staff alone. */
static void questions_by_text(void **state)
{
    struct circle *c = *state;
    struct phone p = rose_texts(c);
    struct visit_plan plan = visit_plan_of(c, 2026, 3, 12, 14);
    struct visit_reply *list;
    struct visit v;
    struct err err;
    size_t n;

    plan.words.questions = "How did you sleep?\nWhat would you like to ask?";
    v = visit_planned(c, &plan);
    circle_work(c);
    says(&p, "10 I agree, yes");
    circle_pass(c, v.start_ms - 5 * MS_DAY + MS_HOUR - gate_now_ms(&c->g.gate));
    has(&p, "staff have questions before the visit Thursday, March 12, 2:00 PM (New York time). MORE 10 to read them");
    assert_null(strstr(newest(&p), "sleep"));
    says(&p, "MORE 10");
    says(&p, "YES");
    has(&p, "1: How did you sleep? 2: What would you like to ask? Reply 1 and your answer");
    says(&p, "1 Badly, three hours\n2 May I eat bread?");
    has(&p, "We gave your words to the care team.");
    says(&p, "10\n2 Is rice better?"); /* behind its number, later */
    HELP_OK(visit_replies(&c->g.gate.store, v.id, c->mem, &list, &n, &err));
    assert_int_equal(n, 3);
    assert_int_equal(list[0].number, 1);
    assert_string_equal(list[0].words, "Badly, three hours");
    assert_string_equal(list[1].words, "May I eat bread?");
    assert_int_equal(list[2].number, 2);
    assert_string_equal(list[2].words, "Is rice better?");
    assert_int_equal(seat_of(c, &v).answer, VISIT_YES);
    says(&p, "I eat it each morning"); /* no number: staff have it, nobody else */
    assert_int_equal(circle_said(c, ANA, "I eat it each morning"), 1);
    says(&p, "10 No");
    assert_int_equal(seat_of(c, &v).answer, VISIT_NO);
    HELP_OK(visit_replies(&c->g.gate.store, v.id, c->mem, &list, &n, &err));
    assert_int_equal(n, 3);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 0);
    assert_int_equal(circle_said(c, MARIA, "bread"), 0);
    triage_close_lexicon(&p.lexicon);
}

/* Wherever the database fails while an answer is taken, that is said: the text comes again, and nothing of it is kept. */
static void an_answer_that_fails_comes_again(void **state)
{
    struct circle *c = *state;
    struct phone p = rose_texts(c);
    struct visit_plan plan = visit_plan_of(c, 2026, 3, 12, 14);
    struct text_in in = { .address = p.address.id, .words = "1 Badly, three hours" };
    const struct triage_result triage = { .tier = 4 };
    struct visit_reply *list;
    enum rc rc = RC_TEMP;
    struct visit v;
    struct err err;
    size_t n, failed = 0;

    plan.words.questions = "How did you sleep?";
    v = visit_planned(c, &plan);
    circle_work(c);
    says(&p, "10 I agree, yes");
    circle_pass(c, v.start_ms - 5 * MS_DAY + MS_HOUR - gate_now_ms(&c->g.gate));
    says(&p, "MORE 10");
    says(&p, "YES");
    in.account = p.sender.account;
    in.sender = p.sender.id;
    home_set_time(c->home, gate_now_ms(&c->g.gate) + MS_MINUTE);
    CIRCLE_TX(c, HELP_OK(text_in_add(&c->g.gate.store, &in, &err)));
    while (rc) {
        CLEANUP(db_tx_done) struct db_tx tx = { 0 };
        struct talk t;
        bool is_done = false;

        HELP_OK(db_begin(c->g.h.db, &tx, &err));
        db_fail_after(c->g.h.db, (int64_t)++failed);
        rc = talk_open(&c->g.gate, p.lexicon, &in, &triage, c->mem, &t, &err);
        if (!rc)
            rc = talk_visit(&t, &is_done, &err);
        db_fail_after(c->g.h.db, 0);
        if (rc)
            continue;
        assert_true(is_done);
        HELP_OK(db_commit(&tx, &err));
    }
    assert_true(failed > 20);
    has(&p, "We gave your words to the care team."); /* all of it, or none */
    HELP_OK(visit_replies(&c->g.gate.store, v.id, c->mem, &list, &n, &err));
    assert_int_equal(n, 1);
    triage_close_lexicon(&p.lexicon);
}

/* A conversation that Rose may answer by its number. */
static int64_t a_talk_of(struct phone *p)
{
    const struct post post = circle_published(p->c, p->c->maria, "I walk each day");
    struct text_line line = { p->address.id, p->sender.id };
    struct text_item item = { .person = p->c->rose.person,
                              .kind = TEXT_ITEM_CONVERSATION,
                              .target = post.conversation.v,
                              .group = p->c->g.group.id };
    struct err err;

    assert_true(post.conversation.v != 0);
    CIRCLE_TX(p->c, HELP_OK(text_item_give(&p->c->g.gate.store, &line, &item, &err)));
    return item.n;
}

static int64_t held(struct circle *c)
{
    return circle_count(c, "SELECT count(*) FROM post WHERE state = 1");
}

/* A visit (10) and a conversation (11) in one text: both, or a question; never half. */
static void a_visit_and_a_talk_at_once(void **state)
{
    static const char *const unclear[] = { "1 and thanks 11", "Yes, and 11 thanks Maria", "10 yes 11 thanks Maria",
                                           "11 thanks Maria and 10 yes" };
    static const char *const plain[] = { "11 I can see you at 10 am", "11 We were 10 people" };
    struct circle *c = *state;
    struct phone p = rose_texts(c);
    struct visit_plan plan = visit_plan_of(c, 2026, 3, 12, 14);
    const struct visit v = visit_planned(c, &plan);
    int64_t before;

    circle_work(c);
    assert_int_equal(a_talk_of(&p), 11);
    before = held(c);
    for (size_t i = 0; i < COUNT_OF(unclear); i++) {
        says(&p, unclear[i]);
        if (!strstr(newest(&p), "Which one? For the visit, reply 10 YES or 10 NO. For the talk, reply 11"))
            fail_msg("%s: %s", unclear[i], newest(&p));
        circle_has(circle_mail(c, ANA, NULL), unclear[i]);
        assert_int_equal(seat_of(c, &v).answer, VISIT_NO_ANSWER);
        assert_int_equal(held(c), before);
        circle_pass(c, 2 * MS_HOUR); /* the same answer is said once an hour */
    }
    says(&p, "10 yes\n11 Thanks Maria");
    assert_int_equal(seat_of(c, &v).answer, VISIT_YES);
    assert_int_equal(held(c), before + 1);
    says(&p, "10 and 11 no");
    assert_int_equal(seat_of(c, &v).answer, VISIT_NO);
    assert_int_equal(held(c), before + 2);
    for (size_t i = 0; i < COUNT_OF(plain); i++) {
        says(&p, plain[i]);
        assert_null(strstr(newest(&p), "Which one?"));
    }
    triage_close_lexicon(&p.lexicon);
}

/* Told at once in the hours of their texts; at night in the morning. */
static void another_link_by_text(void **state)
{
    static const char *const links[] = { "https://video.example.org/j/day", "https://video.example.org/j/night" };
    struct circle *c = *state;
    struct phone p = rose_texts(c);
    struct visit_plan plan = visit_plan_of(c, 2026, 3, 5, 14);
    struct visit v = visit_planned(c, &plan);
    struct audit_who who;
    struct planner planner = visit_planner(c, &who);
    struct err err;

    circle_work(c);
    says(&p, "10 Yes, I agree");
    circle_pass(c, v.start_ms - 23 * MS_HOUR - gate_now_ms(&c->g.gate)); /* Wednesday, 15:00 */
    for (size_t i = 0; i < COUNT_OF(links); i++) {
        struct text_out *list;
        size_t n;

        v = visit_now(c, &v);
        v.plan.words.link = links[i];
        CIRCLE_TX(c, HELP_OK(planner_change(&planner, &v, &err)));
        circle_work(c);
        has(&p, arena_printf(c->mem, "The time is the same. Join: %s", links[i]));
        circle_has(circle_mail(c, ANA, "please call"), links[i]);
        HELP_OK(
            text_out_of_person(&c->g.gate.store, c->rose.person, (struct text_id){ 0 }, 1, c->mem, &list, &n, &err));
        if (i == 0)
            assert_true(list[0].due_ms <= gate_now_ms(&c->g.gate));
        else
            assert_int_equal(list[0].due_ms, v.start_ms - 5 * MS_HOUR); /* Thursday, 9:00 */
        circle_pass(c, 8 * MS_HOUR);                                    /* 23:00 */
    }
    triage_close_lexicon(&p.lexicon);
}

static void the_number_of_an_invitation_lives_until_the_visit(void **state)
{
    struct circle *c = *state;
    struct phone p = rose_texts(c);
    const struct visit_plan plan = visit_plan_of(c, 2026, 3, 25, 14);
    const struct visit v = visit_planned(c, &plan);

    circle_work(c);
    has(&p, "Reply 10 YES or 10 NO");
    circle_pass(c, 10 * MS_DAY); /* numbers of notes live for seven */
    says(&p, "10 Yes");
    assert_int_equal(seat_of(c, &v).answer, VISIT_YES);
    triage_close_lexicon(&p.lexicon);
}

/* ---- at night ---- */

/* Local hours of New York, from 8 March on. */
static int64_t by_night(struct circle *c)
{
    return circle_count(c, "SELECT count(*) FROM text_out WHERE (due_ms / 3600000 - 4) % 24 NOT BETWEEN 9 AND 19"
                           " OR (not_after_ms / 60000 - 240) % 1440 NOT BETWEEN 541 AND 1200");
}

static int64_t reminders(struct circle *c, const struct visit *v)
{
    return circle_count(c, arena_printf(c->mem,
                                        "SELECT count(*) FROM text_out WHERE kind = 165 AND subject_id IN"
                                        " (SELECT id FROM visit_seat WHERE visit_id = %" PRId64 ")",
                                        v->id.v));
}

static void pass_until(struct circle *c, int day, int hour)
{
    int64_t at_ms;
    struct err err;

    HELP_OK(zone_utc_from_local("America/New_York", 2026, 3, day, hour, 0, &at_ms, &err));
    while (gate_now_ms(&c->g.gate) < at_ms)
        circle_pass(c, MS_HOUR);
}

static struct visit planned_at(struct circle *c, int day, int hour)
{
    const struct visit_plan plan = visit_plan_of(c, 2026, 3, day, hour);

    return visit_planned(c, &plan);
}

/* Early and late ones, moved and cancelled at night. Whoever texted us at that hour would get an answer; she sleeps. */
static void nothing_about_visits_leaves_at_night(void **state)
{
    struct circle *c = *state;
    struct phone p = rose_texts(c);
    struct visit early, late, off;
    struct audit_who who;
    struct planner planner = visit_planner(c, &who);
    struct err err;

    pass_until(c, 9, 22);
    early = planned_at(c, 14, 8);
    late = planned_at(c, 15, 22);
    off = planned_at(c, 16, 14);
    circle_work(c);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM text_out WHERE kind = 160"), 3);
    pass_until(c, 12, 23);
    off = visit_now(c, &off);
    CIRCLE_TX(c, HELP_OK(planner_move(&planner, &off, off.start_ms + MS_HOUR, &err)));
    circle_work(c);
    pass_until(c, 15, 23);
    off = visit_now(c, &off);
    CIRCLE_TX(c, HELP_OK(planner_cancel(&planner, &off, &err)));
    circle_work(c);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM text_out WHERE kind IN (161, 162)"), 2);
    assert_int_equal(by_night(c), 0);

    /* the last one of the early visit would be at six, that of the late one at eight in the evening: after a night both would be over */
    assert_int_equal(reminders(c, &early), 2);
    assert_int_equal(reminders(c, &late), 2);
    triage_close_lexicon(&p.lexicon);
}

static int64_t texts_in(struct circle *c, int kind, enum text_state state)
{
    return circle_count(
        c, arena_printf(c->mem, "SELECT count(*) FROM text_out WHERE kind = %d AND state = %d", kind, (int)state));
}

/* A newer copy takes the place of the older one; the questions, asked once only, still go. */
static void a_change_leaves_the_questions(void **state)
{
    struct circle *c = *state;
    struct phone p = rose_texts(c);
    struct visit_plan plan = visit_plan_of(c, 2026, 3, 12, 14);
    struct audit_who who;
    struct planner planner = visit_planner(c, &who);
    struct visit v;
    struct err err;

    plan.words.questions = "How did you sleep?";
    v = visit_planned(c, &plan);
    circle_work(c);
    circle_pass(c, v.start_ms - 5 * MS_DAY + MS_HOUR - gate_now_ms(&c->g.gate));
    assert_int_equal(texts_in(c, MAILING_VISIT_INVITATION, TEXT_QUEUED), 1);
    assert_int_equal(texts_in(c, MAILING_VISIT_QUESTIONS, TEXT_QUEUED), 1);
    v = visit_now(c, &v);
    CIRCLE_TX(c, HELP_OK(planner_move(&planner, &v, v.start_ms + MS_HOUR, &err)));
    circle_work(c);
    assert_int_equal(texts_in(c, MAILING_VISIT_INVITATION, TEXT_CANCELLED), 1);
    assert_int_equal(texts_in(c, MAILING_VISIT_CHANGED, TEXT_QUEUED), 1);
    assert_int_equal(texts_in(c, MAILING_VISIT_QUESTIONS, TEXT_QUEUED), 1);
    triage_close_lexicon(&p.lexicon);
}

/* Texts do not reach her any more, and what she said yes to by mail does: a letter with a date, as everybody's. */
static void after_a_stop_it_is_all_by_mail(void **state)
{
    struct circle *c = *state;
    struct phone p = rose_texts(c);
    const struct text_consent_change stop = {
        .address = p.address.id, .state = TEXT_STOPPED, .level = -1, .way = TEXT_BY_TEXT
    };
    struct err err;

    CIRCLE_TX(c, HELP_OK(text_consent_set(&c->g.gate.store, &stop, &err)));
    pass_until(c, 9, 12);
    planned_at(c, 14, 8);
    circle_work(c);
    assert_non_null(strstr(circle_mail(c, ROSE, "can you come")->raw, "method=REQUEST"));
    circle_listen(c);
    visit_says(c, ROSE, "no");
    assert_non_null(strstr(circle_since(c, ROSE, "your answer")->raw, "method=CANCEL"));
    circle_has(circle_since(c, ROSE, "your answer"), "We took the date out of your calendar.");
    circle_listen(c);
    visit_says(c, ROSE, "yes, i agree");
    pass_until(c, 14, 7); /* the last one is due at six, before the hours of texts */
    assert_int_equal(circle_said(c, ROSE, "It begins in"), 3);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM text_out WHERE kind BETWEEN 160 AND 165"), 0);
    triage_close_lexicon(&p.lexicon);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = { TEST(a_visit_of_who_has_both),
                                        TEST(a_visit_lives_by_text),
                                        TEST(questions_by_text),
                                        TEST(an_answer_that_fails_comes_again),
                                        TEST(a_change_leaves_the_questions),
                                        TEST(another_link_by_text),
                                        TEST(a_visit_and_a_talk_at_once),
                                        TEST(the_number_of_an_invitation_lives_until_the_visit),
                                        TEST(nothing_about_visits_leaves_at_night),
                                        TEST(after_a_stop_it_is_all_by_mail) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
