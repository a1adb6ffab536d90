/* Visits and their series: what is stored is what was planned, what cannot be is refused, what is unwise is said; series are made ahead, and who came. */
#include "visit_help.h"

#include "gateway/visit/afterwards.h"
#include "gateway/visit/attending.h"
#include "schedules/zone.h"
#include "store/due.h"

static int64_t audited(struct circle *c, enum audit_verb verb)
{
    return circle_count(c, arena_printf(c->mem, "SELECT count(*) FROM audit WHERE verb = %d", (int)verb));
}

static void a_visit_is_kept_as_planned(void **state)
{
    struct circle *c = *state;
    struct visit_plan plan = visit_plan_of(c, 2026, 3, 5, 14);
    struct visit v, got;
    struct err err;

    plan.capacity = 12;
    plan.words.questions = "How are you?\nWhat do you eat out?";
    v = visit_planned(c, &plan);
    HELP_OK(visit_by_number(&c->g.gate.store, 1, c->mem, &got, &err));
    assert_true(got.id.v == v.id.v && got.state == VISIT_PLANNED && got.version == 1);
    assert_int_equal(got.start_ms, INT64_C(1772737200000)); /* 19:00 UTC */
    assert_int_equal(got.plan.capacity, 12);
    assert_string_equal(got.plan.words.title, "Eating out without worry");
    assert_string_equal(got.plan.words.questions, plan.words.questions);
    assert_string_equal(got.plan.words.link, VISIT_LINK);
    assert_string_equal(got.plan.zone, "America/New_York");
    assert_int_equal(audited(c, AUDIT_VISIT_ADDED), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM visit WHERE number = 1 AND series_id IS NULL"), 1);
}

static enum rc tried(struct circle *c, const struct visit_plan *plan, struct planner_warnings *warnings)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    struct audit_who who;
    struct planner p = visit_planner(c, &who);
    struct visit v;
    struct err err;
    enum rc rc;

    HELP_OK(db_begin(c->g.h.db, &tx, &err));
    rc = planner_add(&p, plan, &v, &err);
    if (warnings)
        *warnings = p.warnings;
    return rc;
}

static void what_cannot_be_is_refused(void **state)
{
    struct circle *c = *state;
    struct visit_plan plans[13];
    char long_title[301] = "";

    for (size_t i = 0; i < COUNT_OF(plans); i++)
        plans[i] = visit_plan_of(c, 2026, 3, 5, 14);
    plans[0].words.title = "";
    plans[1].words.title = "two\nlines";
    plans[2].words.link = "http://video.example.org/j/1";
    plans[3].words.link = "https://video.example.org/a b";
    plans[4].minutes = 0;
    plans[5].minutes = 1441;
    plans[6].zone = "Mars/Olympus";
    plans[7].host = (struct person_id){ c->maria.person.v }; /* no staff */
    plans[8].day -= 3;                                       /* past */
    plans[9].words.questions = "1\n2\n3\n4\n5\n6";
    plans[10].capacity = 501;
    plans[11].words.link = "https://video.example.org/j/ñ"; /* no calendar takes it (schedules/invitation) */
    for (size_t i = 0; i < 100; i++)
        memcpy(long_title + 3 * i, "試", 3);
    plans[12].words.neutral = long_title; /* nor this */
    for (size_t i = 0; i < COUNT_OF(plans); i++)
        if (tried(c, &plans[i], NULL) != RC_INPUT)
            fail_msg("plan %zu", i);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM visit"), 0);
}

static void what_is_unwise_is_said(void **state)
{
    struct circle *c = *state;
    struct visit_plan plan = visit_plan_of(c, 2026, 3, 5, 14);
    struct planner_warnings w;

    visit_planned(c, &plan);
    plan.minute += 59; /* the last minute of the other */
    assert_int_equal(tried(c, &plan, &w), RC_OK);
    assert_int_equal(w.n, 1);
    assert_non_null(strstr(w.v[0].line, "visit 1 is at the same time"));
    plan.minute += 1;
    assert_int_equal(tried(c, &plan, &w), RC_OK);
    assert_int_equal(w.n, 0);
    plan.minute = 6 * 60;
    plan.host.v = 0;
    assert_int_equal(tried(c, &plan, &w), RC_OK);
    assert_int_equal(w.n, 2);
}

static void an_hour_that_is_not_and_a_tag_of_nobody_are_said(void **state)
{
    struct circle *c = *state;
    struct visit_plan plan = visit_plan_of(c, 2026, 3, 8, 2); /* the clocks go from two to three */
    struct planner_warnings w;
    struct audit_who who;
    struct planner p = visit_planner(c, &who);
    struct visit v;
    struct err err;

    plan.minute += 30;
    assert_int_equal(tried(c, &plan, &w), RC_OK);
    assert_int_equal(w.n, 2); /* and it is at night */
    assert_string_equal(w.v[1].line, "there is no 02:30 there that day, as the clocks go forward: it begins at 03:00");
    v = visit_planned(c, &plan);
    assert_int_equal(visit_now(c, &v).plan.minute, 3 * 60);
    plan = visit_plan_of(c, 2026, 3, 9, 14);
    plan.words.tag = "nosuch";
    assert_int_equal(tried(c, &plan, &w), RC_OK);
    assert_int_equal(w.n, 1);
    assert_string_equal(w.v[0].line, "nobody in this group has the tag nosuch: nobody is asked");
    CIRCLE_TX(c, HELP_OK(membership_add_tag(&c->g.gate.store, c->maria.id, "nosuch", &err)));
    assert_int_equal(tried(c, &plan, &w), RC_OK);
    assert_int_equal(w.n, 0);
    CIRCLE_TX(c, assert_int_equal(planner_end_series(&p, (struct visit_series_id){ 5 }, &err), RC_NOT_FOUND));
    assert_string_equal(err.msg, "there is no series of this number");
}

/* 2062 for 2026; and a day left out on which nothing was to be. */
static void slips_of_dates_are_said(void **state)
{
    struct circle *c = *state;
    struct visit_plan plan = visit_plan_of(c, 2027, 3, 3, 14);
    const struct visit_series_day days[] = { { clock_days_from_civil(2026, 3, 12), -1 },
                                             { clock_days_from_civil(2026, 3, 20), -1 },
                                             { clock_days_from_civil(2026, 3, 21), 600 } };
    struct visit_series s = { .rule = "FREQ=WEEKLY;COUNT=4" };
    struct audit_who who;
    struct planner p = visit_planner(c, &who);
    struct planner_warnings w;
    size_t made;
    struct err err;

    assert_int_equal(tried(c, &plan, &w), RC_OK);
    assert_int_equal(w.n, 0);
    plan.day += 2;
    assert_int_equal(tried(c, &plan, &w), RC_OK);
    assert_string_equal(w.v[0].line, "that is over a year ahead");
    s.plan = visit_plan_of(c, 2026, 3, 5, 14);
    CIRCLE_TX(c, HELP_OK(planner_add_series(&p, &s, days, COUNT_OF(days), &made, &err)));
    assert_int_equal(made, 4);
    assert_int_equal(p.warnings.n, 1);
    assert_string_equal(p.warnings.v[0].line, "2026-03-20 is no day of the series: leaving it out changes nothing");
}

/* Written as an hour that the clocks of that day skip or repeat: it is said which one it becomes. */
static void an_hour_that_is_not_there_or_comes_twice_is_said(void **state)
{
    static const struct {
        const char *text, *zone, *line;
        int minute;
    } rows[] = {
        { "2026-03-08 02:30", "America/New_York",
          "there is no 02:30 there that day, as the clocks go forward: it begins at 03:00", 150 },
        { "2026-03-08 03:00", "America/New_York", NULL, 180 },
        { "2026-03-08 01:30", "America/New_York", NULL, 90 },
        { "2026-11-01 00:59", "America/New_York", NULL, 59 },
        { "2026-11-01 01:00", "America/New_York",
          "01:00 comes twice there that day, as the clocks go back: it begins at the first", 60 },
        { "2026-11-01 01:59", "America/New_York",
          "01:59 comes twice there that day, as the clocks go back: it begins at the first", 119 },
        { "2026-11-01 02:00", "America/New_York", NULL, 120 },
        { "2026-10-04 02:15", "Australia/Lord_Howe", /* half an hour */
          "there is no 02:15 there that day, as the clocks go forward: it begins at 02:30", 135 },
        { "2026-04-05 01:29", "Australia/Lord_Howe", NULL, 89 },
        { "2026-04-05 01:30", "Australia/Lord_Howe",
          "01:30 comes twice there that day, as the clocks go back: it begins at the first", 90 },
        { "2026-11-01 01:30", "America/Phoenix", NULL, 90 },
    };
    struct circle *c = *state;
    struct audit_who who;
    struct planner p = visit_planner(c, &who);
    struct err err;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct moment to;

        p.warnings.n = 0;
        HELP_OK(planner_read_when(&c->g.gate, rows[i].text, rows[i].zone, 0, &to, &err));
        assert_int_equal(to.minute, rows[i].minute);
        HELP_OK(plan_check_clocks(&p, rows[i].zone, to.minute, to.ms, &err));
        assert_int_equal(p.warnings.n, rows[i].line != NULL);
        if (rows[i].line)
            assert_string_equal(p.warnings.v[0].line, rows[i].line);
    }
}

static void a_visit_is_moved_and_cancelled_once(void **state)
{
    struct circle *c = *state;
    const struct visit_plan plan = visit_plan_of(c, 2026, 3, 5, 14);
    struct visit v = visit_planned(c, &plan), stale = v, now;
    struct audit_who who;
    struct planner p = visit_planner(c, &who);
    struct moment to;
    int64_t to_ms;
    struct err err;

    HELP_OK(planner_read_when(&c->g.gate, "3pm", v.plan.zone, v.plan.day, &to, &err));
    assert_int_equal(to.ms, v.start_ms + MS_HOUR);
    HELP_OK(planner_read_when(&c->g.gate, "Fri 3pm", v.plan.zone, v.plan.day, &to, &err));
    to_ms = to.ms;
    assert_int_equal(to_ms, v.start_ms + MS_DAY + MS_HOUR);
    CIRCLE_TX(c, HELP_OK(planner_move(&p, &v, to_ms, &err)));
    now = visit_now(c, &v);
    assert_true(now.version == 2 && now.start_ms == to_ms && now.plan.minute == 15 * 60 &&
                now.plan.day == plan.day + 1);
    CIRCLE_TX(c, assert_int_equal(planner_move(&p, &stale, to_ms + 1, &err), RC_CONFLICT)); /* somebody was quicker */
    CIRCLE_TX(c, HELP_OK(planner_cancel(&p, &v, &err)));
    CIRCLE_TX(c, assert_int_equal(planner_cancel(&p, &v, &err), RC_CONFLICT));
    CIRCLE_TX(c, assert_int_equal(planner_move(&p, &v, to_ms, &err), RC_CONFLICT));
    assert_int_equal(audited(c, AUDIT_VISIT_MOVED), 1);
    assert_int_equal(audited(c, AUDIT_VISIT_CANCELLED), 1);
}

/* It is written down with whom it was for, so that who came can be marked; nobody hears of it, nor of having missed it. */
static void one_that_has_been_can_be_attended(void **state)
{
    struct circle *c = *state;
    const struct visit_plan plan = visit_plan_of(c, 2026, 2, 26, 14);
    struct audit_who who;
    struct planner p = visit_planner(c, &who);
    struct attending a = { .who = &who, .source = ATTENDANCE_BY_CLI };
    struct attending_mark *marks;
    struct visit v;
    struct roster r;
    struct err err;

    circle_listen(c);
    p.may_be_past = true;
    CIRCLE_TX(c, HELP_OK(planner_add(&p, &plan, &v, &err)));
    assert_int_equal(visit_now(c, &v).state, VISIT_OVER);
    HELP_OK(roster_read(&c->g.gate, &v, c->mem, &r, &err));
    assert_true(r.members == 3 && r.n == 3); /* staff in the group had no seat */
    for (int i = 0; i < 2; i++) {
        HELP_OK(attending_read(&r, i ? "1" : "all", NULL, c->mem, &marks, &a.n, &err));
        a.came = marks;
        CIRCLE_TX(c, HELP_OK(attending_mark(&c->g.gate, &v, &a, &err));
                  HELP_OK(afterwards_missed(&c->g.gate, &v, &err)));
    }
    assert_int_equal(circle_count(c, "SELECT count(*) FROM attendance WHERE state = 1"), 4);
    circle_pass(c, 2 * MS_DAY);
    assert_null(circle_since(c, MARIA, "visit"));
    assert_null(circle_since(c, ROSE, "we missed you"));
    assert_null(circle_since(c, ANA, "who came"));
}

static void one_that_has_begun_is_not_cancelled(void **state)
{
    struct circle *c = *state;
    const struct visit_plan plan = visit_plan_of(c, 2026, 3, 5, 14);
    struct visit v = visit_planned(c, &plan);
    struct audit_who who;
    struct planner p = visit_planner(c, &who);
    struct err err;

    home_set_time(c->home, v.start_ms);
    CIRCLE_TX(c, assert_int_equal(planner_cancel(&p, &v, &err), RC_CONFLICT));
    assert_non_null(strstr(err.msg, "has begun"));
    assert_int_equal(p.why, PLANNER_WHY_BEGUN);
    assert_int_equal(visit_now(c, &v).state, VISIT_PLANNED);
    home_set_time(c->home, v.start_ms - 1);
    CIRCLE_TX(c, HELP_OK(planner_cancel(&p, &v, &err)));
}

/* What stands in the way of any date of a series is said with that date, once. */
static void every_date_of_a_series_is_looked_at(void **state)
{
    struct circle *c = *state;
    const struct visit_plan third = visit_plan_of(c, 2026, 3, 19, 14), first = visit_plan_of(c, 2026, 3, 5, 14);
    struct visit_series s = { .plan = first, .rule = "FREQ=WEEKLY;COUNT=4" },
                        daily = { .plan = first, .rule = "FREQ=DAILY;COUNT=30" };
    struct audit_who who;
    struct planner p = visit_planner(c, &who);
    size_t made = 0;
    struct err err;

    visit_planned(c, &third);
    visit_planned(c, &first);
    CIRCLE_TX(c, HELP_OK(planner_add_series(&p, &s, NULL, 0, &made, &err)));
    assert_int_equal(made, 4);
    assert_int_equal(p.warnings.n, 2);
    assert_string_equal(p.warnings.v[0].line, "visit 3 (Thursday, March 5, 2:00 PM): visit 2 is at the same time "
                                              "(Thursday, March 5, 2:00 PM), for the same group");
    assert_non_null(strstr(p.warnings.v[1].line, "visit 5 (Thursday, March 19, 2:00 PM): visit 1 is at the same time"));
    daily.plan.minute += 59;
    CIRCLE_TX(c, HELP_OK(planner_add_series(&p, &daily, NULL, 0, &made, &err)));
    assert_int_equal(p.warnings.n, 6); /* twice two, and two */
    assert_int_equal(p.warnings.more, 0);
    CIRCLE_TX(c, HELP_OK(planner_add_series(&p, &daily, NULL, 0, &made, &err)));
    assert_int_equal(p.warnings.n, PLANNER_WARNINGS_MAX);
    assert_int_equal(p.warnings.more, 30 + 6 - PLANNER_WARNINGS_MAX);
}

/* Every Thursday at two, over the night when the clocks go forward: the local hour stays. */
static void a_series_is_made_ahead_and_keeps_its_hour(void **state)
{
    struct circle *c = *state;
    const struct visit_series_day days[] = { { clock_days_from_civil(2026, 3, 19), -1 },
                                             { clock_days_from_civil(2026, 3, 20), 10 * 60 } };
    struct visit_series s = { .plan = visit_plan_of(c, 2026, 3, 5, 14), .rule = "FREQ=WEEKLY;COUNT=20" };
    struct audit_who who;
    struct planner p = visit_planner(c, &who);
    struct visit *list;
    size_t made = 0, n;
    struct err err;

    CIRCLE_TX(c, HELP_OK(planner_add_series(&p, &s, days, COUNT_OF(days), &made, &err)));
    assert_int_equal(made, 9); /* 60 days: 5 March to 30 April, one day skipped and one added */
    HELP_OK(visit_of_series(&c->g.gate.store, s.id, c->mem, &list, &n, &err));
    assert_int_equal(n, 9);
    assert_int_equal(list[1].start_ms - list[0].start_ms, 7 * MS_DAY - MS_HOUR); /* 8 March */
    assert_int_equal(list[2].plan.day, clock_days_from_civil(2026, 3, 20));
    assert_int_equal(list[2].plan.minute, 10 * 60);

    /* one moved to another day, one cancelled: neither is made again */
    CIRCLE_TX(c, HELP_OK(planner_move(&p, &list[3], list[3].start_ms + MS_DAY, &err)));
    CIRCLE_TX(c, HELP_OK(planner_cancel(&p, &list[4], &err)));
    circle_pass(c, 8 * MS_DAY);
    HELP_OK(visit_of_series(&c->g.gate.store, s.id, c->mem, &list, &n, &err));
    assert_int_equal(n, 10);
    CIRCLE_TX(c, HELP_OK(planner_end_series(&p, s.id, &err)));
    circle_pass(c, 30 * MS_DAY);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM visit"), 10);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM visit WHERE state = 2"),
                     9); /* all but the first, which has been */
}

static void a_rule_that_cannot_be_followed_is_refused(void **state)
{
    static const char *const rules[] = { "", "FREQ=HOURLY", "FREQ=WEEKLY;BYDAY=MO", "nonsense" };
    struct circle *c = *state;
    struct audit_who who;
    struct planner p = visit_planner(c, &who);
    size_t made;
    struct err err;

    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        struct visit_series s = { .plan = visit_plan_of(c, 2026, 3, 5, 14), .rule = rules[i] };
        CLEANUP(db_tx_done) struct db_tx tx = { 0 };

        HELP_OK(db_begin(c->g.h.db, &tx, &err));
        if (planner_add_series(&p, &s, NULL, 0, &made, &err) != RC_INPUT)
            fail_msg("rule %s", rules[i]);
    }
}

/* The database moved to a machine with other zone rules: the local time is what was promised. */
static void the_instant_follows_the_local_time(void **state)
{
    struct circle *c = *state;
    const struct visit_plan plan = visit_plan_of(c, 2026, 3, 12, 14);
    struct visit v = visit_planned(c, &plan), now;

    help_raw(&c->g.h, "UPDATE visit SET start_ms = start_ms + 3600000");
    circle_pass(c, MS_DAY + MS_HOUR);
    now = visit_now(c, &v);
    assert_int_equal(now.start_ms, v.start_ms);
    assert_int_equal(now.version, 2); /* and people are told */
}

/* ---- who came ---- */

static void seat(struct circle *c, const struct visit *v, const struct membership *m, enum visit_answer answer)
{
    struct visit_seat s = { .visit = v->id, .person = m->person, .membership = m->id, .part = VISIT_MEMBER };
    struct err err;

    HELP_OK(visit_seat_add(&c->g.gate.store, &s, &err));
    s.answer = answer;
    s.answer_start_ms = v->start_ms;
    HELP_OK(visit_seat_change(&c->g.gate.store, &s, &err));
}

static void who_came_is_only_added_to(void **state)
{
    struct circle *c = *state;
    const struct visit_plan plan = visit_plan_of(c, 2026, 3, 5, 14);
    struct visit v = visit_planned(c, &plan);
    const struct audit_who who = { AUDIT_STAFF, c->ana.v, AUDIT_WAY_CLI };
    struct attending a = { .who = &who, .source = ATTENDANCE_BY_CLI };
    struct attending_mark *marks;
    struct roster r;
    struct err err;

    CIRCLE_TX(c, (seat(c, &v, &c->maria, VISIT_YES), seat(c, &v, &c->rose, VISIT_YES), seat(c, &v, &c->sam, VISIT_NO)));
    HELP_OK(roster_read(&c->g.gate, &v, c->mem, &r, &err));
    assert_true(r.members == 3 && r.lines[0].number == 1 && r.lines[0].seat.person.v == c->maria.person.v);
    HELP_OK(attending_read(&r, "Hi Ana, all but 1 and 3. Thanks!", NULL, c->mem, &marks, &a.n, &err));
    assert_true(a.n == 1 && marks[0].person.v == c->rose.person.v);
    a.came = marks;
    CIRCLE_TX(c, assert_int_equal(attending_mark(&c->g.gate, &v, &a, &err), RC_INPUT)); /* it has not begun */
    home_set_time(c->home, v.start_ms + MS_HOUR);
    CIRCLE_TX(c, HELP_OK(attending_mark(&c->g.gate, &v, &a, &err)));
    HELP_OK(attending_read(&r, "1", NULL, c->mem, &marks, &a.n, &err));
    a.came = marks;
    CIRCLE_TX(c, HELP_OK(attending_mark(&c->g.gate, &v, &a, &err))); /* it was Maria after all */
    HELP_OK(roster_read(&c->g.gate, &v, c->mem, &r, &err));
    assert_int_equal(r.lines[0].attendance->state, ATTENDANCE_CAME);
    assert_int_equal(r.lines[1].attendance->state, ATTENDANCE_MISSED);
    assert_null(r.lines[2].attendance); /* she had said no */
    assert_int_equal(circle_count(c, "SELECT count(*) FROM attendance"), 4);
    assert_int_equal(audited(c, AUDIT_ATTENDANCE_MARKED), 2);
}

/* Who said no, who waits and who left came only where staff say their number: "all" goes to billing. */
static void all_is_who_may_have_come(void **state)
{
    static const struct visit_seat seats[] = {
        { .person = { 1 }, .state = VISIT_SEAT_INVITED, .answer = VISIT_YES, .place = VISIT_HAS_PLACE },
        { .person = { 2 }, .state = VISIT_SEAT_INVITED, .answer = VISIT_NO },
        { .person = { 3 }, .state = VISIT_SEAT_INVITED, .answer = VISIT_YES, .place = VISIT_WAITS },
        { .person = { 4 }, .state = VISIT_SEAT_BACK, .answer = VISIT_YES, .place = VISIT_HAS_PLACE },
        { .person = { 5 }, .state = VISIT_SEAT_INVITED },
        { .person = { 6 }, .state = VISIT_SEAT_INVITED, .answer = VISIT_YES, .place = VISIT_OFFERED },
    };
    static const char *const rows[][2] = { { "all", "100010" },
                                           { "all but 1", "000010" },
                                           { "all but 2", "100010" },
                                           { "2 3", "011000" },
                                           { "1-6", "111111" } };
    struct circle *c = *state;
    struct roster r = { .n = COUNT_OF(seats), .members = COUNT_OF(seats) };
    const struct roster nobody = { .n = 0 };
    struct attending_mark *marks;
    struct err err;
    size_t n;

    r.lines = arena_array(c->mem, r.n, sizeof *r.lines);
    for (size_t i = 0; i < r.n; i++)
        r.lines[i] = (struct roster_line){ .number = (int64_t)i + 1, .seat = seats[i] };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char came[] = "000000";

        HELP_OK(attending_read(&r, rows[i][0], NULL, c->mem, &marks, &n, &err));
        for (size_t k = 0; k < n; k++)
            came[marks[k].person.v - 1] = '1';
        assert_string_equal(came, rows[i][1]);
    }
    assert_int_equal(attending_read(&nobody, "1", NULL, c->mem, &marks, &n, &err), RC_INPUT);
    assert_non_null(strstr(err.msg, "nobody was asked"));
    HELP_OK(attending_read(&nobody, "none", NULL, c->mem, &marks, &n, &err));
}

static void lists_of_numbers(void **state)
{
    static const struct {
        const char *text, *came; /* NULL: refused */
    } rows[] = { { "1 2 5", "11001" },
                 { "1, 2 and 5", "11001" },
                 { "2-4", "01110" },
                 { "all", "11111" },
                 { "All but 3", "11011" },
                 { "everyone except 1 and 2.", "00111" },
                 { "todos menos 4", "11101" },
                 { "none", "00000" },
                 { "nadie", "00000" },
                 { "1 6", NULL },
                 { "0", NULL },
                 { "4-2", NULL },
                 { "all but Rose", NULL },
                 { "1 2 and Rose came late", NULL },
                 { "", NULL } };
    struct circle *c = *state;
    struct roster r = { .n = 5, .members = 5 };
    struct err err;

    r.lines = arena_array(c->mem, 5, sizeof *r.lines);
    for (int64_t i = 0; i < 5; i++)
        r.lines[i] =
            (struct roster_line){ .number = i + 1, .seat = { .person = { i + 1 }, .state = VISIT_SEAT_INVITED } };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct attending_mark *marks = NULL;
        char came[] = "00000";
        size_t n = 0;
        const enum rc rc = attending_read(&r, rows[i].text, NULL, c->mem, &marks, &n, &err);

        for (size_t k = 0; !rc && k < n; k++)
            came[marks[k].person.v - 1] = '1';
        if (rows[i].came ? rc || strcmp(came, rows[i].came) : rc != RC_INPUT)
            fail_msg("%s: %s", rows[i].text, rc ? err.msg : came);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_visit_is_kept_as_planned),
        TEST(what_cannot_be_is_refused),
        TEST(what_is_unwise_is_said),
        TEST(an_hour_that_is_not_and_a_tag_of_nobody_are_said),
        TEST(slips_of_dates_are_said),
        TEST(an_hour_that_is_not_there_or_comes_twice_is_said),
        TEST(a_visit_is_moved_and_cancelled_once),
        TEST(one_that_has_been_can_be_attended),
        TEST(one_that_has_begun_is_not_cancelled),
        TEST(every_date_of_a_series_is_looked_at),
        TEST(a_series_is_made_ahead_and_keeps_its_hour),
        TEST(a_rule_that_cannot_be_followed_is_refused),
        TEST(the_instant_follows_the_local_time),
        TEST(who_came_is_only_added_to),
        TEST(all_is_who_may_have_come),
        TEST(lists_of_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
