/*
 * calendar_check: reads a text/calendar body by code of its own and says which rule for our calendar mail it breaks.
 *
 * Shape    cc_check: the body and the method= of its part in; NULL or the rule that is broken out. cc_follows: the same of a copy and the one that its
 *          reader got before it. One VEVENT and one ATTENDEE for each body.
 * Owns     Everything in the caller's arena; answers are constants.
 * Source   RFC 5545 3.1 to 3.6, RFC 5546 3.2.2 and 3.2.5 (and 2.1.5 for the order of copies), RFC 6047 2.3, RFC 7986 5.11, and our own:
 *          one ATTENDEE without a name, no VALARM, no RRULE, no SENT-BY, CLASS:PRIVATE, yearly rules since 1970 in VTIMEZONE.
 *
 * Where each rule is looked at; invitation_test breaks each one.
 *   REQUEST: METHOD, PRODID, VERSION 2.0                      cc_frame   METHOD at the top, once, that of the Content-Type
 *   REQUEST: UID, DTSTAMP, DTSTART, ORGANIZER, SUMMARY, one   cc_frame   each once, and none of them empty; DTSTAMP in UTC: cc_state
 *            ATTENDEE, who is asked                           cc_people  RSVP=TRUE, PARTSTAT=NEEDS-ACTION
 *   REQUEST: all VEVENTs have one UID; STATUS                 cc_frame   one VEVENT; cc_state
 *   SEQUENCE rises with the time, the way to join, STATUS,    cc_follows RRULE, RDATE, EXDATE: never there (cc_frame)
 *            and on every CANCEL; and DTSTAMP (2.1.5)
 *   CANCEL:  the UID, ORGANIZER, DTSTAMP, the ATTENDEE        cc_frame, cc_follows
 *   CANCEL:  no RECURRENCE-ID without a series; REPLY, ADD    cc_frame   nothing but what is known; REQUEST and CANCEL alone
 *   VTIMEZONE for every TZID; DTEND without DURATION          cc_zone, cc_frame
 *   RFC 6047: mailto: of ORGANIZER and ATTENDEE               cc_people  (that they are From and To: calendar_mail.h)
 *   RFC 7986: CONFERENCE is a URI, FEATURE, LABEL             cc_place   IMAGE, COLOR, REFRESH-INTERVAL: never there (cc_frame)
 *   texts are escaped, lines folded, ended by CRLF            cc_texts, cc_unfold
 */
#ifndef TESTS_CALENDAR_CHECK_H
#define TESTS_CALENDAR_CHECK_H

#include "base/text.h"

#include <stdlib.h>

enum { CC_LINES_MAX = 100 };

struct cc_line {
    const char *within; /* the component in which it stands */
    char *name, *parameters, *value;
};
struct cc_body {
    struct cc_line lines[CC_LINES_MAX];
    int count;
};

/* Octets first: CRLF alone ends a line, 75 octets at most, no character cut, no control characters. Unfolds in place. */
static inline const char *cc_unfold(char *text)
{
    char *to = text;

    for (const char *p = text; *p;) {
        const size_t n = strcspn(p, "\r\n");

        if (p[n] != '\r' || p[n + 1] != '\n')
            return "lines end in CRLF";
        if (n > 75)
            return "75 octets a line";
        if (n == 0 || !text_is_utf8(p, n))
            return "folding splits no character";
        for (size_t i = 0; i < n; i++)
            if ((unsigned char)p[i] < 32 || p[i] == 127)
                return "no control characters";
        if (*p == ' ' && to > text) {
            to -= 1; /* over the end of the line before */
            memmove(to, p + 1, n - 1);
            to += n - 1;
        } else {
            memmove(to, p, n);
            to += n;
        }
        *to++ = '\n';
        p += n + 2;
    }
    *to = 0;
    return NULL;
}

/* NAME;PARAM=value;PARAM="va:lue":value */
static inline const char *cc_split(char *line, struct cc_line *ret)
{
    const size_t n = strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-");
    bool quoted = false;
    char *p = line + n;

    while (*p && (quoted || *p != ':')) {
        quoted ^= *p == '"';
        p++;
    }
    if (n == 0 || *p != ':' || (line[n] != ';' && line[n] != ':'))
        return "a line is NAME;PARAMETERS:VALUE";
    *p = 0;
    ret->parameters = line[n] == ';' ? line + n + 1 : p;
    ret->value = p + 1;
    ret->name = line;
    line[n] = 0;
    return NULL;
}

static inline const char *cc_read(char *text, struct cc_body *b)
{
    const char *open[4] = { "" }, *why = cc_unfold(text);
    int depth = 0;

    b->count = 0;
    for (char *line = strsep(&text, "\n"); !why && line && text; line = strsep(&text, "\n")) {
        struct cc_line *l = &b->lines[b->count];

        if (b->count == CC_LINES_MAX || (depth == 0 && b->count > 0))
            return "one calendar object";
        why = cc_split(line, l);
        if (why)
            return why;
        if (strcmp(l->name, "END") == 0) {
            if (depth == 0 || strcmp(open[depth], l->value) != 0)
                return "BEGIN and END are balanced";
            depth--;
            continue;
        }
        l->within = open[depth];
        b->count++;
        if (strcmp(l->name, "BEGIN") == 0) {
            if (depth == 3)
                return "BEGIN and END are balanced";
            open[++depth] = l->value;
        }
    }
    return why ? why : depth ? "BEGIN and END are balanced" : NULL;
}

static inline const struct cc_line *cc_find(const struct cc_body *b, const char *within, const char *name)
{
    for (int i = 0; i < b->count; i++)
        if (strcmp(b->lines[i].within, within) == 0 && strcmp(b->lines[i].name, name) == 0)
            return &b->lines[i];
    return NULL;
}

static inline int cc_count(const struct cc_body *b, const char *within, const char *name)
{
    int n = 0;

    for (int i = 0; i < b->count; i++)
        n += (!within || strcmp(b->lines[i].within, within) == 0) && strcmp(b->lines[i].name, name) == 0;
    return n;
}

static inline bool cc_is(const struct cc_body *b, const char *within, const char *name, const char *value)
{
    const struct cc_line *l = cc_find(b, within, name);

    return cc_count(b, within, name) == 1 && strcmp(l->value, value) == 0;
}

static inline bool cc_has(const struct cc_line *l, const char *parameter)
{
    const char *p = strstr(l->parameters, parameter);

    return p && (p == l->parameters || p[-1] == ';');
}

/* Whether each property of the component is one that we write. */
static inline bool cc_knows(const struct cc_body *b, const char *within, const char *const *known, size_t n)
{
    for (int i = 0; i < b->count; i++) {
        const struct cc_line *l = &b->lines[i];
        size_t k = 0;

        while (k < n && strcmp(known[k], l->name) != 0)
            k++;
        if (strcmp(l->within, within) == 0 && k == n)
            return false;
    }
    return true;
}

static inline const char *cc_frame(const struct cc_body *b, const char *method)
{
    static const char *const once[] = { "UID",      "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "ORGANIZER",
                                        "ATTENDEE", "SUMMARY", "STATUS",  "CLASS", "TRANSP" };
    static const char *const known[] = { "UID",       "DTSTAMP",  "DTSTART",     "DTEND",     "SEQUENCE",
                                         "ORGANIZER", "ATTENDEE", "SUMMARY",     "STATUS",    "CLASS",
                                         "TRANSP",    "LOCATION", "DESCRIPTION", "CONFERENCE" };
    static const char *const top[] = { "PRODID", "VERSION", "CALSCALE", "METHOD", "BEGIN" };

    if (b->count == 0 || strcmp(b->lines[0].name, "BEGIN") != 0 || strcmp(b->lines[0].value, "VCALENDAR") != 0)
        return "it is a VCALENDAR";
    if (!cc_is(b, "VCALENDAR", "METHOD", method) || cc_count(b, NULL, "METHOD") != 1)
        return "METHOD is that of the part, at the top, once";
    if (strcmp(method, "REQUEST") != 0 && strcmp(method, "CANCEL") != 0)
        return "we send REQUEST and CANCEL only";
    if (!cc_is(b, "VCALENDAR", "VERSION", "2.0") || cc_count(b, "VCALENDAR", "PRODID") != 1)
        return "VERSION 2.0 and PRODID";
    for (int i = 0, events = 0; i < b->count; i++)
        if (strcmp(b->lines[i].within, "VCALENDAR") == 0 && strcmp(b->lines[i].name, "BEGIN") == 0 &&
            (strcmp(b->lines[i].value, "VEVENT") == 0 ? events++ > 0 : strcmp(b->lines[i].value, "VTIMEZONE") != 0))
            return "one VEVENT, and nothing beside its VTIMEZONE";
    for (size_t i = 0; i < COUNT_OF(once); i++)
        if (cc_count(b, "VEVENT", once[i]) != 1)
            return "each needed property once";
    for (int i = 0; i < b->count; i++) {
        if (strcmp(b->lines[i].name, "BEGIN") == 0 && strcmp(b->lines[i].value, "VALARM") == 0)
            return "no VALARM";
        if (!b->lines[i].value[0])
            return "no empty value";
    }
    if (!cc_knows(b, "VEVENT", known, COUNT_OF(known)) || !cc_knows(b, "VCALENDAR", top, COUNT_OF(top)))
        return "nothing beside what is known: no RRULE, DURATION, RECURRENCE-ID, X-";
    return NULL;
}

static inline const char *cc_people(const struct cc_body *b, const char *method)
{
    const struct cc_line *o = cc_find(b, "VEVENT", "ORGANIZER"), *a = cc_find(b, "VEVENT", "ATTENDEE");
    const struct cc_line *const both[] = { o, a };

    for (size_t i = 0; i < COUNT_OF(both); i++) {
        const char *v = both[i]->value;

        if (strncmp(v, "mailto:", 7) != 0 || !strchr(v, '@') || strchr(v, '@') != strrchr(v, '@') ||
            strpbrk(v, " \"<>,;?"))
            return "a bare mailto:";
    }
    if (cc_has(o, "SENT-BY=") || cc_has(a, "SENT-BY=") || cc_has(a, "CN=") || cc_has(a, "DELEGATED"))
        return "no SENT-BY, no name of the attendee";
    if (strcmp(method, "REQUEST") == 0 && (!cc_has(a, "RSVP=TRUE") || !cc_has(a, "PARTSTAT=NEEDS-ACTION")))
        return "the attendee is asked";
    return NULL;
}

static inline const char *cc_state(const struct cc_body *b, const char *method)
{
    const char *sequence = cc_find(b, "VEVENT", "SEQUENCE")->value, *status = cc_find(b, "VEVENT", "STATUS")->value;
    const char *uid = cc_find(b, "VEVENT", "UID")->value, *stamp = cc_find(b, "VEVENT", "DTSTAMP")->value;
    const bool is_cancel = strcmp(method, "CANCEL") == 0;

    if (sequence[strspn(sequence, "0123456789")] || (is_cancel && strtol(sequence, NULL, 10) < 1))
        return "SEQUENCE is a number, raised by CANCEL";
    if (is_cancel ? strcmp(status, "CANCELLED") != 0
                  : strcmp(status, "CONFIRMED") != 0 && strcmp(status, "TENTATIVE") != 0)
        return "STATUS goes with METHOD";
    if (!cc_is(b, "VEVENT", "CLASS", "PRIVATE"))
        return "CLASS:PRIVATE";
    if (strcspn(uid, "@") < 26)
        return "the UID is unguessable";
    if (strlen(stamp) != 16 || stamp[8] != 'T' || stamp[15] != 'Z')
        return "DTSTAMP is UTC";
    return NULL;
}

static inline const char *cc_zone(const struct cc_body *b)
{
    const struct cc_line *start = cc_find(b, "VEVENT", "DTSTART"), *end = cc_find(b, "VEVENT", "DTEND");
    const struct cc_line *id = cc_find(b, "VTIMEZONE", "TZID");
    const bool is_utc = start->value[strlen(start->value) - 1] == 'Z';
    int observances = 0;

    if (strcmp(start->parameters, end->parameters) != 0 || strlen(start->value) != strlen(end->value))
        return "start and end are of one form";
    if (is_utc && strcmp(end->value, start->value) <= 0)
        return "the end is after the start";
    if (is_utc ? start->parameters[0] || id
               : !id || !cc_has(start, "TZID=") || strcmp(start->parameters + 5, id->value) != 0)
        return "a TZID has its VTIMEZONE, UTC none";
    for (int i = 0; i < b->count; i++) {
        const struct cc_line *l = &b->lines[i];
        const bool is_inside = strcmp(l->within, "STANDARD") == 0 || strcmp(l->within, "DAYLIGHT") == 0;

        observances += strcmp(l->within, "VTIMEZONE") == 0 && strcmp(l->name, "BEGIN") == 0;
        if (is_inside && strcmp(l->name, "DTSTART") == 0 && strncmp(l->value, "1970", 4) != 0)
            return "changes of clocks count from 1970";
        if (is_inside && (strcmp(l->name, "RDATE") == 0 || strstr(l->value, "UNTIL")))
            return "changes of clocks are yearly rules";
    }
    if (id && (observances < 1 || observances > 2 || (observances == 2) != (cc_count(b, NULL, "RRULE") == 2)))
        return "changes of clocks are yearly rules";
    return NULL;
}

static inline const char *cc_place(const struct cc_body *b)
{
    const struct cc_line *c = cc_find(b, "VEVENT", "CONFERENCE");

    if (!c)
        return NULL;
    if (!cc_has(c, "VALUE=URI") || !cc_has(c, "FEATURE=") || !cc_has(c, "LABEL="))
        return "CONFERENCE is a URI with FEATURE and LABEL";
    if (strncmp(c->value, "https://", 8) != 0 || !cc_find(b, "VEVENT", "LOCATION") ||
        !cc_find(b, "VEVENT", "DESCRIPTION"))
        return "the link stands in LOCATION and DESCRIPTION too";
    return NULL;
}

/* text, or NULL: what TEXT stands for (RFC 5545 3.3.11) */
static inline char *cc_text(struct arena *mem, const char *value)
{
    char *text = arena_strdup(mem, value), *to = text;

    for (const char *p = text; *p; p++) {
        if (*p == ',' || *p == ';')
            return NULL;
        if (*p == '\\') {
            if (!*++p || !strchr("\\,;nN", *p))
                return NULL;
            *to++ = *p == 'n' || *p == 'N' ? '\n' : *p;
        } else {
            *to++ = *p;
        }
    }
    *to = 0;
    return text;
}

static inline const char *cc_texts(const struct cc_body *b, struct arena *mem)
{
    static const char *const names[] = { "SUMMARY", "LOCATION", "DESCRIPTION" };
    const struct cc_line *c = cc_find(b, "VEVENT", "CONFERENCE");

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct cc_line *l = cc_find(b, "VEVENT", names[i]);
        const char *text = l ? cc_text(mem, l->value) : "";

        if (!text)
            return "texts are escaped";
        if (c && i > 0 && !strstr(text, c->value))
            return "the link stands in LOCATION and DESCRIPTION too";
    }
    return NULL;
}

static inline const char *cc_check(const char *text, size_t len, const char *method, struct arena *mem,
                                   struct cc_body *b)
{
    const char *why = strlen(text) == len ? cc_read(arena_strdup(mem, text), b) : "no NUL";

    if (!why)
        why = cc_frame(b, method);
    if (!why)
        why = cc_people(b, method);
    if (!why)
        why = cc_state(b, method);
    if (!why)
        why = cc_zone(b);
    if (!why)
        why = cc_place(b);
    return why ? why : cc_texts(b, mem);
}

/* RFC 5546 2.1.5: a calendar that holds `was` takes `is` for newer. */
static inline bool cc_is_newer(const struct cc_body *was, const struct cc_body *is)
{
    const long before = strtol(cc_find(was, "VEVENT", "SEQUENCE")->value, NULL, 10),
               after = strtol(cc_find(is, "VEVENT", "SEQUENCE")->value, NULL, 10);

    return strcmp(cc_find(was, "VEVENT", "UID")->value, cc_find(is, "VEVENT", "UID")->value) == 0 &&
           (after > before || (after == before && strcmp(cc_find(is, "VEVENT", "DTSTAMP")->value,
                                                         cc_find(was, "VEVENT", "DTSTAMP")->value) > 0));
}

/* What one reader got after what they had: NULL, or the rule that is broken. */
static inline const char *cc_follows(const struct cc_body *was, const struct cc_body *is)
{
    static const char *const attended[] = { "DTSTART", "DTEND", "STATUS", "LOCATION", "DESCRIPTION" };
    const struct cc_line *const from = cc_find(was, "VEVENT", "ORGANIZER"), *const by =
                                                                                cc_find(is, "VEVENT", "ORGANIZER");
    bool must_rise = cc_is(is, "VCALENDAR", "METHOD", "CANCEL");

    for (size_t i = 0; i < COUNT_OF(attended); i++) {
        const struct cc_line *const a = cc_find(was, "VEVENT", attended[i]), *const b =
                                                                                 cc_find(is, "VEVENT", attended[i]);

        must_rise |= strcmp(a ? a->value : "", b ? b->value : "") != 0;
    }
    if (strcmp(cc_find(was, "VEVENT", "UID")->value, cc_find(is, "VEVENT", "UID")->value) != 0)
        return "a later copy has the UID";
    if (strcmp(from->value, by->value) != 0)
        return "a later copy has the ORGANIZER";
    if (must_rise && strtol(cc_find(is, "VEVENT", "SEQUENCE")->value, NULL, 10) <=
                         strtol(cc_find(was, "VEVENT", "SEQUENCE")->value, NULL, 10))
        return "a change raises SEQUENCE";
    if (strcmp(cc_find(is, "VEVENT", "DTSTAMP")->value, cc_find(was, "VEVENT", "DTSTAMP")->value) <= 0)
        return "DTSTAMP rises";
    return cc_is_newer(was, is) ? NULL : "a later copy is newer";
}

#endif
