#include "gateway/visit/series_days.h"

#include "schedules/zone.h"

static struct series_day civil(int64_t day)
{
    struct series_day d;

    clock_civil_from_days(day, &d.year, &d.month, &d.day);
    return d;
}

static struct series build(const struct visit_series *s, const struct visit_series_day *days, size_t n,
                           struct arena *mem)
{
    struct series_day *skipped = arena_array(mem, n + 1, sizeof *skipped);
    struct series_time *added = arena_array(mem, n + 1, sizeof *added);
    struct series series = { .zone = s->plan.zone,
                             .rule = s->rule,
                             .first = { civil(s->plan.day), (int)s->plan.minute / 60, (int)s->plan.minute % 60 },
                             .skipped = skipped,
                             .added = added };

    for (size_t i = 0; i < n; i++)
        if (days[i].minute < 0)
            skipped[series.skipped_count++] = civil(days[i].day);
        else
            added[series.added_count++] =
                (struct series_time){ civil(days[i].day), (int)days[i].minute / 60, (int)days[i].minute % 60 };
    return series;
}

enum rc series_days_check(const struct visit_series *s, const struct visit_series_day *days, size_t n,
                          struct arena *mem, struct err *err)
{
    const struct series series = build(s, days, n, mem);

    if (!*s->rule)
        return err_set(err, RC_INPUT, "a series needs a rule, as FREQ=WEEKLY;COUNT=8");
    return series_check(&series, err) ? err_wrap(err, "the rule") : RC_OK;
}

enum rc series_days_is_one(const struct visit_series *s, int64_t day, struct arena *mem, bool *ret_is, struct err *err)
{
    const struct series series = build(s, NULL, 0, mem);
    const struct series_visit *times;
    int64_t from_ms, until_ms;
    size_t n;

    if (zone_utc_from_minute(s->plan.zone, day, 0, &from_ms, err) ||
        zone_utc_from_minute(s->plan.zone, day, 24 * 60, &until_ms, err) ||
        series_expand(&series, from_ms, until_ms, mem, &times, &n, err))
        return err->rc;
    *ret_is = n > 0;
    return RC_OK;
}

enum rc series_days_ahead(struct gate *gate, const struct visit_series *s, int days, struct arena *mem,
                          const struct series_visit **ret, size_t *ret_n, struct err *err)
{
    const int64_t now_ms = gate_now_ms(gate);
    struct visit_series_day *rows;
    struct series series;
    size_t n;

    if (visit_series_days(&gate->store, s->id, mem, &rows, &n, err))
        return err->rc;
    series = build(s, rows, n, mem);
    return series_expand(&series, now_ms, now_ms + days * MS_DAY, mem, ret, ret_n, err);
}
