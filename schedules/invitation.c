#include "schedules/invitation.h"

#include "base/clock.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "schedules/ical.h"
#include "schedules/zone.h"

#include <stdlib.h>

#define COUNT_MAX 20 /* properties of a visit */

struct plain {
    int32_t cp;
    const char *as;
};

/* What keyboards and word processors put in the place of ASCII, and what no eye sees. Joiners stay: emoji are made with them. */
static const struct plain plains[] = {
    { 0x0009, " " }, { 0x0085, "\n" },  { 0x00A0, " " },  { 0x00AD, "" },   { 0x200B, "" },   { 0x200E, "" },
    { 0x200F, "" },  { 0x2010, "-" },   { 0x2011, "-" },  { 0x2012, "-" },  { 0x2013, "-" },  { 0x2014, "-" },
    { 0x2018, "'" }, { 0x2019, "'" },   { 0x201A, "'" },  { 0x201C, "\"" }, { 0x201D, "\"" }, { 0x201E, "\"" },
    { 0x2022, "*" }, { 0x2026, "..." }, { 0x2028, "\n" }, { 0x2029, "\n" }, { 0x202F, " " },  { 0x2061, "" },
    { 0x2062, "" },  { 0x2063, "" },    { 0x2064, "" },   { 0xFEFF, "" },   { 0x202A, "" },   { 0x202B, "" },
    { 0x202C, "" },  { 0x202D, "" },    { 0x202E, "" },   { 0x2066, "" },   { 0x2067, "" },   { 0x2068, "" },
    { 0x2069, "" },
};

const char *invitation_method_name(enum invitation_method method)
{
    return method == INVITATION_CANCEL ? "CANCEL" : "REQUEST";
}

static const char *plain_of(int32_t cp)
{
    for (size_t i = 0; i < COUNT_OF(plains); i++)
        if (plains[i].cp == cp)
            return plains[i].as;
    return NULL;
}

static enum rc read_text(const char *s, size_t max, const char *field, bool is_line, struct arena *mem, char **ret_text,
                         struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf b = STRBUF(3 * max + 1);
    const size_t n = strnlen(s, max + 1);
    char *text = NULL;
    enum rc rc;

    if (n > max)
        return err_set(err, RC_LIMIT, "%s is over %zu bytes", field, max);
    for (const char *p = text_clean(mem, s, n); *p;) {
        const char *start = p, *as = plain_of(text_next(&p));

        if (as)
            strbuf_str(&b, as);
        else
            strbuf_add(&b, start, (size_t)(p - start));
    }
    rc = strbuf_take(&b, mem, &text, err);
    if (!rc)
        *ret_text = is_line ? text_clean_line(mem, text, strlen(text)) : text;
    return rc;
}

static bool is_uid(const char *uid)
{
    const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    const size_t n = strspn(uid, letters), domain = uid[n] == '@' ? strspn(uid + n + 1, letters) : 0;

    return n >= INVITATION_UID_MIN && domain > 0 && uid[n + 1 + domain] == 0 && n + 1 + domain <= INVITATION_UID_MAX;
}

/* RFC 3986's characters and no others: what ends a line, a value or a link in somebody's reader is none of them. */
static bool is_link(const char *link)
{
    const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#[]@!$&'()*+,;=%";
    const size_t n = strnlen(link, INVITATION_LINK_MAX + 1);

    return n <= INVITATION_LINK_MAX && strncmp(link, "https://", 8) == 0 && n > 8 && strspn(link, letters) == n;
}

/* RFC 6068 2: what has a meaning in a URI is written as %XX. */
static enum rc mailto(const char *address, const char *field, struct arena *mem, char **ret_uri, struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf b = STRBUF(3 * TEXT_ADDRESS_MAX + 8);
    char *bare = NULL;
    enum rc rc = text_address(address, mem, &bare, err);

    if (rc)
        return err_wrap(err, "%s", field);
    strbuf_str(&b, "mailto:");
    for (const char *p = bare; *p; p++)
        if (strchr("%/?#[]&;=^`{|}\"", *p))
            strbuf_printf(&b, "%%%02X", (unsigned)(unsigned char)*p);
        else
            strbuf_char(&b, *p);
    return strbuf_take(&b, mem, ret_uri, err);
}

/* For parameters: RFC 6868 has a way to write a double quote, which few calendars read. */
static char *without_quotes(const char *text, struct arena *mem)
{
    char *copy = arena_strdup(mem, text);

    for (char *p = copy; *p; p++)
        if (*p == '"')
            *p = '\'';
    return copy;
}

struct texts {
    char *title, *label, *name, *words, *dial_in, *place, *organizer, *attendee;
};

static enum rc read_texts(const struct invitation_copy *v, struct arena *mem, struct texts *t, struct err *err)
{
    const struct {
        const char *field, *from;
        char **to;
        size_t max;
    } all[] = {
        { "the title", v->title, &t->title, INVITATION_LINE_MAX },
        { "the organizer's name", v->organizer_name, &t->name, INVITATION_LINE_MAX },
        { "the description", v->words, &t->words, INVITATION_WORDS_MAX },
        { "the dial-in", v->dial_in, &t->dial_in, INVITATION_LINE_MAX },
        { "the place", v->place, &t->place, INVITATION_LINE_MAX },
    };
    enum rc rc = mailto(v->organizer, "organizer", mem, &t->organizer, err);

    if (!rc)
        rc = mailto(v->attendee, "attendee", mem, &t->attendee, err);
    for (size_t i = 0; !rc && i < COUNT_OF(all); i++)
        rc = read_text(all[i].from ? all[i].from : "", all[i].max, all[i].field, all[i].to != &t->words, mem, all[i].to,
                       err);
    if (!rc && !t->title[0])
        return err_set(err, RC_INPUT, "a visit needs a title");
    if (!rc) {
        t->name = without_quotes(t->name, mem);
        t->label = without_quotes(t->title, mem);
    }
    return rc;
}

static enum rc check(const struct invitation_copy *v, struct err *err)
{
    if (!is_uid(v->uid))
        return err_set(err, RC_INPUT, "a UID has %d or more letters, digits, - _ . before @domain", INVITATION_UID_MIN);
    if (v->sequence < (v->method == INVITATION_CANCEL))
        return err_set(err, RC_INPUT,
                       "the sequence is too low: 0 for the first copy, raised by every change and by CANCEL");
    if (v->link && !is_link(v->link))
        return err_set(err, RC_INPUT, "a link begins with https:// and has ASCII characters of links only, at most %d",
                       INVITATION_LINK_MAX);
    return RC_OK;
}

static enum rc describe(const struct texts *t, const char *link, struct arena *mem, char **ret_text, struct err *err)
{
    CLEANUP(strbuf_done)
    struct strbuf b = STRBUF(INVITATION_WORDS_MAX * 3 + INVITATION_LINE_MAX * 3 + INVITATION_LINK_MAX + 8);
    const char *const lines[] = { link, t->dial_in };

    strbuf_str(&b, t->words);
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        if (lines[i] && lines[i][0] && !strstr(t->words, lines[i])) {
            if (b.len)
                strbuf_str(&b, strbuf_peek(&b)[b.len - 1] == '\n' ? "" : "\n");
            strbuf_str(&b, lines[i]);
        }
    return strbuf_take(&b, mem, ret_text, err);
}

static const char *offset_text(struct arena *mem, int seconds)
{
    const int minutes = abs(seconds) / 60;

    return arena_printf(mem, "%c%02d%02d", seconds < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

/* The day of 1970 on which the change would have been, from where the rule counts. */
static int day_in_1970(const struct visit_change *c)
{
    int day = 0, nth = 0, found = 0;

    for (day = 1; zone_is_date(1971, c->month, day) && (c->nth < 0 || nth < c->nth); day++)
        if (zone_weekday(clock_days_from_civil(1970, c->month, day)) == c->weekday) {
            found = day;
            nth++;
        }
    return found;
}

static struct ical_component change_part(const struct visit_change *c, struct arena *mem)
{
    static const char *const weekdays[] = { "SU", "MO", "TU", "WE", "TH", "FR", "SA" };
    struct ical_property *p = ARENA_ARRAY(mem, 4, struct ical_property);
    const int s = c->second_of_day;

    p[0] = (struct ical_property){ "DTSTART",
                                   arena_printf(mem, "1970%02d%02dT%02d%02d%02d", c->month, day_in_1970(c), s / 3600,
                                                s / 60 % 60, s % 60),
                                   {} };
    p[1] = (struct ical_property){ "TZOFFSETFROM", offset_text(mem, c->offset_from), {} };
    p[2] = (struct ical_property){ "TZOFFSETTO", offset_text(mem, c->offset_to), {} };
    p[3] = (struct ical_property){
        "RRULE", arena_printf(mem, "FREQ=YEARLY;BYMONTH=%d;BYDAY=%d%s", c->month, c->nth, weekdays[c->weekday]), {}
    };
    return (struct ical_component){ c->offset_to > c->offset_from ? "DAYLIGHT" : "STANDARD", p, 4, NULL, 0 };
}

static struct ical_component fixed_part(int offset, struct arena *mem)
{
    struct ical_property *p = ARENA_ARRAY(mem, 3, struct ical_property);

    p[0] = (struct ical_property){ "DTSTART", "19700101T000000", {} };
    p[1] = (struct ical_property){ "TZOFFSETFROM", offset_text(mem, offset), {} };
    p[2] = (struct ical_property){ "TZOFFSETTO", p[1].value, {} };
    return (struct ical_component){ "STANDARD", p, 3, NULL, 0 };
}

static struct ical_component zone_part(const struct visit_time *t, struct arena *mem)
{
    struct ical_property *id = ARENA_NEW(mem, struct ical_property);
    struct ical_component *parts = ARENA_ARRAY(mem, 2, struct ical_component);
    const bool is_yearly = t->form == VISIT_FORM_YEARLY;

    *id = (struct ical_property){ "TZID", t->zone, {} };
    parts[0] = is_yearly ? change_part(&t->changes[0], mem) : fixed_part(t->offset, mem);
    if (is_yearly)
        parts[1] = change_part(&t->changes[1], mem);
    return (struct ical_component){ "VTIMEZONE", id, 1, parts, is_yearly ? 2 : 1 };
}

static struct ical_property attendee_line(const struct invitation_copy *v, const struct texts *t)
{
    if (v->method == INVITATION_CANCEL)
        return (struct ical_property){ "ATTENDEE", t->attendee, {} };
    return (struct ical_property){
        "ATTENDEE",
        t->attendee,
        { { "CUTYPE", "INDIVIDUAL" },
          { "ROLE", "REQ-PARTICIPANT" },
          { "PARTSTAT", "NEEDS-ACTION" },
          { "RSVP", "TRUE" } },
    };
}

static enum rc visit_part(const struct invitation_copy *v, struct arena *mem, struct ical_component *ret,
                          struct err *err)
{
    const struct ical_parameter zone = { v->time->form == VISIT_FORM_UTC ? NULL : "TZID", v->time->zone };
    struct ical_property *p = ARENA_ARRAY(mem, COUNT_MAX, struct ical_property);
    struct texts t;
    char *description = NULL;
    size_t n = 0;
    enum rc rc = read_texts(v, mem, &t, err);

    if (!rc)
        rc = describe(&t, v->link, mem, &description, err);
    if (rc)
        return rc;
    p[n++] = (struct ical_property){ "UID", v->uid, {} };
    p[n++] = (struct ical_property){ "SEQUENCE", arena_printf(mem, "%" PRId32, v->sequence), {} };
    p[n++] = (struct ical_property){ "DTSTAMP", ical_utc(mem, v->stamp_ms), {} };
    p[n++] = (struct ical_property){ "DTSTART", v->time->start, { zone } };
    p[n++] = (struct ical_property){ "DTEND", v->time->end, { zone } };
    p[n++] = (struct ical_property){ "ORGANIZER", t.organizer, { { t.name[0] ? "CN" : NULL, t.name } } };
    p[n++] = attendee_line(v, &t);
    p[n++] = (struct ical_property){ "SUMMARY", t.title, {} };
    if (v->link || t.place[0])
        p[n++] = (struct ical_property){ "LOCATION", v->link ? v->link : t.place, {} };
    if (description[0])
        p[n++] = (struct ical_property){ "DESCRIPTION", description, {} };
    if (v->link)
        p[n++] = (struct ical_property){ "CONFERENCE",
                                         v->link,
                                         { { "VALUE", "URI" }, { "FEATURE", "VIDEO" }, { "LABEL", t.label } } };
    p[n++] = (struct ical_property){ "CLASS", "PRIVATE", {} };
    p[n++] = (struct ical_property){ "STATUS", v->method == INVITATION_CANCEL ? "CANCELLED" : "CONFIRMED", {} };
    p[n++] = (struct ical_property){ "TRANSP", "OPAQUE", {} };
    *ret = (struct ical_component){ "VEVENT", p, n, NULL, 0 };
    return RC_OK;
}

enum rc invitation_write(const struct invitation_copy *v, struct arena *mem, struct invitation_body *ret_body,
                         struct err *err)
{
    const struct ical_property head[] = {
        { "PRODID", "-//Postcircle//Group visits//EN", {} },
        { "VERSION", "2.0", {} },
        { "CALSCALE", "GREGORIAN", {} },
        { "METHOD", invitation_method_name(v->method), {} },
    };
    struct ical_component parts[2], calendar = { "VCALENDAR", head, COUNT_OF(head), parts, 0 };
    char *text = NULL;
    enum rc rc = check(v, err);

    if (!rc && v->time->form != VISIT_FORM_UTC)
        parts[calendar.part_count++] = zone_part(v->time, mem);
    if (!rc)
        rc = visit_part(v, mem, &parts[calendar.part_count++], err);
    if (!rc)
        rc = ical_write(&calendar, mem, &text, err);
    if (rc)
        return rc;
    *ret_body = (struct invitation_body){ .text = text, .len = strlen(text), .is_ascii = true };
    for (const char *p = text; *p; p++)
        ret_body->is_ascii &= (unsigned char)*p < 128;
    return RC_OK;
}

static bool is_same(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

bool invitation_must_rise(const struct invitation_copy *was, const struct invitation_copy *is)
{
    return was->time->start_ms != is->time->start_ms || was->time->end_ms != is->time->end_ms ||
           strcmp(was->time->zone, is->time->zone) != 0 || !is_same(was->link, is->link) ||
           !is_same(was->dial_in, is->dial_in) || !is_same(was->place, is->place);
}
