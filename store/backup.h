/*
 * backup: a copy of the database while it is in use, and a home made from one.
 *
 * Shape    The copy is one SQLite file of mode 0600. It holds no key: without the installation's key file nobody reads it, so that file must be
 *          kept elsewhere (BACKUP_NOTE says so to whoever makes one). A PostgreSQL database is copied by its own tools.
 *          A file is made beside its place, as PATH.part, and named when it is whole. BACKUP_REPLACE takes the place of an older copy, and of nothing else.
 *          After a restore nothing that had not been sent goes out until delivery_release_restored.
 * Errors   RC_CONFLICT  the target exists already; BACKUP_REPLACE: it is something else than a copy
 *          RC_PERM      PostgreSQL: use pg_dump; a copy from a newer program
 *          RC_CORRUPT   the copy is no sound database, or none at all
 *          RC_NOT_FOUND no such copy     RC_DENIED  it cannot be read
 *          RC_TEMP      the target cannot be written, or a signal came
 * State    No transaction may be open.
 */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include "store/db.h"

#define BACKUP_NOTE "The copy does not hold the key file. Keep that apart: without it the copy cannot be read."

enum backup_way { BACKUP_NEW, BACKUP_REPLACE };

MUST_CHECK enum rc backup_write(struct db *db, const char *path, enum backup_way way, struct err *err);
/* Copies the backup to the path of a database that does not exist yet, brings its schema up to date, and holds every delivery that the
 * copy says is unsent; ret_held counts them. */
MUST_CHECK enum rc backup_restore(const char *path, const char *database_path, int64_t *ret_held, struct err *err);

#endif
