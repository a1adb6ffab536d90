/* Replies that cross groups: each ends where its address says, and no word of one group's letter opens another group's door. */
#include "circle_help.h"

#include "base/token.h"

#define THURSDAY "thursday@" GATE_DOMAIN

/* Rose is in both groups, Maria and Sam only in Tuesday Circle, Nina only in Thursday's. */
struct two {
    struct circle c;
    struct care_group thursday;
    struct membership rose, nina;
};

static int start(void **state)
{
    static struct two t;
    struct err err;

    circle_start(&t.c);
    t.thursday = t.c.g.group;
    t.thursday.slug = "thursday";
    t.thursday.alias = "Thursday Circle";
    CIRCLE_TX(&t.c, {
        const struct care_group tuesday = t.c.g.group;

        HELP_OK(group_add(&t.c.g.gate.store, &t.thursday, &err));
        t.c.g.group = t.thursday;
        t.nina = gate_help_member(&t.c.g, "Nina", "nina@example.net", RHYTHM_DAILY);
        t.rose = circle_seat(&t.c, t.c.rose.person, ROSE, "Rose T");
        t.c.g.group = tuesday;
    });
    circle_published(&t.c, t.c.maria, "I made lentil soup today.");
    t.c.g.group = t.thursday;
    circle_published(&t.c, t.nina, "My knee hurts less since I swim.");
    t.c.g.group.slug = "tuesday";
    circle_digest(&t.c);
    *state = &t;
    return 0;
}

static void write_to(struct two *t, const char *from, const char *to, const char *text, const char *answers)
{
    circle_wrote(&t->c, &(struct wrote){ from, to, "Re: a letter", text, PASS, answers, NULL, NULL });
    circle_run(&t->c);
}

static void a_token_names_its_own_group(void **state)
{
    struct two *t = *state;

    circle_reply(&t->c, circle_mail(&t->c, ROSE, "Thursday Circle"), ROSE, "1 Good for your knee!", PASS);
    assert_int_equal(circle_outcome(&t->c), OUTCOME_HELD);
    assert_int_equal(circle_waiting(&t->c, "Good for").group.v, t->thursday.id.v);
    assert_int_equal(circle_waiting(&t->c, "Good for").kind, POST_COMMENT);
}

/* A letter of one group quoted to the other's own address: a new note where it was addressed to, marked for the moderator. */
static void the_typed_address_counts(void **state)
{
    struct two *t = *state;
    const struct mail *thursday = circle_mail(&t->c, ROSE, "Thursday Circle");

    write_to(t, ROSE, GROUP, "1 Good for your knee!", thursday->message_id);
    assert_int_equal(circle_outcome(&t->c), OUTCOME_HELD);
    assert_int_not_equal(circle_waiting(&t->c, "Good for").group.v, t->thursday.id.v);
    assert_int_equal(circle_waiting(&t->c, "Good for").kind, POST_POST);
    assert_true(circle_waiting(&t->c, "Good for").flags & POST_FLAG_MAYBE_NEW);
    write_to(t, ROSE, GROUP, circle_under(&t->c, thursday, "1 I swim too."), NULL); /* by the code at its foot */
    assert_int_equal(circle_waiting(&t->c, "I swim too").kind, POST_POST);
    assert_int_not_equal(circle_waiting(&t->c, "I swim too").group.v, t->thursday.id.v);
}

/* Sam got hold of Rose's letter of a group that he is not in. */
static void anothers_token_opens_no_group(void **state)
{
    struct two *t = *state;
    const struct mail *thursday = circle_mail(&t->c, ROSE, "Thursday Circle");

    circle_listen(&t->c);
    write_to(t, SAM, thursday->reply_to, "1 Let me in!", thursday->message_id);
    assert_int_equal(circle_outcome(&t->c), OUTCOME_UNVERIFIED);
    assert_true(circle_waiting(&t->c, "Let me in").flags & POST_FLAG_UNVERIFIED);
    assert_int_equal(circle_new(&t->c, SAM), 0);
    write_to(t, SAM, THURSDAY, "Let me in too!", NULL);
    assert_int_equal(circle_outcome(&t->c), OUTCOME_NOT_MEMBER);
    assert_int_equal(circle_waiting(&t->c, "me in too").id.v, 0);
}

/* A token of another practice is no token here: its key is not ours. The mail is judged by its sender alone. */
static void another_practices_token_is_none(void **state)
{
    struct two *t = *state;
    struct keyring *other = help_ring(2);
    char token[TOKEN_SIZE];
    struct letter_row row;
    struct err err;

    token_write(other, &(struct token){ .purpose = TOKEN_REPLY, .row_id = 1 }, token);
    write_to(t, ROSE, arena_printf(t->c.mem, "thursday+%s@" GATE_DOMAIN, token), "Hello to all of you.", NULL);
    HELP_OK(letter_get(&t->c.g.gate.store, t->c.last, t->c.mem, &row, &err));
    assert_int_equal(row.token_purpose, 0);
    assert_int_equal(row.outcome, OUTCOME_HELD);
    assert_int_equal(circle_waiting(&t->c, "Hello to all").kind, POST_POST);
    write_to(t, "somebody@example.com", arena_printf(t->c.mem, "thursday+%s@" GATE_DOMAIN, token), "STOP", NULL);
    assert_int_equal(circle_outcome(&t->c), OUTCOME_UNKNOWN);
    keyring_free(&other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, circle_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_token_names_its_own_group),
        TEST(the_typed_address_counts),
        TEST(anothers_token_opens_no_group),
        TEST(another_practices_token_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
