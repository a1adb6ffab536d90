/*
 * gates: practices kept open by a process that serves many: opened when first asked for, closed when they are old or their keys are.
 *
 * Owns     The set owns its gates; one that was handed out lives until gates_refresh closes it.
 * Errors   RC_TEMP  GATES_MAX are open already, and those of gate_open
 * State    One process. gates_of opens, so it is called outside a transaction when the practice may be new.
 */
#ifndef GATEWAY_PRACTICE_GATES_H
#define GATEWAY_PRACTICE_GATES_H

#include "gateway/practice/gate.h"

#define GATES_MAX 8
#define GATES_AGE_MS MS_MINUTE

struct gates;
struct gates *gates_new(struct home *home);
void gates_free(struct gates **gates);

MUST_CHECK enum rc gates_of(struct gates *gates, struct practice_id practice, struct gate **ret_gate, struct err *err);
/* Between two turns: closes what is old. What a caller made of a gate is stale when gates_is_open says so. */
void gates_refresh(struct gates *gates);
bool gates_is_open(const struct gates *gates, const struct gate *gate);

#endif
