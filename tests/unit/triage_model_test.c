/* gateway/triage/triage_model: its file, its score, and what it does beside the lists. How well it does: triage_set_test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/io.h"
#include "base/text.h"
#include "gateway/triage/triage.h"
#include "gateway/triage/triage_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define MODEL "gateway/lexicon/model.txt"

static char *model_bytes(struct arena *mem)
{
    struct err err;
    char *bytes;
    size_t n;

    if (io_read_file(MODEL, TRIAGE_MODEL_MAX_BYTES, mem, &bytes, &n, &err))
        fail_msg("%s", err.msg);
    return bytes;
}

static const struct triage_model *open_model(struct arena *mem)
{
    const struct triage_model *model = NULL;
    struct err err;

    if (triage_model_read(MODEL, mem, &model, &err))
        fail_msg("%s", err.msg);
    return model;
}

static int score(const char *text)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");

    return triage_model_score(open_model(mem), text, mem).score;
}

static void notes_are_told_apart(void **state)
{
    static const struct {
        const char *text;
        bool is_danger;
    } notes[] = {
        { "i dont want to wake up tomorrow, the pills are all lined up by the sink", true },
        { "They will all be better off when I am out of the way, it won't be long", true },
        { "Ya no quiero despertar, estoy cansada de vivir así", true },
        { "My son hits me when he drinks and I am afraid to go home", true },
        { "The heat is killing me but the tomatoes love it", false },
        { "I could have died laughing when the dog ate his hearing aid", false },
        { "Me muero de risa con mi nieto", false },
        { "Walked two miles and my sugar was 118, so pleased", false },
        { "", false },
        { "...", false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(notes); i++) {
        const int s = score(notes[i].text);

        if ((s >= TRIAGE_PAGE_USUAL) != notes[i].is_danger)
            fail_msg("%d: %s", s, notes[i].text);
    }
    assert_int_equal(score(""), 0);
}

/* Case, accents, figures for letters and one letter at a time make no difference. */
static void disguises_make_no_difference(void **state)
{
    (void)state;
    assert_int_equal(score("I WANT TO DIE tonight"), score("i want to die tonight"));
    assert_int_equal(score("i w4nt to d1e tonight"), score("i want to die tonight"));
    assert_int_equal(score("i want to kill myself"), score("i want to k i l l myself"));
    assert_int_equal(score("ya no quiero vivir así"), score("YA NO QUIERO VIVIR ASI"));
}

/* The worst window counts, not the mean. */
static void one_sentence_in_a_long_letter_is_found(void **state)
{
    static const char calm[] =
        "Walked two miles with my daughter and the dog. My sugar was fine this morning and the soup was good. "
        "We had a nice visit at the clinic and the nurse said hello to all of you. ";
    static const char danger[] = "I want to kill myself and I have wanted it since June. ";
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    const struct triage_model *model = open_model(mem);
    const char *text = "", *found;
    struct triage_verdict v;

    (void)state;
    for (int i = 0; i < 12; i++)
        text = arena_printf(mem, "%s%s%s", text, calm, i == 6 ? danger : "");
    v = triage_model_score(model, text, mem);
    assert_true(v.score >= TRIAGE_PAGE_USUAL);
    found = arena_strndup(mem, text + v.at, v.to - v.at);
    assert_non_null(strstr(found, "kill myself"));
    assert_true(strlen(found) < strlen(text) / 4);
}

/* A model that says the same of all words: a long letter scores as if it said a little less. */
static void a_long_letter_has_a_stricter_measure(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    const struct triage_model_head head = { .unit = 1, .bias = 0 };
    const char *const bytes = triage_model_print(&head, ARENA_ARRAY(mem, TRIAGE_BUCKETS, signed char), mem);
    const struct triage_model *model = NULL;
    const char *text = "";
    struct err err;

    (void)state;
    if (triage_model_parse(bytes, strlen(bytes), "model", mem, &model, &err))
        fail_msg("%s", err.msg);
    for (int i = 1; i < TRIAGE_LONG_WORDS; i++)
        text = arena_printf(mem, "%s word", text);
    assert_int_equal(triage_model_score(model, text, mem).score, 50);
    text = arena_printf(mem, "%s word", text);
    assert_int_equal(triage_model_score(model, text, mem).score, 42); /* 1 / (1 + e^0.3) */
}

static void huge_notes_take_bounded_time(void **state)
{
    const size_t n = (size_t)1 << 20;
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    const struct triage_model *model = open_model(mem);
    char *text = arena_alloc(mem, n + 1);
    const clock_t began = clock();
    struct triage_verdict v;

    (void)state;
    for (size_t i = 0; i < n; i++)
        text[i] = i % 7 == 6 ? (i % 3 ? ' ' : '.') : (char)('a' + i % 26);
    v = triage_model_score(model, text, mem);
    assert_true(v.is_cut);
    assert_true((double)(clock() - began) / CLOCKS_PER_SEC < 2);
    memset(text, 'a', n); /* one word */
    v = triage_model_score(model, text, mem);
    assert_in_range(v.score, 0, 100);
}

/* What every machine must reckon alike. */
static void shares_are_fixed(void **state)
{
    (void)state;
    assert_int_equal(triage_model_share(0), 65536);
    assert_int_equal(triage_model_share(1), 50535);
    assert_int_equal(triage_model_share(255), 8192);
    assert_int_equal(triage_model_share(100000), triage_model_share(1024));
}

/* ---- the file ---- */

static void refuse(const char *bytes, size_t n, const char *said)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    const struct triage_model *model = NULL;
    struct err err;

    assert_int_equal(triage_model_parse(bytes, n, "model.txt", mem, &model, &err), RC_INPUT);
    assert_null(model);
    if (!strstr(err.msg, said) || !strstr(err.msg, "make install"))
        fail_msg("\"%s\" does not say \"%s\"", err.msg, said);
}

static void a_damaged_file_is_told(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    char *bytes = model_bytes(mem);
    const size_t n = strlen(bytes);

    (void)state;
    for (size_t at = 150; at < n; at += n / 7) {
        const char was = bytes[at];

        bytes[at] = was == 'P' ? 'Q' : 'P';
        refuse(bytes, n, "damaged");
        bytes[at] = was;
    }
    refuse(bytes, n - 1, "damaged");
    refuse(bytes, 0, "not a model");
    refuse("postcircle triage model 2\n", 26, "not a model");
    refuse("postcircle triage model 1\nsum 12\n", 33, "line 2");
}

/* A role does not start with it: nobody would know that half of triage is missing. */
static void nothing_opens_without_its_model(void **state)
{
    static const char *const lists[] = { "gateway/lexicon/en.txt", NULL };
    char path[] = "/tmp/postcircle_model_XXXXXX";
    const int fd = mkstemp(path);
    struct triage_sources sources = { .lists = lists, .own_from = SIZE_MAX, .model = path };
    struct triage_lexicon *lexicon = NULL;
    struct err err;

    (void)state;
    assert_true(fd >= 0 && write(fd, "postcircle\n", 11) == 11 && !close(fd));
    assert_int_equal(triage_open(&sources, &lexicon, &err), RC_INPUT);
    assert_non_null(strstr(err.msg, "model of triage"));
    assert_null(lexicon);
    unlink(path);
    assert_int_equal(triage_open(&sources, &lexicon, &err), RC_NOT_FOUND);
}

static void print_and_parse_agree(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    const struct triage_model_head head = { .unit = 1000000, .bias = -1000 };
    signed char *weights = ARENA_ARRAY(mem, TRIAGE_BUCKETS, signed char);
    const struct triage_model *model = NULL;
    const char *text;
    struct err err;

    (void)state;
    text = triage_model_print(&head, weights, mem);
    assert_int_equal(triage_model_parse(text, strlen(text), "m", mem, &model, &err), RC_OK);
    assert_int_equal(triage_model_score(model, "anything at all", mem).score, 26); /* 1 / (1 + e) = 0.269 */
    memset(weights, TRIAGE_MODEL_LEVELS, TRIAGE_BUCKETS);
    text = triage_model_print(&head, weights, mem);
    assert_int_equal(triage_model_parse(text, strlen(text), "m", mem, &model, &err), RC_OK);
    assert_int_equal(triage_model_score(model, "anything at all", mem).score, 100);
}

/* ---- beside the lists ---- */

static struct triage_lexicon *open_both(const char *ours, const char *own)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    const char *const folder = getenv("POSTCIRCLE_BUILD") ? getenv("POSTCIRCLE_BUILD") : ".";
    const char *const paths[] = { arena_printf(mem, "%s/model-ours-%d.txt", folder, (int)getpid()),
                                  arena_printf(mem, "%s/model-own-%d.txt", folder, (int)getpid()), NULL };
    const struct triage_sources sources = { .lists = paths, .own_from = 1, .model = MODEL };
    struct triage_lexicon *lexicon = NULL;
    struct err err;

    assert_int_equal(io_write_file(paths[0], ours, strlen(ours), 0600, &err), RC_OK);
    assert_int_equal(io_write_file(paths[1], own, strlen(own), 0600, &err), RC_OK);
    if (triage_open(&sources, &lexicon, &err))
        fail_msg("%s", err.msg);
    unlink(paths[0]);
    unlink(paths[1]);
    return lexicon;
}

static struct triage_result result(const struct triage_lexicon *lexicon, int page_from, const char *text,
                                   struct arena *mem)
{
    const struct triage_setting setting = { .page_from = page_from };
    struct triage_result r;

    triage_score_in(lexicon, &setting, text, NULL, mem, &r);
    return r;
}

#define CALM "Walked with my daughter, had sweet tomatoes for supper and my sugar was fine"

#define MIDDLING "sweet tomatoes and I want to go home"

/* Only phrases of tier 1 of our own lists, and only while the model is on. */
static void a_calm_note_takes_phrases_of_tier_1_away(void **state)
{
    static const char *const ours[] = { "[tier 1 unless]\nsweet tomatoes\n", "[hint]\nsweet tomatoes\nfor supper\n",
                                        "[tier 1]\nsweet tomatoes\n" };
    static const char *const stays[] = { "[tier 0]\nsweet tomatoes\n", "[tier 0 unless]\nsweet tomatoes\n",
                                         "[tier 2 unless]\nsweet tomatoes\n" };
    CLEANUP(arena_free) struct arena *mem = arena_new("t");

    (void)state;
    assert_true(score(CALM) < TRIAGE_PLAIN_BELOW);
    for (size_t i = 0; i < COUNT_OF(ours); i++) {
        CLEANUP(triage_close_lexicon) struct triage_lexicon *weak = open_both(ours[i], "");
        CLEANUP(triage_close_lexicon) struct triage_lexicon *own = open_both("", ours[i]);

        assert_int_equal(result(weak, 0, CALM, mem).tier, 4);
        assert_int_equal(result(weak, 0, CALM, mem).flags, 0);
        assert_int_equal(result(weak, TRIAGE_MODEL_OFF, CALM, mem).tier, 1);
        assert_int_equal(result(own, 0, CALM, mem).tier, 1);
    }
    for (size_t i = 0; i < COUNT_OF(stays); i++) {
        CLEANUP(triage_close_lexicon) struct triage_lexicon *plain = open_both(stays[i], "");

        assert_in_range(result(plain, 0, CALM, mem).tier, 0, 2);
    }
}

static void a_weak_phrase_goes_more_easily(void **state)
{
    CLEANUP(triage_close_lexicon) struct triage_lexicon *plain = open_both("[tier 1]\nsweet tomatoes\n", "");
    CLEANUP(triage_close_lexicon) struct triage_lexicon *weak = open_both("[tier 1 unless]\nsweet tomatoes\n", "");
    CLEANUP(arena_free) struct arena *mem = arena_new("t");

    (void)state;
    assert_in_range(score(MIDDLING), TRIAGE_PLAIN_BELOW, TRIAGE_WEAK_BELOW - 1);
    assert_int_equal(result(plain, 0, MIDDLING, mem).tier, 1);
    assert_int_equal(result(weak, 0, MIDDLING, mem).tier, 4);
}

static void a_note_that_reads_like_danger_is_tier_1(void **state)
{
    static const char text[] = "they will all be happier when i am out of the way for good";
    CLEANUP(triage_close_lexicon) struct triage_lexicon *lexicon = open_both("", "");
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    const int s = score(text);
    struct triage_result r = result(lexicon, 0, text, mem);

    (void)state;
    assert_true(s >= TRIAGE_PAGE_USUAL && s < 100);
    assert_int_equal(r.tier, 1);
    assert_int_equal(r.score, s);
    assert_int_equal(r.flags, TRIAGE_CRISIS | TRIAGE_READS);
    assert_int_equal(r.hit_count, 1);
    assert_string_equal(r.hits[0].phrase, arena_printf(mem, "%d: %s", s, text));
    assert_int_equal(result(lexicon, s, text, mem).tier, 1); /* the practice's own threshold */
    assert_int_equal(result(lexicon, s + 1, text, mem).tier, 4);
    assert_int_equal(result(lexicon, TRIAGE_MODEL_OFF, text, mem).tier, 4);
    assert_int_equal(result(lexicon, TRIAGE_MODEL_OFF, text, mem).score, 0);
    triage_score(lexicon, "Hello", text, mem, &r); /* in what was trimmed */
    assert_int_equal(r.tier, 1);
}

static double now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Printed, and far from what would hold up a letter: parsing takes milliseconds. */
static void scoring_is_quick(void **state)
{
    enum { TIMES = 2000 };
    CLEANUP(arena_free) struct arena *mem = arena_new("t"), *one = arena_new("note");
    const struct triage_model *model = open_model(mem);
    const double began = now_us();
    double us;

    (void)state;
    for (int i = 0; i < TIMES; i++) {
        assert_true(triage_model_score(model, CALM ". " CALM ". " CALM, one).score < TRIAGE_PAGE_USUAL);
        arena_clear(one);
    }
    us = (now_us() - began) / TIMES;
    print_message("  %.0f microseconds for a note of 39 words\n", us);
    assert_true(us < 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notes_are_told_apart),
        cmocka_unit_test(disguises_make_no_difference),
        cmocka_unit_test(one_sentence_in_a_long_letter_is_found),
        cmocka_unit_test(a_long_letter_has_a_stricter_measure),
        cmocka_unit_test(huge_notes_take_bounded_time),
        cmocka_unit_test(shares_are_fixed),
        cmocka_unit_test(a_damaged_file_is_told),
        cmocka_unit_test(nothing_opens_without_its_model),
        cmocka_unit_test(print_and_parse_agree),
        cmocka_unit_test(a_calm_note_takes_phrases_of_tier_1_away),
        cmocka_unit_test(a_weak_phrase_goes_more_easily),
        cmocka_unit_test(a_note_that_reads_like_danger_is_tier_1),
        cmocka_unit_test(scoring_is_quick),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
