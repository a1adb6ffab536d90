/* Which letter came back: by the token in the envelope sender where the relay keeps it, by the Message-ID that the report quotes where it does not; with reports in
 * the shapes of tests/data/mail/report. */
#include "circle_help.h"

#include "base/io.h"

#include <glob.h>

#define REPORTS "tests/data/mail/report/"
#define SENT_AS "bounces+q4t7zc2m@example.net" /* in those files */
#define OUR_ID_END "41@example.net>"

static const char *const shapes[] = {
    "postfix_no_user", "exim_no_user",       "exim_no_user_bare",   "qmail_no_user",   "sendmail_no_user",
    "gmail_no_user",   "gmail_old_text",     "o365_no_user",        "o365_es_no_user", "mimecast_no_user",
    "courier_no_user", "proofpoint_no_user", "messagelabs_no_user", "ses_no_user",
};

static int start(void **state)
{
    static struct circle c;

    circle_start(&c);
    *state = &c;
    return 0;
}

static int stop(void **state)
{
    circle_stop(*state);
    return 0;
}

static char *file_of(const char *path, struct arena *mem, size_t *ret_n)
{
    struct err err;
    char *bytes;

    HELP_OK(io_read_file(path, 1 << 20, mem, &bytes, ret_n, &err));
    return bytes;
}

/* The report as it would be about another letter: sent to `to`, quoting `id`. */
static const char *about(struct circle *c, const char *shape, const char *to, const char *id, size_t *ret_n)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF((size_t)1 << 20);
    const char *s = file_of(arena_printf(c->mem, REPORTS "%s.eml", shape), c->mem, ret_n);

    while (*s) {
        const char *const end = *s == '<' ? strchr(s, '>') : NULL;

        if (end && (size_t)(end + 1 - s) > strlen(OUR_ID_END) &&
            strncmp(end + 1 - strlen(OUR_ID_END), OUR_ID_END, strlen(OUR_ID_END)) == 0) {
            strbuf_printf(&out, "<%s>", id);
            s = end + 1;
        } else if (text_starts(s, SENT_AS)) {
            strbuf_str(&out, to);
            s += strlen(SENT_AS);
        } else {
            strbuf_add(&out, s++, 1);
        }
    }
    *ret_n = out.len;
    return arena_strdup(c->mem, strbuf_peek(&out));
}

static void comes_back(struct circle *c, const char *shape, const char *to, const char *id)
{
    size_t n;
    const char *const raw = about(c, shape, to, id, &n);

    circle_arrive(c, to, raw, n);
    circle_run(c);
    assert_int_equal(circle_outcome(c), OUTCOME_REPORT);
}

static const struct mail *a_letter(struct circle *c)
{
    circle_published(c, c->maria, arena_printf(c->mem, "Soup of day %d.", ++c->letters));
    circle_listen(c);
    circle_pass(c, MS_DAY);
    assert_non_null(circle_since(c, ROSE, "letter"));
    return circle_since(c, ROSE, "letter");
}

static int64_t failed(struct circle *c)
{
    return circle_count(c, "SELECT count(*) FROM delivery WHERE state = 5");
}

static void check_shapes(bool is_by_envelope)
{
    for (size_t i = 0; i < COUNT_OF(shapes); i++) {
        static struct circle c;
        const struct mail *m;

        circle_start(&c);
        c.g.gate.facts.has_plain_envelope = !is_by_envelope;
        m = a_letter(&c);
        if (!is_by_envelope)
            assert_string_equal(m->sender, GROUP);
        comes_back(&c, shapes[i], m->sender, is_by_envelope ? "other@example.org" : m->message_id);
        assert_int_equal(failed(&c), 1);
        assert_int_equal(circle_said(&c, ANA, "does not get through"), 1);
        circle_stop(&c);
    }
}

static void by_the_envelope(void **state)
{
    (void)state;
    check_shapes(true);
}

static void by_what_they_quote(void **state)
{
    (void)state;
    check_shapes(false);
}

static void a_lost_token_is_found_by_what_is_quoted(void **state)
{
    struct circle *c = *state;
    const struct mail *m = a_letter(c);

    comes_back(c, "postfix_no_user", "tuesday+rewritten@" GATE_DOMAIN, "nobodys@" GATE_DOMAIN);
    assert_int_equal(failed(c), 0);
    comes_back(c, "postfix_no_user", "tuesday+rewritten@" GATE_DOMAIN, m->message_id);
    assert_int_equal(failed(c), 1);
}

/* Where the relay writes the envelope sender, what stands in it says nothing. */
static void a_token_does_not_count_where_the_relay_rewrites(void **state)
{
    struct circle *c = *state;
    const struct mail *m = a_letter(c);

    c->g.gate.facts.has_plain_envelope = true;
    comes_back(c, "postfix_no_user", m->sender, "nobodys@" GATE_DOMAIN);
    assert_int_equal(failed(c), 0);
    c->g.gate.facts.has_plain_envelope = false;
    comes_back(c, "postfix_no_user", m->sender, "nobodys@" GATE_DOMAIN);
    assert_int_equal(failed(c), 1);
}

/* A person's letter that quotes such lines answers nothing by them. */
static void a_person_quotes_in_vain(void **state)
{
    struct circle *c = *state;
    const struct mail *m = a_letter(c);

    circle_write(c, MARIA, GROUP, "Look at this",
                 arena_printf(c->mem, "It says\r\nMessage-ID: <%s>\r\nWhy?", m->message_id), PASS);
    assert_int_equal(circle_outcome(c), OUTCOME_HELD);
    assert_int_equal(circle_waiting(c, "It says").kind, POST_POST);
    assert_int_equal(failed(c), 0);
}

/* Each report of the set that quotes our letter's Message-ID, wherever it stands. */
static void each_quoted_id_is_found(void **state)
{
    struct circle *c = *state;
    glob_t files;
    size_t quoting = 0;

    assert_int_equal(glob(REPORTS "*.eml", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        const char *const name = strrchr(files.gl_pathv[i], '/') + 1;
        const char *shape = arena_strndup(c->mem, name, strlen(name) - strlen(".eml"));
        const struct authres_trust nobody = { .profile = AUTHRES_NOTHING, .authserv_id = "" };
        struct letter letter;
        struct err err;
        bool is_found = false;
        size_t n;
        const char *raw = about(c, shape, GROUP, "found@" GATE_DOMAIN, &n);

        if (!strstr(raw, "<found@"))
            continue;
        HELP_OK(parse_letter(raw, n, &nobody, c->mem, &letter, &err));
        for (size_t k = 0; k < letter.reference_count; k++)
            is_found |= text_equals(letter.references[k], "found@" GATE_DOMAIN);
        if (!is_found)
            print_message("%s\n", shape);
        assert_true(is_found);
        quoting++;
    }
    globfree(&files);
    assert_true(quoting > 100);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_the_envelope),
        cmocka_unit_test(by_what_they_quote),
        TEST(a_lost_token_is_found_by_what_is_quoted),
        TEST(a_token_does_not_count_where_the_relay_rewrites),
        TEST(a_person_quotes_in_vain),
        TEST(each_quoted_id_is_found),
    };

    parse_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
