#include "schedules/visit_time.h"

#include "base/clock.h"
#include "schedules/zone.h"

enum { YEARS = 5, CHANGES = 2 * YEARS };

static int days_of_month(int year, int month)
{
    int day = 28;

    while (zone_is_date(year, month, day + 1))
        day++;
    return day;
}

struct seen_change {
    struct local_time local; /* by the clocks before it */
    int from, to;
};

/* All changes of the years from `year` on; false when there are not two in each, the first in the first months. */
static bool read_changes(const char *zone, int year, struct seen_change seen[CHANGES])
{
    struct err err;
    int64_t at = clock_days_from_civil(year, 1, 1) * MS_DAY - MS_DAY;
    const int64_t end = clock_days_from_civil(year + YEARS, 1, 1) * MS_DAY + MS_DAY;
    int n = 0;

    if (year < ZONE_YEAR_MIN + 1 || year + YEARS > ZONE_YEAR_MAX)
        return false;
    while (zone_next_change(zone, at, end, &at, &err) == RC_OK) {
        struct seen_change *c = &seen[n];

        if (n == CHANGES || zone_offset(zone, at - MS_SECOND, &c->from, &err) || zone_offset(zone, at, &c->to, &err) ||
            zone_local_from_utc("UTC", at + c->from * MS_SECOND, &c->local, &err) || c->local.year != year + n / 2)
            return false;
        n++;
    }
    return n == CHANGES;
}

static int second_of_day(const struct local_time *t)
{
    return t->hour * 3600 + t->minute * 60 + t->second;
}

/* What every second one of them has in common, from the first given on. */
static bool find_rule(const struct seen_change *seen, struct visit_change *ret)
{
    const struct seen_change *a = &seen[0];
    bool is_last = true, is_nth = true;
    const int nth = (a->local.day + 6) / 7;

    for (int i = 0; i < CHANGES; i += 2) {
        const struct seen_change *c = &seen[i];

        if (c->from != a->from || c->to != a->to || c->local.month != a->local.month ||
            c->local.weekday != a->local.weekday || second_of_day(&c->local) != second_of_day(&a->local) ||
            c->from % 60 != 0 || c->to % 60 != 0)
            return false;
        is_nth &= (c->local.day + 6) / 7 == nth;
        is_last &= c->local.day + 7 > days_of_month(c->local.year, c->local.month);
    }
    *ret = (struct visit_change){ .month = a->local.month,
                                  .nth = is_last ? -1 : nth,
                                  .weekday = a->local.weekday,
                                  .second_of_day = second_of_day(&a->local),
                                  .offset_from = a->from,
                                  .offset_to = a->to };
    return is_last || (is_nth && nth <= 4);
}

static bool is_yearly(const char *zone, int year, struct visit_change changes[2])
{
    struct seen_change seen[CHANGES];

    return read_changes(zone, year - 1, seen) && find_rule(&seen[0], &changes[0]) && find_rule(&seen[1], &changes[1]) &&
           changes[0].offset_to == changes[1].offset_from && changes[1].offset_to == changes[0].offset_from;
}

static enum rc is_near_change(const char *zone, int64_t ms, bool *ret_is_near, struct err *err)
{
    int64_t at;
    const enum rc rc = zone_next_change(zone, ms - VISIT_TIME_NEAR_MS, ms + VISIT_TIME_NEAR_MS, &at, err);

    *ret_is_near = rc == RC_OK;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc choose_form(struct visit_time *t, int year, struct err *err)
{
    bool is_near_start = false, is_near_end = false;
    int at_end = 0;
    enum rc rc = is_near_change(t->zone, t->start_ms, &is_near_start, err);

    if (!rc)
        rc = is_near_change(t->zone, t->end_ms, &is_near_end, err);
    if (!rc)
        rc = zone_offset(t->zone, t->start_ms, &t->offset, err);
    if (!rc)
        rc = zone_offset(t->zone, t->end_ms, &at_end, err);
    if (rc)
        return rc;
    if (strcmp(t->zone, "UTC") == 0 || is_near_start || is_near_end)
        t->form = VISIT_FORM_UTC;
    else if (is_yearly(t->zone, year, t->changes))
        t->form = VISIT_FORM_YEARLY;
    else
        t->form = t->offset == at_end && t->offset % 60 == 0 ? VISIT_FORM_FIXED : VISIT_FORM_UTC;
    return RC_OK;
}

static enum rc write_time(const struct visit_time *t, int64_t ms, char text[VISIT_TIME_SIZE], struct err *err)
{
    const bool is_utc = t->form == VISIT_FORM_UTC;
    struct local_time l;
    enum rc rc = zone_local_from_utc(is_utc ? "UTC" : t->zone, ms, &l, err);

    if (!rc)
        snprintf(text, VISIT_TIME_SIZE, "%04u%02u%02uT%02u%02u%02u%s", (unsigned)l.year % 10000,
                 (unsigned)l.month % 100, (unsigned)l.day % 100, (unsigned)l.hour % 100, (unsigned)l.minute % 100,
                 (unsigned)l.second % 100, is_utc ? "Z" : "");
    return rc;
}

enum rc visit_time_set(const char *zone, int64_t start_ms, int minutes, struct visit_time *ret_time, struct err *err)
{
    struct visit_time t = { .zone = zone, .start_ms = start_ms };
    struct local_time start;
    enum rc rc = zone_local_from_utc(zone, start_ms, &start, err);

    if (rc)
        return rc;
    if (minutes < 1 || minutes > VISIT_MINUTES_MAX)
        return err_set(err, RC_INPUT, "a visit is 1 to %d minutes long", VISIT_MINUTES_MAX);
    t.end_ms = start_ms + minutes * MS_MINUTE;
    rc = choose_form(&t, start.year, err);
    if (!rc)
        rc = write_time(&t, t.start_ms, t.start, err);
    if (!rc)
        rc = write_time(&t, t.end_ms, t.end, err);
    if (!rc)
        *ret_time = t;
    return rc;
}
