#include "gateway/note/anon.h"

#include "inbound/words.h"

#define ANON_WORDS "anon anonimo anonima anonymous anonymously anonimamente"

static bool is_anon(const struct words_token *t)
{
    return t->kind == WORDS_WORD && words_among(t->plain, ANON_WORDS);
}

/* What people put around a word to set it off. */
static bool is_around(const struct words_token *t)
{
    return t->kind == WORDS_PUNCT && !words_is_mark(t, "?");
}

static bool is_society(const struct words_list *list, size_t i)
{
    return i > 0 &&
           words_among(list->v[i - 1].plain, "alcoholics narcotics gamblers overeaters alcoholicos narcoticos");
}

/* The word on the first line of the core or on the last, or one that says how it is to be shown. */
static bool is_perhaps(const struct words_core *core)
{
    const struct words_token *v = core->list.v;
    const size_t last = words_last_line(&core->list, core->robot_to);
    bool is_first = true;

    for (size_t i = 0; i < core->list.count; i++) {
        is_first &= !(i > core->from && v[i].kind == WORDS_BREAK);
        if (is_anon(&v[i]) && !is_society(&core->list, i) &&
            (is_first || i >= last || words_among(v[i].plain, "anonymously anonimamente")))
            return true;
    }
    return false;
}

struct anon anon_read(const char *text, const char *const *names, struct arena *mem)
{
    const struct words_core core = words_core(text, names, mem);
    const struct words_token *v = core.list.v;
    struct anon anon = { ANON_NONE, text };
    size_t i = core.from, to;
    const char *rest;

    while (i < core.robot_to && (v[i].kind == WORDS_BREAK || is_around(&v[i])))
        i++;
    for (to = i + 1; to < core.robot_to && is_around(&v[to]);)
        to++;
    if (i >= core.robot_to || !is_anon(&v[i]) ||
        !(to > i + 1 || v[i].is_upper || to >= core.robot_to || v[to].kind == WORDS_BREAK)) {
        anon.wish = is_perhaps(&core) ? ANON_MAYBE : ANON_NONE;
        return anon;
    }
    while (to < core.robot_to && v[to].kind == WORDS_BREAK)
        to++;
    rest = words_span(&core, to, core.robot_to, mem);
    return (struct anon){ ANON_CLEAR, *rest ? rest : text };
}
