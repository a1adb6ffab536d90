/*
 * erase: a person asked to be forgotten: ends what they take part in, takes back what they published, and takes their words, names and addresses out of
 * the store.
 *
 * Shape    Policy: what the person wrote goes, published or not. Letters that have left stay where they are, in members' mailboxes; what is
 *          rendered from now on no longer holds it, and a talk that they opened keeps its answers under the title "…". Others' words stay,
 *          without lines that quote the person; a first name in somebody's note is that person's word and stays. Numbers, times, states,
 *          hashes and the chain of the audit log stay. Steps, each with transactions of its own, so that it can be run again after a crash:
 *            stop    memberships end, what waits and what was published is withdrawn, unsent mail cancelled, consents withdrawn
 *            sweep   store/erase: through every sealed value, in batches
 *            erase   store/erase: the person's own rows, and parked mail from their addresses; one audit row with the counts
 *            journal what was overwritten leaves the files too (SQLite)
 *          A dry run does all of it in one transaction and takes it back: its counts are true.
 * Errors   RC_CONFLICT  an alarm about the person is open; letters are being sent this moment (RC_TEMP); they are staff (RC_INPUT)
 * State    No transaction may be open, and nothing may serve the home.
 */
#ifndef GATEWAY_OFFICE_ERASE_H
#define GATEWAY_OFFICE_ERASE_H

#include "gateway/practice/record.h"
#include "store/erase.h"

struct erase_progress {
    void (*tell)(void *ctx, size_t values_seen);
    void *ctx;
};

struct erase_result {
    struct erase_counts counts;
    int64_t withdrawn; /* published posts taken back */
    int64_t parked;    /* mails nobody could read, of others or of nobody: not searched */
    int64_t unsorted;  /* mails that came and were not looked at yet: not searched */
};

/* progress may be NULL. */
MUST_CHECK enum rc erase_run(struct gate *gate, const struct audit_who *who, const struct person *person, bool is_dry,
                             const struct erase_progress *progress, struct erase_result *ret_result, struct err *err);

#endif
