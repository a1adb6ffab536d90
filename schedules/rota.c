#include "schedules/rota.h"

#include "base/clock.h"
#include "base/text.h"
#include "schedules/hours.h"

#define MINUTES_A_DAY 1440

static const char separators[] = " \t\r\n,;";

static const char *next_word(const char **s, struct arena *mem)
{
    const char *word;
    size_t n;

    *s += strspn(*s, separators);
    n = strcspn(*s, separators);
    word = arena_strndup(mem, *s, n);
    *s += n;
    return word;
}

/* "2026-12-24" and "17:00" */
static bool read_moment(const char **s, struct arena *mem, int64_t *ret_day, int64_t *ret_minute)
{
    const char *date = next_word(s, mem), *time = next_word(s, mem);
    int minute;

    if (!hours_read_date(&date, ret_day) || *date || !hours_read_minute(&time, &minute) || *time)
        return false;
    *ret_minute = minute;
    return true;
}

static enum rc read_dated(const char *s, struct arena *mem, struct rota_shift *shift, struct err *err)
{
    if (!read_moment(&s, mem, &shift->from_day, &shift->from_minute))
        return err_set(err, RC_INPUT, "a shift begins on a date and time such as 2026-12-24 17:00");
    s += strspn(s, " \t");
    s += *s == '-';
    if (!read_moment(&s, mem, &shift->to_day, &shift->to_minute) || *next_word(&s, mem))
        return err_set(err, RC_INPUT, "a shift ends on a date and time: 2026-12-24 17:00 - 2026-12-27 08:00");
    if (shift->to_day * MINUTES_A_DAY + shift->to_minute <= shift->from_day * MINUTES_A_DAY + shift->from_minute)
        return err_set(err, RC_INPUT, "the shift ends before it begins");
    return RC_OK;
}

static enum rc read_weekly(const char *s, struct arena *mem, struct rota_shift *shift, struct err *err)
{
    unsigned days = 0;
    int from = 0, to = 0;
    const char *word = next_word(&s, mem);

    for (; *word && (*word < '0' || *word > '9'); word = next_word(&s, mem))
        if (!hours_read_days(word, &days))
            return err_set(err, RC_INPUT, "a shift names days, as Mon-Fri, or dates, as 2026-12-24");
    if (!days || !hours_read_range(word, &from, &to) || from == MINUTES_A_DAY)
        return err_set(err, RC_INPUT, "a shift is days and a range, as Mon-Fri 17:00-08:00");
    if (*next_word(&s, mem))
        return err_set(err, RC_INPUT, "a shift has one range; add another shift for another one");
    shift->weekdays = days;
    shift->from_minute = from;
    shift->to_minute = to;
    return RC_OK;
}

enum rc rota_parse(const char *text, struct rota_shift *ret_shift, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("rota");
    struct rota_shift shift = { .weekdays = 0 };
    const char *s;
    enum rc rc;

    if (strnlen(text, ROTA_TEXT_MAX + 1) > ROTA_TEXT_MAX || !text_is_utf8(text, strlen(text)))
        return err_set(err, RC_INPUT, "a shift is at most %d bytes of text", ROTA_TEXT_MAX);
    s = text_fold_plain(mem, text);
    s += strspn(s, separators);
    rc = *s >= '0' && *s <= '9' ? read_dated(s, mem, &shift, err) : read_weekly(s, mem, &shift, err);
    if (!rc)
        *ret_shift = shift;
    return rc;
}

static const char *print_moment(int64_t day, int64_t minute, struct arena *mem)
{
    int y, m, d;

    clock_civil_from_days(day, &y, &m, &d);
    return arena_printf(mem, "%04d-%02d-%02d %02d:%02d", y, m, d, (int)minute / 60, (int)minute % 60);
}

/* Days from Monday on; three or more in a row as a span. */
static const char *print_days(int64_t weekdays, struct arena *mem)
{
    static const char *const names[7] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
    const char *text = "";

    for (int first = 0, last; first < 7; first = last + 1) {
        for (last = first; last < 7 && weekdays >> (last + 1) % 7 & 1; last++)
            ;
        if (last == first)
            continue;
        last--;
        text = arena_printf(mem,
                            last > first + 1 ? "%s%s%s-%s"
                            : last > first   ? "%s%s%s %s"
                                             : "%s%s%s",
                            text, *text ? " " : "", names[first], names[last]);
    }
    return text;
}

char *rota_print(const struct rota_shift *shift, struct arena *mem)
{
    if (!shift->weekdays)
        return arena_printf(mem, "%s - %s", print_moment(shift->from_day, shift->from_minute, mem),
                            print_moment(shift->to_day, shift->to_minute, mem));
    return arena_printf(mem, "%s %02d:%02d-%02d:%02d", print_days(shift->weekdays, mem), (int)shift->from_minute / 60,
                        (int)shift->from_minute % 60, (int)shift->to_minute / 60, (int)shift->to_minute % 60);
}

/* The shift that begins on a day. */
static enum rc span_of_day(const struct rota_shift *shift, const char *zone, int64_t day, int64_t *from_ms,
                           int64_t *to_ms, struct err *err)
{
    const int64_t to_day = !shift->weekdays ? shift->to_day : shift->to_minute <= shift->from_minute ? day + 1 : day;
    const enum rc rc = zone_utc_from_minute(zone, day, (int)shift->from_minute, from_ms, err);

    return rc ? rc : zone_utc_from_minute(zone, to_day, (int)shift->to_minute, to_ms, err);
}

enum rc rota_span(const struct rota_shift *shift, const char *zone, int64_t at_ms, int64_t *ret_from_ms,
                  int64_t *ret_to_ms, struct err *err)
{
    int64_t today, from_ms, to_ms;
    enum rc rc = zone_day_from_utc(zone, at_ms, &today, err);
    const int64_t first = shift->weekdays ? today - 1 : shift->from_day;

    for (int64_t day = first; !rc && day <= (shift->weekdays ? today + 8 : first); day++) {
        if (shift->weekdays && !(shift->weekdays >> zone_weekday(day) & 1))
            continue;
        rc = span_of_day(shift, zone, day, &from_ms, &to_ms, err);
        if (rc || at_ms >= to_ms || from_ms == to_ms) /* over, or fallen into a gap of the clocks */
            continue;
        *ret_from_ms = from_ms;
        *ret_to_ms = to_ms;
        return RC_OK;
    }
    return rc ? rc : err_set(err, RC_NOT_FOUND, "the shift is over");
}

enum rc rota_is_on(const struct rota_shift *shift, const char *zone, int64_t at_ms, bool *ret_is_on, struct err *err)
{
    int64_t from_ms = 0, to_ms;
    struct err why;
    const enum rc rc = rota_span(shift, zone, at_ms, &from_ms, &to_ms, &why);

    if (rc && (rc != RC_NOT_FOUND || !zone_is_name(zone))) {
        *err = why;
        return rc;
    }
    *ret_is_on = !rc && from_ms <= at_ms;
    return RC_OK;
}
