/* The private calendar of a staff member: what it shows, to whom, and until when. */
#include "visit_help.h"

#include "base/token.h"
#include "gateway/visit/staff_calendar.h"
#include "schedules/feed.h"

static const struct audit_who cli = { AUDIT_OPERATOR, 0, AUDIT_WAY_CLI };

/* The token of Ana's link, after the URL was looked at. */
static const char *link_of(struct circle *c, const char **ret_url)
{
    struct practice_id practice;
    const char *url = NULL, *token = NULL;
    struct err err;

    c->g.gate.facts.public_url = "https://groups.example.org";
    CIRCLE_TX(c, HELP_OK(staff_calendar_open(&c->g.gate, &cli, c->ana, c->mem, &url, &err)));
    assert_true(text_starts(url, "https://groups.example.org/calendar/"));
    assert_true(staff_calendar_path(url + strlen("https://groups.example.org"), &practice, &token));
    assert_int_equal(practice.v, c->g.gate.store.practice.v);
    *ret_url = url;
    return token;
}

static char *read_with(struct circle *c, const char *token)
{
    char *text = NULL;
    struct err err;

    HELP_OK(staff_calendar_read(&c->g.gate, token, c->mem, &text, &err));
    return text;
}

static enum rc rc_with(struct circle *c, const char *token)
{
    char *text = NULL;
    struct err err = { .rc = RC_OK };

    return staff_calendar_read(&c->g.gate, token, c->mem, &text, &err);
}

static void shows_visits_and_nobodys_name(void **state)
{
    struct circle *c = *state;
    const struct visit_plan plan = visit_plan_of(c, 2026, 3, 5, 14);
    struct visit v = visit_planned(c, &plan);
    const char *url, *token = link_of(c, &url), *again;
    char *text = read_with(c, token);
    struct planner planner;
    struct audit_who who;
    struct err err;

    assert_non_null(strstr(text, "METHOD:PUBLISH\r\n"));
    assert_non_null(strstr(text, "DTSTART:20260305T190000Z\r\n"));
    assert_non_null(strstr(text, "DTEND:20260305T200000Z\r\n"));
    assert_non_null(strstr(text, "SEQUENCE:0\r\n"));
    assert_non_null(strstr(text, "STATUS:CONFIRMED\r\n"));
    assert_non_null(strstr(text, "LOCATION:" VISIT_LINK "\r\n"));
    assert_null(strstr(text, "Eating out")); /* the neutral title alone */
    assert_null(strstr(text, "ATTENDEE"));
    assert_null(strstr(text, "Rose"));
    assert_null(strstr(text, "rose@"));
    link_of(c, &again);
    assert_string_equal(again, url); /* the same link when asked again */
    planner = visit_planner(c, &who);
    CIRCLE_TX(c, HELP_OK(planner_cancel(&planner, &v, &err)));
    text = read_with(c, token);
    assert_non_null(strstr(text, "STATUS:CANCELLED\r\n"));
    assert_null(strstr(text, "SEQUENCE:0\r\n"));
}

static void opens_to_its_link_alone(void **state)
{
    struct circle *c = *state;
    struct practice_id practice;
    const char *url, *token = link_of(c, &url), *t;
    char forged[TOKEN_SIZE + 4], other[TOKEN_SIZE];

    snprintf(forged, sizeof forged, "%s", token);
    forged[5] = forged[5] == 'a' ? 'b' : 'a';
    assert_int_equal(rc_with(c, forged), RC_NOT_FOUND);
    token_write(c->g.gate.store.ring, &(struct token){ .purpose = TOKEN_FEED, .row_id = 12345 }, other);
    assert_int_equal(rc_with(c, other), RC_NOT_FOUND); /* ours, of no row */
    token_write(c->g.gate.store.ring, &(struct token){ .purpose = TOKEN_REPLY, .row_id = 12345 }, other);
    assert_int_equal(rc_with(c, other), RC_NOT_FOUND); /* for another purpose */
    assert_false(staff_calendar_path("/calendar/1/", &practice, &t));
    assert_false(staff_calendar_path("/calendar/x/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.ics", &practice, &t));
    assert_false(staff_calendar_path("/calendar/1/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.icsx", &practice, &t));
    assert_false(staff_calendar_path("/calendar/99999999999999999999999999/a.ics", &practice, &t));
    assert_true(staff_calendar_path("/calendar/1/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.ics", &practice, &t));
}

static void is_taken_back(void **state)
{
    struct circle *c = *state;
    const char *url, *token = link_of(c, &url), *second;
    struct person ana;
    struct err err;

    CIRCLE_TX(c, HELP_OK(staff_calendar_end(&c->g.gate, &cli, c->ana, &err)));
    assert_int_equal(rc_with(c, token), RC_NOT_FOUND);
    second = link_of(c, &url);
    assert_string_not_equal(second, token);
    assert_int_equal(rc_with(c, token), RC_NOT_FOUND);
    assert_int_equal(rc_with(c, second), RC_OK);
    HELP_OK(person_get(&c->g.gate.store, c->ana, c->mem, &ana, &err));
    ana.state = PERSON_GONE;
    CIRCLE_TX(c, HELP_OK(person_change(&c->g.gate.store, &ana, &err)));
    assert_int_equal(rc_with(c, second), RC_NOT_FOUND); /* who has left sees nothing more */
}

static void every_value_is_written_as_text(void **state)
{
    struct circle *c = *state;
    const struct feed_visit v = { .uid = "abcdefghijklmnopqrstuvwxyz234567@example.org",
                                  .start_ms = INT64_C(1772737200000),
                                  .end_ms = INT64_C(1772740800000),
                                  .title = "A, B; C\nATTENDEE:mailto:x@example.org",
                                  .words = "one\ntwo\r\nBEGIN:VALARM",
                                  .link = "" };
    const struct feed_visit nameless = { .uid = v.uid, .title = " ", .words = "", .link = "" };
    char *text = NULL;
    struct err err;

    HELP_OK(feed_write("Lake, Inc.; West", &v, 1, c->mem, &text, &err));
    assert_non_null(strstr(text, "NAME:Lake\\, Inc.\\; West\r\n"));
    assert_null(strstr(text, "\nATTENDEE"));
    assert_null(strstr(text, "\nBEGIN:VALARM"));
    assert_int_equal(feed_write("Lake", &nameless, 1, c->mem, &text, &err), RC_INPUT);
    assert_int_equal(feed_write("Lake", NULL, FEED_VISITS_MAX + 1, c->mem, &text, &err), RC_LIMIT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(shows_visits_and_nobodys_name),
        TEST(opens_to_its_link_alone),
        TEST(is_taken_back),
        TEST(every_value_is_written_as_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
