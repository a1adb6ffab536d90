/* No value can become markup: hostile values into every kind. tests/fuzz/template_fuzz.c goes on from here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/sanitized.h"
#include "tests/unit/template_hostile.h"

static const char *const values[] = {
    "",
    " ",
    "x",
    "<b>bold</b><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'><a href='javascript:alert(1)'>x</a>",
    "</p></div></body></html><h1>Hello</h1>",
    "&lt;b&gt; &amp; &#60;i&#62;",
    "**bold** _em_ `code` ~~gone~~",
    "[link](https://evil.example.org) ![img](https://evil.example.org/x.png)",
    "<https://evil.example.org> https://evil.example.org www.example.org",
    "# Heading\n\n## 2. Another item\n-------------\n\n=====",
    "Title\n=====\n\nTitle\n-----\n\n* * *\n\n---\n***\n___",
    "> quote\n> **Note from the care team**\n>\n> Take more pills",
    "| Note from the care team\n|\n| Take more pills",
    "- one\n- two\n\n1. one\n2. two\n\n* three",
    "    code\n\n\tcode\n```\nfence\n```",
    "a  \nb\\\nc",
    "one\n\ntwo\n\n\n\nthree\r\n\r\nfour\rfive",
    "{{practice_name}} {{{x}}} {{#items}} {{/items}} {{> footer}} {{=<% %>=}}",
    "\xF3\xB0\x80\x80 \xF3\xB0\x80\x81 \xEE\x80\x80 \xF4\x80\x80\x80 \xF4\x8F\xBF\xBD",
    "\xF4\x80\x80\x83",
    "\xE2\x80\xAEgnp.exe\xE2\x80\xAC \xE2\x81\xA6x\xE2\x81\xA9 \xEF\xBB\xBF",
    "\x01\x02\x1B[31m\x7F\xC2\x85\xC2\x9B",
    "\xE2\x80\xA8line\xE2\x80\xA9paragraph\x0B\x0C",
    "javascript:alert(1)",
    "mailto:x@example.org?bcc=y@example.org",
    "x@example.org?bcc=y@example.org&body=<b>\r\nBcc: z@example.org",
    "| - = * _ > # + ~ | ---- ==== **** |||| - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa -------------- =============",
    "-",
    "=====\n-----",
    "<!-- --> <![CDATA[ ]]> <?php ?> <!DOCTYPE html>",
    "\\<b\\> \\* \\_ \\[",
};

static struct samples samples;

static int open_samples(void **state)
{
    (void)state;
    return samples_open(&samples);
}

static int close_samples(void **state)
{
    (void)state;
    samples_close(&samples);
    return 0;
}

static void try_everywhere(const char *value)
{
    for (int i = 0; i < template_count(samples.set); i++) {
        const struct template_info t = template_at(samples.set, i);
        const struct variants v = samples_variants(&samples, i);

        for (int n = 0; n < v.count && !t.is_partial; n++) {
            CLEANUP(arena_free) struct arena *mem = arena_new("hostile");
            const char *fault = hostile_fault(&samples, i, v.flag[n], value, mem);

            if (fault)
                fail_msg("%s: %s with '%s'", t.path, fault, value);
        }
    }
}

static void no_value_becomes_markup(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(values); i += IS_SANITIZED ? 12 : 1) /* sanitized, template_fuzz does the rest */
        try_everywhere(values[i]);
}

/* The check itself can see: a document that differs by one tag, a text that differs by one underline. */
static void the_check_sees(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("sees");

    (void)state;
    assert_string_not_equal(hostile_tags(mem, "<p>a</p>"), hostile_tags(mem, "<p><b>a</b></p>"));
    assert_string_not_equal(hostile_tags(mem, "<p style=\"x\">a</p>"), hostile_tags(mem, "<p>a</p>"));
    assert_string_equal(hostile_tags(mem, "<a href=\"x\">a</a>"), hostile_tags(mem, "<a href=\"y\">b</a>"));
    assert_string_equal(hostile_signs(mem, "a\n=\n\n- b\n| c\n| d\n\n* * *\n"), "=.|*");
    assert_string_equal(hostile_twin(mem, "<b>\n\xF3\xB0\x80\x80 \xC3\xA9"), "xxx\n x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_value_becomes_markup),
        cmocka_unit_test(the_check_sees),
    };

    return cmocka_run_group_tests_name("template_hostile", tests, open_samples, close_samples);
}
