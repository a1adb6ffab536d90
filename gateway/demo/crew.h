/*
 * crew: the roles of `serve`, kept open in this process and worked in turn.
 *
 * Errors   those of the roles
 * State    Borrows the home.
 */
#ifndef GATEWAY_DEMO_CREW_H
#define GATEWAY_DEMO_CREW_H

#include "gateway/serve/role.h"

struct crew;
MUST_CHECK enum rc crew_open(struct home *home, struct crew **ret_crew, struct err *err);
void crew_close(struct crew **crew);
/* Rounds of all roles until one did nothing. */
MUST_CHECK enum rc crew_work(struct crew *crew, struct err *err);

#endif
