#include "store/page_call.h"

#include <assert.h>

enum page_call_stmt { CALL_ADD, CALL_WAITING, CALL_START, CALL_PAGE, CALL_END, PAGE_CALL_STMT_COUNT };
enum { CA_PRACTICE = 1, CA_ID, CA_PAGE, CA_NOW };
enum { CS_PRACTICE = 1, CS_NOW, CS_UNTIL };

#define CALL_IS_WAITING "practice_id = $1 AND state IN (1, 2) AND (state = 1 OR lease_until_ms < $2)"

/* clang-format off */
static const char *const page_call_sql[PAGE_CALL_STMT_COUNT] = {
    [CALL_ADD] = "INSERT INTO page_call (practice_id, id, page_id, state, tries, created_ms)"
                 " SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT), 1, 0, CAST($4 AS BIGINT) WHERE NOT EXISTS"
                 " (SELECT 1 FROM page_call WHERE practice_id = $1 AND state = 1 AND page_id = $3)",
    [CALL_WAITING] = "SELECT COUNT(*) FROM page_call WHERE " CALL_IS_WAITING,
    [CALL_START] = "UPDATE page_call SET state = 2, tries = tries + 1, lease_until_ms = $3 WHERE practice_id = $1 AND id IN"
                   " (SELECT id FROM page_call WHERE " CALL_IS_WAITING " ORDER BY state, id LIMIT 1 /*SKIP LOCKED*/)"
                   " RETURNING id, page_id, tries",
    [CALL_PAGE] = "SELECT page_id FROM page_call WHERE practice_id = $1 AND id = $2",
    [CALL_END] = "UPDATE page_call SET state = 3, code = $3, lease_until_ms = NULL WHERE practice_id = $1 AND id = $2 AND state = 2",
};
/* clang-format on */
const struct db_domain page_call_domain = { "page_call", page_call_sql, PAGE_CALL_STMT_COUNT };

enum rc page_call_add(struct store *st, struct page_id page, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (db_query(st->db, page_call_sql[CALL_ADD], &q, err))
        return err->rc;
    db_bind_int(q, CA_PRACTICE, st->practice.v);
    db_bind_int(q, CA_ID, id_next(st->ids));
    db_bind_int(q, CA_PAGE, page.v);
    db_bind_int(q, CA_NOW, clock_now_ms(st->clock));
    return db_run(q, NULL, err) ? err_wrap(err, "page call") : RC_OK;
}

enum rc page_call_is_waiting(struct store *st, bool *ret_is_waiting, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(st->db, page_call_sql[CALL_WAITING], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, clock_now_ms(clock_real()));
    if (db_one(q, err))
        return err_wrap(err, "page call");
    *ret_is_waiting = db_int(q, 0) > 0;
    return RC_OK;
}

enum rc page_call_start(struct store *st, int64_t lease_ms, struct page_call *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const int64_t now_ms = clock_now_ms(clock_real());
    enum rc rc;

    assert(db_in_tx(st->db));
    if (db_query(st->db, page_call_sql[CALL_START], &q, err))
        return err->rc;
    db_bind_int(q, CS_PRACTICE, st->practice.v);
    db_bind_int(q, CS_NOW, now_ms);
    db_bind_int(q, CS_UNTIL, now_ms + lease_ms);
    rc = db_one(q, err);
    if (rc)
        return rc;
    *ret = (struct page_call){ .id = db_int(q, 0), .page = { db_int(q, 1) }, .tries = db_int(q, 2) };
    return RC_OK;
}

enum rc page_call_page(struct store *st, int64_t id, struct page_id *ret_page, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(st->db, page_call_sql[CALL_PAGE], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id);
    if (db_one(q, err))
        return err_wrap(err, "page call");
    ret_page->v = db_int(q, 0);
    return RC_OK;
}

enum rc page_call_end(struct store *st, int64_t id, int64_t code, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t changed;

    assert(db_in_tx(st->db));
    if (db_query(st->db, page_call_sql[CALL_END], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id);
    db_bind_int(q, 3, code);
    if (db_run(q, &changed, err))
        return err_wrap(err, "page call");
    return changed ? RC_OK : err_set(err, RC_CONFLICT, "the run is over already");
}
