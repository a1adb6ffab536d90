/*
 * text_batch: texts that leave together: their requests, and what the answers make of them.
 *
 * Shape    text_batch_build makes the requests of one text; text_batch_run sends those of all and reads the answers. Neither writes to the store, and text_batch_run does
 *          not read it: nothing that can fail lies between an answer and its record.
 * Owns     All that a batch points to lives in its arena. A wire borrows the gate.
 * Errors   RC_INPUT, RC_LIMIT, RC_NOT_FOUND, RC_CORRUPT  no request can be made of this text (text_is_its_own); others of the store
 * State    One worker. No transaction may be open during text_batch_run.
 */
#ifndef GATEWAY_TEXT_TEXT_BATCH_H
#define GATEWAY_TEXT_TEXT_BATCH_H

#include "gateway/text/text_pause.h"
#include "gateway/text/text_route.h"
#include "store/text_out.h"

/* The way to the providers. */
struct text_wire {
    struct gate *gate;
    struct sms_http *http; /* opened when it is needed: text_wire_open */
    struct text_routes routes;
    struct text_pauses pauses;
};

MUST_CHECK enum rc text_wire_open(struct text_wire *wire, struct err *err);

/* One request of one text of the batch. */
struct text_errand {
    size_t text, request;
    const struct provider_request *ask;
    const struct text_provider *provider;
};

struct text_batch {
    struct arena *mem;
    int64_t lease;
    struct text_out *texts;
    size_t n;
    bool is_full; /* more may be due */
    struct text_errand *errands;
    size_t errand_count;
    struct text_outcome outcomes[TEXT_BATCH_MAX];
    int64_t cost_micro[TEXT_BATCH_MAX]; /* -1: the provider did not say */
    struct text_account_id accounts[TEXT_BATCH_MAX];
};

/* Nothing that asking again would mend: the text fails, and those behind it go on. */
bool text_is_its_own(enum rc rc);
/* No request of any text yet. */
void text_batch_clear_errands(struct text_batch *batch);
/* Adds the requests of one text that are still to be sent; its own requests gets '3' for each. */
MUST_CHECK enum rc text_batch_build(struct text_wire *wire, struct text_batch *batch, size_t at, struct err *err);
/* The wire, which is open: comes back when every request has an end. Fills outcomes, cost_micro and accounts. */
void text_batch_run(struct text_wire *wire, struct text_batch *batch);

#endif
