/* lmtp: whole sessions as text, each fed at once, split at every byte, and byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/strbuf.h"
#include "inbound/lmtp.h"

#define HI "LHLO mx.example.net\r\n"
#define FROM "MAIL FROM:<rose@example.net>\r\n"
#define TO "RCPT TO:<tuesday@x>\r\n"
#define BEGIN HI FROM TO "DATA\r\n"
#define END "\r\n.\r\n"

/* Codes of the answers, "-" behind those that go on; then what was told, in order: [sender|kept bytes]. Recipients are known when they
 * begin with "t", elsewhere with "e", not now with "n", too many with "f". */
struct session {
    const char *name, *in;
    size_t n; /* 0: up to the NUL */
    const char *codes, *kept;
};

static const struct session sessions[] = {
    /* RFC 2033 4.2, with names of ours */
    { "rfc 2033", BEGIN "Hi" END "QUIT\r\n", 0, "220 250- 250- 250- 250- 250- 250 250 250 354 250 221",
      "[rose@example.net|Hi\r\n]" },
    { "one answer for each", HI FROM TO "RCPT TO:<pat@x>\r\nRCPT TO:<ted@x>\r\nDATA\r\nHi" END "QUIT\r\n", 0,
      "220 250- 250- 250- 250- 250- 250 250 250 550 250 354 250 250 221", "[rose@example.net|Hi\r\n]" },
    { "rfc 2920: all refused, data refused",
      HI FROM "RCPT TO:<pat@x>\r\nRCPT TO:<eve@y>\r\nDATA\r\n" FROM "RSET\r\n" FROM, 0,
      "220 250- 250- 250- 250- 250- 250 250 550 550 503 503 250 250", "(forget)" },
    { "no store", HI FROM "RCPT TO:<now@x>\r\nRCPT TO:<full@x>\r\n", 0, "220 250- 250- 250- 250- 250- 250 250 451 452",
      "" },
    { "the sender must come first", HI TO "DATA\r\nMAIL FROM:<a@b>\r\nMAIL FROM:<a@b>\r\n", 0,
      "220 250- 250- 250- 250- 250- 250 503 503 250 503", "" },
    { "no greeting, no mail", FROM TO "DATA\r\nNOOP\r\n", 0, "220 503 503 503 250", "" },
    { "no smtp", "HELO x\r\nEHLO x\r\nSTARTTLS\r\nBDAT 5 LAST\r\nEXPN x\r\nVRFY x\r\nHELP\r\nNOOP x\r\n", 0,
      "220 500 500 502 502 502 252 214 250", "" },
    { "several letters", BEGIN "1" END FROM TO "DATA\r\n2" END "RSET\r\n" FROM TO "DATA\r\n.\r\n", 0,
      "220 250- 250- 250- 250- 250- 250 250 250 354 250 250 250 354 250 250 250 250 354 250",
      "[rose@example.net|1\r\n][rose@example.net|2\r\n][rose@example.net|]" },
    { "a new greeting forgets", HI FROM TO HI "DATA\r\n", 0,
      "220 250- 250- 250- 250- 250- 250 250 250 250- 250- 250- 250- 250- 250 503", "(forget)" },
    { "any case, blanks, null sender, routes",
      "lhlo x\r\nmail from: <>\r\nrcpt TO:<@a.example,@b.example:tom@x>  \r\ndata\r\nx" END, 0,
      "220 250- 250- 250- 250- 250- 250 250 250 354 250", "[|x\r\n]" },
    { "quoted senders", HI "MAIL FROM:<\"a> \\\"b\"@c> SIZE=5\r\n" TO "DATA\r\nx" END, 0,
      "220 250- 250- 250- 250- 250- 250 250 250 354 250", "[\"a> \\\"b\"@c|x\r\n]" },
    { "parameters",
      HI "MAIL FROM:<a@b> SIZE=1 BODY=8BITMIME SMTPUTF8\r\nRSET\r\nmail from:<a@b> body=7bit size=0\r\nRSET\r\n"
         "MAIL FROM:<a@b> BODY=BINARYMIME\r\nMAIL FROM:<a@b> SIZE=x\r\nMAIL FROM:<a@b> RET=HDRS\r\n" FROM
         "RCPT TO:<tom@x> NOTIFY=NEVER\r\n",
      0, "220 250- 250- 250- 250- 250- 250 250 250 250 250 555 555 555 250 555", "(forget)(forget)" },
    { "smtputf8 senders",
      HI "MAIL FROM:<jos\xc3\xa9@ejemplo.example> SMTPUTF8\r\n" TO "DATA\r\nx" END "MAIL FROM:<jos\xe9@x>\r\n", 0,
      "220 250- 250- 250- 250- 250- 250 250 250 354 250 500", "[jos\xc3\xa9@ejemplo.example|x\r\n]" },
    { "paths",
      HI "MAIL FROM:a@b\r\nMAIL FROM:<a@b\r\nMAIL FROM:<a b@c>\r\nMAIL FROM:<a@b>x\r\nMAIL a@b\r\nMAIL\r\n" FROM
         "RCPT TO:tom@x\r\nRCPT <tom@x>\r\n",
      0, "220 250- 250- 250- 250- 250- 250 501 501 501 501 501 501 250 501 501", "" },
    { "arguments", "LHLO\r\n" HI "DATA now\r\nQUIT it\r\nRSET x\r\nWHAT\r\n\r\nquit \r\n", 0,
      "220 501 250- 250- 250- 250- 250- 250 501 501 501 500 500 221", "" },
    { "declared too large",
      HI "MAIL FROM:<a@b> SIZE=65\r\nMAIL FROM:<a@b> SIZE=999999999999999999\r\nMAIL FROM:<a@b> SIZE=64\r\n", 0,
      "220 250- 250- 250- 250- 250- 250 552 552 250", "" },
    { "found too large",
      HI FROM TO TO "DATA\r\n0123456789012345678901234567890123456789012345678901234567890123" END "NOOP\r\n" FROM, 0,
      "220 250- 250- 250- 250- 250- 250 250 250 250 354 552 552 250 250", "(forget)" },
    { "just not too large", BEGIN "01234567890123456789012345678901234567890123456789012345678901" END, 0,
      "220 250- 250- 250- 250- 250- 250 250 250 354 250",
      "[rose@example.net|01234567890123456789012345678901234567890123456789012345678901\r\n]" },
    { "four recipients at most", HI FROM TO TO TO TO TO, 0, "220 250- 250- 250- 250- 250- 250 250 250 250 250 250 452",
      "" },
    { "stuffed dots", BEGIN "..a\r\n...\r\n.b\r\n..\r\n.\r\n", 0, "220 250- 250- 250- 250- 250- 250 250 250 354 250",
      "[rose@example.net|.a\r\n..\r\nb\r\n.\r\n]" },
    { "a dot at once", BEGIN "\r\n.\r\n", 0, "220 250- 250- 250- 250- 250- 250 250 250 354 250",
      "[rose@example.net|\r\n]" },
    /* what other servers took for an end: the smuggled commands stay text */
    { "smuggling: LF dot CRLF", BEGIN "a\n.\r\nMAIL FROM:<x@y>\r\n" END, 0,
      "220 250- 250- 250- 250- 250- 250 250 250 354 250", "[rose@example.net|a\n.\r\nMAIL FROM:<x@y>\r\n\r\n]" },
    { "smuggling: CRLF dot LF", BEGIN "a\r\n.\nMAIL FROM:<x@y>\r\n" END, 0,
      "220 250- 250- 250- 250- 250- 250 250 250 354 250", "[rose@example.net|a\r\n\nMAIL FROM:<x@y>\r\n\r\n]" },
    { "smuggling: LF dot LF", BEGIN "a\n.\nMAIL FROM:<x@y>" END, 0, "220 250- 250- 250- 250- 250- 250 250 250 354 250",
      "[rose@example.net|a\n.\nMAIL FROM:<x@y>\r\n]" },
    { "smuggling: CR dot CR", BEGIN "a\r.\rb\r.\r\nc\r\n.\rd\r\n.\r\r\ne" END, 0,
      "220 250- 250- 250- 250- 250- 250 250 250 354 250", "[rose@example.net|a\r.\rb\r.\r\nc\r\n\rd\r\n\r\r\ne\r\n]" },
    { "smuggling: CRLF CR dot CRLF", BEGIN "\r\n\r.\r\nx" END, 0, "220 250- 250- 250- 250- 250- 250 250 250 354 250",
      "[rose@example.net|\r\n\r.\r\nx\r\n]" },
    { "smuggling: CRLF LF dot CRLF", BEGIN "a\r\n\n.\r\nMAIL FROM:<x@y>" END, 0,
      "220 250- 250- 250- 250- 250- 250 250 250 354 250", "[rose@example.net|a\r\n\n.\r\nMAIL FROM:<x@y>\r\n]" },
    { "smuggling: NUL", BEGIN "a\r\n.\0\r\nb\0c" END, sizeof BEGIN - 1 + 9 + sizeof END - 1 + 1,
      "220 250- 250- 250- 250- 250- 250 250 250 354 250", "[rose@example.net|a\r\n\\0\r\nb\\0c\r\n]" },
    { "bare LF is no end of a command", "LHLO x\nNOOP\r\nNOOP\rNOOP\r\nNOOP\r\n", 0, "220 500 250 500 250", "" },
    { "NUL in a command", "NO\0OP\r\nNOOP\r\n", 13, "220 500 250", "" },
    { "not ended is not executed", "LHLO x\r", 0, "220", "" },
    { "after the end nothing is read", "QUIT\r\nNOOP\r\n", 0, "220 221", "" },
};

struct run {
    struct lmtp *s;
    struct strbuf kept, out;
    bool has_failed_letters;
};

static void show(struct strbuf *to, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i])
            strbuf_char(to, p[i]);
        else
            strbuf_str(to, "\\0");
}

static void answer_recipient(struct run *r)
{
    const char c = *lmtp_path(r->s);

    lmtp_answer_recipient(r->s, c == 't'   ? LMTP_ACCEPTED
                                : c == 'e' ? LMTP_ELSEWHERE
                                : c == 'n' ? LMTP_NOT_NOW
                                : c == 'f' ? LMTP_FULL
                                           : LMTP_NOBODY);
}

static void send_output(struct run *r)
{
    const char *p;
    size_t n;

    p = lmtp_output(r->s, &n);
    strbuf_add(&r->out, p, n);
    lmtp_sent(r->s, n);
}

static void deal_with(struct run *r, const struct lmtp_event *ev)
{
    switch (ev->did) {
    case LMTP_RECIPIENT:
        answer_recipient(r);
        break;
    case LMTP_BEGIN:
        strbuf_printf(&r->kept, "[%s|", lmtp_sender(r->s));
        if (r->has_failed_letters)
            lmtp_fail(r->s);
        break;
    case LMTP_BYTES:
        show(&r->kept, ev->bytes, ev->n);
        break;
    case LMTP_END:
        strbuf_char(&r->kept, ']');
        lmtp_answer_letter(r->s, LMTP_ACCEPTED);
        break;
    case LMTP_FORGET: { /* what was kept of the letter is void */
        const char *const text = strbuf_peek(&r->kept), *const open = strrchr(text, '[');

        if (open && !strchr(open, ']'))
            strbuf_cut(&r->kept, (size_t)(open - text));
        strbuf_str(&r->kept, "(forget)");
        break;
    }
    case LMTP_MORE:
    case LMTP_CLOSE:
        break;
    }
    send_output(r);
}

static void feed(struct run *r, const char *p, size_t n)
{
    struct lmtp_event ev = { .did = LMTP_MORE };

    while (n && ev.did != LMTP_CLOSE) {
        const size_t took = lmtp_feed(r->s, p, n, &ev);

        assert_true(took <= n);
        p += took;
        n -= took;
        deal_with(r, &ev);
    }
}

static void begin(struct run *r)
{
    static const struct lmtp_limits limits = { .host = "mail.example.org", .max_bytes = 64, .max_recipients = 4 };

    *r = (struct run){ .s = lmtp_new(&limits), .kept = STRBUF(1 << 20), .out = STRBUF(1 << 20) };
}

static void end(struct run *r)
{
    lmtp_free(&r->s);
    strbuf_done(&r->kept);
    strbuf_done(&r->out);
}

/* "220 250- 250": the answers' codes. Every answer but the greeting, LHLO's and 354 has an enhanced code of its class. */
static void codes_of(const char *out, struct strbuf *codes)
{
    while (*out) {
        const char *const lf = strstr(out, "\r\n");

        assert_non_null(lf);
        if (codes->len)
            strbuf_char(codes, ' ');
        strbuf_add(codes, out, out[3] == '-' ? 4 : 3);
        if (strncmp(out, "220", 3) != 0 && strncmp(out, "354", 3) != 0 && out[3] != '-' && !strstr(out, "ENHANCED"))
            assert_true(out[4] == out[0] && out[5] == '.');
        out = lf + 2;
    }
}

static void check(const struct session *c, struct run *r, size_t split)
{
    CLEANUP(strbuf_done) struct strbuf codes = STRBUF(65536);

    codes_of(strbuf_peek(&r->out), &codes);
    if (strcmp(strbuf_peek(&codes), c->codes) != 0 || strcmp(strbuf_peek(&r->kept), c->kept) != 0)
        fail_msg("%s, split at %zu:\n  %s\n  %s\nfor\n  %s\n  %s", c->name, split, strbuf_peek(&codes),
                 strbuf_peek(&r->kept), c->codes, c->kept);
}

static void sessions_are_understood_however_they_are_split(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(sessions); i++) {
        const struct session *const c = &sessions[i];
        const size_t n = c->n ? c->n : strlen(c->in);
        struct run r;

        for (size_t split = 0; split < n; split++) {
            begin(&r);
            feed(&r, c->in, split);
            feed(&r, c->in + split, n - split);
            check(c, &r, split);
            end(&r);
        }
        begin(&r);
        send_output(&r);
        for (size_t at = 0; at < n; at++)
            feed(&r, c->in + at, 1);
        check(c, &r, n);
        end(&r);
    }
}

static void offers_what_it_does(void **state)
{
    struct run r;

    (void)state;
    begin(&r);
    feed(&r, HI, strlen(HI));
    assert_string_equal(strbuf_peek(&r.out),
                        "220 mail.example.org LMTP Postcircle\r\n250-mail.example.org\r\n250-PIPELINING\r\n"
                        "250-SIZE 64\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES\r\n");
    end(&r);
}

static void long_lines_are_refused_whole(void **state)
{
    static char line[3 * LMTP_LINE_MAX];
    struct run r;

    (void)state;
    memset(line, 'x', sizeof line);
    for (size_t n = LMTP_LINE_MAX - 3; n < LMTP_LINE_MAX + 3; n++) {
        begin(&r);
        feed(&r, "NOOP ", 5);
        feed(&r, line, n - 5);
        feed(&r, "\r\nQUIT\r\n", 8);
        assert_non_null(strstr(strbuf_peek(&r.out),
                               n + 1 <= LMTP_LINE_MAX ? "\r\n250 2.0.0" : "\r\n500 5.5.2 the line is too long"));
        assert_non_null(strstr(strbuf_peek(&r.out), "\r\n221 2.0.0"));
        end(&r);
    }
    begin(&r);
    feed(&r, line, sizeof line);
    feed(&r, line, sizeof line);
    feed(&r, "\nNOOP\r\n", 7);
    assert_non_null(strstr(strbuf_peek(&r.out), "\r\n500 5.5.2 the line is too long\r\n250 2.0.0 ok\r\n"));
    end(&r);
}

static void a_letter_that_fails_is_swallowed(void **state)
{
    static const char in[] = BEGIN "text\r\n..\r\n" END FROM;
    static const struct session want = { "fails", in, 0, "220 250- 250- 250- 250- 250- 250 250 250 354 451 250",
                                         "[rose@example.net|" };
    struct run r;

    (void)state;
    for (size_t split = 0; split < sizeof in - 1; split++) {
        begin(&r);
        r.has_failed_letters = true;
        feed(&r, in, split);
        feed(&r, in + split, sizeof in - 1 - split);
        check(&want, &r, split);
        end(&r);
    }
}

static void commands_without_a_letter_come_to_an_end(void **state)
{
    struct run r;

    (void)state;
    begin(&r);
    feed(&r, HI, strlen(HI));
    for (int i = 0; i < 3 * LMTP_IDLE_COMMANDS; i++) /* letters are no idling */
        feed(&r, FROM TO "DATA\r\n.\r\n", strlen(FROM TO "DATA\r\n.\r\n"));
    assert_null(strstr(strbuf_peek(&r.out), "421"));
    for (int i = 0; i < LMTP_IDLE_COMMANDS / 2; i++) /* each is two: a recipient that is accepted is none */
        feed(&r, FROM TO "RSET\r\n", strlen(FROM TO "RSET\r\n"));
    assert_null(strstr(strbuf_peek(&r.out), "421"));
    feed(&r, "NOOP\r\nNOOP\r\n", 12);
    assert_non_null(strstr(strbuf_peek(&r.out), "\r\n421 4.7.0"));
    assert_true(strlen(strstr(strbuf_peek(&r.out), "\r\n421 4.7.0")) < 60);
    end(&r);
}

/* Who sends and never reads: nothing more is taken until the answers are gone. */
static void output_that_nobody_reads_stops_it(void **state)
{
    CLEANUP(strbuf_done) struct strbuf many = STRBUF(1 << 20);
    struct run r;
    struct lmtp_event ev;
    size_t took, n;

    (void)state;
    begin(&r);
    for (int i = 0; i < LMTP_IDLE_COMMANDS - 1; i++)
        strbuf_str(&many, HI);
    took = lmtp_feed(r.s, many.p, many.len, &ev);
    lmtp_output(r.s, &n);
    assert_true(took < many.len && n >= LMTP_OUTPUT_MAX && n < LMTP_OUTPUT_MAX + 512);
    assert_int_equal(lmtp_feed(r.s, many.p + took, many.len - took, &ev), 0);
    lmtp_sent(r.s, n - 1);
    assert_int_equal(lmtp_feed(r.s, many.p + took, many.len - took, &ev), 0);
    lmtp_sent(r.s, 1);
    assert_true(lmtp_feed(r.s, many.p + took, many.len - took, &ev) > 0);
    end(&r);
}

static void we_may_end_it(void **state)
{
    struct run r;
    struct lmtp_event ev;

    (void)state;
    begin(&r);
    feed(&r, BEGIN, strlen(BEGIN));
    assert_true(lmtp_is_in_letter(r.s));
    lmtp_end(r.s, LMTP_TIMEOUT);
    assert_false(lmtp_is_in_letter(r.s));
    assert_int_equal(lmtp_feed(r.s, "x", 1, &ev), 0);
    assert_int_equal(ev.did, LMTP_CLOSE);
    send_output(&r);
    assert_non_null(strstr(strbuf_peek(&r.out), "\r\n421 4.4.2"));
    end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sessions_are_understood_however_they_are_split),
        cmocka_unit_test(offers_what_it_does),
        cmocka_unit_test(long_lines_are_refused_whole),
        cmocka_unit_test(a_letter_that_fails_is_swallowed),
        cmocka_unit_test(commands_without_a_letter_come_to_an_end),
        cmocka_unit_test(output_that_nobody_reads_stops_it),
        cmocka_unit_test(we_may_end_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
