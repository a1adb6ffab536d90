/*
 * feed: several visits as one calendar that programs subscribe to (METHOD:PUBLISH). What is in it is what holds: each fetch takes the place of the last.
 *
 * Shape    One VEVENT a visit, with times in UTC: a subscriber's program shows its own zone. No ATTENDEE, no ORGANIZER, no VALARM, CLASS:PRIVATE. A cancelled
 *          visit stays, with STATUS:CANCELLED. Lines end in CRLF and are folded.
 * Units    UTC milliseconds, written as whole seconds.
 * Owns     The text lives in mem; what goes in is only read.
 * Errors   RC_INPUT  a title of nothing    RC_LIMIT  over FEED_VISITS_MAX
 *          RC_BUG    a control character where none may be
 * State    None.
 * Source   RFC 5545; RFC 5546 3.2.1; RFC 7986 5.1, 5.7, 5.11.
 */
#ifndef SCHEDULES_FEED_H
#define SCHEDULES_FEED_H

#include "base/arena.h"
#include "base/err.h"

#define FEED_VISITS_MAX 1000

struct feed_visit {
    const char *uid;
    int64_t sequence, changed_ms;
    int64_t start_ms, end_ms;
    const char *title; /* neutral: somebody may look over a shoulder */
    const char *words; /* "" none */
    const char *link;  /* "" none */
    bool is_cancelled;
};

MUST_CHECK enum rc feed_write(const char *name, const struct feed_visit *visits, size_t count, struct arena *mem,
                              char **ret_text, struct err *err);

#endif
