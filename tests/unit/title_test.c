/* A title goes to members like the text: no contact data through the subject, and cuts reach it. */
#include "circle_help.h"

#include "gateway/note/review.h"
#include "store/conversation.h"

static const char *title_after(struct circle *c, const char *subject, const char *text, struct decision decision)
{
    const struct decision *d = &decision;
    struct review_result result;
    struct review_act act = { .decision = d, .way = REVIEW_CLI };
    struct conversation talk;
    struct person staff;
    struct err err;
    struct post p;

    circle_write(c, MARIA, GROUP, subject, text, PASS);
    p = circle_waiting(c, text);
    assert_true(p.id.v);
    if (decision.kind) {
        HELP_OK(person_get(&c->g.gate.store, c->ana, c->mem, &staff, &err));
        act.post = p.id;
        act.staff = &staff;
        CIRCLE_TX(c, assert_int_equal(review_decide(&c->g.gate, &act, c->mem, &result, &err), RC_OK));
    }
    HELP_OK(conversation_get(&c->g.gate.store, p.conversation, c->mem, &talk, &err));
    return talk.title;
}

static void a_plain_subject_is_the_title(void **state)
{
    assert_string_equal(title_after(*state, "Re: Soup in winter", "What do you cook?", (struct decision){ 0 }),
                        "Soup in winter");
}

static void a_subject_with_a_number_is_not_shown(void **state)
{
    assert_string_equal(title_after(*state, "Call me at 555-0134", "I made bread.", (struct decision){ 0 }),
                        "I made bread.");
}

static void contact_data_of_the_text_stays_out(void **state)
{
    const char *title = title_after(*state, "", "Call 555-0134 for a walk.", (struct decision){ 0 });

    assert_null(strstr(title, "555-0134"));
}

static void a_cut_reaches_the_title(void **state)
{
    const struct decision edit = { .kind = DECISION_EDIT, .text = "I walked by the lake." };

    assert_string_equal(title_after(*state, "", "I walked with Gertrude by the lake.", edit), "I walked by the lake.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_plain_subject_is_the_title, circle_setup, circle_teardown),
        cmocka_unit_test_setup_teardown(a_subject_with_a_number_is_not_shown, circle_setup, circle_teardown),
        cmocka_unit_test_setup_teardown(contact_data_of_the_text_stays_out, circle_setup, circle_teardown),
        cmocka_unit_test_setup_teardown(a_cut_reaches_the_title, circle_setup, circle_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
