/* Phones that several use, and whose texts nobody needs any more: each answers for themselves, and who wants to leave is never kept. */
#include "tests/unit/text_talk_help.h"

#include "gateway/people/member.h"
#include "gateway/serve/clock_work.h"
#include "gateway/sms/text_hours.h"
#include "gateway/sms/text_level.h"
#include "gateway/sms/text_queue.h"
#include "gateway/text/text_confirmed.h"

#define MARIA "+15555550101"

/* Two on one phone, and no more than YES from each. */
static void two_join(struct phones *p, struct membership *rose, struct membership *harold)
{
    *rose = phones_join(p, &p->w.group, "Rose Marsh", MARIA);
    *harold = phones_invite(p, &p->w.group, "Harold Marsh", MARIA);
    phones_text(p, MARIA, "Yes");
}

static int level_of(struct phones *p, struct person_id person)
{
    struct text_consent now;

    OK(text_consent_for(&p->w.gate.store, phones_consent(p, MARIA).address, person, &now, &err));
    return now.level;
}

static void the_level_is_each_ones(void **state)
{
    struct phones *p = *state;
    struct membership rose, harold;
    struct person person;

    two_join(p, &rose, &harold);
    OK(person_get(&p->w.gate.store, rose.person, p->w.mem, &person, &err));
    TX(p, OK(text_level_ask(&p->w.gate, &(struct text_line){ rose.address, p->sender.id }, &person, 0, &err)));
    phones_text(p, MARIA, "Yes"); /* hers: who is asked answers */
    assert_int_equal(level_of(p, rose.person), 2);
    assert_int_equal(level_of(p, harold.person), 0); /* he chose nothing */
    says(p, &rose, "There is no more for now");
    OK(person_get(&p->w.gate.store, harold.person, p->w.mem, &person, &err));
    TX(p, OK(text_level_ask(&p->w.gate, &(struct text_line){ rose.address, p->sender.id }, &person, 0, &err)));
    phones_text(p, MARIA, "no");
    says(p, &harold, "Texts will only say that there is something new");
    assert_int_equal(level_of(p, rose.person), 2);
    assert_int_equal(level_of(p, harold.person), 0);
    TX(p, OK(member_remove(&p->w.gate, &p->w.who, rose.id, MEMBER_REASON_MOVED, &err)));
    assert_int_equal(level_of(p, harold.person), 0); /* hers went with her */
}

/* A stranger may have the phone now (R18). */
static void shows_no_name(struct phones *p)
{
    const struct membership nobody = { .person = { 0 } };
    const char *const words = phones_last(p, nobody.person);

    says(p, &nobody, "Who is writing? Please reply with your first name.");
    assert_null(strstr(words, "Rose"));
    assert_null(strstr(words, "Harold"));
}

/* Who is none of them is shown nobody's name, whatever they say next, is nobody by a number, and can end it. */
static void a_stranger_is_shown_no_name(void **state)
{
    static const char *const sayings[] = { "1", "I do not know who that is", "This is Bob", "hello?" };
    struct phones *p = *state;
    struct membership rose, harold;
    struct post *posts;
    const int64_t told = staff_mails(p);

    two_join(p, &rose, &harold);
    phones_text(p, MARIA, "This is not Rose");
    shows_no_name(p);
    assert_true(staff_mails(p) > told);
    for (size_t i = 0; i < COUNT_OF(sayings); i++) {
        home_set_time(p->w.home, gate_now_ms(&p->w.gate) + 2 * MS_HOUR);
        phones_text(p, MARIA, sayings[i]);
        shows_no_name(p);
    }
    assert_int_equal(phones_waiting(p, rose.person, &posts) + phones_waiting(p, harold.person, &posts), 0);
    phones_text(p, MARIA, "Wrong number, I am not Rose or Harold");
    assert_true(phones_consent(p, MARIA).state >= TEXT_STOPPED);
}

static void a_denial_in_other_words_is_shown_no_name(void **state)
{
    static const char *const sayings[] = { "Neither Rose nor Harold live here", "This is not Rose or Harold",
                                           "Who is Rose? I don't know her", "No conozco a ninguna Rose" };
    struct phones *p = *state;
    struct membership rose, harold;

    two_join(p, &rose, &harold);
    for (size_t i = 0; i < COUNT_OF(sayings); i++) {
        TX(p, OK(text_question_close(&p->w.gate.store, &(struct text_line){ rose.address, p->sender.id }, &err)));
        home_set_time(p->w.home, gate_now_ms(&p->w.gate) + 2 * MS_HOUR);
        phones_text(p, MARIA, sayings[i]);
        if (phones_consent(p, MARIA).state == TEXT_YES)
            shows_no_name(p);
    }
    assert_int_equal(phones_consent(p, MARIA).state, TEXT_YES);
}

static void it_is_not_rose(void **state)
{
    static const char *const sayings[] = { "It's not Rose", "this isn't Rose Marsh.", "No, I am not Rose",
                                           "No soy Rose" };
    struct phones *p = *state;
    struct membership rose, harold;
    struct post *posts;

    two_join(p, &rose, &harold);
    for (size_t i = 0; i < COUNT_OF(sayings); i++) {
        const int64_t told = staff_mails(p);

        phones_text(p, MARIA, sayings[i]);
        shows_no_name(p);
        phones_text(p, MARIA, i % 2 ? "Soy Harold" : "Harold");
        says(p, &harold, "Thank you, Harold.");
        assert_true(staff_mails(p) > told);
        assert_int_equal(phones_consent(p, MARIA).state, TEXT_YES);
        home_set_time(p->w.home, gate_now_ms(&p->w.gate) + 2 * MS_HOUR);
    }
    assert_int_equal(phones_waiting(p, rose.person, &posts) + phones_waiting(p, harold.person, &posts), 0);
    phones_text(p, MARIA, "It's not Rose who cooks the soup, it is me"); /* words for the group */
    phones_text(p, MARIA, "Harold");
    assert_int_equal(phones_waiting(p, harold.person, &posts), 1);
}

static void the_loop_guard_keeps_nobody(void **state)
{
    static const char *const chat[] = { "LIST", "GROUPS", "LIST", "GROUPS", "LIST", "GROUPS", "LIST" };
    struct phones *p = *state;
    struct membership rose, harold;
    int64_t sent;

    two_join(p, &rose, &harold);
    for (size_t i = 0; i < COUNT_OF(chat); i++)
        phones_text(p, MARIA, chat[i]);
    sent = phones_sent(p, MARIA);
    phones_text(p, MARIA, "GROUPS please");
    assert_int_equal(phones_sent(p, MARIA), sent); /* five an hour */
    phones_text(p, MARIA, "LEAVE");
    assert_int_equal(phones_sent(p, MARIA), sent + 1); /* who leaves? */
    phones_text(p, MARIA, "1");
    assert_int_equal(world_get(&p->w, &rose).state, MEMBER_LEFT);
    says(p, &rose, "left");
    assert_int_equal(world_get(&p->w, &harold).state, MEMBER_ACTIVE);
}

static void who_is_removed_gets_no_more(void **state)
{
    struct phones *p = *state;
    const struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);
    struct text_out *list;
    size_t n;

    phones_text(p, MARIA, "LIST");
    TX(p, OK(member_remove(&p->w.gate, &p->w.who, m.id, MEMBER_REASON_MOVED, &err)));
    OK(text_out_of_person(&p->w.gate.store, m.person, (struct text_id){ 0 }, 20, p->w.mem, &list, &n, &err));
    assert_true(n >= 3);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(list[i].state, TEXT_CANCELLED);
}

/* R4: what needs no consent, the confirmation of a STOP, outlives the membership. */
static void who_is_removed_still_has_the_stop_confirmed(void **state)
{
    struct phones *p = *state;
    const struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);
    struct text_out *list;
    size_t n;

    phones_text(p, MARIA, "wrong number");
    TX(p, OK(member_remove(&p->w.gate, &p->w.who, m.id, MEMBER_REASON_MOVED, &err)));
    OK(text_out_of_address(&p->w.gate.store, m.address, 20, p->w.mem, &list, &n, &err));
    assert_int_equal(list[0].kind, MAILING_TEXT_STOPPED);
    assert_int_equal(list[0].person.v, m.person.v);
    assert_int_equal(list[0].state, TEXT_QUEUED);
    for (size_t i = 1; i < n; i++)
        assert_int_equal(list[i].state, TEXT_CANCELLED);
}

/* R4, R22: a confirmation that does not leave within five minutes is told; one that does is not. */
static void a_stop_that_nobody_confirms(void **state)
{
    struct phones *p = *state;
    const struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);
    struct text_out *list;
    int64_t told, late;
    size_t n, did;

    phones_text(p, MARIA, "wrong number"); /* STOP itself this provider confirms */
    says(p, &m, "off our list");
    says(p, &m, "Did you not mean that? Call"); /* START does nothing there: a person asks first */
    assert_null(strstr(phones_last(p, m.person), "START"));
    OK(text_out_of_address(&p->w.gate.store, m.address, 1, p->w.mem, &list, &n, &err));
    assert_int_equal(list[0].kind, MAILING_TEXT_STOPPED);
    told = staff_mails(p);
    OK(clock_work(&p->w.gate, &did, &err));
    assert_int_equal(staff_mails(p), told); /* there is time still */
    home_set_time(p->w.home, gate_now_ms(&p->w.gate) + 6 * MS_MINUTE);
    OK(clock_work(&p->w.gate, &did, &err));
    assert_true(staff_mails(p) > told);
    OK(text_out_late_stops(&p->w.gate.store, 0, TEXT_CONFIRM_MS, &late, &err));
    assert_int_equal(late, 1);
    help_raw(&p->w.h, "UPDATE text_out SET state = 5, handed_ms = created_ms + 299000 WHERE kind = 180");
    told = staff_mails(p);
    TX(p, OK(text_confirmed_run(&p->w.gate, list[0].id, &err)));
    assert_int_equal(staff_mails(p), told);
    OK(text_out_late_stops(&p->w.gate.store, 0, TEXT_CONFIRM_MS, &late, &err));
    assert_int_equal(late, 0);
}

/* Who died is texted no more: nobody waits for it, and staff do not hear of it. */
static void a_cancelled_confirmation_is_not_late(void **state)
{
    struct phones *p = *state;
    const struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);
    struct text_out *list;
    int64_t told, late;
    size_t n;

    phones_text(p, MARIA, "wrong number");
    TX(p, OK(member_remove(&p->w.gate, &p->w.who, m.id, MEMBER_REASON_DIED, &err)));
    OK(text_out_of_address(&p->w.gate.store, m.address, 1, p->w.mem, &list, &n, &err));
    assert_int_equal(list[0].kind, MAILING_TEXT_STOPPED);
    assert_int_equal(list[0].state, TEXT_CANCELLED);
    home_set_time(p->w.home, gate_now_ms(&p->w.gate) + 6 * MS_MINUTE);
    told = staff_mails(p);
    TX(p, OK(text_confirmed_run(&p->w.gate, list[0].id, &err)));
    assert_int_equal(staff_mails(p), told);
    assert_false(text_confirmed_is_late(&list[0], gate_now_ms(&p->w.gate))); /* as the report prints it */
    OK(text_out_late_stops(&p->w.gate.store, 0, TEXT_CONFIRM_MS, &late, &err));
    assert_int_equal(late, 0);
}

/* The provider knew that word after all: it has stopped the number, and said so. */
static void a_confirmation_that_the_provider_gave_is_not_late(void **state)
{
    struct phones *p = *state;
    const struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);
    struct text_out *list;
    int64_t late;
    size_t n;

    phones_text(p, MARIA, "alto");
    help_raw(&p->w.h, "UPDATE text_out SET state = 8, class = 1 WHERE kind = 180");
    OK(text_out_of_address(&p->w.gate.store, m.address, 1, p->w.mem, &list, &n, &err));
    assert_int_equal(list[0].kind, MAILING_TEXT_STOPPED);
    home_set_time(p->w.home, gate_now_ms(&p->w.gate) + 6 * MS_MINUTE);
    assert_false(text_confirmed_is_late(&list[0], gate_now_ms(&p->w.gate)));
    OK(text_out_late_stops(&p->w.gate.store, 0, TEXT_CONFIRM_MS, &late, &err));
    assert_int_equal(late, 0);
}

/* The words are a note; the picture is nowhere, and its sender hears so once a day. */
static void pictures_are_dropped_and_that_is_said_once(void **state)
{
    struct phones *p = *state;
    const struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);
    int64_t sent;
    struct post *posts;

    phones_picture(p, MARIA, "Look at my garden", 2);
    says(p, &m, "We cannot pass on pictures by text.");
    assert_int_equal(phones_waiting(p, m.person, &posts), 1);
    sent = phones_sent(p, MARIA);
    phones_picture(p, MARIA, "", 1);
    assert_int_equal(phones_sent(p, MARIA), sent);
    home_set_time(p->w.home, gate_now_ms(&p->w.gate) + 25 * MS_HOUR);
    phones_picture(p, MARIA, "", 1);
    assert_int_equal(phones_sent(p, MARIA), sent + 1);
    phones_picture(p, "+15555550188", "", 1); /* nobody we know */
    assert_int_equal(phones_sent(p, "+15555550188"), 0);
}

/* Whoever wrote PHONE by mail has the phone in their hand. */
static void asked_by_mail(struct phones *p, const struct membership *m)
{
    struct text_ask ask = { .person = m->person, .letter = 1 };
    struct text_out *list;
    struct address phone;
    size_t n;

    TX(p, OK(address_ensure(&p->w.gate.store, ADDRESS_PHONE, "+15555550119", p->w.mem, &phone, &err));
       ask.phone = phone.id; OK(text_ask_member(&p->w.gate, m, &ask, &err)));
    OK(text_out_of_address(&p->w.gate.store, phone.id, 1, p->w.mem, &list, &n, &err));
    assert_int_equal(list[0].kind, MAILING_INVITATION);
    assert_true(list[0].due_ms <= gate_now_ms(&p->w.gate));
}

/* R12: nobody asked for it. What answers somebody's own text waits for nothing. */
static void who_is_invited_at_night_is_asked_in_the_morning(void **state)
{
    struct phones *p = *state;
    const char *const zone = "America/Los_Angeles"; /* the group's; theirs is not known */
    const int64_t midnight = gate_now_ms(&p->w.gate) / MS_DAY * MS_DAY + 4 * MS_HOUR;
    struct text_out *list;
    struct text_hours hours;
    struct membership m;
    size_t n;

    p->w.group.zone = zone;
    TX(p, OK(group_change(&p->w.gate.store, &p->w.group, &err)));
    home_set_time(p->w.home, midnight + MS_DAY);
    m = phones_invite(p, &p->w.group, "Maria Santos", MARIA);
    OK(text_hours(&p->w.gate, zone, gate_now_ms(&p->w.gate), &hours, &err));
    OK(text_out_of_address(&p->w.gate.store, m.address, 1, p->w.mem, &list, &n, &err));
    assert_int_equal(list[0].kind, MAILING_INVITATION);
    assert_true(hours.from_ms > gate_now_ms(&p->w.gate));
    assert_int_equal(list[0].due_ms, hours.from_ms);
    assert_int_equal(list[0].not_after_ms, hours.until_ms);
    asked_by_mail(p, &m);
    phones_text(p, MARIA, "Yes");
    OK(text_out_of_address(&p->w.gate.store, m.address, 1, p->w.mem, &list, &n, &err));
    assert_int_equal(list[0].kind, MAILING_WELCOME);
    assert_true(list[0].due_ms <= gate_now_ms(&p->w.gate));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, phones_setup, phones_teardown)
        T(the_level_is_each_ones),
        T(it_is_not_rose),
        T(a_stranger_is_shown_no_name),
        T(a_denial_in_other_words_is_shown_no_name),
        T(the_loop_guard_keeps_nobody),
        T(who_is_removed_gets_no_more),
        T(a_stop_that_nobody_confirms),
        T(who_is_removed_still_has_the_stop_confirmed),
        T(a_cancelled_confirmation_is_not_late),
        T(a_confirmation_that_the_provider_gave_is_not_late),
        T(pictures_are_dropped_and_that_is_said_once),
        T(who_is_invited_at_night_is_asked_in_the_morning),
#undef T
    };

    return cmocka_run_group_tests_name("text_shared", tests, NULL, NULL);
}
