/* Where a note without a name tells whose it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/strbuf.h"
#include "gateway/note/own_name.h"

static const char *const names[] = { "Maria de la Cruz", "Maria", "", NULL };

/* What is found in text, with bars between. */
static const char *found_in(const char *text, struct arena *mem)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(4096);
    struct own_name found[OWN_NAME_MAX];
    const size_t n = own_name_find(text, names, mem, found);

    for (size_t i = 0; i < n; i++) {
        strbuf_str(&out, i ? "|" : "");
        strbuf_add(&out, text + found[i].at, found[i].len);
    }
    return arena_strdup(mem, strbuf_peek(&out));
}

static void names_are_found_where_they_tell(void **state)
{
    static const struct {
        const char *text, *found;
    } cases[] = {
        { "I slept well.", "" },
        { "I am Maria and I slept well.", "Maria" },
        { "It is maria's birthday.", "maria's" },
        { "my cruz to bear", "" }, /* a word in its midst, in lower case */
        { "Thank you all.\nmaria", "maria" },
        { "maria\nThank you all.", "maria" },
        { "Thank you all.\nlove, maria", "maria" },
        { "Maria Cruz wrote. Maria too.", "Maria Cruz|Maria" },
        { "Pan de la casa.", "" }, /* small words between names */
        { "", "" },
    };
    CLEANUP(arena_free) struct arena *mem = arena_new("names");

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_string_equal(found_in(cases[i].text, mem), cases[i].found);
}

/* More than fit are passed over, and none of them grows into what stands between. */
static void more_than_fit_are_passed_over(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("names");
    CLEANUP(strbuf_done) struct strbuf text = STRBUF(4096);
    struct own_name found[OWN_NAME_MAX];

    (void)state;
    for (int i = 0; i < OWN_NAME_MAX + 3; i++)
        strbuf_str(&text, "Maria said. ");
    assert_int_equal(own_name_find(strbuf_peek(&text), names, mem, found), OWN_NAME_MAX);
    for (size_t i = 0; i < OWN_NAME_MAX; i++)
        assert_int_equal(found[i].len, strlen("Maria"));
}

/* One long line of nothing but the name: as much memory as its tokens take, not their square. */
static void a_line_of_names_takes_little(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("names");
    CLEANUP(strbuf_done) struct strbuf text = STRBUF((size_t)1 << 20);
    struct own_name found[OWN_NAME_MAX];

    (void)state;
    for (int i = 0; i < 16000; i++)
        strbuf_str(&text, "maria ");
    assert_int_equal(own_name_find(strbuf_peek(&text), names, mem, found), 1);
    assert_true(arena_bytes(mem) < (size_t)8 << 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found_where_they_tell),
        cmocka_unit_test(more_than_fit_are_passed_over),
        cmocka_unit_test(a_line_of_names_takes_little),
    };

    return cmocka_run_group_tests_name("own_name", tests, NULL, NULL);
}
