/*
 * staff_calendar: the private calendar of a staff member: a link for their calendar program, with every visit of the practice.
 *
 * Shape    PUBLIC-URL/calendar/PRACTICE/TOKEN.ics, read by the web role. From STAFF_CALENDAR_BACK_DAYS ago to STAFF_CALENDAR_AHEAD_DAYS ahead; a visit says its neutral title, its
 *          number, the group's alias, how many said yes, maybe and nothing, and how to join. No patient's name, address or words.
 *          The link holds until it is taken back, its owner leaves the practice, or the keys it was made with are forgotten.
 * Owns     Everything lives in mem.
 * Errors   RC_NOT_FOUND  not a link of ours, taken back, or its owner may not read any more (all three alike to whoever asks)
 *          RC_INPUT      the practice has no public URL
 * State    staff_calendar_open and _end need an open transaction, and write the audit row; reading a calendar needs none and writes nothing.
 */
#ifndef GATEWAY_VISIT_STAFF_CALENDAR_H
#define GATEWAY_VISIT_STAFF_CALENDAR_H

#include "gateway/practice/gate.h"
#include "gateway/practice/record.h"

#define STAFF_CALENDAR_BACK_DAYS 60
#define STAFF_CALENDAR_AHEAD_DAYS 400

/* Their link; a new one where they have none. */
MUST_CHECK enum rc staff_calendar_open(struct gate *gate, const struct audit_who *who, struct person_id staff,
                                       struct arena *mem, const char **ret_url, struct err *err);
/* RC_NOT_FOUND: they have none. */
MUST_CHECK enum rc staff_calendar_end(struct gate *gate, const struct audit_who *who, struct person_id staff,
                                      struct err *err);

/* "/calendar/1/abc….ics": the practice, and where the token begins (TOKEN_CHARS of it). */
bool staff_calendar_path(const char *path, struct practice_id *ret_practice, const char **ret_token);
/* The calendar that a link's token opens. */
MUST_CHECK enum rc staff_calendar_read(struct gate *gate, const char *token, struct arena *mem, char **ret_text,
                                       struct err *err);

#endif
