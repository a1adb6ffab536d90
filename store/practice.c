#include "store/practice.h"

#include "store/rows.h"

#include <assert.h>

enum practice_stmt {
    PRACTICE_ADD,
    PRACTICE_LIST,
    PRACTICE_CREATED,
    PRACTICE_DOMAIN_ADD,
    PRACTICE_DOMAIN_REMOVE,
    PRACTICE_DOMAIN_FIND,
    PRACTICE_DOMAINS,
    PRACTICE_STMT_COUNT
};
enum { ADD_ID = 1, ADD_STATE, ADD_CREATED };
enum { DA_NAME = 1, DA_PRACTICE, DA_KIND };
enum { DR_NAME = 1, DR_PRACTICE };

static const char *const practice_sql[PRACTICE_STMT_COUNT] = {
    [PRACTICE_ADD] = "INSERT INTO practice (id, state, created_ms) VALUES ($1, $2, $3)",
    [PRACTICE_LIST] = "SELECT id FROM practice WHERE state = 1 ORDER BY id",
    [PRACTICE_CREATED] = "SELECT created_ms FROM practice WHERE id = $1",
    [PRACTICE_DOMAIN_ADD] = "INSERT INTO domain (name, practice_id, kind) VALUES ($1, $2, $3)",
    [PRACTICE_DOMAIN_REMOVE] = "DELETE FROM domain WHERE name = $1 AND practice_id = $2",
    [PRACTICE_DOMAIN_FIND] = "SELECT practice_id, kind FROM domain WHERE name = $1",
    [PRACTICE_DOMAINS] = "SELECT name FROM domain WHERE kind = 1 ORDER BY name",
};
const struct db_domain practice_domain = { "practice", practice_sql, PRACTICE_STMT_COUNT };

enum rc practice_add(struct db *db, struct practice_id id, int64_t now_ms, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(db));
    if (db_query(db, practice_sql[PRACTICE_ADD], &q, err))
        return err->rc;
    db_bind_int(q, ADD_ID, id.v);
    db_bind_int(q, ADD_STATE, PRACTICE_OPEN);
    db_bind_int(q, ADD_CREATED, now_ms);
    return db_run(q, NULL, err);
}

enum rc practice_created_ms(struct db *db, struct practice_id id, int64_t *ret_ms, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(db, practice_sql[PRACTICE_CREATED], &q, err))
        return err->rc;
    db_bind_int(q, 1, id.v);
    if (db_one(q, err))
        return err_wrap(err, "practice %" PRId64, id.v);
    *ret_ms = db_int(q, 0);
    return RC_OK;
}

enum rc practice_list(struct db *db, struct arena *mem, struct practice_id **ret_ids, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct practice_id *ids = NULL;
    size_t n = 0, cap = 0;
    bool row;

    if (db_query(db, practice_sql[PRACTICE_LIST], &q, err))
        return err->rc;
    for (;;) {
        if (db_step(q, &row, err))
            return err->rc;
        if (!row)
            break;
        ids = rows_room(mem, ids, n, &cap, sizeof *ids);
        ids[n++].v = db_int(q, 0);
    }
    *ret_ids = ids;
    *ret_n = n;
    return RC_OK;
}

enum rc practice_add_domain(struct db *db, struct practice_id id, const char *name, enum domain_kind kind,
                            struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(db));
    if (db_query(db, practice_sql[PRACTICE_DOMAIN_ADD], &q, err))
        return err->rc;
    db_bind_text(q, DA_NAME, name);
    db_bind_int(q, DA_PRACTICE, id.v);
    db_bind_int(q, DA_KIND, kind);
    return db_run(q, NULL, err);
}

enum rc practice_remove_domain(struct db *db, struct practice_id id, const char *name, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t changes;

    assert(db_in_tx(db));
    if (db_query(db, practice_sql[PRACTICE_DOMAIN_REMOVE], &q, err))
        return err->rc;
    db_bind_text(q, DR_NAME, name);
    db_bind_int(q, DR_PRACTICE, id.v);
    if (db_run(q, &changes, err))
        return err->rc;
    return changes ? RC_OK : err_set(err, RC_NOT_FOUND, "no such domain of practice %" PRId64, id.v);
}

enum rc practice_by_domain(struct db *db, const char *name, struct practice_id *ret_id, enum domain_kind *ret_kind,
                           struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(db, practice_sql[PRACTICE_DOMAIN_FIND], &q, err))
        return err->rc;
    db_bind_text(q, 1, name);
    if (db_one(q, err))
        return err_wrap(err, "domain");
    ret_id->v = db_int(q, 0);
    if (ret_kind)
        *ret_kind = (enum domain_kind)db_int(q, 1);
    return RC_OK;
}

enum rc practice_domains(struct db *db, struct arena *mem, const char ***ret_names, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const char **names = NULL;
    size_t n = 0, cap = 0;
    bool row;

    if (db_query(db, practice_sql[PRACTICE_DOMAINS], &q, err))
        return err->rc;
    for (;;) {
        if (db_step(q, &row, err))
            return err->rc;
        if (!row)
            break;
        names = rows_room(mem, names, n, &cap, sizeof *names);
        names[n++] = arena_strdup(mem, db_text(q, 0));
    }
    *ret_names = names;
    *ret_n = n;
    return RC_OK;
}
