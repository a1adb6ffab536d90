/* A corrected note is never read without the care team's note: not in a digest, a single mail, the lines above an answer, a first letter. */
#include "circle_help.h"

#include "gateway/people/catch_up.h"

#define WRONG "You can stop your water pills when your ankles look thin."
#define WRONG_BEGINS "stop your water pills"
#define RIGHT "Please never stop water pills without calling us."
#define SOURCE "our heart sheet"

/* Every mail of the group that shows the wrong words shows the right ones too. Returns how many there were. */
static size_t none_without(struct circle *c)
{
    size_t found = 0;

    for (size_t i = c->told; i < c->mail_count; i++) {
        const struct mail *m = &c->mails[i];

        if (!strcmp(m->to, ANA) || !strcmp(m->to, LEE) || !circle_holds(m->text, WRONG_BEGINS))
            continue;
        found++;
        circle_has(m, RIGHT);
        circle_has(m, SOURCE);
        assert_non_null(strstr(m->raw, "text/html")); /* both forms come from one tree */
    }
    return found;
}

static struct post corrected(struct circle *c)
{
    struct post p;

    circle_write(c, MARIA, GROUP, "Pills", WRONG, PASS);
    p = circle_waiting(c, WRONG_BEGINS);
    circle_listen(c);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "FIX: " RIGHT "\r\nSource: " SOURCE, PASS);
    assert_int_equal(circle_post(c, p.id).state, POST_PUBLISHED);
    return p;
}

static void single_mails_digests_and_languages(void **state)
{
    struct circle *c = *state;

    circle_write(c, ROSE, GROUP, "x", "ESPAÑOL", PASS);
    corrected(c);
    circle_digest(c);
    assert_int_equal(none_without(c), 4); /* Sam's single mail, Dr Cole's, and the digests of Rose and Maria */
}

static void the_lines_above_an_answer(void **state)
{
    struct circle *c = *state;

    corrected(c);
    circle_digest(c);
    circle_listen(c);
    circle_reply(c, circle_mail(c, ROSE, "letter 1"), ROSE, "1 Is that so?", PASS);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS);
    circle_pass(c, 24 * MS_HOUR);
    assert_true(none_without(c) >= 3);
}

static void letters_that_catch_up(void **state)
{
    struct circle *c = *state;
    struct membership late;
    struct err err;

    corrected(c);
    circle_digest(c);
    circle_listen(c);
    CIRCLE_TX(c, {
        gate_help_member(&c->g, "Joan", "joan@example.net", RHYTHM_DAILY);
        late = gate_help_member(&c->g, "Hal", "hal@example.net", RHYTHM_EACH);
        HELP_OK(catch_up_queue(&c->g.gate, late.id, &err));
    });
    circle_pass(c, 24 * MS_HOUR);
    circle_has(circle_since(c, "hal@example.net", NULL), RIGHT);
    assert_true(none_without(c) >= 1);
}

/* Written at 10, with its OK at 1 o'clock: the letter says when it was written, in whichever form it comes. */
static void a_letter_says_when_it_was_written(void **state)
{
    struct circle *c = *state;

    circle_write(c, MARIA, GROUP, "Soup", "I made lentil soup today.", PASS);
    circle_pass(c, 3 * MS_HOUR);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS);
    circle_has(circle_mail(c, SAM, NULL), "10:00");
    circle_lacks(circle_mail(c, SAM, NULL), "1:00");
    circle_pass(c, 6 * MS_HOUR);
    circle_has(circle_mail(c, ROSE, "letter 1"), "10:00");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)
    const struct CMUnitTest tests[] = {
        TEST(single_mails_digests_and_languages),
        TEST(the_lines_above_an_answer),
        TEST(letters_that_catch_up),
        TEST(a_letter_says_when_it_was_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
