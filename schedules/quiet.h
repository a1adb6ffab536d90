/*
 * quiet: when a text may be sent to somebody: local hours of the day, by a preset or as the practice says.
 *
 * Shape    The setting is a preset ("usual", "FL", "TX" …, any case) or hours as schedules/hours reads them. Whatever it says, nothing goes before
 *          QUIET_OUTER_FROM or from QUIET_OUTER_TO on. holidays count for presets that know them (FR) and for hours of the practice's own.
 *            usual 9-20 · FL MD MS NJ OK 8-20 · CT 9-20 · TX Mon-Sat 9-21, Sun 12-21 · RI Mon-Fri 9-18, Sat-Sun 10-17 · FR Mon-Sat 8-21 · UK 9-20
 * Units    UTC milliseconds (*_ms); minutes of the local day.
 * Owns     struct quiet is plain data.
 * Errors   RC_INPUT      neither a preset nor hours, or none of them between 8 and 21
 *          RC_LIMIT      those of hours      RC_NOT_FOUND  no such time zone
 * State    None.
 * Source   47 CFR 64.1200(c)(1) and the states' own; facts on texts, R12.
 */
#ifndef SCHEDULES_QUIET_H
#define SCHEDULES_QUIET_H

#include "schedules/hours.h"

#define QUIET_OUTER_FROM (8 * 60)
#define QUIET_OUTER_TO (21 * 60)

struct quiet {
    struct hours hours;
};

/* text "" is "usual". */
MUST_CHECK enum rc quiet_parse(const char *text, const char *holidays, const char *zone, struct quiet *ret,
                               struct err *err);
/* The span in which texts may go: the one at_ms lies in, else the next. *ret_from_ms is at_ms or later. */
MUST_CHECK enum rc quiet_window(const struct quiet *quiet, int64_t at_ms, int64_t *ret_from_ms, int64_t *ret_until_ms,
                                struct err *err);

#endif
