/* By which clock somebody is texted: ZONE, and what is said to "Please dont text me so late". */
#include "gateway/text/talk.h"

#include "base/text.h"
#include "gateway/practice/record.h"
#include "gateway/say/tell.h"
#include "gateway/sms/text_hours.h"
#include "schedules/said.h"
#include "schedules/zone.h"

#include <ctype.h>

static const char *zone_of(const struct talk *t)
{
    if (t->writer.zone && *t->writer.zone)
        return t->writer.zone;
    return t->living_count && *t->seats[0].group.zone ? t->seats[0].group.zone : t->gate->facts.zone;
}

/* What time it is for them, which tells whether the zone is theirs. */
static enum rc put_time(const struct talk *t, const char *name, int64_t ms, struct json *values, struct err *err)
{
    const struct said_in in = { .language = t->writer.language, .zone = zone_of(t), .now_ms = gate_now_ms(t->gate) };
    char *time;

    if (said_time(&in, ms, t->mem, &time, err))
        return err->rc;
    json_set_str(values, name, time);
    return RC_OK;
}

/* ---- the hours of texts ---- */

/* The next whole span, which is what the days are like. */
static enum rc put_hours(const struct talk *t, struct json *values, struct err *err)
{
    const int64_t now = gate_now_ms(t->gate);
    struct text_hours span;

    if (text_hours(t->gate, zone_of(t), now, &span, err) ||
        text_hours(t->gate, zone_of(t), span.until_ms, &span, err) ||
        put_time(t, "hours_from", span.from_ms, values, err) || put_time(t, "hours_until", span.until_ms, values, err))
        return err->rc;
    json_set_bool(values, "is_hours", true);
    return put_time(t, "hours_now", now, values, err);
}

enum rc talk_hours(struct talk *t, struct err *err)
{
    struct json *values = json_object_new();

    if (put_hours(t, values, err)) {
        json_free(&values);
        return err->rc;
    }
    return talk_say(t, MAILING_TEXT_SAY, &values, err) ? err->rc : talk_tell(t, TELL_TEXT_CAME, err);
}

/* ---- ZONE ---- */

/* "mountain" → America/Denver; "los angeles" → America/Los_Angeles. NULL: no such zone. */
static const char *zone_named(const char *words, struct arena *mem)
{
    static const struct {
        const char *name, *zone;
    } names[] = { { "eastern", "America/New_York" },    { "central", "America/Chicago" },
                  { "mountain", "America/Denver" },     { "arizona", "America/Phoenix" },
                  { "pacific", "America/Los_Angeles" }, { "alaska", "America/Anchorage" },
                  { "hawaii", "Pacific/Honolulu" },     { "este", "America/New_York" },
                  { "centro", "America/Chicago" },      { "montaña", "America/Denver" },
                  { "pacífico", "America/Los_Angeles" } };
    static const char *const parts[] = { "America", "Europe", "Pacific", "Asia", "Africa", "Australia", "Atlantic" };
    const char *const plain = text_fold_plain(mem, words);
    char *const place = arena_strdup(mem, words);
    bool is_first = true;

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (!strcmp(plain, text_fold_plain(mem, names[i].name)))
            return names[i].zone;
    for (char *p = place; *p; p++) {
        *p = (char)(is_first ? toupper((unsigned char)*p) : tolower((unsigned char)*p));
        is_first = *p == ' ' || *p == '/' || *p == '_' || *p == '-';
        *p = *p == ' ' ? '_' : *p;
    }
    if (strchr(place, '/') && zone_is_name(place))
        return place;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        const char *const zone = arena_printf(mem, "%s/%s", parts[i], place);

        if (zone_is_name(zone))
            return zone;
    }
    return NULL;
}

enum rc talk_set_zone(struct talk *t, struct err *err)
{
    const struct audit_who who = { AUDIT_PATIENT, t->writer.id.v, AUDIT_WAY_TEXT };
    const char *const zone = *t->meaning.text ? zone_named(t->meaning.text, t->mem) : NULL;
    const char *const old = t->writer.zone;
    struct json *values;

    if (!zone)
        return talk_say_flag(t, MAILING_TEXT_SAY, "is_no_zone", err);
    t->writer.zone = zone;
    if (person_change(&t->gate->store, &t->writer, err) ||
        record_act(t->gate, &who, AUDIT_PERSON_CHANGED, AUDIT_ITEM_PERSON, t->writer.id.v, old ? old : "", zone, err))
        return err->rc;
    values = json_object_new();
    json_set_bool(values, "is_zone", true);
    if (put_time(t, "hours_now", gate_now_ms(t->gate), values, err)) {
        json_free(&values);
        return err->rc;
    }
    return talk_say(t, MAILING_TEXT_SAY, &values, err);
}
