/*
 * calendar: an answer to an invitation (iTIP REPLY). The only file of inbound/ that includes libical.
 *
 * Shape    A text/calendar part as clean UTF-8. The attendee is a bare address in the form of text_address_in; partstat upper case.
 * Errors   RC_INPUT  no calendar, no event in it, or no METHOD
 * Owns     Results live in mem.
 * State    calendar_setup once per process, before the sandbox closes.
 * Source   RFC 5545, RFC 5546 section 3.2.3. libical 3.0.16: strings come from the _r calls only; no date is expanded here, because
 *          it reads outside a table for a month over 12.
 */
#ifndef INBOUND_CALENDAR_H
#define INBOUND_CALENDAR_H

#include "inbound/letter.h"

void calendar_setup(void);
MUST_CHECK enum rc calendar_read(const char *text, struct arena *mem, struct letter_calendar *ret_calendar,
                                 struct err *err);

/* inbound/calendar_said.c: the words beside an answer, less what calendar programs write: "Rose Marsh has accepted this invitation.", and when and where.
 * What may be a person's stays. */
const char *calendar_said(const char *text, struct arena *mem);

#endif
