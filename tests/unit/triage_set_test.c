/* triage on the labelled notes of tests/data/triage_set: counts with exact bounds, and never a note: whoever reads the output may be the one who
 * mends the lists. The hold-outs are the figures that are reported (docs/triage.md). What the model says of notes that it has learned is no figure:
 * there each note is judged by a model that was made without any note of its writer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/io.h"
#include "base/sanitized.h"
#include "base/text.h"
#include "gateway/triage/triage.h"
#include "tests/tools/triage_learn.h"

#include <math.h>
#include <unistd.h>

#define FOLDER LEARN_FOLDER
#define FIELDS LEARN_FIELDS
#define PEOPLE_MAX 200
#define CONFIDENCE 0.95

enum kind {
    CRISIS,
    INDIRECT,
    MEDICAL,
    TRAP,
    ORDINARY,
    THANKS,
    CONTACT,
    SURNAME,
    MEDICINE,
    RESULTS,
    QUESTION,
    CONFLICT,
    KINDS
};

static const struct {
    const char *label, *what;
    int worst; /* the least urgent tier that counts as found */
    unsigned flag;
} kinds[KINDS] = {
    [CRISIS] = { "", "imminent and explicit", 1, 0 },
    [INDIRECT] = { "indirect", "indirect", 1, 0 },
    [MEDICAL] = { "medical", "medical", 2, 0 },
    [TRAP] = { "trap", "traps, false alarms", 2, 0 },
    [ORDINARY] = { "ordinary", "ordinary, false alarms", 2, 0 },
    [THANKS] = { "thanks", "thanks, any flag", 3, 0 },
    [CONTACT] = { "flag:contact", "contact data", 4, TRIAGE_CONTACT },
    [SURNAME] = { "flag:surname", "names of the chart", 4, TRIAGE_NAME },
    [MEDICINE] = { "flag:medicine", "advice about medicine", 4, TRIAGE_MEDICINE },
    [RESULTS] = { "flag:results", "test results", 4, TRIAGE_RESULTS },
    [QUESTION] = { "flag:question", "questions for the doctor", 4, TRIAGE_DOCTOR },
    [CONFLICT] = { "flag:conflict", "quarrel", 4, TRIAGE_CONFLICT },
};

struct counts {
    int all[KINDS], found[KINDS];
};

/* At least k of n hits, when each has probability p; in logarithms, since (1 - p)^n is too small for a double. */
static double chance_of_at_least(int k, int n, double p)
{
    double sum = 0;

    for (int i = k; i <= n; i++)
        sum += exp(lgamma(n + 1) - lgamma(i + 1) - lgamma(n - i + 1) + i * log(p) + (n - i) * log1p(-p));
    return sum;
}

/* Clopper and Pearson's exact bound on one side, by halving. */
static double lower_bound(int k, int n)
{
    double low = 0, high = 1;

    for (int i = 0; i < 60 && k > 0; i++) {
        const double p = (low + high) / 2;

        if (chance_of_at_least(k, n, p) < 1 - CONFIDENCE)
            low = p;
        else
            high = p;
    }
    return k > 0 ? low : 0;
}

static double upper_bound(int k, int n)
{
    return 1 - lower_bound(n - k, n);
}

static char *read_all(const char *path, struct arena *mem)
{
    struct err err;
    char *bytes;
    size_t n;

    if (io_read_file(path, 1 << 22, mem, &bytes, &n, &err))
        fail_msg("%s", err.msg);
    return bytes;
}

static void read_roster(const char *file, struct arena *mem, struct triage_setting *setting)
{
    struct triage_person *people = ARENA_ARRAY(mem, PEOPLE_MAX, struct triage_person);
    const char *p = read_all(file, mem), *line, *field[FIELDS];
    size_t n;

    setting->people = people;
    while (text_next_line(&p, &line, &n))
        if (learn_cut(arena_strndup(mem, line, n), field) && setting->people_count < PEOPLE_MAX)
            people[setting->people_count++] =
                (struct triage_person){ .shown = field[1], .first = field[2], .last = field[3] };
}

static enum kind kind_of(const char *label)
{
    for (int k = INDIRECT; k < KINDS; k++)
        if (!strcmp(label, kinds[k].label))
            return (enum kind)k;
    assert_true(!strcmp(label, "imminent") || !strcmp(label, "explicit"));
    return CRISIS;
}

static bool is_found(enum kind kind, const struct triage_result *r)
{
    if (kinds[kind].flag)
        return r->flags & kinds[kind].flag;
    return r->tier <= kinds[kind].worst || (kind == THANKS && r->flags);
}

static struct triage_lexicon *open_with(const char *model)
{
    static const char *const lists[] = { "gateway/lexicon/en.txt", "gateway/lexicon/es.txt", NULL };
    const struct triage_sources sources = { .lists = lists, .own_from = SIZE_MAX, .model = model };
    struct triage_lexicon *lexicon = NULL;
    struct err err;

    if (triage_open(&sources, &lexicon, &err))
        fail_msg("%s", err.msg);
    return lexicon;
}

static struct counts count_file(const char *path, const char *roster)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("set");
    CLEANUP(triage_close_lexicon) struct triage_lexicon *lexicon = open_with(LEARN_MODEL);
    struct triage_setting setting = { 0 };
    struct counts c = { 0 };
    const char *p = read_all(path, mem), *line, *field[FIELDS];
    size_t n;

    if (roster)
        read_roster(roster, mem, &setting);
    while (text_next_line(&p, &line, &n)) {
        CLEANUP(arena_free) struct arena *one = arena_new("note");
        struct triage_result r;
        enum kind kind;

        if (!learn_cut(arena_strndup(one, line, n), field))
            continue;
        kind = kind_of(field[2]);
        triage_score_in(lexicon, &setting, learn_unescape(one, field[3]), NULL, one, &r);
        c.all[kind]++;
        c.found[kind] += is_found(kind, &r);
    }
    return c;
}

static void print_counts(const char *what, const struct counts *c)
{
    print_message("%s: possible danger and flags found, with exact one-sided 95 %% bounds\n", what);
    for (int k = 0; k < KINDS; k++)
        if (c->all[k])
            print_message("  %-25s %3d of %3d = %.3f  (at least %.3f, at most %.3f)\n", kinds[k].what, c->found[k],
                          c->all[k], (double)c->found[k] / c->all[k], lower_bound(c->found[k], c->all[k]),
                          upper_bound(c->found[k], c->all[k]));
}

static double share(const struct counts *c, enum kind kind)
{
    return c->all[kind] ? (double)c->found[kind] / c->all[kind] : 0;
}

/* By what is known of them: nothing missed in 50, 100 and 300 proves 0.942, 0.970 and 0.990. */
static void bounds_are_exact(void **state)
{
    (void)state;
    assert_float_equal(lower_bound(50, 50), 0.942, 0.0005);
    assert_float_equal(lower_bound(100, 100), 0.970, 0.0005);
    assert_float_equal(lower_bound(300, 300), 0.990, 0.0005);
    assert_float_equal(lower_bound(5, 10), 0.2224, 0.0005);
    assert_float_equal(upper_bound(0, 50), 0.058, 0.0005);
    assert_float_equal(lower_bound(0, 7), 0, 0.0005);
}

/* What the lists were mended by: better figures than on words that they have not met. */
static void tuning_notes(void **state)
{
    const struct counts c = count_file(FOLDER "tuning.tsv", FOLDER "roster.tsv");

    (void)state;
    print_counts("tuning", &c);
    assert_true(share(&c, CRISIS) >= 0.97);
    assert_true(share(&c, INDIRECT) >= 0.85);
    assert_true(share(&c, MEDICAL) >= 0.95);
    assert_true(share(&c, TRAP) <= 0.05);
    assert_true(share(&c, ORDINARY) <= 0.01);
    assert_true(share(&c, THANKS) <= 0.01);
}

/* ---- by a model that has not seen the note ---- */

enum { TUNING, MIXED, MIXED_2, MIXED_3, DANGER, CALM, MIXED_4, MIXED_5 }; /* of learn_files */

struct crossed {
    struct counts model[COUNT_OF(learn_files)],
        both[COUNT_OF(learn_files)]; /* the model alone; as it works, beside the lists */
};

static void cross_fold(struct learn *l, int fold, const struct triage_setting *setting, struct crossed *crossed)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("fold");
    char path[] = "/tmp/postcircle_fold_XXXXXX";
    const int fd = mkstemp(path);
    const char *const text = learn_print(learn_train(l, fold, mem), mem);
    CLEANUP(triage_close_lexicon) struct triage_lexicon *lexicon = NULL;
    struct err err;

    assert_true(fd >= 0 && !io_write_all(fd, text, strlen(text), &err) && !close(fd));
    lexicon = open_with(path);
    unlink(path);
    for (size_t i = 0; i < l->count; i++) {
        CLEANUP(arena_free) struct arena *one = arena_new("note");
        const struct learn_note *note = &l->notes[i];
        struct triage_result r;
        enum kind kind;

        if (note->fold_of != fold)
            continue;
        kind = kind_of(note->label);
        triage_score_in(lexicon, setting, note->text, NULL, one, &r);
        crossed->model[fold].all[kind]++;
        crossed->both[fold].all[kind]++;
        crossed->model[fold].found[kind] += r.score >= TRIAGE_PAGE_USUAL;
        crossed->both[fold].found[kind] += is_found(kind, &r);
    }
}

/* The patterns are learned whole in each fold, and patterns and lists were mended by these notes: only the hold-outs are evidence. more-danger.tsv
 * and more-calm.tsv have one side each. */
static void count_notes_left_out(void)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("cross");
    struct triage_setting setting = { 0 };
    struct crossed crossed = { 0 };
    struct learn l;

    learn_open(&l);
    read_roster(FOLDER "roster.tsv", mem, &setting);
    for (int fold = 0; fold < LEARN_FOLDS; fold++)
        cross_fold(&l, fold, &setting, &crossed);
    for (size_t i = 0; i < COUNT_OF(learn_files); i++) {
        print_counts(arena_printf(mem, "%s, model alone, of notes left out", learn_files[i]), &crossed.model[i]);
        print_counts(arena_printf(mem, "%s, lists and model, of notes left out", learn_files[i]), &crossed.both[i]);
    }
    learn_close_all(&l);
    assert_true(share(&crossed.model[TUNING], CRISIS) >= 0.97);
    assert_true(share(&crossed.model[TUNING], INDIRECT) >= 0.77);
    assert_true(share(&crossed.model[TUNING], TRAP) <= 0.05);
    assert_true(share(&crossed.model[TUNING], ORDINARY) <= 0.03);
    assert_true(share(&crossed.both[MIXED], CRISIS) >= 0.94);
    assert_true(share(&crossed.both[MIXED], TRAP) <= 0.15);
    assert_true(share(&crossed.both[MIXED_2], CRISIS) >= 0.875);
    assert_true(share(&crossed.both[MIXED_2], TRAP) <= 0.16);
    assert_true(share(&crossed.both[MIXED_3], CRISIS) >= 0.87);
    assert_true(share(&crossed.both[MIXED_3], TRAP) <= 0.15);
    assert_true(share(&crossed.both[DANGER], CRISIS) >= 0.86);
    assert_true(share(&crossed.both[DANGER], INDIRECT) >= 0.53);
    assert_true(share(&crossed.both[CALM], TRAP) <= 0.10);
    assert_true(share(&crossed.both[CALM], ORDINARY) <= 0.045);
    for (int fold = MIXED_4; fold <= MIXED_5; fold++) {
        assert_true(share(&crossed.both[fold], CRISIS) >= 0.97);
        assert_true(share(&crossed.both[fold], INDIRECT) >= 0.88);
        assert_true(share(&crossed.both[fold], TRAP) <= 0.12);
        assert_true(share(&crossed.both[fold], ORDINARY) <= 0.06);
        assert_true(share(&crossed.both[fold], THANKS) <= 0.01);
    }
}

/* It trains eight models: sanitized, it would count once more what is counted without. */
static void notes_left_out(void **state)
{
    (void)state;
    if (IS_SANITIZED)
        skip();
    count_notes_left_out();
}

/* What is in the tree is what the notes in the tree make. */
static void the_model_comes_from_the_notes(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("same");
    struct learn l;

    (void)state;
    learn_open(&l);
    if (strcmp(learn_print(learn_train(&l, -1, mem), mem), read_all(LEARN_MODEL, mem)) != 0)
        fail_msg(LEARN_MODEL " is not what the labelled notes make: make triage-model");
    learn_close_all(&l);
}

/* A goal that is missed fails nothing: what fails is less than what was measured (struct floors). */
static void print_goal(const char *set, const char *goal, bool is_met)
{
    print_message("  goal %s: %s: %s\n", is_met ? "met" : "MISSED", set, goal);
}

/* What was measured, below which no change may fall. Of traps, ordinary notes and thanks: above. */
struct floors {
    double crisis, indirect, medical, traps, ordinary, thanks, names;
};

/* Counts alone: see the top. What docs/triage.md promises is what was measured, which is less than the goals: those are only printed. */
static void hold_to(const char *what, const struct counts *c, const struct floors *floors)
{
    print_counts(what, c);
    print_goal(what, "imminent and explicit >= 0.95, bound >= 0.90",
               share(c, CRISIS) >= 0.95 && lower_bound(c->found[CRISIS], c->all[CRISIS]) >= 0.90);
    print_goal(what, "indirect >= 0.60", share(c, INDIRECT) >= 0.60);
    print_goal(what, "traps <= 0.10", share(c, TRAP) <= 0.10);
    print_goal(what, "ordinary <= 0.03", share(c, ORDINARY) <= 0.03);
    print_goal(what, "thanks <= 0.03", share(c, THANKS) <= 0.03);
    assert_true(share(c, CRISIS) >= floors->crisis);
    assert_true(share(c, INDIRECT) >= floors->indirect);
    assert_true(share(c, MEDICAL) >= floors->medical);
    assert_true(share(c, TRAP) <= floors->traps);
    assert_true(share(c, ORDINARY) <= floors->ordinary);
    assert_true(share(c, THANKS) <= floors->thanks);
    assert_true(share(c, SURNAME) >= floors->names);
}

static void held_out_notes(void **state)
{
    static const struct floors floors = { 0.97, 0.81, 0.76, 0.074, 0.008, 0.03, 0.83 };
    const struct counts c = count_file(FOLDER "holdout.tsv", FOLDER "roster.tsv");

    (void)state;
    hold_to("hold-out", &c, &floors);
}

/* Of another hand, who knew nothing of ours. */
static void held_out_notes_of_another_writer(void **state)
{
    static const struct floors floors = { 0.94, 0.69, 0.79, 0.102, 0.020, 0.03, 0.94 };
    const struct counts c = count_file(FOLDER "holdout-2.tsv", FOLDER "roster-2.tsv");

    (void)state;
    hold_to("second hold-out", &c, &floors);
}

/* Of a third, scored once when the lists and model of then were final, and again with those that came after. */
static void held_out_notes_of_a_third_writer(void **state)
{
    static const struct floors floors = { 0.93, 0.77, 0.75, 0.129, 0.043, 0.03, 0.90 };
    const struct counts c = count_file(FOLDER "holdout-3.tsv", FOLDER "roster-3.tsv");

    (void)state;
    hold_to("third hold-out", &c, &floors);
}

/* Of a fourth, scored first when the lists and model of then were final. It has no roster and no notes for flags alone. */
static void held_out_notes_of_a_fourth_writer(void **state)
{
    static const struct floors floors = { 0.97, 0.89, 0.87, 0.095, 0.043, 0.03, 0 };
    const struct counts c = count_file(FOLDER "holdout-4.tsv", NULL);

    (void)state;
    hold_to("fourth hold-out", &c, &floors);
}

/* Of a fifth, scored once, when lists, model and threshold were committed: the figures to believe. */
static void held_out_notes_of_a_fifth_writer(void **state)
{
    static const struct floors floors = { 0.95, 0.81, 0.74, 0.112, 0.080, 0.03, 0 };
    const struct counts c = count_file(FOLDER "holdout-5.tsv", NULL);

    (void)state;
    hold_to("fifth hold-out", &c, &floors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_are_exact),
        cmocka_unit_test(the_model_comes_from_the_notes),
        cmocka_unit_test(notes_left_out),
        cmocka_unit_test(tuning_notes),
        cmocka_unit_test(held_out_notes),
        cmocka_unit_test(held_out_notes_of_another_writer),
        cmocka_unit_test(held_out_notes_of_a_third_writer),
        cmocka_unit_test(held_out_notes_of_a_fourth_writer),
        cmocka_unit_test(held_out_notes_of_a_fifth_writer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
