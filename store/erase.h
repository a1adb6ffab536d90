/*
 * erase: takes a person's words, names and addresses out of the store; numbers, times and states stay, so that the record and the counts of what
 * was sent still hold.
 *
 * Shape    Two steps, in this order, since the first needs what the second takes away:
 *            erase_sweep   goes through every sealed value of the practice in batches and takes the person's words and names out of it:
 *                            renderings that hold them are emptied, audit values deleted, letters emptied (with their raw mail);
 *                            elsewhere (others' notes, titles, contexts …) the words alone give way to ERASE_GONE
 *            erase_person  empties the person's own rows: posts, letters and raw mail, memberships, addresses nobody else uses, consents'
 *                            words, questions, deliveries' values, reasons of decisions on their posts, audit values of all these
 *          What others call them (a first name in somebody else's note) is those people's word and stays.
 * Errors   Those of the store. Both can be run again after a crash.
 * State    Need an open transaction. Nothing may be on its way to the relay, and the person's posts withdrawn (gateway/office/erase).
 */
#ifndef STORE_ERASE_H
#define STORE_ERASE_H

#include "store/erase_marks.h"
#include "store/person.h"
#include "store/store.h"

#define ERASE_NAME "(erased)"
#define ERASE_TITLE "…"

struct erase_counts {
    int64_t posts, letters, raw_mails, renderings, scrubbed, audit_values, memberships, addresses, deliveries;
    int64_t made_again; /* copies of others' notes that quoted them, taken back to be rendered anew */
};

extern const struct db_domain erase_domain, erase_person_domain;

/* Alarms about the person that are not closed. */
MUST_CHECK enum rc erase_open_pages(struct store *st, struct person_id person, int64_t *ret_n, struct err *err);

/* What is looked for: full name, addresses, phone, chart reference, the words of every post. */
MUST_CHECK enum rc erase_marks_of(struct store *st, const struct person *person, struct arena *mem,
                                  struct erase_marks **ret_marks, struct err *err);

/* One batch of at most max values from *at on; *ret_done after the last. Start with a zeroed place. */
struct erase_place {
    size_t column;
    int64_t last_id;
};
MUST_CHECK enum rc erase_sweep(struct store *st, struct person_id person, const struct erase_marks *marks, size_t max,
                               struct erase_place *at, bool *ret_done, struct erase_counts *counts, struct err *err);
MUST_CHECK enum rc erase_person(struct store *st, struct person_id person, struct erase_counts *counts,
                                struct err *err);

/* The raw mail of one arrival, parked or done, and its letter's words. */
MUST_CHECK enum rc erase_arrival(struct store *st, struct arrival_id id, struct erase_counts *counts, struct err *err);
/* The raw mail alone. */
MUST_CHECK enum rc erase_raw(struct store *st, struct arrival_id id, struct erase_counts *counts, struct err *err);
/* A rendering's words; its copies that have not left are cancelled, or deleted where somebody else's note must be rendered anew: then a job
 * to do so is set. */
MUST_CHECK enum rc erase_mailing(struct store *st, struct person_id person, struct mailing_id id,
                                 struct erase_counts *counts, struct err *err);

#endif
