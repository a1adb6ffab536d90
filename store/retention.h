/*
 * retention: takes away what has been kept long enough (DESIGN.md section 4, Retention).
 *
 *              class        what goes                                                                        older than
 *              letters      deliveries and texts that are over, texts that came, what texts cost,
 *                           issues that are done with their numbers                                          deliveries_before_ms
 *              renderings   mailings that no delivery and no issue needs, and whose words they held          deliveries_before_ms
 *              repeats      hashes that recognise duplicates, answers of the day, ways back that are spent, numbers of items   repeats_before_ms
 *              consents     those that later ones replaced, and withdrawals                                  record_before_ms
 *              audit        values and salts; the rows and their chain stay, and verify                      record_before_ms
 *              alarms       pages that are done, and the runs of the practice's program for them          record_before_ms
 *              check-ins    answers and the rounds they were for, thanks that were never told         deliveries_before_ms
 *              mail         raw arrivals (store/arrival: arrival_purge)                                      the caller's
 *
 * Shape    One call works through every table once, at most max rows each; call again while it took something: no lock is long. Unsent deliveries
 *          and issues under way stay, however old, and so does a consent that is in force. Posts, letters, memberships and unsubscribe
 *          tokens (which name a membership) are not touched.
 * Units    Times are the clock port's: rows older than these go.
 * State    Writes need an open transaction.
 */
#ifndef STORE_RETENTION_H
#define STORE_RETENTION_H

#include "store/store.h"

/* Stored: append only. */
enum retention_class {
    RETENTION_LETTERS = 1,
    RETENTION_RENDERINGS,
    RETENTION_REPEATS,
    RETENTION_CONSENTS,
    RETENTION_AUDIT,
    RETENTION_MAIL,
    RETENTION_ALARMS,
    RETENTION_CHECK_INS,
    RETENTION_CLASS_END
};

struct retention {
    int64_t deliveries_before_ms;
    int64_t repeats_before_ms;
    int64_t record_before_ms;
};

struct retention_counts {
    int64_t of[RETENTION_CLASS_END];
};

extern const struct db_domain retention_domain;

/* Adds to *counts; ret_n is what this call took. */
MUST_CHECK enum rc retention_purge(struct store *st, const struct retention *before, size_t max,
                                   struct retention_counts *counts, int64_t *ret_n, struct err *err);

/* What a run took away stands in the store until a later one takes something of that class. */
MUST_CHECK enum rc retention_note(struct store *st, const struct retention_counts *counts, struct err *err);
struct retention_last {
    int64_t at_ms, rows; /* 0: never */
};
MUST_CHECK enum rc retention_read(struct store *st, struct retention_last ret_last[RETENTION_CLASS_END],
                                  struct err *err);
const char *retention_class_name(enum retention_class class);

#endif
