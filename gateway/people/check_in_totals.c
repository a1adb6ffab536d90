#include "gateway/people/check_in_totals.h"

#include "base/text.h"
#include "gateway/note/topic.h"
#include "gateway/people/check_in_say.h"
#include "gateway/practice/record.h"
#include "store/group.h"

static int64_t round_to(int64_t v, int64_t step)
{
    const int64_t half = v < 0 ? -step / 2 : step / 2;

    return (v + half) / step * step;
}

/* 181437 is 180000, 7249 is 7200: two digits. */
static int64_t two_digits(int64_t v)
{
    int64_t step = 1;

    while ((v < 0 ? -v : v) / step >= 100)
        step *= 10;
    return round_to(v, step);
}

static bool is_one_value(const int64_t *values, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (values[i] != values[0])
            return false;
    return true;
}

const char *check_in_totals_text(const struct check_in *c, const int64_t *values, size_t n,
                                 enum person_language language, struct arena *mem)
{
    const bool is_spanish = language == LANGUAGE_SPANISH;
    int64_t sum = 0;

    if (n < CHECK_IN_FLOOR || is_one_value(values, n))
        return NULL;
    for (size_t i = 0; i < n; i++)
        sum += values[i];
    if (c->kind == CHECK_IN_YES_NO)
        return arena_printf(mem,
                            is_spanish ? "Respondieron %zu personas. Más o menos %" PRId64 " de cada 10 dijeron que sí."
                                       : "%zu people answered. About %" PRId64 " in 10 said yes.",
                            n, round_to(sum * 10 / (int64_t)n, 1000) / 1000);
    return arena_printf(
        mem,
        is_spanish ? "Respondieron %zu personas. El promedio es más o menos %s."
                   : "%zu people answered. The average is about %s.",
        n,
        check_in_say_number(
            c, c->kind == CHECK_IN_SCALE ? round_to(sum / (int64_t)n, 1000) : two_digits(sum / (int64_t)n), mem));
}

static enum rc read_values(struct gate *gate, struct check_round_id round, struct arena *mem, int64_t **ret,
                           size_t *ret_n, struct err *err)
{
    struct check_in_value *answers;
    size_t n;

    if (check_in_answers_in(&gate->store, round, mem, &answers, &n, err))
        return err->rc;
    *ret = ARENA_ARRAY(mem, n, int64_t);
    for (size_t i = 0; i < n; i++)
        if (text_to_int(answers[i].value, INT64_MIN + 1, INT64_MAX, &(*ret)[i], err))
            return err_set(err, RC_CORRUPT, "an answer in round %" PRId64 " is no number", round.v);
    *ret_n = n;
    return RC_OK;
}

enum rc check_in_totals_offer(struct gate *gate, const struct check_in *c, struct check_round_id round, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("check_in_totals");
    const enum person_language language =
        gate->facts.language == LANGUAGE_SPANISH ? LANGUAGE_SPANISH : LANGUAGE_ENGLISH;
    struct topic_draft draft = { .group = c->group, .author = c->staff, .when_ms = TOPIC_NOW, .who = record_rule() };
    struct care_group group;
    struct post post;
    const char *totals;
    int64_t *values = NULL, due_ms;
    size_t n = 0;

    if (read_values(gate, round, mem, &values, &n, err) || group_get(&gate->store, c->group, mem, &group, err))
        return err->rc;
    totals = check_in_totals_text(c, values, n, language, mem);
    if (!totals || group.state != GROUP_OPEN)
        return RC_OK;
    draft.title = language == LANGUAGE_SPANISH ? "Nuestro chequeo" : "Our check-in";
    draft.text = arena_printf(mem, "%s\n\n%s", check_in_question(c, language), totals);
    return topic_plan(gate, &draft, &post, &due_ms, err);
}
