/*
 * rekey: gives a practice a new data key, seals every value again, and destroys the old key.
 *
 * Shape    Batches of rows, each a transaction; table rekey_step remembers how far each column has come. Stopped anywhere, the next call goes
 *          on: an old data key that is not yet destroyed says that there is work left. At the end one transaction looks at every value,
 *          and only when none needs the old key is it destroyed. Who loaded its keys before writes nothing with the old one: each transaction
 *          that seals looks at its key (store/store, keys_hold_current), and the new key waits for those that have looked.
 * Errors   RC_TEMP     stopped: call again
 *          RC_CORRUPT  a value does not open: nothing of it is changed, the old key stays; err names column and row
 * State    Opens its own transactions; none may be open. The caller's keyring is old afterwards: load again.
 */
#ifndef STORE_REKEY_H
#define STORE_REKEY_H

#include "store/column.h"
#include "store/keys.h"

/* Every sealed column; a test holds it against the schema. */
struct rekey_column {
    enum column column;
    const char *table, *name;
};
extern const struct rekey_column rekey_columns[];
extern const size_t rekey_columns_count;
extern const struct db_domain rekey_domain;

#define REKEY_BATCH 50

MUST_CHECK enum rc rekey_run(struct db *db, const struct keys *keys, struct practice_id practice, struct id_source *ids,
                             size_t batch, int64_t *ret_values, struct err *err);

#endif
