/*
 * series: the visits of a rule: every second Tuesday at 18:30 in New York, but not on Christmas, and once on a Thursday.
 *
 * Shape    A first time, a rule (the value of an RRULE as schedules/ical takes it; "" is that one visit alone), days on which it does not hold, and
 *          times added. All are local times of one IANA zone: they are what is stored, and UTC is derived again from them when tzdata changes.
 * Units    UTC milliseconds; a window is [from_ms, until_ms) by start.
 * Owns     The list lives in mem; the series is only read.
 * Errors   RC_NOT_FOUND  no such zone on this machine
 *          RC_INPUT      no such date or time, a rule that we do not follow, or whose first time is not the first of the series
 *          RC_LIMIT      over SERIES_EXCEPTIONS_MAX skipped or added, or over SERIES_VISITS_MAX in the window
 * State    None of its own; that of schedules/zone.
 * Rules    COUNT counts skipped days too. UNTIL with a Z is an instant, without one a time of the zone, a date that whole day; it does not
 *          bind added times. A rule has at most one visit a day, so a date names it; moving one is skipping its day and adding a time.
 *          A time that the clocks skip is the first instant after the gap, one that comes twice its first coming (schedules/zone); the day
 *          after is as the rule says again. What begins at the same instant twice is listed once. Nothing is later than ZONE_YEAR_MAX.
 * Source   RFC 5545 3.3.10, 3.8.5. RFC 5545 3.3.5 would place 02:30 in a gap at 03:30; we keep the one rule of the house, 03:00.
 */
#ifndef SCHEDULES_SERIES_H
#define SCHEDULES_SERIES_H

#include "base/arena.h"
#include "base/err.h"

#define SERIES_EXCEPTIONS_MAX 400
#define SERIES_VISITS_MAX 4000

struct series_day {
    int year, month, day;
};
struct series_time {
    struct series_day on;
    int hour, minute;
};
struct series {
    const char *zone, *rule;
    struct series_time first;
    const struct series_day *skipped;
    size_t skipped_count;
    const struct series_time *added;
    size_t added_count;
};
struct series_visit {
    struct series_time local; /* as the series says it, also in a gap */
    int64_t start_ms;
    bool is_added;
};

MUST_CHECK enum rc series_check(const struct series *series, struct err *err);
/* The visits that begin in the window, in order; none is RC_OK and a count of 0. */
MUST_CHECK enum rc series_expand(const struct series *series, int64_t from_ms, int64_t until_ms, struct arena *mem,
                                 const struct series_visit **ret_visits, size_t *ret_count, struct err *err);

#endif
