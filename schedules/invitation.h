/*
 * invitation: one person's calendar copy of one visit: the body of a text/calendar part.
 *
 * Shape    METHOD:REQUEST invites and, with a higher sequence, updates; METHOD:CANCEL takes it back. One VEVENT, one ATTENDEE who is asked anew each
 *          time (NEEDS-ACTION), no RRULE, no VALARM, CLASS:PRIVATE. Lines end in CRLF and are folded. The part's own method= must say
 *          invitation_method_name; it can go as 7bit when is_ascii, else as quoted-printable.
 * Units    UTC milliseconds, written as whole seconds.
 * Owns     The body lives in mem; what goes in is only read.
 * Errors   RC_INPUT  an address, UID or link that is not of its form, a title of nothing, a sequence below 0 (REQUEST) or 1 (CANCEL)
 *          RC_LIMIT  a text over its INVITATION_*_MAX
 * State    None.
 * Rules    The caller's part: one UID per visit and person, random or keyed, never made of an id or shared; the sequence raised where
 *          invitation_must_rise says so and on every CANCEL; stamps that do not go back; organizer = From of the mail. LOCATION is the link, else the
 *          place; the link and dial-in stand in DESCRIPTION too, because many calendars show no CONFERENCE. Typographic quotes, dashes and blanks
 *          are written in ASCII; controls, direction marks and Unicode's line separators go. Nobody else's name or address has a place here.
 * Source   RFC 5545; RFC 5546 3.2.2, 3.2.5; RFC 6047 2.3; RFC 7986 5.11; RFC 6068 2 (mailto).
 */
#ifndef SCHEDULES_INVITATION_H
#define SCHEDULES_INVITATION_H

#include "base/arena.h"
#include "schedules/visit_time.h"

#define INVITATION_UID_MIN 26 /* before the @: 128 bits in base32 */
#define INVITATION_UID_MAX 128
#define INVITATION_LINE_MAX 250 /* title, place, dial-in, organizer's name, in bytes */
#define INVITATION_LINK_MAX 1000
#define INVITATION_WORDS_MAX 4000

enum invitation_method { INVITATION_REQUEST, INVITATION_CANCEL };

struct invitation_copy {
    enum invitation_method method;
    const char *uid; /* letters, digits, - _ . then @domain */
    int32_t sequence;
    int64_t stamp_ms; /* when this copy is made */
    const struct visit_time *time;
    const char *organizer, *organizer_name; /* the group's address; its neutral name, or NULL */
    const char *attendee;                   /* the person's address */
    const char *title;                      /* neutral: calendars are shared */
    const char *words;                      /* what the visit is, in the person's language; NULL: nothing */
    const char *link;                       /* https, this person's own; NULL: none */
    const char *dial_in, *place;            /* or NULL */
};
struct invitation_body {
    const char *text;
    size_t len;
    bool is_ascii;
};

/* "REQUEST" or "CANCEL": also for the Content-Type, where it must be the same. */
const char *invitation_method_name(enum invitation_method method);
MUST_CHECK enum rc invitation_write(const struct invitation_copy *invitation, struct arena *mem,
                                    struct invitation_body *ret_body, struct err *err);
/* An update that must carry a higher sequence: the time, or what may alter attendance (link, dial-in, place). */
bool invitation_must_rise(const struct invitation_copy *was, const struct invitation_copy *is);

#endif
