/*
 * text_confirmed: did the text that confirms a STOP leave in its five minutes (rule R4)? If not, staff are told: the promise to the phone was not kept.
 *
 * Shape    text_confirmed_watch when it is queued; text_confirmed_run is JOB_TEXT_CONFIRMED, when they are over.
 * Errors   Of the store.
 * State    Need an open transaction.
 */
#ifndef GATEWAY_TEXT_TEXT_CONFIRMED_H
#define GATEWAY_TEXT_TEXT_CONFIRMED_H

#include "gateway/practice/gate.h"

/* Is it one that left, but not in time, or one whose time is over? Never one that was cancelled, or that the provider refused because it has stopped the number itself, as text_out_late_stops has it. */
struct text_out;
bool text_confirmed_is_late(const struct text_out *text, int64_t now_ms);
MUST_CHECK enum rc text_confirmed_watch(struct gate *gate, struct text_id text, struct err *err);
MUST_CHECK enum rc text_confirmed_run(struct gate *gate, struct text_id text, struct err *err);

#endif
