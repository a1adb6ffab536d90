#include "schedules/feed.h"

#include "base/text.h"
#include "schedules/ical.h"

#define REFRESH "PT1H"
#define PROPERTIES_MAX 12

static enum rc visit_part(const struct feed_visit *v, struct arena *mem, struct ical_component *ret, struct err *err)
{
    struct ical_property *const p = ARENA_ARRAY(mem, PROPERTIES_MAX, struct ical_property);
    const char *const title = text_clean_line(mem, v->title, strlen(v->title));
    size_t n = 0;

    if (!*title)
        return err_set(err, RC_INPUT, "a visit needs a title");
    p[n++] = (struct ical_property){ "UID", v->uid, {} };
    p[n++] = (struct ical_property){ "SEQUENCE", arena_printf(mem, "%" PRId64, v->sequence), {} };
    p[n++] = (struct ical_property){ "DTSTAMP", ical_utc(mem, v->changed_ms), {} };
    p[n++] = (struct ical_property){ "DTSTART", ical_utc(mem, v->start_ms), {} };
    p[n++] = (struct ical_property){ "DTEND", ical_utc(mem, v->end_ms), {} };
    p[n++] = (struct ical_property){ "SUMMARY", title, {} };
    if (*v->link)
        p[n++] = (struct ical_property){ "LOCATION", v->link, {} };
    if (*v->words)
        p[n++] = (struct ical_property){ "DESCRIPTION", text_clean(mem, v->words, strlen(v->words)), {} };
    p[n++] = (struct ical_property){ "CLASS", "PRIVATE", {} };
    p[n++] = (struct ical_property){ "STATUS", v->is_cancelled ? "CANCELLED" : "CONFIRMED", {} };
    p[n++] = (struct ical_property){ "TRANSP", v->is_cancelled ? "TRANSPARENT" : "OPAQUE", {} };
    *ret = (struct ical_component){ "VEVENT", p, n, NULL, 0 };
    return RC_OK;
}

enum rc feed_write(const char *name, const struct feed_visit *visits, size_t count, struct arena *mem, char **ret_text,
                   struct err *err)
{
    const char *const title = text_clean_line(mem, name, strlen(name));
    const struct ical_property head[] = {
        { "PRODID", "-//Postcircle//Group visits//EN", {} },
        { "VERSION", "2.0", {} },
        { "CALSCALE", "GREGORIAN", {} },
        { "METHOD", "PUBLISH", {} },
        { "NAME", title, {} },
        { "X-WR-CALNAME", title, {} }, /* what programs older than RFC 7986 read */
        { "REFRESH-INTERVAL", REFRESH, { { "VALUE", "DURATION" } } },
        { "X-PUBLISHED-TTL", REFRESH, {} },
    };
    struct ical_component *parts = NULL, calendar = { "VCALENDAR", head, COUNT_OF(head), NULL, count };

    if (count > FEED_VISITS_MAX)
        return err_set(err, RC_LIMIT, "over %d visits", FEED_VISITS_MAX);
    parts = ARENA_ARRAY(mem, count + 1, struct ical_component);
    for (size_t i = 0; i < count; i++)
        if (visit_part(&visits[i], mem, &parts[i], err))
            return err->rc;
    calendar.parts = parts;
    return ical_write(&calendar, mem, ret_text, err);
}
