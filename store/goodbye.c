#include "store/goodbye.h"

enum goodbye_stmt { GOODBYE_ADD, GOODBYE_GET, GOODBYE_MOVE, GOODBYE_STMT_COUNT };
enum { GA_PRACTICE = 1, GA_GROUP, GA_MESSAGE, GA_CREATED };
enum { GM_PRACTICE = 1, GM_GROUP, GM_AFTER, GM_LETTERS, GM_DONE };

static const char *const goodbye_sql[GOODBYE_STMT_COUNT] = {
    [GOODBYE_ADD] = "INSERT INTO goodbye (practice_id, id, message_sealed, created_ms, after_id, letters)"
                    " VALUES ($1, $2, $3, $4, 0, 0)",
    [GOODBYE_GET] = "SELECT after_id, letters, message_sealed, done_ms FROM goodbye WHERE practice_id = $1"
                    " AND id = $2",
    [GOODBYE_MOVE] = "UPDATE goodbye SET after_id = $3, letters = $4, done_ms = $5 WHERE practice_id = $1"
                     " AND id = $2",
};
const struct db_domain goodbye_domain = { "goodbye", goodbye_sql, GOODBYE_STMT_COUNT };

enum rc goodbye_add(struct store *st, struct group_id group, const char *message, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("goodbye");
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(st->db, goodbye_sql[GOODBYE_ADD], &q, err))
        return err->rc;
    db_bind_int(q, GA_PRACTICE, st->practice.v);
    db_bind_int(q, GA_GROUP, group.v);
    store_bind_sealed(st, q, GA_MESSAGE, COL_GOODBYE_MESSAGE, group.v, message, mem);
    db_bind_int(q, GA_CREATED, clock_now_ms(st->clock));
    return db_run(q, NULL, err);
}

enum rc goodbye_get(struct store *st, struct group_id group, struct arena *mem, struct goodbye *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct goodbye g = { .group = group };

    if (db_query(st->db, goodbye_sql[GOODBYE_GET], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, group.v);
    if (db_one(q, err))
        return err_wrap(err, "closing letters of group %" PRId64, group.v);
    g.after.v = db_int(q, 0);
    g.letters = db_int(q, 1);
    g.done_ms = db_int(q, 3);
    if (store_sealed(st, q, 2, COL_GOODBYE_MESSAGE, group.v, mem, &g.message, err))
        return err->rc;
    *ret = g;
    return RC_OK;
}

enum rc goodbye_move(struct store *st, const struct goodbye *goodbye, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(st->db, goodbye_sql[GOODBYE_MOVE], &q, err))
        return err->rc;
    db_bind_int(q, GM_PRACTICE, st->practice.v);
    db_bind_int(q, GM_GROUP, goodbye->group.v);
    db_bind_int(q, GM_AFTER, goodbye->after.v);
    db_bind_int(q, GM_LETTERS, goodbye->letters);
    db_bind_id(q, GM_DONE, goodbye->done_ms);
    return db_run(q, NULL, err);
}
