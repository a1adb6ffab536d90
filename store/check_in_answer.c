/* What members answered to check-ins: the part of check_in.h that holds health data. */
#include "store/check_in.h"

#include "store/rows.h"

#include <assert.h>

enum answer_stmt {
    ANSWER_CLEAR,
    ANSWER_ADD,
    ANSWERS_OF,
    ANSWERS_OF_ALL,
    ANSWERS_IN,
    ANSWERS_PAGE,
    ANSWERS_COUNT,
    ANSWER_STMT_COUNT
};

#define ANSWER_COLUMNS "id, check_in_id, round_id, person_id, value_sealed, at_ms"

/* clang-format off */
static const char *const answer_sql[ANSWER_STMT_COUNT] = {
    [ANSWER_CLEAR] = "DELETE FROM check_in_value WHERE practice_id = $1 AND round_id = $2 AND person_id = $3",
    [ANSWER_ADD] =
        "INSERT INTO check_in_value (practice_id, id, check_in_id, round_id, person_id, value_sealed, at_ms)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
    [ANSWERS_OF] =
        "SELECT " ANSWER_COLUMNS " FROM check_in_value WHERE practice_id = $1 AND check_in_id = $2 AND person_id = $3"
        " ORDER BY id DESC LIMIT $4",
    [ANSWERS_OF_ALL] =
        "SELECT " ANSWER_COLUMNS " FROM check_in_value WHERE practice_id = $1 AND person_id = $2 ORDER BY +id DESC LIMIT $3",
    [ANSWERS_IN] = "SELECT " ANSWER_COLUMNS " FROM check_in_value WHERE practice_id = $1 AND round_id = $2 ORDER BY +id",
    [ANSWERS_PAGE] =
        "SELECT " ANSWER_COLUMNS " FROM check_in_value WHERE practice_id = $1 AND check_in_id = $2 AND id > $3 ORDER BY +id LIMIT $4",
    [ANSWERS_COUNT] = "SELECT COUNT(*) FROM check_in_value WHERE practice_id = $1 AND check_in_id = $2 AND person_id = $3",
};
/* clang-format on */
const struct db_domain check_in_answer_domain = { "check_in_answer", answer_sql, ANSWER_STMT_COUNT };

static enum rc start(struct store *st, enum answer_stmt stmt, int64_t id, struct db_query **ret_q, struct err *err)
{
    const enum rc rc = db_query(st->db, answer_sql[stmt], ret_q, err);

    if (!rc) {
        db_bind_int(*ret_q, 1, st->practice.v);
        db_bind_int(*ret_q, 2, id);
    }
    return rc;
}

enum rc check_in_answer(struct store *st, const struct check_in_round *round, struct person_id person,
                        const char *value, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("check_in_answer");
    CLEANUP(db_query_done) struct db_query *clear = NULL;
    CLEANUP(db_query_done) struct db_query *add = NULL;
    const int64_t id = id_next(st->ids);

    assert(db_in_tx(st->db));
    if (start(st, ANSWER_CLEAR, round->id.v, &clear, err))
        return err->rc;
    db_bind_int(clear, 3, person.v);
    if (db_run(clear, NULL, err) || start(st, ANSWER_ADD, id, &add, err))
        return err->rc;
    db_bind_int(add, 3, round->check_in.v);
    db_bind_int(add, 4, round->id.v);
    db_bind_int(add, 5, person.v);
    store_bind_sealed(st, add, 6, COL_CHECK_IN_VALUE, id, value, mem);
    db_bind_int(add, 7, clock_now_ms(st->clock));
    return db_run(add, NULL, err) ? err_wrap(err, "answer in round %" PRId64, round->id.v) : RC_OK;
}

static enum rc read_all(struct store *st, struct db_query *q, struct arena *mem, struct check_in_value **ret,
                        size_t *ret_n, struct err *err)
{
    struct check_in_value *list = NULL;
    size_t n = 0, cap = 0;
    bool row;
    enum rc rc;

    while (!(rc = db_step(q, &row, err)) && row) {
        struct check_in_value *v;

        list = rows_room(mem, list, n, &cap, sizeof *list);
        v = &list[n++];
        *v = (struct check_in_value){ .id = db_int(q, 0),
                                      .check_in = { db_int(q, 1) },
                                      .round = { db_int(q, 2) },
                                      .person = { db_int(q, 3) },
                                      .at_ms = db_int(q, 5) };
        if (store_sealed(st, q, 4, COL_CHECK_IN_VALUE, v->id, mem, &v->value, err))
            return err->rc;
    }
    *ret = list;
    *ret_n = n;
    return rc;
}

enum rc check_in_answers_of(struct store *st, struct check_in_id id, struct person_id person, size_t most,
                            struct arena *mem, struct check_in_value **ret, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct check_in_value *list;
    size_t n;

    if (start(st, id.v ? ANSWERS_OF : ANSWERS_OF_ALL, id.v ? id.v : person.v, &q, err))
        return err->rc;
    if (id.v)
        db_bind_int(q, 3, person.v);
    db_bind_int(q, id.v ? 4 : 3, (int64_t)most);
    if (read_all(st, q, mem, &list, &n, err))
        return err_wrap(err, "answers of person %" PRId64, person.v);
    for (size_t i = 0; i < n / 2; i++) { /* the newest were asked for; the oldest of them stands first */
        const struct check_in_value late = list[i];

        list[i] = list[n - 1 - i];
        list[n - 1 - i] = late;
    }
    *ret = list;
    *ret_n = n;
    return RC_OK;
}

enum rc check_in_answers_in(struct store *st, struct check_round_id round, struct arena *mem,
                            struct check_in_value **ret, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, ANSWERS_IN, round.v, &q, err) || read_all(st, q, mem, ret, ret_n, err))
        return err_wrap(err, "answers in round %" PRId64, round.v);
    return RC_OK;
}

enum rc check_in_answers_page(struct store *st, struct check_in_id id, int64_t after, size_t max, struct arena *mem,
                              struct check_in_value **ret, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, ANSWERS_PAGE, id.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, after);
    db_bind_int(q, 4, (int64_t)max);
    return read_all(st, q, mem, ret, ret_n, err) ? err_wrap(err, "answers to check-in %" PRId64, id.v) : RC_OK;
}

enum rc check_in_answers_count(struct store *st, struct check_in_id id, struct person_id person, int64_t *ret_n,
                               struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, ANSWERS_COUNT, id.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, person.v);
    if (db_one(q, err))
        return err_wrap(err, "answers of person %" PRId64, person.v);
    *ret_n = db_int(q, 0);
    return RC_OK;
}
