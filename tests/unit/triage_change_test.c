/* gateway/triage/triage_change and triage_files: which changes of a practice's word lists count at once, and which wait. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/io.h"
#include "gateway/triage/triage_change.h"
#include "gateway/triage/triage_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char ours[] = "[words idiom]\nha ha\n[tier 1]\nwant to die\n";

/* NULL: the change counts at once; else the line that makes it wait. */
static void a_change_is_judged_by_its_lines(void **state)
{
    static const struct {
        const char *before, *after, *line;
    } cases[] = {
        { "", "[tier 1]\nblue kettle\n", NULL },
        { "[tier 1]\nblue kettle\n", "[tier 1]\nblue kettle\nred kettle\n[tier 0]\nblack kettle\n[hint]\ndoor\n",
          NULL },
        { "[tier 1]\nblue kettle\n", "# more\n\n[hint]\nx y\n[tier 1]\n\nBlue  kettle\n", NULL },
        { "", "[no excuse]\nright now\n[typo]\ncalendar\n[flag conflict]\nyou lot\n", NULL },
        { "", "[words doors]\nblue, red\n[tier 1]\n<doors> shut\n", NULL },
        { "[excuse]\nfilm\n", "", NULL },
        { "[not]\nblue kettle\n", "[tier 1]\nblue kettle\n", NULL },
        { "[tier 1]\nblue kettle\n", "", "[tier 1] blue kettle" },
        { "[tier 0]\nblue kettle\n", "[tier 1]\nblue kettle\n", "[tier 0] blue kettle" },
        { "[tier 1]\nblue kettle\n", "[tier 1]\n# blue kettle\n", "[tier 1] blue kettle" },
        { "[tier 1]\nblue kettle\n", "[tier 1 unless]\nblue kettle\n", "[tier 1] blue kettle" },
        { "[no excuse]\nright now\n", "", "[no excuse] right now" },
        { "[flag conflict]\nyou lot\n", "", "[flag conflict] you lot" },
        { "[typo]\ncalendar\n", "", "[typo] calendar" },
        { "[same]\ntonite = tonight\n", "", "[same] tonite = tonight" },
        { "", "[same]\ndie = dye\n", "[same] die = dye" },
        { "", "[excuse]\nthe\n", "[excuse] the" },
        { "", "[not]\nwant to die\n", "[not] want to die" },
        { "", "[not typo]\nsuicde\n", "[not typo] suicde" },
        { "", "[not name]\nabernathy\n", "[not name] abernathy" },
        { "", "[words idiom]\nwant\n", "[words idiom] want" }, /* more of a class of ours: it may be one that excuses */
        { "[words doors]\nblue\n", "[words doors]\nblue\nred\n", "[words doors] red" },
        { "[words doors]\nblue\nred\n", "[words doors]\nblue\n", "[words doors] red" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("t");
        const char *const before[] = { cases[i].before, NULL }, *const after[] = { cases[i].after, NULL };
        const char *const first[] = { ours, NULL }, *line = NULL;
        const bool is_weaker = triage_change_is_weaker(before, after, first, mem, &line);

        if (is_weaker != !!cases[i].line || (line && strcmp(line, cases[i].line) != 0))
            fail_msg("%zu: %s", i, line ? line : "counts at once");
    }
}

/* ---- files ---- */

struct folder {
    char home[64];
    struct triage_watch watch;
};

static void write_list(const struct folder *f, const char *name, const char *text)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    struct err err;

    if (io_write_file(arena_printf(mem, "%s/lexicon/%s", f->home, name), text, strlen(text), 0600, &err))
        fail_msg("%s", err.msg);
}

static int start(void **state)
{
    struct folder *f = calloc(1, sizeof *f);
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    struct err err;

    snprintf(f->home, sizeof f->home, "/tmp/postcircle_lists_XXXXXX");
    assert_non_null(mkdtemp(f->home));
    assert_int_equal(mkdir(arena_printf(mem, "%s/lexicon", f->home), 0700), 0);
    if (triage_files_open(f->home, &f->watch, &err))
        fail_msg("%s", err.msg);
    triage_files_refresh(&f->watch); /* the first look keeps what is there */
    *state = f;
    return 0;
}

static int stop(void **state)
{
    static const char *const names[] = { "own.txt", "more.txt", ".kept", "" };
    struct folder *f = *state;
    CLEANUP(arena_free) struct arena *mem = arena_new("t");

    triage_files_close(&f->watch);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        remove(arena_printf(mem, "%s/lexicon/%s", f->home, names[i]));
    rmdir(f->home);
    free(f);
    return 0;
}

/* After the files were looked at again. */
static int tier(struct folder *f, const char *text)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("t");
    struct triage_result r;

    triage_files_refresh(&f->watch);
    triage_score(f->watch.lexicon, text, NULL, mem, &r);
    return r.tier;
}

#define KETTLE "the blue kettle is hot"

static void what_is_added_counts_at_once(void **state)
{
    struct folder *f = *state;

    assert_int_equal(tier(f, KETTLE), 4);
    write_list(f, "own.txt", "[tier 1]\nblue kettle\n");
    assert_int_equal(tier(f, KETTLE), 1);
    assert_string_equal(f->watch.held, "");
    write_list(f, "more.txt", "[tier 0]\nblue kettle is hot\n");
    assert_int_equal(tier(f, KETTLE), 0);
}

static void what_is_taken_away_waits(void **state)
{
    struct folder *f = *state;
    struct err err;
    char mark[TRIAGE_HASH_CHARS + 1];

    write_list(f, "own.txt", "[tier 1]\nblue kettle\n");
    assert_int_equal(tier(f, KETTLE), 1);
    write_list(f, "own.txt", "[tier 1]\nred kettle\n");
    assert_int_equal(tier(f, KETTLE), 1);
    assert_int_equal(tier(f, "a red kettle"), 4); /* the whole change waits */
    assert_string_equal(f->watch.held_line, "[tier 1] blue kettle");
    memcpy(mark, f->watch.held, sizeof mark);
    write_list(f, "own.txt", "[tier 2]\ngreen kettle\n");
    assert_int_equal(tier(f, KETTLE), 1);
    assert_int_equal(triage_files_accept(f->home, mark, &err), RC_CONFLICT); /* not what the two have seen */
    write_list(f, "own.txt", "[tier 1]\nred kettle\n");
    assert_int_equal(triage_files_accept(f->home, mark, &err), RC_OK);
    assert_int_equal(tier(f, KETTLE), 4);
    assert_int_equal(tier(f, "a red kettle"), 1);
    assert_string_equal(f->watch.held, "");
}

static void a_file_that_is_gone_still_counts(void **state)
{
    struct folder *f = *state;
    CLEANUP(arena_free) struct arena *mem = arena_new("t");

    write_list(f, "own.txt", "[tier 1]\nblue kettle\n");
    assert_int_equal(tier(f, KETTLE), 1);
    unlink(arena_printf(mem, "%s/lexicon/own.txt", f->home));
    assert_int_equal(tier(f, KETTLE), 1);
    assert_string_not_equal(f->watch.held, "");
    write_list(f, "own.txt", "[tier 1]\nblue kettle\n"); /* the change is taken back */
    assert_int_equal(tier(f, KETTLE), 1);
    assert_string_equal(f->watch.held, "");
}

/* Neither counts a file with a mistake, nor does it become what is kept. */
static void a_bad_file_changes_nothing(void **state)
{
    struct folder *f = *state;

    write_list(f, "own.txt", "[tier 1]\nblue kettle\n");
    assert_int_equal(tier(f, KETTLE), 1);
    write_list(f, "more.txt", "[tier 1]\nblue (door\n");
    assert_int_equal(tier(f, KETTLE), 1);
    write_list(f, "more.txt", "");
    assert_int_equal(tier(f, KETTLE), 1);
    assert_string_equal(f->watch.held, "");
}

/* It outlives the process: a start reads what was kept. */
static void a_start_does_not_let_it_pass(void **state)
{
    struct folder *f = *state;
    struct triage_watch again;
    struct err err;

    write_list(f, "own.txt", "[tier 1]\nblue kettle\n");
    assert_int_equal(tier(f, KETTLE), 1);
    write_list(f, "own.txt", "[not]\nblue kettle\n");
    assert_int_equal(triage_files_open(f->home, &again, &err), RC_OK);
    triage_files_close(&f->watch);
    f->watch = again;
    assert_int_equal(tier(f, KETTLE), 1);
    assert_string_not_equal(f->watch.held, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_is_judged_by_its_lines),
        cmocka_unit_test_setup_teardown(what_is_added_counts_at_once, start, stop),
        cmocka_unit_test_setup_teardown(what_is_taken_away_waits, start, stop),
        cmocka_unit_test_setup_teardown(a_file_that_is_gone_still_counts, start, stop),
        cmocka_unit_test_setup_teardown(a_bad_file_changes_nothing, start, stop),
        cmocka_unit_test_setup_teardown(a_start_does_not_let_it_pass, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
