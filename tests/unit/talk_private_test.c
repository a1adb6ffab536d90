/* Private words, questions of staff, proposed wordings and check-ins by text: asked with a number, answered to the care team alone, and never held for the group. */
#include "tests/unit/text_talk_help.h"

#include "gateway/note/review.h"
#include "gateway/people/check_in.h"
#include "gateway/say/talk.h"
#include "store/private.h"

#define MARIA "+15555550101"

static void hides(struct phones *p, const struct membership *m, const char *part)
{
    const char *const words = phones_last(p, m->person);

    if (strstr(words, part))
        fail_msg("\"%s\" says \"%s\"", words, part);
}

static void set_level(struct phones *p, const struct membership *m, int level)
{
    const struct text_consent_change change = {
        .address = m->address, .person = m->person, .state = TEXT_YES, .level = level, .way = TEXT_BY_TEXT
    };

    TX(p, OK(text_consent_set(&p->w.gate.store, &change, &err)));
}

static void staff_write(struct phones *p, const struct membership *m, const char *text)
{
    const struct talk_words words = { .staff = &p->w.ana,
                                      .patient = m->person,
                                      .group = m->group,
                                      .kind = MAILING_PRIVATE_ANSWER,
                                      .text = text,
                                      .way = AUDIT_WAY_CLI,
                                      .verb = AUDIT_PRIVATE_WRITTEN };

    TX(p, OK(talk_write(&p->w.gate, &words, &err)));
}

/* What the patient said last in private; "" nothing. */
static const char *told(struct phones *p, const struct membership *m)
{
    struct private_talk talk;
    struct private_note *notes;
    size_t n;

    if (private_find(&p->w.gate.store, m->group, m->person, &talk, &err))
        return "";
    OK(private_notes(&p->w.gate.store, talk.id, 20, p->w.mem, &notes, &n, &err));
    while (n && notes[n - 1].author.v != m->person.v)
        n--;
    return n ? notes[n - 1].text : "";
}

static int64_t held(struct phones *p)
{
    return help_int(&p->w.h, "SELECT COUNT(*) FROM post WHERE state = 1");
}

static void later(struct phones *p, int64_t ms)
{
    home_set_time(p->w.home, gate_now_ms(&p->w.gate) + ms);
}

/* ---- private words ---- */

static void private_words_are_answered_in_private(void **state)
{
    struct phones *p = *state;
    struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);

    set_level(p, &m, 2);
    staff_write(p, &m, "How are the new pills?");
    says(p, &m, "Ana Ruiz says: How are the new pills? To write back, reply 10 and your words.");
    phones_text(p, MARIA, "They make me sleepy");
    assert_string_equal(told(p, &m), "They make me sleepy");
    says(p, &m, "The care team got it, and no one else");
    phones_text(p, MARIA, "10 And my hands itch"); /* the question was answered: by its number still */
    assert_string_equal(told(p, &m), "10 And my hands itch");
    assert_int_equal(help_int(&p->w.h, "SELECT COUNT(*) FROM post"), 0);
    assert_true(world_mails(&p->w, p->w.ana.id, MAILING_PRIVATE_NOTE) >= 2);
    phones_text(p, MARIA, "I walked to the lake");
    assert_int_equal(held(p), 1); /* nothing is asked any more: a note */
}

static void a_level_without_words_tells_none(void **state)
{
    struct phones *p = *state;
    struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);

    staff_write(p, &m, "How are the new pills?");
    says(p, &m, "You have a note from your care team. Reply MORE 10 to read it here");
    hides(p, &m, "pills");
    phones_text(p, MARIA, "MORE");
    says(p, &m, "Texts are not private");
    phones_text(p, MARIA, "No");
    assert_int_equal(phones_consent(p, MARIA).level, 0);
    later(p, 2 * MS_HOUR);
    phones_text(p, MARIA, "more 10");
    says(p, &m, "Texts are not private");
    phones_text(p, MARIA, "Yes");
    assert_int_equal(phones_consent(p, MARIA).level, 2);
    says(p, &m, "Ana Ruiz says: How are the new pills?");
    phones_text(p, MARIA, "Fine thanks");
    assert_string_equal(told(p, &m), "Fine thanks");
}

static void one_text_to_staff_and_to_the_group(void **state)
{
    struct phones *p = *state;
    struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);
    const int64_t sleep = phones_give(p, &m, phones_note(p, &p->w.group, p->w.ana.id, "Sleep"));
    struct post *posts;

    staff_write(p, &m, "How are the new pills?");
    assert_int_equal(sleep, 10);
    phones_text(p, MARIA, "10 I sleep well\n11 They make me dizzy");
    assert_string_equal(told(p, &m), "They make me dizzy");
    assert_int_equal(phones_waiting(p, m.person, &posts), 1);
    assert_string_equal(posts[0].text, "I sleep well");
    phones_text(p, MARIA, "10 and 11: thanks for asking about my pills"); /* named both: private */
    assert_string_equal(told(p, &m), "thanks for asking about my pills");
    assert_int_equal(held(p), 1);
}

/* MOD is answered where it came from. */
static void staff_answer_the_phone_that_asked(void **state)
{
    struct phones *p = *state;
    struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);

    set_level(p, &m, 2);
    phones_text(p, MARIA, "MOD Who do I ask about my bill?");
    assert_string_equal(told(p, &m), "Who do I ask about my bill?");
    staff_write(p, &m, "Please ask for Lee at the desk.");
    says(p, &m, "Ana Ruiz says: Please ask for Lee at the desk.");
    phones_text(p, MARIA, "Thank you, will do");
    assert_string_equal(told(p, &m), "Thank you, will do");
    assert_int_equal(help_int(&p->w.h, "SELECT COUNT(*) FROM post"), 0);
}

/* ---- about a note of theirs ---- */

static struct post asked_about(struct phones *p, const struct membership *m, const struct decision *decision)
{
    struct post *posts;
    struct review_result result;
    struct review_act act = { .decision = decision, .staff = &p->w.ana, .way = REVIEW_CLI };

    phones_text(p, MARIA, "My legs hurt after the walk");
    assert_int_equal(phones_waiting(p, m->person, &posts), 1);
    act.post = posts[0].id;
    TX(p, OK(review_decide(&p->w.gate, &act, p->w.mem, &result, &err)));
    return posts[0];
}

static struct post post_now(struct phones *p, struct post post)
{
    OK(post_get(&p->w.gate.store, post.id, p->w.mem, &post, &err));
    return post;
}

static void what_staff_ask_is_answered_to_them(void **state)
{
    const struct decision ask = { .kind = DECISION_ASK, .text = "How many pills a day?" };
    struct phones *p = *state;
    struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);
    struct post post;

    set_level(p, &m, 2);
    post = asked_about(p, &m, &ask);
    assert_int_equal(post_now(p, post).state, POST_ASKED);
    says(p, &m, "Ana Ruiz asks: How many pills a day? To answer, reply 10");
    phones_text(p, MARIA, "14");
    assert_string_equal(told(p, &m), "14");
    assert_int_equal(post_now(p, post).state, POST_HELD); /* it waits for its decision again */
    assert_int_equal(help_int(&p->w.h, "SELECT COUNT(*) FROM post"), 1);
    phones_text(p, MARIA, "10 I mean 4");
    assert_string_equal(told(p, &m), "I mean 4");
}

static void a_wording_is_agreed_to_when_it_was_seen(void **state)
{
    const struct decision edit = { .kind = DECISION_EDIT, .text = "My knees hurt after a walk" };
    struct phones *p = *state;
    struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);
    struct post post = asked_about(p, &m, &edit);

    says(p, &m, "changed your note a little");
    hides(p, &m, "knees");
    later(p, 2 * MS_HOUR); /* five answers an hour */
    phones_text(p, MARIA, "10 YES");
    says(p, &m, "Texts are not private");
    assert_int_equal(post_now(p, post).state, POST_ASKED);
    phones_text(p, MARIA, "YES");
    says(p, &m, "My knees hurt after a walk May we send it like this? Reply 10 YES or 10 NO");
    assert_int_equal(post_now(p, post).state, POST_ASKED);
    phones_text(p, MARIA, "Yes please");
    post = post_now(p, post);
    assert_int_equal(post.state, POST_HELD); /* agreeing releases nothing */
    assert_string_equal(post.text, "My knees hurt after a walk");
    says(p, &m, "A moderator will look at your note");
    phones_text(p, MARIA, "10 NO");
    says(p, &m, "That one is over");
    assert_int_equal(help_int(&p->w.h, "SELECT COUNT(*) FROM post WHERE published_seq > 0"), 0);
}

static void no_to_a_wording_is_told(void **state)
{
    const struct decision edit = { .kind = DECISION_EDIT, .text = "My knees hurt" };
    struct phones *p = *state;
    struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);
    struct post post;

    set_level(p, &m, 2);
    post = asked_about(p, &m, &edit);
    phones_text(p, MARIA, "No");
    post = post_now(p, post);
    assert_int_equal(post.state, POST_HELD);
    assert_string_equal(post.text, "My legs hurt after the walk");
    says(p, &m, "The care team got it");
}

/* ---- check-ins ---- */

static struct check_in weights(struct phones *p)
{
    struct check_in c = { .group = p->w.group.id,
                          .staff = p->w.ana.id,
                          .kind = CHECK_IN_NUMBER,
                          .days = 127,
                          .minute = 9 * 60,
                          .question = "What is your morning weight?",
                          .question_es = "",
                          .unit = "lb",
                          .tag = "",
                          .limits = { 60000, 700000, CHECK_IN_NO_LIMIT, CHECK_IN_NO_LIMIT } };

    TX(p, OK(check_in_plan(&p->w.gate, &p->w.who, &c, &err)));
    return c;
}

static void next_round(struct phones *p, const struct check_in *c)
{
    int64_t at;

    OK(check_in_next(c, "America/New_York", gate_now_ms(&p->w.gate), &at, &err));
    home_set_time(p->w.home, at + MS_MINUTE);
    TX(p, OK(check_in_run(&p->w.gate, c->id, &err)));
}

static int64_t kept(struct phones *p)
{
    return help_int(&p->w.h, "SELECT COUNT(*) FROM check_in_value");
}

static void a_check_in_by_text(void **state)
{
    struct phones *p = *state;
    struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);
    const struct check_in c = weights(p);

    next_round(p, &c);
    says(p, &m, "May your care team ask you one thing by text, each day at 9:00 AM? Reply 10 YES or 10 NO.");
    hides(p, &m, "weight");
    phones_text(p, MARIA, "10 yes");
    says(p, &m, "Reply with one number. SKIP for not today. MORE 10");
    hides(p, &m, "weight");
    hides(p, &m, "lb");
    phones_text(p, MARIA, "182.4 lb");
    assert_int_equal(kept(p), 1);
    says(p, &m, "We have your answer. Thank you.");
    phones_text(p, MARIA, "Good walk today"); /* answered: a note for the group */
    assert_int_equal(held(p), 1);
    next_round(p, &c);
    set_level(p, &m, 2);
    phones_text(p, MARIA, "10");
    says(p, &m, "What is your morning weight? Reply with one number, in lb.");
    phones_text(p, MARIA, "180 but I forgot my water pill"); /* whatever else it says is for the care team */
    assert_int_equal(kept(p), 2);
    assert_int_equal(held(p), 1);
    assert_string_equal(told(p, &m), "180 but I forgot my water pill");
    phones_text(p, MARIA, "10 181");
    says(p, &m, "We have your answer: 181 lb");
    assert_int_equal(kept(p), 2); /* the last one counts */
}

static void a_number_may_be_an_items(void **state)
{
    struct phones *p = *state;
    struct membership m = phones_join(p, &p->w.group, "Maria Santos", MARIA);
    const struct check_in c = weights(p);
    int64_t sleep;

    next_round(p, &c);
    phones_text(p, MARIA, "10 YES");
    sleep = phones_give(p, &m, phones_note(p, &p->w.group, p->w.ana.id, "Sleep"));
    assert_int_equal(sleep, 11);
    phones_text(p, MARIA, "11"); /* nobody weighs 11 lb */
    assert_int_equal(kept(p), 0);
    phones_text(p, MARIA, "skip");
    says(p, &m, "Not this time");
    next_round(p, &c);
    phones_text(p, MARIA, "I did not sleep");
    assert_string_equal(told(p, &m), "I did not sleep");
    says(p, &m, "Please send it once more");
    assert_int_equal(held(p), 0);
    phones_text(p, MARIA, "11 I slept badly too"); /* the number of a talk */
    assert_int_equal(held(p), 1);
    phones_text(p, MARIA, "STOP CHECKIN");
    says(p, &m, "We ask you no more");
    assert_int_equal(phones_consent(p, MARIA).state, TEXT_YES);
    assert_int_equal(kept(p), 0);
}

static void a_shared_phone_is_answered_for_its_owner(void **state)
{
    struct phones *p = *state;
    struct membership rose = phones_join(p, &p->w.group, "Rose Marsh", MARIA);
    struct membership harold = phones_invite(p, &p->w.group, "Harold Marsh", MARIA);

    phones_text(p, MARIA, "Yes");
    set_level(p, &rose, 2);
    staff_write(p, &harold, "Did you call the lab?");
    phones_text(p, MARIA, "Not yet");
    assert_string_equal(told(p, &harold), "Not yet");
    assert_string_equal(told(p, &rose), "");
}

/* The number goes to somebody else: nothing of the one before is theirs to read or to answer. */
static void the_next_holder_of_a_number_reads_nothing(void **state)
{
    struct phones *p = *state;
    struct membership earl = phones_join(p, &p->w.group, "Earl Webb", MARIA), nora;
    struct text_item *items;
    size_t n;

    set_level(p, &earl, 2);
    staff_write(p, &earl, "Your test was positive.");
    TX(p, OK(member_remove(&p->w.gate, &p->w.who, earl.id, MEMBER_REASON_MOVED, &err)));
    phones_text(p, MARIA, "I feel better");
    assert_string_equal(told(p, &earl), ""); /* Earl has no seat: staff read it as a text */
    nora = phones_join(p, &p->w.group, "Nora Quinn", MARIA);
    phones_text(p, MARIA, "10 more");
    phones_text(p, MARIA, "10");
    hides(p, &nora, "positive");
    phones_text(p, MARIA, "GROUPS");
    hides(p, &nora, "Earl");
    says(p, &nora, "Tuesday");
    OK(text_item_list(&p->w.gate.store, &(struct text_line){ earl.address, p->sender.id }, p->w.mem, &items, &n, &err));
    assert_int_equal(n, 0);
}

/* Another number that was never ended: the items of who left are nobody's. */
static void items_of_who_left_are_nobodys(void **state)
{
    struct phones *p = *state;
    struct membership earl = phones_join(p, &p->w.group, "Earl Webb", MARIA);
    struct membership nora = phones_join(p, &p->w.group, "Nora Quinn", MARIA);

    staff_write(p, &earl, "Your test was positive.");
    set_level(p, &nora, 2);
    TX(p, OK(member_remove(&p->w.gate, &p->w.who, earl.id, MEMBER_REASON_MOVED, &err)));
    phones_text(p, MARIA, "10");
    hides(p, &nora, "positive");
    phones_text(p, MARIA, "10 I feel better");
    assert_string_equal(told(p, &earl), "");
}

static void a_wrong_number_ends_what_is_open(void **state)
{
    struct phones *p = *state;
    struct membership earl = phones_join(p, &p->w.group, "Earl Webb", MARIA);
    const struct text_line line = { earl.address, p->sender.id };
    struct text_question question;
    struct text_item *items;
    size_t n;

    staff_write(p, &earl, "Your test was positive.");
    OK(text_question_get(&p->w.gate.store, &line, p->w.mem, &question, &err));
    phones_text(p, MARIA, "wrong number");
    assert_int_equal(phones_consent(p, MARIA).state, TEXT_WRONG_NUMBER);
    assert_int_equal(text_question_get(&p->w.gate.store, &line, p->w.mem, &question, &err), RC_NOT_FOUND);
    OK(text_item_list(&p->w.gate.store, &line, p->w.mem, &items, &n, &err));
    assert_int_equal(n, 0);
}

/* The yes and the level of who left are not the next holder's. */
static void a_yes_and_a_level_are_of_one_person(void **state)
{
    struct phones *p = *state;
    struct membership earl = phones_join(p, &p->w.group, "Earl Webb", MARIA), nora;

    set_level(p, &earl, 2);
    TX(p, OK(member_remove(&p->w.gate, &p->w.who, earl.id, MEMBER_REASON_MOVED, &err)));
    nora = phones_invite(p, &p->w.group, "Nora Quinn", MARIA);
    assert_int_equal(phones_consent(p, MARIA).state, TEXT_ASKED);
    assert_int_equal(phones_consent(p, MARIA).level, 0);
    phones_text(p, MARIA, "YES");
    assert_int_equal(world_get(&p->w, &nora).state, MEMBER_ACTIVE);
    assert_int_equal(phones_consent(p, MARIA).state, TEXT_YES);
    assert_int_equal(phones_consent(p, MARIA).level, 0);
}

/* Who comes to a phone that another member uses: it stays in, and shows words only after a new warning. */
static void a_phone_that_is_shared_goes_on_without_words(void **state)
{
    struct phones *p = *state;
    struct membership rose = phones_join(p, &p->w.group, "Rose Marsh", MARIA);

    set_level(p, &rose, 2);
    phones_invite(p, &p->w.group, "Harold Marsh", MARIA);
    assert_int_equal(phones_consent(p, MARIA).state, TEXT_YES);
    assert_int_equal(phones_consent(p, MARIA).level, 0);
}

static void a_wrong_number_has_no_level(void **state)
{
    struct phones *p = *state;
    struct membership earl = phones_join(p, &p->w.group, "Earl Webb", MARIA);

    set_level(p, &earl, 2);
    phones_text(p, MARIA, "wrong number");
    phones_join(p, &p->w.group, "Nora Quinn", MARIA);
    assert_int_equal(phones_consent(p, MARIA).state, TEXT_YES);
    assert_int_equal(phones_consent(p, MARIA).level, 0);
}

static int64_t news_of(struct phones *p)
{
    return help_int(&p->w.h, "SELECT COUNT(*) FROM mailing WHERE kind = 100");
}

/* START soon after STOP is theirs; long after it, or where nothing arrived, whoever has the number sent it. */
static void start_long_after_stop_brings_no_words(void **state)
{
    struct phones *p = *state;
    struct membership earl = phones_join(p, &p->w.group, "Earl Webb", MARIA);
    const struct text_consent_change dead = {
        .address = earl.address, .state = TEXT_UNDELIVERABLE, .level = -1, .way = TEXT_BY_PROVIDER
    };
    int64_t told;

    set_level(p, &earl, 2);
    phones_text(p, MARIA, "STOP");
    home_set_time(p->w.home, gate_now_ms(&p->w.gate) + 44 * MS_DAY);
    told = news_of(p);
    phones_text(p, MARIA, "START");
    assert_int_equal(phones_consent(p, MARIA).level, 2);
    assert_int_equal(news_of(p), told);
    phones_text(p, MARIA, "STOP");
    home_set_time(p->w.home, gate_now_ms(&p->w.gate) + 46 * MS_DAY);
    told = news_of(p);
    phones_text(p, MARIA, "START");
    assert_int_equal(phones_consent(p, MARIA).state, TEXT_YES);
    assert_int_equal(phones_consent(p, MARIA).level, 0);
    assert_true(news_of(p) > told);
    set_level(p, &earl, 2);
    TX(p, OK(text_consent_set(&p->w.gate.store, &dead, &err)));
    told = news_of(p);
    phones_text(p, MARIA, "START");
    assert_int_equal(phones_consent(p, MARIA).level, 0);
    assert_true(news_of(p) > told);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, phones_setup, phones_teardown)
        T(private_words_are_answered_in_private),
        T(a_level_without_words_tells_none),
        T(one_text_to_staff_and_to_the_group),
        T(staff_answer_the_phone_that_asked),
        T(what_staff_ask_is_answered_to_them),
        T(a_wording_is_agreed_to_when_it_was_seen),
        T(no_to_a_wording_is_told),
        T(a_check_in_by_text),
        T(a_number_may_be_an_items),
        T(a_shared_phone_is_answered_for_its_owner),
        T(the_next_holder_of_a_number_reads_nothing),
        T(items_of_who_left_are_nobodys),
        T(a_wrong_number_ends_what_is_open),
        T(a_yes_and_a_level_are_of_one_person),
        T(a_phone_that_is_shared_goes_on_without_words),
        T(a_wrong_number_has_no_level),
        T(start_long_after_stop_brings_no_words),
#undef T
    };

    return cmocka_run_group_tests_name("talk_private", tests, NULL, NULL);
}
