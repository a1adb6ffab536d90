/* The series of store/visit.h. */
#include "store/rows.h"
#include "store/visit_plan.h"

#include <assert.h>

enum series_stmt { SERIES_ADD, SERIES_GET, SERIES_LIST, SERIES_END, DAY_SET, DAY_LIST, SERIES_STMT_COUNT };

#define COLUMNS "id, state, rule, created_ms, " VISIT_PLAN_COLUMNS

/* clang-format off */
static const char *const series_sql[SERIES_STMT_COUNT] = {
    [SERIES_ADD] =
        "INSERT INTO visit_series (practice_id, id, " VISIT_PLAN_COLUMNS ", state, rule, created_ms) VALUES ($1, $2, " VISIT_PLAN_PLACES
        ", 1, $15, $16)",
    [SERIES_GET] = "SELECT " COLUMNS " FROM visit_series WHERE practice_id = $1 AND id = $2",
    [SERIES_LIST] = "SELECT " COLUMNS " FROM visit_series WHERE practice_id = $1 ORDER BY state, id",
    [SERIES_END] = "UPDATE visit_series SET state = 2 WHERE practice_id = $1 AND id = $2 AND state = 1",
    [DAY_SET] =
        "INSERT INTO visit_series_day (practice_id, series_id, day, minute) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    [DAY_LIST] = "SELECT day, minute FROM visit_series_day WHERE practice_id = $1 AND series_id = $2 ORDER BY day, minute",
};
/* clang-format on */
const struct db_domain visit_series_domain = { "visit_series", series_sql, SERIES_STMT_COUNT };

static enum rc start(struct store *st, enum series_stmt stmt, int64_t id, struct db_query **ret_q, struct err *err)
{
    const enum rc rc = db_query(st->db, series_sql[stmt], ret_q, err);

    if (!rc)
        db_bind_int(*ret_q, 1, st->practice.v);
    if (!rc && id)
        db_bind_int(*ret_q, 2, id);
    return rc;
}

enum rc visit_series_add(struct store *st, struct visit_series *s, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("visit_series");
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    s->id.v = id_next(st->ids);
    s->state = VISIT_SERIES_OPEN;
    s->created_ms = clock_now_ms(st->clock);
    if (start(st, SERIES_ADD, s->id.v, &q, err))
        return err->rc;
    visit_plan_bind(st, q, COL_VISIT_SERIES_WORDS, s->id.v, &s->plan, mem);
    db_bind_text(q, 15, s->rule);
    db_bind_int(q, 16, s->created_ms);
    return db_run(q, NULL, err) ? err_wrap(err, "add series %" PRId64, s->id.v) : RC_OK;
}

static enum rc read_series(struct store *st, struct db_query *q, struct arena *mem, struct visit_series *s,
                           struct err *err)
{
    *s = (struct visit_series){ .id = { db_int(q, 0) },
                                .state = (enum visit_series_state)db_int(q, 1),
                                .rule = arena_strdup(mem, db_text(q, 2)),
                                .created_ms = db_int(q, 3) };
    return visit_plan_read(st, q, 4, COL_VISIT_SERIES_WORDS, s->id.v, mem, &s->plan, err);
}

enum rc visit_series_get(struct store *st, struct visit_series_id id, struct arena *mem, struct visit_series *ret,
                         struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, SERIES_GET, id.v, &q, err) || db_one(q, err) || read_series(st, q, mem, ret, err))
        return err_wrap(err, "series %" PRId64, id.v);
    return RC_OK;
}

enum rc visit_series_list(struct store *st, struct arena *mem, struct visit_series **ret, size_t *ret_n,
                          struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct visit_series *list = NULL;
    size_t n = 0, cap = 0;
    bool row;
    enum rc rc = start(st, SERIES_LIST, 0, &q, err);

    while (!rc && !(rc = db_step(q, &row, err)) && row) {
        list = rows_room(mem, list, n, &cap, sizeof *list);
        rc = read_series(st, q, mem, &list[n++], err);
    }
    *ret = list;
    *ret_n = n;
    return rc ? err_wrap(err, "series") : RC_OK;
}

enum rc visit_series_end(struct store *st, struct visit_series_id id, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t changed = 0;

    assert(db_in_tx(st->db));
    if (start(st, SERIES_END, id.v, &q, err) || db_run(q, &changed, err))
        return err_wrap(err, "end series %" PRId64, id.v);
    return changed ? RC_OK : err_set(err, RC_CONFLICT, "series %" PRId64 " has ended already", id.v);
}

enum rc visit_series_set_day(struct store *st, struct visit_series_id id, struct visit_series_day day, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, DAY_SET, id.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, day.day);
    db_bind_int(q, 4, day.minute);
    return db_run(q, NULL, err) ? err_wrap(err, "day of series %" PRId64, id.v) : RC_OK;
}

enum rc visit_series_days(struct store *st, struct visit_series_id id, struct arena *mem, struct visit_series_day **ret,
                          size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct visit_series_day *list = NULL;
    size_t n = 0, cap = 0;
    bool row;
    enum rc rc = start(st, DAY_LIST, id.v, &q, err);

    while (!rc && !(rc = db_step(q, &row, err)) && row) {
        list = rows_room(mem, list, n, &cap, sizeof *list);
        list[n++] = (struct visit_series_day){ db_int(q, 0), db_int(q, 1) };
    }
    *ret = list;
    *ret_n = n;
    return rc ? err_wrap(err, "days of series %" PRId64, id.v) : RC_OK;
}
