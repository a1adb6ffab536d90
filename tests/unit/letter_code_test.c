/* A reply typed to the group's own address, with nothing of ours but the quote below: the code at the letter's foot finds its place, and has no
 * power beyond that. */
#include "circle_help.h"

#include "gateway/note/letter_code.h"

static int start(void **state)
{
    static struct circle c;

    circle_start(&c);
    *state = &c;
    circle_published(&c, c.maria, "I made lentil soup today.");
    circle_published(&c, c.sam, "My knee hurts less since I swim.");
    circle_digest(&c);
    return 0;
}

/* Reply-To ignored, In-Reply-To and References stripped. */
static void bare(struct circle *c, const char *from, const char *subject, const char *text, enum proved proof)
{
    circle_listen(c);
    circle_wrote(c, &(struct wrote){ from, GROUP, subject, text, proof, NULL, NULL, NULL });
    circle_run(c);
}

static const char *code_of(struct circle *c, const struct mail *m)
{
    const char *at = strstr(m->text, "Letter code: ");

    assert_non_null(at);
    return arena_strndup(c->mem, at + strlen("Letter code: "), 9);
}

static int64_t talk_of(struct circle *c, const char *words)
{
    return circle_count(c, arena_printf(c->mem, "SELECT conversation_id FROM post WHERE published_seq = %d",
                                        strstr(words, "soup") ? 1 : 2));
}

static void a_bare_reply_finds_its_talk(void **state)
{
    struct circle *c = *state;
    const struct mail *letter = circle_mail(c, ROSE, "letter");

    bare(c, ROSE, "Re: Tuesday Circle", circle_under(c, letter, "2 Thank you for the swim!"), PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_HELD);
    assert_int_equal(circle_waiting(c, "swim").conversation.v, talk_of(c, "knee"));
    assert_string_equal(circle_waiting(c, "swim").text, "Thank you for the swim!");
    bare(c, ROSE, "", circle_under(c, letter, "1 What a soup!"), PASS);
    assert_int_equal(circle_waiting(c, "What a soup").conversation.v, talk_of(c, "soup"));
}

static void a_single_note_is_found_too(void **state)
{
    struct circle *c = *state;

    circle_write(c, ROSE, GROUP, "Walk", "We walked to the lake.", PASS);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "OK", PASS);
    bare(c, SAM, "Re: a walk", circle_under(c, circle_mail(c, SAM, NULL), "How far was it?"), PASS);
    assert_int_equal(circle_waiting(c, "How far").kind, POST_COMMENT);
    assert_int_equal(circle_waiting(c, "How far").conversation.v,
                     circle_count(c, "SELECT conversation_id FROM post WHERE published_seq = 3"));
}

/* Without a code it is a new note: what the others tests show is the code's doing. */
static void without_it_nothing_is_found(void **state)
{
    struct circle *c = *state;

    bare(c, ROSE, "Re: Tuesday Circle", "2 Thank you for the swim!", PASS);
    assert_int_equal(circle_waiting(c, "swim").kind, POST_POST);
}

static void a_code_of_another_or_made_up_does_nothing(void **state)
{
    struct circle *c = *state;
    const char *const marias = code_of(c, circle_mail(c, MARIA, "letter"));
    const char *const codes[] = { marias, "abcd-efgh", "aaaa-aaaa" };

    assert_string_not_equal(marias, code_of(c, circle_mail(c, ROSE, "letter")));
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        bare(c, ROSE, "Re: Tuesday Circle",
             arena_printf(c->mem, "2 Words of try %zu\r\n\r\nLetter code: %s", i, codes[i]), PASS);
        assert_int_equal(circle_waiting(c, arena_printf(c->mem, "of try %zu", i)).kind, POST_POST);
    }
}

static void it_proves_nobody(void **state)
{
    struct circle *c = *state;
    const struct mail *letter = circle_mail(c, ROSE, "letter");

    bare(c, ROSE, "Re: Tuesday Circle", circle_under(c, letter, "2 Thank you for the swim!"), NOTHING);
    assert_int_equal(circle_outcome(c), OUTCOME_UNVERIFIED);
    bare(c, "somebody@example.com", "Re: Tuesday Circle", circle_under(c, letter, "2 Buy my pills!"), PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_UNKNOWN);
    bare(c, ROSE, "Re: Tuesday Circle", circle_under(c, letter, "STOP"), NOTHING);
    assert_int_equal(circle_outcome(c), OUTCOME_ASKED); /* a token alone would have been enough */
    assert_int_equal(circle_count(c, "SELECT count(*) FROM suppression"), 0);
}

/* Of two people at one address it does not pick one. */
static void it_never_says_who_of_two_is_writing(void **state)
{
    struct circle *c = *state;
    struct err err;

    CIRCLE_TX(c, circle_shares(c, ROSE, "Harold"));
    bare(c, ROSE, "Re: Tuesday Circle", circle_under(c, circle_mail(c, ROSE, "letter"), "2 Thank you!"), PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_ASKED);
    assert_non_null(circle_since(c, ROSE, "who is writing"));
}

/* YES to other words needs the address of the mail that asked. */
static void it_agrees_to_no_words(void **state)
{
    struct circle *c = *state;

    circle_write(c, ROSE, GROUP, "Walk", "We walked to the lake.", PASS);
    circle_reply(c, circle_mail(c, ANA, "a note waits"), ANA, "EDIT:\r\nWe ran to the sea.", PASS);
    bare(c, ROSE, "Re: your note", circle_under(c, circle_mail(c, ROSE, NULL), "Yes"), PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_UNVERIFIED);
    assert_int_equal(circle_waiting(c, "lake").state, POST_ASKED);
    assert_int_equal(circle_waiting(c, "sea").id.v, 0);
}

static void staff_decide_nothing_by_it(void **state)
{
    struct circle *c = *state;

    circle_write(c, ROSE, GROUP, "Walk", "We walked to the lake.", PASS);
    assert_null(strstr(circle_mail(c, ANA, "a note waits")->text, "Letter code"));
    bare(c, ANA, "Re: a note waits", circle_under(c, circle_mail(c, ANA, "a note waits"), "OK"), PASS);
    assert_int_equal(circle_count(c, "SELECT count(*) FROM review"), 2); /* the two of the start */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_bare_reply_finds_its_talk),
        TEST(a_single_note_is_found_too),
        TEST(without_it_nothing_is_found),
        TEST(a_code_of_another_or_made_up_does_nothing),
        TEST(it_proves_nobody),
        TEST(it_never_says_who_of_two_is_writing),
        TEST(it_agrees_to_no_words),
        TEST(staff_decide_nothing_by_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
