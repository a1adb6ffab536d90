/*
 * duty_order: who is called in which order when the rota names nobody.
 *
 * Errors   those of the store
 * State    duty_order_set needs an open transaction; its audit rows are written in it.
 */
#ifndef GATEWAY_DUTY_DUTY_ORDER_H
#define GATEWAY_DUTY_DUTY_ORDER_H

#include "gateway/practice/gate.h"
#include "store/audit.h"

/* The people named are called in this order; nobody else is. */
MUST_CHECK enum rc duty_order_set(struct gate *gate, const struct audit_who *who, const struct person_id *order,
                                  size_t count, struct err *err);
/* A staff member as the audit log tells of a change. */
const char *duty_order_describe(const struct person *staff, struct arena *mem);

#endif
