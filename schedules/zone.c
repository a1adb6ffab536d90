#include "schedules/zone.h"

#include "base/clock.h"
#include "schedules/ical.h"

static const int64_t day_s = 86400;

bool zone_is_name(const char *name)
{
    return ical_zone_find(name) != NULL;
}

static enum rc need_zone(const char *name, struct ical_zone **ret_zone, struct err *err)
{
    *ret_zone = ical_zone_find(name);
    return *ret_zone ? RC_OK : err_set(err, RC_NOT_FOUND, "no such time zone on this machine");
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

bool zone_is_date(int year, int month, int day)
{
    int y, m, d;

    if (year < ZONE_YEAR_MIN || year > ZONE_YEAR_MAX || month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    clock_civil_from_days(clock_days_from_civil(year, month, day), &y, &m, &d);
    return y == year && m == month && d == day;
}

int zone_weekday(int64_t days)
{
    return (int)(days + 4 - 7 * floor_div(days + 4, 7)); /* 1970-01-01 was a Thursday */
}

static struct local_time split(int64_t s)
{
    const int64_t days = floor_div(s, day_s);
    const int rest = (int)(s - days * day_s);
    struct local_time t = { .hour = rest / 3600, .minute = rest / 60 % 60, .second = rest % 60 };

    clock_civil_from_days(days, &t.year, &t.month, &t.day);
    t.weekday = zone_weekday(days);
    return t;
}

/* Seconds east of UTC at a UTC second. */
static int offset_at(struct ical_zone *zone, int64_t utc_s)
{
    const struct local_time t = split(utc_s);

    return ical_zone_offset(zone, &t);
}

/* The first second in (low, high] with another offset than low's. */
static int64_t find_change(struct ical_zone *zone, int64_t low, int64_t high)
{
    const int before = offset_at(zone, low);

    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;

        if (offset_at(zone, middle) == before)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* A local second becomes UTC by the offset of the day before or of the day after, whichever is true at the result.
 * Both are when the clocks went back between: the larger offset is the earlier instant. Neither is inside a gap. */
static int64_t utc_second(struct ical_zone *zone, int64_t local_s)
{
    const int before = offset_at(zone, local_s - day_s), after = offset_at(zone, local_s + day_s);
    const int64_t early = local_s - (before > after ? before : after);
    const int64_t late = local_s - (before > after ? after : before);

    if (offset_at(zone, early) == local_s - early)
        return early;
    if (offset_at(zone, late) == local_s - late)
        return late;
    return find_change(zone, early, late);
}

enum rc zone_utc_from_local(const char *zone, int year, int month, int day, int hour, int minute, int64_t *ret_ms,
                            struct err *err)
{
    struct ical_zone *z = NULL;
    enum rc rc = need_zone(zone, &z, err);

    if (rc)
        return rc;
    if (!zone_is_date(year, month, day))
        return err_set(err, RC_INPUT, "no such date");
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59)
        return err_set(err, RC_INPUT, "no such time of day");
    *ret_ms = MS_SECOND * utc_second(z, clock_days_from_civil(year, month, day) * day_s + hour * 3600 + minute * 60);
    return RC_OK;
}

enum rc zone_local_from_utc(const char *zone, int64_t ms, struct local_time *ret_local, struct err *err)
{
    const int64_t s = floor_div(ms, MS_SECOND);
    const int64_t first = clock_days_from_civil(ZONE_YEAR_MIN, 1, 1),
                  end = clock_days_from_civil(ZONE_YEAR_MAX + 1, 1, 1);
    struct ical_zone *z = NULL;
    enum rc rc = need_zone(zone, &z, err);

    if (rc)
        return rc;
    if (s < first * day_s || s >= end * day_s)
        return err_set(err, RC_INPUT, "a time outside the years %d to %d", ZONE_YEAR_MIN, ZONE_YEAR_MAX);
    *ret_local = split(s + offset_at(z, s));
    return RC_OK;
}

enum rc zone_offset(const char *zone, int64_t ms, int *ret_seconds, struct err *err)
{
    struct local_time t;
    enum rc rc = zone_local_from_utc(zone, ms, &t, err); /* for its bounds */
    struct ical_zone *z = NULL;

    if (!rc)
        rc = need_zone(zone, &z, err);
    if (!rc)
        *ret_seconds = offset_at(z, floor_div(ms, MS_SECOND));
    return rc;
}

enum rc zone_next_change(const char *zone, int64_t from_ms, int64_t until_ms, int64_t *ret_ms, struct err *err)
{
    const int64_t week_s = 7 * day_s, until = floor_div(until_ms, MS_SECOND);
    struct local_time t;
    struct ical_zone *z = NULL;
    enum rc rc = need_zone(zone, &z, err);

    if (!rc)
        rc = zone_local_from_utc(zone, from_ms, &t, err);
    if (!rc)
        rc = zone_local_from_utc(zone, until_ms, &t, err);
    for (int64_t s = floor_div(from_ms, MS_SECOND); !rc && s < until; s += week_s) {
        const int64_t end = s + week_s < until ? s + week_s : until;

        if (offset_at(z, s) != offset_at(z, end)) {
            *ret_ms = MS_SECOND * find_change(z, s, end);
            return RC_OK;
        }
    }
    return rc ? rc : err_set(err, RC_NOT_FOUND, "the clocks do not change in this time");
}

enum rc zone_utc_from_minute(const char *zone, int64_t day, int minute, int64_t *ret_ms, struct err *err)
{
    int y, m, d;

    if (minute < 0 || minute > 24 * 60)
        return err_set(err, RC_INPUT, "no such minute of the day");
    clock_civil_from_days(day + minute / (24 * 60), &y, &m, &d);
    return zone_utc_from_local(zone, y, m, d, minute / 60 % 24, minute % 60, ret_ms, err);
}

enum rc zone_day_from_utc(const char *zone, int64_t ms, int64_t *ret_day, struct err *err)
{
    struct local_time t;
    enum rc rc = zone_local_from_utc(zone, ms, &t, err);

    if (!rc)
        *ret_day = clock_days_from_civil(t.year, t.month, t.day);
    return rc;
}

void zone_version(char version[ZONE_VERSION_SIZE])
{
    char path[512], line[128] = "";
    FILE *f;

    version[0] = 0;
    snprintf(path, sizeof path, "%s/tzdata.zi", ical_zone_folder());
    f = fopen(path, "re");
    if (!f)
        return;
    /* its first line is "# version 2025b" */
    if (fgets(line, sizeof line, f) && strncmp(line, "# version ", 10) == 0)
        snprintf(version, ZONE_VERSION_SIZE, "%.*s", (int)strcspn(line + 10, "\r\n"), line + 10);
    fclose(f);
}
