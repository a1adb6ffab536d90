/*
 * daily_mail: what staff should know as the office opens: what waits, who left, whose letters come back, what goes out next; on the first open day
 * of a week also the counts of the week, whom to call, and the mark of the audit log.
 *
 * Shape    One mail to each moderator and manager, in their own language, at the office's opening (practice set daily-mail "07:30" moves it,
 *          "off" ends it). Without anything to say it is not sent, but for the weekly one. While it is on, the weekly letters that it holds
 *          (not_answered, the mark of the log) do not go out by themselves.
 * Errors   those of the store
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_PEOPLE_DAILY_MAIL_H
#define GATEWAY_PEOPLE_DAILY_MAIL_H

#include "gateway/practice/gate.h"

#define DAILY_MAIL_OFF "off"

/* Sets JOB_DAILY_MAIL where it is missing, or takes it away where the practice wants none. */
MUST_CHECK enum rc daily_mail_begin(struct gate *gate, struct err *err);
/* JOB_DAILY_MAIL: sends it, and sets the next one. due_ms: when it should have gone; the house may have slept since, over a Monday too. */
MUST_CHECK enum rc daily_mail_run(struct gate *gate, int64_t due_ms, struct err *err);
/* Whether it holds the weekly letters. */
MUST_CHECK enum rc daily_mail_is_on(struct gate *gate, bool *ret_is_on, struct err *err);

#endif
