/* Alarms about mail of people whom nobody knows: those outside cannot drown an alarm of a member in theirs, and none of theirs is lost. */
#include "circle_help.h"

#define DANGER "I want to kill myself tonight. Number %d."
#define MEDICAL "I have chest pain since this morning."

static size_t calls(const struct circle *c, const char *to)
{
    size_t n = 0;

    for (size_t i = 0; i < c->mail_count; i++)
        n += !strcmp(c->mails[i].to, to) && strstr(c->mails[i].subject, "please claim");
    return n;
}

static void stranger(struct circle *c, int i, const char *text)
{
    circle_write(c, arena_printf(c->mem, "stranger-%d@example.com", i), GROUP, "Hello", text, PASS);
}

static const char *danger(struct circle *c, int i)
{
    return arena_printf(c->mem, DANGER, i);
}

static void fifteen_letters_of_strangers_are_one_alarm(void **state)
{
    struct circle *c = *state;
    const struct mail *details;

    for (int i = 1; i <= 15; i++)
        stranger(c, i, danger(c, i));
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 1);
    assert_int_equal(calls(c, ANA), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 63"), 14);
    circle_pass(c, 5 * MS_MINUTE);
    circle_has(circle_mail(c, ANA, "please claim"), "15 messages are in it now");
    circle_lacks(circle_mail(c, ANA, "please claim"), "stranger-");
    circle_reply(c, circle_mail(c, ANA, "please claim"), ANA, "CLAIM", PASS);
    details = circle_mail(c, ANA, "details for you");
    circle_has(details, "Messages in this alarm: 15.");
    for (int i = 1; i <= 15; i++) {
        circle_has(details, danger(c, i));
        circle_has(details, arena_printf(c->mem, "stranger-%d@example.com", i));
    }
    circle_lacks(details, "Please call  now");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM letter WHERE outcome = 11"), 15); /* each is kept */
}

static void more_than_a_letter_holds_is_counted(void **state)
{
    struct circle *c = *state;

    for (int i = 1; i <= 23; i++)
        stranger(c, i, danger(c, i));
    circle_reply(c, circle_mail(c, ANA, "please claim"), ANA, "CLAIM", PASS);
    circle_has(circle_mail(c, ANA, "details for you"), "There are 3 more.");
    circle_has(circle_mail(c, ANA, "details for you"), "There are 23 messages");
    circle_has(circle_mail(c, ANA, "details for you"), danger(c, 20));
    circle_lacks(circle_mail(c, ANA, "details for you"), danger(c, 21));
}

static void an_alarm_of_a_member_is_always_its_own(void **state)
{
    struct circle *c = *state;

    stranger(c, 1, danger(c, 1));
    circle_write(c, MARIA, GROUP, "Tonight", danger(c, 2), PASS);
    stranger(c, 3, danger(c, 3));
    circle_write(c, ROSE, GROUP, "Tonight", danger(c, 4), FORGED); /* who says she is a member may be one */
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 3);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page_joined"), 1);
    assert_int_equal(calls(c, ANA), 3);
}

static void who_shares_an_address_is_no_stranger(void **state)
{
    struct circle *c = *state;
    struct err err;

    CIRCLE_TX(c, circle_shares(c, ROSE, "Harold"));
    stranger(c, 1, danger(c, 1));
    circle_write(c, ROSE, GROUP, "Tonight", danger(c, 2), PASS);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 2);
}

static void behind_a_claim_the_next_one_calls_again(void **state)
{
    struct circle *c = *state;

    stranger(c, 1, danger(c, 1));
    circle_reply(c, circle_mail(c, ANA, "please claim"), ANA, "CLAIM", PASS);
    stranger(c, 2, danger(c, 2));
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 2);
    assert_int_equal(calls(c, ANA), 2);
}

static size_t count_of(const struct mail *m, const char *words)
{
    size_t n = 0;

    for (const char *p = m->text; (p = strstr(p, words)); p += strlen(words))
        n++;
    return n;
}

static void of_whom_no_phone_is_known_it_is_said(void **state)
{
    struct circle *c = *state;

    circle_write(c, MARIA, GROUP, "Tonight", danger(c, 1), PASS);
    circle_reply(c, circle_mail(c, ANA, "please claim"), ANA, "CLAIM", PASS);
    circle_has(circle_mail(c, ANA, "details for you"), "We have no phone number for Maria");
    circle_lacks(circle_mail(c, ANA, "details for you"), "Phone:");
    assert_int_equal(count_of(circle_mail(c, ANA, "details for you"), "Possible crisis"), 2); /* not once a list */
}

/* Not only at the next hour of the slower clock. */
static void a_graver_one_calls_at_once(void **state)
{
    struct circle *c = *state;

    stranger(c, 1, MEDICAL);
    assert_int_equal(circle_count(c, "SELECT tier FROM page"), 2);
    stranger(c, 2, MEDICAL);
    assert_int_equal(calls(c, ANA), 1);
    stranger(c, 3, danger(c, 3));
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 1);
    assert_int_equal(circle_count(c, "SELECT tier FROM page"), 0);
    assert_int_equal(calls(c, ANA), 2);
    circle_pass(c, 5 * MS_MINUTE);
    assert_int_equal(calls(c, ANA), 3);
    stranger(c, 4, MEDICAL);
    assert_int_equal(circle_count(c, "SELECT tier FROM page"), 0);
    assert_int_equal(calls(c, ANA), 3);
}

/* The notice says how to look, and the word in answer to it shows what came, alarm or not. */
static void staff_read_strangers_by_mail(void **state)
{
    struct circle *c = *state;

    circle_write(c, "stranger-1@example.com", GROUP, "Hello", "Do you sell walking boots?", PASS);
    circle_write(c, "stranger-2@example.com", GROUP, "Hello", danger(c, 2), PASS);
    circle_write(c, MARIA, GROUP, "Soup", "I made lentil soup today.", PASS);
    circle_has(circle_mail(c, ANA, "for your notice"), "reply STRANGERS to this letter");
    circle_reply(c, circle_mail(c, ANA, "for your notice"), ANA, "STRANGERS", PASS);
    circle_has(circle_mail(c, ANA, "your answer"), "walking boots");
    circle_has(circle_mail(c, ANA, "your answer"), "stranger-1@example.com");
    circle_has(circle_mail(c, ANA, "your answer"), danger(c, 2));
    circle_lacks(circle_mail(c, ANA, "your answer"), "lentil");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 64"), 2);
}

/* --- what nobody can read ----------------------------------------------------------------------------------------------------------------- */

static void unreadable(struct circle *c)
{
    CLEANUP(strbuf_done) struct strbuf raw = STRBUF((size_t)1 << 20);

    for (int i = 0; i < 3000; i++)
        strbuf_printf(&raw, "X-Field-%d: and many more words to make the header long\r\n", i);
    strbuf_str(&raw, "From: stranger@example.com\r\n\r\nWe walked.\r\n");
    circle_arrive(c, GROUP, strbuf_peek(&raw), raw.len);
    circle_run(c);
}

static size_t notices(const struct circle *c)
{
    size_t n = 0;

    for (size_t i = 0; i < c->mail_count; i++)
        n += !strcmp(c->mails[i].to, ANA) && strstr(c->mails[i].text, "could not read a mail");
    return n;
}

static void of_parked_mail_there_is_one_notice_a_day(void **state)
{
    struct circle *c = *state;

    for (int i = 0; i < 4; i++)
        unreadable(c);
    assert_int_equal(notices(c), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM arrival WHERE state = 5"), 4);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 1);
    circle_reply(c, circle_mail(c, ANA, "please claim"), ANA, "CLAIM", PASS);
    circle_has(circle_mail(c, ANA, "details for you"), "Messages in this alarm: 4.");
    circle_pass(c, MS_DAY + MS_HOUR);
    unreadable(c);
    assert_int_equal(notices(c), 2);
    circle_has(circle_mail(c, ANA, "for your notice"), "5 mails");
}

static void parked_by_a_dying_reader(struct circle *c, const char *from, struct arrival_id *ret_id)
{
    CLEANUP(sandbox_free) struct sandbox *dying = sandbox_new(SANDBOX_READER, "/bin/false", 2000);
    struct sorter sorter = { .gate = &c->g.gate, .sandbox = dying, .lexicon = c->lexicon };
    struct err err;
    size_t did;

    circle_wrote(c, &(struct wrote){ from, GROUP, "Tonight", danger(c, 1), PASS, NULL, NULL, NULL });
    *ret_id = c->last;
    for (int i = 0; i <= ARRIVAL_MAX_TRIES; i++) {
        HELP_OK(sort_run(&sorter, 16, &did, &err));
        help_raw(&c->g.h, "UPDATE arrival SET lease_until_ms = 1");
    }
    circle_post_office(c);
}

/* Read again after an upgrade, its writer is known: it is called for on its own, and the other stays where it is. */
static void what_can_be_read_at_last_is_an_alarm_of_its_own(void **state)
{
    struct circle *c = *state;
    struct arrival_id first, second;
    struct err err;

    parked_by_a_dying_reader(c, "stranger@example.com", &first);
    parked_by_a_dying_reader(c, MARIA, &second);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page_joined"), 1);
    CIRCLE_TX(c, HELP_OK(arrival_reopen(c->g.h.db, c->g.gate.store.practice, second, &err)));
    circle_run(c);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 2);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page_joined"), 0);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page WHERE person_id IS NOT NULL AND tier = 0"), 1);
    CIRCLE_TX(c, HELP_OK(arrival_reopen(c->g.h.db, c->g.gate.store.practice, first, &err)));
    circle_run(c);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM page"), 2); /* under the number that it had */
    assert_int_equal(circle_count(c, "SELECT tier FROM page WHERE person_id IS NULL"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(fifteen_letters_of_strangers_are_one_alarm),
        TEST(more_than_a_letter_holds_is_counted),
        TEST(an_alarm_of_a_member_is_always_its_own),
        TEST(who_shares_an_address_is_no_stranger),
        TEST(behind_a_claim_the_next_one_calls_again),
        TEST(of_whom_no_phone_is_known_it_is_said),
        TEST(staff_read_strangers_by_mail),
        TEST(a_graver_one_calls_at_once),
        TEST(of_parked_mail_there_is_one_notice_a_day),
        TEST(what_can_be_read_at_last_is_an_alarm_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
