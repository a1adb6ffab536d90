/* Staff decide by text: number and PIN, one decision and no more, forged senders, guesses, replays (gateway/text/talk_staff, note/review_text). */
#include "circle_help.h"
#include "staff_text_help.h"

#include "gateway/text/text_letter.h"
#include "store/text_cost.h"
#include "store/text_line.h"

#define PIN "246813"
#define CRISIS "I want to kill myself tonight."

static struct text_sender ours;
static const struct audit_who who_cli = { AUDIT_OPERATOR, 0, AUDIT_WAY_CLI };

/* A text from a number, as the text role handles it. */
static struct text_in texted(struct circle *c, const char *from, const char *words)
{
    struct text_in in = {
        .account = ours.account, .sender = ours.id, .words = words, .raw = words, .raw_len = strlen(words)
    };
    enum text_in_state end;
    struct address a;
    struct text_in kept;
    struct err err;

    home_set_time(c->home, gate_now_ms(&c->g.gate) + 1000);
    CIRCLE_TX(c, HELP_OK(address_ensure(&c->g.gate.store, ADDRESS_PHONE, from, c->mem, &a, &err)); in.address = a.id;
              HELP_OK(text_in_add(&c->g.gate.store, &in, &err));
              HELP_OK(text_letter(&c->g.gate, c->lexicon, &in, &end, &err)));
    HELP_OK(text_in_get(&c->g.gate.store, in.id, c->mem, &kept, &err));
    circle_post_office(c);
    return kept;
}

static const char *answer(struct circle *c)
{
    const struct text_out *t = staff_text_last(c, c->ana, MAILING_TEXT_DECIDED);

    return t ? t->words : "";
}

static void answered(struct circle *c, const char *holds)
{
    if (!strstr(answer(c), holds))
        fail_msg("\"%s\" is not in \"%s\"", holds, answer(c));
}

static void set_pin(struct circle *c, struct person_id staff, const char *pin)
{
    struct person p;
    struct err err;

    HELP_OK(person_get(&c->g.gate.store, staff, c->mem, &p, &err));
    CIRCLE_TX(c, HELP_OK(staff_number_pin(&c->g.gate, &who_cli, &p, pin, &err));
              HELP_OK(staff_number_reviews(&c->g.gate, &who_cli, &p, true, &err)));
}

static int64_t published(struct circle *c)
{
    return circle_count(c, "SELECT count(*) FROM review WHERE decision = 1 AND way = 2");
}

static int setup(void **state)
{
    struct circle *c;

    circle_setup(state);
    c = *state;
    ours = staff_text_sender(c);
    staff_text_number_yes(c, c->ana, ANA_PHONE);
    set_pin(c, c->ana, PIN);
    return 0;
}

static void wrote(struct circle *c)
{
    circle_write(c, MARIA, GROUP, "Soup", "I cook soup on Sunday.", PASS);
}

static void paged(struct circle *c)
{
    circle_write(c, MARIA, GROUP, "Tonight", CRISIS, PASS);
}

/* ---- notes ---- */

static void a_waiting_note_is_told_without_its_words(void **state)
{
    struct circle *c = *state;

    wrote(c);
    assert_non_null(strstr(staff_text_last(c, c->ana, MAILING_TEXT_REVIEW)->words, "A note waits in Tuesday Circle."));
    assert_non_null(strstr(staff_text_last(c, c->ana, MAILING_TEXT_REVIEW)->words, "10 OK, 10 NO 3, and your PIN"));
    assert_null(strstr(staff_text_last(c, c->ana, MAILING_TEXT_REVIEW)->words, "soup"));
}

static void number_and_pin_release_it_once(void **state)
{
    struct circle *c = *state;

    wrote(c);
    texted(c, ANA_PHONE, "10 OK " PIN);
    answered(c, "10 goes out.");
    assert_int_equal(published(c), 1);
    texted(c, ANA_PHONE, "10 OK " PIN); /* a replay */
    answered(c, "Ana Ruiz was there first with 10");
    texted(c, ANA_PHONE, PIN " 10 NO 3");
    answered(c, "Ana Ruiz was there first with 10");
    assert_int_equal(published(c), 1);
}

static void a_no_needs_its_reason(void **state)
{
    struct circle *c = *state;

    wrote(c);
    texted(c, ANA_PHONE, "10 NO " PIN);
    answered(c, "which rule, or why?");
    texted(c, ANA_PHONE, "10 NO 3 " PIN);
    answered(c, "10 goes back");
}

static void the_pin_is_asked_for(void **state)
{
    struct circle *c = *state;

    wrote(c);
    texted(c, ANA_PHONE, "10 OK");
    answered(c, "To do \"10 OK\" reply with your PIN.");
    assert_int_equal(published(c), 0);
    texted(c, ANA_PHONE, PIN);
    answered(c, "10 goes out.");
    assert_int_equal(published(c), 1);
    texted(c, ANA_PHONE, PIN); /* nothing waits for it any more */
    answered(c, "Nothing was done.");
}

static void the_question_for_the_pin_does_not_wait_long(void **state)
{
    struct circle *c = *state;

    wrote(c);
    texted(c, ANA_PHONE, "10 OK");
    circle_pass(c, 16 * MS_MINUTE);
    texted(c, ANA_PHONE, PIN);
    assert_int_equal(published(c), 0);
}

/* Whole texts alone decide. */
static void more_than_a_decision_does_nothing(void **state)
{
    static const char *const texts[] = { "10 OK but take out her number " PIN,
                                         "10 no problem, send it " PIN,
                                         "OK " PIN,
                                         "2 OK " PIN,
                                         "11 OK " PIN,
                                         "10 " PIN };
    struct circle *c = *state;

    wrote(c);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        texted(c, ANA_PHONE, texts[i]);
        if (circle_count(c, "SELECT count(*) FROM review"))
            fail_msg("\"%s\" decides", texts[i]);
    }
}

/* The note is another one than the mail showed: its number is another too. */
static void a_number_means_what_was_shown(void **state)
{
    struct circle *c = *state;

    wrote(c);
    help_raw(&c->g.h, "UPDATE post SET version = version + 2");
    texted(c, ANA_PHONE, "10 OK " PIN);
    answered(c, "10 has changed.");
    assert_int_equal(published(c), 0);
}

static void two_people_release_what_alarmed(void **state)
{
    struct circle *c = *state;

    circle_write(c, MARIA, GROUP, "Hm", "Sometimes I want to kill myself.", PASS);
    texted(c, ANA_PHONE, "10 OK " PIN);
    answered(c, "waits for one more OK");
    texted(c, ANA_PHONE, "10 OK " PIN);
    answered(c, "Ana Ruiz was there first with 10");
    assert_int_equal(published(c), 1);
    assert_int_equal(circle_count(c, "SELECT state FROM post"), POST_HALF_RELEASED);
}

/* ---- alarms ---- */

static void an_alarm_is_claimed_and_closed(void **state)
{
    struct circle *c = *state;

    paged(c);
    texted(c, ANA_PHONE, "11 CLAIM " PIN);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_CLAIMED);
    assert_non_null(circle_mail(c, ANA, "details for you"));
    assert_non_null(strstr(staff_text_last(c, c->ana, MAILING_TEXT_PAGE_NEWS)->words, "Alarm 11 is yours."));
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 51 AND way = 3"), 1);
    texted(c, ANA_PHONE, "11 DONE " PIN);
    answered(c, "please add your words");
    texted(c, ANA_PHONE, "11 DONE: she is safe " PIN);
    assert_non_null(strstr(staff_text_last(c, c->ana, MAILING_TEXT_PAGE_NEWS)->words, "A second person must say DONE"));
    texted(c, ANA_PHONE, "11 DONE: really " PIN);
    answered(c, "a second person must say so too");
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_CLAIMED);
}

/* An alarm and all that is said about it come before the month's money. */
static void an_alarm_is_claimed_without_money(void **state)
{
    struct text_budget budget = { .month_micro = 1 };
    struct circle *c = *state;
    struct err err;

    CIRCLE_TX(c, HELP_OK(text_budget_set(&c->g.gate.store, &budget, &err)));
    paged(c);
    texted(c, ANA_PHONE, "11 CLAIM");
    answered(c, "To do \"11 CLAIM\" reply with your PIN.");
    texted(c, ANA_PHONE, PIN);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_CLAIMED);
}

/* Whoever has no PIN can take an alarm, and nothing else. */
static void without_a_pin_only_a_claim_works(void **state)
{
    struct circle *c = *state;

    set_pin(c, c->ana, NULL);
    paged(c);
    texted(c, ANA_PHONE, "11 PASS");
    answered(c, "You have no PIN");
    texted(c, ANA_PHONE, "10 OK");
    answered(c, "You have no PIN");
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_OPEN);
    texted(c, ANA_PHONE, "11 CLAIM");
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_CLAIMED);
    texted(c, ANA_PHONE, "11 DONE: all is well");
    answered(c, "You have no PIN");
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_CLAIMED);
}

/* ---- hostile ---- */

static void wrong_pins_do_nothing_and_lock_it(void **state)
{
    struct circle *c = *state;

    wrote(c);
    paged(c);
    for (int i = 0; i < 4; i++)
        texted(c, ANA_PHONE, arena_printf(c->mem, "10 OK 97531%d", i));
    answered(c, "This PIN is not right.");
    assert_null(circle_mail(c, LEE, "for your notice"));
    texted(c, ANA_PHONE, "11 CLAIM 975319");
    answered(c, "For one day no PIN will do");
    circle_has(circle_mail(c, LEE, "for your notice"), "Wrong PINs by text in the name of Ana Ruiz");
    texted(c, ANA_PHONE, "10 OK " PIN); /* the right one is too late */
    answered(c, "For one day no PIN will do");
    assert_int_equal(published(c), 0);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 198"), 5);
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_OPEN);
    circle_pass(c, 25 * MS_HOUR);
    texted(c, ANA_PHONE, "10 OK " PIN);
    answered(c, "10 goes out.");
}

/* Other phones: a colleague's, a member's, nobody's. Numbers and PIN of Ana are nothing there. */
static void numbers_belong_to_their_phone(void **state)
{
    static const char *const phones[] = { LEE_PHONE, "+15555550177" };
    struct circle *c = *state;

    staff_text_number_yes(c, c->lee, LEE_PHONE);
    wrote(c);
    for (size_t i = 0; i < COUNT_OF(phones); i++)
        texted(c, phones[i], "10 OK " PIN);
    assert_int_equal(published(c), 0);
}

/* The phone was Lee's before, or is used by both: what was given to Lee is not Ana's to decide. */
static void numbers_belong_to_their_person(void **state)
{
    struct circle *c = *state;
    struct text_item item = { .person = c->lee, .kind = TEXT_ITEM_PAGE };
    struct staff_phone phone;
    struct err err;

    set_pin(c, c->ana, NULL);
    HELP_OK(staff_phone_read(&c->g.gate, c->ana, &phone, &err));
    CIRCLE_TX(c, HELP_OK(alarm_raise_test(&c->g.gate, &err)));
    item.target = circle_count(c, "SELECT id FROM page");
    CIRCLE_TX(
        c, HELP_OK(text_item_give(&c->g.gate.store, &(struct text_line){ phone.address, phone.sender }, &item, &err)));
    assert_int_equal(item.n, 11);
    texted(c, ANA_PHONE, "11 CLAIM");
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_OPEN);
    texted(c, ANA_PHONE, "10 CLAIM");
    assert_int_equal(circle_count(c, "SELECT state FROM page"), PAGE_DONE);
}

static void who_left_or_said_stop_decides_nothing(void **state)
{
    struct circle *c = *state;
    struct staff_phone phone;
    struct person ana;
    struct err err;

    wrote(c);
    HELP_OK(staff_phone_read(&c->g.gate, c->ana, &phone, &err));
    CIRCLE_TX(c, HELP_OK(text_stop(&c->g.gate, phone.address, TEXT_WORD_STOP, TEXT_BY_TEXT, 0, "STOP", &err)));
    texted(c, ANA_PHONE, "10 OK " PIN);
    assert_int_equal(published(c), 0);
    HELP_OK(person_get(&c->g.gate.store, c->ana, c->mem, &ana, &err));
    ana.state = PERSON_GONE;
    CIRCLE_TX(c, HELP_OK(person_change(&c->g.gate.store, &ana, &err)));
    texted(c, ANA_PHONE, "10 OK " PIN);
    assert_int_equal(published(c), 0);
}

/* What is kept of the text has no PIN: not its words, not the call, no audit row, no letter to staff. */
static void the_pin_is_kept_nowhere(void **state)
{
    struct circle *c = *state;
    struct audit_entry *rows;
    struct text_in in;
    struct err err;
    size_t n;

    wrote(c);
    in = texted(c, ANA_PHONE, "10 OK but wait " PIN);
    assert_null(strstr(in.words, PIN));
    in = texted(c, ANA_PHONE, "10 OK " PIN);
    assert_string_equal(in.words, "10 OK ******");
    assert_null(in.raw);
    in = texted(c, ANA_PHONE, "97 NO 3 " PIN); /* no number of hers */
    assert_string_equal(in.words, "97 NO 3 ******");
    answered(c, "There is no 97 for you now. Nothing was done.");
    in = texted(c, ANA_PHONE, "Is this not my PIN? " PIN);
    assert_null(strstr(in.words, PIN));
    in = texted(c, ANA_PHONE, "My sister has 5555550142");
    assert_non_null(strstr(in.words, "5555550142"));
    HELP_OK(audit_list(&c->g.gate.store, (enum audit_item)0, 0, 0, 500, c->mem, &rows, &n, &err));
    for (size_t i = 0; i < n; i++)
        assert_true((!rows[i].new_value || !strstr(rows[i].new_value, PIN)) &&
                    (!rows[i].old_value || !strstr(rows[i].old_value, PIN)));
    for (size_t i = 0; i < c->mail_count; i++)
        assert_null(strstr(c->mails[i].raw, PIN));
}

/* ---- the yes ---- */

static void a_yes_by_text_opens_it(void **state)
{
    struct circle *c = *state;
    struct staff_phone phone;
    struct err err;

    staff_text_number_set(c, c->lee, LEE_PHONE);
    texted(c, LEE_PHONE, "Who is this?");
    HELP_OK(staff_phone_read(&c->g.gate, c->lee, &phone, &err));
    assert_int_equal(phone.state, STAFF_PHONE_ASKED);
    texted(c, LEE_PHONE, "Yes");
    HELP_OK(staff_phone_read(&c->g.gate, c->lee, &phone, &err));
    assert_int_equal(phone.state, STAFF_PHONE_YES);
    assert_non_null(
        strstr(staff_text_last(c, c->lee, MAILING_TEXT_STAFF)->words, "Alarms for staff come to this phone too."));
    assert_int_equal(staff_text_count(c, c->lee, MAILING_TEXT_STAFF), 2);
    circle_pass(c, 2 * MS_HOUR);
    texted(c, LEE_PHONE, "Yes"); /* nothing was asked */
    assert_int_equal(staff_text_count(c, c->lee, MAILING_TEXT_STAFF), 2);
    CIRCLE_TX(c, HELP_OK(text_stop(&c->g.gate, phone.address, TEXT_WORD_STOP, TEXT_BY_TEXT, 0, "STOP", &err)));
    texted(c, LEE_PHONE, "ok"); /* not the very word */
    HELP_OK(staff_phone_read(&c->g.gate, c->lee, &phone, &err));
    assert_int_equal(phone.state, STAFF_PHONE_STOPPED);
    texted(c, LEE_PHONE, "YES"); /* START or YES leads out of it */
    HELP_OK(staff_phone_read(&c->g.gate, c->lee, &phone, &err));
    assert_int_equal(phone.state, STAFF_PHONE_YES);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_waiting_note_is_told_without_its_words),
        TEST(number_and_pin_release_it_once),
        TEST(a_no_needs_its_reason),
        TEST(the_pin_is_asked_for),
        TEST(the_question_for_the_pin_does_not_wait_long),
        TEST(more_than_a_decision_does_nothing),
        TEST(a_number_means_what_was_shown),
        TEST(two_people_release_what_alarmed),
        TEST(an_alarm_is_claimed_without_money),
        TEST(an_alarm_is_claimed_and_closed),
        TEST(without_a_pin_only_a_claim_works),
        TEST(wrong_pins_do_nothing_and_lock_it),
        TEST(numbers_belong_to_their_phone),
        TEST(numbers_belong_to_their_person),
        TEST(who_left_or_said_stop_decides_nothing),
        TEST(the_pin_is_kept_nowhere),
        TEST(a_yes_by_text_opens_it),
    };

    return cmocka_run_group_tests_name("talk_staff", tests, NULL, NULL);
}
