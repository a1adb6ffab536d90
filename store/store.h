/*
 * store: what every store function needs: a connection, one practice and its keys, the clock and a source of ids.
 *
 * Errors   What is sealed with a key that a rekey has made old is not written: its transaction fails with RC_TEMP, load the keys again.
 * Owns     The caller owns all members; a store is a bundle passed by pointer. One process, one store per practice.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/clock.h"
#include "base/seal.h"
#include "store/column.h"
#include "store/db.h"
#include "store/id.h"

struct store {
    struct db *db;
    struct practice_id practice;
    const struct keyring *ring;
    const struct clock *clock;
    struct id_source *ids;
};

/* Binds the sealed form of text (NULL binds NULL); mem must outlive the query. */
void store_bind_sealed(const struct store *st, struct db_query *q, int at, enum column column, int64_t row_id,
                       const char *text, struct arena *mem);
void store_bind_sealed_bytes(const struct store *st, struct db_query *q, int at, enum column column, int64_t row_id,
                             const void *bytes, size_t n, struct arena *mem);
/* Opens a sealed column into mem; NULL column gives NULL. */
MUST_CHECK enum rc store_sealed(const struct store *st, struct db_query *q, int col, enum column column, int64_t row_id,
                                struct arena *mem, const char **ret_text, struct err *err);
MUST_CHECK enum rc store_sealed_bytes(const struct store *st, struct db_query *q, int col, enum column column,
                                      int64_t row_id, struct arena *mem, const void **ret, size_t *ret_n,
                                      struct err *err);

#endif
