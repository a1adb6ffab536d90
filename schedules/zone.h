/*
 * zone: local time and UTC, by the system's IANA zones.
 *
 * Shape    A zone is named as in tzdata ("America/New_York"). Names of at most ZONE_NAME_MAX characters.
 * Units    UTC milliseconds since 1970 (*_ms); local times have whole seconds; weekday 0 is Sunday.
 * Errors   RC_NOT_FOUND  no such zone on this machine
 *          RC_INPUT      no such date or time of day (31 February, 24:00), or a year outside ZONE_YEAR_MIN to ZONE_YEAR_MAX
 * State    libical's cache of zones, made once and kept; one thread only.
 * Rules    A local time that the clocks skip (02:30 when 02:00 becomes 03:00) means the first instant after the gap.
 *          A local time that comes twice means its first coming (RFC 5545 3.3.5).
 * Source   tzdata through schedules/ical, libical 3.0.16. It mistakes a doubled local time for its second coming and places an instance after a
 *          gap wrongly, so we ask it for nothing but the offset of a UTC time.
 */
#ifndef SCHEDULES_ZONE_H
#define SCHEDULES_ZONE_H

#include "base/err.h"

#define ZONE_NAME_MAX 63
#define ZONE_YEAR_MIN 1971
#define ZONE_YEAR_MAX 2199
#define ZONE_VERSION_SIZE 32

struct local_time {
    int year, month, day; /* month 1 to 12 */
    int hour, minute, second;
    int weekday; /* 0 Sunday to 6 Saturday; not read by zone_utc_from_local */
};

bool zone_is_name(const char *name);

MUST_CHECK enum rc zone_utc_from_local(const char *zone, int year, int month, int day, int hour, int minute,
                                       int64_t *ret_ms, struct err *err);
MUST_CHECK enum rc zone_local_from_utc(const char *zone, int64_t ms, struct local_time *ret_local, struct err *err);

/* Seconds east of UTC at that time. */
MUST_CHECK enum rc zone_offset(const char *zone, int64_t ms, int *ret_seconds, struct err *err);
/* The first instant in (from, until] with another offset than the one before it; RC_NOT_FOUND: none. Two changes that undo each other within
 * a week go unseen: tzdata has none. */
MUST_CHECK enum rc zone_next_change(const char *zone, int64_t from_ms, int64_t until_ms, int64_t *ret_ms,
                                    struct err *err);

/* "2025b", or "" when the system does not say: keep it beside a derived UTC time, to see when it must be derived again. */
void zone_version(char version[ZONE_VERSION_SIZE]);

/* The same by day count (clock_days_from_civil) and minute of the day, 0 to 1440: the last is the next midnight. */
MUST_CHECK enum rc zone_utc_from_minute(const char *zone, int64_t day, int minute, int64_t *ret_ms, struct err *err);
MUST_CHECK enum rc zone_day_from_utc(const char *zone, int64_t ms, int64_t *ret_day, struct err *err);

/* Calendar only. Day counts are those of clock_days_from_civil. */
bool zone_is_date(int year, int month, int day);
int zone_weekday(int64_t days);

#endif
