#include "gateway/own_name.h"

#include "inbound/words.h"

#define SMALL_WORDS "de del la las los y e da do dos van von der den el al san the and"

static bool is_possessive(const char *word)
{
    const size_t n = strlen(word);

    return n > 2 && !strcmp(word + n - 2, "'s");
}

static bool is_word_of(const char *word, const char *const *names, struct arena *mem)
{
    if (is_possessive(word))
        word = arena_strndup(mem, word, strlen(word) - 2);
    if (strlen(word) < 2 || words_among(word, SMALL_WORDS))
        return false;
    for (; *names; names++) {
        const struct words_list list = words_split(*names, 16, mem);

        for (size_t i = 0; i < list.count; i++)
            if (list.v[i].kind == WORDS_WORD && words_is(&list.v[i], word))
                return true;
    }
    return false;
}

/* Where the last line with a word begins. */
static size_t last_line(const struct words_list *list)
{
    size_t i = list->count;

    while (i && list->v[i - 1].kind != WORDS_WORD)
        i--;
    while (i && list->v[i - 1].kind != WORDS_BREAK)
        i--;
    return i;
}

static bool is_alone(const struct words_list *list, size_t i, const char *const *names, struct arena *mem)
{
    size_t from = i, to = i;

    while (from && list->v[from - 1].kind != WORDS_BREAK)
        from--;
    while (to < list->count && list->v[to].kind != WORDS_BREAK)
        to++;
    for (; from < to; from++)
        if (list->v[from].kind == WORDS_WORD && !is_word_of(list->v[from].plain, names, mem))
            return false;
    return true;
}

size_t own_name_find(const char *text, const char *const *names, struct arena *mem, struct own_name found[OWN_NAME_MAX])
{
    const struct words_list list = words_split(text, 0, mem);
    const size_t signed_from = last_line(&list);
    size_t n = 0, last = 0;

    for (size_t i = 0; i < list.count; i++) {
        const struct words_token *t = &list.v[i];

        if (t->kind != WORDS_WORD || !is_word_of(t->plain, names, mem) ||
            !(t->is_capital || is_possessive(t->plain) || (signed_from && i >= signed_from) ||
              is_alone(&list, i, names, mem)))
            continue;
        if (n && last + 1 == i)
            found[n - 1].len = t->at + t->len - found[n - 1].at;
        else if (n < OWN_NAME_MAX)
            found[n++] = (struct own_name){ t->at, t->len };
        last = i;
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
