/* Numbers as people write them back: which is one number, which is asked back, and when more was said. */
#include "inbound/measure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define ANY MEASURE_NO_LIMIT

struct row {
    const char *text;
    enum measure_kind kind;
    int64_t milli;
    bool has_words;
};

static struct measure read(const struct measure_input *in, const char *text, struct arena *mem)
{
    static const char *const names[] = { "Rose", "Ana", NULL };
    struct measure_input one = *in;

    one.text = text;
    one.names = names;
    return measure_read(&one, mem);
}

static void check(const struct measure_input *in, const struct row *rows, size_t n)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("measure_test");

    for (size_t i = 0; i < n; i++) {
        const struct measure m = read(in, rows[i].text, mem);

        if (m.kind != rows[i].kind || (m.kind == MEASURE_ONE && m.milli != rows[i].milli) ||
            m.has_words != rows[i].has_words)
            fail_msg("\"%s\": kind %d, %lld, words %d", rows[i].text, (int)m.kind, (long long)m.milli, m.has_words);
    }
}

static void a_weight(void **state)
{
    static const struct measure_input in = {
        .unit = "lb", .question = "What is your morning weight?", .low = 60000, .high = 700000
    };
    static const struct row rows[] = {
        { "182", MEASURE_ONE, 182000, false },
        { "182 lbs", MEASURE_ONE, 182000, false },
        { "182lbs.", MEASURE_ONE, 182000, false },
        { "182 pounds", MEASURE_ONE, 182000, false },
        { "182 libras", MEASURE_ONE, 182000, false },
        { "lbs: 182", MEASURE_ONE, 182000, false },
        { "181.5", MEASURE_ONE, 181500, false },
        { "181,5 lb", MEASURE_ONE, 181500, false },
        { "181.25lb", MEASURE_ONE, 181250, false },
        { "about 182", MEASURE_ONE, 182000, false },
        { "My weight is about 182 this morning.", MEASURE_ONE, 182000, false },
        { "Hoy peso unos 182", MEASURE_ONE, 182000, false },
        { "Hi Ana,\n\n182\n\nThank you!\nRose", MEASURE_ONE, 182000, false },
        { "182 182", MEASURE_ONE, 182000, false },
        { "- 182", MEASURE_ONE, 182000, false },
        { "-182", MEASURE_ONE, 182000, false },
        { "182 but my feet are swollen", MEASURE_ONE, 182000, true },
        { "182. Is that bad?", MEASURE_ONE, 182000, true },
        { "182 yesterday", MEASURE_ONE, 182000, true },
        { "182 and I feel dizzy", MEASURE_ONE, 182000, true },
        { "180 or 182", MEASURE_SEVERAL, 0, true },
        { "180-182", MEASURE_SEVERAL, 0, false },
        { "182 at 7:30", MEASURE_SEVERAL, 0, true },
        { "11/22: 182", MEASURE_SEVERAL, 0, false },
        { "82 kg", MEASURE_OTHER_UNIT, 0, false },
        { "82kg", MEASURE_OTHER_UNIT, 0, false },
        { "82,5 kilos", MEASURE_OTHER_UNIT, 0, false },
        { "kg 82", MEASURE_OTHER_UNIT, 0, true },
        { "13 stone", MEASURE_OTHER_UNIT, 0, false },
        { "182nd", MEASURE_UNCLEAR, 0, false },
        { "11.22.2026", MEASURE_UNCLEAR, 0, false },
        { "123456789012345678901234567890", MEASURE_UNCLEAR, 0, false },
        { "one eighty two", MEASURE_NONE, 0, true },
        { "I forgot", MEASURE_NONE, 0, true },
        { "", MEASURE_NONE, 0, false },
    };

    (void)state;
    check(&in, rows, COUNT_OF(rows));
}

/* "1,200": what is plausible decides, and nothing else. */
static void a_comma_with_three_digits(void **state)
{
    static const struct measure_input steps = { .unit = "steps", .question = "", .low = 100000, .high = 60000000 };
    static const struct measure_input small = { .unit = "mmol", .question = "", .low = 1000, .high = 30000 };
    static const struct measure_input none = { .unit = "", .question = "", .low = ANY, .high = ANY };
    static const struct row as_thousands[] = { { "1,200", MEASURE_ONE, 1200000, false },
                                               { "10.432 pasos", MEASURE_ONE, 10432000, false },
                                               { "10,432.5", MEASURE_ONE, 10432500, false } };
    static const struct row as_fraction[] = { { "5,250", MEASURE_ONE, 5250, false },
                                              { "5.250 mmol/L", MEASURE_ONE, 5250, false } };
    static const struct row unclear[] = { { "1,200", MEASURE_UNCLEAR, 0, false },
                                          { "0.125", MEASURE_ONE, 125, false },
                                          { "72 bpm", MEASURE_ONE, 72000, false } };

    (void)state;
    check(&steps, as_thousands, COUNT_OF(as_thousands));
    check(&small, as_fraction, COUNT_OF(as_fraction));
    check(&none, unclear, COUNT_OF(unclear));
}

static void a_scale(void **state)
{
    static const struct measure_input in = {
        .unit = "", .question = "How is your pain, from 0 to 10?", .low = 0, .high = 10000, .is_scale = true
    };
    static const struct row rows[] = {
        { "7", MEASURE_ONE, 7000, false },
        { "7/10", MEASURE_ONE, 7000, false },
        { "7 out of 10", MEASURE_ONE, 7000, false },
        { "7 de 10", MEASURE_ONE, 7000, false },
        { "seven", MEASURE_ONE, 7000, false },
        { "Siete, gracias", MEASURE_ONE, 7000, false },
        { "a seven I guess", MEASURE_NONE, 0, true },
        { "my pain is 7", MEASURE_ONE, 7000, false },
        { "6 or 7", MEASURE_SEVERAL, 0, true },
        { "11", MEASURE_ONE, 11000, false }, /* the caller's limits refuse it */
    };

    (void)state;
    check(&in, rows, COUNT_OF(rows));
}

static void degrees_below_zero(void **state)
{
    static const struct measure_input in = { .unit = "C", .question = "", .low = -40000, .high = 50000 };
    static const struct row rows[] = { { "-5", MEASURE_ONE, -5000, false },
                                       { "36.6 °C", MEASURE_ONE, 36600, false },
                                       { "98.6 F", MEASURE_OTHER_UNIT, 0, false } };

    (void)state;
    check(&in, rows, COUNT_OF(rows));
}

static void limits_of_staff(void **state)
{
    static const char *const wrong[] = { "", "-", "1.", ".5", "1,5", "1.2345", "12345678", "1e3", "5 lb" };
    CLEANUP(arena_free) struct arena *mem = arena_new("measure_test");
    struct err err;
    int64_t milli;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_int_equal(measure_parse(wrong[i], &milli, &err), RC_INPUT);
    assert_int_equal(measure_parse("-36.5", &milli, &err), RC_OK);
    assert_int_equal(milli, -36500);
    assert_string_equal(measure_print(-36500, mem), "-36.5");
    assert_string_equal(measure_print(182000, mem), "182");
    assert_string_equal(measure_print(0, mem), "0");
    assert_string_equal(measure_print(125, mem), "0.125");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_weight),           cmocka_unit_test(a_comma_with_three_digits), cmocka_unit_test(a_scale),
        cmocka_unit_test(degrees_below_zero), cmocka_unit_test(limits_of_staff),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
