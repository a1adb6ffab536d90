/*
 * visit_time: when one visit begins and ends, in the form that calendars read the same everywhere.
 *
 * Shape    One of three forms. YEARLY: local times, and the two yearly changes of the zone's clocks as "second Sunday of March" (what Outlook reads
 *          right; 1970-based RRULEs). FIXED: local times, one offset for good, for zones without changes or with changes no yearly rule tells
 *          (Casablanca, Santiago): right for this visit, which lies between two changes. UTC: times with Z and no zone.
 * Units    UTC milliseconds in, whole seconds kept; offsets in seconds east; weekday 0 is Sunday; nth 1 to 4, or -1 for the last.
 * Owns     Plain data; zone points to the caller's name.
 * Errors   RC_NOT_FOUND  no such zone on this machine
 *          RC_INPUT      outside the years of schedules/zone, or not 1 minute to VISIT_MINUTES_MAX long
 * State    None of its own; made once for a visit, used for everybody's copy.
 * Rules    UTC is taken in the zone UTC, where a local time could be read two ways (clocks change within VISIT_TIME_NEAR_MS of the start or the end:
 *          calendars differ about a doubled hour), and where no other form is right.
 * Source   RFC 5545 3.6.5. A yearly rule must hold for the five years from the one before the visit.
 */
#ifndef SCHEDULES_VISIT_TIME_H
#define SCHEDULES_VISIT_TIME_H

#include "base/err.h"

#define VISIT_MINUTES_MAX 1440
#define VISIT_TIME_NEAR_MS INT64_C(10800000)
#define VISIT_TIME_SIZE 20

enum visit_form { VISIT_FORM_UTC, VISIT_FORM_FIXED, VISIT_FORM_YEARLY };

struct visit_change {
    int month, nth, weekday;
    int second_of_day; /* by the clocks as they stood before it */
    int offset_from, offset_to;
};
struct visit_time {
    const char *zone;
    int64_t start_ms, end_ms;
    enum visit_form form;
    char start[VISIT_TIME_SIZE], end[VISIT_TIME_SIZE]; /* "20260303T183000", with Z in UTC */
    int offset;                                        /* FIXED: the only one */
    struct visit_change changes[2];                    /* YEARLY */
};

MUST_CHECK enum rc visit_time_set(const char *zone, int64_t start_ms, int minutes, struct visit_time *ret_time,
                                  struct err *err);

#endif
