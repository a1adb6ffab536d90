#include "store/visit.h"

#include "store/rows.h"
#include "store/visit_plan.h"

#include <assert.h>

enum visit_stmt {
    VISIT_NUMBER,
    VISIT_ADD,
    VISIT_GET,
    VISIT_BY_NUMBER,
    VISIT_BETWEEN,
    VISIT_BETWEEN_OF,
    VISIT_OF_SERIES,
    VISIT_CHANGE,
    VISIT_TOLD,
    VISIT_STMT_COUNT
};

#define COLUMNS                                                                                                        \
    "id, number, COALESCE(series_id, 0), COALESCE(series_day, 0), state, start_ms, version, after_id, created_ms, "
#define OWN 9 /* columns before those of the plan */

/* clang-format off */
static const char *const visit_sql[VISIT_STMT_COUNT] = {
    [VISIT_NUMBER] = "SELECT COALESCE(MAX(number), 0) + 1 FROM visit WHERE practice_id = $1",
    [VISIT_ADD] =
        "INSERT INTO visit (practice_id, id, " VISIT_PLAN_COLUMNS ", number, series_id, series_day, state, start_ms, version, after_id,"
        " created_ms) VALUES ($1, $2, " VISIT_PLAN_PLACES ", $15, $16, $17, 1, $18, 1, 0, $19)"
        " ON CONFLICT DO NOTHING",
    [VISIT_GET] = "SELECT " COLUMNS VISIT_PLAN_COLUMNS " FROM visit WHERE practice_id = $1 AND id = $2",
    [VISIT_BY_NUMBER] = "SELECT " COLUMNS VISIT_PLAN_COLUMNS " FROM visit WHERE practice_id = $1 AND number = $2",
    [VISIT_BETWEEN] =
        "SELECT " COLUMNS VISIT_PLAN_COLUMNS " FROM visit WHERE practice_id = $1 AND start_ms >= $2 AND start_ms < $3 ORDER BY start_ms, id",
    [VISIT_BETWEEN_OF] =
        "SELECT " COLUMNS VISIT_PLAN_COLUMNS " FROM visit WHERE practice_id = $1 AND start_ms >= $2 AND start_ms < $3 AND group_id = $4"
        " ORDER BY start_ms, id",
    [VISIT_OF_SERIES] =
        "SELECT " COLUMNS VISIT_PLAN_COLUMNS " FROM visit WHERE practice_id = $1 AND series_id = $2 ORDER BY +start_ms, id",
    [VISIT_CHANGE] =
        "UPDATE visit SET group_id = $3, staff_id = $4, host_id = $5, cohost_id = $6, speaker_id = $7, kind = $8, zone = $9, day = $10,"
        " minute = $11, minutes = $12, capacity = $13, words_sealed = $14, state = $16, start_ms = $17, version = version + $18,"
        " after_id = CASE WHEN $18 > 0 THEN 0 ELSE after_id END"
        " WHERE practice_id = $1 AND id = $2 AND version = $15",
    [VISIT_TOLD] = "UPDATE visit SET after_id = $3 WHERE practice_id = $1 AND id = $2",
};
/* clang-format on */
const struct db_domain visit_domain = { "visit", visit_sql, VISIT_STMT_COUNT };

static enum rc start(struct store *st, enum visit_stmt stmt, struct db_query **ret_q, struct err *err)
{
    const enum rc rc = db_query(st->db, visit_sql[stmt], ret_q, err);

    if (!rc)
        db_bind_int(*ret_q, 1, st->practice.v);
    return rc;
}

static enum rc next_number(struct store *st, int64_t *ret_number, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, VISIT_NUMBER, &q, err) || db_one(q, err))
        return err->rc;
    *ret_number = db_int(q, 0);
    return RC_OK;
}

enum rc visit_add(struct store *st, struct visit *v, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("visit_add");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t changed = 0;

    assert(db_in_tx(st->db));
    v->id.v = id_next(st->ids);
    v->state = VISIT_PLANNED;
    v->version = 1;
    v->created_ms = clock_now_ms(st->clock);
    if (next_number(st, &v->number, err) || start(st, VISIT_ADD, &q, err))
        return err_wrap(err, "add visit");
    db_bind_int(q, 2, v->id.v);
    visit_plan_bind(st, q, COL_VISIT_WORDS, v->id.v, &v->plan, mem);
    db_bind_int(q, 15, v->number);
    if (v->series.v) {
        db_bind_int(q, 16, v->series.v);
        db_bind_int(q, 17, v->series_day);
    } else {
        db_bind_null(q, 16);
        db_bind_null(q, 17);
    }
    db_bind_int(q, 18, v->start_ms);
    db_bind_int(q, 19, v->created_ms);
    if (db_run(q, &changed, err))
        return err_wrap(err, "add visit %" PRId64, v->id.v);
    return changed ? RC_OK : err_set(err, RC_CONFLICT, "that day of series %" PRId64 " has its visit", v->series.v);
}

static enum rc read_visit(struct store *st, struct db_query *q, struct arena *mem, struct visit *v, struct err *err)
{
    *v = (struct visit){ .id = { db_int(q, 0) },
                         .number = db_int(q, 1),
                         .series = { db_int(q, 2) },
                         .series_day = db_int(q, 3),
                         .state = (enum visit_state)db_int(q, 4),
                         .start_ms = db_int(q, 5),
                         .version = db_int(q, 6),
                         .after = { db_int(q, 7) },
                         .created_ms = db_int(q, 8) };
    return visit_plan_read(st, q, OWN, COL_VISIT_WORDS, v->id.v, mem, &v->plan, err);
}

static enum rc get_by(struct store *st, enum visit_stmt stmt, int64_t what, struct arena *mem, struct visit *ret,
                      struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, stmt, &q, err))
        return err->rc;
    db_bind_int(q, 2, what);
    if (db_one(q, err) || read_visit(st, q, mem, ret, err))
        return err_wrap(err, "visit %" PRId64, what);
    return RC_OK;
}

enum rc visit_get(struct store *st, struct visit_id id, struct arena *mem, struct visit *ret, struct err *err)
{
    return get_by(st, VISIT_GET, id.v, mem, ret, err);
}

enum rc visit_by_number(struct store *st, int64_t number, struct arena *mem, struct visit *ret, struct err *err)
{
    return get_by(st, VISIT_BY_NUMBER, number, mem, ret, err);
}

static enum rc read_all(struct store *st, struct db_query *q, struct arena *mem, struct visit **ret, size_t *ret_n,
                        struct err *err)
{
    struct visit *list = NULL;
    size_t n = 0, cap = 0;
    bool row;
    enum rc rc;

    while (!(rc = db_step(q, &row, err)) && row) {
        list = rows_room(mem, list, n, &cap, sizeof *list);
        rc = read_visit(st, q, mem, &list[n++], err);
        if (rc)
            break;
    }
    *ret = list;
    *ret_n = n;
    return rc ? err_wrap(err, "visits") : RC_OK;
}

enum rc visit_between(struct store *st, struct group_id group, int64_t from_ms, int64_t until_ms, struct arena *mem,
                      struct visit **ret, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, group.v ? VISIT_BETWEEN_OF : VISIT_BETWEEN, &q, err))
        return err->rc;
    db_bind_int(q, 2, from_ms);
    db_bind_int(q, 3, until_ms);
    if (group.v)
        db_bind_int(q, 4, group.v);
    return read_all(st, q, mem, ret, ret_n, err);
}

enum rc visit_of_series(struct store *st, struct visit_series_id series, struct arena *mem, struct visit **ret,
                        size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, VISIT_OF_SERIES, &q, err))
        return err->rc;
    db_bind_int(q, 2, series.v);
    return read_all(st, q, mem, ret, ret_n, err);
}

enum rc visit_change(struct store *st, struct visit *v, bool must_tell, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("visit_change");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t changed = 0;

    assert(db_in_tx(st->db));
    if (start(st, VISIT_CHANGE, &q, err))
        return err->rc;
    db_bind_int(q, 2, v->id.v);
    visit_plan_bind(st, q, COL_VISIT_WORDS, v->id.v, &v->plan, mem);
    db_bind_int(q, 15, v->version);
    db_bind_int(q, 16, v->state);
    db_bind_int(q, 17, v->start_ms);
    db_bind_int(q, 18, must_tell);
    if (db_run(q, &changed, err))
        return err_wrap(err, "change visit %" PRId64, v->id.v);
    if (!changed)
        return err_set(err, RC_CONFLICT, "visit %" PRId64 " was changed meanwhile", v->id.v);
    v->version += must_tell;
    if (must_tell)
        v->after.v = 0;
    return RC_OK;
}

enum rc visit_told_until(struct store *st, struct visit_id id, struct membership_id after, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, VISIT_TOLD, &q, err))
        return err->rc;
    db_bind_int(q, 2, id.v);
    db_bind_int(q, 3, after.v);
    return db_run(q, NULL, err);
}

const char *visit_kind_name(enum visit_kind kind)
{
    static const char *const names[VISIT_KIND_END] = { "?", "group visit", "guest speaker", "questions", "class" };

    return kind > 0 && kind < VISIT_KIND_END ? names[kind] : "?";
}

const char *visit_state_name(enum visit_state state)
{
    static const char *const names[] = { "?", "planned", "cancelled", "over" };

    return state > 0 && (size_t)state < COUNT_OF(names) ? names[state] : "?";
}
