/*
 * urgent_work: what the urgent role does beside sending lane 0: calls that are due again, and the practice's own program. Nothing of it waits behind
 * digests.
 *
 * Errors   those of the store
 * State    Opens its own transactions; none may be open.
 */
#ifndef GATEWAY_DUTY_URGENT_WORK_H
#define GATEWAY_DUTY_URGENT_WORK_H

#include "gateway/home/program.h"
#include "gateway/practice/gate.h"

/* ret_did 0: nothing is left for now. */
MUST_CHECK enum rc urgent_work(struct gate *gate, struct program_set *programs, size_t *ret_did, struct err *err);

#endif
