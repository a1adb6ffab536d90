/*
 * triage_learn: the weights of gateway/triage/triage_model from the labelled notes of tests/data/triage_set.
 *
 * Shape    Notes: "id lang label text" (tests/data/triage_set/README.md). Patterns: the same, with (a|b) for either and {name} for one of a set,
 *          which "= lang name a|b" gives; each stands for as many notes as it can be read, LEARN_VARIANTS of them are drawn.
 * Method   Logistic regression by stochastic gradients with AdaGrad and a little decay; of each note the window counts that reads worst by the
 *          weights so far, as when it is scored. A veiled note counts LEARN_VEILED, a trap LEARN_TRAP, others 1. Some notes are learned with slips of the finger.
 * Rule     One seed, and nothing but + - * / and square roots, which IEEE 754 rounds in one way: the same notes make the same file.
 * Owns     Everything lives in the set's arena.
 */
#ifndef TESTS_TRIAGE_LEARN_H
#define TESTS_TRIAGE_LEARN_H

#include "base/io.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "gateway/triage/triage_model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* no fused multiply-add: it rounds otherwise */
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#else
#pragma GCC optimize("-ffp-contract=off")
#endif

#define LEARN_FOLDER "tests/data/triage_set/"
#define LEARN_MODEL "gateway/lexicon/model.txt"
#define LEARN_FIELDS 4
#define LEARN_NOTES_MAX 16000
#define LEARN_SETS_MAX 64
#define LEARN_VARIANTS 96 /* of a pattern */
#define LEARN_PER_EPOCH 3 /* of them */
#define LEARN_WAYS 8      /* in which a note is learned: as it is, with slips, amid others */
#define LEARN_SLIPS 0.02  /* of its letters */
#define LEARN_EPOCHS 20
#define LEARN_WARM 10
#define LEARN_RATE 0.3
#define LEARN_DECAY 0.003
#define LEARN_VEILED                                                                                                   \
    0.25 /* of a veiled note, beside 1: it reads more like a trap than an open one, and less is asked of it */
#define LEARN_TRAP 0.8 /* of a trap, beside 1: fewer false alarms of everyday notes for a few more of traps */
#define LEARN_TEXT_MAX 8192

struct learn_note {
    const char *id, *label, *text;
    const char *file;
    int fold_of; /* a note is left out with all others of its file, which has one writer; -1, of a pattern: never */
    bool is_danger;
    double weight; /* how much is learned from it */
    size_t variant_count;
    struct triage_features *variants;
};

struct learn_set {
    const char *name, *text;
};

struct learn {
    struct arena *mem;
    struct learn_note *notes;
    size_t count;
    struct learn_set sets[LEARN_SETS_MAX];
    size_t set_count;
    uint64_t random;
};

static uint32_t learn_random(struct learn *l)
{
    l->random = l->random * 6364136223846793005u + 1442695040888963407u; /* Knuth, MMIX */
    return (uint32_t)(l->random >> 33);
}

/* ---- notes ---- */

static char *learn_unescape(struct arena *mem, const char *s)
{
    char *copy = arena_strdup(mem, s), *to = copy;

    for (const char *p = s; *p; p++)
        if (p[0] == '\\' && p[1] == 'n') {
            *to++ = '\n';
            p++;
        } else {
            *to++ = *p;
        }
    *to = '\0';
    return copy;
}

/* Cuts a line at its tabs; false when it has not LEARN_FIELDS of them. */
static bool learn_cut(char *line, const char *field[LEARN_FIELDS])
{
    size_t count = 0;

    for (char *s = line; s && count < LEARN_FIELDS; count++) {
        char *tab = strchr(s, '\t');

        field[count] = s;
        if (tab)
            *tab = '\0';
        s = tab ? tab + 1 : NULL;
    }
    return *line && *line != '#' && count == LEARN_FIELDS;
}

static bool learn_is_danger(const char *label)
{
    return !strcmp(label, "imminent") || !strcmp(label, "explicit") || !strcmp(label, "indirect");
}

static double learn_weight(const char *label)
{
    return !strcmp(label, "indirect") ? LEARN_VEILED : !strcmp(label, "trap") ? LEARN_TRAP : 1;
}

/* The features with no more room than they need. */
static struct triage_features learn_features(struct learn *l, const char *text)
{
    CLEANUP(arena_free) struct arena *scratch = arena_new("features");
    struct triage_features f = triage_features_of(text, scratch);
    const struct triage_piece *last = f.piece_count ? &f.pieces[f.piece_count - 1] : NULL;
    const size_t n = last ? last->first + last->count : 0;
    struct triage_piece *pieces = ARENA_ARRAY(l->mem, f.piece_count + 1, struct triage_piece);
    uint32_t *buckets = ARENA_ARRAY(l->mem, n + 1, uint32_t);

    for (size_t i = 0; i < f.piece_count; i++)
        pieces[i] = f.pieces[i];
    for (size_t i = 0; i < n; i++)
        buckets[i] = f.buckets[i];
    f.pieces = pieces;
    f.buckets = buckets;
    return f;
}

static bool learn_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Letters left out, swapped or typed twice. */
static void learn_slip(struct learn *l, char *text)
{
    for (char *p = text; *p; p++) {
        const char first = *p;

        if (!learn_is_letter(p[0]) || !learn_is_letter(p[1]) || learn_random(l) % 10000 >= LEARN_SLIPS * 10000)
            continue;
        switch (learn_random(l) % 3) {
        case 0:
            memmove(p, p + 1, strlen(p));
            break;
        case 1:
            p[0] = p[1];
            p[1] = first;
            break;
        default:
            p[1] = first;
        }
    }
}

static struct learn_note *learn_note_new(struct learn *l, const char *const field[LEARN_FIELDS], size_t variants)
{
    struct learn_note *note = &l->notes[l->count++];

    if (l->count == LEARN_NOTES_MAX) {
        fputs("too many notes\n", stderr);
        exit(1);
    }
    *note = (struct learn_note){ .id = field[0],
                                 .label = field[2],
                                 .text = learn_unescape(l->mem, field[3]),
                                 .fold_of = -1,
                                 .is_danger = learn_is_danger(field[2]),
                                 .weight = learn_weight(field[2]),
                                 .variant_count = variants,
                                 .variants = ARENA_ARRAY(l->mem, variants, struct triage_features) };
    return note;
}

/* Notes, each file of one writer; a fold is a file. */
static const char *const learn_files[] = {
    "tuning.tsv",      "more-mixed.tsv", "more-mixed-2.tsv", "more-mixed-3.tsv",
    "more-danger.tsv", "more-calm.tsv",  "more-mixed-4.tsv", "more-mixed-5.tsv"
};
#define LEARN_FOLDS ((int)COUNT_OF(learn_files))

static int learn_fold_of(const char *file)
{
    int fold = 0;

    while (strcmp(learn_files[fold], file) != 0)
        fold++;
    return fold;
}

static void learn_add_note(struct learn *l, const char *const field[LEARN_FIELDS], const char *file)
{
    struct learn_note *note = learn_note_new(l, field, LEARN_WAYS);

    note->file = file;
    note->fold_of = learn_fold_of(file);
}

/* ---- patterns ---- */

static const char *learn_wrong(const char *pattern)
{
    fprintf(stderr, "not a pattern: %s\n", pattern);
    exit(1);
}

static const char *learn_set_named(const struct learn *l, const char *name, size_t n)
{
    for (size_t i = 0; i < l->set_count; i++)
        if (strlen(l->sets[i].name) == n && !strncmp(l->sets[i].name, name, n))
            return l->sets[i].text;
    return learn_wrong(name);
}

/* From after a "(" to its ")"; *ret_choices tells how many there are. */
static const char *learn_close(const char *s, const char *end, size_t *ret_choices)
{
    int depth = 1;

    *ret_choices = 1;
    for (; s < end; s++) {
        depth += (*s == '(') - (*s == ')');
        if (!depth)
            return s;
        *ret_choices += depth == 1 && *s == '|';
    }
    return learn_wrong(s);
}

static void learn_expand(struct learn *l, const char *s, const char *end, struct strbuf *out);

/* One of the choices of "a|b|c". */
static void learn_choose(struct learn *l, const char *s, const char *end, size_t choices, struct strbuf *out)
{
    size_t which = learn_random(l) % choices;
    const char *from = s;
    int depth = 0;

    for (; s < end; s++) {
        depth += (*s == '(') - (*s == ')');
        if (*s != '|' || depth)
            continue;
        if (!which--)
            break;
        from = s + 1;
    }
    learn_expand(l, from, s, out);
}

static void learn_expand(struct learn *l, const char *s, const char *end, struct strbuf *out)
{
    for (; s < end; s++) {
        size_t choices;

        if (*s == '(') {
            const char *const close = learn_close(s + 1, end, &choices);

            learn_choose(l, s + 1, close, choices, out);
            s = close;
        } else if (*s == '{') {
            const size_t n = strcspn(s, "}");
            const char *const set = learn_set_named(l, s + 1, n - 1), *const stop = set + strlen(set);

            learn_close(set, stop + 1, &choices); /* NUL is no ")": see learn_read_set */
            learn_choose(l, set, stop - 1, choices, out);
            s += n;
        } else {
            strbuf_char(out, *s);
        }
    }
}

static bool learn_is_pattern(const struct learn_note *note)
{
    return note->variant_count == LEARN_VARIANTS;
}

static void learn_draw(struct learn *l, const struct learn_note *note, struct strbuf *out)
{
    if (learn_is_pattern(note))
        learn_expand(l, note->text, note->text + strlen(note->text), out);
    else
        strbuf_str(out, note->text);
}

/* A sentence about the day of somebody else, of a pattern: never of a note that a fold leaves out. */
static void learn_draw_ordinary(struct learn *l, struct strbuf *out)
{
    const struct learn_note *note;

    do
        note = &l->notes[learn_random(l) % l->count];
    while (!learn_is_pattern(note) || strcmp(note->label, "ordinary") != 0);
    learn_draw(l, note, out);
    strbuf_str(out, ". ");
}

/* What it stands for: as it is, with slips of the finger, and amid other matters as in a letter. */
static void learn_vary(struct learn *l, struct learn_note *note)
{
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(LEARN_TEXT_MAX);

    for (size_t i = 0; i < note->variant_count; i++) {
        char *text;

        strbuf_clear(&out);
        if (i % 8 == 3)
            learn_draw_ordinary(l, &out);
        learn_draw(l, note, &out);
        if (i % 8 == 3) {
            strbuf_str(&out, ". ");
            learn_draw_ordinary(l, &out);
        }
        text = arena_strdup(l->mem, strbuf_peek(&out));
        if (i % 4 == 1 || i % 4 == 2)
            learn_slip(l, text);
        note->variants[i] = learn_features(l, text);
    }
}

/* "= lang name a|b"; a set is kept with the ")" that ends it. A later one of the same name takes its place. */
static void learn_read_set(struct learn *l, const char *const field[LEARN_FIELDS])
{
    size_t i = 0;

    while (i < l->set_count && strcmp(l->sets[i].name, field[2]) != 0)
        i++;
    if (i == LEARN_SETS_MAX)
        learn_wrong(field[2]);
    l->set_count = i == l->set_count ? i + 1 : l->set_count;
    l->sets[i] = (struct learn_set){ field[2], arena_printf(l->mem, "%s)", field[3]) };
}

static void learn_read(struct learn *l, const char *name)
{
    const char *const path = arena_printf(l->mem, LEARN_FOLDER "%s", name), *p, *line, *field[LEARN_FIELDS];
    const bool has_patterns = strstr(name, "pattern") != NULL;
    struct err err;
    char *bytes;
    size_t n;

    if (io_read_file(path, 1 << 23, l->mem, &bytes, &n, &err)) {
        fprintf(stderr, "%s\n", err.msg);
        exit(1);
    }
    for (p = bytes; text_next_line(&p, &line, &n);) {
        if (!learn_cut(arena_strndup(l->mem, line, n), field))
            continue;
        if (has_patterns && field[0][0] == '=')
            learn_read_set(l, field);
        else if (has_patterns)
            learn_note_new(l, field, LEARN_VARIANTS);
        else
            learn_add_note(l, field, name);
    }
}

/* All that may be learned from. Never the hold-out. */
static void learn_open(struct learn *l)
{
    *l = (struct learn){ .mem = arena_new("learn"), .random = 42 };
    l->notes = ARENA_ARRAY(l->mem, LEARN_NOTES_MAX, struct learn_note);
    for (int i = 0; i < LEARN_FOLDS; i++)
        learn_read(l, learn_files[i]);
    learn_read(l, "patterns.tsv");
    for (size_t i = 0; i < l->count; i++)
        learn_vary(l, &l->notes[i]);
}

static void learn_close_all(struct learn *l)
{
    arena_free(&l->mem);
}

/* ---- weights ---- */

struct learn_weights {
    double w[TRIAGE_BUCKETS], g[TRIAGE_BUCKETS]; /* g: sums of squared gradients */
    double sum[TRIAGE_BUCKETS], bias_sum;        /* of the epochs after the first LEARN_WARM */
    double bias, bias_g;
};

/* e^x within 1e-9 of it, by a series: of libm every machine has its own. */
static double learn_exp(double x)
{
    double sum = 1, term = 1;

    x = x > 40 ? 40 : x < -40 ? -40 : x;
    x /= 1024;
    for (int i = 1; i < 8; i++) {
        term = term * x / i;
        sum += term;
    }
    for (int i = 0; i < 10; i++)
        sum *= sum;
    return sum;
}

static double learn_weigh(const struct learn_weights *w, const struct triage_features *f,
                          const struct triage_window *window)
{
    double sum = 0;

    for (size_t i = 0; i < window->count; i++)
        sum += w->w[f->buckets[window->first + i]];
    return w->bias + sum * (double)triage_model_share(window->count) / 65536;
}

static void learn_step(struct learn_weights *w, const struct triage_features *f, const struct learn_note *note)
{
    struct triage_window window = { 0 }, worst = { 0 };
    double most = -1e9, by, share;

    while (triage_window_next(f, &window)) {
        const double sum = learn_weigh(w, f, &window);

        if (sum > most) {
            most = sum;
            worst = window;
        }
    }
    if (!worst.count)
        return;
    by = note->weight * (1 / (1 + learn_exp(-most)) - (note->is_danger ? 1 : 0));
    share = by * (double)triage_model_share(worst.count) / 65536;
    for (size_t i = 0; i < worst.count; i++) {
        const uint32_t b = f->buckets[worst.first + i];
        const double step = share + LEARN_DECAY * w->w[b];

        w->g[b] += step * step;
        w->w[b] -= LEARN_RATE * step / sqrt(w->g[b]);
    }
    w->bias_g += by * by;
    w->bias -= LEARN_RATE * by / sqrt(w->bias_g);
}

/* A note of a pattern counts as LEARN_PER_EPOCH notes, others as one. */
static size_t learn_list(const struct learn *l, int fold, uint32_t *list)
{
    size_t n = 0;

    for (size_t i = 0; i < l->count; i++) {
        const struct learn_note *note = &l->notes[i];

        if (fold >= 0 && note->fold_of == fold)
            continue;
        for (int k = 0; k < (learn_is_pattern(note) ? LEARN_PER_EPOCH : 1); k++)
            list[n++] = (uint32_t)i;
    }
    return n;
}

static void learn_add_up(struct learn_weights *w)
{
    for (size_t i = 0; i < TRIAGE_BUCKETS; i++)
        w->sum[i] += w->w[i];
    w->bias_sum += w->bias;
}

/* The mean of the last epochs: one alone knows too well what it read last. */
static void learn_mean(struct learn_weights *w)
{
    for (size_t i = 0; i < TRIAGE_BUCKETS; i++)
        w->w[i] = w->sum[i] / (LEARN_EPOCHS - LEARN_WARM);
    w->bias = w->bias_sum / (LEARN_EPOCHS - LEARN_WARM);
}

/* Of fold (-1 none) nothing is learned. The result is owned by the caller's arena. */
static struct learn_weights *learn_train(struct learn *l, int fold, struct arena *mem)
{
    struct learn_weights *w = ARENA_NEW(mem, struct learn_weights);
    uint32_t *list = ARENA_ARRAY(mem, l->count * LEARN_PER_EPOCH, uint32_t);
    const size_t n = learn_list(l, fold, list);

    for (size_t i = 0; i < TRIAGE_BUCKETS; i++)
        w->g[i] = 1e-6;
    w->bias_g = 1e-6;
    l->random = 42;
    for (int epoch = 0; epoch < LEARN_EPOCHS; epoch++) {
        for (size_t i = n - 1; i > 0; i--) {
            const size_t k = learn_random(l) % (i + 1);
            const uint32_t one = list[i];

            list[i] = list[k];
            list[k] = one;
        }
        for (size_t i = 0; i < n; i++) {
            const struct learn_note *note = &l->notes[list[i]];

            learn_step(w, &note->variants[learn_random(l) % note->variant_count], note);
        }
        if (epoch >= LEARN_WARM)
            learn_add_up(w);
    }
    learn_mean(w);
    return w;
}

/* The file. */
static char *learn_print(const struct learn_weights *w, struct arena *mem)
{
    signed char *levels = ARENA_ARRAY(mem, TRIAGE_BUCKETS, signed char);
    struct triage_model_head head;
    double most = 0;

    for (size_t i = 0; i < TRIAGE_BUCKETS; i++)
        most = fabs(w->w[i]) > most ? fabs(w->w[i]) : most;
    head.unit = (int64_t)(most / TRIAGE_MODEL_LEVELS * 1e6) + 1;
    head.bias = (int64_t)floor(w->bias * 1000 + 0.5);
    for (size_t i = 0; i < TRIAGE_BUCKETS; i++)
        levels[i] = (signed char)floor(w->w[i] * 1e6 / (double)head.unit + 0.5);
    return triage_model_print(&head, levels, mem);
}

#endif
