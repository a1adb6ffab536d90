/* What happens to answers when visits change round them: late ones, one I AGREE for all visits, more places, loops, odd calendars, a group that ends. */
#define CIRCLE_MAILS_MAX 2000
#include "visit_help.h"

#include "gateway/office/ending.h"
#include "gateway/visit/afterwards.h"
#include "gateway/visit/attending.h"
#include "gateway/visit/places.h"
#include "gateway/visit/questions.h"

static const char *event(struct circle *c, const struct visit_seat *seat, const char *start, const char *attendees)
{
    char uid[VISIT_UID_CHARS + 1];

    visit_seat_uid(seat, uid);
    return arena_printf(c->mem,
                        "BEGIN:VEVENT\r\nUID:%s@groups.example.org\r\nDTSTAMP:20260303T150000Z\r\n%s\r\nSEQUENCE:0\r\n"
                        "%sEND:VEVENT\r\n",
                        uid, start, attendees);
}

/* ---- */

static void a_late_answer_is_not_taken_for_the_new_time(void **state)
{
    struct circle *c = *state;
    struct visit v = visit_asked(c, 12, 0);
    const struct mail *old = circle_mail(c, ROSE, "can you come");
    struct audit_who who;
    struct planner p = visit_planner(c, &who);
    struct visit_seat seat;
    struct err err;

    v = visit_now(c, &v);
    CIRCLE_TX(c, HELP_OK(planner_move(&p, &v, v.start_ms + MS_HOUR, &err)));
    circle_work(c);
    visit_says(c, ROSE, "Yes, I agree");
    circle_reply(c, old, ROSE, "No", PASS);
    circle_work(c);
    seat = visit_seat_of(c, &v, c->rose.person);
    assert_int_equal(seat.answer, VISIT_YES);
    assert_int_equal(seat.answer_start_ms, v.start_ms);
    circle_has(circle_mail(c, ROSE, "your answer"), "It moved to");
}

static void one_i_agree_opens_every_visit(void **state)
{
    struct circle *c = *state;
    const struct visit first = visit_asked(c, 12, 0), second = visit_asked(c, 13, 0);

    assert_false(visit_seat_of(c, &first, c->maria.person).has_link);
    visit_says(c, MARIA, "Yes, I agree"); /* to the second one */
    assert_true(visit_seat_of(c, &second, c->maria.person).has_link);
    assert_true(visit_seat_of(c, &first, c->maria.person).has_link);
    assert_int_equal(visit_seat_of(c, &first, c->maria.person).answer, VISIT_NO_ANSWER);
    assert_int_equal(circle_said(c, MARIA, "Here is the way to join."), 2);
    circle_has(circle_mail(c, MARIA, "your answer"), "You come.");
    assert_int_equal(circle_said(c, ROSE, VISIT_LINK), 0);
}

static void more_places_are_offered_at_once(void **state)
{
    struct circle *c = *state;
    struct visit v = visit_asked(c, 12, 1);
    struct audit_who who;
    struct planner p = visit_planner(c, &who);
    struct err err;

    visit_says(c, MARIA, "yes, i agree");
    visit_says(c, ROSE, "yes, i agree");
    assert_int_equal(visit_seat_of(c, &v, c->rose.person).place, VISIT_WAITS);
    v = visit_now(c, &v);
    v.plan.capacity = 2;
    CIRCLE_TX(c, HELP_OK(planner_change(&p, &v, &err)));
    circle_work(c);
    assert_int_equal(visit_seat_of(c, &v, c->rose.person).place, VISIT_OFFERED);
    circle_has(circle_mail(c, ROSE, "a place for you"), "A place is free for you, Rose.");
}

static void two_machines_come_to_an_end(void **state)
{
    struct circle *c = *state;
    const struct visit v = visit_asked(c, 12, 0);
    const struct visit_seat seat = visit_seat_of(c, &v, c->maria.person);
    const char *const yes =
        event(c, &seat, "DTSTART:20260312T180000Z", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:" MARIA "\r\n");

    circle_listen(c);
    for (int i = 0; i < 9; i++)
        visit_calendar_says(c, MARIA, "REPLY", yes);
    assert_int_equal(circle_new(c, MARIA), 5);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM visit_rsvp"), 9); /* kept all the same */
    visit_calendar_says(c, MARIA, "REPLY",
                        event(c, &seat, "DTSTART:20260312T180000Z", "ATTENDEE;PARTSTAT=DECLINED:mailto:" MARIA "\r\n"));
    assert_int_equal(visit_seat_of(c, &v, c->maria.person).answer, VISIT_NO);
    circle_pass(c, MS_DAY + MS_HOUR);
    circle_listen(c);
    visit_calendar_says(c, MARIA, "REPLY", yes);
    assert_true(circle_new(c, MARIA) >= 1);
}

/* After five answers of a day too: no other letter would take the date out of their calendar, or put it back. */
static void a_calendar_changes_on_a_busy_day(void **state)
{
    struct circle *c = *state;
    struct visit v = visit_asked(c, 12, 0);
    struct audit_who who;
    struct planner p = visit_planner(c, &who);
    struct err err;

    visit_says(c, ROSE, "yes, i agree");
    circle_listen(c);
    for (int i = 0; i < 6; i++)
        visit_says(c, ROSE, "maybe");
    assert_int_equal(circle_new(c, ROSE), 4);
    circle_listen(c);
    visit_says(c, ROSE, "no");
    assert_non_null(circle_since(c, ROSE, "your answer"));
    assert_non_null(strstr(circle_since(c, ROSE, "your answer")->raw, "method=CANCEL"));
    circle_listen(c);
    visit_says(c, ROSE, "no"); /* changes nothing: two machines come to an end */
    assert_int_equal(circle_new(c, ROSE), 0);
    visit_says(c, ROSE, "yes");
    assert_non_null(circle_since(c, ROSE, "your answer"));
    assert_non_null(strstr(circle_since(c, ROSE, "your answer")->raw, "method=REQUEST"));
    circle_listen(c);
    v = visit_now(c, &v);
    CIRCLE_TX(c, HELP_OK(planner_cancel(&p, &v, &err)));
    circle_work(c);
    assert_non_null(strstr(circle_since(c, ROSE, "not on")->raw, "method=CANCEL"));
}

/* One click after another, brought in the wrong order by the mail. Equal stamps: some programs give the invitation's; then what comes last holds.
 * A clock that is ahead counts as ours. */
static void of_two_answers_the_later_click_holds(void **state)
{
    struct circle *c = *state;
    const struct visit v = visit_asked(c, 12, 0);
    const struct visit_seat seat = visit_seat_of(c, &v, c->rose.person);
    static const struct {
        const char *stamp, *partstat;
        enum visit_answer holds;
    } cases[] = { { "20260303T150200Z", "DECLINED", VISIT_NO },     { "20260303T150100Z", "ACCEPTED", VISIT_NO },
                  { "20260303T150200Z", "TENTATIVE", VISIT_MAYBE }, { "20260303T150201Z", "ACCEPTED", VISIT_YES },
                  { "20260303T150159Z", "DECLINED", VISIT_YES },    { "29990101T000000Z", "DECLINED", VISIT_NO },
                  { "20260308T150000Z", "ACCEPTED", VISIT_YES } };

    circle_pass(c, 2 * MS_DAY);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char *const one = arena_strdup(
            c->mem, event(c, &seat, "DTSTART:20260312T180000Z",
                          arena_printf(c->mem, "ATTENDEE;PARTSTAT=%s:mailto:" ROSE "\r\n", cases[i].partstat)));

        memcpy(strstr(one, "DTSTAMP:") + strlen("DTSTAMP:"), cases[i].stamp, strlen(cases[i].stamp));
        circle_pass(c, MS_DAY / 2); /* after which as many letters may go back */
        circle_listen(c);
        visit_calendar_says(c, ROSE, "REPLY", one);
        if (visit_seat_of(c, &v, c->rose.person).answer != cases[i].holds)
            fail_msg("case %zu: %s", i, visit_answer_name(visit_seat_of(c, &v, c->rose.person).answer));
        circle_has(circle_since(c, ROSE, "your answer"), cases[i].holds == VISIT_NO      ? "You do not come."
                                                         : cases[i].holds == VISIT_MAYBE ? "We have your MAYBE."
                                                                                         : "We have your YES.");
    }
    assert_int_equal(circle_count(c, "SELECT count(*) FROM visit_rsvp WHERE is_old = 1"), 2);
}

/* Only who said yes to the time at which it was. */
static void whom_we_miss(void **state)
{
    struct circle *c = *state;
    struct visit v = visit_asked(c, 12, 0);
    struct audit_who who;
    struct planner p = visit_planner(c, &who);
    const struct attending nobody = { .who = &who, .source = ATTENDANCE_BY_HOST };
    struct err err;

    visit_says(c, MARIA, "yes, i agree");
    visit_says(c, ROSE, "maybe");
    v = visit_now(c, &v);
    CIRCLE_TX(c, HELP_OK(planner_move(&p, &v, v.start_ms + MS_HOUR, &err)));
    circle_work(c);
    visit_says(c, MARIA, "yes");
    circle_pass(c, v.start_ms + 2 * MS_HOUR - gate_now_ms(&c->g.gate));
    v = visit_now(c, &v);
    CIRCLE_TX(c, HELP_OK(attending_mark(&c->g.gate, &v, &nobody, &err));
              HELP_OK(afterwards_missed(&c->g.gate, &v, &err)));
    circle_work(c);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM attendance"), 1);
    circle_has(circle_mail(c, MARIA, "missed you"), "You were not at");
    assert_null(circle_mail(c, ROSE, "missed you"));
}

static void odd_calendars_are_for_people(void **state)
{
    struct circle *c = *state;
    const struct visit v = visit_asked(c, 12, 0);
    const struct visit_seat maria = visit_seat_of(c, &v, c->maria.person), rose = visit_seat_of(c, &v, c->rose.person);
    const char *const at = "DTSTART:20260312T180000Z";

    /* two events that agree, as Outlook writes them of a row: one answer */
    visit_calendar_says(c, MARIA, "REPLY",
                        arena_printf(c->mem, "%s%s",
                                     event(c, &maria, at, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:" MARIA "\r\n"),
                                     event(c, &maria, at, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:" MARIA "\r\n")));
    assert_int_equal(visit_seat_of(c, &v, c->maria.person).answer, VISIT_YES);

    /* two people who do not: only a person knows */
    circle_listen(c);
    visit_calendar_says(c, ROSE, "REPLY",
                        event(c, &rose, at,
                              "ATTENDEE;PARTSTAT=DECLINED:mailto:" ROSE
                              "\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:x@example.com\r\n"));
    assert_int_equal(visit_seat_of(c, &v, c->rose.person).answer, VISIT_NO_ANSWER);
    circle_has(circle_since(c, ROSE, "your answer"), "Can you come?");
    circle_has(circle_since(c, ANA, NULL), "Answer: unclear.");

    /* another time, with no word beside it */
    circle_listen(c);
    visit_calendar_says(
        c, ROSE, "COUNTER",
        event(c, &rose, "DTSTART;TZID=America/Chicago:20260313T150000", "ATTENDEE:mailto:" ROSE "\r\n"));
    circle_has(circle_since(c, ANA, NULL), "asks for another time, Friday, March 13, 4:00 PM (New York time)");
    assert_int_equal(visit_now(c, &v).start_ms, v.start_ms);
}

static void the_hosts_own_answer_reaches_staff(void **state)
{
    struct circle *c = *state;
    const struct visit v = visit_asked(c, 12, 0);
    const struct visit_seat ana = visit_seat_of(c, &v, c->ana);

    circle_listen(c);
    visit_calendar_says(c, ANA, "REPLY",
                        event(c, &ana, "DTSTART:20260312T180000Z",
                              "ATTENDEE;PARTSTAT=DECLINED:mailto:" ANA "\r\nCOMMENT:I am away\r\n"));
    circle_has(circle_since(c, LEE, NULL), "I am away");
    circle_has(circle_since(c, LEE, NULL), "Answer: no.");
    assert_int_equal(visit_seat_of(c, &v, c->ana).answer, VISIT_NO);
}

static void a_group_that_ends_takes_its_visits_along(void **state)
{
    struct circle *c = *state;
    const struct visit v = visit_asked(c, 12, 0);
    struct visit_series s = { .plan = visit_plan_of(c, 2026, 3, 10, 10), .rule = "FREQ=WEEKLY" };
    struct audit_who who;
    struct planner p = visit_planner(c, &who);
    int64_t letters;
    size_t made;
    struct err err;

    CIRCLE_TX(c, HELP_OK(planner_add_series(&p, &s, NULL, 0, &made, &err)));
    circle_work(c);
    visit_says(c, MARIA, "yes, i agree");
    CIRCLE_TX(c, HELP_OK(ending_close(&c->g.gate, &who, c->g.group.id, NULL, &letters, &err)));
    circle_work(c);
    assert_int_equal(visit_now(c, &v).state, VISIT_CANCELLED);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM visit WHERE state = 1"), 0);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM visit_series WHERE state = 1"), 0);
    circle_has(circle_mail(c, MARIA, "not on"), "CANCELLED");
    circle_listen(c);
    circle_pass(c, 12 * MS_DAY);
    assert_null(circle_since(c, MARIA, "visit"));
    assert_int_equal(circle_said(c, MARIA, "It begins in"), 0);
}

static void set_link(struct circle *c, struct visit *v, const char *link)
{
    struct audit_who who;
    struct planner p = visit_planner(c, &who);
    struct err err;

    *v = visit_now(c, v);
    v->plan.words.link = link;
    CIRCLE_TX(c, HELP_OK(planner_change(&p, v, &err)));
    circle_work(c);
}

/* Another link when it is soon: whom to call, and everybody who comes is told at once; days ahead a letter does. */
static void another_link_brings_a_call_list(void **state)
{
    struct circle *c = *state;
    struct visit v = visit_asked(c, 5, 0);

    visit_says(c, MARIA, "YES I AGREE");
    visit_says(c, ROSE, "NO");
    set_link(c, &v, "https://video.example.org/j/early");
    assert_null(circle_mail(c, ANA, "please call"));
    circle_pass(c, v.start_ms - 5 * MS_HOUR - gate_now_ms(&c->g.gate));
    set_link(c, &v, "https://video.example.org/j/late");
    circle_has(circle_mail(c, ANA, "please call"), "has a new way to join");
    circle_has(circle_mail(c, ANA, "please call"), "https://video.example.org/j/late");
    circle_has(circle_mail(c, ANA, "please call"), "- Maria");
    assert_null(strstr(circle_mail(c, ANA, "please call")->text, "- Rose"));
    circle_has(circle_mail(c, MARIA, "something is new"), "https://video.example.org/j/late");
    assert_int_equal(circle_said(c, ROSE, "video.example.org/j/late"), 0);
    c->told = c->mail_count;
    v = visit_now(c, &v);
    v.plan.words.notes = "Bring a pen.";
    set_link(c, &v, "https://video.example.org/j/late"); /* nothing to call about */
    assert_null(circle_since(c, ANA, "please call"));
    assert_null(circle_mail(c, MARIA, "it is now")); /* its time is the same */
}

/* ---- what waits, and who is told ---- */

static int64_t waiting_of(struct circle *c, const char *kinds)
{
    return circle_count(c, arena_printf(c->mem,
                                        "SELECT count(*) FROM delivery d JOIN mailing m ON m.id = d.mailing_id"
                                        " WHERE d.state = 1 AND m.kind IN (%s)",
                                        kinds));
}

static void move_by(struct circle *c, struct visit *v, int64_t ms)
{
    struct audit_who who;
    struct planner p = visit_planner(c, &who);
    struct err err;

    *v = visit_now(c, v);
    CIRCLE_TX(c, HELP_OK(planner_move(&p, v, v->start_ms + ms, &err)));
    circle_work(c);
}

static void note_changed(struct circle *c, struct visit *v, const char *notes)
{
    struct audit_who who;
    struct planner p = visit_planner(c, &who);
    struct err err;

    *v = visit_now(c, v);
    v->plan.words.notes = notes;
    CIRCLE_TX(c, HELP_OK(planner_change(&p, v, &err)));
}

/* Questions are asked once only: what a change drops of them is lost for good. Places likewise. */
static void a_change_leaves_letters_of_other_kinds(void **state)
{
    struct circle *c = *state;
    struct visit_plan plan = visit_plan_of(c, 2026, 3, 12, 14);
    struct visit v;
    struct err err;

    plan.words.questions = "How do you feel?";
    plan.capacity = 1;
    v = visit_planned(c, &plan);
    circle_work(c);
    visit_says(c, MARIA, "yes, i agree");
    visit_says(c, ROSE, "yes, i agree");
    circle_pass(c, v.start_ms - 5 * MS_DAY - MS_HOUR - gate_now_ms(&c->g.gate));
    circle_listen(c);
    circle_reply(c, circle_mail(c, MARIA, NULL), MARIA, "no", PASS);
    home_set_time(c->home, gate_now_ms(&c->g.gate) + 2 * MS_HOUR);
    v = visit_now(c, &v);
    CIRCLE_TX(c, HELP_OK(places_run(&c->g.gate, v.id, &err)); HELP_OK(questions_run(&c->g.gate, v.id, &err)));
    assert_int_equal(waiting_of(c, "164"), 1); /* the offer */
    assert_int_equal(waiting_of(c, "171"), 2); /* questions to Rose and Sam */
    note_changed(c, &v, "Bring a pen.");
    circle_work(c);
    circle_has(circle_since(c, ROSE, "a place for you"), "A place is free for you, Rose.");
    assert_int_equal(circle_said(c, ROSE, "How do you feel?"), 1);
    assert_int_equal(circle_said(c, SAM, "How do you feel?"), 1);
    circle_has(circle_since(c, SAM, "something is new"), "Bring a pen.");
}

static void who_was_asked_is_told_of_a_move(void **state)
{
    struct circle *c = *state;
    struct visit_plan plan = visit_plan_of(c, 2026, 3, 12, 14);
    struct membership rose;
    struct visit v;
    struct err err;

    CIRCLE_TX(c, HELP_OK(membership_add_tag(&c->g.gate.store, c->rose.id, "eats-out", &err));
              HELP_OK(membership_add_tag(&c->g.gate.store, c->sam.id, "eats-out", &err)));
    plan.words.tag = "eats-out";
    v = visit_planned(c, &plan);
    circle_work(c);
    assert_null(circle_mail(c, MARIA, "can you come"));
    visit_says(c, ROSE, "yes, i agree");
    visit_says(c, SAM, "yes, i agree");
    HELP_OK(membership_get(&c->g.gate.store, c->rose.id, c->mem, &rose, &err));
    CIRCLE_TX(c, HELP_OK(membership_remove_tag(&c->g.gate.store, c->sam.id, "eats-out", &err));
              rose.state = MEMBER_PAUSED; HELP_OK(membership_change(&c->g.gate.store, &rose, MEMBER_ACTIVE, &err)));
    circle_listen(c);
    move_by(c, &v, MS_HOUR);
    circle_has(circle_since(c, SAM, "it is now"), "CHANGED: Thursday, March 12, 3:00 PM");
    circle_has(circle_since(c, ROSE, "it is now"), "CHANGED: Thursday, March 12, 3:00 PM");
    assert_int_equal(circle_new(c, MARIA), 0);
    circle_pass(c, MS_DAY); /* once */
    assert_int_equal(circle_new(c, SAM), 1);
}

/* No, asked again with a new date in the calendar, and nothing said: that date is taken out of it. */
static void who_said_no_before_a_move_gets_the_cancel(void **state)
{
    struct circle *c = *state;
    struct visit v = visit_asked(c, 12, 0);
    struct audit_who who;
    struct planner p = visit_planner(c, &who);
    struct err err;

    visit_says(c, SAM, "no");
    visit_says(c, ROSE, "no");
    move_by(c, &v, MS_HOUR);
    visit_says(c, ROSE, "no"); /* to the new time too: her calendar holds nothing */
    circle_listen(c);
    v = visit_now(c, &v);
    CIRCLE_TX(c, HELP_OK(planner_cancel(&p, &v, &err)));
    circle_work(c);
    circle_has(circle_since(c, SAM, "not on"), "CANCELLED: Thursday, March 12, 3:00 PM");
    assert_non_null(strstr(circle_since(c, SAM, "not on")->raw, "method=CANCEL"));
    assert_int_equal(circle_new(c, ROSE), 0);
    assert_int_equal(visit_seat_of(c, &v, c->rose.person).state, VISIT_SEAT_BACK);
}

static void a_no_to_the_old_time_frees_the_place(void **state)
{
    struct circle *c = *state;
    struct visit v = visit_asked(c, 12, 1);
    const struct mail *old;

    visit_says(c, MARIA, "yes, i agree");
    visit_says(c, ROSE, "yes, i agree");
    old = circle_mail(c, MARIA, "your answer");
    move_by(c, &v, MS_HOUR);
    circle_reply(c, old, MARIA, "no", PASS);
    circle_work(c);
    circle_has(circle_mail(c, MARIA, "your answer"), "It moved to");
    assert_int_equal(visit_seat_of(c, &v, c->maria.person).place, VISIT_NO_PLACE);
    assert_int_equal(visit_seat_of(c, &v, c->rose.person).place, VISIT_OFFERED);
    circle_has(circle_mail(c, ROSE, "a place for you"), "A place is free for you, Rose.");
}

/* Only a yes holds a place, or waits for one. */
static void a_maybe_keeps_no_place(void **state)
{
    struct circle *c = *state;
    const struct visit v = visit_asked(c, 12, 1);

    visit_says(c, MARIA, "yes, i agree");
    visit_says(c, ROSE, "yes, i agree");
    circle_pass(c, MS_MINUTE);
    visit_says(c, SAM, "yes, i agree");
    assert_int_equal(visit_seat_of(c, &v, c->rose.person).place, VISIT_WAITS);
    visit_says(c, ROSE, "maybe");
    circle_has(circle_mail(c, ROSE, "your answer"), "We have your MAYBE.");
    circle_has(circle_mail(c, ROSE, "your answer"), "we keep one only for a YES");
    assert_int_equal(visit_seat_of(c, &v, c->rose.person).place, VISIT_NO_PLACE);
    visit_says(c, MARIA, "maybe"); /* who waits still is Sam */
    assert_int_equal(visit_seat_of(c, &v, c->maria.person).place, VISIT_NO_PLACE);
    assert_int_equal(visit_seat_of(c, &v, c->sam.person).place, VISIT_OFFERED);
    assert_null(circle_mail(c, ROSE, "a place for you"));
    visit_says(c, ROSE, "yes");
    circle_has(circle_mail(c, ROSE, "your answer"), "All places are taken.");
}

/* Who said no hears nothing of a change, until they come after all. */
static void no_then_yes_brings_what_changed(void **state)
{
    struct circle *c = *state;
    struct visit v = visit_asked(c, 12, 0);
    const char *const late = "https://video.example.org/j/late";

    visit_says(c, ROSE, "yes, i agree");
    visit_says(c, ROSE, "no");
    circle_listen(c);
    set_link(c, &v, late);
    assert_int_equal(circle_new(c, ROSE), 0);
    visit_says(c, ROSE, "yes");
    circle_has(circle_since(c, ROSE, "something is new"), late);
    assert_non_null(strstr(circle_since(c, ROSE, "something is new")->raw, "method=REQUEST"));
    assert_int_equal(circle_new(c, ROSE), 2); /* and what became of the answer */
    circle_pass(c, MS_DAY);
    assert_int_equal(circle_new(c, ROSE), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_late_answer_is_not_taken_for_the_new_time),
        TEST(one_i_agree_opens_every_visit),
        TEST(more_places_are_offered_at_once),
        TEST(two_machines_come_to_an_end),
        TEST(a_calendar_changes_on_a_busy_day),
        TEST(of_two_answers_the_later_click_holds),
        TEST(whom_we_miss),
        TEST(odd_calendars_are_for_people),
        TEST(the_hosts_own_answer_reaches_staff),
        TEST(another_link_brings_a_call_list),
        TEST(a_change_leaves_letters_of_other_kinds),
        TEST(who_was_asked_is_told_of_a_move),
        TEST(who_said_no_before_a_move_gets_the_cancel),
        TEST(a_no_to_the_old_time_frees_the_place),
        TEST(a_maybe_keeps_no_place),
        TEST(no_then_yes_brings_what_changed),
        TEST(a_group_that_ends_takes_its_visits_along),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
