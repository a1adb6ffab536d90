/* Greetings, milestones and private thanks: off until staff turn them on, nothing without the member's yes and a moderator's OK, no names in thanks. */
#include "circle_help.h"

#include "gateway/people/courtesies.h"
#include "gateway/people/enroll.h"
#include "gateway/people/invite.h"

#define TOM "tom@example.net"

static void turned_on(struct circle *c, int64_t customs)
{
    const struct audit_who who = { AUDIT_STAFF, c->ana.v, AUDIT_WAY_CLI };
    struct err err;

    CIRCLE_TX(c, HELP_OK(courtesies_set(&c->g.gate, &who, c->g.group.id, customs, &err)));
}

static struct membership_id tom_joins(struct circle *c)
{
    const struct audit_who who = { AUDIT_STAFF, c->ana.v, AUDIT_WAY_CLI };
    const struct enroll_seat seat = { .hour_minute = -1 };
    struct enroll e = { .name = "Tom Baker", .email = TOM };
    struct invite invite = { .invited_by = c->ana };
    struct membership m;
    struct err err;

    CIRCLE_TX(c, {
        HELP_OK(enroll_member(&c->g.gate, &who, &c->g.group, &e, &seat, c->mem, &m, &err));
        invite.membership = m.id;
        invite.person = m.person;
        HELP_OK(invite_send(&c->g.gate, &who, &invite, &err));
    });
    circle_post_office(c);
    circle_reply(c, circle_mail(c, TOM, NULL), TOM, "YES", PASS);
    return m.id;
}

static void is_ok(struct circle *c)
{
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS);
}

/* ---- hello ---- */

static void nobody_is_asked_where_it_is_off(void **state)
{
    struct circle *c = *state;

    tom_joins(c);
    circle_pass(c, 400 * MS_DAY);
    assert_null(circle_mail(c, TOM, "may we"));
    assert_null(circle_mail(c, MARIA, "may we"));
}

static void a_newcomer_is_greeted_after_a_yes_and_an_ok(void **state)
{
    struct circle *c = *state;

    turned_on(c, CUSTOM_HELLO);
    tom_joins(c);
    circle_has(circle_mail(c, TOM, "may we"), "Tom has just joined our group.");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 0);
    circle_reply(c, circle_mail(c, TOM, "may we"), TOM, "Yes, that would be nice", PASS); /* more than a yes */
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 0);
    circle_reply(c, circle_mail(c, TOM, "may we"), TOM, "Yes please", PASS);
    circle_has(circle_mail(c, TOM, "may we"), "Thank you for your YES");
    assert_int_equal(circle_said(c, SAM, "just joined"), 0);
    is_ok(c);
    circle_has(circle_mail(c, SAM, NULL), "Tom has just joined our group. Welcome, and hello from us all!");
    circle_lacks(circle_mail(c, SAM, NULL), "Baker");
    circle_reply(c, circle_mail(c, TOM, "may we"), TOM, "Yes", PASS); /* again: nothing more */
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 1);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM audit WHERE verb = 121"), 1);
}

static void no_is_no_and_silence_is_no(void **state)
{
    struct circle *c = *state;

    turned_on(c, CUSTOM_HELLO);
    tom_joins(c);
    circle_pass(c, 20 * MS_DAY);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 0);
    circle_reply(c, circle_mail(c, TOM, "may we"), TOM, "No thank you", PASS);
    circle_has(circle_mail(c, TOM, "may we"), "no one was told");
    circle_lacks(circle_mail(c, TOM, "may we"), "just joined");
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 0);
}

static void words_and_strangers_say_nothing_to_the_group(void **state)
{
    struct circle *c = *state;
    const struct mail *asked;

    turned_on(c, CUSTOM_HELLO);
    tom_joins(c);
    asked = circle_mail(c, TOM, "may we");
    circle_reply(c, asked, TOM, "Please do not tell that I am ill", PASS);
    circle_has(circle_mail(c, ANA, "private words"), "Please do not tell");
    circle_reply(c, asked, TOM, "YES", FORGED);
    circle_reply(c, asked, ROSE, "YES", PASS);
    circle_reply(c, asked, "stranger@example.org", "YES", PASS);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM post"), 0);
}

static void who_takes_it_back_or_leaves_takes_the_draft_along(void **state)
{
    struct circle *c = *state;

    turned_on(c, CUSTOM_HELLO);
    tom_joins(c);
    circle_reply(c, circle_mail(c, TOM, "may we"), TOM, "Yes", PASS);
    assert_int_not_equal(circle_waiting(c, "just joined").id.v, 0);
    circle_reply(c, circle_mail(c, TOM, "may we"), TOM, "No", PASS);
    assert_int_equal(circle_waiting(c, "just joined").id.v, 0);
    circle_reply(c, circle_mail(c, TOM, "may we"), TOM, "Yes", PASS);
    assert_int_not_equal(circle_waiting(c, "just joined").id.v, 0);
    circle_write(c, TOM, GROUP, "x", "LEAVE", PASS);
    assert_int_equal(circle_waiting(c, "just joined").id.v, 0);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS);
    assert_int_equal(circle_said(c, SAM, "just joined"), 0);
}

/* ---- milestones ---- */

static void a_year_is_told_if_they_like(void **state)
{
    struct circle *c = *state;

    turned_on(c, CUSTOM_MILESTONES);
    help_raw(&c->g.h, "UPDATE membership SET joined_ms = 1741099000000 WHERE role = 1"); /* 4 March 2025, by day */
    circle_pass(c, MS_DAY);
    circle_has(circle_mail(c, MARIA, "may we"), "Maria has been with us for a year.");
    circle_reply(c, circle_mail(c, MARIA, "may we"), MARIA, "yes", PASS);
    assert_int_equal(circle_said(c, SAM, "Maria has been with us"), 0);
    is_ok(c);
    circle_has(circle_mail(c, SAM, NULL), "Maria has been with us for a year.");
    assert_int_equal(circle_said(c, NULL, "Rose has been with us") > 0,
                     true); /* to herself alone: she did not answer */
    assert_int_equal(circle_said(c, MARIA, "Rose has been with us") + circle_said(c, SAM, "Rose has been with us") +
                         circle_said(c, ANA, "Rose has been with us"),
                     0);
    circle_listen(c);
    circle_pass(c, 30 * MS_DAY);
    assert_null(circle_since(c, ROSE, "may we"));
    circle_pass(c, 330 * MS_DAY);
    circle_pass(c, 10 * MS_DAY); /* the house slept over the day */
    assert_int_equal(circle_said(c, MARIA, "for 2 years"), 1);
}

static void the_hundredth_check_in_once(void **state)
{
    struct circle *c = *state;
    struct err err;

    turned_on(c, CUSTOM_MILESTONES);
    for (int64_t n = 98; n < 103; n++)
        CIRCLE_TX(c, HELP_OK(courtesies_counted(&c->g.gate, c->maria.id, n, &err)));
    CIRCLE_TX(c, HELP_OK(courtesies_counted(&c->g.gate, c->maria.id, 100, &err)));
    circle_run(c);
    assert_int_equal(circle_said(c, MARIA, "Maria has now answered 100 check-ins."), 1);
    assert_int_equal(circle_said(c, NULL, "102 check-ins"), 0);
}

/* ---- thanks ---- */

static const struct mail *letter(struct circle *c, const char *who)
{
    return circle_mail(c, who, "letter");
}

/* Rose's note is item 1 of everybody's letter. */
static void rose_writes(struct circle *c)
{
    struct err err;

    CIRCLE_TX(c, for (int i = 0; i < 4; i++)
                     gate_help_member(&c->g, arena_printf(c->mem, "Reader %c", 'A' + i),
                                      arena_printf(c->mem, "reader%d@example.net", i), RHYTHM_DAILY));
    circle_published(c, c->rose, "I made lentil soup today.");
    circle_digest(c);
}

static void reader_thanks(struct circle *c, int i, const char *words)
{
    const char *who = arena_printf(c->mem, "reader%d@example.net", i);

    circle_reply(c, letter(c, who), who, words, PASS);
}

static int64_t counted(struct circle *c)
{
    return circle_count(c, "SELECT count(*) FROM thanks");
}

static void three_are_told_as_a_number_after_a_yes(void **state)
{
    struct circle *c = *state;

    turned_on(c, CUSTOM_THANKS);
    rose_writes(c);
    reader_thanks(c, 0, "THANKS 1");
    reader_thanks(c, 0, "Gracias 1"); /* of one person, one */
    reader_thanks(c, 1, "thanks #1");
    assert_int_equal(counted(c), 2);
    circle_pass(c, 8 * MS_DAY);
    assert_null(circle_mail(c, ROSE, "may we")); /* of two she could tell who */
    reader_thanks(c, 2, "THANKS 1");
    circle_reply(c, letter(c, ROSE), ROSE, "THANKS 1", PASS); /* one's own: a note like any other */
    assert_int_equal(counted(c), 3);
    circle_pass(c, 8 * MS_DAY);
    circle_has(circle_mail(c, ROSE, "may we"), "We never say who.");
    assert_null(circle_mail(c, ROSE, "thank you"));
    circle_reply(c, circle_mail(c, ROSE, "may we"), ROSE, "Yes", PASS);
    circle_has(circle_mail(c, ROSE, "thank you"), "3 people thanked you");
    assert_int_equal(circle_said(c, ROSE, "Reader"), 0);
    assert_int_equal(counted(c), 0); /* told and forgotten */
    reader_thanks(c, 3, "THANKS 1");
    circle_listen(c);
    circle_pass(c, 8 * MS_DAY);
    assert_null(circle_since(c, ROSE, "thank you"));
    circle_reply(c, circle_mail(c, ROSE, "thank you"), ROSE, "No", PASS);
    reader_thanks(c, 1, "THANKS 1");
    reader_thanks(c, 2, "THANKS 1");
    circle_listen(c);
    circle_pass(c, 20 * MS_DAY);
    assert_null(circle_since(c, ROSE, "thank you"));
    assert_int_equal(counted(c), 0);
}

static void a_thank_you_in_words_is_a_comment_still(void **state)
{
    struct circle *c = *state;

    turned_on(c, CUSTOM_THANKS);
    rose_writes(c);
    reader_thanks(c, 0, "1 Thank you!");
    assert_int_equal(circle_outcome(c), OUTCOME_HELD);
    reader_thanks(c, 1, "Thanks, 1 of us needed that");
    assert_int_equal(circle_outcome(c), OUTCOME_HELD);
    reader_thanks(c, 2, "THANKS 7"); /* there is no such item */
    reader_thanks(c, 3, "THANKS 1");
    assert_int_equal(counted(c), 1);
    turned_on(c, 0);
    reader_thanks(c, 1, "THANKS 1");
    assert_int_equal(counted(c), 1);
}

static void to_a_single_note_the_word_alone_will_do(void **state)
{
    struct circle *c = *state;

    turned_on(c, CUSTOM_THANKS);
    circle_write(c, MARIA, GROUP, "Soup", "I made lentil soup today.", PASS);
    is_ok(c);
    circle_reply(c, circle_mail(c, SAM, NULL), SAM, "THANKS", PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_COMMAND);
    assert_int_equal(counted(c), 1);
}

static void words_for_staff(void **state)
{
    struct circle *c = *state;
    struct err err;
    int64_t customs;

    HELP_OK(courtesies_read("hello, thanks", &customs, &err));
    assert_int_equal(customs, CUSTOM_HELLO | CUSTOM_THANKS);
    assert_string_equal(courtesies_say(customs, c->mem), "hello, thanks");
    HELP_OK(courtesies_read("none", &customs, &err));
    assert_int_equal(customs, 0);
    assert_int_equal(courtesies_read("", &customs, &err), RC_INPUT);
    assert_int_equal(courtesies_read("hello,cake", &customs, &err), RC_INPUT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, circle_setup, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nobody_is_asked_where_it_is_off),
        TEST(a_newcomer_is_greeted_after_a_yes_and_an_ok),
        TEST(no_is_no_and_silence_is_no),
        TEST(words_and_strangers_say_nothing_to_the_group),
        TEST(who_takes_it_back_or_leaves_takes_the_draft_along),
        TEST(a_year_is_told_if_they_like),
        TEST(the_hundredth_check_in_once),
        TEST(three_are_told_as_a_number_after_a_yes),
        TEST(a_thank_you_in_words_is_a_comment_still),
        TEST(to_a_single_note_the_word_alone_will_do),
        TEST(words_for_staff),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
