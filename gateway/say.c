#include "gateway/say.h"

#include "schedules/said.h"

typedef enum rc said_fn(const struct said_in *in, int64_t ms, struct arena *mem, char **ret_text, struct err *err);

static const char *say(said_fn *fn, const struct gate *gate, enum person_language language, int64_t ms,
                       struct arena *mem)
{
    struct said_in in = { .language = language, .zone = gate->facts.zone, .now_ms = gate_now_ms(gate) };
    struct err ignored;
    char *text;

    if (fn(&in, ms, mem, &text, &ignored) == RC_OK)
        return text;
    in.zone = "UTC";
    if (fn(&in, ms, mem, &text, &ignored) == RC_OK)
        return text;
    text = arena_alloc(mem, CLOCK_STAMP_SIZE);
    clock_stamp(ms, text);
    return text;
}

const char *say_moment(const struct gate *gate, enum person_language language, int64_t ms, struct arena *mem)
{
    return say(said_moment, gate, language, ms, mem);
}

const char *say_time(const struct gate *gate, enum person_language language, int64_t ms, struct arena *mem)
{
    return say(said_time, gate, language, ms, mem);
}

const char *say_day(const struct gate *gate, enum person_language language, int64_t ms, struct arena *mem)
{
    return say(said_day, gate, language, ms, mem);
}

const char *say_span(enum person_language language, int64_t ms, struct arena *mem)
{
    static const struct {
        int64_t ms;
        const char *one[2], *many[2];
    } units[] = {
        { MS_DAY, { "1 day", "1 día" }, { "days", "días" } },
        { MS_HOUR, { "1 hour", "1 hora" }, { "hours", "horas" } },
        { MS_MINUTE, { "1 minute", "1 minuto" }, { "minutes", "minutos" } },
    };
    const int l = language == LANGUAGE_SPANISH;

    for (size_t i = 0; i < COUNT_OF(units); i++) {
        const int64_t n = ms / units[i].ms;

        if (n == 1)
            return units[i].one[l];
        if (n > 1)
            return arena_printf(mem, "%" PRId64 " %s", n, units[i].many[l]);
    }
    return units[2].one[l];
}

int64_t say_number(int64_t id)
{
    return (id >> 22 ^ id) % 9000 + 1000;
}
