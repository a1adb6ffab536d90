#include "inbound/pause.h"

/* A wish for a rest; behind it how long, which some of them may leave out. */
static const char *const wishes[] = {
    "i? want|need|would|like like? to|a? take|have? a|my? pause|break|rest",
    "take|make a pause|break|rest",
    "give me|us a break|rest",
    "i? quiero|necesito|quisiera una|un? pausa|descanso|pausar|descansar",
    "haz|haga|hagan|hacer una pausa",
    "un? descanso",
};
/* "stop" alone is another command, and so is "no more": these need a time behind them. */
static const char *const timed[] = {
    "stop",
    "alto|parar|pare|paren",
    "skip me|us?",
    "no emails|mails|letters|messages|correos|cartas|mensajes|notes",
    "no me manden|escriban|envien nada|correos|cartas|mensajes?",
    "hold my? emails|mails|letters|messages?",
    "i am|i'm|im? away|traveling|travelling",
};

static int unit_days(const struct words_token *t)
{
    if (words_among(t->plain, "day days dia dias d"))
        return 1;
    if (words_among(t->plain, "week weeks semana semanas wk wks"))
        return 7;
    return words_among(t->plain, "month months mes meses") ? 30 : 0;
}

/* "until May 3", "hasta el 3 de mayo", "while I travel", "next week" */
static bool is_of_time(const struct words_core *core, size_t i)
{
    for (; i < core->to; i++)
        if (words_among(core->list.v[i].plain,
                        "until till til hasta while mientras next proxima proximo awhile rato tiempo now ahora please "
                        "me it this all letters emails today hoy tomorrow manana") ||
            unit_days(&core->list.v[i]) || words_number(&core->list.v[i]) >= 0)
            return true;
    return false;
}

static struct command likely_pause(int days)
{
    return (struct command){ .kind = COMMAND_PAUSE, .strength = COMMAND_LIKELY, .days = days, .text = "" };
}

/* [for] [n | a] [days | weeks | months] from i to the end. */
static struct command read_time(const struct words_core *core, size_t i)
{
    const struct words_token *v = core->list.v;
    struct command c = { .kind = COMMAND_PAUSE, .days = COMMAND_PAUSE_DEFAULT_DAYS, .text = "" };
    int n, unit = 0;

    while (i < core->to && words_among(v[i].plain, ": for por durante de the next las los proximas proximos"))
        i++;
    if (i == core->to)
        return c;
    n = words_among(v[i].plain, "a an un una one") ? 1 : words_number(&v[i]);
    i += n >= 0;
    if (i < core->to) {
        unit = unit_days(&v[i]);
        i += unit > 0;
    }
    if (i < core->to || n == 0 || (n < 0 && !unit) || (!unit && n == 1 && words_among(v[i - 1].plain, "a an un una"))) {
        c.strength = COMMAND_LIKELY;
        return c;
    }
    c.days = (n < 0 ? 1 : n) * (unit ? unit : 1);
    if (c.days > COMMAND_PAUSE_MAX_DAYS) {
        c.days = COMMAND_PAUSE_MAX_DAYS;
        c.strength = COMMAND_LIKELY;
    }
    return c;
}

/* "for a while", "un rato" */
static bool is_a_while(const struct words_core *core, size_t i)
{
    const size_t n = words_match("for|por? a|un|algun while|bit|rato|tiempo", core->list.v + i, core->to - i);

    return n != WORDS_NONE && i + n == core->to;
}

struct command pause_read(const struct words_core *core)
{
    const struct words_token *v = core->list.v + core->from;
    const size_t count = core->to - core->from;
    size_t n = count && words_among(v[0].plain, "pause pausa pausar") ? 1 : 0;
    struct command c = { .text = "" };

    if (n) {
        c = read_time(core, core->from + n);
        if (c.strength == COMMAND_SURE || is_of_time(core, core->from + n) || is_a_while(core, core->from + n))
            return c;
        return (struct command){ .text = "" };
    }
    n = words_longest(wishes, COUNT_OF(wishes), v, count);
    if (n && n == count)
        return likely_pause(COMMAND_PAUSE_DEFAULT_DAYS);
    if (!n)
        n = words_longest(timed, COUNT_OF(timed), v, count);
    if (!n || n == count)
        return c;
    if (is_a_while(core, core->from + n))
        return likely_pause(COMMAND_PAUSE_DEFAULT_DAYS);
    c = read_time(core, core->from + n);
    return c.strength == COMMAND_SURE ? likely_pause(c.days) : (struct command){ .text = "" };
}
