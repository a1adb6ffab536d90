/*
 * said: a moment in words, for letters.
 *
 * Shape    English "Tuesday, March 3, 8:00 AM", "Tue March 3"; Spanish "martes 3 de marzo, 8:00", "mar 3 de marzo". English says hours
 *          by twelve, Spanish by twenty-four. The year is said only when it is not now's. "yesterday", "ayer" by local days.
 * Units    UTC milliseconds (*_ms) in, local time in the zone out.
 * Owns     *ret_text lives in mem.
 * Errors   RC_NOT_FOUND  no such time zone      RC_INPUT  a time out of zone.h's range
 * State    None of its own.
 */
#ifndef SCHEDULES_SAID_H
#define SCHEDULES_SAID_H

#include "base/arena.h"
#include "base/err.h"
#include "store/person.h"

struct said_in {
    enum person_language language;
    const char *zone; /* IANA */
    int64_t now_ms;   /* for the year and for relative days */
};

/* "Tuesday, March 3, 8:00 AM" */
MUST_CHECK enum rc said_moment(const struct said_in *in, int64_t ms, struct arena *mem, char **ret_text,
                               struct err *err);
/* "Tuesday, March 3" */
MUST_CHECK enum rc said_day(const struct said_in *in, int64_t ms, struct arena *mem, char **ret_text, struct err *err);
/* "Tue March 3" */
MUST_CHECK enum rc said_short_day(const struct said_in *in, int64_t ms, struct arena *mem, char **ret_text,
                                  struct err *err);
/* "8:00 AM", "8:00" */
MUST_CHECK enum rc said_time(const struct said_in *in, int64_t ms, struct arena *mem, char **ret_text, struct err *err);
/* "today", "yesterday", "tomorrow"; the weekday alone for the last six days ("Tuesday"); else the short day. */
MUST_CHECK enum rc said_relative_day(const struct said_in *in, int64_t ms, struct arena *mem, char **ret_text,
                                     struct err *err);

/* A minute of the day, 0 to 1439, as said_time writes it; it cannot fail. */
char *said_minute(enum person_language language, int64_t minute, struct arena *mem);
/* "Tuesday", "martes"; weekday 0 (Sunday) to 6. */
const char *said_weekday(enum person_language language, int weekday);

#endif
