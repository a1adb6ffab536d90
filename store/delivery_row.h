/*
 * delivery_row: how a row of delivery is read; shared by delivery.c (rows) and delivery_work.c (the way from ready to sent).
 */
#ifndef STORE_DELIVERY_ROW_H
#define STORE_DELIVERY_ROW_H

#include "store/delivery.h"

/* t: "" or the table's short name and a dot */
#define DELIVERY_COLUMNS_OF(t)                                                                                         \
    t "id, " t "mailing_id, " t "issue_id, " t "person_id, " t "membership_id, " t "address_id, " t "channel, " t      \
      "lane, " t "state, " t "from_seq, " t "to_seq, " t "part, " t "due_ms, " t "attempt, " t "code, " t              \
      "status_code, " t "values_sealed, " t "message_key, " t "sent_ms, " t "created_ms, " t "copy_hash, " t "copy_ms"
#define DELIVERY_COLUMNS DELIVERY_COLUMNS_OF("")
/* What stands above the time in due_ms: no clock comes there. One bit for each of enum delivery_wait. */
#define DELIVERY_WAITS_ADDRESS_MS "4503599627370496" /* 2^52 */
#define DELIVERY_WAITS_RESUME_MS "9007199254740992"  /* 2^53 */
#define DELIVERY_WAITS_ANY_MS "13510798882111488"
#define DELIVERY_OF_GROUP                                                                                              \
    " AND (SELECT group_id FROM membership WHERE practice_id = $1 AND id = delivery.membership_id) = $2"
#define DELIVERY_TO_MANY                                                                                               \
    " AND lane IN (2, 3, 4) AND (issue_id IS NOT NULL"                                                                 \
    " OR (SELECT kind FROM mailing WHERE practice_id = $1 AND id = delivery.mailing_id) BETWEEN 2 AND 5)"
#define DELIVERY_COLUMN_COUNT 22 /* what a longer SELECT adds stands behind them */

/* RC_CORRUPT: a sealed value does not open, or the key has another length. */
MUST_CHECK enum rc delivery_read_row(struct store *st, struct db_query *q, struct arena *mem, struct delivery *ret_d,
                                     struct err *err);
/* Every row there is, at most max. */
MUST_CHECK enum rc delivery_read_rows(struct store *st, struct db_query *q, size_t max, struct arena *mem,
                                      struct delivery **ret_rows, size_t *ret_n, struct err *err);

#endif
