#include "store/node.h"

#include "base/clock.h"
#include "base/crypt.h"

/* A number that comes back must not be used again in the millisecond in which its last id was made. */
#define REST_MS 2

enum node_stmt { NODE_FREE, NODE_NEXT, NODE_TAKE, NODE_ADD, NODE_RENEW };
enum node_take_arg { NT_LEASE = 1, NT_UNTIL, NT_ID, NT_NOW };
enum node_add_arg { NA_ID = 1, NA_LEASE, NA_UNTIL };
enum node_renew_arg { NR_UNTIL = 1, NR_ID, NR_LEASE };
static const char *const node_sql[] = {
    [NODE_FREE] = "SELECT id FROM node WHERE lease_until_ms < $1 ORDER BY id LIMIT 1 /*SKIP LOCKED*/",
    [NODE_NEXT] = "SELECT COALESCE(MAX(id) + 1, 0) FROM node",
    [NODE_TAKE] = "UPDATE node SET lease = $1, lease_until_ms = $2 WHERE id = $3 AND lease_until_ms < $4",
    [NODE_ADD] = "INSERT INTO node (id, lease, lease_until_ms) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    [NODE_RENEW] = "UPDATE node SET lease_until_ms = $1 WHERE id = $2 AND lease = $3",
};
const struct db_domain node_domain = { "node", node_sql, COUNT_OF(node_sql) };

static int64_t new_lease(void)
{
    int64_t lease;

    crypt_random(&lease, sizeof lease);
    return lease & INT64_MAX;
}

static enum rc find_free(struct db *db, int64_t now_ms, int64_t *ret_node, bool *ret_is_new, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL, *next = NULL;
    bool row;
    enum rc rc = db_query(db, node_sql[NODE_FREE], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, now_ms);
    rc = db_step(q, &row, err);
    if (rc)
        return rc;
    *ret_is_new = !row;
    if (row) {
        *ret_node = db_int(q, 0);
        return RC_OK;
    }
    rc = db_query(db, node_sql[NODE_NEXT], &next, err);
    if (!rc)
        rc = db_one(next, err);
    if (rc)
        return rc;
    *ret_node = db_int(next, 0);
    return *ret_node <= ID_NODE_MAX ? RC_OK : err_set(err, RC_LIMIT, "all %d nodes are taken", ID_NODE_MAX + 1);
}

static enum rc write_lease(struct db *db, const struct node_lease *l, bool is_new, int64_t now_ms, int64_t *changes,
                           struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(db, node_sql[is_new ? NODE_ADD : NODE_TAKE], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, is_new ? NA_ID : NT_ID, l->node);
    db_bind_int(q, is_new ? NA_LEASE : NT_LEASE, l->lease);
    db_bind_int(q, is_new ? NA_UNTIL : NT_UNTIL, l->until_ms);
    if (!is_new)
        db_bind_int(q, NT_NOW, now_ms);
    return db_run(q, changes, err);
}

static enum rc take_once(struct db *db, struct node_lease *l, int64_t *changes, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const int64_t now_ms = clock_now_ms(clock_real());
    bool is_new;
    enum rc rc = db_begin(db, &tx, err);

    if (!rc)
        rc = find_free(db, now_ms, &l->node, &is_new, err);
    if (rc)
        return rc;
    l->lease = new_lease();
    l->until_ms = now_ms + NODE_LEASE_MS;
    rc = write_lease(db, l, is_new, now_ms, changes, err);
    return rc ? rc : db_commit(&tx, err);
}

enum rc node_take(struct db *db, struct node_lease *ret_lease, struct err *err)
{
    struct node_lease l;
    int64_t changes = 0;

    /* on PostgreSQL two may reach for the same new number: the second tries the next */
    while (changes == 0) {
        enum rc rc = take_once(db, &l, &changes, err);

        if (rc)
            return err_wrap(err, "take a node number");
    }
    *ret_lease = l;
    return RC_OK;
}

static enum rc set_until(struct db *db, const struct node_lease *l, int64_t until_ms, int64_t *changes, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_begin(db, &tx, err);

    if (!rc)
        rc = db_query(db, node_sql[NODE_RENEW], &q, err);
    if (rc)
        return rc;
    db_bind_int(q, NR_UNTIL, until_ms);
    db_bind_int(q, NR_ID, l->node);
    db_bind_int(q, NR_LEASE, l->lease);
    rc = db_run(q, changes, err);
    return rc ? rc : db_commit(&tx, err);
}

enum rc node_renew(struct db *db, struct node_lease *l, struct err *err)
{
    const int64_t until_ms = clock_now_ms(clock_real()) + NODE_LEASE_MS;
    int64_t changes;
    enum rc rc = set_until(db, l, until_ms, &changes, err);

    if (rc)
        return rc;
    if (changes != 1)
        return err_set(err, RC_CONFLICT, "node %" PRId64 " belongs to somebody else now", l->node);
    l->until_ms = until_ms;
    return RC_OK;
}

enum rc node_give_back(struct db *db, const struct node_lease *l, struct err *err)
{
    int64_t changes;

    return set_until(db, l, clock_now_ms(clock_real()) + REST_MS, &changes, err);
}
