/*
 * shift: the rota's rows: who is on call when. What the columns mean, schedules/rota says.
 *
 * Errors   RC_NOT_FOUND  no such shift
 * State    Writes need an open transaction. A shift holds no words and no contact data.
 */
#ifndef STORE_SHIFT_H
#define STORE_SHIFT_H

#include "store/store.h"

struct shift {
    struct shift_id id;
    struct person_id person;
    int64_t weekdays; /* 0: from_day to to_day */
    int64_t from_minute, to_minute;
    int64_t from_day, to_day;
    int64_t created_ms;
};

extern const struct db_domain shift_domain;

/* Fills id and created_ms. */
MUST_CHECK enum rc shift_add(struct store *st, struct shift *shift, struct err *err);
MUST_CHECK enum rc shift_remove(struct store *st, struct shift_id id, struct err *err);
/* All of the practice: dated ones first, by their begin, then the weekly ones in the order in which they were added. */
MUST_CHECK enum rc shift_list(struct store *st, struct arena *mem, struct shift **ret_shifts, size_t *ret_n,
                              struct err *err);

#endif
