#include "gateway/note/similar.h"

#include "base/text.h"

#define SIGN_OFF_LINES 3
#define SIGN_OFF_WORDS 4
#define TYPO_MIN_LETTERS 4

struct words {
    const char **v;
    size_t n;
};

/* Runs of letters and digits, folded. */
static struct words split(const char *text, struct arena *mem)
{
    const char *p = text_fold_plain(mem, text);
    const size_t len = strlen(p);
    struct words w = { ARENA_ARRAY(mem, len / 2 + 1, const char *), 0 };
    char *copy = arena_alloc(mem, len + len / 2 + 2), *to = copy;
    bool is_inside = false;

    while (*p) {
        const char *start = p;
        const int32_t cp = text_next(&p);
        const bool is_word = text_is_letter(cp) || text_is_digit(cp);

        if (is_word && !is_inside)
            w.v[w.n++] = to;
        if (is_word) {
            memcpy(to, start, (size_t)(p - start));
            to += p - start;
        } else if (is_inside) {
            *to++ = '\0';
        }
        is_inside = is_word;
    }
    *to = '\0';
    return w;
}

static size_t total_length(const struct words *w)
{
    size_t n = 0;

    for (size_t i = 0; i < w->n; i++)
        n += strlen(w->v[i]);
    return n;
}

/* Where words begin and end does not matter: "can not" is "cannot". */
static bool is_same(const struct words *a, const struct words *b, struct arena *mem)
{
    const size_t n = total_length(a);
    char *joined[2];
    const struct words *of[2] = { a, b };

    if (n != total_length(b))
        return false;
    for (size_t k = 0; k < 2; k++) {
        char *to = joined[k] = arena_alloc(mem, n + 1);

        for (size_t i = 0; i < of[k]->n; i++)
            to = stpcpy(to, of[k]->v[i]);
        *to = '\0';
    }
    return strcmp(joined[0], joined[1]) == 0;
}

/* One letter wrong, too many, missing, or two swapped. */
static bool is_slip(const char *a, const char *b)
{
    const size_t na = strlen(a), nb = strlen(b);
    size_t head = 0, tail = 0, ra, rb;

    if (na < TYPO_MIN_LETTERS || nb < TYPO_MIN_LETTERS)
        return false;
    while (a[head] && a[head] == b[head])
        head++;
    while (tail < na - head && tail < nb - head && a[na - 1 - tail] == b[nb - 1 - tail])
        tail++;
    ra = na - head - tail;
    rb = nb - head - tail;
    if (ra <= 1 && rb <= 1)
        return true;
    return ra == 2 && rb == 2 && a[head] == b[head + 1] && a[head + 1] == b[head];
}

static bool is_equal_word(const char *a, const char *b)
{
    return strcmp(a, b) == 0 || is_slip(a, b);
}

/* The longest common run of words in order, row by row. */
static size_t common_between(const char *const *a, size_t na, const char *const *b, size_t nb, struct arena *mem)
{
    size_t *above = ARENA_ARRAY(mem, nb + 1, size_t), *row = ARENA_ARRAY(mem, nb + 1, size_t), *swap;

    for (size_t k = 0; k <= nb; k++)
        above[k] = row[k] = 0;
    for (size_t i = 0; i < na; i++) {
        for (size_t k = 0; k < nb; k++) {
            const size_t best = above[k + 1] > row[k] ? above[k + 1] : row[k];
            const size_t with = is_equal_word(a[i], b[k]) ? above[k] + 1 : 0;

            row[k + 1] = with > best ? with : best;
        }
        swap = above;
        above = row;
        row = swap;
    }
    return above[nb];
}

static bool is_near(const struct words *a, const struct words *b, struct arena *mem)
{
    const size_t most = a->n < b->n ? a->n : b->n;
    size_t head = 0, tail = 0, middle;

    if (most < SIMILAR_MIN_WORDS || 2 * most * 10 < 9 * (a->n + b->n))
        return false;
    while (head < most && is_equal_word(a->v[head], b->v[head]))
        head++;
    while (tail < most - head && is_equal_word(a->v[a->n - 1 - tail], b->v[b->n - 1 - tail]))
        tail++;
    if (a->n - head - tail > SIMILAR_MAX_WORDS || b->n - head - tail > SIMILAR_MAX_WORDS)
        return false;
    middle = common_between(a->v + head, a->n - head - tail, b->v + head, b->n - head - tail, mem);
    return 2 * (head + middle + tail) * 10 >= 9 * (a->n + b->n);
}

/* Less its last short lines, when anything stands before them. */
static const char *without_sign_off(const char *text, struct arena *mem)
{
    char *copy = arena_strdup(mem, text);

    for (int line = 0; line < SIGN_OFF_LINES; line++) {
        size_t n = strlen(copy);
        char *last;

        while (n && strchr(" \t\r\n", copy[n - 1]))
            copy[--n] = '\0';
        last = strrchr(copy, '\n');
        if (!last || split(last, mem).n > SIGN_OFF_WORDS)
            return copy;
        *last = '\0';
    }
    return copy;
}

enum similar similar_texts(const char *a, const char *b, struct arena *mem)
{
    struct words wa = split(a, mem), wb = split(b, mem);

    if (is_same(&wa, &wb, mem))
        return SIMILAR_SAME;
    if (is_near(&wa, &wb, mem))
        return SIMILAR_NEAR;
    wa = split(without_sign_off(a, mem), mem);
    wb = split(without_sign_off(b, mem), mem);
    return is_near(&wa, &wb, mem) ? SIMILAR_NEAR : SIMILAR_NO;
}

bool similar_is_short(const char *text, struct arena *mem)
{
    return split(text, mem).n < SIMILAR_MIN_WORDS;
}
