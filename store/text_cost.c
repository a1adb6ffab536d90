#include "store/text_cost.h"

#include <assert.h>

/* clang-format off */
enum cost_stmt { COST_ADD, COST_ACTUAL, COST_SUM, COST_SUM_GROUP, COST_PERSON, BUDGET_SET, BUDGET_GET, BUDGET_WARN, COST_STMT_COUNT };
enum cost_add_arg {
    CA_PRACTICE = 1, CA_ID, CA_OUT, CA_PERSON, CA_GROUP, CA_SENDER, CA_KIND, CA_PARTS, CA_UCS2, CA_ESTIMATE, CA_ACTUAL, CA_NOW
};

#define SUMS \
    "COUNT(*), CAST(SUM(parts) AS BIGINT), CAST(SUM(COALESCE(actual_micro, estimate_micro)) AS BIGINT), CAST(SUM(is_ucs2 * parts) AS BIGINT)," \
    " CAST(SUM(CASE WHEN actual_micro IS NULL THEN 0 ELSE 1 END) AS BIGINT)"

static const char *const cost_sql[COST_STMT_COUNT] = {
    [COST_ADD] =
        "INSERT INTO text_ledger (practice_id, id, is_out, person_id, group_id, sender_id, kind, parts, is_ucs2, estimate_micro, actual_micro, at_ms)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING",
    [COST_ACTUAL] = "UPDATE text_ledger SET actual_micro = $3 WHERE practice_id = $1 AND id = $2 AND actual_micro IS NULL",
    [COST_SUM] = "SELECT " SUMS " FROM text_ledger WHERE practice_id = $1 AND at_ms >= $2 AND at_ms < $3",
    [COST_SUM_GROUP] = "SELECT " SUMS " FROM text_ledger WHERE practice_id = $1 AND at_ms >= $2 AND at_ms < $3 AND group_id = $4",
    [COST_PERSON] = "SELECT " SUMS " FROM text_ledger WHERE practice_id = $1 AND person_id = $2 AND at_ms >= $3 AND is_out = 1",
    [BUDGET_SET] =
        "INSERT INTO text_budget (practice_id, group_id, month_micro, told_month, told_percent) VALUES ($1, $2, $3, 0, 0)"
        " ON CONFLICT (practice_id, group_id) DO UPDATE SET month_micro = excluded.month_micro, told_month = 0, told_percent = 0",
    [BUDGET_GET] = "SELECT month_micro, told_month, told_percent FROM text_budget WHERE practice_id = $1 AND group_id = $2",
    [BUDGET_WARN] =
        "UPDATE text_budget SET told_month = $3, told_percent = $4 WHERE practice_id = $1 AND group_id = $2"
        " AND (told_month <> $3 OR told_percent < $4)",
};
/* clang-format on */
const struct db_domain text_cost_domain = { "text_cost", cost_sql, COST_STMT_COUNT };

enum rc text_cost_add(struct store *st, const struct text_cost *cost, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (db_query(st->db, cost_sql[COST_ADD], &q, err))
        return err->rc;
    db_bind_int(q, CA_PRACTICE, st->practice.v);
    db_bind_int(q, CA_ID, cost->id);
    db_bind_int(q, CA_OUT, cost->is_out);
    db_bind_int(q, CA_PERSON, cost->person.v);
    db_bind_int(q, CA_GROUP, cost->group.v);
    db_bind_int(q, CA_SENDER, cost->sender.v);
    db_bind_int(q, CA_KIND, cost->kind);
    db_bind_int(q, CA_PARTS, cost->parts);
    db_bind_int(q, CA_UCS2, cost->is_ucs2);
    db_bind_int(q, CA_ESTIMATE, cost->estimate_micro);
    if (cost->actual_micro >= 0)
        db_bind_int(q, CA_ACTUAL, cost->actual_micro);
    else
        db_bind_null(q, CA_ACTUAL);
    db_bind_int(q, CA_NOW, clock_now_ms(st->clock));
    return db_run(q, NULL, err);
}

static enum rc start(struct store *st, enum cost_stmt stmt, int64_t a, int64_t b, struct db_query **ret_q,
                     struct err *err)
{
    const enum rc rc = db_query(st->db, cost_sql[stmt], ret_q, err);

    if (rc)
        return rc;
    db_bind_int(*ret_q, 1, st->practice.v);
    db_bind_int(*ret_q, 2, a);
    if (stmt != BUDGET_GET)
        db_bind_int(*ret_q, 3, b);
    return RC_OK;
}

enum rc text_cost_actual(struct store *st, int64_t text, int64_t micro, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    return start(st, COST_ACTUAL, text, micro, &q, err) ? err->rc : db_run(q, NULL, err);
}

static enum rc read_sum(struct db_query *q, struct text_sum *ret, struct err *err)
{
    if (db_one(q, err))
        return err_wrap(err, "cost of texts");
    *ret = (struct text_sum){ db_int(q, 0), db_int(q, 1), db_int(q, 2), db_int(q, 3), db_int(q, 4) };
    return RC_OK;
}

enum rc text_cost_sum(struct store *st, struct group_id group, int64_t from_ms, int64_t until_ms, struct text_sum *ret,
                      struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, group.v ? COST_SUM_GROUP : COST_SUM, from_ms, until_ms, &q, err))
        return err->rc;
    if (group.v)
        db_bind_int(q, 4, group.v);
    return read_sum(q, ret, err);
}

enum rc text_cost_of_person(struct store *st, struct person_id person, int64_t since_ms, struct text_sum *ret,
                            struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    return start(st, COST_PERSON, person.v, since_ms, &q, err) ? err->rc : read_sum(q, ret, err);
}

enum rc text_budget_set(struct store *st, const struct text_budget *budget, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    return start(st, BUDGET_SET, budget->group.v, budget->month_micro, &q, err) ? err->rc : db_run(q, NULL, err);
}

enum rc text_budget_get(struct store *st, struct group_id group, struct text_budget *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, BUDGET_GET, group.v, 0, &q, err))
        return err->rc;
    if (db_one(q, err))
        return err_wrap(err, "budget of texts");
    *ret = (struct text_budget){ group, db_int(q, 0), db_int(q, 1), db_int(q, 2) };
    return RC_OK;
}

enum rc text_budget_take_warning(struct store *st, struct group_id group, int64_t month, int64_t percent,
                                 bool *ret_is_first, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t n;
    enum rc rc;

    assert(db_in_tx(st->db));
    if (start(st, BUDGET_WARN, group.v, month, &q, err))
        return err->rc;
    db_bind_int(q, 4, percent);
    rc = db_run(q, &n, err);
    if (!rc)
        *ret_is_first = n > 0;
    return rc;
}
