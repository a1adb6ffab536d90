/*
 * ical: the offset of a zone and the dates of a rule by libical, and the writing of iCalendar. No other file of schedules/ includes libical.
 *
 * Shape    Local times are struct local_time without a weekday. A rule is the value of an RRULE of at most ICAL_RULE_MAX characters with
 *          FREQ (DAILY, WEEKLY, MONTHLY, YEARLY), INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS, WKST: at most one time a day.
 * Owns     ical_rule_open makes a rule, ical_rule_close frees it. What ical_write returns lives in mem; zones live as long as the process.
 * Errors   RC_INPUT  ical_rule_open: not such a rule, or both COUNT and UNTIL
 *          RC_BUG    ical_write: a control character in a value (a text may have line feeds), a double quote in a parameter
 *          RC_LIMIT  ical_write: over ICAL_WRITE_MAX
 * State    libical's cache of zones, made once and kept; one thread only.
 * Rules    Zones are the system's tzdata, never libical's own. Rules are iterated without a zone: with one, libical 3.0.16 also displaces the date
 *          after a gap. UNTIL is given out and not obeyed here, because what it means depends on the zone. Only rules that staff wrote come here.
 *          Writing is ours: libical 3.0.16 ends some lines in a fold with nothing behind it, and takes several times as long.
 * Source   RFC 5545 3.1 (folding at 75 octets, never inside a character), 3.2, 3.3.10, 3.3.11.
 */
#ifndef SCHEDULES_ICAL_H
#define SCHEDULES_ICAL_H

#include "base/arena.h"
#include "schedules/zone.h"

#define ICAL_RULE_MAX 200
#define ICAL_PARAMETERS_MAX 4
#define ICAL_WRITE_MAX (2 << 20)

struct ical_zone;

/* NULL: no such zone on this machine. */
struct ical_zone *ical_zone_find(const char *name);
/* Seconds east of UTC at a time in UTC. */
int ical_zone_offset(struct ical_zone *zone, const struct local_time *utc);
const char *ical_zone_folder(void);

enum ical_until { ICAL_UNTIL_NONE, ICAL_UNTIL_DAY, ICAL_UNTIL_LOCAL, ICAL_UNTIL_UTC };

struct ical_rule;

MUST_CHECK enum rc ical_rule_open(const char *text, const struct local_time *first, struct ical_rule **ret_rule,
                                  struct err *err);
/* The last time that the rule allows, written in *ret_until unless there is none; of a day only the date counts. */
enum ical_until ical_rule_until(const struct ical_rule *rule, struct local_time *ret_until);
/* The next time in order; false: no more. */
bool ical_rule_next(struct ical_rule *rule, struct local_time *ret_local);
void ical_rule_close(struct ical_rule **rule);

/* "20260305T190000Z": whole seconds of UTC. */
const char *ical_utc(struct arena *mem, int64_t ms);

struct ical_parameter {
    const char *name, *value;
};
struct ical_property {
    const char *name;
    const char
        *value; /* UTF-8; a text with its own commas, semicolons and line feeds, anything else as RFC 5545 writes it */
    struct ical_parameter parameters[ICAL_PARAMETERS_MAX]; /* up to the first without a name */
};
struct ical_component {
    const char *name;
    const struct ical_property *properties;
    size_t property_count;
    const struct ical_component *parts; /* behind the properties */
    size_t part_count;
};

MUST_CHECK enum rc ical_write(const struct ical_component *component, struct arena *mem, char **ret_text,
                              struct err *err);

#endif
