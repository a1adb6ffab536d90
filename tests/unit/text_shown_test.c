/* What a text must not hold: words for who gets the count alone (R19), notes that the group has not got yet, announcements for others. */
#include "text_digest_help.h"

#include "gateway/text/text_letter.h"
#include "store/custom.h"
#include "store/text_line.h"

#define PHONE "+15555550101"

static struct err err;

static void says(struct circle *c, const struct membership *m, const char *words)
{
    static int64_t id;
    struct text_in in = { .sender = ours.id, .account = ours.account, .address = m->address, .words = words };
    enum text_in_state end;

    in.provider_id = arena_printf(c->mem, "in%" PRId64, ++id);
    CIRCLE_TX(c, HELP_OK(text_in_add(&c->g.gate.store, &in, &err));
              HELP_OK(text_letter(&c->g.gate, c->lexicon, &in, &end, &err)));
}

/* A number alone at level 0 brings the question first, never the words. */
static void a_number_brings_no_words_to_the_count(void **state)
{
    struct circle *c = *state;
    struct text_item item = { .kind = TEXT_ITEM_CONVERSATION };
    struct text_out t;
    struct post p;
    size_t n;

    text_member(c, &c->rose, PHONE, 0);
    p = text_note(c, "I eat no salt at all.");
    text_at(c, 0, 18, 1);
    text_leave(c);
    item.person = c->rose.person;
    item.target = p.conversation.v;
    item.group = c->g.group.id;
    CIRCLE_TX(c,
              HELP_OK(text_item_give(&c->g.gate.store, &(struct text_line){ c->rose.address, ours.id }, &item, &err)));
    says(c, &c->rose, arena_printf(c->mem, "%" PRId64, item.n));
    t = text_of(c, &c->rose, MAILING_TEXT_LEVEL, 1);
    text_lacks(&t, "salt");
    texts_of(c, &c->rose, MAILING_TEXT_MORE, &n);
    assert_int_equal(n, 0);
}

/* They had the words, and want none any more: that there is a note, and whom to call. */
static void a_correction_has_no_words_for_the_count(void **state)
{
    const struct audit_who who = { AUDIT_PATIENT, 0, AUDIT_WAY_TEXT };
    struct text_level_change less = { .level = TEXT_LEVEL_COUNT, .way = TEXT_BY_TEXT };
    struct circle *c = *state;
    struct text_out t;
    struct post p;

    text_member(c, &c->rose, PHONE, 2);
    p = text_note(c, "I eat no salt at all.");
    text_at(c, 0, 18, 1);
    text_leave(c);
    less.address = c->rose.address;
    less.person = c->rose.person;
    CIRCLE_TX(c, HELP_OK(text_level_set(&c->g.gate, &who, &less, &err)));
    p.note = "{\"text\":\"Ask us first.\",\"name\":\"Dr Cole\",\"role\":\"\",\"source\":\"\"}";
    p.state = POST_CORRECTED;
    CIRCLE_TX(c, HELP_OK(post_change(&c->g.gate.store, &p, &err)); HELP_OK(publish_correction(&c->g.gate, &p, &err)));
    circle_work(c);
    t = text_of(c, &c->rose, MAILING_TEXT_CORRECTION, 1);
    text_lacks(&t, "Ask us first");
    text_has(&t, "please call");
}

/* An answer that has its OK and waits for the next digest is not out yet. */
static void a_number_brings_nothing_before_its_digest(void **state)
{
    struct circle *c = *state;
    struct text_out t;
    struct post p;

    text_member(c, &c->rose, PHONE, 2);
    p = text_note(c, "I eat no salt at all.");
    text_at(c, 0, 18, 1);
    text_leave(c);
    CIRCLE_TX(c, p = gate_help_post(&c->g, c->sam.person, POST_COMMENT, p.conversation, NULL, "Nor do I, since May.");
              HELP_OK(publish_post(&c->g.gate, &p, &err)));
    says(c, &c->rose, "10");
    t = text_of(c, &c->rose, MAILING_TEXT_MORE, 1);
    text_has(&t, "I eat no salt at all.");
    text_lacks(&t, "since May");
}

/* With a tag: who has it reads it in the digest, others do not hear of it. */
static void an_announcement_for_others_is_not_counted(void **state)
{
    struct circle *c = *state;
    struct text_out t;
    struct post p;

    text_member(c, &c->rose, PHONE, 2);
    text_member(c, &c->sam, "+15555550102", 2);
    CIRCLE_TX(c, HELP_OK(membership_add_tag(&c->g.gate.store, c->sam.id, "walkers", &err));
              p = gate_help_post(&c->g, c->ida, POST_ANNOUNCEMENT, (struct conversation_id){ 0 }, "walkers",
                                 "We walk at nine.");
              HELP_OK(publish_post(&c->g.gate, &p, &err)));
    text_note(c, "I feel well.");
    text_at(c, 0, 18, 1);
    t = text_of(c, &c->rose, 0, 1);
    text_has(&t, "I feel well.");
    text_lacks(&t, "walk");
    text_lacks(&t, "care team");
    t = text_of(c, &c->sam, 0, 1); /* the announcement had not left: they go together */
    text_has(&t, "We walk at nine.");
    text_has(&t, "I feel well.");
}

/* Where the group counts thanks in private, "THANKS 10" is no note. */
static void private_thanks_are_no_note(void **state)
{
    struct circle *c = *state;
    struct text_out t;

    CIRCLE_TX(c, HELP_OK(custom_set(&c->g.gate.store, c->g.group.id, CUSTOM_THANKS, &err)));
    text_member(c, &c->rose, PHONE, 2);
    text_note(c, "I eat no salt at all.");
    text_at(c, 0, 18, 1);
    text_leave(c);
    says(c, &c->rose, "THANKS 10");
    t = text_of(c, &c->rose, 0, 2);
    text_has(&t, "We count your thanks, in private.");
    assert_int_equal(circle_count(c, "SELECT COUNT(*) FROM thanks"), 1);
    assert_int_equal(circle_count(c, "SELECT COUNT(*) FROM post WHERE state = 1"), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, text_setup, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_number_brings_no_words_to_the_count),
        TEST(a_correction_has_no_words_for_the_count),
        TEST(a_number_brings_nothing_before_its_digest),
        TEST(an_announcement_for_others_is_not_counted),
        TEST(private_thanks_are_no_note),
    };

    return cmocka_run_group_tests_name("text_shown", tests, NULL, NULL);
}
