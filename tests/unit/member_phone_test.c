/* PHONE by mail: the phone's own yes makes it a phone of ours; nobody learns whose another one is. */
#include "tests/unit/text_talk_help.h"

#define MARIA "+15555550101"
#define ROSE "+15555550102"

static void asks(struct phones *p, const struct membership *m, const char *number)
{
    OK(world_say(&p->w, m, (struct command){ .kind = COMMAND_PHONE, .text = number }));
}

/* What the newest answer by mail says. */
static void is_told(struct phones *p, const struct membership *m, const char *part)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    struct delivery *rows;
    struct mailing mailing = { .kind = MAILING_DIGEST };
    size_t n;

    OK(delivery_of_person(&p->w.gate.store, m->person, (struct delivery_id){ 0 }, 1, mem, &rows, &n, &err));
    assert_int_equal(n, 1);
    OK(mailing_get(&p->w.gate.store, rows[0].mailing, mem, &mailing, &err));
    assert_int_equal(mailing.kind, MAILING_PHONE);
    if (!memmem(mailing.built, mailing.built_len, part, strlen(part)))
        fail_msg("\"%.*s\" does not say \"%s\"", (int)mailing.built_len, (const char *)mailing.built, part);
}

static void the_phone_itself_says_yes(void **state)
{
    struct phones *p = *state;
    struct membership m = world_join(&p->w, "Maria Santos", "maria@example.org");

    asks(p, &m, "(555) 555-0101");
    is_told(p, &m, "that ends in 01");
    assert_int_equal(world_get(&p->w, &m).channel, CHANNEL_EMAIL);
    assert_int_equal(phones_consent(p, MARIA).state, TEXT_ASKED);
    assert_int_equal(phones_sent(p, MARIA), 1);
    assert_non_null(strstr(phones_last(p, m.person), "Reply YES to get Tuesday texts"));
    assert_int_equal(help_int(&p->w.h, "SELECT COUNT(*) FROM text_consent_log WHERE way = 2 AND evidence_id = 88"), 1);
    phones_text(p, MARIA, "Yes");
    assert_int_equal(world_get(&p->w, &m).channel, CHANNEL_BOTH);
    assert_int_equal(phones_consent(p, MARIA).state, TEXT_YES);
    asks(p, &m, "555-555-0101");
    is_told(p, &m, "There is nothing to do");
    assert_int_equal(phones_sent(p, MARIA), 2); /* "you will get texts too" */
}

static void nothing_goes_to_a_phone_of_somebody_else(void **state)
{
    struct phones *p = *state;
    struct membership rose = phones_join(p, &p->w.group, "Rose Marsh", ROSE);
    struct membership m = world_join(&p->w, "Maria Santos", "maria@example.org");
    const int64_t sent = phones_sent(p, ROSE);
    struct person *users;
    size_t n;

    asks(p, &m, "555-555-0102");
    is_told(p, &m, "Please call us");
    assert_int_equal(phones_sent(p, ROSE), sent);
    OK(person_by_address(&p->w.gate.store, rose.address, p->w.mem, &users, &n, &err));
    assert_int_equal(n, 1); /* Rose is not asked who of them is writing */
}

static void what_cannot_be_asked(void **state)
{
    struct phones *p = *state;
    struct membership m = world_join(&p->w, "Maria Santos", "maria@example.org");

    asks(p, &m, "555-0101");
    is_told(p, &m, "area code");
    asks(p, &m, "555-555-0101");
    phones_text(p, MARIA, "STOP");
    asks(p, &m, "555-555-0101");
    is_told(p, &m, "told us STOP");
    assert_int_equal(phones_consent(p, MARIA).state, TEXT_STOPPED);
    phones_text(p, MARIA, "START"); /* R6: from the phone alone */
    assert_int_equal(phones_consent(p, MARIA).state, TEXT_YES);
    assert_int_equal(world_get(&p->w, &m).channel, CHANNEL_BOTH);
}

/* Nobody makes us write to many phones. */
static void three_phones_a_day(void **state)
{
    struct phones *p = *state;
    struct membership m = world_join(&p->w, "Maria Santos", "maria@example.org");

    for (int i = 0; i < 4; i++)
        asks(p, &m, arena_printf(p->w.mem, "555-555-011%d", i));
    is_told(p, &m, "Please call us");
    assert_int_equal(help_int(&p->w.h, "SELECT COUNT(*) FROM text_out"), 3);
}

static void a_phone_that_said_yes_before(void **state)
{
    struct phones *p = *state;
    struct membership m = world_join(&p->w, "Maria Santos", "maria@example.org");

    asks(p, &m, "555-555-0101");
    phones_text(p, MARIA, "Yes");
    m = world_get(&p->w, &m);
    m.channel = CHANNEL_EMAIL; /* staff took the texts away */
    TX(p, OK(membership_change(&p->w.gate.store, &m, m.state, &err)));
    asks(p, &m, "+1 555 555 0101");
    is_told(p, &m, "It is done");
    assert_int_equal(world_get(&p->w, &m).channel, CHANNEL_BOTH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, phones_setup, phones_teardown)
        T(the_phone_itself_says_yes),    T(nothing_goes_to_a_phone_of_somebody_else),
        T(what_cannot_be_asked),         T(three_phones_a_day),
        T(a_phone_that_said_yes_before),
#undef T
    };

    return cmocka_run_group_tests_name("member_phone", tests, NULL, NULL);
}
