#include "store/question.h"

#include <assert.h>

enum question_stmt {
    QUESTION_INSERT,
    QUESTION_GET,
    QUESTION_CLOSE,
    QUESTION_FIND,
    QUESTION_WITHDRAW,
    QUESTION_DUE,
    QUESTION_STMT_COUNT
};

#define QUESTION_COLUMNS "id, kind, state, person_id, subject_id, data_sealed, due_ms, asked_ms"

static const char *const question_sql[QUESTION_STMT_COUNT] = {
    [QUESTION_INSERT] =
        "INSERT INTO question (practice_id, id, kind, state, person_id, subject_id, data_sealed, due_ms,"
        " asked_ms) VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8)",
    [QUESTION_GET] = "SELECT " QUESTION_COLUMNS " FROM question WHERE practice_id = $1 AND id = $2",
    [QUESTION_CLOSE] = "UPDATE question SET state = $3 WHERE practice_id = $1 AND id = $2 AND state = 1",
    [QUESTION_FIND] = "SELECT " QUESTION_COLUMNS " FROM question WHERE practice_id = $1 AND subject_id = $2"
                      " AND state = 1 AND kind = $3 ORDER BY +id DESC LIMIT 1",
    [QUESTION_WITHDRAW] = "UPDATE question SET state = 4 WHERE practice_id = $1 AND subject_id = $2 AND state = 1",
    [QUESTION_DUE] = "SELECT " QUESTION_COLUMNS " FROM question WHERE practice_id = $1 AND state = 1"
                     " AND due_ms <= $2 ORDER BY due_ms LIMIT 1",
};

const struct db_domain question_domain = { "question", question_sql, QUESTION_STMT_COUNT };

enum rc question_add(struct store *st, struct question *question, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("question_add");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc;

    assert(db_in_tx(st->db));
    rc = db_query(st->db, question_sql[QUESTION_INSERT], &q, err);
    if (rc)
        return rc;
    question->id.v = id_next(st->ids);
    question->state = QUESTION_OPEN;
    question->asked_ms = clock_now_ms(st->clock);
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, question->id.v);
    db_bind_int(q, 3, question->kind);
    db_bind_int(q, 4, question->person.v);
    db_bind_int(q, 5, question->subject_id);
    store_bind_sealed(st, q, 6, COL_QUESTION_DATA, question->id.v, question->data, mem);
    db_bind_id(q, 7, question->due_ms);
    db_bind_int(q, 8, question->asked_ms);
    return db_run(q, NULL, err);
}

/* Reads the one row of a bound query. */
static enum rc read_question(struct store *st, struct db_query *q, struct arena *mem, struct question *ret,
                             struct err *err)
{
    enum rc rc = db_one(q, err);

    if (rc)
        return err_wrap(err, "question");
    *ret = (struct question){
        .id = { db_int(q, 0) },
        .kind = (enum question_kind)db_int(q, 1),
        .state = (enum question_state)db_int(q, 2),
        .person = { db_int(q, 3) },
        .subject_id = db_int(q, 4),
        .due_ms = db_int(q, 6),
        .asked_ms = db_int(q, 7),
    };
    rc = store_sealed(st, q, 5, COL_QUESTION_DATA, ret->id.v, mem, &ret->data, err);
    if (!rc && !ret->data)
        ret->data = "{}";
    return rc;
}

/* Runs one of the statements that take the practice and up to two numbers. */
static enum rc ask(struct store *st, enum question_stmt stmt, int64_t a, int64_t b, struct db_query **ret_q,
                   struct err *err)
{
    enum rc rc = db_query(st->db, question_sql[stmt], ret_q, err);

    if (rc)
        return rc;
    db_bind_int(*ret_q, 1, st->practice.v);
    db_bind_int(*ret_q, 2, a);
    if (stmt == QUESTION_FIND || stmt == QUESTION_CLOSE)
        db_bind_int(*ret_q, 3, b);
    return RC_OK;
}

enum rc question_get(struct store *st, struct question_id id, struct arena *mem, struct question *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = ask(st, QUESTION_GET, id.v, 0, &q, err);

    return rc ? rc : read_question(st, q, mem, ret, err);
}

enum rc question_find(struct store *st, enum question_kind kind, int64_t subject_id, struct arena *mem,
                      struct question *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = ask(st, QUESTION_FIND, subject_id, kind, &q, err);

    return rc ? rc : read_question(st, q, mem, ret, err);
}

enum rc question_due(struct store *st, int64_t now_ms, struct arena *mem, struct question *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = ask(st, QUESTION_DUE, now_ms, 0, &q, err);

    return rc ? rc : read_question(st, q, mem, ret, err);
}

enum rc question_close(struct store *st, struct question_id id, enum question_state state, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t changed;
    enum rc rc;

    assert(db_in_tx(st->db) && state != QUESTION_OPEN);
    rc = ask(st, QUESTION_CLOSE, id.v, state, &q, err);
    if (!rc)
        rc = db_run(q, &changed, err);
    if (!rc && changed != 1)
        rc = err_set(err, RC_CONFLICT, "question %" PRId64 " is closed", id.v);
    return rc;
}

enum rc question_withdraw_about(struct store *st, int64_t subject_id, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc;

    assert(db_in_tx(st->db));
    rc = ask(st, QUESTION_WITHDRAW, subject_id, 0, &q, err);
    return rc ? rc : db_run(q, NULL, err);
}
