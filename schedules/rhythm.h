/*
 * rhythm: when a group's issue closes, and when a letter is due to one member.
 *
 * Shape    A daily rhythm closes at the group's minute of every local day, a weekly one on its weekday only.
 * Units    UTC milliseconds (*_ms); minutes of the local day 0 to 1439; weekday 0 Sunday to 6 Saturday.
 * Errors   RC_NOT_FOUND  no such time zone
 *          RC_INPUT      a minute, weekday or time out of range
 * State    None of its own.
 * Rules    A local time inside a gap of the clocks is the first instant after it; one that comes twice is its first coming
 *          (schedules/zone.h). So a daily issue closes exactly once each local day.
 */
#ifndef SCHEDULES_RHYTHM_H
#define SCHEDULES_RHYTHM_H

#include "base/err.h"

#define RHYTHM_EVERY_DAY (-1)

struct rhythm {
    const char *zone; /* IANA; not owned */
    int minute;       /* of the local day */
    int weekday;      /* RHYTHM_EVERY_DAY, or the day of a weekly rhythm */
};

/* The first close strictly after after_ms. */
MUST_CHECK enum rc rhythm_next_close(const struct rhythm *rhythm, int64_t after_ms, int64_t *ret_ms, struct err *err);

/* The member's next chosen minute in the member's zone, at or after the close and at most 24 h later (so a day of 25 hours
 * may bring a letter up to an hour before the chosen minute). */
MUST_CHECK enum rc rhythm_due(int64_t close_ms, const char *zone, int minute, int64_t *ret_ms, struct err *err);

/* The first instant at or after at_ms within [not_before, not_after) of a local day. A window may pass midnight
 * (20:00 to 02:00); equal ends mean the whole day. */
MUST_CHECK enum rc rhythm_next_allowed(const char *zone, int not_before_minute, int not_after_minute, int64_t at_ms,
                                       int64_t *ret_ms, struct err *err);

#endif
