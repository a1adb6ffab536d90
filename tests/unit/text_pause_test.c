/* gateway/text/text_pause: an account that fails is left alone, and no other with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/text/text_pause.h"

#define FIRST_MS 2000
#define MOST_MS 120000
#define NOW 5000

static const struct text_account_id a = { 11 }, b = { 12 };

static struct text_pauses batch(struct text_pauses p, enum sms_end end, size_t n)
{
    for (size_t i = 0; i < n; i++)
        text_pause_note(&p, a, end);
    text_pauses_settle(&p, NOW);
    return p;
}

static void a_batch_is_one_failure(void **state)
{
    struct text_pauses p = text_pauses_make(FIRST_MS, MOST_MS);

    (void)state;
    p = batch(p, SMS_NOT_SENT, 60);
    assert_in_range(text_pause_left(&p, a, NOW), 1, FIRST_MS);
    assert_int_equal(text_pause_left(&p, a, NOW + FIRST_MS), 0);
    p = batch(p, SMS_LOST, 4);
    assert_in_range(text_pause_left(&p, a, NOW), FIRST_MS, 2 * FIRST_MS);
    for (int i = 0; i < 20; i++)
        p = batch(p, SMS_NOT_SENT, 1);
    assert_in_range(text_pause_left(&p, a, NOW), MOST_MS / 2, MOST_MS);
}

static void one_account_holds_up_no_other(void **state)
{
    struct text_pauses p = text_pauses_make(FIRST_MS, MOST_MS);

    (void)state;
    text_pause_note(&p, b, SMS_ANSWERED);
    p = batch(p, SMS_NOT_SENT, 1);
    assert_true(text_pause_left(&p, a, NOW) > 0);
    assert_int_equal(text_pause_left(&p, b, NOW), 0);
}

static void who_had_no_turn_has_not_failed(void **state)
{
    struct text_pauses p = text_pauses_make(FIRST_MS, MOST_MS);

    (void)state;
    p = batch(p, SMS_NO_TURN, 60);
    assert_int_equal(text_pause_left(&p, a, NOW), 0);
}

static void an_answer_ends_a_pause(void **state)
{
    struct text_pauses p = text_pauses_make(FIRST_MS, MOST_MS);

    (void)state;
    p = batch(p, SMS_NOT_SENT, 1);
    text_pause_note(&p, a, SMS_ANSWERED);
    p = batch(p, SMS_LOST, 1); /* the same batch */
    assert_int_equal(text_pause_left(&p, a, NOW), 0);
}

static void many_accounts_are_too_few_to_break_it(void **state)
{
    struct text_pauses p = text_pauses_make(FIRST_MS, MOST_MS);

    (void)state;
    for (int64_t i = 0; i < 3 * TEXT_PAUSES_MAX; i++) {
        const struct text_account_id id = { 100 + i };

        text_pause_note(&p, id, SMS_NOT_SENT);
        text_pauses_settle(&p, NOW);
        assert_in_range(text_pause_left(&p, id, NOW), 1, FIRST_MS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_is_one_failure),
        cmocka_unit_test(one_account_holds_up_no_other),
        cmocka_unit_test(who_had_no_turn_has_not_failed),
        cmocka_unit_test(an_answer_ends_a_pause),
        cmocka_unit_test(many_accounts_are_too_few_to_break_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
