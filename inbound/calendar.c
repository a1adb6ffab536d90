#include "inbound/calendar.h"

#include "base/text.h"

#include <libical/ical.h>

static void component_free(icalcomponent **c)
{
    if (*c)
        icalcomponent_free(*c);
    *c = NULL;
}

/* The value of a property as clean text of at most LETTER_LINE_MAX_BYTES. */
static char *value_text(icalproperty *property, struct arena *mem)
{
    char *s = property ? icalproperty_get_value_as_string_r(property) : NULL, *clean;

    clean = s ? text_clean(mem, s, strnlen(s, LETTER_LINE_MAX_BYTES - 16)) : arena_strdup(mem, "");
    if (s)
        icalmemory_free_buffer(s);
    return clean;
}

static const char *upper(char *s)
{
    for (char *p = s; *p; p++)
        if (*p >= 'a' && *p <= 'z')
            *p = (char)(*p - 32);
    return s;
}

static const char *one_line(struct arena *mem, const char *s, size_t max)
{
    char *line = text_clean_line(mem, s, strlen(s));

    return strlen(line) <= max ? line : "";
}

/* TEXT values are printed with their escapes. */
static char *unescape(char *s)
{
    char *to = s;

    for (const char *p = s; *p; p++) {
        if (*p != '\\' || !p[1]) {
            *to++ = *p;
            continue;
        }
        p++;
        *to++ = *p == 'n' || *p == 'N' ? '\n' : *p;
    }
    *to = '\0';
    return s;
}

static const char *bare_address(struct arena *mem, const char *value)
{
    struct err err;
    char *address;

    if (text_starts(value, "mailto:"))
        value += 7;
    if (strlen(value) > TEXT_ADDRESS_MAX || text_address_in(value, mem, &address, &err))
        return "";
    return address;
}

static const char *partstat_of(icalproperty *attendee, struct arena *mem)
{
    char *s = icalproperty_get_parameter_as_string_r(attendee, "PARTSTAT");
    char *clean;

    if (!s)
        return "NEEDS-ACTION"; /* RFC 5545 3.2.12 */
    clean = text_clean_line(mem, s, strnlen(s, 60));
    icalmemory_free_buffer(s);
    return upper(clean);
}

/* The component that the answer is about: an event, else a task; *ret_kind: which. */
static icalcomponent *find_event(icalcomponent *root, icalcomponent_kind *ret_kind)
{
    icalcomponent *calendar = root, *event;

    if (icalcomponent_isa(root) == ICAL_XROOT_COMPONENT)
        calendar = icalcomponent_get_first_component(root, ICAL_VCALENDAR_COMPONENT);
    if (!calendar || icalcomponent_isa(calendar) != ICAL_VCALENDAR_COMPONENT)
        return NULL;
    event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
    *ret_kind = event ? ICAL_VEVENT_COMPONENT : ICAL_VTODO_COMPONENT;
    return event ? event : icalcomponent_get_first_component(calendar, ICAL_VTODO_COMPONENT);
}

static const char *uid_of(icalcomponent *event, struct arena *mem)
{
    return one_line(mem, unescape(value_text(icalcomponent_get_first_property(event, ICAL_UID_PROPERTY), mem)),
                    LETTER_ID_MAX_BYTES);
}

static void read_start(icalcomponent *event, struct arena *mem, struct letter_calendar *c)
{
    icalproperty *start = icalcomponent_get_first_property(event, ICAL_DTSTART_PROPERTY);
    char *zone = start ? icalproperty_get_parameter_as_string_r(start, "TZID") : NULL;

    c->start = one_line(mem, value_text(start, mem), 60);
    if (!zone)
        return;
    c->zone = one_line(mem, text_clean_line(mem, zone, strnlen(zone, 60)), 60);
    icalmemory_free_buffer(zone);
}

/* Some send an answer for each day of a row, or one with two people in it. Other people and states than the first make it mixed. */
static void look_at_others(icalcomponent *calendar, icalcomponent_kind kind, struct arena *mem,
                           struct letter_calendar *c)
{
    for (icalcomponent *e = icalcomponent_get_first_component(calendar, kind); e;
         e = icalcomponent_get_next_component(calendar, kind)) {
        c->is_mixed = c->is_mixed || strcmp(uid_of(e, mem), c->uid) != 0;
        for (icalproperty *a = icalcomponent_get_first_property(e, ICAL_ATTENDEE_PROPERTY); a;
             a = icalcomponent_get_next_property(e, ICAL_ATTENDEE_PROPERTY))
            c->is_mixed = c->is_mixed || strcmp(partstat_of(a, mem), c->partstat) != 0;
    }
}

static void read_event(icalcomponent *event, struct arena *mem, struct letter_calendar *c)
{
    icalproperty *attendee = icalcomponent_get_first_property(event, ICAL_ATTENDEE_PROPERTY);
    icalproperty *comment = icalcomponent_get_first_property(event, ICAL_COMMENT_PROPERTY);
    icalproperty *sequence = icalcomponent_get_first_property(event, ICAL_SEQUENCE_PROPERTY);
    icalproperty *stamp = icalcomponent_get_first_property(event, ICAL_DTSTAMP_PROPERTY);
    struct err err;

    c->uid = uid_of(event, mem);
    c->stamp = one_line(mem, value_text(stamp, mem), 60);
    read_start(event, mem, c);
    c->comment = unescape(value_text(comment, mem));
    if (sequence && text_to_int(value_text(sequence, mem), 0, INT32_MAX, &c->sequence, &err))
        c->sequence = -1;
    if (!attendee)
        return;
    c->attendee = bare_address(mem, value_text(attendee, mem));
    c->partstat = partstat_of(attendee, mem);
}

enum rc calendar_read(const char *text, struct arena *mem, struct letter_calendar *ret_calendar, struct err *err)
{
    CLEANUP(component_free) icalcomponent *root = icalparser_parse_string(text);
    struct letter_calendar c = { .method = "",
                                 .uid = "",
                                 .attendee = "",
                                 .partstat = "",
                                 .comment = "",
                                 .sequence = -1,
                                 .stamp = "",
                                 .start = "",
                                 .zone = "" };
    icalcomponent_kind kind = ICAL_VEVENT_COMPONENT;
    icalcomponent *event = NULL, *calendar;
    icalproperty *method;

    if (root)
        icalcomponent_strip_errors(root);
    event = root ? find_event(root, &kind) : NULL;
    calendar = event ? icalcomponent_get_parent(event) : NULL;
    method = calendar ? icalcomponent_get_first_property(calendar, ICAL_METHOD_PROPERTY) : NULL;
    if (!method)
        return err_set(err, RC_INPUT, "calendar: no event with a method");
    c.method = upper(text_clean_line(mem, value_text(method, mem), strnlen(value_text(method, mem), 60)));
    read_event(event, mem, &c);
    if (*c.partstat && strcmp(c.method, "REPLY") == 0) /* a COUNTER may list the guests */
        look_at_others(calendar, kind, mem, &c);
    *ret_calendar = c;
    return RC_OK;
}

void calendar_setup(void)
{
    static const char sample[] =
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:x\r\nDTSTAMP:20261122T020000Z\r\n"
        "DTSTART;TZID=Europe/"
        "Madrid:20261122T020000\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    CLEANUP(arena_free) struct arena *mem = arena_new("calendar_setup");
    struct letter_calendar c;
    struct err err;

    icalerror_set_errors_are_fatal(0);
    rc_ignore(calendar_read(sample, mem, &c, &err), "only to load what libical loads lazily");
}
