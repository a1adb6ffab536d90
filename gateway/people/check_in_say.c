#include "gateway/people/check_in_say.h"

#include "base/text.h"
#include "gateway/say/phrase.h"
#include "inbound/measure.h"

#define BLOCK "\u2588"
#define EVERY_DAY 127
#define WEEKDAYS 62

const char *check_in_say_days(int64_t days, enum person_language language, struct arena *mem)
{
    const char *text = "";

    if (days == EVERY_DAY)
        return phrase_digest_days(language, RHYTHM_DAILY, 0, mem);
    if (days == WEEKDAYS)
        return language == LANGUAGE_SPANISH ? "de lunes a viernes" : "each weekday";
    for (int day = 0; day < 7; day++)
        if (days >> day & 1)
            text = arena_printf(mem, "%s%s%s", text, *text ? ", " : "",
                                phrase_digest_days(language, RHYTHM_WEEKLY, day, mem));
    return text;
}

const char *check_in_say_number(const struct check_in *c, int64_t milli, struct arena *mem)
{
    const char *number = measure_print(milli, mem);

    return *c->unit ? arena_printf(mem, "%s %s", number, c->unit) : number;
}

static int64_t milli_of(const char *value)
{
    struct err ignored;
    int64_t milli;

    return text_to_int(value, INT64_MIN + 1, INT64_MAX, &milli, &ignored) ? 0 : milli; /* what we wrote ourselves */
}

const char *check_in_say_value(const struct check_in *c, const char *value, enum person_language language,
                               struct arena *mem)
{
    const bool is_spanish = language == LANGUAGE_SPANISH;

    switch (c->kind) {
    case CHECK_IN_WORDS:
        return value;
    case CHECK_IN_YES_NO:
        return milli_of(value) ? (is_spanish ? "Sí" : "Yes") : "No";
    default:
        return check_in_say_number(c, milli_of(value), mem);
    }
}

const char *check_in_question(const struct check_in *c, enum person_language language)
{
    return language == LANGUAGE_SPANISH && *c->question_es ? c->question_es : c->question;
}

void check_in_say_question(const struct check_in *c, enum person_language language, struct json *values)
{
    json_set_str(values, "question", check_in_question(c, language));
    json_set_str(values, "unit", c->unit);
    json_set_bool(values, "is_number", c->kind == CHECK_IN_NUMBER);
    json_set_bool(values, "is_scale", c->kind == CHECK_IN_SCALE);
    json_set_bool(values, "is_yes_no", c->kind == CHECK_IN_YES_NO);
    json_set_bool(values, "is_words", c->kind == CHECK_IN_WORDS);
}

/* ---- the chart ---- */

struct span {
    int64_t low, high;
};

static struct span span_of(const struct check_in_value *values, size_t n)
{
    struct span s = { milli_of(values[0].value), milli_of(values[0].value) };

    for (size_t i = 1; i < n; i++) {
        const int64_t v = milli_of(values[i].value);

        s.low = v < s.low ? v : s.low;
        s.high = v > s.high ? v : s.high;
    }
    return s;
}

/* One block for the lowest, CHECK_IN_BAR_MAX for the highest: a weight's small changes are seen. */
static const char *bar_of(int64_t v, struct span s, struct arena *mem)
{
    const int64_t width = s.high - s.low;
    const int64_t blocks = 1 + (width ? (v - s.low) * (CHECK_IN_BAR_MAX - 1) / width : 0);
    char *bar = arena_alloc(mem, (size_t)blocks * strlen(BLOCK) + 1), *w = bar;

    for (int64_t i = 0; i < blocks; i++, w += strlen(BLOCK))
        memcpy(w, BLOCK, strlen(BLOCK));
    *w = '\0';
    return bar;
}

static void put_change(const struct check_in *c, const struct check_in_value *values, size_t n, struct arena *mem,
                       struct json *to)
{
    const int64_t change = n < 2 ? 0 : milli_of(values[n - 1].value) - milli_of(values[n - 2].value);

    json_set_bool(to, "is_up", n > 1 && change > 0);
    json_set_bool(to, "is_down", n > 1 && change < 0);
    json_set_bool(to, "is_same", n > 1 && change == 0);
    json_set_str(to, "change", check_in_say_number(c, change < 0 ? -change : change, mem));
}

static void put_numbers(const struct check_in *c, const struct check_in_value *values, size_t n, struct span span,
                        struct arena *mem, struct json *to)
{
    json_set_bool(to, "has_numbers", true);
    json_set_str(to, "lowest", check_in_say_number(c, span.low, mem));
    json_set_str(to, "highest", check_in_say_number(c, span.high, mem));
    put_change(c, values, n, mem, to);
}

enum rc check_in_say_chart(struct gate *gate, const struct check_in *c, const char *zone, struct person_id person,
                           enum person_language language, struct arena *mem, struct json *to, struct err *err)
{
    CLEANUP(json_free) struct json *answers = json_array_new();
    const bool has_numbers = c->kind == CHECK_IN_NUMBER || c->kind == CHECK_IN_SCALE;
    struct check_in_value *values;
    struct span span = { 0, 0 };
    size_t n;

    if (check_in_answers_of(&gate->store, c->id, person, CHECK_IN_SHOWN, mem, &values, &n, err))
        return err->rc;
    if (n && has_numbers)
        span = span_of(values, n);
    for (size_t i = 0; i < n; i++) {
        struct json *line = json_object_new();

        json_set_str(line, "day", phrase_day(gate, language, zone, values[i].at_ms, mem));
        json_set_str(line, "value", check_in_say_value(c, values[i].value, language, mem));
        json_set_str(line, "bar", has_numbers ? bar_of(milli_of(values[i].value), span, mem) : "");
        json_push(answers, &line);
    }
    json_set_str(to, "value",
                 n ? check_in_say_value(c, values[n - 1].value, language, mem) : ""); /* by text, the last */
    json_set_bool(to, "has_chart", n > 0);
    if (n && has_numbers)
        put_numbers(c, values, n, span, mem, to);
    json_set(to, "answers", &answers);
    return RC_OK;
}
