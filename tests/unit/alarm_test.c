/* Alarms: who is called, who takes it, what they get to see, and what the writer hears (DESIGN.md section 1, promise 13). */
#include "circle_help.h"

#include "base/io.h"
#include "gateway/duty/test_page.h"
#include "store/page_call.h"

#include <sys/stat.h>

#define CRISIS "I want to kill myself tonight."

static const struct mail *paged(struct circle *c)
{
    circle_write(c, MARIA, GROUP, "Tonight", CRISIS, PASS);
    return circle_mail(c, ANA, "please claim");
}

static const struct mail *medical(struct circle *c)
{
    circle_write(c, MARIA, GROUP, "Help", "I have chest pain since this morning.", PASS);
    return circle_mail(c, ANA, "please claim");
}

static size_t pages_to(const struct circle *c, const char *to)
{
    size_t n = 0;

    for (size_t i = 0; i < c->mail_count; i++)
        n += !strcmp(c->mails[i].to, to) && strstr(c->mails[i].subject, "please claim");
    return n;
}

static void a_page_goes_to_the_first_on_duty_and_says_nothing_of_the_note(void **state)
{
    struct circle *c = *state;
    const struct mail *page = paged(c);

    circle_has(page, "possible");
    circle_has(page, "This is call 1");
    circle_has(page, "Next we call Lee Ames");
    circle_lacks(page, "kill");
    circle_lacks(page, "Maria");
    assert_int_equal(pages_to(c, LEE), 0);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 50"), 1);
}

/* Tier 0: again every 5 minutes, the next people at 10 and 20. */
static void calls_follow_their_clock(void **state)
{
    static const struct {
        size_t ana, lee, ida;
    } want[] = { { 1, 0, 0 }, { 2, 0, 0 }, { 3, 1, 0 }, { 4, 2, 0 }, { 5, 3, 1 }, { 6, 4, 2 } };
    struct circle *c = *state;
    struct person ida;
    struct err err;

    HELP_OK(person_get(&c->g.gate.store, c->ida, c->mem, &ida, &err));
    ida.duty_rank = 3;
    CIRCLE_TX(c, HELP_OK(person_change(&c->g.gate.store, &ida, &err)));
    paged(c);
    for (size_t i = 0; i < COUNT_OF(want); i++) {
        assert_int_equal(pages_to(c, ANA), want[i].ana);
        assert_int_equal(pages_to(c, LEE), want[i].lee);
        assert_int_equal(pages_to(c, IDA), want[i].ida);
        circle_pass(c, 4 * MS_MINUTE);
        assert_int_equal(pages_to(c, ANA), want[i].ana);
        circle_pass(c, MS_MINUTE);
    }
    circle_has(circle_mail(c, LEE, "please claim"), "This is call 7");
}

static void a_practice_sets_its_own_clock(void **state)
{
    struct circle *c = *state;

    c->g.gate.facts.page_clock[0] = "repeat 2 next 2 claim 7";
    circle_has(paged(c), "in 7 minutes");
    circle_pass(c, 2 * MS_MINUTE);
    assert_int_equal(pages_to(c, ANA), 2);
    assert_int_equal(pages_to(c, LEE), 1);
}

/* Night: the calls go on, but the page does not speak of 15 minutes. */
static void out_of_hours_it_says_so(void **state)
{
    struct circle *c = *state;

    circle_pass(c, 12 * MS_HOUR);
    circle_has(paged(c), "office is closed now");
    circle_lacks(circle_mail(c, ANA, "please claim"), "15 minutes");
    circle_pass(c, 10 * MS_MINUTE);
    assert_int_equal(pages_to(c, LEE), 1);
}

/* The other way: a repeat goes to their other addresses as well. */
static void a_repeat_goes_the_other_way_too(void **state)
{
    struct circle *c = *state;
    struct address second = { .kind = ADDRESS_EMAIL, .state = ADDRESS_PROVED, .value = "ana.home@example.net" };
    struct err err;

    CIRCLE_TX(c, HELP_OK(address_add(&c->g.gate.store, &second, &err));
              HELP_OK(person_link_address(&c->g.gate.store, c->ana, second.id, 2, &err)));
    paged(c);
    assert_int_equal(pages_to(c, "ana.home@example.net"), 0);
    circle_pass(c, 5 * MS_MINUTE);
    assert_int_equal(pages_to(c, ANA), 2);
    assert_int_equal(pages_to(c, "ana.home@example.net"), 1);
}

/* Promise 13: a clock that is set back, or jumps ahead, silences nothing and takes nobody out. */
static void a_clock_that_jumps_silences_nothing(void **state)
{
    struct circle *c = *state;

    paged(c);
    circle_pass(c, 10 * MS_MINUTE);
    assert_int_equal(pages_to(c, LEE), 1);
    circle_pass(c, -3 * MS_HOUR);
    assert_int_equal(pages_to(c, ANA), 3);
    assert_int_equal(pages_to(c, LEE), 2);
    circle_pass(c, 5 * MS_MINUTE);
    assert_int_equal(pages_to(c, LEE), 3);
    circle_pass(c, MS_DAY); /* one call, not 288 */
    assert_int_equal(pages_to(c, LEE), 4);
    circle_pass(c, 5 * MS_MINUTE);
    assert_int_equal(pages_to(c, LEE), 5);
}

/* While the relay is away calls do not heap up: the newest supersedes those that have not left. */
static void a_relay_that_comes_back_brings_one_call(void **state)
{
    struct circle *c = *state;
    struct err err;
    size_t did;

    paged(c);
    for (int i = 0; i < 6; i++) {
        home_set_time(c->home, gate_now_ms(&c->g.gate) + 5 * MS_MINUTE);
        HELP_OK(urgent_work(&c->g.gate, c->programs, &did, &err));
    }
    circle_post_office(c);
    assert_int_equal(pages_to(c, ANA), 2);
    assert_int_equal(pages_to(c, LEE), 1);
}

static void a_claim_ends_the_repeats_and_gives_the_details(void **state)
{
    struct circle *c = *state;
    struct person maria;
    struct err err;

    HELP_OK(person_get(&c->g.gate.store, c->maria.person, c->mem, &maria, &err));
    maria.phone = "555-555-0177";
    maria.emergency = "Jo, 555-555-0178";
    maria.chart = "C-1234";
    CIRCLE_TX(c, HELP_OK(person_change(&c->g.gate.store, &maria, &err)));
    circle_reply(c, paged(c), ANA, "CLAIM", PASS);
    circle_has(circle_mail(c, ANA, "details for you"), "555-555-0177");
    circle_has(circle_mail(c, ANA, "details for you"), "Jo, 555-555-0178");
    circle_has(circle_mail(c, ANA, "details for you"), "C-1234");
    circle_has(circle_mail(c, ANA, "details for you"), CRISIS);
    circle_has(circle_mail(c, ANA, "details for you"), "crisis lines");
    circle_has(circle_mail(c, LEE, "is claimed"), "Ana Ruiz has it");
    assert_null(circle_mail(c, ANA, "is claimed")); /* whoever has it is not told that there is nothing to do */
    assert_null(circle_mail(c, LEE, "details"));
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 10"), 1); /* the reading of a person */
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 51"), 1);
    circle_listen(c);
    circle_pass(c, MS_HOUR);
    assert_int_equal(pages_to(c, LEE), 0);
}

/* What is no note is named with its marks too, of a member and of each message of people whom nobody knows. */
static void the_claimer_reads_why_it_is_marked(void **state)
{
    struct circle *c = *state;
    const struct mail *details;

    circle_write(c, MARIA, GROUP, "x", "LEAVE", PASS);
    circle_write(c, MARIA, GROUP, "Goodbye", CRISIS, PASS);
    circle_reply(c, circle_mail(c, ANA, "please claim"), ANA, "CLAIM", PASS);
    details = circle_mail(c, ANA, "details for you");
    circle_has(details, "Please call Maria now");
    circle_has(details, "Marked for: Possible crisis, \"kill myself");
    circle_listen(c);
    circle_write(c, "nobody@example.net", GROUP, "Hello", CRISIS, PASS);
    circle_write(c, "other@example.net", GROUP, "My chest hurts and I cannot breathe", "See above.", PASS);
    circle_reply(c, circle_since(c, ANA, "please claim"), ANA, "CLAIM", PASS);
    details = circle_since(c, ANA, "details for you");
    circle_has(details, "Messages in this alarm: 2");
    circle_has(details, "Marked for: Possible crisis, \"kill myself");
    circle_has(details, "Marked for: Possible medical");
}

static void a_second_claim_is_too_late(void **state)
{
    struct circle *c = *state;

    paged(c);
    circle_pass(c, 10 * MS_MINUTE);
    circle_reply(c, circle_mail(c, ANA, "please claim"), ANA, "CLAIM", PASS);
    circle_reply(c, circle_mail(c, LEE, "please claim"), LEE, "CLAIM", PASS);
    circle_has(circle_mail(c, LEE, "thank you"), "Ana Ruiz claimed alarm");
    assert_null(circle_mail(c, LEE, "details"));
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 51"), 1);
}

static void done_needs_an_outcome_and_the_claimer(void **state)
{
    struct circle *c = *state;
    const struct mail *details;

    medical(c);
    circle_pass(c, 60 * MS_MINUTE);
    circle_reply(c, circle_mail(c, ANA, "please claim"), ANA, "CLAIM", PASS);
    details = circle_mail(c, ANA, "details for you");
    circle_reply(c, details, ANA, "DONE", PASS);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_CLAIMED);
    circle_has(circle_mail(c, ANA, "say it again"), "write the words too");
    circle_reply(c, circle_mail(c, LEE, "please claim"), LEE, "DONE: called her", PASS);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_CLAIMED);
    circle_reply(c, details, ANA, "DONE: called her, she is safe", PASS);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_DONE);
    circle_has(circle_mail(c, LEE, "is closed"), "she is safe");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 52"), 1);
}

static void done_of_what_nobody_claimed_claims_it(void **state)
{
    struct circle *c = *state;

    circle_reply(c, medical(c), ANA, "DONE: called her, she is safe", PASS);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_DONE);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 51"), 1);
    circle_reply(c, circle_mail(c, ANA, "please claim"), ANA, "CLAIM", PASS);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_DONE);
    circle_has(circle_mail(c, ANA, "thank you"), "is closed");
}

/* --- tier 0: two people ------------------------------------------------------------------------------------------------------------ */

static void the_gravest_is_closed_by_two(void **state)
{
    struct circle *c = *state;
    const struct mail *details;

    circle_reply(c, paged(c), ANA, "CLAIM", PASS);
    details = circle_mail(c, ANA, "details for you");
    circle_has(details, "A second person must say DONE too");
    circle_reply(c, details, ANA, "DONE: called her, she is safe", PASS);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_CLAIMED);
    circle_reply(c, details, ANA, "DONE: really", PASS); /* the same person, also later */
    circle_pass(c, 2 * MS_HOUR);
    circle_reply(c, details, ANA, "DONE: really", PASS);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_CLAIMED);
    circle_has(circle_mail(c, ANA, "say it again"), "second");
    circle_has(circle_mail(c, LEE, "one more DONE"), "she is safe");
    circle_reply(c, circle_mail(c, LEE, "one more DONE"), LEE, "DONE", PASS);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_DONE);
    circle_has(circle_mail(c, ANA, "is closed"), "Lee Ames closed it");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 54"), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 52"), 1);
}

static void until_the_second_agrees_they_are_asked_again(void **state)
{
    struct circle *c = *state;

    circle_reply(c, paged(c), ANA, "DONE: called her, she is safe", PASS);
    assert_int_equal(circle_said(c, LEE, "second person must agree"), 1);
    circle_pass(c, 59 * MS_MINUTE);
    assert_int_equal(circle_said(c, LEE, "second person must agree"), 1);
    circle_pass(c, 2 * MS_MINUTE);
    assert_int_equal(circle_said(c, LEE, "second person must agree"), 2);
    assert_int_equal(circle_said(c, ANA, "second person must agree"), 0);
}

/* One person alone: half an hour, and an entry in the log. */
static void solo_release_closes_after_half_an_hour(void **state)
{
    struct circle *c = *state;
    const struct mail *page;

    c->g.gate.facts.has_solo_release = true;
    page = paged(c);
    circle_reply(c, page, ANA, "DONE: called her, she is safe", PASS);
    circle_pass(c, 20 * MS_MINUTE);
    circle_reply(c, page, ANA, "DONE", PASS);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_CLAIMED);
    circle_pass(c, 11 * MS_MINUTE);
    circle_has(circle_mail(c, ANA, "one more DONE"), "once more");
    circle_reply(c, circle_mail(c, ANA, "one more DONE"), ANA, "DONE", PASS);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_DONE);
}

/* --- claimed and not done ----------------------------------------------------------------------------------------------------------- */

static void who_claims_and_says_no_more_is_reminded_then_everybody(void **state)
{
    struct circle *c = *state;

    circle_reply(c, paged(c), ANA, "CLAIM", PASS);
    circle_pass(c, 59 * MS_MINUTE);
    assert_null(circle_mail(c, ANA, "still open"));
    circle_pass(c, 2 * MS_MINUTE);
    circle_has(circle_mail(c, ANA, "still open"), "You claimed alarm");
    assert_null(circle_mail(c, LEE, "still open"));
    circle_pass(c, MS_HOUR);
    circle_has(circle_mail(c, LEE, "still open"), "not heard from Ana Ruiz");
    circle_reply(c, circle_mail(c, LEE, "still open"), LEE, "CLAIM", PASS);
    circle_has(circle_mail(c, LEE, "details for you"), CRISIS);
    circle_has(circle_mail(c, ANA, "is claimed"), "Lee Ames has it");
    assert_int_equal(circle_said(c, LEE, "Lee Ames has it"), 0);
    circle_reply(c, circle_mail(c, ANA, "details for you"), ANA, "CLAIM", PASS);
    circle_has(circle_mail(c, ANA, "thank you"), "Lee Ames claimed alarm");
}

static void pass_calls_the_next_person_at_once(void **state)
{
    struct circle *c = *state;

    circle_reply(c, paged(c), ANA, "CLAIM", PASS);
    assert_int_equal(pages_to(c, LEE), 0);
    circle_reply(c, circle_mail(c, ANA, "details for you"), ANA, "PASS", PASS);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_OPEN);
    assert_int_equal(pages_to(c, LEE), 1);
    circle_reply(c, circle_mail(c, LEE, "please claim"), LEE, "CLAIM", PASS);
    circle_has(circle_mail(c, ANA, "is claimed"), "Lee Ames has it");
    circle_reply(c, circle_mail(c, ANA, "details for you"), ANA, "PASS", PASS);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_CLAIMED);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 53"), 1);
}

/* --- the weekly test ---------------------------------------------------------------------------------------------------------------- */

/* Tuesday, 3 March, 10:00, to Monday, 9 March, 10:00, an hour earlier in UTC: the clocks change on Sunday. */
#define TO_MONDAY (6 * MS_DAY - MS_HOUR)

static void each_week_a_test_must_be_claimed(void **state)
{
    struct circle *c = *state;
    const struct mail *test;
    struct err err;

    HELP_OK(clock_begin(&c->g.gate, &err));
    circle_pass(c, TO_MONDAY - MS_MINUTE);
    assert_null(circle_mail(c, ANA, "test alarm"));
    circle_pass(c, MS_MINUTE);
    test = circle_mail(c, ANA, "test alarm");
    circle_has(test, "only a test");
    circle_lacks(test, "crisis");
    circle_pass(c, 4 * MS_HOUR);
    assert_int_equal(circle_said(c, ANA, "only a test"), 2);
    assert_int_equal(circle_said(c, LEE, "only a test"), 1);
    circle_reply(c, test, ANA, "CLAIM", PASS);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_DONE);
    circle_has(circle_mail(c, LEE, "is claimed"), "The test worked");
    assert_null(circle_mail(c, ANA, "details"));
    circle_pass(c, MS_DAY);
    assert_int_equal(circle_said(c, ANA, "only a test"), 2);
    circle_pass(c, 6 * MS_DAY);
    assert_int_equal(circle_said(c, ANA, "only a test"), 3);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 56"), 2);
}

/* Nobody is called at night for a test; and no second one is raised while one waits. */
static void a_test_is_repeated_in_office_hours_alone(void **state)
{
    struct circle *c = *state;
    struct test_page_state look;
    size_t said;
    struct err err;

    help_raw(&c->g.h, "UPDATE practice SET created_ms = 1772550000000"); /* CIRCLE_START_MS */
    HELP_OK(clock_begin(&c->g.gate, &err));
    circle_pass(c, TO_MONDAY);
    circle_pass(c, 6 * MS_HOUR + MS_HOUR / 2);
    said = circle_said(c, ANA, "only a test");
    for (int i = 0; i < 15; i++)
        circle_pass(c, MS_HOUR);
    assert_int_equal(circle_said(c, ANA, "only a test"), said);
    circle_pass(c, 5 * MS_HOUR);
    assert_true(circle_said(c, ANA, "only a test") > said);
    HELP_OK(test_page_look(&c->g.gate, c->mem, &look, &err));
    assert_true(look.open.id.v && !look.claimed.id.v);
    circle_pass(c, 7 * MS_DAY);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 1);
    HELP_OK(test_page_look(&c->g.gate, c->mem, &look, &err));
    assert_true(look.is_red);
    circle_reply(c, circle_mail(c, LEE, "test alarm"), LEE, "CLAIM", PASS);
    HELP_OK(test_page_look(&c->g.gate, c->mem, &look, &err));
    assert_false(look.is_red || look.open.id.v);
    circle_pass(c, 8 * MS_DAY + MS_MINUTE);
    HELP_OK(test_page_look(&c->g.gate, c->mem, &look, &err));
    assert_true(look.is_red);
}

/* --- the practice's own program ------------------------------------------------------------------------------------------------------ */

/* Writes its words and its environment into a file. */
static const char *make_program(struct circle *c, const char *then)
{
    const char *const path = arena_printf(c->mem, "%s/program", c->g.h.dir);
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fprintf(f, "#!/bin/sh\necho \"$@\" >> %s/words\nenv > %s/env\nls /proc/self/fd | wc -l > %s/fds\n%s\n", c->g.h.dir,
            c->g.h.dir, c->g.h.dir, then);
    fclose(f);
    assert_int_equal(chmod(path, 0700), 0);
    c->g.gate.facts.page_command = path;
    return path;
}

static const char *read_file(struct circle *c, const char *name)
{
    char *text;
    size_t n;
    struct err err;

    return io_read_file(arena_printf(c->mem, "%s/%s", c->g.h.dir, name), 65536, c->mem, &text, &n, &err) ? NULL : text;
}

static void unclaimed_for_its_time_the_program_is_run(void **state)
{
    struct circle *c = *state;
    const char *want;

    make_program(c, "exit 3");
    paged(c);
    circle_pass(c, 10 * MS_MINUTE);
    assert_null(read_file(c, "words"));
    circle_pass(c, 5 * MS_MINUTE);
    want = arena_printf(c->mem, "alarm 0 %" PRId64 " %" PRId64 "\n", (int64_t)circle_count(c, "SELECT id FROM page"),
                        c->g.gate.store.practice.v);
    assert_string_equal(read_file(c, "words"), want);
    assert_null(strstr(read_file(c, "env"), "POSTCIRCLE"));
    assert_null(strstr(read_file(c, "env"), "HOME="));
    assert_int_equal(strtol(read_file(c, "fds"), NULL, 10), 4); /* the three, and that of ls itself */
    assert_int_equal(circle_count(c, "SELECT code FROM page_call"), 3);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 55"), 1);
    circle_pass(c, 5 * MS_MINUTE);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page_call WHERE state = 3"), 2);
    circle_reply(c, circle_mail(c, ANA, "please claim"), ANA, "CLAIM", PASS);
    circle_pass(c, 5 * MS_MINUTE);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page_call"), 2);
}

static void a_program_that_hangs_holds_nobody_up(void **state)
{
    struct circle *c = *state;
    size_t did;
    struct err err;

    make_program(c, "exec sleep 20");
    paged(c);
    home_set_time(c->home, gate_now_ms(&c->g.gate) + 15 * MS_MINUTE);
    do
        HELP_OK(urgent_work(&c->g.gate, c->programs, &did, &err));
    while (did);
    assert_true(program_is_running(c->programs));
    circle_post_office(c); /* the mail of the same call left meanwhile */
    assert_int_equal(pages_to(c, ANA), 2);
}

/* A role that died while it ran: it is run once more, and given up after three runs. */
static void a_run_whose_end_nobody_saw_is_run_again(void **state)
{
    struct circle *c = *state;
    size_t did;
    struct err err;

    make_program(c, "exit 0");
    paged(c);
    for (int i = 0; i < 4; i++) {
        if (i == 0)
            home_set_time(c->home, gate_now_ms(&c->g.gate) + 15 * MS_MINUTE);
        HELP_OK(urgent_work(&c->g.gate, c->programs, &did, &err));
        program_set_free(&c->programs); /* as when its role dies */
        c->programs = program_set_new();
        help_raw(&c->g.h, "UPDATE page_call SET lease_until_ms = 1 WHERE state = 2");
    }
    assert_int_equal(circle_count(c, "SELECT code FROM page_call"), PAGE_CALL_LOST);
    assert_int_equal(circle_count(c, "SELECT tries FROM page_call"), 4);
}

static void a_program_that_is_gone_is_told(void **state)
{
    struct circle *c = *state;

    assert_int_equal(unlink(make_program(c, "exit 0")), 0);
    paged(c);
    circle_pass(c, 15 * MS_MINUTE);
    assert_int_equal(circle_count(c, "SELECT code FROM page_call"), PAGE_CALL_NOT_STARTED);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 55"), 1);
}

static void the_writer_hears_once_a_day(void **state)
{
    struct circle *c = *state;
    const struct mail *ack;

    paged(c);
    ack = circle_mail(c, MARIA, "we got your message");
    circle_has(ack, "988");
    circle_lacks(ack, "kill");
    circle_lacks(ack, "Tuesday Circle");
    assert_string_equal(ack->sender, "");
    circle_write(c, MARIA, GROUP, "Again", "I still want to kill myself.", PASS);
    assert_int_equal(circle_said(c, MARIA, "988"), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 2); /* staff hear of each */
    circle_pass(c, 25 * MS_HOUR);
    circle_write(c, MARIA, GROUP, "Again", "Tonight I will kill myself.", PASS);
    assert_int_equal(circle_said(c, MARIA, "988"), 2);
}

static void the_group_hears_nothing(void **state)
{
    struct circle *c = *state;

    paged(c);
    circle_pass(c, 2 * MS_DAY);
    assert_int_equal(circle_said(c, SAM, "kill") + circle_said(c, ROSE, "kill"), 0);
    assert_int_equal(circle_new(c, SAM) + circle_new(c, ROSE), 0);
}

static void a_medical_alarm_says_so(void **state)
{
    struct circle *c = *state;

    circle_write(c, MARIA, GROUP, "Help", "I have chest pain since this morning.", PASS);
    circle_has(circle_mail(c, ANA, "please claim"), "medical problem");
    assert_non_null(circle_mail(c, MARIA, "we got your message"));
}

/* Its own words: the office or 911; once in 24 hours; nothing of the group, nothing to a robot. */
static void a_medical_alarm_is_acknowledged_in_its_own_words(void **state)
{
    struct circle *c = *state;
    const struct mail *ack;

    medical(c);
    ack = circle_mail(c, MARIA, "we got your message");
    circle_has(ack, "(555) 555-0100");
    circle_has(ack, "911");
    circle_lacks(ack, "Tuesday Circle");
    circle_lacks(ack, "chest");
    assert_string_equal(ack->sender, "");
    circle_write(c, MARIA, GROUP, "Again", "My chest pain is back and my arm is numb.", PASS);
    assert_int_equal(circle_said(c, MARIA, "If you feel unwell"), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 2);
    circle_pass(c, 25 * MS_HOUR);
    circle_write(c, MARIA, GROUP, "Again", "Now I have chest pain again.", PASS);
    assert_int_equal(circle_said(c, MARIA, "If you feel unwell"), 2);
}

/* In Spanish too, in the reader's language. */
static void a_spanish_crisis_pages(void **state)
{
    struct circle *c = *state;

    circle_write(c, MARIA, GROUP, "Hola", "Ya no puedo, quiero morir esta noche.", PASS);
    assert_non_null(circle_mail(c, ANA, "please claim"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(a_page_goes_to_the_first_on_duty_and_says_nothing_of_the_note),
        TEST(calls_follow_their_clock),
        TEST(a_practice_sets_its_own_clock),
        TEST(out_of_hours_it_says_so),
        TEST(a_repeat_goes_the_other_way_too),
        TEST(a_clock_that_jumps_silences_nothing),
        TEST(a_relay_that_comes_back_brings_one_call),
        TEST(a_claim_ends_the_repeats_and_gives_the_details),
        TEST(the_claimer_reads_why_it_is_marked),
        TEST(a_second_claim_is_too_late),
        TEST(done_needs_an_outcome_and_the_claimer),
        TEST(done_of_what_nobody_claimed_claims_it),
        TEST(the_gravest_is_closed_by_two),
        TEST(until_the_second_agrees_they_are_asked_again),
        TEST(solo_release_closes_after_half_an_hour),
        TEST(who_claims_and_says_no_more_is_reminded_then_everybody),
        TEST(pass_calls_the_next_person_at_once),
        TEST(each_week_a_test_must_be_claimed),
        TEST(a_test_is_repeated_in_office_hours_alone),
        TEST(unclaimed_for_its_time_the_program_is_run),
        TEST(a_program_that_hangs_holds_nobody_up),
        TEST(a_run_whose_end_nobody_saw_is_run_again),
        TEST(a_program_that_is_gone_is_told),
        TEST(the_writer_hears_once_a_day),
        TEST(the_group_hears_nothing),
        TEST(a_medical_alarm_says_so),
        TEST(a_medical_alarm_is_acknowledged_in_its_own_words),
        TEST(a_spanish_crisis_pages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
