/*
 * text_hours: when, and how much, somebody is texted without having asked: the hours of the day, and so many texts a week.
 *
 * Shape    Hours: the setting text-hours in the zone of the person, else of the group, else of the practice (schedules/quiet). Answers to a person's own
 *          text, confirmations and crisis texts ask nobody here. A week: the setting text-week, counted per number in texts of the lanes of
 *          visits and digests; a day: TEXT_PARTS_A_DAY, held by gateway/sms/text_queue.
 * Units    UTC milliseconds.
 * Errors   Of the store; RC_NOT_FOUND  no such time zone
 * State    Reads only.
 */
#ifndef GATEWAY_SMS_TEXT_HOURS_H
#define GATEWAY_SMS_TEXT_HOURS_H

#include "gateway/practice/gate.h"

#define TEXT_A_WEEK 7
#define TEXT_PARTS_A_DAY 20
#define TEXT_JUST_HEARD_MS MS_HOUR /* who has texted us so recently is awake, and waits for an answer */

struct text_hours {
    int64_t from_ms, until_ms; /* the span that holds at_ms, from then on, else the next */
};

/* zone: the person's or the group's; NULL or "": the practice's. */
MUST_CHECK enum rc text_hours(struct gate *gate, const char *zone, int64_t at_ms, struct text_hours *ret,
                              struct err *err);
MUST_CHECK enum rc text_week_is_full(struct gate *gate, struct address_id address, bool *ret_is_full, struct err *err);
/* Has the number had so many parts within a day that `more` go over? */
MUST_CHECK enum rc text_day_is_full(struct gate *gate, struct address_id address, int64_t more, bool *ret_is_full,
                                    struct err *err);
/* Would so many parts more, behind what waits, have left the number before until_ms? */
MUST_CHECK enum rc text_fits_before(struct gate *gate, struct text_sender_id sender, int64_t parts, int64_t until_ms,
                                    bool *ret_fits, struct err *err);

#endif
