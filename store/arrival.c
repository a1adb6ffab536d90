#include "store/arrival.h"
#include "store/arrival_parts.h"

#include "base/clock.h"

#include <assert.h>

#define COLUMNS "id, state, source, bytes, is_oversize, tries, reason, received_ms"
/* clang-format off */
enum arrival_claim_arg { AC_PRACTICE = 1, AC_LEASE, AC_UNTIL, AC_TRIES, AC_MAX };
enum arrival_hopeless_arg { AH_PRACTICE = 1, AH_DECIDED, AH_REASON, AH_TRIES, AH_MAX };
enum arrival_leave_arg { AL_PRACTICE = 1, AL_ID, AL_LEASE, AL_STATE, AL_REASON, AL_DECIDED };
enum arrival_unpark_arg { AU_PRACTICE = 1, AU_ID, AU_STATE, AU_DECIDED };
enum arrival_old_arg { AO_PRACTICE = 1, AO_STATE, AO_BEFORE, AO_MAX };

#define OLD_ONES "SELECT id FROM arrival WHERE practice_id = $1 AND state = $2 AND COALESCE(decided_ms, received_ms) < $3 ORDER BY id LIMIT $4"

const char *const arrival_sql[ARRIVAL_STMT_COUNT] = {
    [ARRIVAL_INSERT] =
        "INSERT INTO arrival (practice_id, id, state, source, bytes, is_oversize, head_box, tries, received_ms)"
        " VALUES ($1, $2, 1, $3, 0, 0, $4, 0, $5)",
    [ARRIVAL_FINISH] =
        "UPDATE arrival SET state = 2, bytes = $3, is_oversize = $4, head_box = $5, source_hash = $6, received_ms = $7"
        " WHERE practice_id = $1 AND id = $2 AND state = 1",
    [ARRIVAL_SEEN] = "SELECT id FROM arrival WHERE practice_id = $1 AND source_hash = $2",
    [ARRIVAL_HEAD] = "SELECT head_box FROM arrival WHERE practice_id = $1 AND id = $2 AND state > 1",
    [ARRIVAL_CLAIM] =
        "WITH picked AS MATERIALIZED (SELECT id FROM arrival WHERE practice_id = $1 AND state = 2 AND tries < $4"
        " ORDER BY id LIMIT $5 /*SKIP LOCKED*/) UPDATE arrival SET state = 3, lease = $2, lease_until_ms = $3, tries = tries + 1"
        " WHERE practice_id = $1 AND id IN (SELECT id FROM picked) RETURNING " COLUMNS,
    [ARRIVAL_LAPSED] =
        "UPDATE arrival SET state = 2, lease = NULL, lease_until_ms = NULL WHERE practice_id = $1 AND state = 3 AND lease_until_ms < $2",
    [ARRIVAL_HOPELESS] =
        "WITH picked AS MATERIALIZED (SELECT id FROM arrival WHERE practice_id = $1 AND state = 2 ORDER BY id LIMIT $5 /*SKIP LOCKED*/)"
        " UPDATE arrival SET state = 5, reason = $3, decided_ms = $2 WHERE practice_id = $1 AND id IN (SELECT id FROM picked)"
        " AND tries >= $4 RETURNING " COLUMNS,
    [ARRIVAL_LEAVE] =
        "UPDATE arrival SET state = $4, reason = $5, decided_ms = $6, lease = NULL, lease_until_ms = NULL"
        " WHERE practice_id = $1 AND id = $2 AND state = 3 AND lease = $3",
    [ARRIVAL_BACK] =
        "UPDATE arrival SET state = 2, lease = NULL, lease_until_ms = NULL"
        " WHERE practice_id = $1 AND id = $2 AND state = 3 AND lease = $3",
    [ARRIVAL_PUT_OFF] = "UPDATE arrival SET tries = tries - $5, lease_until_ms = $4 WHERE practice_id = $1 AND id = $2 AND state = 3 AND lease = $3",
    [ARRIVAL_UNPARK] =
        "UPDATE arrival SET state = $3, reason = NULL, tries = 0, decided_ms = $4 WHERE practice_id = $1 AND id = $2 AND state = 5",
    [ARRIVAL_GET] = "SELECT " COLUMNS " FROM arrival WHERE practice_id = $1 AND id = $2",
    [ARRIVAL_LIST] = "SELECT " COLUMNS " FROM arrival WHERE practice_id = $1 AND state = $2 ORDER BY id LIMIT $3",
    [ARRIVAL_COUNT] = "SELECT COUNT(*) FROM arrival WHERE practice_id = $1 AND state = $2",
    [ARRIVAL_OLD_CHUNKS] = "DELETE FROM arrival_chunk WHERE practice_id = $1 AND arrival_id IN (" OLD_ONES ")",
    [ARRIVAL_OLD_ROWS] = "DELETE FROM arrival WHERE practice_id = $1 AND id IN (" OLD_ONES ")",
    [ARRIVAL_DELETE] = "DELETE FROM arrival WHERE practice_id = $1 AND id = $2 AND state = 1",
    [CHUNK_INSERT] = "INSERT INTO arrival_chunk (practice_id, arrival_id, n, bytes) VALUES ($1, $2, $3, $4)",
    [CHUNK_GET] = "SELECT bytes FROM arrival_chunk WHERE practice_id = $1 AND arrival_id = $2 AND n = $3",
    [CHUNK_DELETE] = "DELETE FROM arrival_chunk WHERE practice_id = $1 AND arrival_id = $2",
};
/* clang-format on */
const struct db_domain arrival_domain = { "arrival", arrival_sql, ARRIVAL_STMT_COUNT };

static void read_row(struct db_query *q, struct arrival *a)
{
    *a = (struct arrival){
        .id = { db_int(q, 0) },
        .state = (enum arrival_state)db_int(q, 1),
        .source = (enum arrival_source)db_int(q, 2),
        .bytes = db_int(q, 3),
        .is_oversize = db_int(q, 4) != 0,
        .tries = db_int(q, 5),
        .reason = (enum arrival_reason)db_int(q, 6),
        .received_ms = db_int(q, 7),
    };
}

/* RETURNING keeps no order: rows are put in order of id here. */
static enum rc read_rows(struct db_query *q, size_t max, struct arena *mem, struct arrival **ret, size_t *ret_n,
                         struct err *err)
{
    struct arrival *rows = ARENA_ARRAY(mem, max, struct arrival);
    size_t n = 0;
    bool row;
    enum rc rc;

    while (!(rc = db_step(q, &row, err)) && row) {
        struct arrival a;
        size_t at = n++;

        assert(n <= max);
        read_row(q, &a);
        for (; at > 0 && rows[at - 1].id.v > a.id.v; at--)
            rows[at] = rows[at - 1];
        rows[at] = a;
    }
    *ret = rows;
    *ret_n = n;
    return rc;
}

/* What somebody claimed who is gone is new again. A statement of its own: with an OR in the claim, SQLite walks through all that ever came. */
static enum rc take_back_lapsed(struct db *db, struct practice_id practice, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(db, arrival_sql[ARRIVAL_LAPSED], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, practice.v);
    db_bind_int(q, 2, clock_now_ms(clock_real()));
    return db_run(q, NULL, err);
}

enum rc arrival_claim(struct db *db, struct practice_id practice, int64_t lease, int64_t lease_ms, size_t max,
                      struct arena *mem, struct arrival **ret, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = take_back_lapsed(db, practice, err);

    if (!rc)
        rc = db_query(db, arrival_sql[ARRIVAL_CLAIM], &q, err);
    if (rc)
        return rc;
    db_bind_int(q, AC_PRACTICE, practice.v);
    db_bind_int(q, AC_LEASE, lease);
    db_bind_int(q, AC_UNTIL, clock_now_ms(clock_real()) + lease_ms);
    db_bind_int(q, AC_TRIES, ARRIVAL_MAX_TRIES);
    db_bind_int(q, AC_MAX, (int64_t)max);
    return read_rows(q, max, mem, ret, ret_n, err);
}

enum rc arrival_park_hopeless(struct db *db, struct practice_id practice, int64_t now_ms, size_t max, struct arena *mem,
                              struct arrival **ret, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = take_back_lapsed(db, practice, err);

    if (!rc)
        rc = db_query(db, arrival_sql[ARRIVAL_HOPELESS], &q, err);
    if (rc)
        return rc;
    db_bind_int(q, AH_PRACTICE, practice.v);
    db_bind_int(q, AH_DECIDED, now_ms);
    db_bind_int(q, AH_REASON, ARRIVAL_TRIES);
    db_bind_int(q, AH_TRIES, ARRIVAL_MAX_TRIES);
    db_bind_int(q, AH_MAX, (int64_t)max);
    return read_rows(q, max, mem, ret, ret_n, err);
}

static enum rc run_one(struct db_query *q, struct arrival_id id, enum rc none, const char *why, struct err *err)
{
    int64_t changes;
    enum rc rc = db_run(q, &changes, err);

    if (rc)
        return rc;
    return changes == 1 ? RC_OK : err_set(err, none, "arrival %" PRId64 ": %s", id.v, why);
}

static enum rc leave(struct db *db, struct practice_id practice, struct arrival_id id, int64_t lease,
                     enum arrival_state state, enum arrival_reason reason, int64_t now_ms, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(db, arrival_sql[ARRIVAL_LEAVE], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, AL_PRACTICE, practice.v);
    db_bind_int(q, AL_ID, id.v);
    db_bind_int(q, AL_LEASE, lease);
    db_bind_int(q, AL_STATE, state);
    if (reason)
        db_bind_int(q, AL_REASON, reason);
    else
        db_bind_null(q, AL_REASON);
    db_bind_int(q, AL_DECIDED, now_ms);
    return run_one(q, id, RC_CONFLICT, "the lease is lost", err);
}

enum rc arrival_done(struct db *db, struct practice_id practice, struct arrival_id id, int64_t lease, int64_t now_ms,
                     struct err *err)
{
    return leave(db, practice, id, lease, ARRIVAL_DONE, (enum arrival_reason)0, now_ms, err);
}

enum rc arrival_park(struct db *db, struct practice_id practice, struct arrival_id id, int64_t lease,
                     enum arrival_reason reason, int64_t now_ms, struct err *err)
{
    return leave(db, practice, id, lease, ARRIVAL_PARKED, reason, now_ms, err);
}

enum rc arrival_give_back(struct db *db, struct practice_id practice, struct arrival_id id, int64_t lease,
                          struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(db, arrival_sql[ARRIVAL_BACK], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, practice.v);
    db_bind_int(q, 2, id.v);
    db_bind_int(q, 3, lease);
    return run_one(q, id, RC_CONFLICT, "the lease is lost", err);
}

enum rc arrival_put_off(struct db *db, struct practice_id practice, struct arrival_id id, int64_t lease,
                        int64_t wait_ms, bool was_try, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(db, arrival_sql[ARRIVAL_PUT_OFF], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, practice.v);
    db_bind_int(q, 2, id.v);
    db_bind_int(q, 3, lease);
    db_bind_int(q, 4, clock_now_ms(clock_real()) + wait_ms);
    db_bind_int(q, 5, was_try ? 0 : 1);
    return run_one(q, id, RC_CONFLICT, "the lease is lost", err);
}

static enum rc unpark(struct db *db, struct practice_id practice, struct arrival_id id, enum arrival_state state,
                      const int64_t *decided_ms, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(db, arrival_sql[ARRIVAL_UNPARK], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, AU_PRACTICE, practice.v);
    db_bind_int(q, AU_ID, id.v);
    db_bind_int(q, AU_STATE, state);
    if (decided_ms)
        db_bind_int(q, AU_DECIDED, *decided_ms);
    else
        db_bind_null(q, AU_DECIDED);
    return run_one(q, id, RC_NOT_FOUND, "it is not parked", err);
}

enum rc arrival_reopen(struct db *db, struct practice_id practice, struct arrival_id id, struct err *err)
{
    return unpark(db, practice, id, ARRIVAL_NEW, NULL, err);
}

enum rc arrival_settle(struct db *db, struct practice_id practice, struct arrival_id id, int64_t now_ms,
                       struct err *err)
{
    return unpark(db, practice, id, ARRIVAL_DONE, &now_ms, err);
}

enum rc arrival_get(struct db *db, struct practice_id practice, struct arrival_id id, struct arrival *ret,
                    struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(db, arrival_sql[ARRIVAL_GET], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, practice.v);
    db_bind_int(q, 2, id.v);
    rc = db_one(q, err);
    if (!rc)
        read_row(q, ret);
    return rc;
}

enum rc arrival_list(struct db *db, struct practice_id practice, enum arrival_state state, size_t max,
                     struct arena *mem, struct arrival **ret, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(db, arrival_sql[ARRIVAL_LIST], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, practice.v);
    db_bind_int(q, 2, state);
    db_bind_int(q, 3, (int64_t)max);
    return read_rows(q, max, mem, ret, ret_n, err);
}

enum rc arrival_count(struct db *db, struct practice_id practice, enum arrival_state state, int64_t *ret_n,
                      struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(db, arrival_sql[ARRIVAL_COUNT], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, practice.v);
    db_bind_int(q, 2, state);
    rc = db_one(q, err);
    if (!rc)
        *ret_n = db_int(q, 0);
    return rc;
}

static enum rc delete_old(struct db *db, enum arrival_stmt stmt, struct practice_id practice, enum arrival_state state,
                          int64_t before_ms, size_t max, int64_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(db, arrival_sql[stmt], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, AO_PRACTICE, practice.v);
    db_bind_int(q, AO_STATE, state);
    db_bind_int(q, AO_BEFORE, before_ms);
    db_bind_int(q, AO_MAX, (int64_t)max);
    return db_run(q, ret_n, err);
}

enum rc arrival_purge(struct db *db, struct practice_id practice, int64_t before_ms, size_t max, int64_t *ret_n,
                      struct err *err)
{
    enum rc rc = delete_old(db, ARRIVAL_OLD_CHUNKS, practice, ARRIVAL_DONE, before_ms, max, NULL, err);

    return rc ? rc : delete_old(db, ARRIVAL_OLD_ROWS, practice, ARRIVAL_DONE, before_ms, max, ret_n, err);
}

/* A receiving row holds the real time of its begin in received_ms until it is finished. */
enum rc arrival_sweep(struct db *db, struct practice_id practice, size_t max, int64_t *ret_n, struct err *err)
{
    const int64_t before_ms = clock_now_ms(clock_real()) - ARRIVAL_RECEIVING_MS;
    enum rc rc = delete_old(db, ARRIVAL_OLD_CHUNKS, practice, ARRIVAL_RECEIVING, before_ms, max, NULL, err);

    return rc ? rc : delete_old(db, ARRIVAL_OLD_ROWS, practice, ARRIVAL_RECEIVING, before_ms, max, ret_n, err);
}
