/*
 * migrate: brings a database to the schema of this program: the numbered files of store/schema, compiled in; forward only.
 *
 * Shape    Each file is one transaction: what fails leaves the database as the file before left it, and err names the file. Table schema_version
 *          has a row for each file that was applied. Two programs may migrate at once: the second waits, then finds it done.
 * Errors   RC_PERM  the database is newer than this program
 *          RC_TEMP  (migrate_check) it is older
 * State    Opens its own transactions; none may be open.
 */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "store/db.h"

/* When nothing is missing it only reads. */
MUST_CHECK enum rc migrate_run(struct db *db, struct err *err);
/* For who must not change it: a program that is called while another version runs. */
MUST_CHECK enum rc migrate_check(struct db *db, struct err *err);
/* The highest number that was applied; 0 for an empty database. */
MUST_CHECK enum rc migrate_version(struct db *db, int64_t *ret_version, struct err *err);

/* A numbered file; in rising order. Tests bring their own. */
struct migrate_step {
    int number;
    const char *file, *sql;
};
MUST_CHECK enum rc migrate_steps(struct db *db, const struct migrate_step *steps, size_t count, struct err *err);

#endif
