#include "gateway/note/own_name.h"

#include "inbound/words.h"

#define NAME_WORDS_MAX 64
#define SMALL_WORDS "de del la las los y e da do dos van von der den el al san the and"

static bool is_possessive(const char *word)
{
    const size_t n = strlen(word);

    return n > 2 && !strcmp(word + n - 2, "'s");
}

/* The words of all names, split once. */
struct name_words {
    const char *v[NAME_WORDS_MAX];
    size_t n;
};

static struct name_words words_of(const char *const *names, struct arena *mem)
{
    struct name_words words = { .n = 0 };

    for (; *names; names++) {
        const struct words_list list = words_split(*names, 16, mem);

        for (size_t i = 0; i < list.count && words.n < NAME_WORDS_MAX; i++) {
            const char *const word = list.v[i].plain;

            if (list.v[i].kind == WORDS_WORD && strlen(word) > 1 && !words_among(word, SMALL_WORDS))
                words.v[words.n++] = word;
        }
    }
    return words;
}

static bool is_own(const struct name_words *words, const char *word)
{
    const size_t n = strlen(word) - (is_possessive(word) ? 2 : 0);

    for (size_t i = 0; i < words->n; i++)
        if (strlen(words->v[i]) == n && !memcmp(words->v[i], word, n))
            return true;
    return false;
}

/* One line of tokens, from to to: marks those that tell the name. */
static void mark_line(const struct words_list *list, size_t from, size_t to, bool is_signed,
                      const struct name_words *words, bool *is_told)
{
    bool is_alone = true;

    for (size_t i = from; i < to; i++) {
        is_told[i] = list->v[i].kind == WORDS_WORD && is_own(words, list->v[i].plain);
        is_alone = is_alone && (is_told[i] || list->v[i].kind != WORDS_WORD);
    }
    for (size_t i = from; i < to; i++)
        is_told[i] = is_told[i] && (is_alone || is_signed || list->v[i].is_capital || is_possessive(list->v[i].plain));
}

static const bool *mark(const struct words_list *list, const struct name_words *words, struct arena *mem)
{
    const size_t signed_from = words_last_line(list, list->count);
    bool *is_told = ARENA_ARRAY(mem, list->count + 1, bool);

    for (size_t from = 0, to; from < list->count; from = to + 1) {
        for (to = from; to < list->count && list->v[to].kind != WORDS_BREAK;)
            to++;
        mark_line(list, from, to, signed_from && from >= signed_from, words, is_told);
    }
    return is_told;
}

size_t own_name_find(const char *text, const char *const *names, struct arena *mem, struct own_name found[OWN_NAME_MAX])
{
    const struct words_list list = words_split(text, 0, mem);
    const struct name_words words = words_of(names, mem);
    const bool *const is_told = mark(&list, &words, mem);
    size_t n = 0;

    for (size_t i = 0; i < list.count; i++) {
        const struct words_token *t = &list.v[i];

        if (!is_told[i])
            continue;
        if (i && is_told[i - 1])
            found[n - 1].len = t->at + t->len - found[n - 1].at;
        else if (n == OWN_NAME_MAX)
            break;
        else
            found[n++] = (struct own_name){ t->at, t->len };
    }
    return n;
}

bool own_name_is_in(const char *text, const char *const *names, struct arena *mem)
{
    struct own_name found[OWN_NAME_MAX];

    return own_name_find(text, names, mem, found) > 0;
}

const char *const *own_name_list(const struct sender *sender, const struct letter *letter, struct arena *mem)
{
    const char **names = ARENA_ARRAY(mem, 4, const char *);

    names[0] = sender->person.name ? sender->person.name : "";
    names[1] = sender->membership.id.v ? sender->membership.name : "";
    names[2] = letter->from_name;
    return names;
}
