#include "gateway/triage/triage_name.h"

#include "base/text.h"
#include "inbound/words.h"

#define MIN_LETTERS 3 /* shorter surnames are words too often; they count after a first name */
#define NAME_WORDS_MAX 4
#define TITLES "mr mrs ms miss mister missus dr doctor doctora nurse sr sra srta senor senora senorita don dona"

/* One word of somebody's chart name, folded. */
struct part {
    const char *word;
    const struct triage_person *person;
    bool is_last;
    bool is_shown; /* also a word of somebody's shown name */
    bool is_alone; /* counts wherever it stands */
};

struct parts {
    struct part *v;
    size_t count;
    const char **shown; /* all words of shown names, in order */
    size_t shown_count;
};

static int compare_words(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_common(const struct triage_names *n, const char *word)
{
    return n->common_count && bsearch(&word, n->common, n->common_count, sizeof *n->common, compare_words);
}

static bool has_word(const char *name, const char *word, struct arena *mem)
{
    const struct words_list list = words_split(name, 16, mem);

    for (size_t i = 0; i < list.count; i++)
        if (words_is(&list.v[i], word))
            return true;
    return false;
}

static bool is_shown(const struct parts *parts, const char *word)
{
    return parts->shown_count && bsearch(&word, parts->shown, parts->shown_count, sizeof *parts->shown, compare_words);
}

static void add_shown(struct parts *parts, const char *name, struct arena *mem)
{
    const struct words_list list = words_split(name, NAME_WORDS_MAX, mem);

    for (size_t i = 0; i < list.count; i++)
        if (list.v[i].kind == WORDS_WORD)
            parts->shown[parts->shown_count++] = list.v[i].plain;
}

static void add_parts(const struct triage_names *n, const struct triage_person *person, const char *name, bool is_last,
                      struct parts *parts, struct arena *mem)
{
    const struct words_list list = words_split(name, NAME_WORDS_MAX, mem);

    for (size_t i = 0; i < list.count; i++) {
        const char *word = list.v[i].plain;

        if (list.v[i].kind != WORDS_WORD || words_among(word, "de del la las los y van von der") || !word[1])
            continue;
        parts->v[parts->count++] =
            (struct part){ .word = word,
                           .person = person,
                           .is_last = is_last,
                           .is_shown = is_shown(parts, word),
                           .is_alone = strlen(word) >= MIN_LETTERS && !is_common(n, word) && !is_shown(parts, word) };
    }
}

static int compare_parts(const void *a, const void *b)
{
    return strcmp(((const struct part *)a)->word, ((const struct part *)b)->word);
}

static struct parts parts_of(const struct triage_names *n, struct arena *mem)
{
    struct parts parts = { .v = ARENA_ARRAY(mem, n->people_count * 2 * NAME_WORDS_MAX + 1, struct part),
                           .shown = ARENA_ARRAY(mem, n->people_count * NAME_WORDS_MAX + 1, const char *) };

    for (size_t i = 0; i < n->people_count; i++)
        add_shown(&parts, n->people[i].shown, mem);
    qsort(parts.shown, parts.shown_count, sizeof *parts.shown, compare_words);
    for (size_t i = 0; i < n->people_count; i++) {
        add_parts(n, &n->people[i], n->people[i].first, false, &parts, mem);
        add_parts(n, &n->people[i], n->people[i].last, true, &parts, mem);
    }
    qsort(parts.v, parts.count, sizeof *parts.v, compare_parts);
    return parts;
}

static size_t first_of(const struct parts *parts, const char *word)
{
    size_t low = 0, high = parts->count;

    while (low < high) {
        const size_t middle = (low + high) / 2;

        if (strcmp(parts->v[middle].word, word) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* "Walters" of "Walter's"; the fold keeps the apostrophe. */
static const char *without_possessive(const char *word, struct arena *mem)
{
    const size_t n = strlen(word);

    return n > 3 && !strcmp(word + n - 2, "'s") ? arena_strndup(mem, word, n - 2) : word;
}

/* The word before, with nothing but blanks or the dot of a title between: a name of the same person, or a title. */
static bool is_after_name(const struct words_list *list, size_t i, const struct part *part, struct arena *mem)
{
    const struct words_token *before;

    if (!i)
        return false;
    before = &list->v[i - 1];
    if (before->kind == WORDS_PUNCT && words_is(before, ".") && i >= 2)
        return !part->is_shown && words_among(list->v[i - 2].plain, TITLES);
    if (before->kind != WORDS_WORD)
        return false;
    return (!part->is_shown && words_among(before->plain, TITLES)) ||
           has_word(part->person->first, before->plain, mem) || has_word(part->person->shown, before->plain, mem);
}

static bool counts(const struct words_list *list, size_t i, const struct part *part, struct arena *mem)
{
    const struct words_token *t = &list->v[i];

    if (part->is_last)
        return part->is_alone || (t->is_capital && is_after_name(list, i, part, mem));
    return part->is_alone && t->is_capital;
}

void triage_names_find(const struct triage_names *names, const char *text, struct arena *mem, triage_name_found *found,
                       void *ctx)
{
    const struct parts parts = parts_of(names, mem);
    const struct words_list list = words_split(text, 0, mem);

    for (size_t i = 0; parts.count && i < list.count; i++) {
        const struct words_token *t = &list.v[i];
        const char *word = t->kind == WORDS_WORD ? without_possessive(t->plain, mem) : "";

        for (size_t k = first_of(&parts, word); k < parts.count && !strcmp(parts.v[k].word, word); k++)
            if (counts(&list, i, &parts.v[k], mem)) {
                found(ctx, t->at, t->len);
                break;
            }
    }
}
