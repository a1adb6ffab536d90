/* template: loading, its errors, values and slots in text and links. The built-in texts are looked at by template_lint_test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/io.h"
#include "base/slot.h"
#include "templates/page.h"
#include "templates/page_text.h"
#include "templates/template.h"

struct folder {
    char path[64];
};

static void make_file(const char *dir, const char *name, const char *text)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("file");
    struct err err;

    assert_int_equal(io_make_dir(dir, 0700, &err), RC_OK);
    assert_int_equal(io_make_dir(arena_printf(mem, "%s/en", dir), 0700, &err), RC_OK);
    assert_int_equal(io_make_dir(arena_printf(mem, "%s/es", dir), 0700, &err), RC_OK);
    assert_int_equal(io_write_file(arena_printf(mem, "%s/%s", dir, name), text, strlen(text), 0600, &err), RC_OK);
}

static void make_folder(struct folder *f)
{
    snprintf(f->path, sizeof f->path, "/tmp/template_test.XXXXXX");
    assert_non_null(mkdtemp(f->path));
}

static void drop_folder(struct folder *f)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("drop");

    rc_ignore(system(arena_printf(mem, "rm -rf %s", f->path)) ? RC_TEMP : RC_OK, "a left-over in /tmp harms nobody");
}

/* Renders one kind made of `source` with the values in `json`. */
static enum rc render(const char *source, const char *json, struct arena *mem, struct template_out *out,
                      struct err *err)
{
    CLEANUP(drop_folder) struct folder f;
    CLEANUP(template_set_free) struct template_set *set = NULL;
    CLEANUP(json_free) struct json *values = NULL;
    enum rc rc;

    make_folder(&f);
    make_file(f.path, "en/x.md", source);
    make_file(f.path, "en/_part.md", "values: p\n\nPart {{p}}.\n");
    rc = template_set_load(f.path, NULL, &set, err);
    if (rc)
        return rc;
    assert_int_equal(json_parse(json, strlen(json), &values, err), RC_OK);
    return template_render(set, "en", "x", TEMPLATE_NORMAL, values, mem, out, err);
}

static void errors_name_file_and_line(void **state)
{
    static const struct {
        const char *source, *msg;
        enum rc rc;
    } cases[] = {
        { "subject: Hi\n\nHello {{name}}", "en/x.md: line 3: unknown value 'name'", RC_INPUT },
        { "subject: Hi\nvalues: a\n\n{{#b}}{{a}}{{/b}}", "en/x.md: line 4: unknown value 'b'", RC_INPUT },
        { "values: a\nsubject: Hi {{b}}\n\ntext", "en/x.md: line 2: subject: line 1: unknown value 'b'", RC_INPUT },
        { "subject: Hi\nvalues: a\n\n{{{a}}}", "en/x.md: line 4: the unescaped tag 'a' is not allowed", RC_INPUT },
        { "subject: Hi\nvalues: a\n\n\n{{&a}}", "en/x.md: line 5: the unescaped tag 'a' is not allowed", RC_INPUT },
        { "subject: Hi\nvalues: a\n\nText\n\n{{#a}}", "en/x.md: line 6: section 'a' is not closed", RC_INPUT },
        { "subject: Hi\n\n{{> nobody}}", "en/x.md: line 3: there is no partial 'nobody'", RC_INPUT },
        { "subject: Hi\nhello: x\n\ntext", "en/x.md: line 2: the head knows", RC_INPUT },
        { "values: a\n\ntext", "en/x.md: line 2: the head has no 'subject:'", RC_INPUT },
        { "subject: Hi\n\nText <b>bold</b>", "en/x.md: line 3: HTML has no place", RC_INPUT },
        { "subject: Hi\n\nText\n\n<div>\n", "en/x.md: line 5: HTML has no place", RC_INPUT },
        { "subject: Hi\n\nText\n\n    indented", "en/x.md: line 5: code has no place", RC_INPUT },
        { "subject: Hi\n\n![x](https://example.org/x.png)", "en/x.md: line 3: an image", RC_INPUT },
        { "subject: Hi\n\n[x](http://example.org)", "en/x.md: line 3: a link must begin", RC_INPUT },
        { "subject: Hi\n\n[x](javascript:alert)", "en/x.md: line 3: a link must begin", RC_INPUT },
        { "subject: Hi\n\nA \xEE\x80\x80", "en/x.md: line 3: a private-use", RC_INPUT },
        { "subject: Hi\n\nA \xff", "en/x.md: line 1: not UTF-8", RC_INPUT },
        { "subject: Hi\nvalues: a\n\nA\n{{a}}", "en/x.md: line 5: value 'a' is missing", RC_INPUT },
        { "subject: {{a}}\nvalues: a\n\nA", "en/x.md: subject: line 1: value 'a' is missing", RC_INPUT },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("case");
        struct template_out out;
        struct err err = { .rc = RC_OK };

        print_message("%s\n", cases[i].source);
        assert_int_equal(render(cases[i].source, "{}", mem, &out, &err), cases[i].rc);
        assert_ptr_equal(strstr(err.msg, cases[i].msg), err.msg);
    }
}

#define HEAD "subject: S\nvalues: a, b, l\n\n"

static void values_enter_text_and_links_only(void **state)
{
    static const struct {
        const char *source, *json, *html, *text;
    } cases[] = {
        { "Hi {{a}}!", "{\"a\":\"<b>&\\\"'\"}", ">Hi &lt;b&gt;&amp;&quot;&#39;!</p>", "Hi <b>&\"'!\n" },
        { "Hi {{a}}!", "{\"a\":\"**x** [y](https://z.example.org)\"}", ">Hi **x** [y](https://z.example.org)!</p>",
          "Hi **x** [y](https://z.example.org)!\n" },
        { "{{a}}!", "{\"a\":\"# x\\n\\n- y\"}", "># x - y!</p>", "'# x - y!\n" },
        { "{{a}}", "{\"a\":\"# x\\n\\n- y\\n> z\"}",
          "># x</p>\n<p style=\"margin:0 0 15px;padding:0 0 0 14px;border-left:3px solid #b8ab94\">- y<br>\n&gt; z</p>",
          "  # x\n\n  - y\n  > z\n" },
        { "{{a}}", "{\"a\":\"  x  \\r\\n\\r\\n\\r\\n   ---\"}", ">x</p>", "  x\n\n  ---\n" },
        { "# {{a}}", "{\"a\":\"x\\ny\"}", ">x y</h1>", "x y\n===\n" },
        { "{{a}}", "{\"a\":\"\xF3\xB0\x80\x80\xEE\x80\x80\xF4\x80\x80\x85 \xE2\x80\xAEx\\u0007\"}",
          ">\xF4\x80\x80\x85 x</p>", "  \xF4\x80\x80\x85 x\n" },
        { "A\n\n{{a}}\n\nB", "{\"a\":\"\"}", ">A</p>\n<p style=\"margin:0 0 15px\">B</p>", "A\n\nB\n" },
        { "{{#l}}\n{{a}} said {{b}}.\n\n{{/l}}", "{\"l\":[{\"a\":\"A\",\"b\":\"1\"},{\"a\":\"B\",\"b\":\"2\"}]}",
          ">A said 1.</p>", "A said 1.\n\nB said 2.\n" },
        { "[Go]({{a}})", "{\"a\":\"\xF4\x80\x80\x81\"}", "href=\"\xF4\x80\x80\x81\">Go</a>",
          "Go <\xF4\x80\x80\x81>\n" },
        { "[Go](mailto:{{a}}?subject=Yes%20I&body=YES)", "{\"a\":\"\xF4\x80\x80\x81\"}",
          "href=\"mailto:\xF4\x80\x80\x81?subject=Yes%20I&amp;body=YES\">Go</a>", "Go <\xF4\x80\x80\x81>\n" },
        { "Hi [Go](mailto:{{a}}) x", "{\"a\":\"a+b@example.org?bcc=x\"}",
          "href=\"mailto:a+b@example.org%3Fbcc%3Dx\">Go</a> x", "Hi Go <a+b@example.org> x\n" },
        { "Hi [Go]({{a}})", "{\"a\":\"javascript:alert(1)\"}", ">Hi Go</p>", "Hi Go\n" },
        { "Hi [Go]({{a}})", "{\"a\":\"x\xF4\x80\x80\x81\"}", ">Hi Go</p>", "Hi Go\n" },
        { "Hi [Go]({{a}})", "{\"a\":\"https://example.org/a?b=c&d=\\\"><x\"}",
          "href=\"https://example.org/a?b=c&amp;d=%22%3E%3Cx\">Go</a>", "Hi Go <https://example.org/a?b=c&d=\"x>\n" },
        { "[{{a}}](mailto:{{a}})", "{\"a\":\"a@example.org\"}", "href=\"mailto:a@example.org\">a@example.org</a>",
          "a@example.org\n" },
        { "> **N**\n>\n> {{a}}", "{\"a\":\"x\\n\\n| y\"}", "class=\"note\"", "| N\n|\n| x\n|\n| \xC2\xA6 y\n" },
        { "> N {{a}}", "{\"a\":\"x\"}", "<blockquote", "    N x\n" },
        { "- x\n- {{a}}\n\n\n7. z", "{\"a\":\"y\"}", "<ol start=\"7\"", "- x\n- y\n\n7. z\n" },
        { "x {{a}}",
          "{\"a\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ---- * * *\"}", "----",
          "x\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ---- * * *\n" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("case");
        struct template_out out;
        struct err err = { .rc = RC_OK };

        print_message("%s with %s\n", cases[i].source, cases[i].json);
        if (render(arena_printf(mem, HEAD "%s\n", cases[i].source), cases[i].json, mem, &out, &err))
            fail_msg("%s", err.msg);
        assert_string_equal(out.text, cases[i].text);
        if (!strstr(out.html, cases[i].html))
            fail_msg("no %s in %s", cases[i].html, out.html);
    }
}

static void subject_is_one_line(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("subject");
    struct template_out out;
    struct err err;
    char want[16];

    (void)state;
    assert_int_equal(render("subject: {{a}}, {{b}}\nvalues: a, b\n\nx",
                            "{\"a\":\"A\\r\\nBcc: <x>\",\"b\":\"\xF4\x80\x80\x80\"}", mem, &out, &err),
                     RC_OK);
    snprintf(want, sizeof want, "A Bcc: <x>, ");
    assert_ptr_equal(strstr(out.subject, want), out.subject);
    assert_int_equal(slot_at(out.subject + strlen(want), 4), 0);
    assert_non_null(strstr(out.html, "<title>A Bcc: &lt;x&gt;, \xF4\x80\x80\x80</title>"));
}

static void partials_bring_their_values(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("partial");
    struct template_out out;
    struct err err;

    (void)state;
    assert_int_equal(render("subject: S\n\n{{> part}}\n", "{\"p\":7}", mem, &out, &err), RC_OK);
    assert_string_equal(out.text, "Part 7.\n");
    assert_int_equal(render("subject: S\n\n{{> part}}\nNext\n", "{\"p\":7}", mem, &out, &err), RC_OK);
    assert_string_equal(out.text, "Part 7.\n\nNext\n");
}

static void practice_overrides_single_files(void **state)
{
    CLEANUP(drop_folder) struct folder ours;
    CLEANUP(drop_folder) struct folder theirs;
    CLEANUP(template_set_free) struct template_set *set = NULL;
    CLEANUP(json_free) struct json *values = json_object_new();
    CLEANUP(arena_free) struct arena *mem = arena_new("override");
    struct template_out out;
    struct err err;

    (void)state;
    make_folder(&ours);
    make_folder(&theirs);
    make_file(ours.path, "en/x.md", "subject: S\nvalues: a\n\nOurs {{a}}\n");
    make_file(ours.path, "en/y.md", "subject: S\n\nOurs\n");
    make_file(theirs.path, "en/x.md", "subject: T\n\nTheirs {{a}}\n");
    json_set_str(values, "a", "1");
    assert_int_equal(template_set_load(ours.path, theirs.path, &set, &err), RC_OK);
    assert_int_equal(template_render(set, "en", "x", TEMPLATE_BIG, values, mem, &out, &err), RC_OK);
    assert_string_equal(out.text, "Theirs 1\n");
    assert_string_equal(out.subject, "T");
    assert_non_null(strstr(out.html, "font:22px"));
    assert_int_equal(template_render(set, "en", "y", TEMPLATE_NORMAL, values, mem, &out, &err), RC_OK);
    assert_string_equal(out.text, "Ours\n");
    assert_int_equal(template_render(set, "en", "z", TEMPLATE_NORMAL, values, mem, &out, &err), RC_NOT_FOUND);
    assert_int_equal(template_render(set, "fr", "y", TEMPLATE_NORMAL, values, mem, &out, &err), RC_NOT_FOUND);
    template_set_free(&set);

    make_file(theirs.path, "en/x.md", "subject: T\nvalues: mine\n\n{{mine}}\n");
    assert_int_equal(template_set_load(ours.path, theirs.path, &set, &err), RC_INPUT);
    assert_string_equal(err.msg, "the practice's own templates: en/x.md: line 4: unknown value 'mine'");
    make_file(theirs.path, "en/x.md", "subject: T\n\nTheirs\n");
    make_file(theirs.path, "es/new.md", "subject: T\n\nTheirs\n");
    assert_int_equal(template_set_load(ours.path, theirs.path, &set, &err), RC_INPUT);
    assert_string_equal(err.msg, "the practice's own templates: es/new.md: line 1: there is no such kind of message");
    assert_int_equal(template_set_load(ours.path, "/tmp/nothing-here", &set, &err), RC_OK);
    assert_true(template_has(set, "en", "y"));
    assert_false(template_has(set, "es", "y"));
    template_set_free(&set);
    assert_int_equal(template_set_load("/tmp/nothing-here", NULL, &set, &err), RC_NOT_FOUND);
}

/* Columns where a line has room for them; else a record for each row, which a narrow screen shows as well. */
static void tables_are_columns_or_records(void **state)
{
    static const char source[] =
        "subject: Hi\nvalues: rows, a, b, c\n\n| Kind of note | Notes | Waited |\n|---|---|---|\n"
        "{{#rows}}\n| {{a}} | {{b}} | {{c}} |\n{{/rows}}\n";
    CLEANUP(arena_free) struct arena *mem = arena_new("template_test");
    struct template_out out;
    struct err err;

    (void)state;
    assert_int_equal(render(source,
                            "{\"rows\":[{\"a\":\"With a mark\",\"b\":\"12\",\"c\":\"2 hours\"},"
                            "{\"a\":\"All\",\"b\":\"\",\"c\":\"1 day\"}]}",
                            mem, &out, &err),
                     RC_OK);
    assert_non_null(strstr(out.text, "  Kind of note  Notes  Waited\n"
                                     "  With a mark   12     2 hours\n"
                                     "  All                  1 day\n"));
    assert_int_equal(
        render(source,
               "{\"rows\":[{\"a\":\"With a mark\",\"b\":\"12\",\"c\":\"two hours and then some more, as the "
               "office was closed for the day | and the next\"},"
               "{\"a\":\"All\",\"b\":\"\",\"c\":\"1 day\"}]}",
               mem, &out, &err),
        RC_OK);
    assert_null(strstr(out.text, "Kind of note"));
    assert_non_null(strstr(
        out.text, "  With a mark\n    Notes: 12\n    Waited: two hours and then some more, as the office was closed"));
    assert_non_null(strstr(out.text, "\xC2\xA6 and the next\n"));
    assert_non_null(strstr(out.text, "  All\n    Waited: 1 day\n"));
    for (const char *line = out.text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        assert_true(strcspn(line, "\n") <= PAGE_TEXT_WIDTH + 2); /* a bar has two bytes */
}

static void limits_hold(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("limits");
    CLEANUP(strbuf_done) struct strbuf b = STRBUF(2 << 20);
    struct template_out out;
    struct err err;

    (void)state;
    strbuf_str(&b, "{\"l\":[0");
    for (int i = 0; i < PAGE_MAX_VALUES; i++)
        strbuf_str(&b, ",1");
    strbuf_str(&b, "]}");
    assert_int_equal(render(HEAD "{{#l}}{{.}} {{/l}}", strbuf_peek(&b), mem, &out, &err), RC_LIMIT);
    assert_int_equal(render(HEAD "> > > > > > > > > > > > > > > > > > > x", "{}", mem, &out, &err), RC_LIMIT);
    strbuf_clear(&b);
    while (b.len <= TEMPLATE_MAX_FILE)
        strbuf_str(&b, "0123456789\n");
    assert_int_equal(render(strbuf_peek(&b), "{}", mem, &out, &err), RC_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_name_file_and_line),
        cmocka_unit_test(values_enter_text_and_links_only),
        cmocka_unit_test(subject_is_one_line),
        cmocka_unit_test(partials_bring_their_values),
        cmocka_unit_test(practice_overrides_single_files),
        cmocka_unit_test(tables_are_columns_or_records),
        cmocka_unit_test(limits_hold),
    };

    return cmocka_run_group_tests_name("template", tests, NULL, NULL);
}
