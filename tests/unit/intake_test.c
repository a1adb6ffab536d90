/* What intake reads on top of a message, and wake-ups. What is stored is tested end to end (tests/e2e/run_test.py). */
#include "gateway/home/wake.h"
#include "gateway/intake/intake.h"

#include "base/io.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>
/* after the four that it needs */
#include <cmocka.h>

struct head_case {
    const char *name, *in;
    const char *return_path;
    const char *to[4];
};

static const struct head_case head_cases[] = {
    { "delivered before written",
      "Return-Path: <a@example.com>\r\nTo: b@example.org\r\nDelivered-To: tuesday@groups.example.org\r\n\r\nx",
      "a@example.com",
      { "tuesday@groups.example.org", "b@example.org" } },
    { "names, case, folding",
      "TO: \"Ruiz, Ana\" <Ana@Example.ORG>,\n\tTues <tuesday@groups.example.org>\nreturn-path: <>\n\n",
      "",
      { "ana@example.org", "tuesday@groups.example.org" } },
    { "the same once", "To: a@example.org, A@example.org\nCc: a@example.org\n\n", NULL, { "a@example.org" } },
    { "the body is no header", "Subject: x\n\nDelivered-To: a@example.org\n", NULL, { NULL } },
    { "no end", "Delivered-To: a@example.org", NULL, { "a@example.org" } },
    { "an mbox line and a line without colon",
      "From a@example.com Sun Nov 22\nnonsense\nTo: a@example.org\n\n",
      NULL,
      { "a@example.org" } },
    { "no address", "To: undisclosed-recipients:;\nDelivered-To:\nReturn-Path\n\n", NULL, { NULL } },
    { "nothing", "", NULL, { NULL } },
};

static void reads_the_head(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(head_cases); i++) {
        const struct head_case *const c = &head_cases[i];
        CLEANUP(arena_free) struct arena *mem = arena_new("test");
        struct intake_head head;
        size_t want = 0;

        intake_read_head(c->in, strlen(c->in), mem, &head);
        while (want < COUNT_OF(c->to) && c->to[want])
            want++;
        if (head.recipient_count != want)
            fail_msg("%s: %zu recipients, not %zu", c->name, head.recipient_count, want);
        for (size_t n = 0; n < want; n++)
            assert_string_equal(head.recipients[n], c->to[n]);
        if (c->return_path)
            assert_string_equal(head.return_path, c->return_path);
        else
            assert_null(head.return_path);
    }
}

/* No text may make it read past the end or keep more than it has room for. */
static void head_is_capped(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("test");
    CLEANUP(strbuf_done) struct strbuf many = STRBUF(1 << 20);
    struct intake_head head;

    (void)state;
    for (int i = 0; i < 3000; i++)
        strbuf_printf(&many, "Delivered-To: p%d@example.org\n", i);
    intake_read_head(many.p, INTAKE_HEAD_BYTES, mem, &head);
    assert_int_equal(head.recipient_count, INTAKE_RECIPIENTS_MAX);
    strbuf_clear(&many);
    strbuf_str(&many, "To: ");
    for (int i = 0; i < 6000; i++)
        strbuf_char(&many, 'a');
    strbuf_str(&many, "@example.org\nCc: b@example.org\n");
    intake_read_head(many.p, many.len, mem, &head);
    assert_int_equal(head.recipient_count, 1);
}

static void wakes_one_and_all(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("test");
    char home[] = "/tmp/postcircle-wake-XXXXXX";
    CLEANUP(wake_close) struct wake_listener sort = WAKE_NONE, mail = WAKE_NONE;
    const char *run;
    struct err err;

    (void)state;
    assert_non_null(mkdtemp(home));
    run = arena_printf(mem, "%s/run", home);
    wake_role(home, "sort", WAKE_WORK); /* nobody there: nothing happens */
    assert_int_equal(wake_listen(home, "sort", &sort, &err), RC_TEMP);
    assert_int_equal(mkdir(run, 0700), 0);
    assert_int_equal(wake_listen(home, "sort", &sort, &err), RC_OK);
    assert_int_equal(wake_listen(home, "mail-0", &mail, &err), RC_OK);
    for (int i = 0; i < 1000; i++) /* a full queue blocks nobody */
        wake_role(home, "sort", WAKE_WORK);
    assert_false(wake_wait(&sort, -1, 10000, NULL));
    wake_all(home, WAKE_RELOAD);
    assert_true(wake_wait(&sort, -1, 10000, NULL));
    assert_true(wake_wait(&mail, -1, 10000, NULL));
    assert_false(wake_wait(&mail, -1, 1, NULL));
    /* a role that was killed leaves its socket: the next one takes the name */
    wake_close(&mail);
    assert_int_equal(wake_listen(home, "sort", &mail, &err), RC_OK);
    wake_close(&mail);
    wake_close(&sort);
    assert_int_equal(rmdir(run), 0);
    assert_int_equal(rmdir(home), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_head),
        cmocka_unit_test(head_is_capped),
        cmocka_unit_test(wakes_one_and_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
