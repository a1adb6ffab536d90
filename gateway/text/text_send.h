/*
 * text_send: hands texts over to their providers: pick, pace, ask, write down. What gateway/send/mail_role is for mail.
 *
 *          ┌─ due, buckets, requests built, consent, 'sending' ── commit ── the wire ── outcomes ─┐
 *          └────────────────────────────────── in the same commit ────────────────────────────────┘
 *
 * Shape    At most TEXT_BATCH_MAX texts at a time, which is eight for each connection; outcomes and the next batch of a long queue share a commit.
 *          LANE_URGENT has a worker and connections of its own (in the urgent role). A text whose bucket is empty waits for the moment it fills;
 *          what is exempt is never held back. A provider that cannot be reached costs no attempt and holds up no other's texts
 *          (gateway/text/text_pause). What an answer means: its state by the provider's file; 5xx without a meaning and lost answers are `unknown` and never sent again.
 *          unknown ones without a receipt for TEXT_UNKNOWN_WAIT_MS are settled: the next digest carries their content.
 * Owns     A worker borrows the gate.
 * Errors   Of the store. What a provider does is no error of a step.
 * State    One process, one worker. No transaction may be open.
 */
#ifndef GATEWAY_TEXT_TEXT_SEND_H
#define GATEWAY_TEXT_TEXT_SEND_H

#include "gateway/practice/gate.h"
#include "store/mailing.h"

#define TEXT_LEASE_MS (3 * MS_MINUTE)

struct text_lanes {
    enum lane first, last;
};
#define TEXT_ALL ((struct text_lanes){ LANE_URGENT, LANE_DIGEST })
#define TEXT_URGENT ((struct text_lanes){ LANE_URGENT, LANE_URGENT })
#define TEXT_OTHERS ((struct text_lanes){ LANE_REVIEW, LANE_DIGEST })

struct text_worker;
struct text_worker *text_worker_new(struct gate *gate, struct text_lanes lanes);
void text_worker_free(struct text_worker **worker);

/* One batch, or some where they are quick. ret_did counts texts that were decided. */
MUST_CHECK enum rc text_worker_step(struct text_worker *worker, size_t *ret_did, struct err *err);
/* What was written on phones that are files, at once (gateway/text/text_phones); and asks the providers that cannot call us what has come, every
 * TEXT_POLL_MS (gateway/text/text_poll). */
MUST_CHECK enum rc text_worker_poll(struct text_worker *worker, size_t *ret_did, struct err *err);
/* When to come again at the latest, in milliseconds from now. */
MUST_CHECK enum rc text_worker_wait_ms(struct text_worker *worker, int64_t most, int64_t *ret_ms, struct err *err);

#endif
