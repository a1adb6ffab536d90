/*
 * follow_up: the day behind an alarm of danger that was closed, staff are asked to look after whom it was about: once.
 *
 * Rule     It holds no word of a note and not what came of the alarm. The group hears nothing.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_DUTY_FOLLOW_UP_H
#define GATEWAY_DUTY_FOLLOW_UP_H

#include "gateway/practice/gate.h"
#include "store/page.h"

/* For a page that was just closed: nothing for tests, medical alarms, and those about nobody we know. */
MUST_CHECK enum rc follow_up_plan(struct gate *gate, const struct page *page, struct err *err);
/* JOB_FOLLOW_UP. RC_NOT_FOUND: the page is gone. */
MUST_CHECK enum rc follow_up_run(struct gate *gate, struct page_id page, struct err *err);

#endif
