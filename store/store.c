#include "store/store.h"

static struct seal_place place_of(const struct store *st, enum column column, int64_t row_id)
{
    return (struct seal_place){ .practice_id = st->practice.v, .column = column, .row_id = row_id };
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
