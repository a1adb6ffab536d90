#include "store/erase_marks.h"

#include "base/hash.h"
#include "store/rows.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* A run of words, as one number. 64 bits: among a million words a wrong hit has odds of one in 10^9. */
struct run {
    uint64_t hash;
    uint32_t words;
    bool is_name;
};

struct erase_marks {
    struct arena *mem;
    struct run *runs;
    size_t n, cap;
    bool has_length[ERASE_PHRASE_MAX + 1];
};

struct word {
    size_t from, to; /* bytes */
    uint64_t hash;
    bool is_first;   /* of a JSON string: no run goes across */
    bool is_capital; /* or begins with a letter of which we do not know */
};

struct words {
    struct word *v;
    size_t n, cap;
};

static bool is_letter(unsigned char c)
{
    return c >= 0x80 || isalnum(c);
}

static uint64_t hash_word(const char *p, size_t n)
{
    uint64_t hash = HASH_START;

    for (size_t i = 0; i < n; i++)
        hash = hash_step(hash, (unsigned char)tolower((unsigned char)p[i]));
    return hash;
}

/* What stands between two words: past it, and whether a JSON string ended or began there. */
static size_t skip_gap(const char *text, size_t at, size_t n, bool is_json, bool *is_first)
{
    while (at < n && !is_letter((unsigned char)text[at])) {
        if (is_json && text[at] == '\\' && at + 1 < n) {
            at += text[at + 1] == 'u' ? 6 : 2;
            continue;
        }
        *is_first |= is_json && text[at] == '"';
        at++;
    }
    return at < n ? at : n;
}

static void split(const char *text, size_t n, bool is_json, struct arena *mem, struct words *out)
{
    for (size_t at = 0; at < n;) {
        bool is_first = false;
        size_t end = at = skip_gap(text, at, n, is_json, &is_first);

        while (end < n && is_letter((unsigned char)text[end]))
            end++;
        if (end == at)
            break;
        out->v = rows_room(mem, out->v, out->n, &out->cap, sizeof *out->v);
        out->v[out->n++] = (struct word){ at, end, hash_word(text + at, end - at), is_first,
                                          (unsigned char)text[at] >= 0x80 || isupper((unsigned char)text[at]) };
        at = end;
    }
}

static uint64_t hash_run(const struct word *w, size_t n)
{
    uint64_t hash = HASH_START;

    for (size_t i = 0; i < n; i++)
        for (int shift = 0; shift < 64; shift += 8)
            hash = hash_step(hash, (unsigned char)(w[i].hash >> shift));
    return hash;
}

struct erase_marks *erase_marks_new(struct arena *mem)
{
    struct erase_marks *m = ARENA_NEW(mem, struct erase_marks);

    m->mem = mem;
    return m;
}

static void add_run(struct erase_marks *m, const struct word *w, size_t n, bool is_name)
{
    m->runs = rows_room(m->mem, m->runs, m->n, &m->cap, sizeof *m->runs);
    m->runs[m->n++] = (struct run){ hash_run(w, n), (uint32_t)n, is_name };
    m->has_length[n] = true;
}

void erase_marks_phrase(struct erase_marks *m, const char *phrase)
{
    struct words words = { 0 };

    if (!phrase)
        return;
    split(phrase, strlen(phrase), false, m->mem, &words);
    if (words.n > ERASE_PHRASE_MAX)
        erase_marks_text(m, phrase);
    else if (words.n > 1 || (words.n && words.v[0].to - words.v[0].from >= ERASE_WORD_MIN))
        add_run(m, words.v, words.n, false);
}

void erase_marks_name(struct erase_marks *m, const char *name)
{
    struct words words = { 0 };

    split(name, strlen(name), false, m->mem, &words);
    if (words.n && words.n <= ERASE_PHRASE_MAX && words.v[0].to - words.v[0].from > 1)
        add_run(m, words.v, words.n, true);
}

void erase_marks_text(struct erase_marks *m, const char *text)
{
    struct words words = { 0 };

    if (!text)
        return;
    split(text, strlen(text), false, m->mem, &words);
    for (size_t i = 0; i + ERASE_WINDOW <= words.n; i++)
        add_run(m, words.v + i, ERASE_WINDOW, false);
}

static int compare_runs(const void *a, const void *b)
{
    const struct run *const x = a, *const y = b;

    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->words > y->words) - (x->words < y->words);
}

void erase_marks_close(struct erase_marks *m)
{
    if (m->n)
        qsort(m->runs, m->n, sizeof *m->runs, compare_runs);
}

/* The longest run of ours that starts at word `at`; 0: none. */
static size_t found_at(const struct erase_marks *m, const struct words *words, size_t at)
{
    for (size_t n = ERASE_PHRASE_MAX; n > 0; n--) {
        struct run run = { 0, (uint32_t)n, false };
        const struct run *found;
        bool is_one = at + n <= words->n;

        for (size_t i = 1; is_one && i < n; i++)
            is_one = !words->v[at + i].is_first;
        if (!m->has_length[n] || !is_one)
            continue;
        run.hash = hash_run(words->v + at, n);
        found = m->n ? bsearch(&run, m->runs, m->n, sizeof run, compare_runs) : NULL;
        if (found && (!found->is_name || words->v[at].is_capital))
            return n;
    }
    return 0;
}

bool erase_finds(const struct erase_marks *m, const char *text, size_t n)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("erase_finds");
    struct words words = { 0 };

    split(text, n, false, mem, &words);
    for (size_t i = 0; i < words.n; i++)
        if (found_at(m, &words, i))
            return true;
    return false;
}

/* Words of ours that overlap are one gap. */
static size_t end_of_gap(const struct erase_marks *m, const struct words *words, size_t at)
{
    size_t end = at + found_at(m, words, at);

    for (size_t i = at + 1; i < end; i++) {
        const size_t n = found_at(m, words, i);

        if (n && i + n > end)
            end = i + n;
    }
    return end;
}

const char *erase_scrub(const struct erase_marks *m, const char *text, bool is_json, const char *instead,
                        struct arena *mem)
{
    CLEANUP(arena_free) struct arena *work = arena_new("erase_scrub");
    struct words words = { 0 };
    const size_t n = strlen(text), gone = strlen(instead);
    size_t done = 0, len = 0;
    char *out = NULL;

    split(text, n, is_json, work, &words);
    for (size_t i = 0; i < words.n; i++) {
        size_t end;

        if (!found_at(m, &words, i))
            continue;
        end = end_of_gap(m, &words, i);
        if (!out)
            out = arena_alloc(mem, n + words.n * gone + 1);
        memcpy(out + len, text + done, words.v[i].from - done);
        len += words.v[i].from - done;
        memcpy(out + len, instead, gone);
        len += gone;
        done = words.v[end - 1].to;
        i = end - 1;
    }
    if (!out)
        return text;
    memcpy(out + len, text + done, n - done + 1);
    return out;
}

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

const char *erase_unfold(const void *bytes, size_t n, struct arena *mem, size_t *ret_n)
{
    const char *const p = bytes;
    char *const out = arena_alloc(mem, n + 1);
    size_t len = 0;

    for (size_t i = 0; i < n; i++) {
        if (p[i] == '=' && i + 2 < n && p[i + 1] == '\r' && p[i + 2] == '\n') {
            i += 2;
        } else if (p[i] == '=' && i + 2 < n && hex(p[i + 1]) >= 0 && hex(p[i + 2]) >= 0) {
            out[len++] = (char)(hex(p[i + 1]) * 16 + hex(p[i + 2]));
            i += 2;
        } else {
            out[len++] = p[i];
        }
    }
    *ret_n = len;
    return out;
}
