#include "schedules/invitation.h"

#include "base/clock.h"
#include "base/strbuf.h"
#include "schedules/zone.h"
#include "tests/unit/calendar_mail.h"

#include <libical/ical.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define UID_HERE "k3v6qw5x2m7zr4tdpyhn8ubcae@example.org"

static int64_t utc(const char *stamp)
{
    int64_t ms = 0;
    struct err err;

    assert_int_equal(clock_parse(stamp, &ms, &err), RC_OK);
    return ms;
}

static struct visit_time when(const char *zone, int64_t start_ms, int minutes)
{
    struct visit_time t;
    struct err err;

    if (visit_time_set(zone, start_ms, minutes, &t, &err))
        fail_msg("%s: %s", zone, err.msg);
    return t;
}

static struct invitation_copy sample(const struct visit_time *t)
{
    return (struct invitation_copy){
        .uid = UID_HERE,
        .stamp_ms = INT64_C(1772000000000),
        .time = t,
        .organizer = "tuesday@example.org",
        .organizer_name = "Tuesday Circle",
        .attendee = "rose@example.net",
        .title = "Group visit",
        .words = "Answer YES or NO.",
        .link = "https://video.example.org/j/123?p=a,b;c",
        .dial_in = "555-0123, code 42#",
    };
}

static struct cc_body checked(const struct invitation_copy *v, struct arena *mem)
{
    struct invitation_body body;
    struct cc_body b;
    struct err err;
    const char *why = NULL;
    bool is_ascii = true;

    if (invitation_write(v, mem, &body, &err))
        fail_msg("%s", err.msg);
    for (size_t i = 0; i < body.len; i++)
        is_ascii &= (unsigned char)body.text[i] < 128;
    assert_int_equal(body.is_ascii, is_ascii);
    why = cc_check(body.text, body.len, invitation_method_name(v->method), mem, &b);
    if (why)
        fail_msg("%s:\n%s", why, body.text);
    return b;
}

static const char *text_of(const struct cc_body *b, const char *name, struct arena *mem)
{
    return cc_text(mem, cc_find(b, "VEVENT", name)->value);
}

static int64_t instant(icalcomponent *calendar, icalproperty *p)
{
    icalparameter *id = icalproperty_get_first_parameter(p, ICAL_TZID_PARAMETER);
    icaltimezone *zone =
        id ? icalcomponent_get_timezone(calendar, icalparameter_get_tzid(id)) : icaltimezone_get_utc_timezone();

    assert_non_null(zone);
    return (int64_t)icaltime_as_timet_with_zone(icalvalue_get_datetime(icalproperty_get_value(p)), zone) * 1000;
}

/* The instants that a calendar reads from the object alone, by the VTIMEZONE in it. */
static void read_times(const char *text, int64_t *ret_start_ms, int64_t *ret_end_ms)
{
    icalcomponent *c = icalparser_parse_string(text), *event = NULL;

    assert_non_null(c);
    assert_int_equal(icalcomponent_count_errors(c), 0);
    event = icalcomponent_get_first_component(c, ICAL_VEVENT_COMPONENT);
    *ret_start_ms = instant(c, icalcomponent_get_first_property(event, ICAL_DTSTART_PROPERTY));
    *ret_end_ms = instant(c, icalcomponent_get_first_property(event, ICAL_DTEND_PROPERTY));
    icalcomponent_free(c);
}

static void check_times(const char *zone, int64_t start_ms, int minutes, int forms[3])
{
    CLEANUP(arena_free) struct arena *mem = arena_new("test");
    const struct visit_time t = when(zone, start_ms, minutes);
    struct invitation_copy v = sample(&t);
    struct invitation_body body;
    struct err err;
    int64_t start = 0, end = 0;

    v.method = minutes % 2 ? INVITATION_CANCEL : INVITATION_REQUEST;
    v.sequence = 1;
    (void)checked(&v, mem);
    assert_int_equal(invitation_write(&v, mem, &body, &err), RC_OK);
    read_times(body.text, &start, &end);
    if (start != start_ms || end != start_ms + minutes * MS_MINUTE)
        fail_msg("not at %" PRId64 ":\n%s", start_ms, body.text);
    forms[t.form]++;
}

/* Every zone of tzdata, in every season of 2026 to 2030, and some of them round each change of their clocks. */
static void all_zones(void **state)
{
    FILE *f = fopen("/usr/share/zoneinfo/tzdata.zi", "re");
    const int64_t from = utc("2026-01-01T00:00:00Z"), until = utc("2031-01-01T00:00:00Z");
    char line[256], name[128];
    int forms[3] = { 0 }, zones = 0;
    struct err err;

    (void)state;
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        int64_t change = from;

        if (strncmp(line, "Z ", 2) != 0 || !strchr(line + 2, '/'))
            continue;
        snprintf(name, sizeof name, "%.*s", (int)strcspn(line + 2, " "), line + 2);
        zones++;
        for (int64_t ms = from + 18 * MS_HOUR + 30 * MS_MINUTE; ms < until; ms += 331 * MS_DAY)
            check_times(name, ms, 90 + (int)(ms / MS_DAY % 2), forms);
        while (zone_next_change(name, change, until, &change, &err) == RC_OK)
            for (int h = -4; h <= 4; h++)
                if (zones % 24 == 0 || (zones % 8 == 0 && h % 4 == 0))
                    check_times(name, change + h * MS_HOUR, 60 + abs(h % 2), forms);
    }
    fclose(f);
    assert_true(zones > 250);
    assert_true(forms[VISIT_FORM_UTC] > 100 && forms[VISIT_FORM_FIXED] > 100 && forms[VISIT_FORM_YEARLY] > 100);
}

static void forms_of_zones(void **state)
{
    static const struct {
        const char *zone, *at;
        enum visit_form form;
        const char *start;
    } cases[] = {
        { "America/New_York", "2026-03-03T23:30:00Z", VISIT_FORM_YEARLY, "20260303T183000" },
        { "America/New_York", "2026-11-01T05:30:00Z", VISIT_FORM_UTC,
          "20261101T053000Z" }, /* 1:30, which comes twice */
        { "America/New_York", "2026-11-01T06:30:00Z", VISIT_FORM_UTC, "20261101T063000Z" },
        { "America/Phoenix", "2026-03-03T23:30:00Z", VISIT_FORM_FIXED, "20260303T163000" },
        { "America/Santiago", "2026-03-03T23:30:00Z", VISIT_FORM_FIXED, "20260303T203000" },
        { "Africa/Casablanca", "2026-03-03T23:30:00Z", VISIT_FORM_FIXED, "20260303T233000" }, /* Ramadan */
        { "Europe/Dublin", "2026-07-03T17:30:00Z", VISIT_FORM_YEARLY, "20260703T183000" },
        { "UTC", "2026-03-03T23:30:00Z", VISIT_FORM_UTC, "20260303T233000Z" },
    };
    struct visit_time t;
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        t = when(cases[i].zone, utc(cases[i].at), 60);
        assert_int_equal(t.form, cases[i].form);
        assert_string_equal(t.start, cases[i].start);
    }
    assert_int_equal(visit_time_set("No/Where", 0, 60, &t, &err), RC_NOT_FOUND);
    assert_int_equal(visit_time_set("UTC", utc("2026-03-03T23:30:00Z"), 0, &t, &err), RC_INPUT);
    assert_int_equal(visit_time_set("UTC", utc("2026-03-03T23:30:00Z"), VISIT_MINUTES_MAX + 1, &t, &err), RC_INPUT);
    assert_int_equal(visit_time_set("UTC", INT64_MAX / 2, 60, &t, &err), RC_INPUT);
}

static void hostile_words(void **state)
{
    static const struct {
        const char *title, *want;
    } cases[] = {
        { "Group visit \xe2\x80\x93 \xe2\x80\x9cNorth\xe2\x80\x9d, part 2; a\\b",
          "Group visit - \"North\", part 2; a\\b" },
        { "x\r\nATTENDEE:mailto:eve@example.net\r\nSUMMARY:y", "x ATTENDEE:mailto:eve@example.net SUMMARY:y" },
        { "a\nEND:VEVENT\nBEGIN:VALARM\n", "a END:VEVENT BEGIN:VALARM" },
        { "\\n\\,\\;\\\\n", "\\n\\,\\;\\\\n" },
        { "a\x01\x02\x7f"
          "b\tc",
          "ab c" },
        { "line\xe2\x80\xa8separator\xe2\x80\xa9"
          "and\xc2\x85next",
          "line separator andnext" },
        { "\xe2\x80\xae"
          "txet drawkcab\xe2\x80\xac",
          "txet drawkcab" },
        { "\"quoted\":;,^n^'^^", "\"quoted\":;,^n^'^^" },
        { "Visita de grupo: corazón, año nuevo", "Visita de grupo: corazón, año nuevo" },
        { "bad \xff\xc3", "bad \xef\xbf\xbd\xef\xbf\xbd" },
        { "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7 \xf0\x9f\x98\x80",
          "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7 \xf0\x9f\x98\x80" },
        { "=?utf-8?q?x?= {{slot}} %s %n", "=?utf-8?q?x?= {{slot}} %s %n" },
    };
    const struct visit_time t = when("America/New_York", utc("2026-03-03T23:30:00Z"), 90);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("test");
        struct invitation_copy v = sample(&t);
        struct cc_body b;

        v.title = v.organizer_name = v.words = v.dial_in = cases[i].title;
        b = checked(&v, mem);
        if (strcmp(text_of(&b, "SUMMARY", mem), cases[i].want) != 0)
            fail_msg("title %zu: %s", i, text_of(&b, "SUMMARY", mem));
        v.link = NULL;
        v.place = cases[i].title;
        b = checked(&v, mem);
        assert_string_equal(text_of(&b, "LOCATION", mem), cases[i].want);
        assert_null(cc_find(&b, "VEVENT", "CONFERENCE"));
    }
}

/* Texts of every length of characters of one to four octets, so that each place of a fold is met. */
static void folds(void **state)
{
    static const char *const units[] = { "a", "é", "한", "\xf0\x9f\x98\x80", ",", "\\", "a\n" };
    const struct visit_time t = when("America/New_York", utc("2026-03-03T23:30:00Z"), 90);

    (void)state;
    for (size_t u = 0; u < COUNT_OF(units); u++)
        for (int n = 1; n < 170; n++) {
            CLEANUP(arena_free) struct arena *mem = arena_new("test");
            CLEANUP(strbuf_done) struct strbuf words = STRBUF(4000);
            struct invitation_copy v = sample(&t);
            struct cc_body b;

            strbuf_char(&words, 'x');
            for (int i = 0; i < n; i++)
                strbuf_str(&words, units[u]);
            v.link = v.dial_in = NULL;
            v.words = strbuf_peek(&words);
            b = checked(&v, mem);
            assert_string_equal(text_of(&b, "DESCRIPTION", mem), v.words);
        }
}

static void described(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("test");
    const struct visit_time t = when("America/New_York", utc("2026-03-03T23:30:00Z"), 90);
    struct invitation_copy v = sample(&t);
    struct invitation_body body;
    struct err err;
    struct cc_body b = checked(&v, mem);

    (void)state;
    assert_string_equal(text_of(&b, "DESCRIPTION", mem),
                        "Answer YES or NO.\nhttps://video.example.org/j/123?p=a,b;c\n555-0123, code 42#");
    assert_string_equal(text_of(&b, "LOCATION", mem), v.link);
    assert_string_equal(cc_find(&b, "VEVENT", "CONFERENCE")->value, v.link);
    assert_true(cc_is(&b, "VEVENT", "DTEND", "20260303T200000"));
    v.words = "Join: https://video.example.org/j/123?p=a,b;c or call 555-0123, code 42#";
    b = checked(&v, mem);
    assert_string_equal(text_of(&b, "DESCRIPTION", mem), v.words); /* nothing twice */
    v.words = v.link = v.dial_in = v.organizer_name = NULL;
    b = checked(&v, mem);
    assert_null(cc_find(&b, "VEVENT", "DESCRIPTION"));
    assert_null(cc_find(&b, "VEVENT", "LOCATION"));
    assert_string_equal(cc_find(&b, "VEVENT", "ORGANIZER")->parameters, "");
    v.attendee = "o'hara+a=b&c@Example.NET";
    b = checked(&v, mem);
    assert_string_equal(cc_find(&b, "VEVENT", "ATTENDEE")->value, "mailto:o'hara+a%3Db%26c@example.net");
    assert_int_equal(invitation_write(&v, mem, &body, &err), RC_OK);
    assert_true(body.is_ascii);
    v.title = "Año";
    assert_int_equal(invitation_write(&v, mem, &body, &err), RC_OK);
    assert_false(body.is_ascii);
}

/* Invited, moved, a new link, cancelled: the newest copy wins in every calendar. */
static void a_life(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("test");
    const struct visit_time t = when("America/New_York", utc("2026-03-03T23:30:00Z"), 90),
                            moved = when("America/New_York", utc("2026-03-10T23:30:00Z"), 90);
    const struct visit_time longer = when("America/New_York", utc("2026-03-03T23:30:00Z"), 91),
                            elsewhere = when("America/Chicago", utc("2026-03-03T23:30:00Z"), 90);
    struct invitation_copy v[5], other;
    struct cc_body was, is;

    (void)state;
    v[0] = sample(&t);
    v[1] = v[0];
    v[1].time = &moved;
    v[2] = v[1];
    v[2].link = "https://video.example.org/j/456";
    v[3] = v[2];
    v[3].words = "New words change no answer.";
    v[4] = v[3];
    v[4].method = INVITATION_CANCEL;
    was = checked(&v[0], mem);
    for (int i = 1; i < 5; i++) {
        v[i].stamp_ms = v[0].stamp_ms + i * MS_HOUR;
        assert_int_equal(invitation_must_rise(&v[i - 1], &v[i]), i < 3);
        v[i].sequence =
            v[i - 1].sequence + (v[i].method == INVITATION_CANCEL || invitation_must_rise(&v[i - 1], &v[i]));
        is = checked(&v[i], mem);
        assert_true(cc_is_newer(&was, &is));
        assert_false(cc_is_newer(&is, &was));
        was = is;
    }
    assert_true(cc_is(&is, "VEVENT", "SEQUENCE", "3"));
    other = v[0];
    other.time = &longer;
    assert_true(invitation_must_rise(&v[0], &other));
    other.time = &elsewhere;
    assert_true(invitation_must_rise(&v[0], &other));
    other = v[0];
    other.dial_in = NULL;
    assert_true(invitation_must_rise(&v[0], &other));
    other = v[0];
    other.place = "Room 2";
    assert_true(invitation_must_rise(&v[0], &other));
}

static void refuse(const struct invitation_copy *v, enum rc want)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("test");
    struct invitation_body body;
    struct err err;
    const enum rc rc = invitation_write(v, mem, &body, &err);

    if (rc != want)
        fail_msg("%s, not %s", rc_name(rc), rc_name(want));
    assert_null(strstr(err.msg, "rose")); /* errors are logged */
}

static void refused(void **state)
{
    static const char *const uids[] = { "",
                                        "42@example.org",
                                        "k3v6qw5x2m7zr4tdpyhn8ubcae",
                                        "k3v6qw5x2m7zr4tdpyhn8ubcae@",
                                        "k3v6qw5x2m7zr4tdpyhn8ubcae@a b",
                                        "k3v6qw5x2m7zr4tdpyhn8ubcae@example.org\r\nX:y" };
    static const char *const links[] = { "",
                                         "https://",
                                         "http://video.example.org/",
                                         "https://a b",
                                         "https://a\r\nX:y",
                                         "https://\xc3\xa9.example.org",
                                         "javascript:x",
                                         "https://a/\"x" };
    static const char *const addresses[] = { "",
                                             "rose",
                                             "rose@",
                                             "rose@example.net,eve@example.net",
                                             "rose@example.net\r\nX:y@example.org",
                                             "Rose <rose@example.net>" };
    const struct visit_time t = when("America/New_York", utc("2026-03-03T23:30:00Z"), 90);
    const struct invitation_copy good = sample(&t);
    struct invitation_copy v;
    char long_text[INVITATION_WORDS_MAX + 2];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(uids); i++) {
        v = good;
        v.uid = uids[i];
        refuse(&v, RC_INPUT);
    }
    for (size_t i = 0; i < COUNT_OF(links); i++) {
        v = good;
        v.link = links[i];
        refuse(&v, RC_INPUT);
    }
    for (size_t i = 0; i < COUNT_OF(addresses); i++) {
        v = good;
        v.attendee = addresses[i];
        refuse(&v, RC_INPUT);
        v = good;
        v.organizer = addresses[i];
        refuse(&v, RC_INPUT);
    }
    v = good;
    v.sequence = -1;
    refuse(&v, RC_INPUT);
    v.sequence = 0;
    v.method = INVITATION_CANCEL;
    refuse(&v, RC_INPUT);
    v = good;
    v.title = " \r\n\xe2\x80\xae";
    refuse(&v, RC_INPUT);
    memset(long_text, 'a', sizeof long_text);
    long_text[sizeof long_text - 1] = 0;
    v = good;
    v.words = long_text;
    refuse(&v, RC_LIMIT);
    v.words = long_text + 1;
    refuse(&v, RC_OK);
    v = good;
    v.title = long_text + sizeof long_text - 1 - (INVITATION_LINE_MAX + 1);
    refuse(&v, RC_LIMIT);
    v.title++;
    refuse(&v, RC_OK);
}

#define ONLY_KNOWN "nothing beside what is known: no RRULE, DURATION, RECURRENCE-ID, X-"
#define ONE_EVENT "one VEVENT, and nothing beside its VTIMEZONE"

/* The checker itself: each of its rules is broken once. */
static void checker_sees(void **state)
{
    static const struct {
        const char *from, *to, *why;
    } cases[] = {
        { "VERSION:2.0\r\n", "VERSION:2.0\n", "lines end in CRLF" },
        { "SUMMARY:", "SUMMARY:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
          "75 octets a line" },
        { "\xc3\xb1", "\xc3\r\n \xb1", "folding splits no character" },
        { "Answer", "An\x01wer", "no control characters" },
        { "STATUS:CONFIRMED", "STATUS=CONFIRMED", "a line is NAME;PARAMETERS:VALUE" },
        { "END:VTIMEZONE", "END:VEVENT", "BEGIN and END are balanced" },
        { "END:VCALENDAR\r\n", "END:VCALENDAR\r\nBEGIN:VCALENDAR\r\n", "one calendar object" },
        { "METHOD:REQUEST", "METHOD:PUBLISH", "METHOD is that of the part, at the top, once" },
        { "UID:", "METHOD:REQUEST\r\nUID:", "METHOD is that of the part, at the top, once" },
        { "VERSION:2.0", "VERSION:1.0", "VERSION 2.0 and PRODID" },
        { "DTSTAMP:", "DTSTART:", "each needed property once" },
        { "ATTENDEE;", "ATTENDEE:mailto:eve@example.net\r\nATTENDEE;", "each needed property once" },
        { "CLASS:PRIVATE\r\n", "CLASS:PRIVATE\r\nBEGIN:VALARM\r\nEND:VALARM\r\n", "no VALARM" },
        { "CLASS:PRIVATE", "CLASS:PRIVATE\r\nRRULE:FREQ=DAILY", ONLY_KNOWN },
        { "CLASS:PRIVATE", "CLASS:PRIVATE\r\nDURATION:PT1H", ONLY_KNOWN },
        { "CLASS:PRIVATE", "CLASS:PRIVATE\r\nRECURRENCE-ID:20260303T233000Z", ONLY_KNOWN },
        { "CALSCALE:GREGORIAN", "REFRESH-INTERVAL;VALUE=DURATION:PT1H", ONLY_KNOWN },
        { "END:VEVENT", "END:VEVENT\r\nBEGIN:VEVENT\r\nX-A:1\r\nEND:VEVENT", ONE_EVENT },
        { "END:VEVENT", "END:VEVENT\r\nBEGIN:VTODO\r\nX-A:1\r\nEND:VTODO", ONE_EVENT },
        { "PRODID:-//Postcircle//Group visits//EN\r\n", "", "VERSION 2.0 and PRODID" },
        { "SUMMARY:", "COMMENT:", "each needed property once" },
        { "ORGANIZER;", "CONTACT;", "each needed property once" },
        { "SEQUENCE:0\r\n", "", "each needed property once" },
        { "STATUS:CONFIRMED\r\n", "", "each needed property once" },
        { "CLASS:PRIVATE", "CLASS:PRIVATE\r\nLOCATION:", "no empty value" },
        { "DTSTAMP:", "DTSTAMP:2", "DTSTAMP is UTC" },
        { "RSVP=\r\n TRUE", "RSVP=\r\n FALSE", "the attendee is asked" },
        { "mailto:tuesday", "MAILTO <tuesday", "a bare mailto:" },
        { "CN=\"Tuesday", "SENT-BY=\"a@b\";CN=\"Tuesday", "no SENT-BY, no name of the attendee" },
        { "PARTSTAT=NEEDS-ACTION", "PARTSTAT=ACCEPTED", "the attendee is asked" },
        { "STATUS:CONFIRMED", "STATUS:CANCELLED", "STATUS goes with METHOD" },
        { "SEQUENCE:0", "SEQUENCE:-1", "SEQUENCE is a number, raised by CANCEL" },
        { "CLASS:PRIVATE", "CLASS:PUBLIC", "CLASS:PRIVATE" },
        { "UID:k3v6qw5x2m7z", "UID:", "the UID is unguessable" },
        { "DTEND;TZID=America/New_York:20260303T200000", "DTEND:20260304T010000Z", "start and end are of one form" },
        { "TZID:America/New_York", "TZID:US/Eastern", "a TZID has its VTIMEZONE, UTC none" },
        { "DTSTART:1970", "DTSTART:2007", "changes of clocks count from 1970" },
        { "RRULE:FREQ=YEARLY", "RDATE:20260308T020000\r\nX-A:FREQ=YEARLY", "changes of clocks are yearly rules" },
        { "VALUE=URI;", "", "CONFERENCE is a URI with FEATURE and LABEL" },
        { "LOCATION:https", "LOCATION:http", "the link stands in LOCATION and DESCRIPTION too" },
        { "SUMMARY:", "SUMMARY:a,b;", "texts are escaped" },
    };
    const struct visit_time t = when("America/New_York", utc("2026-03-03T23:30:00Z"), 90);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("test");
        struct invitation_copy v = sample(&t);
        struct invitation_body body;
        struct cc_body b;
        struct err err;
        const char *at = NULL, *broken = NULL, *why = NULL;

        v.title = "Group visit, ma\xc3\xb1"
                  "ana";
        v.organizer_name = "Tuesday, Circle";
        assert_int_equal(invitation_write(&v, mem, &body, &err), RC_OK);
        at = strstr(body.text, cases[i].from);
        if (!at)
            fail_msg("case %zu breaks nothing:\n%s", i, body.text);
        broken =
            arena_printf(mem, "%.*s%s%s", (int)(at - body.text), body.text, cases[i].to, at + strlen(cases[i].from));
        why = cc_check(broken, strlen(broken), "REQUEST", mem, &b);
        if (!why || strcmp(why, cases[i].why) != 0)
            fail_msg("case %zu (%s): %s", i, cases[i].why, why ? why : "nothing found");
    }
}

static struct cc_body written(const struct invitation_copy *v, const char *from, const char *to, struct arena *mem)
{
    struct invitation_body body;
    struct cc_body b = { .count = 0 };
    const char *at, *text;
    struct err err;

    assert_int_equal(invitation_write(v, mem, &body, &err), RC_OK);
    at = strstr(body.text, from);
    assert_non_null(at);
    text = arena_printf(mem, "%.*s%s%s", (int)(at - body.text), body.text, to, at + strlen(from));
    assert_null(cc_check(text, strlen(text), invitation_method_name(v->method), mem, &b));
    return b;
}

/* Likewise of a copy and the one before it: SEQUENCE 1, stamped a second later, at the same time. */
static void checker_sees_order(void **state)
{
    static const struct {
        const char *from, *to, *why;
        enum invitation_method method;
    } cases[] = {
        { "SEQUENCE:1", "SEQUENCE:1", NULL, INVITATION_REQUEST },
        { "SEQUENCE:1", "SEQUENCE:1", NULL, INVITATION_CANCEL },
        { "SEQUENCE:1", "SEQUENCE:0", NULL, INVITATION_REQUEST }, /* nothing changed: DTSTAMP is enough */
        { "SEQUENCE:1\r\nDTSTAMP:20260225T061321Z", "SEQUENCE:1\r\nDTSTAMP:20260225T061320Z", "DTSTAMP rises",
          INVITATION_REQUEST },
        { "SEQUENCE:1\r\nDTSTAMP:20260225T061321Z\r\nDTSTART;TZID=America/New_York:20260303T18",
          "SEQUENCE:0\r\nDTSTAMP:20260225T061321Z\r\nDTSTART;TZID=America/New_York:20260303T17",
          "a change raises SEQUENCE", INVITATION_REQUEST },
        { "UID:k3v6", "UID:z3v6", "a later copy has the UID", INVITATION_CANCEL },
        { "mailto:tuesday@", "mailto:wednesday@", "a later copy has the ORGANIZER", INVITATION_REQUEST },
    };
    const struct visit_time t = when("America/New_York", utc("2026-03-03T23:30:00Z"), 90);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("test");
        struct invitation_copy v = sample(&t);
        const struct cc_body was = written(&v, "UID", "UID", mem);
        struct cc_body is;
        const char *why;

        v.method = cases[i].method;
        v.sequence = 1;
        v.stamp_ms += 1000;
        is = written(&v, cases[i].from, cases[i].to, mem);
        why = cc_follows(&was, &is);
        if (strcmp(why ? why : "", cases[i].why ? cases[i].why : "") != 0)
            fail_msg("case %zu: %s", i, why ? why : "nothing found");
    }
}

/* Likewise of the mail that an object goes in. */
static void mail_checker_sees(void **state)
{
    static const struct {
        const char *from, *to, *why;
    } cases[] = {
        { "Hello", "Hello", NULL },
        { "Content-Type: text/calendar", "Content-Type: text/plain", NULL }, /* no object at all */
        { "method=REQUEST", "method=CANCEL", "METHOD is that of the part, at the top, once" },
        { "; method=REQUEST", "", "its Content-Type has the method" },
        { "multipart/alternative", "multipart/mixed", "it stands beside the words, as an alternative" },
        { "text/html", "text/enriched", "it stands beside the words, as an alternative" },
        { "charset=UTF-8; method", "charset=ISO-8859-1; method", "it is UTF-8, and no attachment" },
        { "\r\nContent-Transfer-Encoding: 7bit", "\r\nContent-Disposition: attachment",
          "it is UTF-8, and no attachment" },
        { "Content-Transfer-Encoding: 7bit", "Content-Transfer-Encoding: base64",
          "it goes as 7bit or quoted-printable" },
        { "\r\n--=_b--", "\r\n--=_b\r\nContent-Type: text/plain\r\n\r\nBye\r\n--=_b--",
          "text/calendar is the last alternative, once" },
        { "<tuesday@example.org>", "<monday@example.org>", "its ORGANIZER is who the mail is from" },
        { "lang=3D\"en\"", "lang=3D\"es\"", "SUMMARY is neutral, in the reader's language" },
    };
    const struct visit_time t = when("America/New_York", utc("2026-03-03T23:30:00Z"), 90);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("test");
        struct invitation_copy v = sample(&t);
        struct invitation_body body;
        struct calendar_mail cm;
        const char *raw, *at, *why;
        struct err err;

        v.title = "Group visit - Lakeside Clinic";
        assert_int_equal(invitation_write(&v, mem, &body, &err), RC_OK);
        raw = arena_printf(mem,
                           "To: <rose@example.net>\r\nFrom: \"Tuesday Circle\"\r\n <tuesday@example.org>\r\n"
                           "Content-Type: multipart/alternative; boundary=\"=_b\"\r\n\r\n--=_b\r\n"
                           "Content-Type: text/plain\r\n\r\nHello\r\n--=_b\r\n"
                           "Content-Type: text/html\r\n\r\n<html lang=3D\"en\">\r\n--=_b\r\n"
                           "Content-Type: text/calendar; charset=UTF-8; method=REQUEST\r\n"
                           "Content-Transfer-Encoding: 7bit\r\n\r\n%s\r\n--=_b--\r\n",
                           body.text);
        at = strstr(raw, cases[i].from);
        assert_non_null(at);
        raw = arena_printf(mem, "%.*s%s%s", (int)(at - raw), raw, cases[i].to, at + strlen(cases[i].from));
        why = cm_check(raw, "rose@example.net", mem, &cm);
        if (strcmp(why ? why : "", cases[i].why ? cases[i].why : "") != 0)
            fail_msg("case %zu: %s", i, why ? why : "nothing found");
        if (!why && cm.has_object)
            assert_string_equal(cm_check(raw, "maria@example.net", mem, &cm), "its ATTENDEE is who the mail goes to");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_of_zones),
        cmocka_unit_test(all_zones),
        cmocka_unit_test(hostile_words),
        cmocka_unit_test(folds),
        cmocka_unit_test(described),
        cmocka_unit_test(a_life),
        cmocka_unit_test(refused),
        cmocka_unit_test(checker_sees),
        cmocka_unit_test(checker_sees_order),
        cmocka_unit_test(mail_checker_sees),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
