/*
 * rekey: gives a practice a new data key, seals every value again, and destroys the old key.
 *
 * Shape    Batches of rows, each a transaction; table rekey_step remembers how far each column has come. Stopped anywhere, the next call goes
 *          on: an old data key that is not yet destroyed says that there is work left. At the end one transaction looks at every value,
 *          and only when none needs the old key is it destroyed. The record has a row of the new key and one of the end of the old, each in the
 *          transaction that does it. Who loaded its keys before writes nothing with the old one: each transaction
 *          that seals looks at its key (store/store, keys_hold_current), and the new key waits for those that have looked.
 *          Others may write meanwhile, without a pause: SQLite gives its lock to whoever happens to ask, so a batch may be left waiting past the
 *          driver's timeout. What fails with RC_TEMP is tried again, with pauses that grow from 50 ms to 2 s, until nothing has got through for
 *          patience_ms (the call that is under way then ends first: 10 s more on SQLite). Other errors end it at once.
 * Errors   RC_TEMP     the same failure for patience_ms, or somebody else changed the key meanwhile: nothing is lost, call again
 *          RC_CORRUPT  a value does not open: nothing of it is changed, the old key stays; err names column and row
 * State    Opens its own transactions; none may be open. The caller's keyring is old afterwards: load again.
 */
#ifndef STORE_REKEY_H
#define STORE_REKEY_H

#include "store/audit.h"
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
#define REKEY_PATIENCE_MS (2 * MS_MINUTE)

/* How far it is: told after each batch, and (with why) before each pause. */
struct rekey_progress {
    int64_t values;        /* sealed again and committed by this run */
    const struct err *why; /* what keeps it from going on; NULL: nothing */
};

struct rekey_pace {
    size_t batch;                                                   /* rows of a transaction */
    int64_t patience_ms;                                            /* 0: the first failure ends it */
    void (*tell)(void *ctx, const struct rekey_progress *progress); /* NULL: nobody asks */
    void *ctx;
};

/* The keyring of st is not asked for: keys are loaded here. */
MUST_CHECK enum rc rekey_run(const struct store *st, const struct keys *keys, const struct audit_who *who,
                             const struct rekey_pace *pace, int64_t *ret_values, struct err *err);

#endif
