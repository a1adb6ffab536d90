/*
 * clock: what time it is, behind a port.
 *
 * Units    UTC milliseconds since 1970 (*_ms). Local time exists in schedules/ only.
 * Shape    Due times take the port's time, so a test or the demo can live through two weeks in a second. Leases, back-off and
 *          ids always take clock_real().
 * Errors   clock_parse: RC_INPUT for anything but RFC 3339 with Z or an offset, or digits (milliseconds).
 * Source   RFC 3339.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/err.h"

struct clock {
    int64_t (*now_ms)(void *ctx);
    void *ctx;
};

#define CLOCK_STAMP_SIZE 32
#define MS_SECOND INT64_C(1000)
#define MS_MINUTE (60 * MS_SECOND)
#define MS_HOUR (60 * MS_MINUTE)
#define MS_DAY (24 * MS_HOUR)

static inline int64_t clock_now_ms(const struct clock *clock)
{
    return clock->now_ms(clock->ctx);
}

const struct clock *clock_real(void);

/* A clock that stands still at *now_ms, which the caller moves. */
struct clock clock_manual(int64_t *now_ms);

/* Milliseconds since some start, never set back: for timeouts only. */
int64_t clock_steady_ms(void);

/* "2026-11-22T02:10:00.123Z" */
void clock_stamp(int64_t ms, char stamp[CLOCK_STAMP_SIZE]);
MUST_CHECK enum rc clock_parse(const char *text, int64_t *ret_ms, struct err *err);

/* Civil date of a UTC day count and back (proleptic Gregorian). Month 1 to 12, day 1 to 31. */
int64_t clock_days_from_civil(int year, int month, int day);
void clock_civil_from_days(int64_t days, int *ret_year, int *ret_month, int *ret_day);

#endif
