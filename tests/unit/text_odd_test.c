/* What people on phones really write: a yes with an endearment, taps on a screen, UNDO again and again, "This is not Rose". */
#include "tests/unit/text_talk_help.h"

#include "store/setting.h"
#include "store/text_cost.h"

#define MARIA "+15555550101"

static int start(void **state)
{
    static struct phones p;

    phones_start(&p);
    *state = &p;
    return 0;
}

static int stop(void **state)
{
    phones_stop(*state);
    return 0;
}

static void a_yes_with_an_endearment_is_a_yes(void **state)
{
    static const char *const yeses[] = { "yes please dear", "Yes thank you sweetie", "Sí señorita, gracias",
                                         "Yes, sign me up." };
    static const char *const others[] = { "yes dear but who pays", "Sure hon", "yes dear?" };
    struct phones *p = *state;

    for (size_t i = 0; i < COUNT_OF(yeses); i++) {
        const char *const number = arena_printf(p->w.mem, "+1555555012%zu", i);
        const struct membership m = phones_invite(p, &p->w.group, "Walt Boone", number);

        phones_text(p, number, yeses[i]);
        assert_int_equal(world_get(&p->w, &m).state, MEMBER_ACTIVE);
        assert_int_equal(phones_consent(p, number).state, TEXT_YES);
    }
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        const char *const number = arena_printf(p->w.mem, "+1555555013%zu", i);
        const struct membership m = phones_invite(p, &p->w.group, "Walt Boone", number);

        phones_text(p, number, others[i]);
        assert_int_equal(world_get(&p->w, &m).state, MEMBER_INVITED);
        assert_int_equal(phones_sent(p, number), 1); /* the invitation; staff read what they said */
    }
}

/* R6: it takes the word, not thanks for the confirmation. */
static void thanks_for_the_stop_is_no_start(void **state)
{
    struct phones *p = *state;

    phones_join(p, &p->w.group, "Maria Santos", MARIA);
    phones_text(p, MARIA, "STOP");
    phones_text(p, MARIA, "Yes, thank you dear");
    assert_int_equal(phones_consent(p, MARIA).state, TEXT_STOPPED);
    phones_text(p, MARIA, "YES");
    assert_int_equal(phones_consent(p, MARIA).state, TEXT_YES);
}

/* A phone that is set to Spanish quotes our English: nobody wrote that. */
static void taps_tell_no_language(void **state)
{
    static const char *const taps[] = { "Le gustó “The soup was not so good for me”",
                                        "Le encantó “I think that we will walk to the lake”",
                                        "Reaccionó con 👍 a “What do you all take for breakfast?”",
                                        "Liked “I walked to the lake and it was good”" };
    struct phones *p = *state;
    const struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);
    int64_t sent;

    phones_text(p, MARIA, "ESPANOL");
    sent = phones_sent(p, MARIA);
    for (size_t i = 0; i < COUNT_OF(taps); i++)
        phones_text(p, MARIA, taps[i]);
    assert_int_equal(phones_sent(p, MARIA), sent);
    phones_text(p, MARIA, "I would like to ask you what you do with the soup");
    phones_text(p, MARIA, taps[0]);
    assert_int_equal(phones_sent(p, MARIA), sent + 1); /* it has our note of it, and one text in English is one */
    says(p, &m, "Recibido.");
}

/* Each takes one more note back: they must know it, whatever the loop guard. */
static void every_undo_is_answered(void **state)
{
    static const char *const notes[] = { "I had a good day at the lake", "My knees hurt from the stairs",
                                         "What is a good soup for the cold" };
    struct phones *p = *state;
    const struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);
    struct post *posts;
    int64_t sent;

    for (size_t i = 0; i < COUNT_OF(notes); i++)
        phones_text(p, MARIA, notes[i]);
    phones_text(p, MARIA, "GROUPS");
    phones_text(p, MARIA, "LIST");
    sent = phones_sent(p, MARIA);
    for (size_t i = 0; i < COUNT_OF(notes); i++) {
        assert_int_equal(phones_waiting(p, m.person, &posts), COUNT_OF(notes) - i);
        phones_text(p, MARIA, "UNDO");
        assert_int_equal(phones_sent(p, MARIA), ++sent);
    }
    says(p, &m, "Done. Your note will not go to the group.");
}

static void judge_with_the_model(struct phones *p)
{
    static const char *const lists[] = { "gateway/lexicon/en.txt", "gateway/lexicon/es.txt", NULL };
    const struct triage_sources sources = { .lists = lists, .own_from = 2, .model = "gateway/lexicon/model.txt" };

    triage_close_lexicon(&p->lexicon);
    OK(triage_open(&sources, &p->lexicon, &err));
}

#define GUESSED "This is not Walt" /* no list has a word of it; nobody here is called so */

static int64_t crises(struct phones *p)
{
    return help_int(&p->w.h, "SELECT COUNT(*) FROM text_out WHERE kind = 183");
}

static int64_t alarms(struct phones *p)
{
    return help_int(&p->w.h, "SELECT COUNT(*) FROM page");
}

/* The model reads despair where a stranger says whom they are not; the same of somebody whom we do not know is judged as ever. */
static void not_rose_is_no_crisis(void **state)
{
    struct phones *p = *state;
    const struct membership rose = phones_join(p, &p->w.group, "Rose Marsh", MARIA);

    judge_with_the_model(p);
    phones_text(p, MARIA, "This is not Rose");
    assert_int_equal(alarms(p), 0);
    says(p, &rose, "off our list");
    phones_join(p, &p->w.group, "Tom Reed", "+15555550102");
    phones_text(p, "+15555550102", "This is not Tom. I want to die");
    assert_int_equal(alarms(p), 1);
}

static int64_t spent(struct phones *p)
{
    struct text_budget budget = { .month_micro = 1 };

    TX(p, OK(text_budget_set(&p->w.gate.store, &budget, &err)));
    return staff_mails(p);
}

/* Who complains of the hour, or stops the texts, is no crisis where the model alone says so; what a list finds always counts. */
static void words_about_texts_are_no_crisis(void **state)
{
    static const char *const complaints[] = { "Please stop texting me at night", "stop texting me when I'm sleeping",
                                              "No me manden más mensajes en la noche" };
    static const char *const stops[] = { "yes, stop", "no stop" };
    struct phones *p = *state;
    const struct membership m = phones_join(p, &p->w.group, "Fay Dunn", MARIA);

    judge_with_the_model(p);
    for (size_t i = 0; i < COUNT_OF(complaints); i++) {
        phones_text(p, MARIA, complaints[i]);
        assert_int_equal(alarms(p), 0);
        says(p, &m, "from 9:00 AM to 8:00 PM.");
        home_set_time(p->w.home, gate_now_ms(&p->w.gate) + 2 * MS_HOUR);
    }
    for (size_t i = 0; i < COUNT_OF(stops); i++) {
        phones_text(p, MARIA, stops[i]);
        assert_int_equal(phones_consent(p, MARIA).state, TEXT_STOPPED);
        assert_int_equal(alarms(p), 0);
        assert_int_equal(crises(p), 0);
        phones_text(p, MARIA, "START");
    }
    phones_text(p, MARIA, "I want to kill myself tonight. Please stop texting me");
    assert_int_equal(phones_consent(p, MARIA).state, TEXT_STOPPED);
    assert_int_equal(alarms(p), 1);
    assert_int_equal(crises(p), 1);
}

/* Once a day; what the model took for despair does not stand for what they say in so many words, nor does a lack of money. */
static void a_plain_cry_is_answered_after_a_guess(void **state)
{
    struct phones *p = *state;
    const struct membership m = phones_join(p, &p->w.group, "Fay Dunn", MARIA);

    judge_with_the_model(p);
    phones_text(p, MARIA, GUESSED);
    assert_int_equal(crises(p), 1);
    phones_text(p, MARIA, GUESSED);
    assert_int_equal(crises(p), 1);
    spent(p);
    phones_text(p, MARIA, "I want to die");
    assert_int_equal(crises(p), 2);
    says(p, &m, "988");
    phones_text(p, MARIA, "I want to die tonight");
    phones_text(p, MARIA, GUESSED);
    assert_int_equal(crises(p), 2);
    assert_int_equal(alarms(p), 5);
    says(p, &m, "988"); /* nothing of the money */
}

/* They are told the hours, by which clock, and how to set it; it is no note, and staff hear of it. */
static void texted_too_late(void **state)
{
    static const char *const sayings[] = { "Please dont text me so late", "Your texts come too early",
                                           "no me escriban tan tarde por favor" };
    struct phones *p = *state;
    const struct membership m = phones_join(p, &p->w.group, "Fay Dunn", MARIA);
    struct post *posts;

    for (size_t i = 0; i < COUNT_OF(sayings); i++) {
        const int64_t told = staff_mails(p);

        phones_text(p, MARIA, sayings[i]);
        says(p, &m, "from 9:00 AM to 8:00 PM.");
        says(p, &m, "ZONE CENTRAL");
        assert_int_equal(phones_waiting(p, m.person, &posts), 0);
        assert_true(staff_mails(p) > told);
        home_set_time(p->w.home, gate_now_ms(&p->w.gate) + 2 * MS_HOUR);
    }
    TX(p, OK(setting_set(&p->w.gate.store, SETTING_TEXT_HOURS, "OK", &err)));
    phones_text(p, MARIA, "Please dont text me at night");
    says(p, &m, "from 8:00 AM to 8:00 PM.");
    assert_int_equal(phones_consent(p, MARIA).state, TEXT_YES);
}

/* ZONE tells the time by which they can see whether it is theirs, in no geographer's words. */
static void the_clock_is_told(void **state)
{
    struct phones *p = *state;
    const struct membership m = phones_join(p, &p->w.group, "Fay Dunn", MARIA);
    struct person person;

    phones_text(p, MARIA, "ZONE hawaii");
    says(p, &m, "By our clock it is ");
    assert_null(strchr(phones_last(p, m.person), '/'));
    OK(person_get(&p->w.gate.store, m.person, p->w.mem, &person, &err));
    assert_string_equal(person.zone, "Pacific/Honolulu");
}

/* The month's money is gone: what they ask for is done, and one part says why nothing is said, once; staff hear of it. STOP is
 * confirmed. */
static void no_money_for_answers(void **state)
{
    struct phones *p = *state;
    const struct membership m = phones_join(p, &p->w.group, "Fay Dunn", MARIA);
    const int64_t told = spent(p);
    int64_t sent;
    struct post *posts;

    phones_text(p, MARIA, "LIST");
    says(p, &m, "We cannot answer by text this month. Please call us");
    sent = phones_sent(p, MARIA);
    assert_true(staff_mails(p) > told);
    phones_text(p, MARIA, "My soup has no salt");
    phones_text(p, MARIA, "GROUPS");
    assert_int_equal(phones_sent(p, MARIA), sent);
    assert_int_equal(phones_waiting(p, m.person, &posts), 1);
    phones_text(p, MARIA, "wrong number");
    says(p, &m, "off our list");
}

static int64_t notices(struct phones *p)
{
    return help_int(&p->w.h, "SELECT COUNT(*) FROM text_out WHERE kind = 190");
}

/* So many parts of the day are gone. */
static void use_parts(struct phones *p, int n)
{
    help_raw(&p->w.h, "UPDATE text_out SET parts = 0, state = 5");
    help_raw(&p->w.h,
             arena_printf(p->w.mem, "UPDATE text_out SET parts = %d WHERE id = (SELECT MAX(id) FROM text_out)", n));
}

/* What took the last part was said, and what needs no answer lacks none; a command is answered by a notice. */
static void nothing_was_kept_back(void **state)
{
    struct phones *p = *state;
    const struct membership m = phones_join(p, &p->w.group, "Fay Dunn", MARIA);
    int64_t told;

    use_parts(p, 19);
    told = staff_mails(p);
    phones_text(p, MARIA, "GROUPS");
    says(p, &m, "Tuesday");
    phones_text(p, MARIA, "Thanks!");
    assert_int_equal(notices(p), 0);
    assert_int_equal(staff_mails(p), told);
    phones_text(p, MARIA, "PAUSE 3");
    says(p, &m, "We cannot answer more texts today.");
    assert_int_equal(notices(p), 1);
    assert_true(staff_mails(p) > told);
}

/* Two parts that the money does not reach for, with one part left: it is the month, not the day. */
static void the_month_is_called_the_month(void **state)
{
    struct phones *p = *state;
    const struct membership m = phones_join(p, &p->w.group, "Fay Dunn", MARIA);
    struct text_budget budget = {
        .month_micro = 12000 * (help_int(&p->w.h, "SELECT CAST(SUM(parts) AS BIGINT) FROM text_ledger") + 2)
    };

    p->w.group.rules = "Be kind to everybody who writes.\nNo advice about anybody's medicines, doses or doctors.\n"
                       "What is said here stays here, and is told to nobody else, not even at home.";
    TX(p, OK(group_change(&p->w.gate.store, &p->w.group, &err)); OK(text_budget_set(&p->w.gate.store, &budget, &err)));
    phones_text(p, MARIA, "RULES");
    says(p, &m, "We cannot answer by text this month.");
}

/* Twenty parts of a day end any loop: who is no machine hears it, once. */
static void no_parts_left_today(void **state)
{
    struct phones *p = *state;
    const struct membership m = phones_join(p, &p->w.group, "Fay Dunn", MARIA);
    int64_t sent, told;

    help_raw(&p->w.h, "UPDATE text_out SET parts = 20, state = 5");
    told = staff_mails(p);
    phones_text(p, MARIA, "LIST");
    says(p, &m, "We cannot answer more texts today. Please call us");
    sent = phones_sent(p, MARIA);
    phones_text(p, MARIA, "GROUPS");
    assert_int_equal(phones_sent(p, MARIA), sent);
    assert_true(staff_mails(p) > told);
    home_set_time(p->w.home, gate_now_ms(&p->w.gate) + 25 * MS_HOUR);
    phones_text(p, MARIA, "GROUPS");
    says(p, &m, "Tuesday");
}

/* "Got it" three times a day; a fourth note is taken as well. */
static void three_notes_are_acknowledged(void **state)
{
    static const char *const notes[] = { "I had a good day at the lake", "My knees hurt from the stairs",
                                         "What is a good soup for the cold", "The garden is full of carrots" };
    struct phones *p = *state;
    const struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);
    struct post *posts;
    int64_t sent = phones_sent(p, MARIA);

    for (size_t i = 0; i < COUNT_OF(notes); i++) {
        phones_text(p, MARIA, notes[i]);
        sent += i < 3;
        assert_int_equal(phones_sent(p, MARIA), sent);
        assert_int_equal(phones_waiting(p, m.person, &posts), i + 1);
        home_set_time(p->w.home, gate_now_ms(&p->w.gate) + 2 * MS_HOUR);
    }
    home_set_time(p->w.home, gate_now_ms(&p->w.gate) + MS_DAY);
    phones_text(p, MARIA, "I slept eight hours");
    assert_int_equal(phones_sent(p, MARIA), sent + 1);
}

/* Words without a number answer the one item of the last day, not one of last week. */
static void yesterdays_item_is_not_meant(void **state)
{
    struct phones *p = *state;
    const struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);
    struct post *posts;

    phones_give(p, &m, phones_note(p, &p->w.group, p->w.ana.id, "Sleep"));
    home_set_time(p->w.home, gate_now_ms(&p->w.gate) + 25 * MS_HOUR);
    phones_text(p, MARIA, "I had a good day at the lake");
    assert_int_equal(phones_waiting(p, m.person, &posts), 1);
    assert_int_equal(posts[0].kind, POST_POST);
    says(p, &m, "A moderator will look");
}

/* Words that are commands by mail are no dead end by text. */
static void commands_are_answered(void **state)
{
    static const char *const texts[][2] = { { "ANON", "Text ANON and your note in one text" },
                                            { "BIG", "your phone sets the size" },
                                            { "EACH", "all new notes come once a day" },
                                            { "POLL 2", "No poll is open now" },
                                            { "PHONE 555-555-0123", "The care team got it" } };
    struct phones *p = *state;
    const struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        phones_text(p, MARIA, texts[i][0]);
        says(p, &m, texts[i][1]);
        home_set_time(p->w.home, gate_now_ms(&p->w.gate) + 2 * MS_HOUR);
    }
}

/* "thanks 10" is a note under 10, or counted in private where the group does that; never lost. */
static void thanks_for_a_number(void **state)
{
    struct phones *p = *state;
    const struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);
    const struct conversation_id sleep = phones_note(p, &p->w.group, p->w.ana.id, "Sleep");
    struct post *posts;

    phones_give(p, &m, sleep);
    phones_text(p, MARIA, "\nthanks 10"); /* its first token is the break */
    assert_int_equal(phones_waiting(p, m.person, &posts), 1);
    assert_int_equal(posts[0].conversation.v, sleep.v);
    assert_string_equal(posts[0].text, "thanks");
    says(p, &m, "A moderator will look");
    phones_text(p, MARIA, "THANKS 77");
    says(p, &m, "There is no such number now");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
        T(a_yes_with_an_endearment_is_a_yes),
        T(thanks_for_the_stop_is_no_start),
        T(taps_tell_no_language),
        T(every_undo_is_answered),
        T(not_rose_is_no_crisis),
        T(words_about_texts_are_no_crisis),
        T(a_plain_cry_is_answered_after_a_guess),
        T(texted_too_late),
        T(the_clock_is_told),
        T(no_money_for_answers),
        T(nothing_was_kept_back),
        T(the_month_is_called_the_month),
        T(no_parts_left_today),
        T(three_notes_are_acknowledged),
        T(yesterdays_item_is_not_meant),
        T(commands_are_answered),
        T(thanks_for_a_number),
#undef T
    };

    return cmocka_run_group_tests_name("text_odd", tests, NULL, NULL);
}
