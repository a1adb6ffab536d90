/* parse: every tests/data/mail/x.eml against the members that x.want.json names; hostile shapes; the JSON form as hostile input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <glob.h>

#include "base/io.h"
#include "base/text.h"
#include "inbound/parse.h"

static const struct authres_trust nothing = { .profile = AUTHRES_NOTHING, .authserv_id = "" };

static enum rc parse(const char *raw, size_t n, struct arena *mem, struct letter *l, struct err *err)
{
    return parse_letter(raw, n, &nothing, mem, l, err);
}

/* ---- files ---- */

static bool is_same(const char *name, const char *got, const char *want)
{
    if (strcmp(got, want) == 0)
        return true;
    print_message("%s: got  \"%s\"\n   want \"%s\"\n", name, got, want);
    return false;
}

static bool same_str(const struct json *want, const char *key, const char *got)
{
    const char *w = json_get_str(want, key, NULL);

    return !w || is_same(key, got, w);
}

static bool same_reports(const struct json *want, const struct letter *l)
{
    const struct json *rows = json_get(want, "report");
    bool is_ok = true;

    if (!rows)
        return true;
    if (json_count(rows) != l->report_count) {
        print_message("%zu reports, not %zu\n", l->report_count, json_count(rows));
        return false;
    }
    for (size_t i = 0; i < json_count(rows); i++) {
        const struct letter_report *r = &l->reports[i];
        const char *got[] = { r->recipient, letter_action_name(r->action), r->status, letter_class_name(r->why) };

        for (size_t k = 0; k < COUNT_OF(got); k++) {
            const char *w = json_text(json_at(json_at(rows, i), k));

            is_ok &= !w || is_same("report", got[k], w);
        }
    }
    return is_ok;
}

static bool same_segments(const struct json *want, const struct letter *l)
{
    const struct json *rows = json_get(want, "segments");
    bool is_ok = true;

    for (size_t i = 0; rows && i < json_count(rows); i++) {
        if (i >= l->segment_count)
            return false;
        is_ok &= is_same("segment", l->segments[i].text, json_text(json_at(json_at(rows, i), 0)));
        is_ok &= is_same("quoted", l->segments[i].quoted, json_text(json_at(json_at(rows, i), 1)));
    }
    return is_ok && (!rows || json_count(rows) == l->segment_count);
}

static bool same_calendar(const struct json *want, const struct letter_calendar *c)
{
    const struct json *row = json_get(want, "calendar");
    const char *got[] = { c->method, c->uid, c->attendee, c->partstat, c->comment };
    bool is_ok = true;

    for (size_t i = 0; row && i < COUNT_OF(got); i++)
        is_ok &= is_same("calendar", got[i], json_text(json_at(row, i)));
    return is_ok;
}

static bool same_letter(const struct json *want, const struct letter *l)
{
    const struct json *warnings = json_get(want, "warnings"), *at = json_get(want, "attachments");
    const struct json *only = json_get(want, "only_warnings");
    bool is_ok = same_str(want, "kind", letter_kind_name(l->kind));

    is_ok &= same_str(want, "text", l->text);
    is_ok &= same_str(want, "subject", l->subject) && same_str(want, "from", l->from);
    is_ok &= same_str(want, "from_name", l->from_name);
    is_ok &= text_starts(l->text, json_get_str(want, "text_starts", ""));
    if (only && json_count(only) != l->warning_count) {
        print_message("%zu warnings, the first %s\n", l->warning_count, l->warning_count ? l->warnings[0] : "none");
        is_ok = false;
    }
    is_ok &= same_str(want, "robot", l->robot);
    is_ok &= json_get_bool(want, "forwarded", false) == l->is_forwarded;
    is_ok &= same_reports(want, l) && same_segments(want, l) && same_calendar(want, &l->calendar);
    for (size_t i = 0; warnings && i < json_count(warnings); i++)
        is_ok &= letter_has_warning(l, json_text(json_at(warnings, i)));
    if (at)
        is_ok &= json_count(at) == l->attachment_count;
    if (at && json_count(at) != l->attachment_count)
        print_message("%zu attachments\n", l->attachment_count);
    for (size_t i = 0; at && i < json_count(at) && i < l->attachment_count; i++)
        is_ok &= is_same("type", l->attachments[i].type, json_text(json_at(json_at(at, i), 0)));
    return is_ok;
}

/* What goes out as JSON comes back the same. */
static bool survives_json(const struct letter *l, struct arena *mem)
{
    CLEANUP(json_free) struct json *json = letter_to_json(l);
    CLEANUP(strbuf_done) struct strbuf a = STRBUF(LETTER_JSON_MAX_BYTES), b = STRBUF(LETTER_JSON_MAX_BYTES);
    CLEANUP(json_free) struct json *again = NULL;
    struct letter back;
    struct err err;

    json_print(json, false, &a);
    if (letter_from_json(strbuf_peek(&a), a.len, mem, &back, &err)) {
        print_message("json: %s\n", err.msg);
        return false;
    }
    again = letter_to_json(&back);
    json_print(again, false, &b);
    return strcmp(strbuf_peek(&a), strbuf_peek(&b)) == 0;
}

static bool file_is_right(const char *path)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(json_free) struct json *want = NULL;
    char *raw, *text;
    struct letter l;
    struct err err;
    size_t n, k;

    if (io_read_file(path, 1 << 20, mem, &text, &k, &err) || json_parse(text, k, &want, &err) ||
        io_read_file(arena_printf(mem, "%.*s.eml", (int)(strlen(path) - strlen(".want.json")), path), 1 << 20, mem,
                     &raw, &n, &err) ||
        parse(raw, n, mem, &l, &err)) {
        print_message("%s: %s\n", path, err.msg);
        return false;
    }
    if (same_letter(want, &l) && survives_json(&l, mem))
        return true;
    print_message("in %s\n", path);
    return false;
}

static void files_are_understood(void **state)
{
    size_t wrong = 0;
    glob_t g;

    (void)state;
    assert_int_equal(glob("tests/data/mail/*.want.json", 0, NULL, &g), 0);
    assert_true(g.gl_pathc >= 120);
    for (size_t i = 0; i < g.gl_pathc; i++)
        wrong += !file_is_right(g.gl_pathv[i]);
    globfree(&g);
    assert_int_equal(wrong, 0);
}

/* ---- header ---- */

static void header_is_read(void **state)
{
    static const char raw[] =
        "Return-Path: <rosa@example.org>\nX-Original-To: tuesday+abc@example.net\nDelivered-To: box@example.net\n"
        "From: \"Vega, Rosa\" <Rosa@EXAMPLE.org>\nTo: Friends: a@example.com, \"B\" <b@example.com>;, c@example.com\n"
        "Cc: =?utf-8?q?Jos=C3=A9?= <jose@example.com>\nSubject: one\nSubject: two\nIn-Reply-To: 123@example.net\n"
        "References: <1@example.net>,<2@example.net>\n\t3@example.net\nDate: Sun, 22 Nov 2026 02:00:00 "
        "+0100\n\nhello\n";
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    struct letter l;
    struct err err;

    (void)state;
    assert_int_equal(parse(raw, sizeof raw - 1, mem, &l, &err), RC_OK);
    assert_string_equal(l.from, "rosa@example.org");
    assert_string_equal(l.from_name, "Vega, Rosa");
    assert_string_equal(l.return_path, "rosa@example.org");
    assert_int_equal(l.recipient_count, 6);
    assert_string_equal(l.recipients[0].address, "tuesday+abc@example.net");
    assert_int_equal(l.recipients[0].field, LETTER_ORIGINAL_TO);
    assert_string_equal(l.recipients[5].address, "jose@example.com");
    assert_string_equal(l.subject, "one");
    assert_string_equal(l.in_reply_to, "123@example.net");
    assert_int_equal(l.reference_count, 3);
    assert_string_equal(l.references[2], "3@example.net");
    assert_true(l.date_ms == INT64_C(1795309200000));
}

/* What is so plain that no parser reads it, and what only looks so. */
static void plain_senders_are_read(void **state)
{
    static const struct {
        const char *value, *name, *address;
    } table[] = {
        { "Rosa.Vega+x@Example.org", "", "rosa.vega+x@example.org" },
        { "<rosa@example.org>", "", "rosa@example.org" },
        { "Rosa  Vega <rosa@example.org>", "Rosa Vega", "rosa@example.org" },
        { "Rosa<rosa@example.org>", "Rosa", "rosa@example.org" },
        { "Rosa <rosa@example.org> <b@example.org>", "Rosa", "rosa@example.org" },
        { "Rosa <rosa@example.org> (at home)", "Rosa", "rosa@example.org" },
        { "rosa@example.org (Rosa)", "Rosa", "rosa@example.org" },
        { "a@example.org, b@example.org", "", "a@example.org" },
        { "Rosa J. Vega <rosa@example.org>", "Rosa J. Vega", "rosa@example.org" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("t");
        const char *raw = arena_printf(mem, "From: %s\n\nhello\n", table[i].value);
        struct letter l;
        struct err err;

        assert_int_equal(parse(raw, strlen(raw), mem, &l, &err), RC_OK);
        assert_string_equal(l.from, table[i].address);
        assert_string_equal(l.from_name, table[i].name);
    }
}

static void header_text_is_clean(void **state)
{
    static const char raw[] = "From: =?utf-8?q?Ro=0D=0ABcc:_x=00sa?= <rosa@example.org>\n"
                              "Subject: =?utf-8?q?a=0D=0AX-Evil:_1?=\n\nhello\n";
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    struct letter l;
    struct err err;

    (void)state;
    assert_int_equal(parse(raw, sizeof raw - 1, mem, &l, &err), RC_OK);
    assert_null(strchr(l.subject, '\n'));
    assert_null(strchr(l.from_name, '\n'));
}

/* ---- limits and hostile shapes ---- */

static void limits_have_names(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(strbuf_done) struct strbuf b = STRBUF(LETTER_MAX_BYTES + 1024);
    struct letter l;
    struct err err;

    (void)state;
    for (int i = 0; i < 60; i++)
        strbuf_printf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
    strbuf_str(&b, "Content-Type: text/plain\n\ndeep\n");
    assert_int_equal(parse(b.p, b.len, mem, &l, &err), RC_LIMIT);
    assert_true(text_starts(err.msg, "nesting"));

    strbuf_clear(&b);
    strbuf_str(&b, "Content-Type: multipart/mixed; boundary=b\n\n");
    for (int i = 0; i < LETTER_PARTS_MAX + 5; i++)
        strbuf_str(&b, "--b\nContent-Type: image/png\n\nx\n");
    assert_int_equal(parse(b.p, b.len, mem, &l, &err), RC_LIMIT);
    assert_true(text_starts(err.msg, "parts"));

    strbuf_clear(&b);
    while (b.len <= LETTER_HEADER_MAX_BYTES)
        strbuf_str(&b, "X-A: b\n");
    strbuf_str(&b, "\nhello\n");
    assert_int_equal(parse(b.p, b.len, mem, &l, &err), RC_LIMIT);
    assert_true(text_starts(err.msg, "header_bytes"));

    strbuf_clear(&b);
    strbuf_str(&b, "Subject: x\n\n");
    while (b.len <= LETTER_TEXT_MAX_BYTES + 20)
        strbuf_str(&b, "hello hello hello hello hello hello\n");
    assert_int_equal(parse(b.p, b.len, mem, &l, &err), RC_LIMIT);
    assert_true(text_starts(err.msg, "text_bytes"));

    strbuf_clear(&b);
    strbuf_str(&b, "Content-Type: multipart/mixed; boundary=b\n\n");
    for (size_t part = 1; part < 10; part++) /* of which two are too much: the others are not made into lines */
        for (strbuf_str(&b, "--b\n\n"); b.len < part * LETTER_TEXT_MAX_BYTES;)
            strbuf_str(&b, "hello\n");
    arena_clear(mem);
    assert_int_equal(parse(b.p, b.len, mem, &l, &err), RC_LIMIT);
    assert_true(text_starts(err.msg, "text_bytes"));
    assert_true(arena_bytes(mem) < 100 * LETTER_TEXT_MAX_BYTES);
}

static void hostile_html_is_quick(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(strbuf_done) struct strbuf b = STRBUF(LETTER_MAX_BYTES);
    struct letter l;
    struct err err;

    (void)state;
    strbuf_str(&b, "Subject: x\nContent-Type: text/html\n\n<p>start</p>");
    for (int i = 0; i < 100000; i++)
        strbuf_str(&b, "<div>");
    strbuf_str(&b, "deep<p");
    for (int i = 0; i < 30000; i++)
        strbuf_printf(&b, " a%d=1", i);
    strbuf_str(&b, "></p><img src=\"data:image/png;base64,");
    for (int i = 0; i < 100000; i++)
        strbuf_str(&b, "AAAAAAAA");
    strbuf_str(&b, "\"><p>end</p>");
    assert_int_equal(parse(b.p, b.len, mem, &l, &err), RC_OK);
    assert_true(text_starts(l.text, "start"));
}

static void an_empty_return_path_alone_is_no_robot_of_a_person(void **state)
{
    static const struct {
        const char *fields, *robot;
    } table[] = {
        { "", "null_sender" },
        { "X-Mailer: PHPMailer 6\n", "null_sender" },
        { "X-Mailer: iPhone Mail (21A329)\n", "" },
        { "Mime-Version: 1.0 (Mac OS X Mail 16.0 (Apple Mail))\n", "" },
        { "User-Agent: Mozilla Thunderbird\n", "" },
        { "User-Agent: Mozilla Thunderbird\nAuto-Submitted: auto-replied\n", "auto_submitted" },
        { "X-Mailer: Microsoft Outlook 16.0\nX-Autoreply: yes\n", "autoreply_header" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("t");
        const char *raw =
            arena_printf(mem, "Return-Path: <>\n%sFrom: a@example.org\nSubject: Lake\n\nI walked.\n", table[i].fields);
        struct letter l;
        struct err err;

        assert_int_equal(parse(raw, strlen(raw), mem, &l, &err), RC_OK);
        assert_string_equal(l.robot, table[i].robot);
        assert_int_equal(l.kind, *table[i].robot ? LETTER_ROBOT : LETTER_POST);
    }
}

/* What no program shows is no text, and is not lost: moderators and triage look at what was taken away. */
static void hidden_words_are_listed(void **state)
{
    static const struct {
        const char *html, *text, *hidden; /* hidden NULL: nothing is, and nobody is warned */
    } table[] = {
        { "<p>seen</p><p style='DISPLAY : none'>not seen</p>", "seen", "not seen" },
        { "<p>seen</p><span style='font-size: 0px'>not <b>seen</b></span>", "seen", "not seen" },
        { "<p>seen</p><div style='visibility:hidden'>not seen<script>x()</script></div>", "seen", "not seen" },
        { "<p>seen</p><div hidden>not seen</div>", "seen", "not seen" },
        { "<p>seen</p><div style='opacity:0.0'>not seen</div>", "seen", "not seen" },
        { "<p>seen</p><div style='max-height:0;overflow:hidden'>not seen</div>", "seen", "not seen" },
        { "<p>seen</p><textarea>not seen</textarea>", "seen", "not seen" },
        { "<p>seen</p><!-- not <i>seen</i> -->", "seen", "not seen" },
        { "<p>seen</p><!--[if mso]><p>not seen</p><![endif]-->", "seen", "not seen" },
        { "<p>seen</p><script>if (a < b) <!-- x --> c()</script><!-- not seen -->", "seen", "not seen" },
        { "<style><!-- p { color: red } --></style><p>seen</p><!--StartFragment-->", "seen", NULL },
        { "<!--[if gte mso 9]><xml><o:a>Normal</o:a></xml><![endif]--><p>seen</p>", "seen", NULL },
        { "<p>seen</p><div style='display:none'>&nbsp;&zwnj; 96</div>", "seen", NULL },
        { "<table style='font-size:0'><tr><td style='font-size:16px'>seen</td></tr></table>", "seen", NULL },
        { "<p style='font-size:0.9em;opacity:0.8;max-height:0.5em'>seen</p>", "seen", NULL },
        { "<p>seen</p><blockquote type='cite'><div style='display:none'>ours</div>older</blockquote>", "seen", NULL },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("t");
        const char *raw = arena_printf(mem, "Subject: x\nContent-Type: text/html\n\n%s\n", table[i].html);
        struct letter l;
        struct err err;

        assert_int_equal(parse(raw, strlen(raw), mem, &l, &err), RC_OK);
        if (strcmp(l.text, table[i].text) != 0 || letter_has_warning(&l, "hidden_text") != (table[i].hidden != NULL) ||
            (table[i].hidden && strcmp(l.trimmed, table[i].hidden) != 0))
            fail_msg("%s: text <%s>, taken away <%s>", table[i].html, l.text, l.trimmed);
    }
}

static void odd_bytes_lose_no_text(void **state)
{
    static const struct {
        const char *raw;
        size_t n;
        const char *want;
    } table[] = {
#define CASE(raw, want) { raw, sizeof raw - 1, want }
        CASE("Subject: x\nContent-Transfer-Encoding: base64\n\n!!!aGVsbG8=???\n", "hello"),
        CASE("Subject: x\nContent-Transfer-Encoding: quoted-printable\n\nbad =ZZ and =C3=A9\n", "bad =ZZ and é"),
        CASE("Subject: x\nContent-Type: text/plain; charset=\"nonsense\"\n\ncaf\xE9\n", "café"),
        CASE("Subject: x\nContent-Type: text/plain; charset=utf-8\n\ncaf\xE9\n", "café"),
        CASE("Subject: x\rFrom: y\r\rbare returns\r", NULL),
        CASE("", ""),
        CASE("\n\nonly a body\n", "only a body"),
        CASE("Subject: x\nContent-Type: garbage\n\nwords\n", "words"),
        CASE("Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n--b\n"
             "Content-Type: text/plain\n\nwords\n--b--\n",
             "words"),
        CASE("Subject: x\nContent-Type: text/html\n\n<![if !supportLists]>one<![endif]> a < b &amp; c\n",
             "one a < b & c"),
        CASE("Subject: x\nContent-Type: text/plain; format=flowed; delsp=yes\n\nLong li \nne.\n> q\n", "Long line."),
#undef CASE
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("t");
        struct letter l;
        struct err err;

        assert_int_equal(parse(table[i].raw, table[i].n, mem, &l, &err), RC_OK);
        if (table[i].want)
            assert_string_equal(l.text, table[i].want);
    }
}

/* ---- the child's answer, judged ---- */

static void json_is_judged(void **state)
{
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        "{\"kind\":\"king\",\"auth\":{\"verdict\":\"none\"}}",
        "{\"kind\":\"post\",\"auth\":{\"verdict\":\"sure\"}}",
        "{\"kind\":\"post\",\"auth\":{\"verdict\":\"none\"},\"text\":7}",
        "{\"kind\":\"post\",\"auth\":{\"verdict\":\"none\"},\"subject\":\"a\\nb\"}",
        "{\"kind\":\"post\",\"auth\":{\"verdict\":\"none\"},\"text\":\"\\u0007\"}",
        "{\"kind\":\"post\",\"auth\":{\"verdict\":\"none\"},\"warnings\":{}}",
        "{\"kind\":\"post\",\"auth\":{\"verdict\":\"none\"},\"attachments\":[{\"type\":\"a\",\"bytes\":-1,\"part\":0}]"
        "}",
        "{\"kind\":\"post\",\"auth\":{\"verdict\":\"none\"},\"report\":[{\"action\":\"x\",\"class\":\"full\"}]}",
        "{\"kind\":\"post\",\"auth\":7}",
    };
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    static const char good[] = "{\"kind\":\"post\",\"auth\":{\"verdict\":\"none\"}}";
    struct letter l;
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_int_equal(letter_from_json(bad[i], strlen(bad[i]), mem, &l, &err), RC_CORRUPT);
    assert_int_equal(letter_from_json(good, sizeof good - 1, mem, &l, &err), RC_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_understood),    cmocka_unit_test(header_is_read),
        cmocka_unit_test(plain_senders_are_read),  cmocka_unit_test(header_text_is_clean),
        cmocka_unit_test(limits_have_names),       cmocka_unit_test(hostile_html_is_quick),
        cmocka_unit_test(odd_bytes_lose_no_text),  cmocka_unit_test(json_is_judged),
        cmocka_unit_test(hidden_words_are_listed), cmocka_unit_test(an_empty_return_path_alone_is_no_robot_of_a_person),
    };

    parse_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
