/*
 * sort: what becomes of an arrival.
 *
 * Order    parse → triage → our own mail → report → robot → token → identity → duplicate → staff's decisions → invitation answers →
 *          membership and consent → command → open questions → hold. A refusal changes what is published and answered, never whether staff
 *          are paged. Each arrival ends in exactly one letter row with one outcome (enum letter_outcome), or parked.
 * Errors   RC_TEMP  the reader or the store failed: the arrival stays and is tried again; three tries park it
 * State    sort_one opens its own transaction: all that a letter causes is one commit, with its arrival marked done.
 */
#ifndef GATEWAY_SORT_SORT_H
#define GATEWAY_SORT_SORT_H

#include "gateway/practice/gate.h"
#include "gateway/triage/triage.h"
#include "inbound/sandbox.h"

struct scan_run;

struct sorter {
    struct gate *gate;
    struct sandbox *sandbox;
    const struct triage_lexicon *lexicon;
    size_t unread;         /* counts arrivals whose reader failed: their letter's fault, or the reader's */
    const char *lists;     /* hash of its files; staff are told when it is another than last time. NULL: nobody is */
    struct scan_run *scan; /* of the present batch: sort_run's */
    const char *held, *held_line; /* of a change that waits for two people; "" or NULL: none */
};

/* Claims and sorts up to max arrivals of the gate's practice. */
MUST_CHECK enum rc sort_run(struct sorter *sorter, size_t max, size_t *ret_did, struct err *err);

#endif
