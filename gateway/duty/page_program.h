/*
 * page_program: runs the practice's own program (setting page-command) for pages whose time for it has come.
 *
 * Shape    PATH KIND TIER PAGE PRACTICE: alarm, test or fault; 0 to 2; two row numbers. No name, no word of a post. How it ended stands in the audit
 *          log. It runs beside the role (gateway/home/program).
 * Errors   those of the store
 * State    Opens its own transactions; none may be open.
 */
#ifndef GATEWAY_DUTY_PAGE_PROGRAM_H
#define GATEWAY_DUTY_PAGE_PROGRAM_H

#include "gateway/home/program.h"
#include "gateway/practice/gate.h"

/* Writes down what has ended, and starts one that waits. ret_did 0: nothing was to be done. */
MUST_CHECK enum rc page_program_work(struct gate *gate, struct program_set *set, size_t *ret_did, struct err *err);

#endif
