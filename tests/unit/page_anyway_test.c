/* Words of danger in a letter that is something else: staff are paged all the same. The refusals proper: sort_order_test, one named row each. */
#include "circle_help.h"

#include <errno.h>
#include <sys/stat.h>

#define CRISIS "I want to kill myself tonight."

static void is_paged(struct circle *c, enum letter_outcome outcome)
{
    assert_int_equal(circle_outcome(c), outcome);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 1);
    assert_non_null(circle_mail(c, ANA, "please claim"));
    assert_int_equal(circle_new(c, SAM), 0);
}

static void beside_a_stop(void **state)
{
    struct circle *c = *state;

    circle_listen(c);
    circle_write(c, ROSE, GROUP, CRISIS, "STOP", PASS);
    is_paged(c, OUTCOME_COMMAND);
}

static void in_an_answer_to_ask(void **state)
{
    struct circle *c = *state;

    circle_write(c, ROSE, GROUP, "Walk", "We walked with a doctor.", PASS);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "ASK: Which doctor?", PASS);
    circle_listen(c);
    circle_reply(c, circle_mail(c, ROSE, "a question"), ROSE, "It does not matter. " CRISIS, PASS);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 1);
    assert_non_null(circle_mail(c, ANA, "please claim"));
    assert_int_equal(circle_new(c, SAM), 0);
}

/* A calendar's yes or no has a line for a comment, and nobody reads it there. */
static void in_the_comment_of_a_calendar_answer(void **state)
{
    static const char raw[] =
        "Authentication-Results: mx.example.org; dmarc=pass header.from=example.net\r\n"
        "Received: from out.example.net by mx.example.org; Tue, 3 Mar 2026 10:00:00 -0500\r\n"
        "From: <" ROSE ">\r\nTo: <" GROUP ">\r\nSubject: Declined: Visit\r\nMessage-ID: <rsvp@example.net>\r\n"
        "Date: Tue, 3 Mar 2026 10:00:00 -0500\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/calendar; charset=utf-8; method=REPLY\r\n\r\n"
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:v1@example.net\r\n"
        "DTSTAMP:20260303T020000Z\r\nDTSTART:20260324T180000Z\r\nSEQUENCE:2\r\nORGANIZER:mailto:" GROUP "\r\n"
        "ATTENDEE;PARTSTAT=DECLINED:mailto:" ROSE "\r\nCOMMENT:" CRISIS "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    struct circle *c = *state;

    circle_listen(c);
    circle_arrive(c, GROUP, raw, sizeof raw - 1);
    circle_run(c);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 1);
    assert_non_null(circle_mail(c, ANA, "please claim"));
}

static void arrive(struct circle *c, const char *type, const char *body)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    const char *const raw =
        arena_printf(mem,
                     "Authentication-Results: mx.example.org; dmarc=pass header.from=example.net\r\n"
                     "Received: from out.example.net by mx.example.org; Tue, 3 Mar 2026 10:00:00 -0500\r\n"
                     "From: <" ROSE ">\r\nTo: <" GROUP ">\r\nSubject: A walk\r\nMessage-ID: <%zu@example.net>\r\n"
                     "Date: Tue, 3 Mar 2026 10:00:00 -0500\r\nMIME-Version: 1.0\r\nContent-Type: %s\r\n\r\n%s",
                     strlen(body), type, body);

    circle_arrive(c, GROUP, raw, strlen(raw));
    circle_run(c);
}

/* Whatever hides it, the words are read: what the reader sees is not all that was written. */
static void in_words_that_html_hides(void **state)
{
    static const char *const styles[] = {
        "display:none", "visibility:hidden", "color:#fff;background:#ffffff", "font-size:0",
        "opacity:0",    "mso-hide:all",      "max-height:0;overflow:hidden"
    };
    struct circle *c = *state;
    CLEANUP(arena_free) struct arena *mem = arena_new("t");

    circle_listen(c);
    for (size_t i = 0; i < COUNT_OF(styles); i++) {
        const int64_t before = circle_count(c, "SELECT count(*) FROM letter WHERE tier < 2");

        arrive(c, "text/html; charset=utf-8",
               arena_printf(mem, "<p>We walked %zu miles and had soup.</p><div style='%s'>" CRISIS "</div>", i + 2,
                            styles[i]));
        if (circle_count(c, "SELECT count(*) FROM letter WHERE tier < 2") != before + 1)
            fail_msg("%s", styles[i]);
    }
    assert_non_null(circle_mail(c, ANA, "please claim"));
}

static void in_the_name_of_a_file(void **state)
{
    struct circle *c = *state;

    circle_listen(c);
    arrive(c, "multipart/mixed; boundary=b",
           "--b\r\nContent-Type: text/plain\r\n\r\nWe walked two miles and had soup.\r\n--b\r\n"
           "Content-Type: image/jpeg\r\nContent-Disposition: attachment; "
           "filename=\"i_want_to_kill_myself_tonight.jpg\"\r\n\r\n"
           "x\r\n--b--\r\n");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM letter WHERE tier < 2"), 1);
    assert_non_null(circle_mail(c, ANA, "please claim"));
    assert_int_equal(circle_new(c, SAM), 0);
}

/* "It has not gone to the group", it says: what answers it does not either, whatever the client makes of its address. */
static void what_answers_an_acknowledgement_goes_to_staff_alone(void **state)
{
    struct circle *c = *state;
    struct mail ack;

    circle_write(c, ROSE, GROUP, "Low", CRISIS, PASS);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 1);
    assert_non_null(circle_mail(c, ROSE, "we got your message"));
    ack = *circle_mail(c, ROSE, "we got your message");
    for (int i = 0; i < 2; i++) {
        const int64_t before = circle_count(c, "SELECT count(*) FROM post");

        ack.reply_to = i ? GROUP : ack.reply_to; /* typed by hand: its In-Reply-To still tells */
        circle_listen(c);
        circle_reply(c, &ack, ROSE, i ? "I am with my neighbour now." : "Thank you, I called my sister.", PASS);
        assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), before);
        assert_true(circle_said(c, ANA, i ? "with my neighbour now" : "called my sister") > 0);
        assert_int_equal(circle_new(c, SAM), 0);
    }
    circle_reply(c, &ack, ROSE, CRISIS, PASS); /* and is looked at for danger like any */
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 2);
    circle_reply(c, &ack, ROSE, "I called my sister.", FORGED);
    assert_int_equal(circle_outcome(c), OUTCOME_UNVERIFIED);
}

/* "Thanks Maria" is no flag; what the chart calls somebody is, and the moderator sees the words. */
static void a_name_of_the_chart_is_shown_to_the_moderator(void **state)
{
    struct circle *c = *state;
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    struct person person;
    struct err err;

    HELP_OK(person_get(&c->g.gate.store, c->rose.person, mem, &person, &err));
    person.name = arena_printf(mem, "%s Abernathy", person.name);
    CIRCLE_TX(c, HELP_OK(person_change(&c->g.gate.store, &person, &err)));
    circle_write(c, SAM, GROUP, "Thanks", arena_printf(mem, "Thanks %s, that helped me.", c->rose.name), PASS);
    assert_int_equal(circle_waiting(c, "helped").flags & POST_FLAG_NAME, 0);
    circle_listen(c);
    circle_write(c, SAM, GROUP, "School", "I was at school with an Abernathy.", PASS);
    assert_int_equal(circle_waiting(c, "school").flags & POST_FLAG_NAME, POST_FLAG_NAME);
    circle_has(circle_since(c, ANA, "waits"), "A full name");
}

/* Staff hear of lists that are others than before, once; a first start is no change. */
static void a_change_of_the_lists_is_told(void **state)
{
    struct circle *c = *state;
    struct sorter sorter = { .gate = &c->g.gate, .sandbox = c->sandbox, .lexicon = c->lexicon };
    static const char *const hashes[] = { "0000000000000001", "0000000000000001", "0000000000000002",
                                          "0000000000000002" };
    struct err err;
    size_t did;

    circle_listen(c);
    for (size_t i = 0; i < COUNT_OF(hashes); i++) {
        sorter.lists = hashes[i];
        HELP_OK(sort_run(&sorter, 1, &did, &err));
        circle_run(c);
        assert_int_equal(circle_said(c, ANA, "word lists have changed"), i >= 2);
    }
}

static void write_own(struct circle *c, const char *words)
{
    const char *const folder = arena_printf(c->mem, "%s/templates", c->g.gate.home->path);
    FILE *f;

    if (mkdir(folder, 0700))
        assert_int_equal(errno, EEXIST);
    if (mkdir(arena_printf(c->mem, "%s/en", folder), 0700))
        assert_int_equal(errno, EEXIST);
    f = fopen(arena_printf(c->mem, "%s/en/crisis_ack.md", folder), "w");
    assert_non_null(f);
    fputs(words, f);
    assert_int_equal(fclose(f), 0);
}

/* What a person in danger reads is changed before everybody's eyes. */
static void a_change_of_what_answers_danger_is_told(void **state)
{
    struct circle *c = *state;

    circle_write(c, MARIA, GROUP, "Soup", "I made lentil soup today.", PASS);
    circle_listen(c);
    for (int i = 0; i < 3; i++) {
        if (i)
            write_own(c, i == 1 ? "subject: We got it\n\nCall us.\n" : "subject: We got it\n\nWait.\n");
        for (int twice = 0; twice < 2; twice++)
            circle_run(c);
        assert_int_equal(circle_said(c, ANA, "for people in danger have changed"), i);
    }
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 65"), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(beside_a_stop, circle_setup, circle_teardown),
        cmocka_unit_test_setup_teardown(in_an_answer_to_ask, circle_setup, circle_teardown),
        cmocka_unit_test_setup_teardown(in_the_comment_of_a_calendar_answer, circle_setup, circle_teardown),
        cmocka_unit_test_setup_teardown(in_words_that_html_hides, circle_setup, circle_teardown),
        cmocka_unit_test_setup_teardown(in_the_name_of_a_file, circle_setup, circle_teardown),
        cmocka_unit_test_setup_teardown(what_answers_an_acknowledgement_goes_to_staff_alone, circle_setup,
                                        circle_teardown),
        cmocka_unit_test_setup_teardown(a_name_of_the_chart_is_shown_to_the_moderator, circle_setup, circle_teardown),
        cmocka_unit_test_setup_teardown(a_change_of_the_lists_is_told, circle_setup, circle_teardown),
        cmocka_unit_test_setup_teardown(a_change_of_what_answers_danger_is_told, circle_setup, circle_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
