#include "schedules/rhythm.h"

#include "base/clock.h"
#include "schedules/zone.h"

static bool is_minute(int minute)
{
    return minute >= 0 && minute < 24 * 60;
}

enum rc rhythm_next_close(const struct rhythm *rhythm, int64_t after_ms, int64_t *ret_ms, struct err *err)
{
    int64_t day = 0, close_ms = 0;
    enum rc rc;

    if (!is_minute(rhythm->minute) || rhythm->weekday < RHYTHM_EVERY_DAY || rhythm->weekday > 6)
        return err_set(err, RC_INPUT, "no such minute of the day or day of the week");
    rc = zone_day_from_utc(rhythm->zone, after_ms, &day, err);
    /* today's close may be past already: eight days hold the next one of any rhythm */
    for (int i = 0; !rc && i <= 8; i++, day++) {
        if (rhythm->weekday != RHYTHM_EVERY_DAY && zone_weekday(day) != rhythm->weekday)
            continue;
        rc = zone_utc_from_minute(rhythm->zone, day, rhythm->minute, &close_ms, err);
        if (!rc && close_ms > after_ms) {
            *ret_ms = close_ms;
            return RC_OK;
        }
    }
    return rc ? rc : err_set(err, RC_BUG, "no close within eight days");
}

enum rc rhythm_due(int64_t close_ms, const char *zone, int minute, int64_t *ret_ms, struct err *err)
{
    const struct rhythm member = { .zone = zone, .minute = minute, .weekday = RHYTHM_EVERY_DAY };
    int64_t due_ms = 0;
    enum rc rc = rhythm_next_close(&member, close_ms - 1, &due_ms, err);

    if (!rc)
        *ret_ms = due_ms > close_ms + MS_DAY ? close_ms + MS_DAY : due_ms;
    return rc;
}

enum rc rhythm_next_allowed(const char *zone, int not_before_minute, int not_after_minute, int64_t at_ms,
                            int64_t *ret_ms, struct err *err)
{
    const bool passes_midnight = not_after_minute <= not_before_minute;
    int64_t day = 0, from_ms = 0, to_ms = 0;
    enum rc rc;

    if (!is_minute(not_before_minute) || !is_minute(not_after_minute))
        return err_set(err, RC_INPUT, "no such minute of the day");
    rc = zone_day_from_utc(zone, at_ms, &day, err);
    /* yesterday's window may still be open */
    for (int64_t d = day - 1; !rc && d <= day + 2; d++) {
        rc = zone_utc_from_minute(zone, d, not_before_minute, &from_ms, err);
        if (!rc)
            rc = zone_utc_from_minute(zone, d + passes_midnight, not_after_minute, &to_ms, err);
        if (!rc && at_ms < to_ms && from_ms < to_ms) {
            *ret_ms = at_ms > from_ms ? at_ms : from_ms;
            return RC_OK;
        }
    }
    return rc ? rc : err_set(err, RC_BUG, "no allowed time within two days");
}
