/* mailer: encoding, replies, back-off, Maildir. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/io.h"
#include "base/strbuf.h"
#include "mailer/encode.h"
#include "mailer/maildir.h"
#include "mailer/pacing.h"
#include "mailer/serial.h"

#include <dirent.h>
#include <ftw.h>
#include <unistd.h>

static void qp_lines_are_safe(void **state)
{
    static const struct {
        const char *line, *want;
    } cases[] = {
        { "", "\r\n" },
        { "plain", "plain\r\n" },
        { "a=b", "a=3Db\r\n" },
        { "ends in blank ", "ends in blank=20\r\n" },
        { ".", "=2E\r\n" },
        { "From me", "=46rom me\r\n" },
        { "Fromage", "Fromage\r\n" },
        { "\xC3\xA9", "=C3=A9\r\n" },
        { "0123456789012345678901234567890123456789012345678901234567890123456789012345.x",
          "012345678901234567890123456789012345678901234567890123456789012345678901234=\r\n5.x\r\n" },
        { "012345678901234567890123456789012345678901234567890123456789012345678901234.x",
          "012345678901234567890123456789012345678901234567890123456789012345678901234=\r\n=2Ex\r\n" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(strbuf_done) struct strbuf out = STRBUF(1000);

        encode_qp_line(cases[i].line, strlen(cases[i].line), &out);
        assert_string_equal(strbuf_peek(&out), cases[i].want);
    }
}

static void phrases_are_safe(void **state)
{
    static const struct {
        const char *line, *want;
    } cases[] = {
        { "Maria via Tuesday Circle", "Maria via Tuesday Circle" },
        { "Lee, Dr. \"Kim\" \\", "\"Lee, Dr. \\\"Kim\\\" \\\\\"" },
        { "Jos\xC3\xA9 <x>", "=?utf-8?Q?Jos=C3=A9_=3Cx=3E?=" },
        { "=?utf-8?B?QQ==?=", "=?utf-8?Q?=3D=3Futf=2D8=3FB=3FQQ=3D=3D=3F=3D?=" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(strbuf_done) struct strbuf out = STRBUF(1000);

        encode_phrase(cases[i].line, &out);
        assert_string_equal(strbuf_peek(&out), cases[i].want);
    }
}

static void dates_are_rfc_5322(void **state)
{
    static const struct {
        int64_t ms;
        const char *want;
    } cases[] = {
        { 0, "Thu, 1 Jan 1970 00:00:00 +0000" },
        { -1, "Wed, 31 Dec 1969 23:59:59 +0000" },
        { INT64_C(1795313400123), "Sun, 22 Nov 2026 02:10:00 +0000" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(strbuf_done) struct strbuf out = STRBUF(100);

        encode_date(cases[i].ms, &out);
        assert_string_equal(strbuf_peek(&out), cases[i].want);
    }
}

static void replies_are_read(void **state)
{
    static const struct {
        const char *text;
        int enhanced[3];
        const char *remote;
    } cases[] = {
        { "5.1.1 no such user", { 5, 1, 1 }, "no such user" },
        { "2.0.0 Ok: queued", { 2, 0, 0 }, "Ok: queued" },
        { "no status here", { 0, 0, 0 }, "no status here" },
        { "5.1 half", { 0, 0, 0 }, "5.1 half" },
        { "5.1.1x", { 0, 0, 0 }, "5.1.1x" },
        { "3.1.1 class three", { 0, 0, 0 }, "3.1.1 class three" },
        { "5.1111.1 long", { 0, 0, 0 }, "5.1111.1 long" },
        { "4.2.2\r\n", { 4, 2, 2 }, "" },
        { "bad\r\n\x01\xFFnews", { 0, 0, 0 }, "bad    news" },
        { NULL, { 0, 0, 0 }, "" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct transport_result r = { 0 };

        transport_read_reply(cases[i].text, 550, &r);
        assert_memory_equal(r.enhanced, cases[i].enhanced, sizeof r.enhanced);
        assert_string_equal(r.remote, cases[i].remote);
    }
}

static void backing_off_doubles_with_jitter(void **state)
{
    struct pacing a = pacing_make(1000, 60000, 7), b = pacing_make(1000, 60000, 8);
    int64_t full = 1000;
    bool is_different = false;

    (void)state;
    assert_true(pacing_is_ready(&a, 0));
    for (int i = 0; i < 100; i++) {
        const int64_t wait = pacing_fail(&a, 5000);

        assert_true(wait >= full / 2 && wait <= full);
        assert_false(pacing_is_ready(&a, 5000 + wait - 1));
        assert_true(pacing_is_ready(&a, 5000 + wait));
        is_different |= wait != pacing_fail(&b, 5000);
        full = full * 2 > 60000 ? 60000 : full * 2;
    }
    assert_true(is_different);
    pacing_succeed(&a);
    assert_true(pacing_is_ready(&a, 0));
    assert_true(pacing_fail(&a, 0) <= 1000);
}

/* ---- Maildir ---- */

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

static int count_files(const char *dir, char *ret_name)
{
    DIR *d = opendir(dir);
    const struct dirent *e;
    int n = 0;

    while (d && (e = readdir(d)))
        if (e->d_name[0] != '.') {
            n++;
            if (ret_name)
                snprintf(ret_name, 300, "%s/%s", dir, e->d_name);
        }
    if (d)
        closedir(d);
    return n;
}

static void count_done(void *ctx, size_t index, const struct transport_result *result)
{
    int *counts = ctx;

    assert_int_equal((size_t)counts[0], index);
    counts[0]++;
    counts[1] += result->outcome == TRANSPORT_ACCEPTED;
}

static void fill(struct wire *wire, const char *address, struct arena *mem)
{
    static const struct serial_message m = {
        .from_name = "", .from_address = "t@example.org", .subject = "x", .text = "y\n.\n"
    };
    const struct serial_person p = { .to_address = address,
                                     .envelope_sender = "b@example.org",
                                     .message_id = "1@example.org" };
    const struct serial_built *built;
    struct err err;

    assert_int_equal(serial_build(&m, mem, &built, &err), RC_OK);
    assert_int_equal(serial_fill(built, &p, wire, &err), RC_OK);
}

static void maildir_keeps_every_message(void **state)
{
    char dir[] = "/tmp/maildir-test-XXXXXX", name[300], *text;
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(wire_free) struct wire *a = wire_new();
    CLEANUP(wire_free) struct wire *b = wire_new();
    const struct wire *wires[] = { a, b, a };
    int counts[2] = { 0 };
    struct err err;
    size_t n;

    (void)state;
    assert_non_null(mkdtemp(dir));
    fill(a, "rose@example.net", mem);
    fill(b, "h/a/arold@example.net", mem);
    for (int mode = MAILDIR_ONE; mode <= MAILDIR_EACH; mode++) {
        CLEANUP(transport_free)
        struct transport t = maildir_transport(arena_printf(mem, "%s/out%d", dir, mode), (enum maildir_mode)mode);

        counts[0] = counts[1] = 0;
        assert_int_equal(transport_open(&t, &err), RC_OK);
        assert_int_equal(transport_send(&t, wires, 3, count_done, counts, &err), RC_OK);
        assert_int_equal(counts[1], 3);
    }
    assert_int_equal(count_files(arena_printf(mem, "%s/out0/new", dir), NULL), 3);
    assert_int_equal(count_files(arena_printf(mem, "%s/out0/tmp", dir), NULL), 0);
    assert_int_equal(count_files(arena_printf(mem, "%s/out1/rose@example.net/Maildir/new", dir), NULL), 2);
    assert_int_equal(count_files(arena_printf(mem, "%s/out1/h_a_arold@example.net/Maildir/new", dir), name), 1);
    assert_int_equal(io_read_file(name, 100000, mem, &text, &n, &err), RC_OK);
    assert_null(strchr(text, '\r'));
    assert_non_null(strstr(text, "Return-Path: <b@example.org>\nDelivered-To: h/a/arold@example.net\nDate: "));
    nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void maildir_reports_what_it_cannot_do(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(wire_free) struct wire *a = wire_new();
    CLEANUP(transport_free) struct transport t = maildir_transport("/proc/no-such-place/x", MAILDIR_EACH);
    const struct wire *wires[] = { a, a };
    int counts[2] = { 0 };
    struct err err;

    (void)state;
    fill(a, "rose@example.net", mem);
    assert_int_equal(transport_open(&t, &err), RC_TEMP);
    assert_int_equal(transport_send(&t, wires, 2, count_done, counts, &err), RC_TEMP);
    assert_int_equal(counts[0], 2);
    assert_int_equal(counts[1], 0);
    assert_null(strstr(err.msg, "rose"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(qp_lines_are_safe),
        cmocka_unit_test(phrases_are_safe),
        cmocka_unit_test(dates_are_rfc_5322),
        cmocka_unit_test(replies_are_read),
        cmocka_unit_test(backing_off_doubles_with_jitter),
        cmocka_unit_test(maildir_keeps_every_message),
        cmocka_unit_test(maildir_reports_what_it_cannot_do),
    };

    return cmocka_run_group_tests_name("mailer", tests, NULL, NULL);
}
