#include "schedules/said.h"

#include "base/clock.h"
#include "schedules/zone.h"

static const struct words {
    const char *days[7], *short_days[7], *months[12];
    const char *today, *yesterday, *tomorrow;
} english = {
    .days = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday" },
    .short_days = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" },
    .months = { "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                "November", "December" },
    .today = "today",
    .yesterday = "yesterday",
    .tomorrow = "tomorrow",
}, spanish = {
    .days = { "domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado" },
    .short_days = { "dom", "lun", "mar", "mié", "jue", "vie", "sáb" },
    .months = { "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
                "noviembre", "diciembre" },
    .today = "hoy",
    .yesterday = "ayer",
    .tomorrow = "mañana",
};

static const struct words *words_of(enum person_language language)
{
    return language == LANGUAGE_SPANISH ? &spanish : &english;
}

/* A moment taken apart, beside now. */
struct told {
    const struct words *words;
    struct local_time at;
    int64_t days_ahead; /* of now, by local days */
    char year[16];      /* ", 2027", " de 2027", or "" in this year */
};

static enum rc tell(const struct said_in *in, int64_t ms, struct told *told, struct err *err)
{
    struct local_time now;
    enum rc rc;

    told->words = words_of(in->language);
    rc = zone_local_from_utc(in->zone, ms, &told->at, err);
    if (!rc)
        rc = zone_local_from_utc(in->zone, in->now_ms, &now, err);
    if (rc)
        return rc;
    told->days_ahead = clock_days_from_civil(told->at.year, told->at.month, told->at.day) -
                       clock_days_from_civil(now.year, now.month, now.day);
    told->year[0] = 0;
    if (told->at.year != now.year)
        snprintf(told->year, sizeof told->year, "%s %d", told->words == &spanish ? " de" : ",", told->at.year);
    return RC_OK;
}

static char *day_text(const struct told *t, struct arena *mem)
{
    const char *day = t->words->days[t->at.weekday], *month = t->words->months[t->at.month - 1];

    if (t->words == &spanish)
        return arena_printf(mem, "%s %d de %s%s", day, t->at.day, month, t->year);
    return arena_printf(mem, "%s, %s %d%s", day, month, t->at.day, t->year);
}

static char *short_day_text(const struct told *t, struct arena *mem)
{
    const char *day = t->words->short_days[t->at.weekday], *month = t->words->months[t->at.month - 1];

    if (t->words == &spanish)
        return arena_printf(mem, "%s %d de %s%s", day, t->at.day, month, t->year);
    return arena_printf(mem, "%s %s %d%s", day, month, t->at.day, t->year);
}

char *said_minute(enum person_language language, int64_t minute, struct arena *mem)
{
    const int hour = (int)(minute / 60), min = (int)(minute % 60);

    if (language == LANGUAGE_SPANISH)
        return arena_printf(mem, "%d:%02d", hour, min);
    return arena_printf(mem, "%d:%02d %s", hour % 12 ? hour % 12 : 12, min, hour < 12 ? "AM" : "PM");
}

const char *said_weekday(enum person_language language, int weekday)
{
    return words_of(language)->days[weekday];
}

static char *time_text(const struct told *t, struct arena *mem)
{
    return said_minute(t->words == &spanish ? LANGUAGE_SPANISH : LANGUAGE_ENGLISH, 60 * t->at.hour + t->at.minute, mem);
}

static char *moment_text(const struct told *t, struct arena *mem)
{
    return arena_printf(mem, "%s, %s", day_text(t, mem), time_text(t, mem));
}

static char *relative_text(const struct told *t, struct arena *mem)
{
    if (t->days_ahead == 0)
        return arena_strdup(mem, t->words->today);
    if (t->days_ahead == -1)
        return arena_strdup(mem, t->words->yesterday);
    if (t->days_ahead == 1)
        return arena_strdup(mem, t->words->tomorrow);
    if (t->days_ahead < 0 && t->days_ahead >= -6)
        return arena_strdup(mem, t->words->days[t->at.weekday]);
    return short_day_text(t, mem);
}

static enum rc say(const struct said_in *in, int64_t ms, char *(*form)(const struct told *, struct arena *),
                   struct arena *mem, char **ret_text, struct err *err)
{
    struct told told;
    enum rc rc = tell(in, ms, &told, err);

    if (!rc)
        *ret_text = form(&told, mem);
    return rc;
}

enum rc said_moment(const struct said_in *in, int64_t ms, struct arena *mem, char **ret_text, struct err *err)
{
    return say(in, ms, moment_text, mem, ret_text, err);
}

enum rc said_day(const struct said_in *in, int64_t ms, struct arena *mem, char **ret_text, struct err *err)
{
    return say(in, ms, day_text, mem, ret_text, err);
}

enum rc said_short_day(const struct said_in *in, int64_t ms, struct arena *mem, char **ret_text, struct err *err)
{
    return say(in, ms, short_day_text, mem, ret_text, err);
}

enum rc said_time(const struct said_in *in, int64_t ms, struct arena *mem, char **ret_text, struct err *err)
{
    return say(in, ms, time_text, mem, ret_text, err);
}

enum rc said_relative_day(const struct said_in *in, int64_t ms, struct arena *mem, char **ret_text, struct err *err)
{
    return say(in, ms, relative_text, mem, ret_text, err);
}
