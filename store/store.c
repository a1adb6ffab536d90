#include "store/store.h"

#include "store/keys.h"

static struct seal_place place_of(const struct store *st, enum column column, int64_t row_id)
{
    return (struct seal_place){ .practice_id = st->practice.v, .column = column, .row_id = row_id };
}

/* Once for each transaction: what an old key seals now, nobody could open when the rekey has ended. A refusal fails the transaction. */
static void hold_key(const struct store *st)
{
    const int64_t key = keyring_current(st->ring, SEAL_DATA)->id;
    struct err err;

    if (!db_in_tx(st->db) || db_tx_noted(st->db) == key)
        return;
    if (keys_hold_current(st->db, st->ring, &err))
        db_tx_fail(st->db, &err);
    else
        db_tx_note(st->db, key);
}

void store_bind_sealed_bytes(const struct store *st, struct db_query *q, int at, enum column column, int64_t row_id,
                             const void *bytes, size_t n, struct arena *mem)
{
    unsigned char *sealed;
    size_t len;

    if (!bytes) {
        db_bind_null(q, at);
        return;
    }
    hold_key(st);
    seal_value(st->ring, place_of(st, column, row_id), bytes, n, mem, &sealed, &len);
    db_bind_blob(q, at, sealed, len);
}

void store_bind_sealed(const struct store *st, struct db_query *q, int at, enum column column, int64_t row_id,
                       const char *text, struct arena *mem)
{
    store_bind_sealed_bytes(st, q, at, column, row_id, text, text ? strlen(text) : 0, mem);
}

enum rc store_sealed_bytes(const struct store *st, struct db_query *q, int col, enum column column, int64_t row_id,
                           struct arena *mem, const void **ret, size_t *ret_n, struct err *err)
{
    size_t n;
    const void *sealed = db_blob(q, col, &n);
    char *plain;
    enum rc rc;

    if (!sealed) {
        *ret = NULL;
        *ret_n = 0;
        return RC_OK;
    }
    rc = seal_open(st->ring, place_of(st, column, row_id), sealed, n, mem, &plain, ret_n, err);
    if (!rc)
        *ret = plain;
    return rc;
}

enum rc store_sealed(const struct store *st, struct db_query *q, int col, enum column column, int64_t row_id,
                     struct arena *mem, const char **ret_text, struct err *err)
{
    const void *bytes;
    size_t n;
    enum rc rc = store_sealed_bytes(st, q, col, column, row_id, mem, &bytes, &n, err);

    if (!rc)
        *ret_text = bytes;
    return rc;
}
