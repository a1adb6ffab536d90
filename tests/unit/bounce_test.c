/* A letter that came back marks its delivery and is told; only letters that come back on three days end it, and no stranger's report counts. */
#include "bounce_help.h"

#include "gateway/people/daily_mail.h"

static int64_t failed(struct circle *c)
{
    return circle_count(c, "SELECT count(*) FROM delivery WHERE state = 5");
}

static void it_marks_its_delivery_and_staff_hear_once(void **state)
{
    struct circle *c = *state;
    const char *to = bounce_letter(c);

    bounce_report(c, &(struct came_back){ to, "<>", "failed", "5.1.1" });
    assert_int_equal(failed(c), 1);
    assert_int_equal(circle_said(c, ANA, "does not get through"), 1);
    bounce_report(c, &(struct came_back){ to, "<>", "failed", "5.1.1" }); /* once per delivery */
    assert_int_equal(failed(c), 1);
    assert_int_equal(circle_said(c, ANA, "does not get through"), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM suppression"), 0);
    assert_int_equal(circle_said(c, "MAILER-DAEMON@example.net", ""), 0);
}

static void what_proves_nothing_marks_nothing(void **state)
{
    struct circle *c = *state;
    const char *to = bounce_letter(c);

    bounce_report(c, &(struct came_back){ to, "<rose@example.net>", "failed", "5.1.1" }); /* a person's mail */
    bounce_report(c, &(struct came_back){ to, "<>", "delayed", "4.4.1" });
    bounce_report(c, &(struct came_back){ GROUP, "<>", "failed", "5.1.1" }); /* about nothing */
    assert_int_equal(failed(c), 0);
    circle_pass(c, 8 * MS_DAY); /* too late */
    bounce_report(c, &(struct came_back){ to, "<>", "failed", "5.1.1" });
    assert_int_equal(failed(c), 0);
    assert_int_equal(circle_said(c, ANA, "does not get through"), 0);
}

/* Postfix's pipe and LMTP write no Return-Path: the transport tells the envelope. What it tells stands above what the letter says of itself. */
static void the_envelope_tells_a_report(void **state)
{
    struct circle *c = *state;
    const char *to = bounce_letter(c);

    bounce_report(c, &(struct came_back){ to, "", "failed", "5.1.1" }); /* nobody says what it is */
    c->envelope_from = "rose@example.net";
    bounce_report(c, &(struct came_back){ to, "<>", "failed", "5.1.1" }); /* it says so itself */
    assert_int_equal(failed(c), 0);
    c->envelope_from = "";
    bounce_report(c, &(struct came_back){ to, "", "failed", "5.1.1" });
    assert_int_equal(failed(c), 1);
}

static void two_probes_decide(void **state)
{
    struct circle *c = *state;

    for (int day = 1; day <= 3; day++) {
        assert_int_equal(circle_count(c, "SELECT count(*) FROM suppression"), 0);
        bounce_report(c, &(struct came_back){ bounce_letter(c), "<>", "failed", "5.1.1" });
    }
    assert_int_equal(circle_count(c, "SELECT count(*) FROM suppression"), 1);
    assert_int_equal(circle_said(c, ANA, "We stopped mail to Rose"), 1);
    circle_published(c, c->maria, "Soup again.");
    circle_listen(c);
    circle_pass(c, MS_DAY);
    assert_int_equal(circle_new(c, ROSE), 0);
    assert_true(circle_new(c, MARIA) > 0);
}

static void suspend_rose(struct circle *c)
{
    for (int day = 1; day <= 3; day++)
        bounce_report(c, &(struct came_back){ bounce_letter(c), "<>", "failed", "5.1.1" });
    assert_int_equal(circle_count(c, "SELECT count(*) FROM suppression"), 1);
}

static void who_writes_again_is_written_to_again(void **state)
{
    struct circle *c = *state;

    suspend_rose(c);
    circle_write(c, ROSE, GROUP, "x", "HELP", PASS);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM suppression"), 0);
    assert_int_equal(circle_said(c, ANA, "Mail to Rose goes out again"), 1);
    assert_non_null(bounce_letter(c));
    /* what came back before counts no more: one report suspends nobody */
    bounce_report(c, &(struct came_back){ bounce_letter(c), "<>", "failed", "5.1.1" });
    assert_int_equal(circle_count(c, "SELECT count(*) FROM suppression"), 0);
}

/* Anybody can write her address into From. */
static void a_forger_lifts_nothing(void **state)
{
    struct circle *c = *state;

    suspend_rose(c);
    circle_write(c, ROSE, GROUP, "x", "I am back.", FORGED);
    circle_write(c, MARIA, GROUP, "x", "Rose is back.", PASS);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM suppression"), 1);
    assert_int_equal(circle_said(c, ANA, "goes out again"), 0);
}

/* STOP is her word and stays. */
static void stop_is_not_lifted(void **state)
{
    struct circle *c = *state;

    circle_write(c, ROSE, GROUP, "x", "STOP", PASS);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM suppression"), 1);
    circle_write(c, ROSE, GROUP, "x", "Thank you for everything.", PASS);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM suppression"), 1);
}

/* A day with many letters is one day. */
static void many_reports_of_one_day_are_one_probe(void **state)
{
    struct circle *c = *state;

    bounce_letter(c);
    circle_listen(c);
    for (int i = 0; i < 4; i++) {
        const char *const words[] = { "HELP", "RULES", "INFO", "STATUS" };
        circle_write(c, ROSE, GROUP, "x", words[i], PASS);
    }
    help_raw(&c->g.h,
             "UPDATE delivery SET state = 5, code = NULL, status_code = '5.1.1', failed_ms = sent_ms WHERE state = 4");
    bounce_report(c, &(struct came_back){ bounce_letter(c), "<>", "failed", "5.1.1" });
    assert_int_equal(circle_count(c, "SELECT count(*) FROM suppression"), 0);
}

/* Whoever holds letters of three days can forge their reports in one minute. */
static void reports_that_come_at_once_are_one_probe(void **state)
{
    struct circle *c = *state;
    const char *const to[] = { bounce_letter(c), bounce_letter(c), bounce_letter(c) };

    for (size_t i = 0; i < COUNT_OF(to); i++)
        bounce_report(c, &(struct came_back){ to[i], "<>", "failed", "5.1.1" });
    assert_int_equal(failed(c), 3);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM suppression"), 0);
}

/* Three forged reports must not silence an alarm: the others come first, and the suspended one is tried too. */
static void a_page_tries_a_suspended_address(void **state)
{
    struct circle *c = *state;

    circle_listen(c);
    help_raw(&c->g.h, "INSERT INTO suppression (practice_id, address_id, reason, since_ms)"
                      " SELECT DISTINCT a.practice_id, a.address_id, 2, 1 FROM person_address a JOIN person p"
                      " ON p.practice_id = a.practice_id AND p.id = a.person_id WHERE p.kind = 2");
    assert_true(circle_count(c, "SELECT count(*) FROM suppression") > 0);
    circle_write(c, ROSE, GROUP, "x", "I want to kill myself tonight.", PASS);
    circle_pass(c, 2 * MS_HOUR);
    assert_true(circle_said(c, ANA, "Reply CLAIM") > 0);
}

/* Her letters are forwarded to a friend: what is printed in them makes no report. */
static void what_a_letter_shows_marks_nothing(void **state)
{
    struct circle *c = *state;

    for (int day = 1; day <= 3; day++) {
        const struct mail *m = bounce_mail(c);
        const char *item = strstr(m->text, "<tuesday+");

        assert_non_null(item);
        item = arena_strndup(c->mem, item + 1, strcspn(item + 1, ">"));
        bounce_report(c, &(struct came_back){ m->reply_to, "<>", "failed", "5.1.1" });
        bounce_report(c, &(struct came_back){ item, "<>", "failed", "5.1.1" });
        bounce_report(c, &(struct came_back){ GROUP, "<>", "failed", "5.1.1" }); /* who knows her address alone */
    }
    assert_int_equal(failed(c), 0);
    assert_int_equal(circle_said(c, ANA, "does not get through"), 0);
}

/* A letter that was passed on came back from there; and where the envelope is lost, hers are known by what is quoted. */
static void a_quoted_id_counts_for_the_address_that_we_wrote_to(void **state)
{
    struct circle *c = *state;
    const struct {
        const char *recipient;
        int64_t suspended;
    } cases[] = { { "friend@example.com", 0 }, { MARIA, 0 }, { "Rose@Example.net", 1 } };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (int day = 1; day <= 3; day++)
            bounce_report_of(c, &(struct came_back){ GROUP, "<>", "failed", "5.1.1" }, cases[i].recipient,
                             bounce_mail(c)->message_id);
        assert_int_equal(failed(c), 3 * ((int64_t)i + 1));
        assert_int_equal(circle_count(c, "SELECT count(*) FROM suppression"), cases[i].suspended);
    }
}

/* Forged or not: her letters arrive here, so her address is no dead one. */
static void who_writes_between_is_not_suspended(void **state)
{
    struct circle *c = *state;

    for (int day = 1; day <= 4; day++) {
        bounce_report(c, &(struct came_back){ bounce_letter(c), "<>", "failed", "5.1.1" });
        if (day == 2)
            circle_write(c, ROSE, GROUP, "x", "Good morning to all.", PASS);
    }
    assert_int_equal(failed(c), 4);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM suppression"), 0);
    bounce_report(c, &(struct came_back){ bounce_letter(c), "<>", "failed", "5.1.1" });
    assert_int_equal(circle_count(c, "SELECT count(*) FROM suppression"), 1);
}

/* No mail system has her address, proved: she wrote it, and staff read it. */
static void words_of_a_person_in_the_form_of_a_report_reach_staff(void **state)
{
    static const char form[] =
        "Authentication-Results: mx.example.org; dmarc=%s header.from=example.net\r\n"
        "Received: from a by mx.example.org; Tue, 3 Mar 2026 10:00:00 -0500\r\n"
        "Return-Path: %s\r\nFrom: <" ROSE ">\r\nTo: <" GROUP ">\r\nSubject: Look\r\nMessage-ID: <r%d@example.net>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; "
        "boundary=b\r\n\r\n--b\r\n\r\n"
        "Why did my letter to Walt come back?\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example.net\r\n\r\nFinal-Recipient: rfc822; walt@example.com\r\nAction: failed\r\n"
        "Status: 5.1.1\r\n\r\n--b--\r\n";
    static const struct {
        const char *verdict, *return_path;
        size_t told;
    } cases[] = { { "fail", "<" ROSE ">", 0 }, { "pass", "<>", 0 }, { "pass", "<" ROSE ">", 1 } };
    struct circle *c = *state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *raw = arena_printf(c->mem, form, cases[i].verdict, cases[i].return_path, (int)i);

        circle_arrive(c, GROUP, raw, strlen(raw));
        circle_run(c);
        assert_int_equal(circle_outcome(c), OUTCOME_REPORT);
        assert_int_equal(circle_said(c, ANA, "my letter to Walt"), cases[i].told);
    }
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 0);
}

static void a_full_mailbox_never_suspends(void **state)
{
    struct circle *c = *state;

    for (int day = 1; day <= 4; day++)
        bounce_report(c, &(struct came_back){ bounce_letter(c), "<>", "failed", "5.2.2" });
    assert_int_equal(failed(c), 4);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM suppression"), 0);
}

/* The report came four days after its letter: it is news on the morning after the report, and in WHO from then on. */
static void the_daily_mail_and_who_tell_it(void **state)
{
    struct circle *c = *state;
    const char *to;
    struct err err;

    CIRCLE_TX(c, HELP_OK(daily_mail_begin(&c->g.gate, &err)));
    to = bounce_letter(c);                     /* sent on Wednesday */
    circle_pass(c, 3 * MS_DAY - 12 * MS_HOUR); /* Friday */
    bounce_report(c, &(struct came_back){ to, "<>", "failed", "5.1.1" });
    circle_listen(c);
    circle_pass(c, 3 * MS_DAY); /* Monday morning */
    circle_has(circle_since(c, ANA, "your day"),
               "Mail to Rose in Tuesday Circle has come back since Wednesday, March 4. There is no such address");
    circle_lacks(circle_since(c, ANA, "your day"), "We do not write to them now");
    circle_reply(c, circle_mail(c, ANA, "your day"), ANA, "WHO", PASS);
    circle_has(circle_mail(c, ANA, "your answer"),
               "Rose, shown as Rose: mail has come back since Wednesday, March 4, no such address");
    circle_listen(c);
    circle_write(c, MARIA, GROUP, "Soup", "I made more soup.", PASS); /* something to say tomorrow */
    circle_pass(c, MS_DAY);
    circle_lacks(circle_since(c, ANA, "your day"), "has come back"); /* told once */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_marks_its_delivery_and_staff_hear_once),
        TEST(what_proves_nothing_marks_nothing),
        TEST(the_envelope_tells_a_report),
        TEST(two_probes_decide),
        TEST(who_writes_again_is_written_to_again),
        TEST(a_forger_lifts_nothing),
        TEST(stop_is_not_lifted),
        TEST(many_reports_of_one_day_are_one_probe),
        TEST(reports_that_come_at_once_are_one_probe),
        TEST(a_page_tries_a_suspended_address),
        TEST(what_a_letter_shows_marks_nothing),
        TEST(a_quoted_id_counts_for_the_address_that_we_wrote_to),
        TEST(who_writes_between_is_not_suspended),
        TEST(words_of_a_person_in_the_form_of_a_report_reach_staff),
        TEST(a_full_mailbox_never_suspends),
        TEST(the_daily_mail_and_who_tell_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
