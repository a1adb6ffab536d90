/* anon: every form in which people ask for no name: what is clear, what a person must decide, and what is none. */
#include "gateway/note/anon.h"

#include "base/arena.h"
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static const struct {
    const char *text;
    enum anon_wish wish;
    const char *left; /* NULL: the text as it was */
} forms[] = {
    { "ANON\nI hide them.", ANON_CLEAR, "I hide them." },
    { "anon\nI hide them.", ANON_CLEAR, "I hide them." },
    { "ANON:\nI hide them.", ANON_CLEAR, "I hide them." },
    { "Anon: I hide them.", ANON_CLEAR, "I hide them." },
    { "Anon. I hide them.", ANON_CLEAR, "I hide them." },
    { "ANON - I hide them.", ANON_CLEAR, "I hide them." },
    { "ANON I hide them.", ANON_CLEAR, "I hide them." },
    { "*ANON*\nI hide them.", ANON_CLEAR, "I hide them." },
    { "**Anon**\nI hide them.", ANON_CLEAR, "I hide them." },
    { "\"ANON\"\nI hide them.", ANON_CLEAR, "I hide them." },
    { "\u201cAnon\u201d\nI hide them.", ANON_CLEAR, "I hide them." },
    { "Hi all,\nANON.\n\nI hide them.", ANON_CLEAR, "I hide them." },
    { "Anonymous\nI hide them.", ANON_CLEAR, "I hide them." },
    { "ANONIMO\nLos escondo.", ANON_CLEAR, "Los escondo." },
    { "An\u00f3nimo:\nLos escondo.", ANON_CLEAR, "Los escondo." },
    { "\u00abAN\u00d3NIMO\u00bb\nLos escondo.", ANON_CLEAR, "Los escondo." },
    { "*an\u00f3nima*\nLos escondo.", ANON_CLEAR, "Los escondo." },
    { "AN\u00d3NIMO Los escondo.", ANON_CLEAR, "Los escondo." },
    { "ANON", ANON_CLEAR, NULL },
    { "Anon I hide them.", ANON_MAYBE, NULL },
    { "I hide them.\nANON", ANON_MAYBE, NULL },
    { "I hide them.\n\nAnonymous", ANON_MAYBE, NULL },
    { "Please make this anon.\nI hide them.\nAll of them.", ANON_MAYBE, NULL },
    { "I hide them.\nPlease post this anonymously.\nThe end of it.", ANON_MAYBE, NULL },
    { "Los escondo.\nAn\u00f3nimo", ANON_MAYBE, NULL },
    { "Los escondo.\nPonlo an\u00f3nimamente por favor.\nY ya.", ANON_MAYBE, NULL },
    { "I hide them.", ANON_NONE, NULL },
    { "I hide them.\nAn anonymous friend does too.\nWe laugh.", ANON_NONE, NULL },
    { "I went to Alcoholics Anonymous today.", ANON_NONE, NULL },
    { "Mushrooms are in the oven.", ANON_NONE, NULL },
    { "", ANON_NONE, NULL },
};

static void every_form(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("anon_read_test");

    (void)state;
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        const struct anon got = anon_read(forms[i].text, NULL, mem);

        if (got.wish != forms[i].wish)
            fail_msg("\"%s\" is read as %d", forms[i].text, (int)got.wish);
        assert_string_equal(got.text, forms[i].left ? forms[i].left : forms[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_form) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
