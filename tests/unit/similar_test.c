/* Whether two texts of one author are the same note: slips and signatures aside, and never two different thanks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/strbuf.h"
#include "gateway/note/similar.h"

#define NOTE "I walked to the lake today and it made me feel much better than last week"

static const struct {
    const char *name, *a, *b;
    enum similar want;
} cases[] = {
    { "signs, case and accents", "Caminé hasta el lago.", "camine  hasta el LAGO", SIMILAR_SAME },
    { "words run together", "I can not sleep", "I cannot sleep", SIMILAR_SAME },
    { "other thanks", "Thank you!", "Thank you Sam!", SIMILAR_NO },
    { "one slip", NOTE, "I walked to teh lake today and it made me feel much bettr than last week", SIMILAR_NEAR },
    { "two letters swapped", NOTE, "I walked to the lake today and it made me feel mcuh better than last week",
      SIMILAR_NEAR },
    { "another signature", NOTE "\n\nRose", NOTE "\n\nLove,\nRose Miller\nSent from my phone", SIMILAR_NEAR },
    { "a signature on one only", NOTE, NOTE "\n--\nRose Miller, Lakeside\n555-0134", SIMILAR_NEAR },
    { "one word more", NOTE, NOTE " again", SIMILAR_NEAR },
    { "half of it new", NOTE, NOTE " and then I cooked soup for my sister who came to see me", SIMILAR_NO },
    { "another short note", "I feel fine today", "I feel bad today", SIMILAR_NO },
    { "same frame, another person", "Happy birthday Rose and many good wishes for you",
      "Happy birthday Walt and many good wishes for you", SIMILAR_NO },
    { "the same words in another order", "one two three four five six seven eight nine ten",
      "ten nine eight seven six five four three two one", SIMILAR_NO },
    { "empty against words", "", NOTE, SIMILAR_NO },
    { "short words do not slip", "I go to my bed at ten in my own way", "I go to my bus at two in my own car",
      SIMILAR_NO },
};

static void each_pair(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("similar");

        if (similar_texts(cases[i].a, cases[i].b, mem) != cases[i].want)
            print_error("%s\n", cases[i].name);
        assert_int_equal(similar_texts(cases[i].a, cases[i].b, mem), cases[i].want);
        assert_int_equal(similar_texts(cases[i].b, cases[i].a, mem), cases[i].want);
    }
}

/* A book against itself backwards ends at once. */
static void long_texts_are_not_compared_for_ever(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("similar");
    CLEANUP(strbuf_done) struct strbuf a = STRBUF((size_t)1 << 20), b = STRBUF((size_t)1 << 20);

    (void)state;
    for (int i = 0; i < 40000; i++) {
        strbuf_printf(&a, "%d ", i);
        strbuf_printf(&b, "%d ", 40000 - i);
    }
    assert_int_equal(similar_texts(strbuf_peek(&a), strbuf_peek(&b), mem), SIMILAR_NO);
    strbuf_str(&b, "more");
    assert_int_equal(similar_texts(strbuf_peek(&a), arena_printf(mem, "%s more", strbuf_peek(&a)), mem), SIMILAR_NEAR);
}

static void short_texts_are_told(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("similar");

    (void)state;
    assert_true(similar_is_short("Thank you all so much for this!", mem));
    assert_false(similar_is_short(NOTE, mem));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_pair),
        cmocka_unit_test(long_texts_are_not_compared_for_ever),
        cmocka_unit_test(short_texts_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
