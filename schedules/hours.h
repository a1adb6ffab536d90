/*
 * hours: a practice's office hours: open or not, and time counted in open hours only.
 *
 * Shape    The setting is text: days, then their ranges: "Mon-Fri 08:00-17:00", "Mon-Thu 8:00-12:00, 13:00-17:00; Fri 8:00-12:00". Commas,
 *          semicolons and blanks separate alike; days are English or Spanish, whole or from three letters on; a range ends the same day, at
 *          24:00 at the latest. Holidays are dates, "2026-12-25 2027-01-01", separated likewise; the office is closed on them.
 * Units    UTC milliseconds (*_ms); minutes of the local day; weekday 0 Sunday to 6 Saturday.
 * Owns     struct hours is plain data and owns nothing.
 * Errors   RC_INPUT      the text cannot be read, or ranges overlap; a time out of zone.h's range
 *          RC_LIMIT      over HOURS_TEXT_MAX, HOURS_MAX_RANGES or HOURS_MAX_HOLIDAYS, or over HOURS_MAX_DAYS to count
 *          RC_NOT_FOUND  no such time zone
 * State    None of its own.
 */
#ifndef SCHEDULES_HOURS_H
#define SCHEDULES_HOURS_H

#include "base/arena.h"
#include "base/err.h"
#include "schedules/zone.h"
#include "store/person.h"

#define HOURS_USUAL "Mon-Fri 08:00-17:00"
#define HOURS_TEXT_MAX 2048
#define HOURS_MAX_RANGES 42
#define HOURS_MAX_HOLIDAYS 128
#define HOURS_MAX_DAYS 3660

struct hours_range {
    int weekday;
    int from_minute, to_minute; /* to_minute is the first closed one, up to 1440 */
};

struct hours {
    char zone[ZONE_NAME_MAX + 1];
    struct hours_range ranges[HOURS_MAX_RANGES]; /* by weekday, then by time */
    size_t range_count;
    int64_t holidays[HOURS_MAX_HOLIDAYS]; /* clock_days_from_civil */
    size_t holiday_count;
};

/* "mon" or "mon-fri" (a span may pass Saturday), folded: sets bit n of *days for weekday n. "8:00-17" as minutes of the day, up to 1440.
 * False when the word is not of that form. */
/* The last two read from *text on, and step behind what they took: "2026-12-25" as a day, "8" or "08:00" as a minute. */
bool hours_read_days(const char *word, unsigned *days);
bool hours_read_range(const char *word, int *ret_from_minute, int *ret_to_minute);
bool hours_read_date(const char **text, int64_t *ret_day);
bool hours_read_minute(const char **text, int *ret_minute);

/* text needs at least one range (what an unset setting means is the caller's choice); holidays may be "". */
MUST_CHECK enum rc hours_parse(const char *text, const char *holidays, const char *zone, struct hours *ret_hours,
                               struct err *err);
/* The usual form, which hours_parse reads back: "Mon-Fri 08:00-12:00 13:00-17:00; Sat 09:00-12:00". */
char *hours_print(const struct hours *hours, struct arena *mem);
/* In words, for letters: "Monday to Friday, 8:00 AM to 12:00 PM and 1:00 PM to 5:00 PM"; "lunes a viernes, de 8:00 a 17:00". */
char *hours_say(const struct hours *hours, enum person_language language, struct arena *mem);

/* The open span that at_ms lies in, from its own beginning on, else the next one. */
MUST_CHECK enum rc hours_next_open(const struct hours *hours, int64_t at_ms, int64_t *ret_from_ms, int64_t *ret_to_ms,
                                   struct err *err);
MUST_CHECK enum rc hours_is_open(const struct hours *hours, int64_t at_ms, bool *ret_is_open, struct err *err);
/* Open time from a to b; 0 when b is not after a. */
MUST_CHECK enum rc hours_working_ms_between(const struct hours *hours, int64_t a_ms, int64_t b_ms, int64_t *ret_ms,
                                            struct err *err);
/* The instant at which ms of open time have passed since start; 0 gives the next open instant. */
MUST_CHECK enum rc hours_add_working_ms(const struct hours *hours, int64_t start_ms, int64_t ms, int64_t *ret_ms,
                                        struct err *err);

#endif
