#include "schedules/quiet.h"

#include <strings.h>

static const struct {
    const char *name, *hours;
    bool has_holidays;
} presets[] = {
    { "usual", "Mon-Sun 09:00-20:00", false },
    { "FL", "Mon-Sun 08:00-20:00", false },
    { "MD", "Mon-Sun 08:00-20:00", false },
    { "MS", "Mon-Sun 08:00-20:00", false },
    { "NJ", "Mon-Sun 08:00-20:00", false },
    { "OK", "Mon-Sun 08:00-20:00", false },
    { "CT", "Mon-Sun 09:00-20:00", false },
    { "TX", "Mon-Sat 09:00-21:00; Sun 12:00-21:00", false },
    { "RI", "Mon-Fri 09:00-18:00; Sat-Sun 10:00-17:00", false },
    { "FR", "Mon-Sat 08:00-22:00", true },
    { "UK", "Mon-Sun 09:00-20:00", false },
};

/* The hours of a preset; NULL: it is none. */
static const char *preset_of(const char *text, bool *has_holidays)
{
    *has_holidays = true;
    if (!*text)
        text = presets[0].name;
    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++)
        if (!strcasecmp(text, presets[i].name)) {
            *has_holidays = presets[i].has_holidays;
            return presets[i].hours;
        }
    return NULL;
}

static void cut_to_outer(struct hours *h)
{
    size_t kept = 0;

    for (size_t i = 0; i < h->range_count; i++) {
        struct hours_range r = h->ranges[i];

        if (r.from_minute < QUIET_OUTER_FROM)
            r.from_minute = QUIET_OUTER_FROM;
        if (r.to_minute > QUIET_OUTER_TO)
            r.to_minute = QUIET_OUTER_TO;
        if (r.from_minute < r.to_minute)
            h->ranges[kept++] = r;
    }
    h->range_count = kept;
}

enum rc quiet_parse(const char *text, const char *holidays, const char *zone, struct quiet *ret, struct err *err)
{
    bool has_holidays;
    const char *const preset = preset_of(text, &has_holidays);
    struct quiet q;
    const enum rc rc = hours_parse(preset ? preset : text, has_holidays ? holidays : "", zone, &q.hours, err);

    if (rc)
        return rc == RC_INPUT ? err_set(err, RC_INPUT, "a preset (usual, FL, TX, …) or \"Mon-Sun 09:00-20:00\"") : rc;
    cut_to_outer(&q.hours);
    if (!q.hours.range_count)
        return err_set(err, RC_INPUT, "no hour of it lies between 8:00 and 21:00");
    *ret = q;
    return RC_OK;
}

enum rc quiet_window(const struct quiet *quiet, int64_t at_ms, int64_t *ret_from_ms, int64_t *ret_until_ms,
                     struct err *err)
{
    if (hours_next_open(&quiet->hours, at_ms, ret_from_ms, ret_until_ms, err))
        return err->rc;
    if (*ret_from_ms < at_ms)
        *ret_from_ms = at_ms;
    return RC_OK;
}
