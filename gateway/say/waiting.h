/*
 * waiting: private words and alarms that wait for staff, as values: talk_count, talk_waiting and page_count (null for none).
 *
 * Errors   Those of the store.
 * State    Reads only.
 */
#ifndef GATEWAY_SAY_WAITING_H
#define GATEWAY_SAY_WAITING_H

#include "base/json.h"
#include "gateway/practice/gate.h"

MUST_CHECK enum rc waiting_counts(struct gate *gate, const struct person *reader, struct arena *mem,
                                  struct json *values, struct err *err);

#endif
