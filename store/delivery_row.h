/*
 * delivery_row: how a row of delivery is read; shared by delivery.c (rows) and delivery_work.c (the way from ready to sent).
 */
#ifndef STORE_DELIVERY_ROW_H
#define STORE_DELIVERY_ROW_H

#include "store/delivery.h"

#define DELIVERY_COLUMNS                                                                                               \
    "id, mailing_id, issue_id, person_id, membership_id, address_id, channel, lane, state, from_seq, to_seq, part,"    \
    " due_ms, attempt, code, status_code, values_sealed, message_key, sent_ms, created_ms"

/* RC_CORRUPT: a sealed value does not open, or the key has another length. */
MUST_CHECK enum rc delivery_read_row(struct store *st, struct db_query *q, struct arena *mem, struct delivery *ret_d,
                                     struct err *err);
/* Every row there is, at most max. */
MUST_CHECK enum rc delivery_read_rows(struct store *st, struct db_query *q, size_t max, struct arena *mem,
                                      struct delivery **ret_rows, size_t *ret_n, struct err *err);

#endif
