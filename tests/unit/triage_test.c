/* triage: what the lists find in a labelled set of our own, and what they must leave alone. The figures are printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/io.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "gateway/triage/triage.h"

#include <time.h>
#include <unistd.h>

static const char *const lists[] = { "gateway/lexicon/en.txt", "gateway/lexicon/es.txt", NULL };

static struct triage_lexicon *open_lists(void)
{
    struct triage_lexicon *lexicon = NULL;
    struct err err;

    if (triage_open_lexicon(lists, &lexicon, &err))
        fail_msg("%s", err.msg);
    return lexicon;
}

struct tally {
    int all, by_tier[5];
};

/* Scores each line of a file; prints those for which is_bad. */
static struct tally tally_file(const struct triage_lexicon *lexicon, const char *path, int best, int worst)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    struct tally t = { 0 };
    struct triage_result r;
    struct err err;
    const char *p, *line;
    char *bytes;
    size_t n;

    assert_int_equal(io_read_file(path, 1 << 20, mem, &bytes, &n, &err), RC_OK);
    for (p = bytes; text_next_line(&p, &line, &n);) {
        if (!n || *line == '#')
            continue;
        triage_score(lexicon, arena_strndup(mem, line, n), NULL, mem, &r);
        t.all++;
        t.by_tier[r.tier]++;
        if (r.tier < best || r.tier > worst)
            print_message("  tier %d: %.*s%s%s\n", r.tier, (int)n, line, r.hit_count ? " <- " : "",
                          r.hit_count ? r.hits[0].phrase : "");
    }
    return t;
}

static void explicit_crisis_is_found(void **state)
{
    CLEANUP(triage_close_lexicon) struct triage_lexicon *lexicon = open_lists();
    const struct tally t = tally_file(lexicon, "tests/data/triage/crisis.txt", 0, 1);
    const int found = t.by_tier[0] + t.by_tier[1];

    (void)state;
    print_message("explicit crisis: %d of %d found (tier 0: %d)\n", found, t.all, t.by_tier[0]);
    assert_true(t.all >= 60);
    assert_true(found * 100 >= t.all * 95);
}

static void urgent_is_found(void **state)
{
    CLEANUP(triage_close_lexicon) struct triage_lexicon *lexicon = open_lists();
    const struct tally t = tally_file(lexicon, "tests/data/triage/medical.txt", 0, 2);
    const int found = t.by_tier[0] + t.by_tier[1] + t.by_tier[2];

    (void)state;
    print_message("medical and urgent: %d of %d found\n", found, t.all);
    assert_true(t.all >= 60);
    assert_true(found * 100 >= t.all * 90);
}

static void traps_do_not_page(void **state)
{
    CLEANUP(triage_close_lexicon) struct triage_lexicon *lexicon = open_lists();
    const struct tally t = tally_file(lexicon, "tests/data/triage/trap.txt", 3, 4);
    const int flagged = t.by_tier[0] + t.by_tier[1] + t.by_tier[2];

    (void)state;
    print_message("traps: %d of %d flagged\n", flagged, t.all);
    assert_true(t.all >= 60);
    assert_true(flagged * 100 <= t.all * 10);
}

static void ordinary_posts_do_not_page(void **state)
{
    CLEANUP(triage_close_lexicon) struct triage_lexicon *lexicon = open_lists();
    const struct tally t = tally_file(lexicon, "tests/data/triage/ordinary.txt", 4, 4);
    const int flagged = t.all - t.by_tier[4];

    (void)state;
    print_message("ordinary: %d of %d flagged\n", flagged, t.all);
    assert_true(t.all >= 60);
    assert_true(flagged * 100 <= t.all * 3);
}

static unsigned flag_named(const char *name, size_t n)
{
    for (int i = 0; i < TRIAGE_FLAG_COUNT; i++) {
        const char *flag = triage_flag_name((enum triage_flag)(1 << i));

        if (strlen(flag) == n && memcmp(flag, name, n) == 0)
            return 1u << i;
    }
    fail_msg("no flag %.*s", (int)n, name);
    return 0;
}

static void sensitive_posts_are_flagged(void **state)
{
    CLEANUP(triage_close_lexicon) struct triage_lexicon *lexicon = open_lists();
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    struct triage_result r;
    struct err err;
    const char *p, *line;
    char *bytes;
    size_t n;
    int bad = 0;

    (void)state;
    assert_int_equal(io_read_file("tests/data/triage/sensitive.txt", 1 << 20, mem, &bytes, &n, &err), RC_OK);
    for (p = bytes; text_next_line(&p, &line, &n);) {
        const size_t k = strcspn(line, " ");

        if (!n || *line == '#')
            continue;
        triage_score(lexicon, arena_strndup(mem, line + k + 1, n - k - 1), NULL, mem, &r);
        if (!(r.flags & flag_named(line, k)) || r.tier != 3) {
            print_error("flags %x, tier %d: %.*s\n", r.flags, r.tier, (int)n, line);
            bad++;
        }
    }
    assert_int_equal(bad, 0);
}

static void hits_point_into_the_text(void **state)
{
    CLEANUP(triage_close_lexicon) struct triage_lexicon *lexicon = open_lists();
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    const char *text = "H\u00e9llo all.\nHonestly I  W\u200bANT\nto d1ie \u2014 I want to\nd\u0456e.";
    struct triage_result r;

    (void)state;
    triage_score(lexicon, text, NULL, mem, &r);
    assert_int_equal(r.tier, 1);
    assert_true(r.hit_count >= 1);
    assert_string_equal(r.hits[0].phrase, "want to d\u0456e");
    assert_memory_equal(text + r.hits[0].at, "want to\nd\u0456e", r.hits[0].len);
    assert_true(*r.hits[0].rule);
    assert_false(r.hits[0].is_in_whole);

    triage_score(lexicon, "Thanks", "Thanks\n> I want to die", mem, &r);
    assert_int_equal(r.tier, 1);
    assert_true(r.hits[0].is_in_whole);
}

/* However it is written; and words of two sentences make no phrase. */
static void disguises_hide_nothing(void **state)
{
    static const char *const texts[] = { "to k1ll myselfff",
                                         "I can\u2019t g\u00f3 on",
                                         "I WANT TO DIE",
                                         "w a n t  t o  d i e",
                                         "i think of s-u-i-c-i-d-e",
                                         "i want to k.i.l.l. myself",
                                         "I want to d!e",
                                         "i want to k*ll myself",
                                         "i wan\u200bt to di\u00ade",
                                         "I want to d\u0456e",
                                         "\u043a\u0456ll myself",
                                         "\uff29 \uff57\uff41\uff4e\uff54 to \uff44\uff49\uff45",
                                         "i wanna kill my self",
                                         "killmyself",
                                         "i am suiciddal",
                                         "thinking of suicdie again",
                                         "i took all the \U0001F48A\U0001F48A",
                                         "quiero mor\u0131r",
                                         "QUIERO MORIR" };
    CLEANUP(triage_close_lexicon) struct triage_lexicon *lexicon = open_lists();
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    struct triage_result r;
    int bad = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        triage_score(lexicon, texts[i], NULL, mem, &r);
        if (r.tier > 1) {
            print_error("tier %d: %s\n", r.tier, texts[i]);
            bad++;
        }
    }
    assert_int_equal(bad, 0);
    triage_score(lexicon, "That is what I want. To die is another thing.", NULL, mem, &r);
    assert_int_equal(r.tier, 4);
}

/* Real words near a key word are themselves; lists of letters are lists. */
static void other_words_stay_what_they_are(void **state)
{
    static const char *const texts[] = { "We crossed the bridges and Bridget sang.",
                                         "Vitamins a b c d e k, which ones?", "Type b 1 2 into the box",
                                         "I went swimming by myself.", "$5 off @ the store!" };
    CLEANUP(triage_close_lexicon) struct triage_lexicon *lexicon = open_lists();
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    struct triage_result r;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        triage_score(lexicon, texts[i], NULL, mem, &r);
        assert_int_equal(r.tier, 4);
    }
}

static void a_text_that_is_too_long_is_for_a_person(void **state)
{
    CLEANUP(triage_close_lexicon) struct triage_lexicon *lexicon = open_lists();
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    char *text = arena_alloc(mem, 200001);
    struct triage_result r;

    (void)state;
    for (size_t i = 0; i < 200000; i++)
        text[i] = i % 4 ? 'a' : ' ';
    triage_score(lexicon, text, NULL, mem, &r);
    assert_int_equal(r.tier, 2);
    assert_true(r.flags & TRIAGE_UNREAD);
    assert_true(arena_bytes(mem) < 300000); /* of its words nothing stays */
}

/* A list of the test's own. */
static enum rc open_own(const char *content, struct triage_lexicon **ret_lexicon, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    const char *path = arena_printf(mem, "%s/triage-list-%d.txt",
                                    getenv("POSTCIRCLE_BUILD") ? getenv("POSTCIRCLE_BUILD") : ".", (int)getpid());
    const char *paths[] = { path, NULL };
    enum rc rc;

    assert_int_equal(io_write_file(path, content, strlen(content), 0600, err), RC_OK);
    rc = triage_open_lexicon(paths, ret_lexicon, err);
    unlink(path);
    return rc;
}

static void refuse(const char *content, enum rc want, const char *said)
{
    CLEANUP(triage_close_lexicon) struct triage_lexicon *lexicon = NULL;
    struct err err;

    assert_int_equal(open_own(content, &lexicon, &err), want);
    if (want && !strstr(err.msg, said))
        fail_msg("\"%s\" does not say \"%s\"", err.msg, said);
}

struct own_case {
    const char *text;
    int tier;
};

static void score_cases(const char *list, const struct own_case *cases, size_t count)
{
    CLEANUP(triage_close_lexicon) struct triage_lexicon *lexicon = NULL;
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    struct triage_result r;
    struct err err;
    int bad = 0;

    if (open_own(list, &lexicon, &err))
        fail_msg("%s", err.msg);
    for (size_t i = 0; i < count; i++) {
        triage_score(lexicon, cases[i].text, NULL, mem, &r);
        if (r.tier != cases[i].tier) {
            print_error("tier %d, not %d: %s\n", r.tier, cases[i].tier, cases[i].text);
            bad++;
        }
    }
    assert_int_equal(bad, 0);
}

static void phrases_have_gaps_choices_classes_and_numbers(void **state)
{
    static const char list[] = "[words fruit]\napple, sour cherry\npl\u00dbm\n[tier 0]\nred * <fruit>\n"
                               "[tier 1]\na/b (green tea/coffee) [so very/too] hot\nstem* done\n"
                               "[tier 2]\nsugar is #10-54\nroom # now\n";
    static const struct own_case cases[] = { { "red apple", 0 },
                                             { "red and very big sour cherry", 0 },
                                             { "red one two three four apple", 4 },
                                             { "red. apple", 4 },
                                             { "RED plum", 0 },
                                             { "red sour apples", 4 },
                                             { "a coffee hot", 1 },
                                             { "b green tea so very hot", 1 },
                                             { "a green coffee hot", 4 },
                                             { "stemming done", 1 },
                                             { "ste done", 4 },
                                             { "sugar is 9", 4 },
                                             { "sugar is 10", 2 },
                                             { "sugar is 54", 2 },
                                             { "sugar is 55", 4 },
                                             { "room 900 now", 2 } };

    (void)state;
    score_cases(list, cases, COUNT_OF(cases));
}

static void nothing_excuses_and_hints(void **state)
{
    static const char list[] =
        "[tier 1]\nend it\n[tier 1 unless]\nold pain\n[tier 2 unless]\nsore foot\n[not]\nend it there\n"
        "[excuse]\nyears ago\n[no excuse]\ntoday\n[hint]\ngave the dog away\npaid the plot\n"
        "[same]\nen\u2019d, \U0001F51A = end\n[typo]\nfarewell\n[tier 0]\nfarewell all\n";
    static const struct own_case cases[] = { { "I will end it", 1 },
                                             { "I will end it there", 4 },
                                             { "I end it there, then I end it", 1 },
                                             { "the old pain", 1 },
                                             { "the old pain, years ago", 4 },
                                             { "It was years ago. The old pain.", 4 },
                                             { "It was years ago. Then nothing. The old pain.", 1 },
                                             { "It was years ago. The old pain came today.", 1 },
                                             { "a sore foot years ago", 4 },
                                             { "It was years ago. A sore foot.", 2 },
                                             { "end it, years ago", 1 },
                                             { "gave the dog away", 4 },
                                             { "gave the dog away, gave the dog away", 4 },
                                             { "gave the dog away. Then I paid the plot.", 1 },
                                             { "I \U0001F51A it", 1 },
                                             { "I en'd it", 1 },
                                             { "farewel all", 0 },
                                             { "fraewell all", 0 },
                                             { "fareell all", 0 },
                                             { "farewellll all", 0 },
                                             { "farrell all", 4 } };

    (void)state;
    score_cases(list, cases, COUNT_OF(cases));
}

/* Neither a list that a practice wrote badly nor a text of 64 KB holds it up, and what is given up on is never silence. */
static void nothing_hangs_it(void **state)
{
    CLEANUP(triage_close_lexicon) struct triage_lexicon *lexicon = NULL, *ours = open_lists();
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    CLEANUP(strbuf_done) struct strbuf list = STRBUF(1 << 20), text = STRBUF(1 << 17);
    struct triage_result r;
    struct err err;
    clock_t begun;

    (void)state;
    strbuf_str(&list, "[words a]\na, a a, a a a, a a a a\n[tier 1]\n");
    for (int i = 0; i < 2000; i++)
        strbuf_printf(&list, "<a> * <a> * <a> * <a> b%d\n", i);
    if (open_own(strbuf_peek(&list), &lexicon, &err))
        fail_msg("%s", err.msg);
    for (int i = 0; i < 32768; i++)
        strbuf_str(&text, i % 3 ? "a " : "i ");
    begun = clock();
    triage_score(lexicon, strbuf_peek(&text), NULL, mem, &r);
    assert_true(r.flags & TRIAGE_UNREAD);
    assert_true(r.tier <= 2);
    triage_score(ours, strbuf_peek(&text), NULL, mem, &r);
    assert_true((clock() - begun) / CLOCKS_PER_SEC < 20); /* a sanitizer build on a busy machine: 20; here under 1 */
}

static void bad_lists_name_file_and_line(void **state)
{
    static const char *const missing[] = { "no/such/list.txt", NULL };
    struct triage_lexicon *lexicon = NULL;
    struct err err;

    (void)state;
    refuse("# ours\n[flag conflict]\nrude word\n", RC_OK, "");
    refuse("", RC_OK, "");
    refuse("[tier 9]\nx\n", RC_INPUT, ".txt:1: expected a heading such as [tier 1]");
    refuse("# a\n\nhello\n", RC_INPUT, ".txt:3: before the first phrase expected a heading");
    refuse("[not]\n* hello\n", RC_INPUT, ".txt:2: expected a word at both ends");
    refuse("[not]\n---\n", RC_INPUT, ".txt:2: expected a phrase");
    refuse("[not]\na <b> c\n", RC_INPUT, ".txt:2: expected a heading [words b]");
    refuse("[words b]\nx <b>\n[not]\n<b>\n", RC_INPUT, ".txt:4: [words b] holds itself");
    refuse("[not]\n(a/b\n", RC_INPUT, ".txt:2: expected )");
    refuse("[not]\na #9-3\n", RC_INPUT, ".txt:2: expected #, #40");
    refuse("[not]\na [b] * * * * * * c\n", RC_INPUT, ".txt:2: too many");
    refuse("[not]\na )\n", RC_INPUT, ".txt:2: expected a word, not )");
    refuse("[same]\na b = c\n", RC_INPUT, ".txt:2: expected one word");
    refuse("[not]\nbad \xff byte\n", RC_INPUT, "expected UTF-8");
    assert_int_equal(triage_open_lexicon(missing, &lexicon, &err), RC_NOT_FOUND);
}

static void too_many_phrases_are_refused(void **state)
{
    CLEANUP(strbuf_done) struct strbuf list = STRBUF(1 << 20);

    (void)state;
    strbuf_str(&list, "[not]\n");
    for (int i = 0; i <= TRIAGE_MAX_PHRASES; i++)
        strbuf_printf(&list, "w%d\n", i);
    refuse(strbuf_peek(&list), RC_LIMIT, "more than");
}

/* The office's own number is no flag, however it is written. */
static void contact_data_but_the_offices(void **state)
{
    static const char *const own[] = { "+1 555 555 0100", "front@clinic.example.org", NULL };
    static const struct triage_setting setting = { .own = own };
    static const struct {
        const char *text;
        bool is_flagged;
    } cases[] = { { "Call me at 555-0142.", true },
                  { "The office is (555) 555-0100.", false },
                  { "I wrote to Front@clinic.example.org", false },
                  { "write to me: a.b@example.net", true },
                  { "see https://video.example.org/x", true },
                  { "find me on facebook", true },
                  { "PO Box 12 is mine", true },
                  { "I walked 5000 steps in 45 minutes at 72 years", false },
                  { "My sugar was 120-140 on 11/12/2026", false } };
    CLEANUP(triage_close_lexicon) struct triage_lexicon *lexicon = open_lists();
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    struct triage_result r;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        triage_score_in(lexicon, &setting, cases[i].text, NULL, mem, &r);
        if (((r.flags & TRIAGE_CONTACT) != 0) != cases[i].is_flagged)
            fail_msg("%sflagged: %s", cases[i].is_flagged ? "not " : "", cases[i].text);
    }
}

static void names_of_the_chart_but_not_those_shown(void **state)
{
    static const struct triage_person people[] = {
        { .first = "Micaela", .last = "Qui\u00f1\u00f3nez", .shown = "Esperanza" },
        { .first = "Willard", .last = "Cook", .shown = "Will" },
        { .first = "Frank", .last = "Martin", .shown = "Frank" },
        { .first = "Mart\u00edn", .last = "Luna", .shown = "Mart\u00edn" }
    };
    static const struct triage_setting setting = { .people = people, .people_count = COUNT_OF(people) };
    static const struct {
        const char *text;
        bool is_flagged;
    } cases[] = { { "Thanks Esperanza, and will you cook it again?", false },
                  { "Thanks Will, cook it slowly", false },
                  { "Is that Will Cook of Elm Street?", true },
                  { "Mr. Cook taught me", true },
                  { "gracias a la senora quinonez", true },
                  { "Qui\u00f1\u00f3nez's soup", true },
                  { "I know a Micaela", true },
                  { "Don Mart\u00edn, gracias", false },
                  { "Frank Martin was here", true },
                  { "la luna llena", false } };
    CLEANUP(triage_close_lexicon) struct triage_lexicon *lexicon = open_lists();
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    struct triage_result r;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        triage_score_in(lexicon, &setting, cases[i].text, NULL, mem, &r);
        if (((r.flags & TRIAGE_NAME) != 0) != cases[i].is_flagged)
            fail_msg("%sflagged: %s", cases[i].is_flagged ? "not " : "", cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(explicit_crisis_is_found),
        cmocka_unit_test(urgent_is_found),
        cmocka_unit_test(traps_do_not_page),
        cmocka_unit_test(ordinary_posts_do_not_page),
        cmocka_unit_test(sensitive_posts_are_flagged),
        cmocka_unit_test(hits_point_into_the_text),
        cmocka_unit_test(disguises_hide_nothing),
        cmocka_unit_test(other_words_stay_what_they_are),
        cmocka_unit_test(phrases_have_gaps_choices_classes_and_numbers),
        cmocka_unit_test(nothing_excuses_and_hints),
        cmocka_unit_test(nothing_hangs_it),
        cmocka_unit_test(contact_data_but_the_offices),
        cmocka_unit_test(names_of_the_chart_but_not_those_shown),
        cmocka_unit_test(a_text_that_is_too_long_is_for_a_person),
        cmocka_unit_test(bad_lists_name_file_and_line),
        cmocka_unit_test(too_many_phrases_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
