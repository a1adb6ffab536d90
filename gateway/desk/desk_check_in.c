#include "gateway/desk/desk_check_in.h"

#include "base/text.h"
#include "inbound/measure.h"
#include "inbound/words.h"
#include "schedules/hours.h"

#include <ctype.h>

/* ---- one line ---- */

static enum rc wrong(const char *line, struct err *err)
{
    return err_set(err, RC_INPUT, "the line of %s cannot be read", line);
}

/* "weekdays 8:00", "lunes a las 9": the last word is the hour. */
static enum rc read_when(struct check_in *c, const char *value, struct arena *mem, struct err *err)
{
    const char *at = strrchr(value, ' '), *hour = at ? at + 1 : value;
    char *days = arena_strndup(mem, value, at ? (size_t)(at - value) : 0), *joint;
    int minute;

    if ((joint = strstr(days, " a las")) || (joint = strstr(days, " at")))
        *joint = '\0';
    if (!hours_read_minute(&hour, &minute) || *hour || check_in_read_days(days, &c->days, err))
        return wrong("when", err);
    c->minute = minute;
    return RC_OK;
}

static enum rc read_kind(struct check_in *c, const char *value, struct arena *mem, struct err *err)
{
    static const char *const words[CHECK_IN_KIND_END] = { "", "number numero", "scale escala", "yes/no si/no",
                                                          "words palabras" };
    const char *said = text_fold_plain(mem, value);

    for (int kind = CHECK_IN_NUMBER; kind < CHECK_IN_KIND_END; kind++)
        if (words_among(said, words[kind])) {
            c->kind = (enum check_in_kind)kind;
            return RC_OK;
        }
    return wrong("kind", err);
}

/* The next number of *text, which may be glued to a dash: "60-700". */
static bool next_number(const char **text, int64_t *ret, struct arena *mem)
{
    struct err ignored;
    size_t n;

    *text += strcspn(*text, "0123456789");
    n = strspn(*text, "0123456789.");
    while (n && (*text)[n - 1] == '.')
        n--;
    if (!n || measure_parse(arena_strndup(mem, *text, n), ret, &ignored))
        return false;
    *text += n;
    return true;
}

static enum rc read_limits(struct check_in *c, const char *value, struct arena *mem, struct err *err)
{
    if (!next_number(&value, &c->limits.low, mem) || !next_number(&value, &c->limits.high, mem))
        return wrong("limits", err);
    return RC_OK;
}

static bool limit_behind(const char *value, const char *const *words, size_t n, int64_t *ret, struct arena *mem)
{
    for (size_t i = 0; i < n; i++) {
        const char *at = strstr(value, words[i]);

        if (at)
            return next_number(&at, ret, mem);
    }
    return false;
}

static enum rc read_look(struct check_in *c, const char *value, struct arena *mem, struct err *err)
{
    static const char *const low[] = { "under", "below", "menos de", "bajo" };
    static const char *const high[] = { "over", "above", "mas de", "sobre" };
    const char *said = text_fold_plain(mem, value);
    const bool has_low = limit_behind(said, low, COUNT_OF(low), &c->limits.alert_low, mem);

    return limit_behind(said, high, COUNT_OF(high), &c->limits.alert_high, mem) || has_low ? RC_OK : wrong("look", err);
}

static enum rc read_line(struct check_in *c, const char *key, const char *value, struct arena *mem, struct err *err)
{
    if (words_among(key, "when days cuando dias"))
        return read_when(c, value, mem, err);
    if (words_among(key, "kind tipo"))
        return read_kind(c, value, mem, err);
    if (words_among(key, "limits limites"))
        return read_limits(c, value, mem, err);
    if (words_among(key, "look mirar"))
        return read_look(c, value, mem, err);
    if (words_among(key, "unit unidad"))
        c->unit = value;
    else if (words_among(key, "tag etiqueta"))
        c->tag = text_fold(mem, value);
    else if (words_among(key, "spanish espanol"))
        c->question_es = value;
    else if (words_among(key, "totals totales"))
        c->has_totals = words_among(text_fold_plain(mem, value), "yes si");
    else
        return wrong("no word that we know", err);
    return RC_OK;
}

/* ---- all of them ---- */

enum rc desk_check_in_read(const char *text, struct arena *mem, struct check_in *ret, struct err *err)
{
    struct check_in c = { .kind = CHECK_IN_NUMBER,
                          .question = "",
                          .question_es = "",
                          .unit = "",
                          .tag = "",
                          .limits = { CHECK_IN_NO_LIMIT, CHECK_IN_NO_LIMIT, CHECK_IN_NO_LIMIT, CHECK_IN_NO_LIMIT } };
    const char *line;
    size_t n;

    while (text_next_line(&text, &line, &n)) {
        const char *const one = text_clean_line(mem, line, n), *colon = strchr(one, ':');

        if (!*one)
            continue;
        if (!*c.question) {
            c.question = one;
            continue;
        }
        if (!colon)
            return wrong("no word that we know", err);
        if (read_line(&c, text_fold_plain(mem, arena_strndup(mem, one, (size_t)(colon - one))),
                      text_clean_line(mem, colon + 1, strlen(colon + 1)), mem, err))
            return err->rc;
    }
    if (!*c.question || !c.days)
        return err_set(err, RC_INPUT, "a check-in needs its question and when");
    *ret = c;
    return RC_OK;
}

enum rc desk_check_in_find(struct gate *gate, struct group_id group, int64_t number, struct arena *mem,
                           struct check_in *ret, struct err *err)
{
    struct check_in *list;
    size_t n;

    if (check_in_list(&gate->store, group, mem, &list, &n, err))
        return err->rc;
    if (number < 1 || (size_t)number > n || list[number - 1].state != CHECK_IN_OPEN)
        return err_set(err, RC_NOT_FOUND, "the group has no such check-in");
    *ret = list[number - 1];
    return RC_OK;
}
