#include "inbound/text_decision.h"

#include "base/text.h"
#include "inbound/words.h"

#define NUMBER_WITHIN 3 /* "lo tomo 50": the number is one of the first tokens */

static bool is_figures(const struct words_token *t, size_t min, size_t max)
{
    const size_t n = strlen(t->plain);

    return t->kind == WORDS_WORD && n >= min && n <= max && strspn(t->plain, "0123456789") == n;
}

static size_t end_of(const struct words_token *t)
{
    return t->at + t->len;
}

/* "246810", "PIN 246810", "246 810" */
static const char *pin_alone(const struct words_list *list, struct arena *mem)
{
    const struct words_token *v = list->v;
    size_t i = list->count > 1 && words_match("pin|nip", v, 1) == 1;
    const char *pin;

    i += i == 1 && words_is_mark(&v[1], ":") && list->count > 2;
    if (i + 1 == list->count && is_figures(&v[i], TEXT_PIN_MIN, TEXT_PIN_MAX))
        return v[i].plain;
    if (i + 2 != list->count || !is_figures(&v[i], 3, 5) || !is_figures(&v[i + 1], 3, 5))
        return NULL;
    pin = arena_printf(mem, "%s%s", v[i].plain, v[i + 1].plain);
    return strlen(pin) >= TEXT_PIN_MIN ? pin : NULL;
}

/* Takes the PIN off either end; the text without it. */
static const char *take_pin(const char *text, const char **ret_pin, struct arena *mem)
{
    const struct words_list list = words_split(text, 0, mem);
    const struct words_token *v = list.v;
    size_t last = list.count;

    while (last && v[last - 1].kind != WORDS_WORD)
        last--;
    if (last < 2)
        return text;
    if (is_figures(&v[last - 1], TEXT_PIN_MIN, TEXT_PIN_MAX)) {
        *ret_pin = v[last - 1].plain;
        return arena_strndup(mem, text, end_of(&v[last - 2]));
    }
    if (is_figures(&v[0], TEXT_PIN_MIN, TEXT_PIN_MAX)) {
        *ret_pin = v[0].plain;
        return text + v[1].at;
    }
    return text;
}

/* The token that is the number: the first one, or one behind a decision's first words. */
static size_t find_number(const struct words_list *list, struct number_set reviews)
{
    for (size_t i = 0; i < list->count && i <= NUMBER_WITHIN; i++)
        if (is_figures(&list->v[i], 2, 3) && number_has(reviews, words_number(&list->v[i])))
            return i;
    return list->count;
}

/* The text without token i and the marks at it. */
static const char *without(const char *text, const struct words_list *list, size_t i, struct arena *mem)
{
    const struct words_token *v = list->v;
    size_t from = i, to = i + 1;

    if (from && words_is(&v[from - 1], "#"))
        from--;
    while (to < list->count && from == 0 && words_is_mark(&v[to], ": . ) - ,"))
        to++;
    return arena_printf(mem, "%.*s %s", from ? (int)end_of(&v[from - 1]) : 0, text,
                        to < list->count ? text + v[to].at : "");
}

struct text_decision text_decision_read(const char *text, struct number_set reviews, const char *const *names,
                                        struct arena *mem)
{
    struct text_decision d = { .is_near = false };
    struct decision_input in = { .names = names };
    const struct words_list whole = words_split(text, 0, mem);
    struct words_list list;
    size_t i;
    bool is_first;

    d.pin = pin_alone(&whole, mem);
    if (d.pin) {
        d.is_pin = true;
        return d;
    }
    text = take_pin(text, &d.pin, mem);
    list = words_split(text, 0, mem);
    i = find_number(&list, reviews);
    is_first = i == 0 || (i == 1 && list.count > 1 && words_is_mark(&list.v[0], "# ("));
    if (i < list.count) {
        in.text = without(text, &list, i, mem);
        d.number = words_number(&list.v[i]);
    } else {
        in.text = text;
    }
    d.set = decision_read(&in, mem);
    if (d.set.count > 1)
        d.set.count = 0;
    d.is_near = is_first || d.set.count;
    if (i == list.count)
        d.set.count = 0;
    else if (!d.is_near)
        d.number = 0;
    return d;
}
