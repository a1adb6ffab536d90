/* Who is on duty and who is paged: the rota first, then the duty order, and never nobody. */
#include "circle_help.h"

#include "gateway/say/office.h"
#include "schedules/rota.h"
#include "store/shift.h"

static void add_shift(struct circle *c, struct person_id person, const char *when)
{
    struct rota_shift s;
    struct shift row = { .person = person };
    struct err err;

    HELP_OK(rota_parse(when, &s, &err));
    row.weekdays = s.weekdays;
    row.from_minute = s.from_minute;
    row.to_minute = s.to_minute;
    row.from_day = s.from_day;
    row.to_day = s.to_day;
    CIRCLE_TX(c, HELP_OK(shift_add(&c->g.gate.store, &row, &err)));
}

/* "Ana Ruiz, Lee Ames" */
static const char *contacts(struct circle *c)
{
    struct person *staff;
    const char *text = "";
    struct err err;
    size_t n;

    HELP_OK(office_contacts(&c->g.gate, c->mem, &staff, &n, &err));
    for (size_t i = 0; i < n; i++)
        text = arena_printf(c->mem, "%s%s%s", text, i ? ", " : "", staff[i].name);
    return text;
}

static void without_a_rota_the_duty_order_holds(void **state)
{
    assert_string_equal(contacts(*state), "Ana Ruiz, Lee Ames");
}

/* Tuesday, 10:00: the provider is on call until noon; the one with dates goes before her. */
static void the_rota_goes_first(void **state)
{
    struct circle *c = *state;

    add_shift(c, c->ida, "Mon-Fri 09:00-12:00");
    add_shift(c, c->ana, "Mon-Fri 12:00-17:00");
    assert_string_equal(contacts(c), "Ida Cole, Ana Ruiz, Lee Ames");
    add_shift(c, c->lee, "2026-03-03 08:00 - 2026-03-04 08:00");
    assert_string_equal(contacts(c), "Lee Ames, Ida Cole, Ana Ruiz");
    circle_pass(c, 2 * MS_HOUR);
    assert_string_equal(contacts(c), "Lee Ames, Ana Ruiz");
    circle_pass(c, MS_DAY);
    assert_string_equal(contacts(c), "Ana Ruiz, Lee Ames");
}

static void who_has_left_is_not_called(void **state)
{
    struct circle *c = *state;
    struct person ida;
    struct err err;

    add_shift(c, c->ida, "Sun-Sat 00:00-24:00");
    HELP_OK(person_get(&c->g.gate.store, c->ida, c->mem, &ida, &err));
    ida.state = PERSON_GONE;
    CIRCLE_TX(c, HELP_OK(person_change(&c->g.gate.store, &ida, &err)));
    assert_string_equal(contacts(c), "Ana Ruiz, Lee Ames");
}

/* Reports can be forged: an address that takes no mail, as they say, is tried behind the others. */
static void who_may_not_get_it_is_called_last(void **state)
{
    static const char *const all[] = { ANA, LEE };
    struct circle *c = *state;
    struct address a;
    struct err err;

    for (size_t i = 0; i < COUNT_OF(all); i++) {
        HELP_OK(address_find(&c->g.gate.store, ADDRESS_EMAIL, all[i], c->mem, &a, &err));
        CIRCLE_TX(c, HELP_OK(suppression_add(&c->g.gate.store, a.id, SUPPRESSED_BOUNCED, &err)));
        assert_string_equal(contacts(c), i ? "Ana Ruiz, Lee Ames" : "Lee Ames, Ana Ruiz");
    }
}

/* "Ana Ruiz: letters came back, Lee Ames: gets alarms; 1" */
static const char *roll(struct circle *c)
{
    struct office_contact *list;
    const char *text = "";
    size_t n, reached;
    struct err err;

    HELP_OK(office_roll(&c->g.gate, c->mem, &list, &n, &reached, &err));
    for (size_t i = 0; i < n; i++)
        text = arena_printf(c->mem, "%s%s%s: %s", text, i ? ", " : "", list[i].person.name,
                            office_reach_words(list[i].reach));
    return arena_printf(c->mem, "%s; %zu", text, reached);
}

static void suppress(struct circle *c, const char *email, enum suppression_reason why)
{
    struct address a;
    struct err err;

    HELP_OK(address_find(&c->g.gate.store, ADDRESS_EMAIL, email, c->mem, &a, &err));
    CIRCLE_TX(c, HELP_OK(suppression_add(&c->g.gate.store, a.id, why, &err)));
}

/* Nobody counts on whom no alarm reaches, and the next person is called in their stead. */
static void who_said_stop_is_not_called_and_does_not_count(void **state)
{
    struct circle *c = *state;

    assert_string_equal(roll(c), "Ana Ruiz: gets alarms, Lee Ames: gets alarms; 2");
    suppress(c, ANA, SUPPRESSED_STOP);
    assert_string_equal(roll(c), "Ana Ruiz: said STOP, or has no address, Lee Ames: gets alarms; 1");
    assert_string_equal(contacts(c), "Lee Ames");
    circle_write(c, MARIA, GROUP, "Tonight", "I want to kill myself tonight.", PASS);
    assert_non_null(circle_mail(c, LEE, "please claim"));
    assert_null(circle_mail(c, ANA, "please claim"));
}

/* The others hear that they are fewer. */
static void a_stop_of_staff_is_told_as_what_it_is(void **state)
{
    struct circle *c = *state;

    circle_write(c, MARIA, GROUP, "Tonight", "I want to kill myself tonight.", PASS);
    circle_pass(c, 10 * MS_MINUTE);
    circle_reply(c, circle_mail(c, LEE, "please claim"), LEE, "STOP", PASS);
    assert_string_equal(contacts(c), "Ana Ruiz");
    circle_has(circle_mail(c, ANA, "for your notice"), "They get no alarms now.");
    circle_reply(c, circle_mail(c, LEE, "off the list"), LEE, "UNDO", PASS);
    assert_string_equal(contacts(c), "Ana Ruiz, Lee Ames");
}

static void whose_letters_came_back_does_not_count(void **state)
{
    struct circle *c = *state;

    suppress(c, LEE, SUPPRESSED_BOUNCED);
    assert_string_equal(roll(c), "Ana Ruiz: gets alarms, Lee Ames: letters came back; 1");
    assert_string_equal(contacts(c), "Ana Ruiz, Lee Ames");
}

static void the_person_on_call_gets_the_page(void **state)
{
    struct circle *c = *state;

    add_shift(c, c->ida, "Mon-Fri 09:00-12:00");
    circle_write(c, MARIA, GROUP, "Tonight", "I want to kill myself tonight.", PASS);
    assert_non_null(circle_mail(c, IDA, "please claim"));
    assert_null(circle_mail(c, ANA, "please claim"));
}

/* Tuesday, 10:00, of a day from 8 to 17: at half of the hours, at their end, then daily. */
static void notes_are_reminded_of_by_the_clock_of_their_tier(void **state)
{
    struct circle *c = *state;
    struct gate *gate = &c->g.gate;
    const int64_t now_ms = gate_now_ms(gate);

    assert_int_equal(office_reminder(gate, 3, 0) - now_ms, 2 * MS_HOUR);
    assert_int_equal(office_reminder(gate, 1, 1) - now_ms, 2 * MS_HOUR);
    assert_int_equal(office_reminder(gate, 4, 0) - now_ms, 4 * MS_HOUR);
    assert_int_equal(office_reminder(gate, 4, 2) - now_ms, MS_DAY);
    gate->facts.review_hours[1] = 16;
    assert_int_equal(office_reminder(gate, 4, 0) - now_ms, 23 * MS_HOUR); /* 7 hours today, one tomorrow */
    assert_int_equal(office_reminder(gate, 3, 0) - now_ms, 2 * MS_HOUR);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(without_a_rota_the_duty_order_holds),
        TEST(the_rota_goes_first),
        TEST(who_has_left_is_not_called),
        TEST(who_may_not_get_it_is_called_last),
        TEST(the_person_on_call_gets_the_page),
        TEST(who_said_stop_is_not_called_and_does_not_count),
        TEST(a_stop_of_staff_is_told_as_what_it_is),
        TEST(whose_letters_came_back_does_not_count),
        TEST(notes_are_reminded_of_by_the_clock_of_their_tier),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
