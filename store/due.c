#include "store/due.h"

/* clang-format off */
enum due_stmt {
    JOB_SET, JOB_ENSURE, JOB_CLEAR, JOB_IS_SET, JOB_WHEN, JOB_NEXT, JOB_NEXT_OF, JOB_EARLIEST, PRACTICE_WAKE, PRACTICE_TAKE, PRACTICE_REST, PRACTICE_SET, DUE_STMT_COUNT
};
enum due_take_arg { DT_ROLE = 1, DT_NOW, DT_UNTIL };

#define JOB_INSERT "INSERT INTO due_job (practice_id, kind, subject_id, due_ms) VALUES ($1, $2, $3, $4) ON CONFLICT"
#define PRACTICE_INSERT \
    "INSERT INTO due_practice (role, practice_id, next_due_ms) VALUES ($1, $2, $3) ON CONFLICT (role, practice_id)" \
    " DO UPDATE SET next_due_ms = excluded.next_due_ms"

static const char *const due_sql[DUE_STMT_COUNT] = {
    [JOB_SET] = JOB_INSERT " (practice_id, kind, subject_id) DO UPDATE SET due_ms = excluded.due_ms",
    [JOB_ENSURE] = JOB_INSERT " DO NOTHING",
    [JOB_CLEAR] = "DELETE FROM due_job WHERE practice_id = $1 AND kind = $2 AND subject_id = $3",
    [JOB_IS_SET] = "SELECT COUNT(*) FROM due_job WHERE practice_id = $1 AND kind = $2 AND subject_id = $3",
    [JOB_WHEN] = "SELECT due_ms FROM due_job WHERE practice_id = $1 AND kind = $2 AND subject_id = $3",
    [JOB_NEXT] =
        "SELECT kind, subject_id FROM due_job WHERE practice_id = $1 AND due_ms <= $2 ORDER BY due_ms, kind, subject_id LIMIT 1",
    [JOB_NEXT_OF] =
        "SELECT subject_id FROM due_job WHERE practice_id = $1 AND kind = $2 AND due_ms <= $3 ORDER BY due_ms, subject_id LIMIT 1",
    [JOB_EARLIEST] = "SELECT due_ms FROM due_job WHERE practice_id = $1 ORDER BY due_ms LIMIT 1",
    [PRACTICE_WAKE] = PRACTICE_INSERT " WHERE due_practice.next_due_ms > excluded.next_due_ms",
    [PRACTICE_TAKE] =
        "WITH picked AS MATERIALIZED (SELECT practice_id FROM due_practice WHERE role = $1 AND next_due_ms <= $2"
        " ORDER BY next_due_ms, practice_id LIMIT 1 /*SKIP LOCKED*/) UPDATE due_practice SET next_due_ms = $3"
        " WHERE role = $1 AND practice_id IN (SELECT practice_id FROM picked) RETURNING practice_id",
    /* a practice that was woken has another time than the one we left: the earlier of both stays */
    [PRACTICE_REST] =
        "UPDATE due_practice SET next_due_ms = $4 WHERE role = $1 AND practice_id = $2 AND (next_due_ms = $3 OR next_due_ms > $4)",
    [PRACTICE_SET] = PRACTICE_INSERT,
};
/* clang-format on */
const struct db_domain due_domain = { "due", due_sql, DUE_STMT_COUNT };

/* Binds count numbers from 1 on and runs. */
static enum rc run(struct db *db, enum due_stmt stmt, const int64_t *numbers, size_t count, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(db, due_sql[stmt], &q, err);

    if (rc)
        return rc;
    for (size_t i = 0; i < count; i++)
        db_bind_int(q, (int)i + 1, numbers[i]);
    return db_run(q, NULL, err);
}

/* --- jobs -------------------------------------------------------------------------------------------------------------------------- */

enum rc due_set(struct store *st, enum job_kind kind, int64_t subject_id, int64_t due_ms, struct err *err)
{
    return run(st->db, JOB_SET, (int64_t[]){ st->practice.v, kind, subject_id, due_ms }, 4, err);
}

enum rc due_ensure(struct store *st, enum job_kind kind, int64_t subject_id, int64_t due_ms, struct err *err)
{
    return run(st->db, JOB_ENSURE, (int64_t[]){ st->practice.v, kind, subject_id, due_ms }, 4, err);
}

enum rc due_clear(struct store *st, enum job_kind kind, int64_t subject_id, struct err *err)
{
    return run(st->db, JOB_CLEAR, (int64_t[]){ st->practice.v, kind, subject_id }, 3, err);
}

enum rc due_is_set(struct store *st, enum job_kind kind, int64_t subject_id, bool *ret_is_set, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, due_sql[JOB_IS_SET], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, kind);
    db_bind_int(q, 3, subject_id);
    rc = db_one(q, err);
    if (!rc)
        *ret_is_set = db_int(q, 0) != 0;
    return rc;
}

enum rc due_next(struct store *st, int64_t now_ms, enum job_kind *ret_kind, int64_t *ret_subject, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, due_sql[JOB_NEXT], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, now_ms);
    rc = db_one(q, err);
    if (rc)
        return rc;
    *ret_kind = (enum job_kind)db_int(q, 0);
    *ret_subject = db_int(q, 1);
    return RC_OK;
}

enum rc due_next_of(struct store *st, enum job_kind kind, int64_t now_ms, int64_t *ret_subject, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, due_sql[JOB_NEXT_OF], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, kind);
    db_bind_int(q, 3, now_ms);
    rc = db_one(q, err);
    if (!rc)
        *ret_subject = db_int(q, 0);
    return rc;
}

enum rc due_earliest(struct store *st, int64_t *ret_due_ms, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, due_sql[JOB_EARLIEST], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    rc = db_one(q, err);
    if (!rc)
        *ret_due_ms = db_int(q, 0);
    return rc;
}

enum rc due_time_of(struct store *st, enum job_kind kind, int64_t subject_id, int64_t *ret_due_ms, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, due_sql[JOB_WHEN], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, kind);
    db_bind_int(q, 3, subject_id);
    rc = db_one(q, err);
    if (!rc)
        *ret_due_ms = db_int(q, 0);
    return rc;
}

/* --- practices --------------------------------------------------------------------------------------------------------------------- */

enum rc due_wake_practice(struct db *db, enum due_role role, struct practice_id practice, int64_t due_ms,
                          struct err *err)
{
    return run(db, PRACTICE_WAKE, (int64_t[]){ role, practice.v, due_ms }, 3, err);
}

enum rc due_take_practice(struct db *db, enum due_role role, int64_t now_ms, struct practice_id *ret_practice,
                          struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(db, due_sql[PRACTICE_TAKE], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, DT_ROLE, role);
    db_bind_int(q, DT_NOW, now_ms);
    db_bind_int(q, DT_UNTIL, now_ms + DUE_HOLD_MS);
    rc = db_one(q, err);
    if (!rc)
        ret_practice->v = db_int(q, 0);
    return rc;
}

enum rc due_rest_practice(struct db *db, enum due_role role, struct practice_id practice, int64_t taken_ms,
                          int64_t next_due_ms, struct err *err)
{
    return run(db, PRACTICE_REST, (int64_t[]){ role, practice.v, taken_ms + DUE_HOLD_MS, next_due_ms }, 4, err);
}

enum rc due_set_practice(struct db *db, enum due_role role, struct practice_id practice, int64_t next_due_ms,
                         struct err *err)
{
    return run(db, PRACTICE_SET, (int64_t[]){ role, practice.v, next_due_ms }, 3, err);
}
