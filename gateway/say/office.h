/*
 * office: the practice's working time, and who is on duty.
 *
 * Shape    On duty is first whoever the rota has on call now (a shift of dates before a weekly one), then the duty order.
 * Errors   those of the store; hours and shifts that do not parse count as open all day and as over (practice set and staff oncall refuse such
 *          ones, so these are damaged rows)
 */
#ifndef GATEWAY_SAY_OFFICE_H
#define GATEWAY_SAY_OFFICE_H

#include "gateway/practice/gate.h"
#include "schedules/page_clock.h"
#include "store/person.h"

#define OFFICE_SOLO_WAIT_MS (30 * MS_MINUTE) /* a practice of one person waits so long where two are needed */

/* The instant at which ms of working time have passed from now. */
int64_t office_after(const struct gate *gate, int64_t working_ms);
/* When the office opens in the week that begins with the next Monday of the practice's zone: on that day, or behind a holiday. Always after now.
 * 9:00 where nothing says when it opens. */
int64_t office_next_monday(const struct gate *gate);
/* The first opening of a day after at_ms, and the last one before it; with minute >= 0 that local minute of a day on which the office opens.
 * Monday to Friday at 9:00 where nothing says when it opens. */
int64_t office_opening_after(const struct gate *gate, int64_t minute, int64_t at_ms);
int64_t office_opening_before(const struct gate *gate, int64_t minute, int64_t at_ms);
/* Working time between two instants. */
int64_t office_between(const struct gate *gate, int64_t from_ms, int64_t to_ms);

/* True too when no hours are set. */
bool office_is_open(const struct gate *gate);
/* The clock of the calls of a tier, 0 to 2. */
struct page_clock office_page_clock(const struct gate *gate, int tier);

/* Office hours in which a note should be decided; graver notes count like tier 3, for their alarm has its own clock. */
#define OFFICE_REVIEW_HOURS_3 4
#define OFFICE_REVIEW_HOURS_4 8
int64_t office_review_hours(const struct gate *gate, int tier);
/* When staff are reminded of a note that waits: at half of these hours, at their end, then daily. */
int64_t office_reminder(const struct gate *gate, int tier, int64_t reminders);

/* Active staff who may decide, and said yes to it: on call now, then in duty order, then the other moderators and managers. Providers who are neither on
 * call nor in the duty order are left out. */
MUST_CHECK enum rc office_duty(struct gate *gate, struct arena *mem, struct person **ret_staff, size_t *ret_n,
                               struct err *err);
/* How an alarm gets to somebody who is on call or in the duty order: by mail, or by text to a phone that said yes. */
enum office_reach {
    OFFICE_REACHED,
    OFFICE_RETURNED, /* letters came back, as reports say that anybody can forge: called behind the others, and nobody counts on them */
    OFFICE_CUT_OFF /* said STOP, or has no address that we may write to: no alarm goes there */
};
struct office_contact {
    struct person person;
    enum office_reach reach;
    bool is_on_call;
};
MUST_CHECK enum rc office_reach_of(struct gate *gate, struct person_id person, enum office_reach *ret_reach,
                                   struct err *err);
/* "letters came back": for the command line. */
const char *office_reach_words(enum office_reach reach);
/* Everybody who is on call or in the duty order, in order, whether they said yes or not. ret_reached counts those whom an alarm reaches: two are
 * needed. */
MUST_CHECK enum rc office_roll(struct gate *gate, struct arena *mem, struct office_contact **ret_roll, size_t *ret_n,
                               size_t *ret_reached, struct err *err);
/* Who is paged, in order: those of the roll whom an alarm reaches, behind them those whose letters came back. When nobody is sure to get it,
 * everybody who could be on duty: an alarm goes somewhere. */
MUST_CHECK enum rc office_contacts(struct gate *gate, struct arena *mem, struct person **ret_staff, size_t *ret_n,
                                   struct err *err);
/* How many of staff are on call by the rota at this moment, their yes aside: the first of office_contacts. */
MUST_CHECK enum rc office_on_call(struct gate *gate, size_t *ret_on_call, struct err *err);

/* Is this staff member at work here, and have they said yes? RC_DENIED when not; the message says what to do. Before it they get alarms alone
 * and decide nothing: what they claim of an alarm is all. */
MUST_CHECK enum rc office_check_staff(struct gate *gate, const struct person *staff, struct err *err);

#endif
