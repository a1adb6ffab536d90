#include "gateway/triage/wording.h"

#include "base/hash.h"
#include "base/text.h"
#include "inbound/words.h"

#include <ctype.h>

/* One word of ours. A stretch of them goes on until is_last. */
struct spot {
    uint64_t hash;
    size_t part;             /* the template */
    bool is_start;           /* a sentence begins, or what follows a slot */
    bool is_end;             /* a sentence ends, or what a slot follows */
    bool is_begun, is_ended; /* with the sentence and not at a slot: the same must be seen in the text */
    bool is_last;
};

struct wording {
    struct arena *mem;
    struct spot *spots;
    size_t count, room;
    size_t *slots; /* of the table: a start's place in spots, plus one; 0 free */
    size_t mask;
    size_t part; /* that is read, and in the end how many there are */
};

static uint64_t add_hash(uint64_t row, uint64_t word)
{
    row = (row ^ word) * 0x9E3779B97F4A7C15u;
    return row ^ row >> 29;
}

/* ---- what is ours ---- */

/* A stop, a blank line, or a line behind which a heading, an item or a cell begins. */
static bool ends_sentence(const struct words_list *list, size_t i)
{
    const struct words_token *t = &list->v[i], *next = i + 1 < list->count ? t + 1 : NULL;

    if (t->kind == WORDS_BREAK)
        return !next || next->kind == WORDS_BREAK || isdigit((unsigned char)*next->plain) ||
               words_is_mark(next, "# - * > |");
    return words_is_mark(t, ". ! ? …") && !(t->is_glued && next && next->is_glued && next->kind == WORDS_WORD);
}

static bool is_first_person(const char *word)
{
    return text_starts(word, "i'") ||
           words_among(
               word,
               "i me my mine myself yo mi mis mio mia conmigo quiero puedo estoy soy voy tengo siento creo pienso "
               "necesito deseo");
}

struct unit {
    size_t from, to;         /* tokens */
    bool has_begin, has_end; /* of a sentence: a slot stands there otherwise */
};

static void add_spot(struct wording *w, const struct spot *spot)
{
    if (w->count == w->room) {
        struct spot *wide = ARENA_ARRAY(w->mem, w->room * 2 + 4096, struct spot);

        if (w->count)
            memcpy(wide, w->spots, w->count * sizeof *wide);
        w->spots = wide;
        w->room = w->room * 2 + 4096;
    }
    w->spots[w->count++] = *spot;
}

static void add_unit(struct wording *w, const struct words_list *list, const struct unit *unit)
{
    const size_t first = w->count;

    for (size_t i = unit->from; i < unit->to; i++)
        if (list->v[i].kind == WORDS_WORD)
            add_spot(w, &(struct spot){ .hash = hash_str(HASH_START, list->v[i].plain), .part = w->part });
    if (w->count == first)
        return;
    w->spots[first].is_start = true;
    w->spots[first].is_begun = unit->has_begin;
    w->spots[w->count - 1].is_end = true;
    w->spots[w->count - 1].is_ended = unit->has_end;
}

/* The stretch that began at from ends; a short one is none. */
static void end_stretch(struct wording *w, size_t from)
{
    if (w->count - from < WORDING_SHORT_WORDS)
        w->count = from;
    else
        w->spots[w->count - 1].is_last = true;
}

static bool speaks_for_itself(const struct words_list *list, const struct unit *unit)
{
    for (size_t i = unit->from; i < unit->to; i++)
        if (list->v[i].kind == WORDS_WORD && is_first_person(list->v[i].plain))
            return true;
    return false;
}

static void add_stretch(struct wording *w, const char *text, struct arena *scratch)
{
    const struct words_list list = words_split(text, 0, scratch);
    struct unit unit = { 0 };
    size_t first = w->count;

    for (size_t i = 0; i <= list.count; i++) {
        const bool is_stop = i < list.count && ends_sentence(&list, i);

        if (!is_stop && i < list.count)
            continue;
        unit.to = i;
        unit.has_end = is_stop;
        if (speaks_for_itself(&list, &unit)) {
            end_stretch(w, first);
            first = w->count;
        } else {
            add_unit(w, &list, &unit);
        }
        unit = (struct unit){ .from = i + 1, .has_begin = true };
    }
    end_stretch(w, first);
}

struct reader {
    struct wording *wording;
    struct arena *scratch; /* of one text: tokens are many times what is kept of them */
    bool is_in_link;       /* a slot stands in a link's address */
};

/* Where a link goes is shown by no program as it stands in the source. */
static void read_text(void *ctx, const char *text, size_t n)
{
    struct reader *r = ctx;
    char *rest, *next;

    if (!text) {
        r->is_in_link = false;
        r->wording->part++;
        return;
    }
    arena_clear(r->scratch);
    for (rest = arena_strndup(r->scratch, text, n); rest; rest = next) {
        next = strstr(rest, r->is_in_link ? ")" : "](");
        if (next)
            *next = '\0';
        if (!r->is_in_link)
            add_stretch(r->wording, rest, r->scratch);
        if (next) {
            next += r->is_in_link ? 1 : 2;
            r->is_in_link = !r->is_in_link;
        }
    }
}

/* ---- the table ---- */

static uint64_t row_hash(const struct spot *spots)
{
    uint64_t h = 0;

    for (size_t i = 0; i < WORDING_SHORT_WORDS; i++)
        h = add_hash(h, spots[i].hash);
    return h;
}

static bool has_room(const struct wording *w, size_t at)
{
    for (size_t i = at; i < at + WORDING_SHORT_WORDS - 1; i++)
        if (i >= w->count || w->spots[i].is_last)
            return false;
    return true;
}

static void index_starts(struct wording *w)
{
    size_t room = 16;

    while (room < 2 * w->count)
        room *= 2;
    w->mask = room - 1;
    w->slots = ARENA_ARRAY(w->mem, room, size_t);
    for (size_t at = 0; at < w->count; at++) {
        size_t i;

        if (!w->spots[at].is_start || !has_room(w, at))
            continue;
        for (i = row_hash(&w->spots[at]) & w->mask; w->slots[i];)
            i = (i + 1) & w->mask;
        w->slots[i] = at + 1;
    }
}

const struct wording *wording_read(const struct template_set *set, struct arena *mem)
{
    CLEANUP(arena_free) struct arena *scratch = arena_new("wording");
    struct wording *w = ARENA_NEW(mem, struct wording);
    struct reader reader = { .wording = w, .scratch = scratch };

    w->mem = mem;
    template_each_text(set, read_text, &reader);
    index_starts(w);
    return w;
}

/* ---- a text ---- */

struct run {
    size_t from, count; /* words of the text */
    size_t *spots;      /* where it stands in ours, each time */
    size_t spot_count;
};

struct reading {
    const struct wording *wording;
    const char *text;
    struct arena *mem;
    struct words_list list;
    uint64_t *hash;
    size_t *token;
    size_t word_count;
    struct run *runs;
    size_t run_count;
};

static struct reading read_words(const struct wording *wording, const char *text, struct arena *mem)
{
    struct reading r = { .wording = wording, .text = text, .mem = mem, .list = words_split(text, 0, mem) };

    r.hash = ARENA_ARRAY(mem, r.list.count + 1, uint64_t);
    r.token = ARENA_ARRAY(mem, r.list.count + 1, size_t);
    r.runs = ARENA_ARRAY(mem, r.list.count / WORDING_SHORT_WORDS + 1, struct run);
    for (size_t i = 0; i < r.list.count; i++)
        if (r.list.v[i].kind == WORDS_WORD) {
            r.hash[r.word_count] = hash_str(HASH_START, r.list.v[i].plain);
            r.token[r.word_count++] = i;
        }
    return r;
}

/* No word, no comma and no hyphen within a word: nothing that belongs to a sentence beside it. */
static bool is_edge(const struct reading *r, size_t token)
{
    const struct words_token *t = &r->list.v[token];

    if (token >= r->list.count)
        return true;
    if (words_is_mark(t, "' -"))
        return !token || !t->is_glued || t[-1].kind != WORDS_WORD;
    return t->kind != WORDS_WORD && !words_is_mark(t, ",");
}

/* Whether n words from the k-th on stand in the text as ours do. A short run begins a sentence, and the shortest is one. */
static bool stands_as(const struct reading *r, const struct spot *spots, size_t k, size_t n)
{
    const bool has_end = is_edge(r, r->token[k + n - 1] + 1), has_begin = !r->token[k] || is_edge(r, r->token[k] - 1);

    if (n < WORDING_MIN_WORDS)
        return has_begin && (has_end || (n > WORDING_SHORT_WORDS && !spots[n - 1].is_ended));
    return (has_begin || !spots->is_begun) && (has_end || !spots[n - 1].is_ended);
}

/* How many words from the k-th on are those from this spot on. */
static size_t match_at(const struct reading *r, size_t at, size_t k)
{
    const struct spot *spots = r->wording->spots + at;
    size_t best = 0;

    for (size_t n = 1; k + n <= r->word_count && spots[n - 1].hash == r->hash[k + n - 1]; n++) {
        if (spots[n - 1].is_end && n >= WORDING_SHORT_WORDS && stands_as(r, spots, k, n))
            best = n;
        if (spots[n - 1].is_last)
            break;
    }
    return best;
}

/* The longest run from the k-th word on; count 0: none. */
static struct run run_from(const struct reading *r, size_t k)
{
    const struct wording *w = r->wording;
    struct run run = { .from = k };
    size_t found = 0, first;
    uint64_t h = 0;

    if (k + WORDING_SHORT_WORDS > r->word_count)
        return run;
    for (size_t i = 0; i < WORDING_SHORT_WORDS; i++)
        h = add_hash(h, r->hash[k + i]);
    first = h & w->mask;
    for (size_t i = first; w->slots[i]; i = (i + 1) & w->mask) {
        const size_t n = match_at(r, w->slots[i] - 1, k);

        run.count = n > run.count ? n : run.count;
        found += n > 0;
    }
    if (!found)
        return run;
    run.spots = ARENA_ARRAY(r->mem, found, size_t);
    for (size_t i = first; w->slots[i]; i = (i + 1) & w->mask)
        if (match_at(r, w->slots[i] - 1, k) == run.count)
            run.spots[run.spot_count++] = w->slots[i] - 1;
    return run;
}

static void find_runs(struct reading *r)
{
    for (size_t k = 0; k < r->word_count;) {
        const struct run run = run_from(r, k);

        if (run.count)
            r->runs[r->run_count++] = run;
        k += run.count ? run.count : 1;
    }
}

/* The words of each part that stand in the text. What is said twice counts once, in the text as in the part. */
static const size_t *count_parts(const struct reading *r)
{
    const struct wording *w = r->wording;
    size_t *words = ARENA_ARRAY(r->mem, w->part + 1, size_t), *last = ARENA_ARRAY(r->mem, w->part + 1, size_t);
    bool *is_seen = ARENA_ARRAY(r->mem, w->count + 1, bool);

    for (size_t i = 0; i < r->run_count; i++) {
        const struct run *run = &r->runs[i];

        for (size_t k = 0; k < run->spot_count; k++) {
            const size_t spot = run->spots[k], part = w->spots[spot].part;

            if (run->count >= WORDING_MIN_WORDS && !is_seen[spot] && last[part] != i + 1)
                words[part] += run->count;
            is_seen[spot] = true;
            last[part] = i + 1;
        }
    }
    return words;
}

static bool is_sure(const struct reading *r, const struct run *run, const size_t *words)
{
    for (size_t k = 0; k < run->spot_count; k++)
        if (words[r->wording->spots[run->spots[k]].part] >= WORDING_SURE_WORDS)
            return true;
    return false;
}

/* What stands before the word to, from the word from on. */
static void keep(const struct reading *r, size_t from, size_t to, struct wording_rest *rest)
{
    const struct words_token *before = from ? &r->list.v[r->token[from - 1]] : NULL;
    const size_t at = before ? before->at + before->len : 0;
    const size_t end = to < r->word_count ? r->list.v[r->token[to]].at : strlen(r->text);

    if (to > from)
        rest->spans[rest->count++] = (struct wording_span){ at, end - at, to - from < WORDING_SHORT_WORDS };
}

static struct wording_rest all_of(const char *text, struct arena *mem)
{
    struct wording_rest rest = { .spans = ARENA_NEW(mem, struct wording_span), .count = 1 };

    rest.spans[0].len = strlen(text);
    return rest;
}

struct wording_rest wording_rest_of(const struct wording *wording, const char *text, struct arena *mem)
{
    struct wording_rest rest = { .count = 0 };
    const size_t *words;
    struct reading r;
    size_t from = 0;

    if (!wording)
        return all_of(text, mem);
    r = read_words(wording, text, mem);
    find_runs(&r);
    if (!r.run_count)
        return all_of(text, mem);
    rest.spans = ARENA_ARRAY(mem, r.run_count + 1, struct wording_span);
    words = count_parts(&r);
    for (size_t i = 0; i < r.run_count; i++)
        if (is_sure(&r, &r.runs[i], words)) {
            keep(&r, from, r.runs[i].from, &rest);
            from = r.runs[i].from + r.runs[i].count;
        }
    if (!from)
        return all_of(text, mem);
    keep(&r, from, r.word_count, &rest);
    return rest;
}
