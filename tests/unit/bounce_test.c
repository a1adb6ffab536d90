/* A letter that came back marks its delivery and is told; only letters that come back on three days end it, and no stranger's report counts. */
#include "circle_help.h"

#include "gateway/daily_mail.h"

static int start(void **state)
{
    static struct circle c;

    circle_start(&c);
    *state = &c;
    return 0;
}

static int stop(void **state)
{
    circle_stop(*state);
    return 0;
}

struct came_back {
    const char *to;          /* the envelope sender of the letter that came back */
    const char *return_path; /* with angle brackets */
    const char *action, *status;
};

static void report(struct circle *c, const struct came_back *b)
{
    const char *raw =
        arena_printf(c->mem,
                     "Received: from a by mx.example.org; Tue, 3 Mar 2026 10:00:00 -0500\r\n"
                     "Return-Path: %s\r\nFrom: MAILER-DAEMON@example.net\r\nTo: %s\r\nSubject: Undelivered\r\n"
                     "Message-ID: <b%d@example.net>\r\nMIME-Version: 1.0\r\n"
                     "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
                     "--b\r\n\r\nIt failed.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
                     "Reporting-MTA: dns; mx.example.net\r\n\r\n"
                     "Final-Recipient: rfc822; rose@example.net\r\nAction: %s\r\nStatus: %s\r\n\r\n--b--\r\n",
                     b->return_path, b->to, ++c->letters, b->action, b->status);

    circle_arrive(c, b->to, raw, strlen(raw));
    circle_run(c);
    assert_int_equal(circle_outcome(c), OUTCOME_REPORT);
}

static int64_t failed(struct circle *c)
{
    return circle_count(c, "SELECT count(*) FROM delivery WHERE state = 5");
}

/* What Rose gets on a new day; the envelope sender of it. */
static const char *a_letter(struct circle *c)
{
    circle_published(c, c->maria, arena_printf(c->mem, "Soup of day %d.", ++c->letters));
    circle_listen(c);
    circle_pass(c, MS_DAY);
    assert_non_null(circle_since(c, ROSE, "letter"));
    return circle_since(c, ROSE, "letter")->sender;
}

static void it_marks_its_delivery_and_staff_hear_once(void **state)
{
    struct circle *c = *state;
    const char *to = a_letter(c);

    report(c, &(struct came_back){ to, "<>", "failed", "5.1.1" });
    assert_int_equal(failed(c), 1);
    assert_int_equal(circle_said(c, ANA, "does not get through"), 1);
    report(c, &(struct came_back){ to, "<>", "failed", "5.1.1" }); /* once per delivery */
    assert_int_equal(failed(c), 1);
    assert_int_equal(circle_said(c, ANA, "does not get through"), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM suppression"), 0);
    assert_int_equal(circle_said(c, "MAILER-DAEMON@example.net", ""), 0);
}

static void what_proves_nothing_marks_nothing(void **state)
{
    struct circle *c = *state;
    const char *to = a_letter(c);

    report(c, &(struct came_back){ to, "<rose@example.net>", "failed", "5.1.1" }); /* a person's mail */
    report(c, &(struct came_back){ to, "<>", "delayed", "4.4.1" });
    report(c, &(struct came_back){ GROUP, "<>", "failed", "5.1.1" }); /* about nothing */
    assert_int_equal(failed(c), 0);
    circle_pass(c, 8 * MS_DAY); /* too late */
    report(c, &(struct came_back){ to, "<>", "failed", "5.1.1" });
    assert_int_equal(failed(c), 0);
    assert_int_equal(circle_said(c, ANA, "does not get through"), 0);
}

static void two_probes_decide(void **state)
{
    struct circle *c = *state;

    for (int day = 1; day <= 3; day++) {
        assert_int_equal(circle_count(c, "SELECT count(*) FROM suppression"), 0);
        report(c, &(struct came_back){ a_letter(c), "<>", "failed", "5.1.1" });
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
        report(c, &(struct came_back){ a_letter(c), "<>", "failed", "5.1.1" });
    assert_int_equal(circle_count(c, "SELECT count(*) FROM suppression"), 1);
}

static void who_writes_again_is_written_to_again(void **state)
{
    struct circle *c = *state;

    suspend_rose(c);
    circle_write(c, ROSE, GROUP, "x", "HELP", PASS);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM suppression"), 0);
    assert_int_equal(circle_said(c, ANA, "Mail to Rose goes out again"), 1);
    assert_non_null(a_letter(c));
    /* what came back before counts no more: one report suspends nobody */
    report(c, &(struct came_back){ a_letter(c), "<>", "failed", "5.1.1" });
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

    a_letter(c);
    circle_listen(c);
    for (int i = 0; i < 4; i++) {
        const char *const words[] = { "HELP", "RULES", "INFO", "STATUS" };
        circle_write(c, ROSE, GROUP, "x", words[i], PASS);
    }
    help_raw(&c->g.h, "UPDATE delivery SET state = 5, code = NULL, status_code = '5.1.1' WHERE state = 4");
    report(c, &(struct came_back){ a_letter(c), "<>", "failed", "5.1.1" });
    assert_int_equal(circle_count(c, "SELECT count(*) FROM suppression"), 0);
}

static void a_full_mailbox_never_suspends(void **state)
{
    struct circle *c = *state;

    for (int day = 1; day <= 4; day++)
        report(c, &(struct came_back){ a_letter(c), "<>", "failed", "5.2.2" });
    assert_int_equal(failed(c), 4);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM suppression"), 0);
}

/* Five more patients; letters to four people of the group come back within an hour. */
static void crowd(struct circle *c)
{
    static const char *const names[] = { "Ada", "Bea", "Cleo", "Dora", "Ezra" };

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *email = arena_printf(c->mem, "p%zu@example.net", i);
        struct err err;
        struct person p = { .kind = PERSON_PATIENT,
                            .state = PERSON_ACTIVE,
                            .language = LANGUAGE_ENGLISH,
                            .format = FORMAT_NORMAL,
                            .name = names[i] };
        struct address a = { .kind = ADDRESS_EMAIL, .state = ADDRESS_PROVED, .value = email };

        CIRCLE_TX(c, HELP_OK(person_add(&c->g.gate.store, &p, &err)));
        CIRCLE_TX(c, HELP_OK(address_add(&c->g.gate.store, &a, &err)));
        CIRCLE_TX(c, HELP_OK(person_link_address(&c->g.gate.store, p.id, a.id, 1, &err)));
        CIRCLE_TX(c, circle_seat(c, p.id, email, names[i]));
    }
}

static void crowd_reports(struct circle *c, int from, int to)
{
    for (int i = from; i < to; i++) {
        const struct mail *m = circle_since(c, arena_printf(c->mem, "p%d@example.net", i), "letter");

        assert_non_null(m);
        report(c, &(struct came_back){ m->sender, "<>", "failed", "5.1.1" });
    }
}

static int64_t put_off(struct circle *c)
{
    return circle_count(c, "SELECT count(*) FROM delivery WHERE state = 1 AND due_ms > 4503599627370496");
}

static void many_at_once_are_a_server_and_nobody_is_touched(void **state)
{
    struct circle *c = *state;

    crowd(c);
    a_letter(c);
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

    crowd(c);
    a_letter(c);
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

/* The report came four days after its letter: it is news on the morning after the report, and in WHO from then on. */
static void the_daily_mail_and_who_tell_it(void **state)
{
    struct circle *c = *state;
    const char *to;
    struct err err;

    CIRCLE_TX(c, HELP_OK(daily_mail_begin(&c->g.gate, &err)));
    to = a_letter(c);                          /* sent on Wednesday */
    circle_pass(c, 3 * MS_DAY - 12 * MS_HOUR); /* Friday */
    report(c, &(struct came_back){ to, "<>", "failed", "5.1.1" });
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_marks_its_delivery_and_staff_hear_once),
        TEST(what_proves_nothing_marks_nothing),
        TEST(two_probes_decide),
        TEST(who_writes_again_is_written_to_again),
        TEST(a_forger_lifts_nothing),
        TEST(stop_is_not_lifted),
        TEST(many_reports_of_one_day_are_one_probe),
        TEST(a_full_mailbox_never_suspends),
        TEST(many_at_once_are_a_server_and_nobody_is_touched),
        TEST(resume_lets_them_go),
        TEST(the_daily_mail_and_who_tell_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
