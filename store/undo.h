/*
 * undo: what the word UNDO gives back, for 30 days.
 *
 * Shape    data is a JSON text of gateway/people/member: the rows as they were. Each is used once, newest first.
 * Errors   RC_NOT_FOUND  nothing to undo   RC_CONFLICT  used already
 * State    Writes need an open transaction.
 */
#ifndef STORE_UNDO_H
#define STORE_UNDO_H

#include "store/store.h"

#define UNDO_DAYS 30

struct undo {
    int64_t id;
    struct person_id person;
    struct membership_id membership; /* 0: several */
    const char *data;
    int64_t until_ms;
};

extern const struct db_domain undo_domain;

/* Fills id and until_ms. */
MUST_CHECK enum rc undo_add(struct store *st, struct undo *undo, struct err *err);
/* The newest unused of a person that is not too old. */
MUST_CHECK enum rc undo_newest(struct store *st, struct person_id person, struct arena *mem, struct undo *ret,
                               struct err *err);
MUST_CHECK enum rc undo_use(struct store *st, int64_t id, struct err *err);

#endif
