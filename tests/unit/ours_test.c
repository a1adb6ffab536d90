/* The addresses that are ours, where each group has one of its own and where one mailbox is for all. */
#include "gate_help.h"

#include "gateway/practice/ours.h"

#define TOKEN "\1" /* stands for a token of ours */
#define NO_TOKEN "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define D "@" GATE_DOMAIN

enum found { NONE, GOOD, BAD };

struct reads {
    const char *address;
    enum ours_kind kind;
    const char *slug;
    enum found token;
};

static const struct reads each_its_own[] = {
    { "tuesday" D, OURS_GROUP, "tuesday", NONE },
    { "Tuesday@Groups.Example.ORG", OURS_GROUP, "tuesday", NONE },
    { "tuesday+" TOKEN D, OURS_GROUP, "tuesday", GOOD },
    { "tuesday+" NO_TOKEN D, OURS_GROUP, "tuesday", BAD },
    { "tuesday+a+b" D, OURS_GROUP, "tuesday", BAD }, /* as who received it read it */
    { "tuesday+a+" TOKEN D, OURS_GROUP, "tuesday", GOOD },
    { TOKEN D, OURS_TOKEN_ONLY, "", GOOD },
    { "desk" D, OURS_DESK_ADDRESS, "desk", NONE },
    { "DESK+" TOKEN D, OURS_DESK_ADDRESS, "desk", GOOD },
    { "tuesday@example.net", OURS_NOT, "", NONE },
    { "tuesday", OURS_NOT, "", NONE },
};

static const struct reads one_for_all[] = {
    { "circles+tuesday" D, OURS_GROUP, "tuesday", NONE },
    { "Circles+TUESDAY" D, OURS_GROUP, "tuesday", NONE },
    { "circles+tuesday+" TOKEN D, OURS_GROUP, "tuesday", GOOD },
    { "circles+tuesday+" NO_TOKEN D, OURS_GROUP, "tuesday", BAD },
    { "circles+tuesday+a+b" D, OURS_GROUP, "tuesday", BAD },
    { "circles+" TOKEN D, OURS_TOKEN_ONLY, "", GOOD },
    { "circles+" NO_TOKEN D, OURS_GROUP, NO_TOKEN, NONE },
    { "circles+desk" D, OURS_DESK_ADDRESS, "desk", NONE },
    { "circles+desk+" TOKEN D, OURS_DESK_ADDRESS, "desk", GOOD },
    { "circles" D, OURS_MAILBOX, "", NONE },
    { "circles+" D, OURS_MAILBOX, "", NONE },
    { TOKEN D, OURS_TOKEN_ONLY, "", GOOD },
    { "tuesday+" TOKEN D, OURS_GROUP, "tuesday", GOOD }, /* from before */
    { "tuesday+" NO_TOKEN D, OURS_NOT, "", NONE },
    { "tuesday" D, OURS_NOT, "", NONE },
    { "ana" D, OURS_NOT, "", NONE }, /* people live in that domain too */
    { "desk" D, OURS_NOT, "", NONE },
    { "circlesx+tuesday" D, OURS_NOT, "", NONE },
    { "circle+tuesday" D, OURS_NOT, "", NONE },
    { "circles+tuesday@example.net", OURS_NOT, "", NONE },
};

static struct gate_help help;

static const struct token token = { .purpose = TOKEN_REPLY, .row_id = 4711 };

static int start(void **state)
{
    (void)state;
    gate_help_start(&help);
    help.gate.facts.domain = GATE_DOMAIN;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    gate_help_stop(&help);
    return 0;
}

static const char *fill_in(const char *address, struct arena *mem)
{
    const char *const at = strchr(address, *TOKEN);
    char text[TOKEN_SIZE];

    token_write(help.gate.store.ring, &token, text);
    return at ? arena_printf(mem, "%.*s%s%s", (int)(at - address), address, text, at + 1) : address;
}

static void check(const struct reads *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("ours");
        const struct ours o = ours_read(&help.gate, fill_in(table[i].address, mem), mem);
        const enum found found = o.has_token ? GOOD : o.has_bad_token ? BAD : NONE;

        if (o.kind != table[i].kind || strcmp(o.slug, table[i].slug) != 0 || found != table[i].token)
            fail_msg("%s: kind %d slug %s token %d", table[i].address, (int)o.kind, o.slug, (int)found);
        if (found == GOOD)
            assert_int_equal(o.token.row_id, token.row_id);
    }
}

static void where_each_has_its_own(void **state)
{
    (void)state;
    help.gate.facts.mailbox = "";
    check(each_its_own, COUNT_OF(each_its_own));
    help.gate.facts.mailbox = NULL;
    check(each_its_own, COUNT_OF(each_its_own));
}

static void where_one_is_for_all(void **state)
{
    (void)state;
    help.gate.facts.mailbox = "circles";
    check(one_for_all, COUNT_OF(one_for_all));
}

/* What is written is read back as what was meant, and no local part is longer than 64 octets. */
static void what_is_written_is_read(void **state)
{
    static const char *const slugs[] = { NULL, "a", "tuesday", "abcdefghijklmnopqrstuvwxyz01234" };
    static const char *const mailboxes[] = { "", "c", "circles", "groups.of.the.practice",
                                             "abcdefghijklmnopqrstuvwxyz01234" };

    (void)state;
    for (size_t m = 0; m < COUNT_OF(mailboxes); m++)
        for (size_t s = 0; s < COUNT_OF(slugs); s++)
            for (int with = 0; with <= 1; with++) {
                CLEANUP(arena_free) struct arena *mem = arena_new("ours");
                const char *address;
                struct ours o;

                help.gate.facts.mailbox = mailboxes[m];
                address = ours_write(&help.gate, slugs[s], with ? &token : NULL, mem);
                o = ours_read(&help.gate, address, mem);
                assert_true(strcspn(address, "@") <= OURS_LOCAL_MAX);
                assert_int_equal(o.has_token, with);
                if (o.kind == OURS_TOKEN_ONLY)
                    assert_true(with && strlen(mailboxes[m]) + strlen(slugs[s] ? slugs[s] : "desk") > 30);
                else
                    assert_string_equal(o.slug, slugs[s] ? slugs[s] : "desk");
            }
    help.gate.facts.mailbox = "circles";
    {
        CLEANUP(arena_free) struct arena *mem = arena_new("ours");

        assert_string_equal(ours_write(&help.gate, "tuesday", NULL, mem), "circles+tuesday" D);
        assert_string_equal(ours_write(&help.gate, NULL, NULL, mem), "circles+desk" D);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(where_each_has_its_own, start, stop),
        cmocka_unit_test_setup_teardown(where_one_is_for_all, start, stop),
        cmocka_unit_test_setup_teardown(what_is_written_is_read, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
