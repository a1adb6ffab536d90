/* Check-ins set up, looked at and ended by mail: shown first, done by SEND. */
#include "tests/unit/circle_help.h"
#include "tests/unit/desk_help.h"

#include "gateway/desk/desk_check_in.h"

static int start(void **state)
{
    static struct circle c;

    circle_start(&c);
    circle_write(&c, MARIA, GROUP, "Soup", "I made soup today.", PASS); /* something of ours that Ana can answer */
    *state = &c;
    return 0;
}

static int64_t open_ones(struct circle *c)
{
    return circle_count(c, "SELECT count(*) FROM check_in WHERE state = 1");
}

static void set_up_seen_and_ended_by_mail(void **state)
{
    struct circle *c = *state;
    const struct mail *m;

    circle_has(say(c, "CHECKIN"), "There are none yet.");
    m = say(c, "CHECKIN:\nWhat is your morning weight?\nWhen: daily 8:00\nUnit: lb\nLimits: 60 to 700\nLook: under 90, "
               "over 200\n"
               "Spanish: ¿Cuánto pesa hoy?");
    circle_has(m, "reply SEND");
    circle_has(m, "Question: What is your morning weight?");
    circle_has(m, "each day at 8:00 AM");
    circle_has(m, "60 lb – 700 lb");
    circle_has(m, "90 lb – 200 lb");
    assert_int_equal(open_ones(c), 0); /* nothing before SEND */
    circle_has(say(c, "SEND"), "Your check-in for Tuesday Circle is set");
    assert_int_equal(open_ones(c), 1);
    circle_pass(c, 22 * MS_HOUR);
    circle_has(circle_mail(c, MARIA, "would you like"), "What is your morning weight?");
    circle_reply(c, circle_mail(c, MARIA, "would you like"), MARIA, "182", PASS);
    circle_has(say(c, "CHECKIN"), "1: What is your morning weight? (each day at 8:00 AM, 1 take part)");
    circle_has(say(c, "CHECKIN 1"), "Maria 182 lb");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 120"), 1);
    circle_has(say(c, "CHECKIN 2"), "no check-in with this number");
    circle_has(say(c, "END CHECKIN 1"), "End a check-in");
    assert_int_equal(open_ones(c), 1);
    circle_has(say(c, "SEND"), "We ask this no more in Tuesday Circle");
    assert_int_equal(open_ones(c), 0);
    assert_int_equal(circle_said(c, ROSE, "182"), 0);
}

static void what_cannot_be_read_is_not_guessed(void **state)
{
    static const char *const wrong[] = {
        "CHECKIN: How are you?",
        "CHECKIN: How are you?\nWhen: sometimes",
        "CHECKIN: How are you?\nWhen: daily 8:00\nColour: blue",
        "CHECKIN: How are you?\nWhen: daily 8:00\nLimits: 700 to 60",
        "CHECKIN: How are you?\nWhen: daily 8:00\nTag: heart\nTotals: yes",
        "CHECKIN: How are you?\nWhen: daily 8:00\nand tell them that we care",
    };
    struct circle *c = *state;

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        circle_has(say(c, wrong[i]), "We did nothing yet");
        circle_pass(c, MS_DAY); /* such an answer goes out five times a day */
    }
    circle_has(say(c, "END CHECKIN"), "We did nothing yet");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM check_in"), 0);
}

static void without_proof_it_is_no_word(void **state)
{
    struct circle *c = *state;
    const struct mail *last = circle_mail(c, ANA, NULL);

    circle_reply(c, last, ANA, "CHECKIN: How are you?\nWhen: daily 8:00", NOTHING);
    circle_reply(c, last, MARIA, "CHECKIN: How are you?\nWhen: daily 8:00", PASS);
    assert_int_equal(circle_said(c, NULL, "A check-in for Tuesday Circle"), 0);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM check_in"), 0);
}

static void the_lines_in_both_languages(void **state)
{
    static const struct {
        const char *text;
        struct check_in want;
    } rows[] = {
        { "How bad is your pain?\nKind: scale\nWhen: Mon, Thu 18:30\nLook: over 7\nTotals: yes",
          { .kind = CHECK_IN_SCALE,
            .days = 18,
            .minute = 1110,
            .has_totals = true,
            .limits = { CHECK_IN_NO_LIMIT, CHECK_IN_NO_LIMIT, CHECK_IN_NO_LIMIT, 7000 } } },
        { "¿Caminó hoy?\nTipo: sí/no\nCuándo: laborables a las 9\nEtiqueta: Corazon",
          { .kind = CHECK_IN_YES_NO,
            .days = 62,
            .minute = 540,
            .tag = "corazon",
            .limits = { CHECK_IN_NO_LIMIT, CHECK_IN_NO_LIMIT, CHECK_IN_NO_LIMIT, CHECK_IN_NO_LIMIT } } },
        { "¿Cuánto pesa?\nCuándo: martes 8:00\nUnidad: kg\nLímites: 40-200\nMirar: menos de 50, más de 90.5",
          { .kind = CHECK_IN_NUMBER,
            .days = 4,
            .minute = 480,
            .unit = "kg",
            .limits = { 40000, 200000, 50000, 90500 } } },
    };
    struct circle *c = *state;
    struct check_in got;
    struct err err;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct check_in *want = &rows[i].want;

        HELP_OK(desk_check_in_read(rows[i].text, c->mem, &got, &err));
        assert_int_equal(got.kind, want->kind);
        assert_int_equal(got.days, want->days);
        assert_int_equal(got.minute, want->minute);
        assert_int_equal(got.has_totals, want->has_totals);
        assert_string_equal(got.tag, want->tag ? want->tag : "");
        assert_string_equal(got.unit, want->unit ? want->unit : "");
        assert_memory_equal(&got.limits, &want->limits, sizeof got.limits);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(set_up_seen_and_ended_by_mail),
        TEST(what_cannot_be_read_is_not_guessed),
        TEST(without_proof_it_is_no_word),
        TEST(the_lines_in_both_languages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
