/*
 * moment: a coming day and time as staff write it: "Monday 9:00", "tomorrow 8am", "2026-03-10 17:30", "lunes 9:00".
 *
 * Shape    A day (weekday, whole or from three letters on; today, tomorrow; a date) and a time of the day, English or Spanish, in any case, with
 *          or without "at", "a las" between. A weekday is the next one that lies ahead; today's counts while its time does.
 *          moment_read_whole tells it as it was written too: the clocks of that day may skip the hour, or repeat it.
 * Units    UTC milliseconds; days as those of clock_days_from_civil, minutes of the day.
 * Errors   RC_INPUT      not of that form, or not ahead of now, or more than MOMENT_DAYS_MAX ahead
 *          RC_NOT_FOUND  no such time zone
 * State    None.
 */
#ifndef SCHEDULES_MOMENT_H
#define SCHEDULES_MOMENT_H

#include "base/err.h"

#include <stdint.h>

#define MOMENT_DAYS_MAX 366

struct moment {
    int64_t ms, day;
    int minute; /* as written */
};

MUST_CHECK enum rc moment_read_whole(const char *text, const char *zone, int64_t now_ms, struct moment *ret,
                                     struct err *err);
/* Its ms alone. */
MUST_CHECK enum rc moment_read(const char *text, const char *zone, int64_t now_ms, int64_t *ret_ms, struct err *err);

#endif
