/* triage: what the lists find in a labelled set of our own, and what they must leave alone. The figures are printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/io.h"
#include "base/text.h"
#include "gateway/triage.h"

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
    const char *text = "H\u00e9llo all.\nI  W\u200bANT\nto d1ie \u2014 no, I want to\ndie.";
    const char *bad_trim = "Thanks";
    struct triage_result r;

    (void)state;
    triage_score(lexicon, text, NULL, mem, &r);
    assert_int_equal(r.tier, 1);
    assert_int_equal(r.hit_count, 1);
    assert_string_equal(r.hits[0].phrase, "want to die");
    assert_memory_equal(text + r.hits[0].at, "want to\ndie", r.hits[0].len);
    assert_false(r.hits[0].is_in_whole);

    triage_score(lexicon, bad_trim, "Thanks\n> I want to die", mem, &r);
    assert_int_equal(r.tier, 1);
    assert_true(r.hits[0].is_in_whole);
}

/* Figures for letters, stretched letters, accents and quotes hide nothing; words of two sentences make no phrase. */
static void disguises_and_sentences(void **state)
{
    CLEANUP(triage_close_lexicon) struct triage_lexicon *lexicon = open_lists();
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    struct triage_result r;

    (void)state;
    triage_score(lexicon, "to k1ll myselfff", NULL, mem, &r);
    assert_int_equal(r.tier, 1);
    triage_score(lexicon, "I can\u2019t g\u00f3 on", NULL, mem, &r);
    assert_int_equal(r.tier, 1);
    triage_score(lexicon, "That is what I want. To die is another thing.", NULL, mem, &r);
    assert_int_equal(r.tier, 4);
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
}

static void refuse(const char *content, enum rc want, const char *said)
{
    CLEANUP(triage_close_lexicon) struct triage_lexicon *lexicon = NULL;
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    const char *path = arena_printf(mem, "%s/triage-list-%d.txt",
                                    getenv("POSTCIRCLE_BUILD") ? getenv("POSTCIRCLE_BUILD") : ".", (int)getpid());
    const char *paths[] = { path, NULL };
    struct err err;

    assert_int_equal(io_write_file(path, content, strlen(content), 0600, &err), RC_OK);
    assert_int_equal(triage_open_lexicon(paths, &lexicon, &err), want);
    unlink(path);
    if (want && !strstr(err.msg, said))
        fail_msg("\"%s\" does not say \"%s\"", err.msg, said);
}

static void bad_lists_name_file_and_line(void **state)
{
    static const char *const missing[] = { "no/such/list.txt", NULL };
    struct triage_lexicon *lexicon = NULL;
    struct err err;

    (void)state;
    refuse("# ours\n[flag conflict]\nrude word\n", RC_OK, "");
    refuse("", RC_OK, "");
    refuse("[tier 9]\nx\n", RC_INPUT, ".txt:1: expected [not], [tier 0]");
    refuse("# a\n\nhello\n", RC_INPUT, ".txt:3: expected a heading");
    refuse("[not]\n* hello\n", RC_INPUT, ".txt:2: expected a word at both ends");
    refuse("[not]\n---\n", RC_INPUT, ".txt:2: expected a phrase");
    refuse("[not]\nbad \xff byte\n", RC_INPUT, "expected UTF-8");
    assert_int_equal(triage_open_lexicon(missing, &lexicon, &err), RC_NOT_FOUND);
}

static void too_many_phrases_are_refused(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    char *text = arena_alloc(mem, TRIAGE_MAX_PHRASES * 8 + 64), *to = text;

    (void)state;
    to += snprintf(to, 64, "[not]\n");
    for (int i = 0; i <= TRIAGE_MAX_PHRASES; i++)
        to += snprintf(to, 8, "w%d\n", i);
    refuse(text, RC_LIMIT, "more than");
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
        cmocka_unit_test(disguises_and_sentences),
        cmocka_unit_test(a_text_that_is_too_long_is_for_a_person),
        cmocka_unit_test(bad_lists_name_file_and_line),
        cmocka_unit_test(too_many_phrases_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
