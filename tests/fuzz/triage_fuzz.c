/* triage: what a hit points at stands in its text, the sum tells the hits, the model calls a person by its score alone, and more words never make a text less urgent. The new words end at
 * the first empty line; all of it is the whole text. */
#include "base/arena.h"
#include "base/text.h"
#include "gateway/triage/triage.h"
#include "gateway/triage/triage_model.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct triage_lexicon *lists(void)
{
    static const char *const paths[] = { "gateway/lexicon/en.txt", "gateway/lexicon/es.txt", NULL };
    static const struct triage_sources sources = { .lists = paths,
                                                   .own_from = SIZE_MAX,
                                                   .model = "gateway/lexicon/model.txt" };
    static struct triage_lexicon *lexicon;
    struct err err;

    if (!lexicon && triage_open(&sources, &lexicon, &err))
        abort();
    return lexicon;
}

static void check(const struct triage_result *r, const char *trimmed, const char *whole)
{
    assert(r->tier >= 0 && r->tier <= 4);
    assert(r->flags < 1u << TRIAGE_FLAG_COUNT);
    assert(r->hit_count <= TRIAGE_MAX_HITS);
    assert(r->score >= 0 && r->score <= 100 && (r->score >= TRIAGE_PAGE_USUAL) == !!(r->flags & TRIAGE_READS));
    for (size_t i = 0; i < r->hit_count; i++) {
        const struct triage_hit *h = &r->hits[i];
        const char *text = h->is_in_whole ? whole : trimmed;

        assert(text && h->len && h->at + h->len <= strlen(text));
        assert(((unsigned char)text[h->at] & 0xC0) != 0x80);
        assert(h->tier >= r->tier && (r->flags & h->flag) && *h->phrase);
        assert(!h->is_in_whole || h->flag != TRIAGE_CONTACT);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("fuzz");
    const char *whole = text_clean(mem, (const char *)data, size), *end = strstr(whole, "\n\n");
    const char *trimmed = arena_strndup(mem, whole, end ? (size_t)(end - whole) : strlen(whole));
    struct triage_result alone, both;

    triage_score(lists(), trimmed, NULL, mem, &alone);
    triage_score(lists(), trimmed, whole, mem, &both);
    check(&alone, trimmed, NULL);
    check(&both, trimmed, whole);
    assert(both.tier <= alone.tier);
    assert((alone.flags & ~both.flags) == 0);
    return 0;
}
