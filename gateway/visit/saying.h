/*
 * saying: a visit in words, as values of templates (templates/KINDS.md).
 *
 * Owns     Everything lives in mem.
 * Errors   Those of the store.
 * State    Reads only; saying_send needs an open transaction.
 */
#ifndef GATEWAY_VISIT_SAYING_H
#define GATEWAY_VISIT_SAYING_H

#include "base/json.h"
#include "gateway/say/notice.h"
#include "store/visit_seat.h"

struct saying {
    struct gate *gate;
    const struct visit *visit;
    enum person_language language;
    const char *zone;              /* the reader's own; NULL or "": the visit's */
    bool has_link;                 /* may they see how to join */
    const struct visit_seat *seat; /* whose own link it is, where each has one; NULL: nobody's */
    struct arena *mem;
};

/* "Thursday, March 5, 2:00 PM (New York time)" */
const char *saying_when(const struct saying *s, const char *zone, int64_t ms);
/* date, and the values that begin with visit_. */
MUST_CHECK enum rc saying_put(const struct saying *s, struct json *values, struct err *err);
/* How the seat's person joins; "": there is no link (yet). */
MUST_CHECK enum rc saying_link(const struct saying *s, const char **ret, struct err *err);
/* Puts them into notice->values, which must be there, and queues it. Whom no letter reaches gets none: RC_OK. */
MUST_CHECK enum rc saying_send(const struct saying *s, struct notice *notice, struct err *err);
/* What calendars show: the neutral title, or "Group visit – Lakeside Clinic". */
const char *saying_calendar_title(const struct saying *s);
const char *saying_part(enum visit_part part, enum person_language language);

#endif
