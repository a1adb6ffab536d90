/* The way of a delivery from ready to sent; the diagram is in delivery.h. */
#include "store/delivery.h"
#include "store/delivery_row.h"
#include "store/membership.h"

#include <assert.h>

enum work_stmt {
    WORK_CLAIM,
    WORK_PASS_OVER,
    WORK_LOCK,
    WORK_BEGIN,
    WORK_OUTCOME,
    WORK_RENEW,
    WORK_SWEEP,
    WORK_NEXT_DUE,
    WORK_STMT_COUNT
};

/* clang-format off */
enum work_claim_arg { WC_PRACTICE = 1, WC_LANE, WC_NOW, WC_MAX, WC_LEASE, WC_LEASE_UNTIL };
enum work_outcome_arg {
    WO_PRACTICE = 1, WO_ID, WO_LEASE, WO_STATE, WO_DUE, WO_UNCOUNT, WO_DONE, WO_CODE, WO_STATUS, WO_REMOTE, WO_MAILING,
    WO_HASH, WO_COPY_MS, WO_FAILED
};

/* What of a due time says that it is put off: it stays, whatever becomes of the row. */
#define PUT_OFF_PART "(due_ms & " DELIVERY_WAITS_ANY_MS ")"

static const char *const work_sql[WORK_STMT_COUNT] = {
    [WORK_CLAIM] =
        "WITH picked AS MATERIALIZED (SELECT id FROM delivery WHERE practice_id = $1 AND state = 1 AND lane = $2 AND due_ms <= $3"
        " ORDER BY due_ms, id LIMIT $4 /*SKIP LOCKED*/) UPDATE delivery SET state = 2, lease = $5, lease_until_ms = $6,"
        " attempt = attempt + 1 WHERE practice_id = $1 AND id IN (SELECT id FROM picked) RETURNING " DELIVERY_COLUMNS,
    [WORK_PASS_OVER] =
        "UPDATE delivery SET state = 1, attempt = attempt - 1, lease = NULL, lease_until_ms = NULL"
        " WHERE practice_id = $1 AND lease = $2 AND state = 2 AND due_ms >= " DELIVERY_WAITS_ADDRESS_MS,
    [WORK_LOCK] = "SELECT id FROM delivery WHERE practice_id = $1 AND lease = $2 ORDER BY +id /*LOCK*/",
    [WORK_BEGIN] =
        "UPDATE delivery SET state = 3 WHERE practice_id = $1 AND lease = $2 AND state = 2 RETURNING id",
    [WORK_OUTCOME] =
        "UPDATE delivery SET state = $4, due_ms = CASE WHEN CAST($4 AS BIGINT) = 1 THEN CAST($5 AS BIGINT) + " PUT_OFF_PART " ELSE due_ms - " PUT_OFF_PART " END, attempt = attempt - $6,"
        " sent_ms = $7, code = $8, status_code = $9, remote_sealed = $10, mailing_id = COALESCE(mailing_id, CAST($11 AS BIGINT)), copy_hash = $12, copy_ms = $13, failed_ms = $14,"
        " lease = NULL, lease_until_ms = NULL"
        " WHERE practice_id = $1 AND id = $2 AND lease = $3 AND state IN (2, 3) RETURNING membership_id, to_seq",
    [WORK_RENEW] = "UPDATE delivery SET lease_until_ms = $3 WHERE practice_id = $1 AND lease = $2",
    [WORK_SWEEP] =
        "WITH picked AS MATERIALIZED (SELECT id FROM delivery WHERE practice_id = $1 AND lease IS NOT NULL AND lease_until_ms <= $2"
        " AND state IN (2, 3) /*SKIP LOCKED*/) UPDATE delivery SET state = 1, lease = NULL, lease_until_ms = NULL"
        " WHERE practice_id = $1 AND id IN (SELECT id FROM picked)",
    [WORK_NEXT_DUE] =
        "SELECT due_ms FROM delivery WHERE practice_id = $1 AND state = 1 AND lane = $2 ORDER BY due_ms, id LIMIT 1",
};
/* clang-format on */
const struct db_domain delivery_work_domain = { "delivery_work", work_sql, WORK_STMT_COUNT };

static int compare_order(const void *a, const void *b)
{
    const struct delivery *x = a, *y = b;

    if (x->lane != y->lane)
        return x->lane < y->lane ? -1 : 1;
    if (x->due_ms != y->due_ms)
        return x->due_ms < y->due_ms ? -1 : 1;
    return (x->id.v > y->id.v) - (x->id.v < y->id.v);
}

/* One statement per lane: the index then stops at the last due row, however many wait for tomorrow. */
static enum rc claim_lane(struct store *st, enum lane lane, size_t max, int64_t lease, int64_t until_ms,
                          struct arena *mem, struct delivery **rows, size_t *n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, work_sql[WORK_CLAIM], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, WC_PRACTICE, st->practice.v);
    db_bind_int(q, WC_LANE, lane);
    db_bind_int(q, WC_NOW, clock_now_ms(st->clock));
    db_bind_int(q, WC_MAX, (int64_t)max);
    db_bind_int(q, WC_LEASE, lease);
    db_bind_int(q, WC_LEASE_UNTIL, until_ms);
    return delivery_read_rows(st, q, max, mem, rows, n, err);
}

enum rc delivery_claim(struct store *st, enum lane first, enum lane last, size_t max, int64_t lease_ms,
                       struct arena *mem, int64_t *ret_lease, struct delivery **ret_rows, size_t *ret_n,
                       struct err *err)
{
    const int64_t lease = id_next(st->ids), until_ms = clock_now_ms(clock_real()) + lease_ms;
    struct delivery *all = ARENA_ARRAY(mem, DELIVERY_BATCH_MAX, struct delivery), *rows = NULL;
    size_t n = 0, got = 0;

    assert(db_in_tx(st->db) && max <= DELIVERY_BATCH_MAX);
    for (int lane = first; lane <= (int)last && n < max; lane++) {
        enum rc rc = claim_lane(st, (enum lane)lane, max - n, lease, until_ms, mem, &rows, &got, err);
        if (rc)
            return err_wrap(err, "claim lane %d", lane);
        memcpy(all + n, rows, got * sizeof(*rows));
        n += got;
    }
    qsort(all, n, sizeof(*all), compare_order); /* RETURNING promises no order */
    *ret_lease = lease;
    *ret_rows = all;
    *ret_n = n;
    return RC_OK;
}

/* In the order of ids, as whoever puts off or cancels takes them: so none waits for another that waits for it. */
static enum rc lock_lease(struct store *st, int64_t lease, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (!db_is_postgres(st->db)) /* one writer at a time */
        return RC_OK;
    if (db_query(st->db, work_sql[WORK_LOCK], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, lease);
    return db_run(q, NULL, err);
}

/* What was put off since it was claimed goes back, as if it had not been. */
static enum rc pass_over(struct store *st, int64_t lease, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, work_sql[WORK_PASS_OVER], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, lease);
    return db_run(q, NULL, err);
}

enum rc delivery_begin_send(struct store *st, int64_t lease, struct delivery *rows, size_t *n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    size_t kept = 0;
    bool row = false;
    enum rc rc;

    assert(db_in_tx(st->db));
    rc = lock_lease(st, lease, err);
    if (!rc)
        rc = pass_over(st, lease, err);
    if (!rc)
        rc = db_query(st->db, work_sql[WORK_BEGIN], &q, err);
    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, lease);
    for (rc = db_step(q, &row, err); !rc && row; rc = db_step(q, &row, err))
        for (size_t i = 0; i < *n; i++)
            if (rows[i].id.v == db_int(q, 0))
                rows[i].state = DELIVERY_SENDING;
    if (rc)
        return err_wrap(err, "begin to send");
    for (size_t i = 0; i < *n; i++)
        if (rows[i].state == DELIVERY_SENDING)
            rows[kept++] = rows[i];
    *n = kept;
    return RC_OK;
}

/* 1, 5, 15, 30 minutes, 1, 2, then every 4 hours. */
static int64_t back_off_ms(int64_t attempt)
{
    static const int minutes[] = { 1, 5, 15, 30, 60, 120, 240 };
    const int64_t last = (int64_t)COUNT_OF(minutes) - 1;
    const int64_t at = attempt < 1 ? 0 : attempt - 1 > last ? last : attempt - 1;

    return minutes[at] * MS_MINUTE;
}

static enum delivery_state state_after(const struct delivery_outcome *o)
{
    switch (o->result) {
    case DELIVERY_ACCEPTED:
        return DELIVERY_SENT;
    case DELIVERY_REFUSED:
        return DELIVERY_FAILED;
    case DELIVERY_NOT_SECURED:
        return DELIVERY_NO_TLS;
    case DELIVERY_DROPPED:
        return DELIVERY_CANCELLED;
    case DELIVERY_UNTOUCHED:
        return DELIVERY_READY;
    case DELIVERY_LATER:
        break;
    }
    return o->attempt >= DELIVERY_ATTEMPTS_MAX ? DELIVERY_FAILED : DELIVERY_READY;
}

/* Which rendering left, and what the copy was: kept once nothing else can leave. */
static void bind_copy(struct db_query *q, const struct delivery_outcome *o, bool is_final)
{
    db_bind_id(q, WO_MAILING, is_final ? o->mailing.v : 0);
    db_bind_blob(q, WO_HASH, is_final ? o->copy_hash : NULL, CRYPT_HASH_BYTES);
    db_bind_id(q, WO_COPY_MS, is_final ? o->copy_ms : 0);
}

/* A cursor that is to rise. */
struct rise {
    struct membership_id membership;
    int64_t to_seq;
};

static enum rc record_one(struct store *st, int64_t lease, struct delivery_outcome *o, struct arena *mem,
                          struct rise *ret_rise, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const int64_t now = clock_now_ms(st->clock);
    const enum delivery_state state = state_after(o);
    const int64_t wait = o->result == DELIVERY_UNTOUCHED ? 0 : back_off_ms(o->attempt);
    bool row = false;
    enum rc rc = db_query(st->db, work_sql[WORK_OUTCOME], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, WO_PRACTICE, st->practice.v);
    db_bind_int(q, WO_ID, o->id.v);
    db_bind_int(q, WO_LEASE, lease);
    db_bind_int(q, WO_STATE, state);
    db_bind_int(q, WO_DUE, now + wait);
    db_bind_int(q, WO_UNCOUNT, o->result == DELIVERY_UNTOUCHED);
    db_bind_id(q, WO_DONE, state == DELIVERY_SENT || state == DELIVERY_FAILED || state == DELIVERY_NO_TLS ? now : 0);
    db_bind_id(q, WO_CODE, o->code);
    db_bind_text(q, WO_STATUS, o->status_code[0] ? o->status_code : NULL);
    store_bind_sealed(st, q, WO_REMOTE, COL_DELIVERY_REMOTE, o->id.v, o->remote, mem);
    bind_copy(q, o, state == DELIVERY_SENT || state == DELIVERY_FAILED);
    db_bind_id(q, WO_FAILED, state == DELIVERY_FAILED || state == DELIVERY_NO_TLS ? now : 0);
    rc = db_step(q, &row, err);
    if (rc || !row)
        return rc; /* no row: the lease was lost, and somebody else decides */
    if (state == DELIVERY_SENT)
        *ret_rise = (struct rise){ { db_int(q, 0) }, db_int(q, 1) };
    o->has_failed = state == DELIVERY_FAILED || state == DELIVERY_NO_TLS;
    return db_run(q, NULL, err);
}

static int compare_rises(const void *a, const void *b)
{
    const int64_t x = ((const struct rise *)a)->membership.v, y = ((const struct rise *)b)->membership.v;

    return x < y ? -1 : x > y;
}

/* In the order of ids, as STOP ends memberships: two never wait for each other. */
static enum rc raise_cursors(struct store *st, struct rise *rises, size_t n, struct err *err)
{
    qsort(rises, n, sizeof *rises, compare_rises);
    for (size_t i = 0; i < n; i++)
        if (rises[i].membership.v && rises[i].to_seq &&
            membership_set_cursor(st, rises[i].membership, rises[i].to_seq, err))
            return err->rc;
    return RC_OK;
}

enum rc delivery_record(struct store *st, int64_t lease, int64_t lease_ms, struct delivery_outcome *outcomes, size_t n,
                        struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("delivery_record");
    CLEANUP(db_query_done) struct db_query *renew = NULL;
    struct rise *rises = ARENA_ARRAY(mem, n, struct rise);
    enum rc rc;

    assert(db_in_tx(st->db));
    rc = lock_lease(st, lease, err);
    for (size_t i = 0; !rc && i < n; i++)
        rc = record_one(st, lease, &outcomes[i], mem, &rises[i], err);
    if (!rc)
        rc = raise_cursors(st, rises, n, err);
    if (!rc)
        rc = db_query(st->db, work_sql[WORK_RENEW], &renew, err);
    if (rc)
        return err_wrap(err, "record outcomes");
    db_bind_int(renew, 1, st->practice.v);
    db_bind_int(renew, 2, lease);
    db_bind_int(renew, 3, clock_now_ms(clock_real()) + lease_ms);
    return db_run(renew, NULL, err);
}

enum rc delivery_sweep(struct store *st, int64_t *ret_swept, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc;

    assert(db_in_tx(st->db));
    rc = db_query(st->db, work_sql[WORK_SWEEP], &q, err);
    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, clock_now_ms(clock_real()));
    return db_run(q, ret_swept, err);
}

static enum rc next_due_of(struct store *st, int lane, int64_t *soonest, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    bool row = false;
    enum rc rc = db_query(st->db, work_sql[WORK_NEXT_DUE], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, lane);
    rc = db_step(q, &row, err);
    if (!rc && row && db_int(q, 0) < *soonest)
        *soonest = db_int(q, 0);
    return rc;
}

enum rc delivery_next_due(struct store *st, enum lane first, enum lane last, int64_t *ret_due_ms, struct err *err)
{
    int64_t soonest = INT64_MAX;
    enum rc rc = RC_OK;

    for (int lane = first; !rc && lane <= (int)last; lane++)
        rc = next_due_of(st, lane, &soonest, err);
    if (!rc)
        *ret_due_ms = soonest;
    return rc;
}
