/*
 * pacing: how long to leave a relay alone after it failed us. Pure: the caller keeps the state and says what time it
 * is.
 *
 * Shape    The n-th failure in a row waits base * 2^(n-1), at most max, of which the upper half is drawn by lot, so
 * that several senders do not come back together. One success forgets all failures. Units    Milliseconds; now_ms from
 * any clock that goes forward. Errors   None. State    In struct pacing alone; seed must not be the same for all
 * senders.
 */
#ifndef MAILER_PACING_H
#define MAILER_PACING_H

#include "base/err.h"

struct pacing {
    int64_t base_ms, max_ms;
    int64_t ready_ms; /* nothing is sent before this */
    unsigned failures;
    uint64_t lot;
};

struct pacing pacing_make(int64_t base_ms, int64_t max_ms, uint64_t seed);
/* The relay failed; returns how long to wait. */
int64_t pacing_fail(struct pacing *pacing, int64_t now_ms);
void pacing_succeed(struct pacing *pacing);
bool pacing_is_ready(const struct pacing *pacing, int64_t now_ms);

#endif
