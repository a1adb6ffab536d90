/* mustache: the public specification, then our own limits and messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/io.h"
#include "templates/mustache.h"

#define SPEC_DIR "../shared/corpora/mustache"

struct partials {
    const struct json *sources;
    struct arena *mem;
};

static const struct mustache *find_partial(void *ctx, const char *name)
{
    const struct partials *p = ctx;
    const char *source = json_get_str(p->sources, name, NULL);
    const struct mustache *t = NULL;
    struct err err;

    if (source)
        assert_int_equal(mustache_compile(source, strlen(source), p->mem, &t, &err), RC_OK);
    return t;
}

static enum rc render(const char *source, const struct json *values, const struct json *partials, bool is_strict,
                      struct arena *mem, char **ret_text, struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(4096);
    struct partials p = { partials, mem };
    const struct mustache_target target = { &p, mustache_put_html, find_partial, is_strict };
    const struct mustache *t;
    enum rc rc = mustache_compile(source, strlen(source), mem, &t, err);

    if (!rc)
        rc = mustache_render(t, values, &target, &out, err);
    return rc ? rc : strbuf_take(&out, mem, ret_text, err);
}

static int run_module(const char *name)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("spec");
    CLEANUP(json_free) struct json *root = NULL;
    const struct json *tests;
    char *bytes;
    size_t n;
    struct err err;

    if (io_read_file(arena_printf(mem, SPEC_DIR "/%s.json", name), 1 << 20, mem, &bytes, &n, &err))
        return -1;
    assert_int_equal(json_parse(bytes, n, &root, &err), RC_OK);
    tests = json_get(root, "tests");
    for (size_t i = 0; i < json_count(tests); i++) {
        const struct json *t = json_at(tests, i);
        char *got = NULL;

        print_message("%s: %s\n", name, json_get_str(t, "name", "?"));
        assert_int_equal(render(json_get_str(t, "template", ""), json_find(t, "data"), json_get(t, "partials"), false,
                                mem, &got, &err),
                         RC_OK);
        assert_string_equal(got, json_get_str(t, "expected", ""));
    }
    return (int)json_count(tests);
}

static void passes_the_specification(void **state)
{
    static const struct {
        const char *name;
        int tests;
    } modules[] = { { "comments", 12 }, { "delimiters", 14 }, { "interpolation", 42 },
                    { "inverted", 22 }, { "partials", 12 },   { "sections", 34 } };

    (void)state;
    if (run_module("comments") < 0)
        skip();
    for (size_t i = 0; i < COUNT_OF(modules); i++)
        assert_int_equal(run_module(modules[i].name), modules[i].tests);
}

static void says_what_is_wrong(void **state)
{
    static const struct {
        const char *source;
        enum rc rc;
        const char *msg;
    } cases[] = {
        { "a\n{{b", RC_INPUT, "line 2: a tag is not closed" },
        { "a\n\n{{#b}}", RC_INPUT, "line 3: section 'b' is not closed" },
        { "{{#a}}\n{{#b}}{{/a}}{{/b}}", RC_INPUT, "line 2: '/a' closes no section" },
        { "{{/a}}", RC_INPUT, "line 1: '/a' closes no section" },
        { "{{}}", RC_INPUT, "line 1: a tag needs one name" },
        { "{{a b}}", RC_INPUT, "line 1: a tag needs one name" },
        { "x\n{{! two\nlines }}\n{{=<=}}", RC_INPUT, "line 4: not a pair of delimiters" },
        { "x\n\n{{missing}}", RC_INPUT, "line 3: value 'missing' is missing" },
        { "{{#missing}}{{x}}{{/missing}}{{^missing}}ok{{/missing}}", RC_OK, "" },
        { "{{> loop}}", RC_LIMIT, "over 32 sections and partials inside each other" },
        { "{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}", RC_LIMIT, "over" },
        { "{{#l}}{{#l}}{{#l}}{{#l}}12345678{{/l}}{{/l}}{{/l}}{{/l}}", RC_LIMIT, "" },
    };
    CLEANUP(arena_free) struct arena *mem = arena_new("cases");
    CLEANUP(json_free) struct json *values = json_object_new();
    CLEANUP(json_free) struct json *partials = json_object_new();
    struct json *list = json_array_new();

    (void)state;
    for (int i = 0; i < 12; i++)
        json_push_str(list, "x");
    json_set(values, "l", &list);
    json_set_str(partials, "loop", "{{> loop}}");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err err = { .rc = RC_OK };
        char *got;
        const enum rc rc = render(cases[i].source, values, partials, true, mem, &got, &err);

        print_message("%s\n", cases[i].source);
        assert_int_equal(rc, cases[i].rc);
        assert_ptr_equal(strstr(err.msg, cases[i].msg), err.msg);
    }
}

static void refuses_what_is_too_large(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("large");
    CLEANUP(strbuf_done) struct strbuf b = STRBUF(1 << 20);
    const struct mustache *t;
    struct err err;

    (void)state;
    for (int i = 0; i <= MUSTACHE_MAX_DEPTH; i++)
        strbuf_str(&b, "{{#a}}");
    assert_int_equal(mustache_compile(strbuf_peek(&b), b.len, mem, &t, &err), RC_LIMIT);
    while (b.len <= MUSTACHE_MAX_SOURCE)
        strbuf_str(&b, "0123456789");
    assert_int_equal(mustache_compile(strbuf_peek(&b), b.len, mem, &t, &err), RC_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_the_specification),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(refuses_what_is_too_large),
    };

    return cmocka_run_group_tests_name("mustache", tests, NULL, NULL);
}
