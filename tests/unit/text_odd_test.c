/* What people on phones really write: a yes with an endearment, taps on a screen, UNDO again and again, "This is not Rose". */
#include "tests/unit/text_talk_help.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
        T(a_yes_with_an_endearment_is_a_yes),
        T(thanks_for_the_stop_is_no_start),
        T(taps_tell_no_language),
        T(every_undo_is_answered),
        T(not_rose_is_no_crisis),
#undef T
    };

    return cmocka_run_group_tests_name("text_odd", tests, NULL, NULL);
}
