/*
 * role_work: what each role does for one practice.
 *
 * Shape    Tools are a role's own, for all practices: the closed reader and the word lists of sort. A role_gate is one practice, opened, with what
 *          the role keeps for it: mail keeps its session with the relay.
 * Owns     Tools borrow the home; a role_gate borrows the tools.
 * Errors   Those of the work.
 * State    No transaction may be open.
 */
#ifndef GATEWAY_SERVE_ROLE_WORK_H
#define GATEWAY_SERVE_ROLE_WORK_H

#include "gateway/duty/distress.h"
#include "gateway/home/home.h"
#include "gateway/serve/role.h"

struct role_tools;
/* distress may be NULL; it is told of every practice that is opened. */
MUST_CHECK enum rc role_tools_new(struct home *home, enum role_kind kind, struct distress *distress,
                                  struct role_tools **ret_tools, struct err *err);
void role_tools_free(struct role_tools **tools);
/* Something runs beside it whose end is to be written down. */
bool role_tools_are_busy(const struct role_tools *tools);

/* What of the role's tools does not work, though the database does: a bit for each enum fault (gateway/home/fault). Looks again where something did not. */
int64_t role_tools_faults(struct role_tools *tools);
/* Which of them this role can see. */
int64_t role_tools_watched(const struct role_tools *tools);

struct role_gate;
MUST_CHECK enum rc role_gate_open(struct role_tools *tools, struct practice_id practice, struct role_gate **ret_gate,
                                  struct err *err);
void role_gate_close(struct role_gate **gate);
/* One row: how many pages went out without the database, and what they were about. Opens its own transaction. */
MUST_CHECK enum rc role_gate_audit_faults(struct role_gate *gate, int64_t calls, int64_t faults, struct err *err);
const struct keyring *role_gate_ring(const struct role_gate *gate);
/* One batch. ret_did 0: nothing is left for now. */
MUST_CHECK enum rc role_gate_work(struct role_gate *gate, size_t *ret_did, struct err *err);
/* How long it may sleep, at most most_ms. */
int64_t role_gate_wait_ms(struct role_gate *gate, int64_t most_ms);

#endif
