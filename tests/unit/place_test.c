/* place: where the words of a reply go, and that none is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "inbound/place.h"

static const char *const names[] = { "Rose Miller", "Ana", NULL };
static const char *const sleep_lines[] = { "I wake up at three every night and cannot get back to sleep.",
                                           "Harold: Warm milk helped me when I had that.", NULL };
static const char *const walk_lines[] = { "Today I walked around the lake for the first time since the operation.",
                                          NULL };
static const char *const visit_lines[] = { "Group visit on Tuesday at three. Reply YES to come.", NULL };
static const char *const knee_lines[] = { "Does anybody know a chair that is kind to knees?",
                                          "Jo: Mine is from the second hand shop.", NULL };

static const struct place_item items[] = {
    { 1, 101, "How do you sleep", sleep_lines },
    { 2, 102, "A walk around the lake", walk_lines },
    { 3, 0, "Group visit", visit_lines },
    { 4, 104, "A chair for knees", knee_lines },
};

#define Q(t)                                                                                                           \
    {                                                                                                                  \
        t, true                                                                                                        \
    }
#define W(t)                                                                                                           \
    {                                                                                                                  \
        t, false                                                                                                       \
    }
#define MAX_SEGMENTS 8

static const struct {
    const char *name;
    int ordinal;
    size_t item_count;
    struct place_segment segments[MAX_SEGMENTS];
    const char *want; /* "why id,id:text|…" */
} cases[] = {
    { "item's own address", 2, 4, { W("1 thanks, so good") }, "token 102:1 thanks, so good" },
    { "address of a visit says nothing", 3, 4, { W("so good") }, "unknown:so good" },
    { "interleaved",
      0,
      4,
      { Q("> 1. How do you sleep\n> I wake up at three every night and cannot get\n> back to sleep."), W("Me too.\n"),
        Q("> 2. A walk around the lake\n> Today I walked around the lake for the first time since the operation."),
        W("Well done!\n"), Q("> 4. A chair for knees\n> Tuesday Circle, Oak Clinic") },
      "interleaved 101:Me too.\n|interleaved 102:Well done!\n" },
    { "greeting above and closing below go along",
      0,
      4,
      { W("Hi all,\n"), Q("> Today I walked around the lake for the first time since the operation."),
        W("Well done!\n"), Q("> Oak Clinic, Tuesday Circle, office phone"), W("Thanks, Rose") },
      "interleaved 102:Hi all,\nWell done!\nThanks, Rose" },
    { "under the whole letter",
      0,
      4,
      { Q("> I wake up at three every night and cannot get back to sleep.\n> Today I walked around the lake for the "
          "first time since the "
          "operation.\n> You get this letter because you are a member.\n> Oak Clinic, 1 Main Street"),
        W("Lovely to read you all.") },
      "unknown:Lovely to read you all." },
    { "under one item of a long quotation",
      0,
      4,
      { Q("> I wake up at three every night and cannot get back to sleep.\n> Today I walked around the lake for the "
          "first time since the "
          "operation."),
        W("Well done."), Q("> Does anybody know a chair that is kind to knees?") },
      "interleaved 102:Well done." },
    { "curly quotes, case and wraps in the quotation",
      0,
      4,
      { Q(">> TODAY I walked around the\n>> lake for the first time \u2013 since\n>> the operation."), W("Bravo") },
      "interleaved 102:Bravo" },
    { "a changed word in the quotation",
      0,
      4,
      { Q("> I wake up at 3 every night and cannot get back to sleep."), W("Same here") },
      "interleaved 101:Same here" },
    { "words above the quotations are placed by a person",
      0,
      4,
      { W("My news: the doctor is happy.\n"), Q("> I wake up at three every night and cannot get back to sleep."),
        W("Same here") },
      "unknown:My news: the doctor is happy.\n|interleaved 101:Same here" },
    { "number", 0, 4, { W("2 Thanks Maria") }, "number 102:2 Thanks Maria" },
    { "number above a quotation of everything",
      0,
      4,
      { W("4 Try the one on Oak Street\n"), Q("> I wake up at three every night and cannot get back to sleep.\n> Does "
                                              "anybody know a chair that is kind to knees?") },
      "number 104:4 Try the one on Oak Street\n" },
    { "several numbers",
      0,
      4,
      { W("Hi,\n1 and 2 thanks\n4: nice") },
      "number 101,102:Hi,\n1 and 2 thanks\n|number 104:4: nice" },
    { "the number of a visit is none", 0, 4, { W("3 thanks") }, "unknown:3 thanks" },
    { "prose with a number", 0, 4, { W("2 weeks ago I fell") }, "unknown:2 weeks ago I fell" },
    { "only one", 0, 1, { W("Thanks Maria") }, "only_one 101:Thanks Maria" },
    { "unknown, with the one that is quoted",
      0,
      4,
      { W("I agree"), Q("> Does anybody know a chair that is kind to knees?") },
      "unknown (104):I agree" },
    { "unknown", 0, 4, { W("I agree") }, "unknown:I agree" },
    { "no items", 0, 0, { W("I agree") }, "unknown:I agree" },
    { "empty", 0, 4, { W("") }, "unknown:" },
};

static void show(struct strbuf *b, const struct place_pieces *pieces)
{
    for (size_t i = 0; i < pieces->count; i++) {
        const struct place_piece *p = &pieces->v[i];

        strbuf_printf(b, "%s%s", i ? "|" : "", place_why_name(p->why));
        for (size_t k = 0; k < p->count; k++)
            strbuf_printf(b, "%s%d", k ? "," : " ", (int)p->conversations[k]);
        if (p->guess)
            strbuf_printf(b, " (%d)", (int)p->guess);
        strbuf_printf(b, ":%s", p->text);
    }
}

static void replies_are_placed(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    int bad = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(strbuf_done) struct strbuf text = STRBUF(4096), got = STRBUF(4096), joined = STRBUF(4096);
        struct place_input in = { .ordinal = cases[i].ordinal,
                                  .segments = cases[i].segments,
                                  .items = items,
                                  .item_count = cases[i].item_count,
                                  .names = names };
        struct place_pieces pieces;

        for (; in.segment_count < MAX_SEGMENTS && cases[i].segments[in.segment_count].text; in.segment_count++)
            if (!cases[i].segments[in.segment_count].is_quoted)
                strbuf_str(&text, cases[i].segments[in.segment_count].text);
        in.text = strbuf_peek(&text);
        pieces = place_resolve(&in, mem);
        show(&got, &pieces);
        for (size_t k = 0; k < pieces.count; k++)
            strbuf_str(&joined, pieces.v[k].text);
        if (strcmp(strbuf_peek(&got), cases[i].want) != 0 || strcmp(strbuf_peek(&joined), in.text) != 0) {
            print_error("%s: \"%s\", not \"%s\"\n", cases[i].name, strbuf_peek(&got), cases[i].want);
            bad++;
        }
    }
    assert_int_equal(bad, 0);
}

/* What the trimmer took off a segment is not in the new words, and that hides nothing of them. */
static void trimmed_tails_lose_nothing(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    const struct place_segment segments[] = {
        Q("> I wake up at three every night and cannot get back to sleep."), W("Me too. Sent from my phone"),
        Q("> Today I walked around the lake for the first time since the operation."), W("Bravo")
    };
    const struct place_input in = {
        .text = "Me too.\n\nBravo\nRose", .segments = segments, .segment_count = 4, .items = items, .item_count = 4
    };
    const struct place_pieces pieces = place_resolve(&in, mem);
    CLEANUP(strbuf_done) struct strbuf joined = STRBUF(4096);

    (void)state;
    for (size_t k = 0; k < pieces.count; k++)
        strbuf_str(&joined, pieces.v[k].text);
    assert_string_equal(strbuf_peek(&joined), in.text);
}

static void which_one(void **state)
{
    static const int offered_numbers[] = { 1, 2, 4 };
    static const struct number_set offered = { offered_numbers, 3 };
    static const struct {
        const char *text;
        int want; /* 0 unclear, -1 new */
    } answers[] = {
        { "2", 2 },
        { "2.", 2 },
        { "#2", 2 },
        { "two", 2 },
        { "Number 2 please", 2 },
        { "n\u00famero 2", 2 },
        { "the second", 2 },
        { "The second one, thanks. Rose", 2 },
        { "the third", 4 },
        { "el segundo", 2 },
        { "la primera", 1 },
        { "dos", 2 },
        { "NEW", -1 },
        { "new one please", -1 },
        { "nuevo", -1 },
        { "un tema nuevo", -1 },
        { "Hi Ana, it's 4", 4 },
        { "3", 0 },
        { "2 or 4", 0 },
        { "2?", 0 },
        { "What do you mean?", 0 },
        { "2 weeks", 0 },
        { "the new doctor", 0 },
        { "", 0 },
        { "1 and 2", 0 },
        { "the fifth", 0 },
    };
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    int bad = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        int n = 0;
        const enum place_which which = place_read_which(answers[i].text, offered, names, mem, &n);
        const int got = which == PLACE_WHICH_NEW ? -1 : which == PLACE_WHICH_NUMBER ? n : 0;

        if (got != answers[i].want) {
            print_error("\"%s\" is %d, not %d\n", answers[i].text, got, answers[i].want);
            bad++;
        }
    }
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replies_are_placed),
        cmocka_unit_test(trimmed_tails_lose_nothing),
        cmocka_unit_test(which_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
