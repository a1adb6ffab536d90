/* triage on the labelled notes of tests/data/triage_set: counts with exact bounds, and never a note: whoever reads the output may be the one who
 * mends the lists. The hold-out is the figure that is reported (docs/triage.md). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/io.h"
#include "base/text.h"
#include "gateway/triage.h"

#include <math.h>

#define FOLDER "tests/data/triage_set/"
#define FIELDS 4
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

/* Cuts a line at its tabs; false when it has not FIELDS of them. */
static bool cut(char *line, const char *field[FIELDS])
{
    size_t count = 0;

    for (char *s = line; s && count < FIELDS; count++) {
        char *tab = strchr(s, '\t');

        field[count] = s;
        if (tab)
            *tab = '\0';
        s = tab ? tab + 1 : NULL;
    }
    return *line != '#' && count == FIELDS;
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

static void read_roster(struct arena *mem, struct triage_setting *setting)
{
    struct triage_person *people = ARENA_ARRAY(mem, PEOPLE_MAX, struct triage_person);
    const char *p = read_all(FOLDER "roster.tsv", mem), *line, *field[FIELDS];
    size_t n;

    setting->people = people;
    while (text_next_line(&p, &line, &n))
        if (cut(arena_strndup(mem, line, n), field) && setting->people_count < PEOPLE_MAX)
            people[setting->people_count++] =
                (struct triage_person){ .shown = field[1], .first = field[2], .last = field[3] };
}

/* "\n" is a line break. */
static const char *unescape(char *text)
{
    char *to = text;

    for (const char *p = text; *p; p++)
        if (p[0] == '\\' && p[1] == 'n') {
            *to++ = '\n';
            p++;
        } else {
            *to++ = *p;
        }
    *to = '\0';
    return text;
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

static struct counts count_file(const char *path)
{
    static const char *const lists[] = { "gateway/lexicon/en.txt", "gateway/lexicon/es.txt", NULL };
    CLEANUP(arena_free) struct arena *mem = arena_new("set");
    CLEANUP(triage_close_lexicon) struct triage_lexicon *lexicon = NULL;
    struct triage_setting setting = { 0 };
    struct counts c = { 0 };
    const char *p = read_all(path, mem), *line, *field[FIELDS];
    struct err err;
    size_t n;

    if (triage_open_lexicon(lists, &lexicon, &err))
        fail_msg("%s", err.msg);
    read_roster(mem, &setting);
    while (text_next_line(&p, &line, &n)) {
        CLEANUP(arena_free) struct arena *one = arena_new("note");
        struct triage_result r;
        enum kind kind;

        if (!cut(arena_strndup(one, line, n), field))
            continue;
        kind = kind_of(field[2]);
        triage_score_in(lexicon, &setting, unescape(arena_strdup(one, field[3])), NULL, one, &r);
        c.all[kind]++;
        c.found[kind] += is_found(kind, &r);
    }
    return c;
}

static void print_counts(const char *what, const struct counts *c)
{
    print_message("%s: possible danger and flags found, with exact one-sided 95 %% bounds\n", what);
    for (int k = 0; k < KINDS; k++)
        print_message("  %-25s %3d of %3d = %.3f  (at least %.3f, at most %.3f)\n", kinds[k].what, c->found[k],
                      c->all[k], (double)c->found[k] / c->all[k], lower_bound(c->found[k], c->all[k]),
                      upper_bound(c->found[k], c->all[k]));
}

static double share(const struct counts *c, enum kind kind)
{
    return (double)c->found[kind] / c->all[kind];
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
    const struct counts c = count_file(FOLDER "tuning.tsv");

    (void)state;
    print_counts("tuning", &c);
    assert_true(share(&c, CRISIS) >= 0.97);
    assert_true(share(&c, INDIRECT) >= 0.85);
    assert_true(share(&c, MEDICAL) >= 0.95);
    assert_true(share(&c, TRAP) <= 0.05);
    assert_true(share(&c, ORDINARY) <= 0.01);
    assert_true(share(&c, THANKS) <= 0.01);
}

static void print_goal(const char *goal, bool is_met)
{
    print_message("  goal %-50s %s\n", goal, is_met ? "met" : "NOT MET");
}

/* Counts alone: see the top. What docs/triage.md promises is what was measured, which is less than the goals: those are only printed. */
static void held_out_notes(void **state)
{
    const struct counts c = count_file(FOLDER "holdout.tsv");

    (void)state;
    print_counts("hold-out", &c);
    print_goal("imminent and explicit >= 0.95, bound >= 0.90",
               share(&c, CRISIS) >= 0.95 && lower_bound(c.found[CRISIS], c.all[CRISIS]) >= 0.90);
    print_goal("indirect >= 0.60", share(&c, INDIRECT) >= 0.60);
    print_goal("traps <= 0.10", share(&c, TRAP) <= 0.10);
    print_goal("ordinary <= 0.03", share(&c, ORDINARY) <= 0.03);
    print_goal("thanks <= 0.03", share(&c, THANKS) <= 0.03);
    assert_true(share(&c, CRISIS) >= 0.75);
    assert_true(share(&c, INDIRECT) >= 0.27);
    assert_true(share(&c, MEDICAL) >= 0.76);
    assert_true(share(&c, TRAP) <= 0.105);
    assert_true(share(&c, ORDINARY) <= 0.03);
    assert_true(share(&c, THANKS) <= 0.03);
    assert_true(share(&c, SURNAME) >= 0.83);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_are_exact),
        cmocka_unit_test(tuning_notes),
        cmocka_unit_test(held_out_notes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
