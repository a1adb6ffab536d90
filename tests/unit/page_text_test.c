/* Alarms by text: to whom, with what number, never with words of the note unless its reader chose that (gateway/duty/page_text, people/staff_number). */
#include "circle_help.h"
#include "staff_text_help.h"

#include "gateway/people/member.h"

#define CRISIS "I want to kill myself tonight."

static void paged(struct circle *c)
{
    circle_write(c, MARIA, GROUP, "Tonight", CRISIS, PASS);
}

static void a_page_goes_by_text_to_whose_number_said_yes(void **state)
{
    struct circle *c = *state;
    const struct text_out *page;

    staff_text_number_yes(c, c->ana, ANA_PHONE);
    staff_text_number_set(c, c->lee, LEE_PHONE); /* asked, silent */
    paged(c);
    page = staff_text_last(c, c->ana, MAILING_TEXT_PAGE);
    assert_string_equal(page->words,
                        "Lakeside Clinic: Alarm, call 1. No one has it yet. Reply 10 CLAIM, then look at your mail.");
    assert_int_equal(page->lane, LANE_URGENT);
    assert_true(page->is_exempt);
    assert_non_null(circle_mail(c, ANA, "please claim"));
    circle_pass(c, 10 * MS_MINUTE);
    assert_non_null(circle_mail(c, LEE, "please claim"));
    assert_null(staff_text_last(c, c->lee, MAILING_TEXT_PAGE));
    assert_int_equal(staff_text_count(c, c->lee, MAILING_TEXT_STAFF), 1); /* the question alone */
}

/* A budget that is used up, and quiet hours, keep no alarm. */
static void no_budget_keeps_it(void **state)
{
    struct circle *c = *state;
    struct err err;

    staff_text_number_yes(c, c->ana, ANA_PHONE);
    CIRCLE_TX(c, HELP_OK(text_budget_set(&c->g.gate.store, &(struct text_budget){ .month_micro = 1 }, &err)));
    circle_pass(c, 15 * MS_HOUR); /* 1 at night */
    paged(c);
    assert_non_null(staff_text_last(c, c->ana, MAILING_TEXT_PAGE));
    assert_true(staff_text_last(c, c->ana, MAILING_TEXT_PAGE)->due_ms <= gate_now_ms(&c->g.gate));
}

/* A repeat has the number of the first call and takes its place; the second alarm has another. */
static void a_repeat_keeps_its_number(void **state)
{
    struct circle *c = *state;

    staff_text_number_yes(c, c->ana, ANA_PHONE);
    paged(c);
    circle_pass(c, 5 * MS_MINUTE);
    assert_non_null(
        strstr(staff_text_last(c, c->ana, MAILING_TEXT_PAGE)->words, "call 2. No one has it yet. Reply 10 CLAIM"));
    assert_int_equal(circle_count(c, "SELECT count(*) FROM text_out WHERE kind = 200 AND state = 1"), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM text_out WHERE kind = 200 AND state = 10"), 1);
    circle_write(c, ROSE, GROUP, "Help", "I have chest pain since this morning.", PASS);
    assert_non_null(strstr(staff_text_last(c, c->ana, MAILING_TEXT_PAGE)->words, "Reply 11 CLAIM"));
}

static void no_words_of_the_note_unless_its_reader_chose_that(void **state)
{
    struct circle *c = *state;
    const struct audit_who who = { AUDIT_OPERATOR, 0, AUDIT_WAY_CLI };
    struct person ana;
    struct err err;

    staff_text_number_yes(c, c->ana, ANA_PHONE);
    paged(c);
    assert_null(strstr(staff_text_last(c, c->ana, MAILING_TEXT_PAGE)->words, "kill"));
    HELP_OK(person_get(&c->g.gate.store, c->ana, c->mem, &ana, &err));
    CIRCLE_TX(c, HELP_OK(staff_number_words(&c->g.gate, &who, &ana, 1, &err)));
    assert_non_null(strstr(staff_text_last(c, c->ana, MAILING_TEXT_STAFF)->words, "Others may read them"));
    circle_pass(c, 5 * MS_MINUTE);
    assert_non_null(strstr(staff_text_last(c, c->ana, MAILING_TEXT_PAGE)->words, "\"I want to kill myself tonight.\""));
    assert_null(strstr(staff_text_last(c, c->ana, MAILING_TEXT_PAGE)->words, "Maria"));
    /* words are for those who said yes to the practice's mail */
    help_raw(&c->g.h, "DELETE FROM consent WHERE membership_id = 0 OR membership_id IS NULL");
    circle_pass(c, 5 * MS_MINUTE);
    assert_null(strstr(staff_text_last(c, c->ana, MAILING_TEXT_PAGE)->words, "kill"));
}

static void stop_ends_them_and_the_mail_goes_on(void **state)
{
    struct circle *c = *state;
    struct staff_phone phone;
    struct err err;

    staff_text_number_yes(c, c->ana, ANA_PHONE);
    HELP_OK(staff_phone_read(&c->g.gate, c->ana, &phone, &err));
    CIRCLE_TX(c, HELP_OK(text_stop(&c->g.gate, phone.address, TEXT_WORD_STOP, TEXT_BY_TEXT, 0, "STOP", &err)));
    paged(c);
    assert_null(staff_text_last(c, c->ana, MAILING_TEXT_PAGE));
    assert_non_null(circle_mail(c, ANA, "please claim"));
    /* who is not reached by mail is not counted by a phone that said STOP */
    HELP_OK(staff_phone_read(&c->g.gate, c->ana, &phone, &err));
    assert_int_equal(phone.state, STAFF_PHONE_STOPPED);
}

static size_t contacts(struct circle *c, struct person_id *ret_first)
{
    struct person *staff;
    struct err err;
    size_t n;

    HELP_OK(office_contacts(&c->g.gate, c->mem, &staff, &n, &err));
    *ret_first = staff[0].id;
    return n;
}

/* An address that is suspended, and a phone: sure to get it while the phone says yes, and not after STOP. */
static void a_phone_counts_as_a_way_while_it_says_yes(void **state)
{
    struct circle *c = *state;
    struct staff_phone phone;
    struct address a;
    struct person_id first;
    struct err err;

    HELP_OK(address_find(&c->g.gate.store, ADDRESS_EMAIL, ANA, c->mem, &a, &err));
    CIRCLE_TX(c, HELP_OK(address_set_state(&c->g.gate.store, a.id, ADDRESS_SUSPENDED, &err)));
    assert_int_equal(contacts(c, &first), 1);
    assert_int_equal(first.v, c->lee.v);
    staff_text_number_yes(c, c->ana, ANA_PHONE);
    assert_int_equal(contacts(c, &first), 2);
    assert_int_equal(first.v, c->ana.v);
    HELP_OK(staff_phone_read(&c->g.gate, c->ana, &phone, &err));
    CIRCLE_TX(c, HELP_OK(text_stop(&c->g.gate, phone.address, TEXT_WORD_STOP, TEXT_BY_TEXT, 0, "STOP", &err)));
    assert_int_equal(contacts(c, &first), 1);
    assert_int_equal(first.v, c->lee.v);
}

static void what_became_of_it_is_told_by_text_too(void **state)
{
    struct circle *c = *state;

    staff_text_number_yes(c, c->ana, ANA_PHONE);
    staff_text_number_yes(c, c->lee, LEE_PHONE);
    paged(c);
    circle_reply(c, circle_mail(c, ANA, "please claim"), ANA, "CLAIM", PASS);
    assert_non_null(strstr(staff_text_last(c, c->ana, MAILING_TEXT_PAGE_NEWS)->words, "Alarm 10 is yours."));
    assert_null(strstr(staff_text_last(c, c->ana, MAILING_TEXT_PAGE_NEWS)->words, "kill"));
    assert_non_null(strstr(staff_text_last(c, c->lee, MAILING_TEXT_PAGE_NEWS)->words, "Ana Ruiz has alarm 10"));
    circle_pass(c, MS_HOUR);
    assert_non_null(strstr(staff_text_last(c, c->ana, MAILING_TEXT_PAGE_NEWS)->words, "is open still"));
    circle_pass(c, MS_HOUR);
    assert_non_null(
        strstr(staff_text_last(c, c->lee, MAILING_TEXT_PAGE_NEWS)->words, "We have not heard from Ana Ruiz"));
    circle_reply(c, circle_mail(c, ANA, "details for you"), ANA, "DONE talked to her, she is safe", PASS);
    assert_non_null(strstr(staff_text_last(c, c->ana, MAILING_TEXT_PAGE_NEWS)->words, "A second person must say DONE"));
    assert_non_null(strstr(staff_text_last(c, c->lee, MAILING_TEXT_PAGE_NEWS)->words, "Do you agree? Reply 10 DONE"));
    assert_null(strstr(staff_text_last(c, c->lee, MAILING_TEXT_PAGE_NEWS)->words, "safe"));
    circle_reply(c, circle_mail(c, LEE, "one more DONE"), LEE, "DONE", PASS);
    assert_non_null(strstr(staff_text_last(c, c->lee, MAILING_TEXT_PAGE_NEWS)->words, "Alarm 10 is closed."));
}

static void the_weekly_test_goes_by_text(void **state)
{
    struct circle *c = *state;
    struct err err;

    staff_text_number_yes(c, c->ana, ANA_PHONE);
    CIRCLE_TX(c, HELP_OK(alarm_raise_test(&c->g.gate, &err)));
    assert_non_null(strstr(staff_text_last(c, c->ana, MAILING_TEXT_PAGE)->words,
                           "Only a test, no one is in danger. Reply 10 CLAIM"));
}

/* --- the number ------------------------------------------------------------------------------------------------------------------------ */

static void a_number_is_asked_twice_at_most(void **state)
{
    struct circle *c = *state;

    assert_int_equal(staff_text_number_set(c, c->ana, ANA_PHONE), STAFF_NUMBER_ASKED);
    assert_int_equal(staff_text_number_set(c, c->ana, ANA_PHONE), STAFF_NUMBER_ASKED);
    assert_int_equal(staff_text_number_set(c, c->ana, ANA_PHONE), STAFF_NUMBER_REFUSED);
    assert_int_equal(staff_text_count(c, c->ana, MAILING_TEXT_STAFF), 2);
    assert_int_equal(staff_text_number_set(c, c->ana, "call my desk"), STAFF_NUMBER_NONE);
    assert_int_equal(
        circle_count(c, "SELECT count(*) FROM address a JOIN person_address p ON p.address_id = a.id WHERE a.kind = 2"),
        0);
}

static void a_number_belongs_to_one_of_staff(void **state)
{
    const struct audit_who who = { AUDIT_OPERATOR, 0, AUDIT_WAY_CLI };
    struct circle *c = *state;
    enum staff_number_effect effect;
    struct db_tx tx = { 0 };
    struct person lee;
    struct err err;

    staff_text_number_set(c, c->ana, ANA_PHONE);
    HELP_OK(person_get(&c->g.gate.store, c->lee, c->mem, &lee, &err));
    HELP_OK(db_begin(c->g.h.db, &tx, &err));
    assert_int_equal(staff_number_set(&c->g.gate, &who, &lee, ANA_PHONE, &effect, &err), RC_CONFLICT);
    db_tx_done(&tx);
}

static void a_pin_is_kept_as_a_hash(void **state)
{
    static const char *const bad[] = { "12345", "12345678901", "12a456", "111111", "123456", "987654", "550141", "" };
    const struct audit_who who = { AUDIT_OPERATOR, 0, AUDIT_WAY_CLI };
    struct circle *c = *state;
    struct text_staff staff;
    struct person ana;
    struct err err;

    staff_text_number_yes(c, c->ana, ANA_PHONE);
    HELP_OK(person_get(&c->g.gate.store, c->ana, c->mem, &ana, &err));
    ana.phone = ANA_PHONE;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct db_tx tx = { 0 };

        HELP_OK(db_begin(c->g.h.db, &tx, &err));
        if (staff_number_pin(&c->g.gate, &who, &ana, bad[i], &err) != RC_INPUT)
            fail_msg("%s is taken", bad[i]);
        db_tx_done(&tx);
    }
    CIRCLE_TX(c, HELP_OK(staff_number_pin(&c->g.gate, &who, &ana, "246813", &err)));
    HELP_OK(text_staff_get(&c->g.gate.store, c->ana, c->mem, &staff, &err));
    assert_null(strstr(staff.pin, "246813"));
    assert_true(crypt_password_is(staff.pin, "246813"));
    assert_false(crypt_password_is(staff.pin, "246814"));
    assert_non_null(
        strstr(staff_text_last(c, c->ana, MAILING_TEXT_STAFF)->words, "A PIN for your texts to us was set"));
    assert_null(strstr(staff_text_last(c, c->ana, MAILING_TEXT_STAFF)->words, "246813"));
    paged(c);
    assert_non_null(strstr(staff_text_last(c, c->ana, MAILING_TEXT_PAGE)->words, "Reply 10 CLAIM and your PIN"));
    CIRCLE_TX(c, HELP_OK(staff_number_pin(&c->g.gate, &who, &ana, NULL, &err)));
    HELP_OK(text_staff_get(&c->g.gate.store, c->ana, c->mem, &staff, &err));
    assert_null(staff.pin);
}

/* Five within a day; the day counts from the first; a clock that is set back opens nothing. */
static void wrong_pins_lock_it_for_a_day(void **state)
{
    const struct audit_who who = { AUDIT_OPERATOR, 0, AUDIT_WAY_CLI };
    struct circle *c = *state;
    struct text_staff staff;
    struct person ana;
    struct err err;

    HELP_OK(person_get(&c->g.gate.store, c->ana, c->mem, &ana, &err));
    CIRCLE_TX(c, HELP_OK(staff_number_pin(&c->g.gate, &who, &ana, "246813", &err)));
    for (int i = 1; i <= TEXT_PIN_TRIES; i++) {
        CIRCLE_TX(c, HELP_OK(text_staff_hold(&c->g.gate.store, c->ana, c->mem, &staff, &err));
                  assert_false(staff.is_locked); HELP_OK(text_staff_wrong(&c->g.gate.store, &staff, &err)));
        assert_int_equal(staff.wrong, i);
        home_set_time(c->home, gate_now_ms(&c->g.gate) + MS_HOUR);
    }
    assert_true(staff.is_locked);
    home_set_time(c->home, gate_now_ms(&c->g.gate) - 12 * MS_HOUR);
    HELP_OK(text_staff_get(&c->g.gate.store, c->ana, c->mem, &staff, &err));
    assert_true(staff.is_locked);
    home_set_time(c->home, staff.wrong_ms + TEXT_PIN_LOCK_MS - 1);
    HELP_OK(text_staff_get(&c->g.gate.store, c->ana, c->mem, &staff, &err));
    assert_true(staff.is_locked);
    home_set_time(c->home, staff.wrong_ms + TEXT_PIN_LOCK_MS);
    HELP_OK(text_staff_get(&c->g.gate.store, c->ana, c->mem, &staff, &err));
    assert_false(staff.is_locked);
    assert_int_equal(staff.wrong, 0);
}

/* A member's phone is no staff number, whatever it has said yes to, and gets no alarm; their level is nobody else's. */
static void a_members_number_gets_no_alarm(void **state)
{
    const struct audit_who who = { AUDIT_OPERATOR, 0, AUDIT_WAY_CLI };
    struct circle *c = *state;
    enum staff_number_effect effect;
    struct text_consent_change yes = { .person = c->maria.person, .state = TEXT_YES, .level = 2, .way = TEXT_BY_TEXT };
    struct db_tx tx = { 0 };
    struct staff_phone phone;
    struct address address;
    struct person ana;
    struct err err;

    HELP_OK(person_get(&c->g.gate.store, c->ana, c->mem, &ana, &err));
    CIRCLE_TX(c, HELP_OK(address_ensure(&c->g.gate.store, ADDRESS_PHONE, ANA_PHONE, c->mem, &address, &err));
              HELP_OK(person_link_address(&c->g.gate.store, c->maria.person, address.id, 9, &err));
              yes.address = address.id; HELP_OK(text_consent_set(&c->g.gate.store, &yes, &err)));
    HELP_OK(db_begin(c->g.h.db, &tx, &err));
    assert_int_equal(staff_number_set(&c->g.gate, &who, &ana, ANA_PHONE, &effect, &err), RC_CONFLICT);
    db_tx_done(&tx);
    CIRCLE_TX(c, HELP_OK(person_link_address(&c->g.gate.store, c->ana, address.id, 9, &err)));
    paged(c);
    assert_null(staff_text_last(c, c->ana, MAILING_TEXT_PAGE));
    /* she left, and the number is Ana's now: asked first, and no words */
    CIRCLE_TX(c, HELP_OK(member_remove(&c->g.gate, &who, c->maria.id, MEMBER_REASON_MOVED, &err)));
    assert_int_equal(staff_text_number_set(c, c->ana, ANA_PHONE), STAFF_NUMBER_ASKED);
    HELP_OK(staff_phone_read(&c->g.gate, c->ana, &phone, &err));
    assert_int_equal(phone.state, STAFF_PHONE_ASKED);
    staff_text_number_yes(c, c->ana, ANA_PHONE);
    HELP_OK(staff_phone_read(&c->g.gate, c->ana, &phone, &err));
    assert_int_equal(phone.state, STAFF_PHONE_YES);
    assert_int_equal(phone.level, 0);
}

/* R7: who is staff of the practice is called to alarms in whatever groups they are. */
static void who_is_taken_out_of_a_group_is_still_called(void **state)
{
    const struct audit_who who = { AUDIT_OPERATOR, 0, AUDIT_WAY_CLI };
    struct circle *c = *state;
    struct membership seat;
    struct err err;

    staff_text_number_yes(c, c->ana, ANA_PHONE);
    CIRCLE_TX(c, seat = circle_seat(c, c->ana, ANA, "Ana"));
    paged(c);
    CIRCLE_TX(c, HELP_OK(member_remove(&c->g.gate, &who, seat.id, MEMBER_REASON_MOVED, &err)));
    assert_non_null(staff_text_last(c, c->ana, MAILING_TEXT_PAGE)); /* one that is not cancelled */
}

static int setup(void **state)
{
    const int rc = circle_setup(state);

    staff_text_sender(*state);
    return rc;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_page_goes_by_text_to_whose_number_said_yes, setup, circle_teardown),
        cmocka_unit_test_setup_teardown(no_budget_keeps_it, setup, circle_teardown),
        cmocka_unit_test_setup_teardown(a_repeat_keeps_its_number, setup, circle_teardown),
        cmocka_unit_test_setup_teardown(no_words_of_the_note_unless_its_reader_chose_that, setup, circle_teardown),
        cmocka_unit_test_setup_teardown(stop_ends_them_and_the_mail_goes_on, setup, circle_teardown),
        cmocka_unit_test_setup_teardown(a_phone_counts_as_a_way_while_it_says_yes, setup, circle_teardown),
        cmocka_unit_test_setup_teardown(what_became_of_it_is_told_by_text_too, setup, circle_teardown),
        cmocka_unit_test_setup_teardown(the_weekly_test_goes_by_text, setup, circle_teardown),
        cmocka_unit_test_setup_teardown(a_number_is_asked_twice_at_most, setup, circle_teardown),
        cmocka_unit_test_setup_teardown(a_members_number_gets_no_alarm, setup, circle_teardown),
        cmocka_unit_test_setup_teardown(a_number_belongs_to_one_of_staff, setup, circle_teardown),
        cmocka_unit_test_setup_teardown(who_is_taken_out_of_a_group_is_still_called, setup, circle_teardown),
        cmocka_unit_test_setup_teardown(a_pin_is_kept_as_a_hash, setup, circle_teardown),
        cmocka_unit_test_setup_teardown(wrong_pins_lock_it_for_a_day, setup, circle_teardown),
    };

    return cmocka_run_group_tests_name("page_text", tests, NULL, NULL);
}
