/*
 * rota: one shift of the people on call: a weekly pattern, or one span of dates, in the practice's local time.
 *
 * Shape    Weekly: days and one range: "Mon-Fri 17:00-08:00", "Sat Sun 00:00-24:00". A range that does not end after it begins ends on the next
 *          day. Dated: "2026-12-24 17:00 - 2026-12-27 08:00". Days and separators are those of hours.h.
 * Units    UTC milliseconds (*_ms); minutes of the local day; days as clock_days_from_civil; weekday bits, bit 0 is Sunday.
 * Owns     struct rota_shift is plain data.
 * Errors   RC_INPUT      the text cannot be read, or the span ends before it begins
 *          RC_NOT_FOUND  rota_span: the shift is over for good; no such time zone
 * Rules    Begin and end are local times, each brought to UTC on its own day. So a night when the clocks change is an hour shorter or longer, and
 *          between two shifts of which one ends when the other begins there is never a gap (zone.h says what a skipped time means).
 * State    None of its own.
 */
#ifndef SCHEDULES_ROTA_H
#define SCHEDULES_ROTA_H

#include "base/arena.h"
#include "base/err.h"

#define ROTA_TEXT_MAX 200

struct rota_shift {
    int64_t weekdays; /* 0: dated */
    int64_t from_minute, to_minute;
    int64_t from_day, to_day; /* dated */
};

MUST_CHECK enum rc rota_parse(const char *text, struct rota_shift *ret_shift, struct err *err);
/* The usual form, which rota_parse reads back. */
char *rota_print(const struct rota_shift *shift, struct arena *mem);
/* The span that at_ms lies in (from <= at < to), else the next one to come. */
MUST_CHECK enum rc rota_span(const struct rota_shift *shift, const char *zone, int64_t at_ms, int64_t *ret_from_ms,
                             int64_t *ret_to_ms, struct err *err);
/* False also for a shift that is over. */
MUST_CHECK enum rc rota_is_on(const struct rota_shift *shift, const char *zone, int64_t at_ms, bool *ret_is_on,
                              struct err *err);

#endif
