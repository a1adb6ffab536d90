/*
 * mail_role: a worker that empties the outbox: claim, fill, send, write down what became of it.
 *
 *          ┌─ outcomes of the last batch + claim of the next ── fill ── begin_send ── the wire ─┐
 *          └──────────────── (one transaction)                         (committed)              │
 *                └────────── every 50 ms of sending the outcomes so far are committed ──────────┘
 *
 * Shape    One worker holds one session with the relay and at most DELIVERY_BATCH_MAX deliveries. LANE_URGENT has a worker and a session of its
 *          own (MAIL_URGENT), so that a page never waits behind a digest. A relay that fails is left alone with growing pauses (mailer/pacing);
 *          that is never a recipient's failure. A recipient's refusal (5xx) is told to staff, who may call.
 * Units    lease_ms is real time: how long a silent worker keeps what it claimed. 0: MAIL_LEASE_MS.
 * Owns     A worker borrows gate and relay.
 * Errors   Of the store. A relay's failure is no error of a step: it is logged and tried again later.
 * State    One process, one worker. No transaction may be open.
 */
#ifndef GATEWAY_SEND_MAIL_ROLE_H
#define GATEWAY_SEND_MAIL_ROLE_H

#include "gateway/practice/gate.h"
#include "mailer/transport.h"
#include "store/mailing.h"

#define MAIL_LEASE_MS (60 * MS_SECOND)
#define MAIL_COMMIT_MS 50

struct mail_lanes {
    enum lane first, last;
    int64_t lease_ms;
};
#define MAIL_ALL ((struct mail_lanes){ LANE_URGENT, LANE_DIGEST, 0 })
#define MAIL_URGENT ((struct mail_lanes){ LANE_URGENT, LANE_URGENT, 0 })
#define MAIL_OTHERS ((struct mail_lanes){ LANE_REVIEW, LANE_DIGEST, 0 })

struct mail_worker;
struct mail_worker *mail_worker_new(struct gate *gate, const struct transport *relay, const struct mail_lanes *lanes);
void mail_worker_free(struct mail_worker **worker);

/* One batch, or nothing when nothing is due or the relay is being left alone. ret_did counts what was sent or otherwise decided. Gives back
 * what dead workers held. */
MUST_CHECK enum rc mail_worker_step(struct mail_worker *worker, size_t *ret_did, struct err *err);
/* When to come again at the latest, in milliseconds from now: 0 at once, at most `most`. */
MUST_CHECK enum rc mail_worker_wait_ms(struct mail_worker *worker, int64_t most, int64_t *ret_ms, struct err *err);

/* Everything that is due now, then returns. For work --once, the demo and tests. */
MUST_CHECK enum rc mail_run_once(struct gate *gate, const struct transport *relay, const struct mail_lanes *lanes,
                                 size_t *ret_did, struct err *err);

/* How often the relay has failed this worker in a row. */
unsigned mail_worker_relay_failures(const struct mail_worker *worker);

#endif
