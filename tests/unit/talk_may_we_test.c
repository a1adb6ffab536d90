/* "May we?" to who takes part by text: seen before it is agreed to, answered by YES, NO or a number, and a mail without words answered on the phone. */
#include "tests/unit/text_talk_help.h"

#include "gateway/people/courtesies.h"
#include "gateway/say/notice.h"
#include "gateway/sms/text_level.h"
#include "store/custom.h"

#define MARIA "+15555550101"

static struct membership joins(struct phones *p, int64_t customs)
{
    TX(p, OK(courtesies_set(&p->w.gate, &p->w.who, p->w.group.id, customs, &err)));
    return phones_join(p, &p->w.group, "Maria Santos", MARIA);
}

static void sees_words(struct phones *p, const struct membership *m)
{
    const struct text_level_change to = {
        .address = m->address, .person = m->person, .level = 2, .way = TEXT_BY_STAFF, .words = "by phone"
    };

    TX(p, OK(text_level_set(&p->w.gate, &p->w.who, &to, &err)));
}

static int64_t drafts(struct phones *p)
{
    return help_int(&p->w.h, "SELECT COUNT(*) FROM post WHERE kind = 2");
}

static int64_t choice(struct phones *p)
{
    return help_int(&p->w.h, "SELECT state FROM member_choice");
}

static void the_words_are_seen_first(void **state)
{
    struct phones *p = *state;
    const struct membership m = joins(p, CUSTOM_HELLO);

    says(p, &m, "May we say hello to the group for you? Reply MORE 10 to read what we would say, or 10 NO.");
    phones_text(p, MARIA, "Yes");
    says(p, &m, "Texts are not private."); /* nothing was agreed to */
    assert_int_equal(choice(p), CHOICE_ASKED);
    phones_text(p, MARIA, "yes");
    says(p, &m,
         "They would read: Maria has just joined our group. Welcome, and hello from us all! Reply 10 YES or 10 NO.");
    phones_text(p, MARIA, "Yes please");
    says(p, &m, "Thank you for your YES. A nurse looks at the words first. You can still reply 10 NO.");
    assert_int_equal(choice(p), CHOICE_YES);
    phones_text(p, MARIA, "10 no");
    says(p, &m, "You said NO.");
    assert_int_equal(choice(p), CHOICE_NO);
}

static void a_no_needs_no_words(void **state)
{
    struct phones *p = *state;
    const struct membership m = joins(p, CUSTOM_HELLO);

    phones_text(p, MARIA, "No");
    says(p, &m, "no one was told");
    assert_int_equal(choice(p), CHOICE_NO);
    sees_words(p, &m);
    phones_text(p, MARIA, "more 10");
    says(p, &m, "There is no more for now");
}

static void more_than_a_yes_goes_to_staff(void **state)
{
    struct phones *p = *state;
    const struct membership m = joins(p, CUSTOM_HELLO);
    struct post *posts;

    sees_words(p, &m);
    phones_text(p, MARIA, "10 I would rather you did not say that I am here");
    says(p, &m, "The care team got it, and no one else.");
    assert_int_equal(choice(p), CHOICE_ASKED);
    assert_int_equal(phones_waiting(p, m.person, &posts), 0);
    phones_text(p, MARIA, "10 yes");
    assert_int_equal(choice(p), CHOICE_YES);
}

static void thanks_have_no_words(void **state)
{
    struct phones *p = *state;
    const struct membership m = joins(p, CUSTOM_THANKS);
    struct member_choice c = { .membership = m.id, .person = m.person, .custom = CUSTOM_THANKS, .state = CHOICE_ASKED };

    TX(p, OK(choice_add(&p->w.gate.store, &c, &err)); OK(courtesies_ask_again(&p->w.gate, c.id, m.address, &err)));
    says(p, &m, "how many did, once a week at most, and never who? Reply 10 YES or 10 NO.");
    phones_text(p, MARIA, "Yes");
    says(p, &m, "Thank you for your YES. You can still reply 10 NO.");
    assert_int_equal(choice(p), CHOICE_YES);
    assert_int_equal(drafts(p), 0);
}

static void a_mail_without_words_is_answered_on_the_phone(void **state)
{
    struct phones *p = *state;
    const struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);

    for (int has_photo = 0; has_photo < 2; has_photo++) {
        struct notice n = { .kind = MAILING_EMPTY_NOTE,
                            .person = m.person,
                            .membership = m.id,
                            .group = m.group,
                            .lane = -1,
                            .values = json_object_new() };

        json_set_bool(n.values, "has_photo", has_photo);
        TX(p, OK(notice_queue(&p->w.gate, &n, NULL, &err)));
        says(p, &m,
             has_photo ? "it had only a photo or a file. Please send the mail again and type your words."
                       : "we found no words in it. Please send the mail again and type your words.");
    }
}

#define T(f) cmocka_unit_test_setup_teardown(f, phones_setup, phones_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = { T(the_words_are_seen_first), T(a_no_needs_no_words),
                                        T(more_than_a_yes_goes_to_staff), T(thanks_have_no_words),
                                        T(a_mail_without_words_is_answered_on_the_phone) };

    return cmocka_run_group_tests_name("talk_may_we", tests, NULL, NULL);
}
