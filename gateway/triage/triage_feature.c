#include "gateway/triage/triage_feature.h"

#include "base/hash.h"
#include "gateway/triage/triage_spell.h"
#include "inbound/words.h"

#include <ctype.h>

#define WORD_MAX_BYTES 24 /* of a word that is cut into runs of letters */
#define RUN_MIN_LETTERS 4 /* "a b c" is a list, "k i l l" a word */
#define RUN_MAX_LETTERS 32
#define NGRAM 4
#define PER_WORD (4 + WORD_MAX_BYTES) /* features of one word, at most: each stands in four rows of words */
#define PER_PIECE 8                   /* of its begin and end */

/* Kinds of features: the same letters mean another thing in each. */
enum kind { WORD_1, WORD_2, WORD_3, WORD_SKIP, LETTERS };

struct maker {
    struct arena *mem;
    uint32_t *buckets;
    size_t bucket_count;
    struct triage_piece *pieces;
    size_t piece_count, words;
    bool is_open;    /* the last piece may take more words */
    uint64_t row[3]; /* hashes of the words before, newest first; 0 none */
};

static uint64_t add_number(uint64_t h, uint64_t n)
{
    h = (h ^ n) * 0x9E3779B97F4A7C15u;
    return h ^ h >> 29;
}

/* Its own start: the model's weights stand at places made from it. */
static uint64_t start(enum kind kind)
{
    return 1469598103934665603u + (uint64_t)kind * 0x1000193u;
}

static void put(struct maker *m, uint64_t h)
{
    h = (h ^ h >> 33) * 0xFF51AFD7ED558CCDu;
    h ^= h >> 33;
    m->buckets[m->bucket_count++] = (uint32_t)(h >> (64 - TRIAGE_BUCKET_BITS));
}

static void put_letters(struct maker *m, const char *word)
{
    char padded[WORD_MAX_BYTES + 3];
    size_t n = strlen(word);

    n = n > WORD_MAX_BYTES ? WORD_MAX_BYTES : n;
    padded[0] = '<';
    memcpy(padded + 1, word, n);
    padded[n + 1] = '>';
    for (size_t i = 0; i + NGRAM <= n + 2; i++)
        put(m, hash_bytes(start(LETTERS), padded + i, NGRAM));
}

static void put_word(struct maker *m, const char *word, bool has_letters)
{
    const uint64_t h = hash_bytes(start(WORD_1), word, strlen(word)), *row = m->row;

    put(m, h);
    if (row[0])
        put(m, add_number(add_number(start(WORD_2), row[0]), h));
    if (row[1]) {
        put(m, add_number(add_number(add_number(start(WORD_3), row[1]), row[0]), h));
        put(m, add_number(add_number(start(WORD_SKIP), row[1]), h));
    }
    if (has_letters)
        put_letters(m, word);
    m->row[2] = row[1];
    m->row[1] = row[0];
    m->row[0] = h;
}

/* ---- pieces ---- */

static void close_piece(struct maker *m)
{
    struct triage_piece *piece = &m->pieces[m->piece_count - 1];

    if (m->is_open)
        put_word(m, "$", false);
    piece->count = m->bucket_count - piece->first;
    m->is_open = false;
}

static void open_piece(struct maker *m, size_t at)
{
    m->pieces[m->piece_count++] = (struct triage_piece){ .at = at, .to = at, .first = m->bucket_count };
    m->is_open = true;
    memset(m->row, 0, sizeof m->row);
    put_word(m, "^", false);
}

/* One word of the text, which stands at the bytes [at, to). A long run of words without a stop goes on in a new piece. */
static void add_word(struct maker *m, const char *word, bool has_letters, size_t at, size_t to)
{
    struct triage_piece *piece;

    if (!m->is_open) {
        open_piece(m, at);
    } else if (m->pieces[m->piece_count - 1].words == TRIAGE_PIECE_WORDS) {
        piece = &m->pieces[m->piece_count - 1];
        piece->count = m->bucket_count - piece->first;
        m->pieces[m->piece_count++] = (struct triage_piece){ .at = at, .to = at, .first = m->bucket_count };
    }
    piece = &m->pieces[m->piece_count - 1];
    put_word(m, word, has_letters);
    piece->words++;
    m->words++;
    piece->to = to;
}

/* ---- words as they are meant ---- */

static const char *meant(const char *word, struct arena *mem)
{
    static const char *const figures[] = { "", "#1", "#2", "#3", "#4" };
    const size_t n = strlen(word), digits = strspn(word, "0123456789");
    const char *plain;

    if (digits == n && n)
        return figures[n < 4 ? n : 4];
    plain = digits ? NULL : triage_spell_undisguised(word, 0, mem); /* "5mg" is no word in disguise */
    plain = triage_spell_without(plain ? plain : word, '\'', mem);
    return triage_spell_squeezed(plain, 1, mem);
}

static bool is_letter_alone(const struct words_token *t)
{
    return t->kind == WORDS_WORD && isalpha((unsigned char)t->plain[0]) && !t->plain[1];
}

/* "k i l l", "k-i-l-l", "k.i.l.l": the tokens of the run, or 0. */
static size_t add_run(struct maker *m, const struct words_list *list, size_t i)
{
    const struct words_token *v = list->v;
    char letters[RUN_MAX_LETTERS + 1];
    size_t n = 0, k = i;

    while (k < list->count && n < RUN_MAX_LETTERS && is_letter_alone(&v[k])) {
        letters[n++] = v[k++].plain[0];
        if (k + 1 < list->count && v[k].kind == WORDS_PUNCT && words_among(v[k].plain, ". - _ * , /") &&
            is_letter_alone(&v[k + 1]))
            k++;
    }
    letters[n] = '\0';
    if (n < RUN_MIN_LETTERS)
        return 0;
    add_word(m, letters, true, v[i].at, v[k - 1].at + v[k - 1].len);
    return k - i;
}

static bool ends_piece(const struct words_list *list, size_t i)
{
    const struct words_token *t = &list->v[i];

    if (t->kind == WORDS_BREAK)
        return words_ends_paragraph(list, i);
    if (t->kind != WORDS_PUNCT || !words_among(t->plain, ". ! ? ; …"))
        return false;
    return !(t->is_glued && i + 1 < list->count && list->v[i + 1].is_glued && list->v[i + 1].kind == WORDS_WORD);
}

static size_t add_token(struct maker *m, const struct words_list *list, size_t i)
{
    const struct words_token *t = &list->v[i];
    const size_t n = add_run(m, list, i);

    if (n)
        return n;
    if (t->kind == WORDS_WORD)
        add_word(m, meant(t->plain, m->mem), true, t->at, t->at + t->len);
    else if (t->kind == WORDS_PICTURE || (t->kind == WORDS_PUNCT && m->is_open && words_among(t->plain, "? ! … \"")))
        add_word(m, t->plain, false, t->at, t->at + t->len);
    if (m->is_open && ends_piece(list, i))
        close_piece(m);
    return 1;
}

struct triage_features triage_features_of(const char *text, struct arena *mem)
{
    const struct words_list list = words_split(text, 0, mem);
    struct maker m = { .mem = mem };

    m.buckets = ARENA_ARRAY(mem, (list.count + 1) * (PER_WORD + PER_PIECE), uint32_t);
    m.pieces = ARENA_ARRAY(mem, list.count + 1, struct triage_piece);
    for (size_t i = 0; i < list.count;)
        i += add_token(&m, &list, i);
    if (m.is_open)
        close_piece(&m);
    return (struct triage_features){
        .pieces = m.pieces, .piece_count = m.piece_count, .buckets = m.buckets, .words = m.words, .is_cut = list.is_cut
    };
}

static size_t end_of_window(const struct triage_features *f, size_t from)
{
    const size_t least = f->words < TRIAGE_LONG_WORDS ? TRIAGE_WINDOW_WORDS : TRIAGE_WINDOW_LONG_WORDS;
    size_t words = f->pieces[from].words, to = from + 1;

    while (to < f->piece_count && words < least && words + f->pieces[to].words <= TRIAGE_WINDOW_MAX_WORDS)
        words += f->pieces[to++].words;
    return to;
}

bool triage_window_next(const struct triage_features *f, struct triage_window *window)
{
    size_t from = window->count ? window->from + 1 : 0, to;
    const struct triage_piece *last;

    if (window->to == f->piece_count)
        return false;
    while ((to = end_of_window(f, from)) <= window->to)
        from++;
    last = &f->pieces[to - 1];
    *window = (struct triage_window){ .from = from, .to = to, .first = f->pieces[from].first };
    window->count = last->first + last->count - window->first;
    return true;
}
