#include "store/migrate.h"

#include "base/clock.h"
#include "store/db_driver.h"

#include "gen/schema_data.h"

enum schema_stmt { SCHEMA_VERSION, SCHEMA_HAS, SCHEMA_ADD };
static const char *const schema_sql[] = {
    [SCHEMA_VERSION] = "SELECT COALESCE(MAX(version), 0), COUNT(*) FROM schema_version",
    [SCHEMA_HAS] = "SELECT COUNT(*) FROM schema_version WHERE version = $1",
    [SCHEMA_ADD] = "INSERT INTO schema_version (version, at_ms) VALUES ($1, $2)",
};
static const char schema_table[] =
    "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY, at_ms BIGINT NOT NULL)";

/* The highest number that was applied, and how many were: both 0 for a database that is empty. */
static enum rc read_version(struct db *db, int64_t *ret_version, size_t *ret_count, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    bool has = false;
    enum rc rc = db_has_table(db, "schema_version", &has, err);

    *ret_version = 0;
    *ret_count = 0;
    if (rc || !has)
        return rc;
    rc = db_query(db, schema_sql[SCHEMA_VERSION], &q, err);
    if (!rc)
        rc = db_one(q, err);
    if (rc)
        return rc;
    *ret_version = db_int(q, 0);
    *ret_count = (size_t)db_int(q, 1);
    return RC_OK;
}

enum rc migrate_version(struct db *db, int64_t *ret_version, struct err *err)
{
    size_t count;

    return read_version(db, ret_version, &count, err);
}

static enum rc has_step(struct db *db, int number, bool *ret_has, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(db, schema_sql[SCHEMA_HAS], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, number);
    rc = db_one(q, err);
    if (!rc)
        *ret_has = db_int(q, 0) != 0;
    return rc;
}

static enum rc add_version(struct db *db, int64_t version, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc;

    rc = db_query(db, schema_sql[SCHEMA_ADD], &q, err);
    if (rc)
        return rc;
    db_bind_int(q, 1, version);
    db_bind_int(q, 2, clock_now_ms(clock_real()));
    return db_run(q, NULL, err);
}

/* Whether somebody else was quicker is asked under the lock that both wait for. */
static enum rc migrate_one(struct db *db, const struct migrate_step *step, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    bool has = false;
    enum rc rc;

    rc = db_begin(db, &tx, err);
    if (!rc)
        rc = db_before_schema(db, err);
    if (!rc)
        rc = db_run_script(db, schema_table, err);
    if (!rc)
        rc = has_step(db, step->number, &has, err);
    if (rc || has)
        return rc;
    rc = db_run_script(db, step->sql, err);
    if (!rc)
        rc = add_version(db, step->number, err);
    return rc ? rc : db_commit(&tx, err);
}

/* RC_NOT_FOUND: steps are missing. */
static enum rc compare(struct db *db, const struct migrate_step *steps, size_t count, int64_t *ret_version,
                       struct err *err)
{
    const int newest = steps[count - 1].number;
    size_t applied;
    enum rc rc = read_version(db, ret_version, &applied, err);

    if (rc)
        return rc;
    if (*ret_version > newest)
        return err_set(err, RC_PERM,
                       "the database has schema %" PRId64 ", this program knows %d: install the newer program again, "
                       "or restore the backup that was made before it",
                       *ret_version, newest);
    return applied >= count ? RC_OK : err_set(err, RC_NOT_FOUND, "schema %d is not there yet", newest);
}

enum rc migrate_steps(struct db *db, const struct migrate_step *steps, size_t count, struct err *err)
{
    int64_t version;
    enum rc rc = compare(db, steps, count, &version, err);

    if (rc != RC_NOT_FOUND)
        return rc;
    for (size_t i = 0; i < count; i++) {
        rc = migrate_one(db, &steps[i], err);
        if (rc)
            return err_wrap(err, "schema file %s could not be applied, nothing of it was kept", steps[i].file);
    }
    return RC_OK;
}

enum rc migrate_run(struct db *db, struct err *err)
{
    return migrate_steps(db, schema_steps, COUNT_OF(schema_steps), err);
}

enum rc migrate_check(struct db *db, struct err *err)
{
    int64_t version;
    enum rc rc = compare(db, schema_steps, COUNT_OF(schema_steps), &version, err);

    if (rc != RC_NOT_FOUND)
        return rc;
    return err_set(err, RC_TEMP,
                   "the database has schema %" PRId64 ", this program wants %d: start `postcircle serve`, or run "
                   "`postcircle doctor`, to bring it up to date",
                   version, schema_steps[COUNT_OF(schema_steps) - 1].number);
}
