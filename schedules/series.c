#include "schedules/series.h"

#include "base/clock.h"
#include "schedules/ical.h"

#include <stdlib.h>

/* No zone is further from UTC than 15 hours, no gap longer than a day. */
static const int64_t local_slack_ms = 2 * MS_DAY;

struct expansion {
    const struct series *series;
    int64_t from_ms, until_ms; /* the window */
    int64_t last_local_ms;     /* UNTIL, as a local time read as if it were UTC */
    int64_t last_ms;           /* UNTIL, as an instant */
    struct series_visit *visits;
    size_t count;
};

static struct local_time local_of(const struct series_time *t)
{
    return (struct local_time){
        .year = t->on.year, .month = t->on.month, .day = t->on.day, .hour = t->hour, .minute = t->minute
    };
}

static int64_t naive_ms(const struct local_time *t)
{
    return clock_days_from_civil(t->year, t->month, t->day) * MS_DAY + t->hour * MS_HOUR + t->minute * MS_MINUTE +
           t->second * MS_SECOND;
}

static enum rc check_time(const char *zone, const struct series_time *t, struct err *err)
{
    int64_t ms;

    return zone_utc_from_local(zone, t->on.year, t->on.month, t->on.day, t->hour, t->minute, &ms, err);
}

static enum rc check_dates(const struct series *s, struct err *err)
{
    enum rc rc = check_time(s->zone, &s->first, err);

    if (rc)
        return rc;
    if (s->skipped_count > SERIES_EXCEPTIONS_MAX || s->added_count > SERIES_EXCEPTIONS_MAX)
        return err_set(err, RC_LIMIT, "over %d dates skipped or added", SERIES_EXCEPTIONS_MAX);
    for (size_t i = 0; i < s->skipped_count; i++)
        if (!zone_is_date(s->skipped[i].year, s->skipped[i].month, s->skipped[i].day))
            return err_set(err, RC_INPUT, "no such date among those skipped");
    for (size_t i = 0; !rc && i < s->added_count; i++)
        rc = check_time(s->zone, &s->added[i], err);
    return rc;
}

static bool is_skipped(const struct series *s, const struct series_day *day)
{
    for (size_t i = 0; i < s->skipped_count; i++)
        if (s->skipped[i].day == day->day && s->skipped[i].month == day->month && s->skipped[i].year == day->year)
            return true;
    return false;
}

/* Adds what begins in the window. *ret_start_ms is the instant of t. */
static enum rc take(struct expansion *x, const struct series_time *t, bool is_added, int64_t *ret_start_ms,
                    struct err *err)
{
    int64_t start = 0;
    enum rc rc =
        zone_utc_from_local(x->series->zone, t->on.year, t->on.month, t->on.day, t->hour, t->minute, &start, err);

    if (rc)
        return rc;
    *ret_start_ms = start;
    if (start < x->from_ms || start >= x->until_ms ||
        (!is_added && (start > x->last_ms || is_skipped(x->series, &t->on))))
        return RC_OK;
    if (x->count == SERIES_VISITS_MAX)
        return err_set(err, RC_LIMIT, "over %d visits in the window", SERIES_VISITS_MAX);
    x->visits[x->count++] = (struct series_visit){ *t, start, is_added };
    return RC_OK;
}

static void set_until(struct expansion *x, const struct ical_rule *rule)
{
    struct local_time t;

    x->last_local_ms = x->last_ms = INT64_MAX;
    switch (ical_rule_until(rule, &t)) {
    case ICAL_UNTIL_NONE:
        break;
    case ICAL_UNTIL_UTC:
        x->last_ms = naive_ms(&t);
        break;
    case ICAL_UNTIL_LOCAL:
        x->last_local_ms = naive_ms(&t);
        break;
    case ICAL_UNTIL_DAY:
        x->last_local_ms = clock_days_from_civil(t.year, t.month, t.day) * MS_DAY + MS_DAY - 1;
        break;
    }
}

/* The rule's own, from its first on. Years before the window cost no look at the zone. */
static enum rc expand_rule(struct expansion *x, struct err *err)
{
    const struct local_time first = local_of(&x->series->first);
    CLEANUP(ical_rule_close) struct ical_rule *rule = NULL;
    struct local_time t;
    int64_t start = 0;
    enum rc rc = ical_rule_open(x->series->rule, &first, &rule, err);

    if (rc)
        return rc;
    set_until(x, rule);
    if (!ical_rule_next(rule, &t) || naive_ms(&t) != naive_ms(&first))
        return err_set(err, RC_INPUT, "the first time is not one of the rule's");
    rc = take(x, &x->series->first, false, &start, err);
    if (rc)
        return rc;
    if (naive_ms(&t) > x->last_local_ms || start > x->last_ms)
        return err_set(err, RC_INPUT, "the rule ends before its first time");
    while (ical_rule_next(rule, &t)) {
        const struct series_time at = { { t.year, t.month, t.day }, t.hour, t.minute };
        const int64_t naive = naive_ms(&t);

        if (t.year > ZONE_YEAR_MAX || naive > x->last_local_ms)
            break;
        if (naive < x->from_ms - local_slack_ms)
            continue;
        if (naive > x->until_ms + local_slack_ms)
            break;
        rc = take(x, &at, false, &start, err);
        if (rc || start > x->last_ms)
            break;
    }
    return rc;
}

static int by_start(const void *a, const void *b)
{
    const struct series_visit *x = a, *y = b;

    if (x->start_ms != y->start_ms)
        return x->start_ms < y->start_ms ? -1 : 1;
    return x->is_added - y->is_added;
}

static void sort_visits(struct expansion *x)
{
    size_t kept = 0;

    if (x->count > 1)
        qsort(x->visits, x->count, sizeof *x->visits, by_start);
    for (size_t i = 0; i < x->count; i++)
        if (kept == 0 || x->visits[kept - 1].start_ms != x->visits[i].start_ms)
            x->visits[kept++] = x->visits[i];
    x->count = kept;
}

enum rc series_expand(const struct series *series, int64_t from_ms, int64_t until_ms, struct arena *mem,
                      const struct series_visit **ret_visits, size_t *ret_count, struct err *err)
{
    const int64_t low = -MS_DAY * 366, high = clock_days_from_civil(ZONE_YEAR_MAX + 1, 1, 1) * MS_DAY;
    struct expansion x = { .series = series,
                           .from_ms = from_ms < low ? low : from_ms,
                           .until_ms = until_ms > high ? high : until_ms,
                           .last_local_ms = INT64_MAX,
                           .last_ms = INT64_MAX };
    int64_t start = 0;
    enum rc rc = check_dates(series, err);

    if (rc)
        return rc;
    x.visits = ARENA_ARRAY(mem, SERIES_VISITS_MAX, struct series_visit);
    rc = series->rule[0] ? expand_rule(&x, err) : take(&x, &series->first, false, &start, err);
    for (size_t i = 0; !rc && i < series->added_count; i++)
        rc = take(&x, &series->added[i], true, &start, err);
    if (rc)
        return rc;
    sort_visits(&x);
    *ret_visits = x.visits;
    *ret_count = x.count;
    return RC_OK;
}

enum rc series_check(const struct series *series, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("series");
    const struct series_visit *visits = NULL;
    size_t count = 0;

    return series_expand(series, 0, 0, mem, &visits, &count, err);
}
