#include "inbound/twin.h"

#include "base/hash.h"
#include "base/text.h"
#include "inbound/plan.h"

#include <ctype.h>

#define SURE_SHARE 80 /* percent of a line's words that must stand in one part of the HTML */

struct word {
    uint64_t hash;
    size_t line;
};

struct words {
    struct word *v;
    size_t count;
};

/* Letters and digits of ASCII, and every byte of other scripts. */
static bool is_word_byte(unsigned char c)
{
    return isalnum(c) || c >= 0x80;
}

static void add_words(struct words *words, size_t max, const char *text, size_t line)
{
    while (*text && words->count < max) {
        uint64_t h = HASH_START;

        while (*text && !is_word_byte((unsigned char)*text))
            text++;
        if (!*text)
            return;
        for (; is_word_byte((unsigned char)*text); text++)
            h = hash_step(h, (unsigned char)tolower((unsigned char)*text));
        words->v[words->count++] = (struct word){ .hash = h, .line = line };
    }
}

static struct words read_words(const struct body *body)
{
    struct words words = { 0 };
    size_t max = 0;

    for (size_t i = 0; i < body->count && max < TWIN_MAX_WORDS; i++)
        max += strlen(body->lines[i].text) / 2 + 1; /* a word takes a byte and what parts it from the next */
    max = max < TWIN_MAX_WORDS ? max : TWIN_MAX_WORDS;
    words.v = ARENA_ARRAY(body->mem, max, struct word);
    for (size_t i = 0; i < body->count; i++)
        add_words(&words, max, body->lines[i].text, i);
    return words;
}

/* How many words each may skip until two in a row are the same in both; false when there is no such place near. */
static bool resync(const struct words *a, size_t i, const struct words *b, size_t k, size_t *ret_a, size_t *ret_b)
{
    for (size_t sum = 1; sum <= TWIN_WINDOW; sum++)
        for (size_t da = 0; da <= sum; da++) {
            const size_t x = i + da, y = k + sum - da;
            const bool is_end = x + 1 >= a->count || y + 1 >= b->count;

            if (x < a->count && y < b->count && a->v[x].hash == b->v[y].hash &&
                (is_end || a->v[x + 1].hash == b->v[y + 1].hash)) {
                *ret_a = da;
                *ret_b = sum - da;
                return true;
            }
        }
    return false;
}

/* For each plain line: its words, and how many stand in HTML of each fate. */
struct tally {
    size_t words, in[FATE_COUNT];
    size_t line; /* the last HTML line that holds one of them */
};

static void lay_beside(const struct words *a, const struct words *b, const struct plan *html, struct tally *tally)
{
    size_t i = 0, k = 0, da, db;

    while (i < a->count && k < b->count) {
        if (a->v[i].hash == b->v[k].hash) {
            struct tally *t = &tally[a->v[i++].line];

            t->line = b->v[k++].line;
            t->in[html->fate[t->line]]++;
        } else if (resync(a, i, b, k, &da, &db)) {
            i += da;
            k += db;
        } else {
            i++;
            k++;
        }
    }
    for (i = 0; i < a->count; i++)
        tally[a->v[i].line].words++;
}

/* The fate that nearly all words of a line share; FATE_COUNT when there is none. */
static enum fate fate_of(const struct tally *t)
{
    for (int f = 0; f < FATE_COUNT; f++)
        if (t->words && t->in[f] * 100 >= t->words * SURE_SHARE)
            return (enum fate)f;
    return FATE_COUNT;
}

static void mark_line(struct body *plain, size_t i, const struct plan *html, const struct tally *t)
{
    struct body_line *line = &plain->lines[i];
    const enum fate fate = fate_of(t);
    const struct body_line *twin = &html->body->lines[t->line];

    switch (fate) {
    case FATE_KEEP:
        /* HTML of programs that think in plain text holds the marks themselves: then it knows no better. */
        if (line->depth && html->has_structure && *twin->text != '>')
            body_unquote(plain, i);
        break;
    case FATE_QUOTE:
        line->hint = twin->hint == BODY_QUOTE ? BODY_QUOTE : line->hint;
        line->depth += !line->depth;
        break;
    case FATE_ATTRIBUTION:
        line->hint = line->depth ? line->hint : BODY_ATTRIBUTION;
        break;
    case FATE_SIGNATURE:
        line->hint = line->depth ? line->hint : BODY_SIGNATURE;
        break;
    case FATE_OLDER:
        line->hint = twin->hint == BODY_OLDER ? BODY_OLDER : line->hint;
        break;
    case FATE_GUESS:
    case FATE_COUNT:
        break;
    }
}

static bool is_quoted(const struct body_line *line)
{
    return line->depth || line->hint == BODY_OLDER || line->hint == BODY_QUOTE;
}

/* A line of which HTML says too little: it has no words, or what is found of them stands rather in the quoted part (a link that HTML shows
 * without its address). */
static bool is_like_its_neighbours(const struct body_line *line, const struct tally *t)
{
    const size_t quoted = t->in[FATE_QUOTE] + t->in[FATE_OLDER];

    return !is_quoted(line) && fate_of(t) == FATE_COUNT && (!t->words || quoted > t->in[FATE_KEEP]);
}

/* Between two quoted lines such lines are quoted too. */
static void fill_gaps(struct body *plain, const struct tally *tally)
{
    for (size_t i = 1, end; i < plain->count; i = end) {
        const struct body_line *before = &plain->lines[i - 1];

        end = i + 1;
        if (!is_quoted(before) || !is_like_its_neighbours(&plain->lines[i], &tally[i]))
            continue;
        while (end < plain->count && is_like_its_neighbours(&plain->lines[end], &tally[end]))
            end++;
        if (end == plain->count || !is_quoted(&plain->lines[end]))
            continue;
        for (size_t k = i; k < end; k++) {
            plain->lines[k].hint = before->hint;
            plain->lines[k].depth = before->depth;
        }
    }
}

void twin_mark(struct body *plain, struct body *html)
{
    struct words a, b;
    struct tally *tally;
    struct plan plan;

    if (!plain->count || !html->count)
        return;
    a = read_words(plain);
    b = read_words(html);
    if (!a.count || !b.count || a.count == TWIN_MAX_WORDS || b.count == TWIN_MAX_WORDS)
        return;
    plan = plan_read(html);
    tally = ARENA_ARRAY(plain->mem, plain->count, struct tally);
    lay_beside(&a, &b, &plan, tally);
    for (size_t i = 0; i < plain->count; i++) {
        if (tally[i].words)
            mark_line(plain, i, &plan, &tally[i]);
        /* older mail in HTML goes on to the end */
        if (i && plain->lines[i - 1].hint == BODY_OLDER && fate_of(&tally[i]) == FATE_COUNT)
            plain->lines[i].hint = BODY_OLDER;
    }
    fill_gaps(plain, tally);
}
