/*
 * awake: when somebody may read what we write to them now, and whether it comes by text.
 *
 * Shape    By mail: their day is from 8:00 to 21:00. By text: the hours of texts (gateway/sms/text_hours). Who has both reads mail; so does who is written to by text and
 *          whom texts do not reach (STOP, no number of ours): say/notice.
 * Units    UTC milliseconds.
 * Errors   RC_NOT_FOUND  no such zone      Else those of the store.
 * State    Reads only.
 */
#ifndef GATEWAY_VISIT_AWAKE_H
#define GATEWAY_VISIT_AWAKE_H

#include "gateway/practice/gate.h"
#include "store/membership.h"

#define AWAKE_FROM 8 /* hours of their clock */
#define AWAKE_UNTIL 21

/* Does what we write to them go by text? */
MUST_CHECK enum rc awake_by_text(struct gate *gate, const struct membership *m, bool *ret_is, struct err *err);
/* *ret_ms: at_ms, or the morning behind it. */
MUST_CHECK enum rc awake_from(struct gate *gate, bool is_by_text, const char *zone, int64_t at_ms, int64_t *ret_ms,
                              struct err *err);

#endif
