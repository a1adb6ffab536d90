/*
 * work: all due work of all roles, in one process, until nothing is due: `work --once`, the demo and tests.
 *
 * Shape    Rounds of sort, clock, urgent, mail, in this order and each practice by age, until a round did nothing: what one finds is the next one's
 *          work. The same rows and the same clock give the same result.
 * Errors   The first one; everything else was worked on all the same.
 * State    May run beside `serve`: rows are leased.
 */
#ifndef GATEWAY_SERVE_WORK_H
#define GATEWAY_SERVE_WORK_H

#include "gateway/serve/role.h"

#define WORK_ROUNDS_MAX 1000 /* more is a rule that feeds itself */

struct work_report {
    size_t rounds;
    size_t did[ROLE_COUNT];
};

MUST_CHECK enum rc work_once(struct home *home, struct work_report *ret_report, struct err *err);

#endif
