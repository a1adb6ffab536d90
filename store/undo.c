#include "store/undo.h"

#include <assert.h>

enum undo_stmt { UNDO_ADD, UNDO_NEWEST, UNDO_USE, UNDO_STMT_COUNT };
enum { UA_PRACTICE = 1, UA_ID, UA_PERSON, UA_MEMBERSHIP, UA_DATA, UA_UNTIL };
enum { UN_PRACTICE = 1, UN_PERSON, UN_NOW };

static const char *const undo_sql[UNDO_STMT_COUNT] = {
    [UNDO_ADD] = "INSERT INTO undo (practice_id, id, person_id, membership_id, data_sealed, until_ms, is_used)"
                 " VALUES ($1, $2, $3, $4, $5, $6, 0)",
    [UNDO_NEWEST] = "SELECT id, person_id, membership_id, data_sealed, until_ms FROM undo"
                    " WHERE practice_id = $1 AND person_id = $2 AND is_used = 0 AND until_ms > $3"
                    " ORDER BY id DESC LIMIT 1",
    [UNDO_USE] = "UPDATE undo SET is_used = 1 WHERE practice_id = $1 AND id = $2 AND is_used = 0",
};
const struct db_domain undo_domain = { "undo", undo_sql, UNDO_STMT_COUNT };

enum rc undo_add(struct store *st, struct undo *undo, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("undo");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct undo u = *undo;

    assert(db_in_tx(st->db) && u.data);
    u.id = id_next(st->ids);
    u.until_ms = clock_now_ms(st->clock) + UNDO_DAYS * MS_DAY;
    if (db_query(st->db, undo_sql[UNDO_ADD], &q, err))
        return err->rc;
    db_bind_int(q, UA_PRACTICE, st->practice.v);
    db_bind_int(q, UA_ID, u.id);
    db_bind_int(q, UA_PERSON, u.person.v);
    db_bind_int(q, UA_MEMBERSHIP, u.membership.v);
    store_bind_sealed(st, q, UA_DATA, COL_UNDO_DATA, u.id, u.data, mem);
    db_bind_int(q, UA_UNTIL, u.until_ms);
    if (db_run(q, NULL, err))
        return err_wrap(err, "add undo");
    *undo = u;
    return RC_OK;
}

enum rc undo_newest(struct store *st, struct person_id person, struct arena *mem, struct undo *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct undo u = { 0 };

    if (db_query(st->db, undo_sql[UNDO_NEWEST], &q, err))
        return err->rc;
    db_bind_int(q, UN_PRACTICE, st->practice.v);
    db_bind_int(q, UN_PERSON, person.v);
    db_bind_int(q, UN_NOW, clock_now_ms(st->clock));
    if (db_one(q, err))
        return err_wrap(err, "undo");
    u.id = db_int(q, 0);
    u.person.v = db_int(q, 1);
    u.membership.v = db_int(q, 2);
    u.until_ms = db_int(q, 4);
    if (store_sealed(st, q, 3, COL_UNDO_DATA, u.id, mem, &u.data, err))
        return err->rc;
    *ret = u;
    return RC_OK;
}

enum rc undo_use(struct store *st, int64_t id, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t changes;

    assert(db_in_tx(st->db));
    if (db_query(st->db, undo_sql[UNDO_USE], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id);
    if (db_run(q, &changes, err))
        return err->rc;
    return changes ? RC_OK : err_set(err, RC_CONFLICT, "undo %" PRId64 " was used already", id);
}
