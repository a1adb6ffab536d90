#include "schedules/moment.h"

#include "base/clock.h"
#include "base/text.h"
#include "schedules/hours.h"

static const char form[] = "a day and a time are expected, as Monday 9:00";

static const char *next_word(const char **s, struct arena *mem)
{
    const char *word;
    size_t n;

    *s += strspn(*s, " ,");
    n = strcspn(*s, " ,");
    word = arena_strndup(mem, *s, n);
    *s += n;
    return word;
}

/* "9:00", "9", "5:30 pm", "8am" */
static bool read_minute(const char *s, int *ret_minute)
{
    bool is_noon_less = false;
    int minute;

    if (!hours_read_minute(&s, &minute))
        return false;
    s += strspn(s, " ");
    if (text_starts(s, "pm") || text_starts(s, "p.m.")) {
        if (minute < 60 || minute >= 13 * 60)
            return false;
        minute += minute < 12 * 60 ? 12 * 60 : 0;
        is_noon_less = true;
    } else if (text_starts(s, "am") || text_starts(s, "a.m.")) {
        if (minute < 60 || minute >= 13 * 60)
            return false;
        minute -= minute >= 12 * 60 ? 12 * 60 : 0;
        is_noon_less = true;
    }
    s += is_noon_less ? (s[1] == '.' ? 4 : 2) : 0;
    *ret_minute = minute;
    return !*s && minute < 24 * 60;
}

/* The day of a word, from today on; -1 when it is none. *ret_weekly: it comes again a week later. */
static int64_t day_of(const char *word, int64_t today, bool *ret_weekly)
{
    unsigned days = 0;
    int64_t day;

    *ret_weekly = false;
    if (!strcmp(word, "today") || !strcmp(word, "hoy"))
        return today;
    if (!strcmp(word, "tomorrow") || !strcmp(word, "manana"))
        return today + 1;
    if (hours_read_days(word, &days) && days && !(days & (days - 1))) {
        *ret_weekly = true;
        for (day = today; !(days >> zone_weekday(day) & 1); day++)
            ;
        return day;
    }
    return hours_read_date(&word, &day) && !*word ? day : -1;
}

enum rc moment_read_whole(const char *text, const char *zone, int64_t now_ms, struct moment *ret, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("moment");
    const char *s = text_is_utf8(text, strlen(text)) ? text_fold_plain(mem, text) : "", *rest, *word;
    int64_t today, day, ms;
    bool is_weekly;
    int minute;

    if (zone_day_from_utc(zone, now_ms, &today, err))
        return err->rc;
    day = day_of(next_word(&s, mem), today, &is_weekly);
    for (rest = s, word = next_word(&rest, mem); *word && strstr(" at a las la ", arena_printf(mem, " %s ", word));
         word = next_word(&rest, mem))
        s = rest;
    s += strspn(s, " ,");
    if (day < 0 || !read_minute(s, &minute))
        return err_set(err, RC_INPUT, "%s", form);
    if (zone_utc_from_minute(zone, day, minute, &ms, err))
        return err->rc;
    if (ms <= now_ms && is_weekly) {
        day += 7;
        if (zone_utc_from_minute(zone, day, minute, &ms, err))
            return err->rc;
    }
    if (ms <= now_ms || ms > now_ms + MOMENT_DAYS_MAX * MS_DAY)
        return err_set(err, RC_INPUT, "a time ahead of now is expected, within a year");
    *ret = (struct moment){ .ms = ms, .day = day, .minute = minute };
    return RC_OK;
}

enum rc moment_read(const char *text, const char *zone, int64_t now_ms, int64_t *ret_ms, struct err *err)
{
    struct moment m;

    if (moment_read_whole(text, zone, now_ms, &m, err))
        return err->rc;
    *ret_ms = m.ms;
    return RC_OK;
}
