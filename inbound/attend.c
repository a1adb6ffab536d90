#include "inbound/attend.h"

#include "inbound/words.h"

static const char form[] = "numbers are expected, as \"1 2 5\", \"all\" or \"all but 3\"";

static bool is_between(const struct words_token *t)
{
    return t->kind == WORDS_BREAK || (t->kind == WORDS_PUNCT && words_among(t->plain, ", . ;")) ||
           words_among(t->plain, "and y came vinieron");
}

/* A run of numbers: 1 2 5-7. All of it, to the end. */
static bool mark(const struct words_token *v, size_t n, size_t count, bool value, bool *came)
{
    size_t marked = 0;

    for (size_t i = 0; i < n; i++) {
        int from, to;

        if (is_between(&v[i]))
            continue;
        from = to = words_number(&v[i]);
        if (from > 0 && i + 2 < n && v[i + 1].kind == WORDS_PUNCT && words_is(&v[i + 1], "-")) {
            to = words_number(&v[i + 2]);
            i += 2;
        }
        if (from < 1 || to < from || (size_t)to > count)
            return false;
        for (int k = from; k <= to; k++)
            came[k] = value;
        marked++;
    }
    return marked > 0;
}

enum rc attend_read(const char *text, const char *const *names, size_t count, const bool *awaited, bool *came,
                    struct arena *mem, struct err *err)
{
    static const char *const all[] = { "all", "all of? them", "everyone|everybody", "todos|todas", "they? all came" };
    static const char *const but[] = { "but|except|without for?", "menos|excepto|salvo", "not" };
    static const char *const none[] = { "none|nobody", "no one", "ninguno|ninguna|nadie" };
    const struct words_core core = words_core(text, names, mem);
    const struct words_token *v = core.list.v + core.from;
    size_t n = core.to - core.from, at;

    for (size_t i = 0; i <= count; i++)
        came[i] = false;
    if (core.list.is_cut || !n || count > ATTEND_MAX)
        return err_set(err, RC_INPUT, "%s", form);
    if (words_longest(none, COUNT_OF(none), v, n) == n)
        return RC_OK;
    at = words_longest(all, COUNT_OF(all), v, n);
    if (!at)
        return mark(v, n, count, true, came) ? RC_OK : err_set(err, RC_INPUT, "%s", form);
    for (size_t i = 0; i <= count; i++)
        came[i] = !awaited || awaited[i];
    if (at == n)
        return RC_OK;
    v += at;
    n -= at;
    at = words_longest(but, COUNT_OF(but), v, n);
    return at && mark(v + at, n - at, count, false, came) ? RC_OK : err_set(err, RC_INPUT, "%s", form);
}
