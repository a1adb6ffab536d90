#include "gateway/triage/triage_words.h"

#include "base/hash.h"
#include "base/text.h"
#include "gateway/triage/triage_spell.h"
#include "inbound/words.h"

#include <ctype.h>

#define RUN_MIN_LETTERS 4 /* "a b c" is a list, "k i l l" is a word */
#define RUN_MAX_LETTERS 64
#define GLUED_MIN_LETTERS 8 /* "killmyself" */

/* ---- the vocabulary: an open table ---- */

struct entry {
    const char *word; /* NULL: free */
    struct triage_codes codes;
    bool is_key;
};

struct table {
    struct entry *v;
    size_t count, room; /* room is a power of two, at most half full */
};

struct triage_words {
    struct arena *mem;
    struct table words; /* with the words of [same], whose codes are other words' */
    struct table stems; /* keyed by the stem without its star */
    const char **keys;
    size_t key_count, key_room;
    uint32_t next;
};

static size_t hash_of(const char *word)
{
    const uint64_t h = hash_str(HASH_START, word);

    return (size_t)(h ^ h >> 32);
}

static struct entry *slot_of(const struct table *t, const char *word)
{
    size_t i = hash_of(word) & (t->room - 1);

    while (t->v[i].word && strcmp(t->v[i].word, word) != 0)
        i = (i + 1) & (t->room - 1);
    return &t->v[i];
}

static void grow(struct table *t, struct arena *mem)
{
    struct table wide = { .room = t->room * 2, .count = t->count };

    wide.v = ARENA_ARRAY(mem, wide.room, struct entry);
    for (size_t i = 0; i < t->room; i++)
        if (t->v[i].word)
            *slot_of(&wide, t->v[i].word) = t->v[i];
    *t = wide;
}

/* The entry of a word; a new one has no codes. */
static struct entry *entry_of(struct table *t, const char *word, struct arena *mem)
{
    struct entry *e;

    if (t->count * 2 >= t->room)
        grow(t, mem);
    e = slot_of(t, word);
    if (!e->word) {
        e->word = arena_strdup(mem, word);
        t->count++;
    }
    return e;
}

static const struct entry *find(const struct table *t, const char *word)
{
    const struct entry *e = slot_of(t, word);

    return e->word ? e : NULL;
}

struct triage_words *triage_words_new(struct arena *mem)
{
    struct triage_words *w = ARENA_NEW(mem, struct triage_words);

    w->mem = mem;
    w->words = (struct table){ .room = 1024, .v = ARENA_ARRAY(mem, 1024, struct entry) };
    w->stems = (struct table){ .room = 256, .v = ARENA_ARRAY(mem, 256, struct entry) };
    w->next = TRIAGE_FIRST_WORD;
    return w;
}

size_t triage_words_count(const struct triage_words *words)
{
    return words->next - TRIAGE_FIRST_WORD;
}

static bool is_number(const char *word)
{
    return *word && strspn(word, "0123456789") == strlen(word);
}

static uint32_t number_code(const char *word)
{
    const unsigned long n = strlen(word) > 7 ? TRIAGE_NUMBER_MAX : strtoul(word, NULL, 10);

    return TRIAGE_NUMBER + (uint32_t)n;
}

static struct triage_codes one(uint32_t code)
{
    return (struct triage_codes){ .v = { code }, .n = 1 };
}

struct triage_codes triage_words_add(struct triage_words *w, const char *word, bool is_stem)
{
    struct entry *e;

    if (!is_stem && is_number(word))
        return one(number_code(word));
    if (!is_stem && strchr(word, '\'') && !find(&w->words, word))
        word = triage_spell_without(word, '\'', w->mem);
    e = entry_of(is_stem ? &w->stems : &w->words, word, w->mem);
    if (!e->codes.n)
        e->codes = one(w->next++);
    return e->codes;
}

bool triage_words_same(struct triage_words *w, const char *word, const char *same)
{
    const struct words_list list = words_split(same, 0, w->mem);
    struct triage_codes all = { .n = 0 };

    for (size_t i = 0; i < list.count; i++) {
        const struct triage_codes c = triage_words_add(w, list.v[i].plain, false);

        if (all.n + c.n > TRIAGE_WORDS_OF_ONE)
            return false;
        memcpy(all.v + all.n, c.v, c.n * sizeof *c.v);
        all.n += c.n;
    }
    entry_of(&w->words, word, w->mem)->codes = all;
    return all.n > 0;
}

void triage_words_key(struct triage_words *w, const char *word)
{
    triage_words_add(w, word, false);
    entry_of(&w->words, word, w->mem)->is_key = true;
    if (w->key_count == w->key_room) {
        const char **wide = ARENA_ARRAY(w->mem, w->key_room * 2 + 64, const char *);

        if (w->key_count)
            memcpy(wide, w->keys, w->key_count * sizeof *wide);
        w->keys = wide;
        w->key_room = w->key_room * 2 + 64;
    }
    w->keys[w->key_count++] = arena_strdup(w->mem, word);
}

void triage_words_guard(struct triage_words *w, const char *word)
{
    (void)entry_of(&w->words, word, w->mem); /* known, so that it is taken for no other */
}

/* ---- stems ---- */

static const struct entry *longest_stem(const struct triage_words *w, const char *word)
{
    char head[64];
    size_t n = strlen(word) < sizeof head - 1 ? strlen(word) : sizeof head - 1;

    memcpy(head, word, n);
    for (; n >= 3; n--) {
        const struct entry *e;

        head[n] = '\0';
        e = find(&w->stems, head);
        if (e)
            return e;
    }
    return NULL;
}

bool triage_words_is_stem(const struct triage_words *w, uint32_t code)
{
    for (size_t i = 0; i < w->stems.room; i++)
        if (w->stems.v[i].word && w->stems.v[i].codes.v[0] == code)
            return true;
    return false;
}

static void add_beginning(const struct table *t, const char *stem, uint32_t *v, size_t *n)
{
    const size_t len = strlen(stem);

    for (size_t i = 0; i < t->room; i++)
        if (t->v[i].codes.n == 1 && *t->v[i].word == *stem && !strncmp(t->v[i].word, stem, len))
            v[(*n)++] = t->v[i].codes.v[0];
}

const uint32_t *triage_words_of_stem(const struct triage_words *w, uint32_t stem, struct arena *mem, size_t *ret_n)
{
    uint32_t *v = ARENA_ARRAY(mem, w->words.count + w->stems.count + 1, uint32_t);
    const char *word = "";

    for (size_t i = 0; i < w->stems.room; i++)
        if (w->stems.v[i].word && w->stems.v[i].codes.v[0] == stem)
            word = w->stems.v[i].word;
    *ret_n = 0;
    add_beginning(&w->words, word, v, ret_n);
    add_beginning(&w->stems, word, v, ret_n);
    return v;
}

/* ---- one written word ---- */

/* As it stands, drawn out, or as a [same]. */
static const struct entry *known(const struct triage_words *w, const char *word, struct arena *mem)
{
    const struct entry *e = find(&w->words, word);
    const size_t n = strlen(word);

    if (!e && strchr(word, '\'')) {
        e = find(&w->words, triage_spell_without(word, '\'', mem));
        if (!e && n > 2 && !strcmp(word + n - 2, "'s"))
            e = find(&w->words, arena_strndup(mem, word, n - 2));
    }
    if (!e)
        e = find(&w->words, triage_spell_squeezed(word, 1, mem));
    if (!e)
        e = find(&w->words, triage_spell_squeezed(word, 2, mem));
    return e;
}

static const struct entry *disguised(const struct triage_words *w, const char *word, struct arena *mem)
{
    const struct entry *e = NULL;

    for (int variant = 0; !e && variant < TRIAGE_SPELL_VARIANTS; variant++) {
        const char *plain = triage_spell_undisguised(word, variant, mem);

        e = plain ? known(w, plain, mem) : NULL;
    }
    return e;
}

static const struct entry *misspelt(const struct triage_words *w, const char *word)
{
    for (size_t i = 0; i < w->key_count; i++)
        if (triage_spell_is_near(word, w->keys[i]))
            return find(&w->words, w->keys[i]);
    return NULL;
}

/* A word, whole or made of words with a key word among them: the fewest words that fill it. count 0: it cannot be. */
struct cut {
    size_t count, from;
    bool has_key;
};

static bool cut_up(const struct triage_words *w, const char *letters, bool needs_key, struct triage_codes *ret)
{
    struct cut best[RUN_MAX_LETTERS + 1] = { 0 };
    const size_t n = strlen(letters);
    size_t ends[RUN_MAX_LETTERS + 1], count;
    char piece[RUN_MAX_LETTERS + 1];

    for (size_t to = 1; n <= RUN_MAX_LETTERS && to <= n; to++)
        for (size_t from = 0; from < to; from++) {
            const struct entry *e;
            const bool is_alone = to - from == 1;

            if ((from && !best[from].count) || (is_alone && !strchr("ia", letters[from])))
                continue;
            memcpy(piece, letters + from, to - from);
            piece[to - from] = '\0';
            e = find(&w->words, piece);
            if (!e || !e->codes.n || (best[to].count && best[to].count <= best[from].count + 1))
                continue;
            best[to] = (struct cut){ best[from].count + 1, from, e->is_key || (from && best[from].has_key) };
        }
    if (n > RUN_MAX_LETTERS || !best[n].count || (needs_key && !best[n].has_key))
        return false;
    count = best[n].count;
    for (size_t at = n, i = count; i > 0; at = best[at].from)
        ends[--i] = at;
    ret->n = 0;
    for (size_t i = 0, from = 0; i < count; from = ends[i++]) {
        memcpy(piece, letters + from, ends[i] - from);
        piece[ends[i] - from] = '\0';
        const struct triage_codes c = find(&w->words, piece)->codes;

        if (ret->n + c.n > TRIAGE_WORDS_OF_ONE)
            return false;
        memcpy(ret->v + ret->n, c.v, c.n * sizeof *c.v);
        ret->n += c.n;
    }
    return true;
}

static struct triage_codes read_word(const struct triage_words *w, const char *word, struct arena *mem)
{
    const struct entry *e = known(w, word, mem);
    struct triage_codes c;

    if (!e && is_number(word))
        return one(number_code(word));
    if (!e)
        e = disguised(w, word, mem);
    if (!e)
        e = misspelt(w, word);
    if (!e)
        e = longest_stem(w, word);
    if (e)
        return e->codes.n ? e->codes : one(TRIAGE_UNKNOWN);
    if (strlen(word) >= GLUED_MIN_LETTERS && cut_up(w, word, true, &c))
        return c;
    return one(TRIAGE_UNKNOWN);
}

/* ---- a text ---- */

struct reader {
    const struct triage_words *words;
    struct arena *mem;
    struct words_list list;
    uint32_t *codes;
    size_t *at, *to;
    size_t count, room;
};

static void put(struct reader *r, const struct triage_codes *c, const struct words_token *from,
                const struct words_token *last)
{
    for (size_t i = 0; i < c->n && r->count < r->room; i++) {
        r->codes[r->count] = c->v[i];
        r->at[r->count] = from->at;
        r->to[r->count++] = last->at + last->len;
    }
}

static bool is_letter_alone(const struct words_token *t)
{
    return t->kind == WORDS_WORD && isalpha((unsigned char)t->plain[0]) && !t->plain[1];
}

/* "k i l l", "k-i-l-l", "k.i.l.l": the tokens of the run, or 0. */
static size_t read_run(struct reader *r, size_t i)
{
    const struct words_token *v = r->list.v;
    char letters[RUN_MAX_LETTERS + 1];
    struct triage_codes c;
    size_t n = 0, k = i;

    while (k < r->list.count && n < RUN_MAX_LETTERS && is_letter_alone(&v[k])) {
        letters[n++] = v[k++].plain[0];
        if (k + 1 < r->list.count && v[k].kind == WORDS_PUNCT && words_among(v[k].plain, ". - _ * , /") &&
            is_letter_alone(&v[k + 1]))
            k++;
    }
    letters[n] = '\0';
    if (n < RUN_MIN_LETTERS || !cut_up(r->words, letters, false, &c))
        return 0;
    put(r, &c, &v[i], &v[k - 1]);
    k += k < r->list.count && v[k].kind == WORDS_PUNCT && words_is(&v[k], ".") && words_is(&v[i + 1], ".");
    return k - i;
}

static bool is_inner_sign(const struct words_list *list, size_t i)
{
    return i + 1 < list->count && list->v[i].kind == WORDS_PUNCT && list->v[i].is_glued && list->v[i + 1].is_glued &&
           list->v[i + 1].kind == WORDS_WORD && words_among(list->v[i].plain, "! @ $ * | # +");
}

/* "d!e", "k*ll", "su!c!de": the tokens of the word, or 0. */
static size_t read_signs(struct reader *r, size_t i)
{
    const struct words_token *v = r->list.v;
    const char *word = v[i].plain;
    const struct entry *e;
    size_t k = i + 1;

    if (v[i].kind != WORDS_WORD)
        return 0;
    for (; is_inner_sign(&r->list, k) && k - i < 16; k += 2)
        word = arena_printf(r->mem, "%s%s%s", word, v[k].plain, v[k + 1].plain);
    e = k > i + 1 ? disguised(r->words, word, r->mem) : NULL;
    if (!e || !e->codes.n)
        return 0;
    put(r, &e->codes, &v[i], &v[k - 1]);
    return k - i;
}

static bool ends_sentence(const struct words_list *list, size_t i)
{
    const struct words_token *t = &list->v[i];

    if (t->kind == WORDS_BREAK)
        return words_ends_paragraph(list, i);
    if (t->kind != WORDS_PUNCT || !words_among(t->plain, ". ! ? ; ¿ ¡"))
        return false;
    return !(t->is_glued && i + 1 < list->count && list->v[i + 1].is_glued &&
             isdigit((unsigned char)list->v[i + 1].plain[0]));
}

static size_t read_token(struct reader *r, size_t i)
{
    static const struct triage_codes mark = { .v = { TRIAGE_MARK }, .n = 1 };
    const struct words_token *t = &r->list.v[i];
    struct triage_codes c;
    size_t n = read_run(r, i);

    if (!n)
        n = read_signs(r, i);
    if (n)
        return n;
    if (t->kind == WORDS_WORD) {
        c = read_word(r->words, t->plain, r->mem);
        put(r, &c, t, t);
    } else if (t->kind != WORDS_BREAK && find(&r->words->words, t->plain)) {
        put(r, &find(&r->words->words, t->plain)->codes, t, t);
    } else if (ends_sentence(&r->list, i)) {
        put(r, &mark, t, t);
    }
    return 1;
}

struct triage_row triage_words_read(const struct triage_words *words, const char *text, struct arena *mem)
{
    struct reader r = { .words = words, .mem = mem, .list = words_split(text, 0, mem) };

    r.room = r.list.count * 2 + TRIAGE_WORDS_OF_ONE;
    r.codes = ARENA_ARRAY(mem, r.room, uint32_t);
    r.at = ARENA_ARRAY(mem, r.room, size_t);
    r.to = ARENA_ARRAY(mem, r.room, size_t);
    for (size_t i = 0; i < r.list.count;)
        i += read_token(&r, i);
    return (struct triage_row){ r.codes, r.at, r.to, r.count, r.list.is_cut || r.count == r.room };
}
