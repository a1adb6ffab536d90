#include "gateway/demo/heard.h"

#include "base/hash.h"
#include "base/text.h"

#define WORDS_MAX 40000

struct heard {
    uint64_t *slots; /* open addressing; 0 is free */
    size_t count, cap;
};

enum kind { KIND_GRAM = 1, KIND_NEUTRAL, KIND_OWN };

static void put_hash(struct heard *h, uint64_t hash)
{
    size_t at = hash & (h->cap - 1);

    while (h->slots[at] && h->slots[at] != hash)
        at = (at + 1) & (h->cap - 1);
    h->count += !h->slots[at];
    h->slots[at] = hash;
}

static void grow(struct heard *h)
{
    struct heard bigger = { .cap = h->cap ? h->cap * 2 : 4096 };

    bigger.slots = calloc(bigger.cap, sizeof *bigger.slots);
    if (!bigger.slots)
        abort();
    for (size_t i = 0; i < h->cap; i++)
        if (h->slots[i])
            put_hash(&bigger, h->slots[i]);
    free(h->slots);
    *h = bigger;
}

static void keep(struct heard *h, uint64_t hash)
{
    if (2 * (h->count + 1) > h->cap)
        grow(h);
    put_hash(h, hash ? hash : 1);
}

static bool has(const struct heard *h, uint64_t hash)
{
    if (!h->cap)
        return false;
    for (size_t at = hash & (h->cap - 1); h->slots[at]; at = (at + 1) & (h->cap - 1))
        if (h->slots[at] == (hash ? hash : 1))
            return true;
    return false;
}

struct heard *heard_new(void)
{
    struct heard *const h = calloc(1, sizeof *h);

    if (!h)
        abort();
    return h;
}

void heard_free(struct heard **heard)
{
    if (*heard)
        free((*heard)->slots);
    free(*heard);
    *heard = NULL;
}

/* ---- words ---- */

/* Addresses and links are no words: what stands in them is looked at by itself. */
static bool is_link(const char *p, size_t n)
{
    return memchr(p, '@', n) || (n > 8 && (!memcmp(p, "https://", 8) || !memcmp(p, "mailto:", 7)));
}

static size_t put_words(const char *p, size_t n, uint64_t *words, size_t count)
{
    uint64_t hash = HASH_START;
    bool is_word = false;
    const char *const end = p + n;

    while (p < end) {
        const char *const from = p;
        const int32_t cp = text_next(&p);

        if (cp <= 0)
            break;
        if (text_is_letter(cp) || text_is_digit(cp)) {
            hash = hash_bytes(hash, from, (size_t)(p - from));
            is_word = is_word || text_is_letter(cp);
        } else if (cp != '\'' && cp != 0x2019 && hash != HASH_START) {
            if (is_word && count < WORDS_MAX)
                words[count++] = hash;
            hash = HASH_START;
            is_word = false;
        }
    }
    if (is_word && count < WORDS_MAX)
        words[count++] = hash;
    return count;
}

static uint64_t neutral(uint64_t word)
{
    return hash_step(hash_step(HASH_START, KIND_NEUTRAL), word);
}

/* Hashes of the words of a text: letters folded, numbers and (with h) neutral words left out. */
static uint64_t *split(const struct heard *h, const char *text, struct arena *mem, size_t *ret_n)
{
    uint64_t *const words = ARENA_ARRAY(mem, WORDS_MAX, uint64_t);
    const char *p = text_fold_plain(mem, text);
    size_t count = 0, left = 0;

    while (*p) {
        const size_t n = strcspn(p, " \t\n<>");

        if (!is_link(p, n))
            count = put_words(p, n, words, count);
        p += n + (p[n] != '\0');
    }
    for (size_t i = 0; i < count; i++)
        if (!h || !has(h, neutral(words[i])))
            words[left++] = words[i];
    *ret_n = left;
    return words;
}

static uint64_t gram(int owner, const uint64_t *words, size_t n)
{
    uint64_t hash = hash_step(hash_step(HASH_START, owner ? KIND_OWN : KIND_GRAM), (uint64_t)owner);

    for (size_t i = 0; i < n; i++)
        hash = hash_step(hash, words[i]);
    return hash;
}

void heard_add_own(struct heard *heard, int owner, const char *text)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("heard");
    size_t n;
    const uint64_t *const words = split(heard, text, mem, &n);

    if (n > 1 && n < HEARD_GRAM)
        keep(heard, gram(owner, words, n));
    for (size_t i = 0; i + HEARD_GRAM <= n; i++)
        keep(heard, gram(owner, words + i, HEARD_GRAM));
}

void heard_add(struct heard *heard, const char *text)
{
    heard_add_own(heard, 0, text);
}

void heard_add_neutral(struct heard *heard, const char *text)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("heard");
    size_t n;
    const uint64_t *const words = split(NULL, text, mem, &n);

    for (size_t i = 0; i < n; i++)
        keep(heard, neutral(words[i]));
}

size_t heard_longest_new(const struct heard *heard, int owner, const char *text)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("heard");
    size_t n, run = 0, longest = 0;
    const uint64_t *const words = split(heard, text, mem, &n);
    bool *const is_known = ARENA_ARRAY(mem, n + 1, bool);

    for (size_t i = 0; i < n; i++)
        for (size_t len = 2; len <= HEARD_GRAM && i + len <= n; len++)
            if (has(heard, gram(0, words + i, len)) || (owner && has(heard, gram(owner, words + i, len))))
                for (size_t k = 0; k < len; k++)
                    is_known[i + k] = true;
    for (size_t i = 0; i < n; i++) {
        run = is_known[i] ? 0 : run + 1;
        longest = run > longest ? run : longest;
    }
    return longest;
}
