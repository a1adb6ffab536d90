/* What of a group waits: for RESUME after many letters came back, and invitations for mail to its address. */
#include "store/delivery.h"
#include "store/delivery_row.h"

#include <assert.h>

enum wait_stmt { WAIT_READY, WAIT_GROUP, WAIT_INVITATIONS, WAIT_RESUME, WAIT_RESUME_ADDRESS, WAIT_STMT_COUNT };

/* clang-format off */
/* Each finds its rows by an index of its own. */
#define SEEN(which) "SELECT id FROM delivery WHERE practice_id = $1 AND " which
#define IS_READY "state = 1 AND lane IN (2, 3, 4)"
#define ALL_SEEN(due) SEEN(IS_READY due) " UNION ALL " SEEN("lease IS NOT NULL AND state IN (2, 3)") " UNION ALL " SEEN("state = 7")
/* Workers hold locks on what is here too: all are taken in the order of ids, in one statement. What has moved on meanwhile is looked at again. */
#define CHANGE(seen, bit, is_set, which, sign) \
    "WITH seen AS MATERIALIZED (" seen "), picked AS MATERIALIZED (SELECT id FROM delivery WHERE practice_id = $1 AND id IN (SELECT id FROM seen)" \
    " AND state IN (1, 2, 3, 7) AND (due_ms & " bit ") " is_set DELIVERY_OF_GROUP which " ORDER BY +id /*LOCK*/)" \
    " UPDATE delivery SET due_ms = due_ms " sign " " bit " WHERE practice_id = $1 AND id IN (SELECT id FROM picked)"
#define IS_INVITATION " AND (SELECT kind FROM mailing WHERE practice_id = $1 AND id = delivery.mailing_id) BETWEEN 10 AND 12"

static const char *const wait_sql[WAIT_STMT_COUNT] = {
    [WAIT_READY] = CHANGE(SEEN(IS_READY), DELIVERY_WAITS_RESUME_MS, "= 0", DELIVERY_TO_MANY, "+"),
    [WAIT_GROUP] = CHANGE(ALL_SEEN(""), DELIVERY_WAITS_RESUME_MS, "= 0", DELIVERY_TO_MANY, "+"),
    [WAIT_INVITATIONS] = CHANGE(ALL_SEEN(""), DELIVERY_WAITS_ADDRESS_MS, "= 0", IS_INVITATION, "+"),
    [WAIT_RESUME] = CHANGE(ALL_SEEN(" AND due_ms >= " DELIVERY_WAITS_RESUME_MS), DELIVERY_WAITS_RESUME_MS, "<> 0", "", "-"),
    [WAIT_RESUME_ADDRESS] = CHANGE(ALL_SEEN(" AND due_ms >= " DELIVERY_WAITS_ADDRESS_MS), DELIVERY_WAITS_ADDRESS_MS, "<> 0", "", "-"),
};
/* clang-format on */

const struct db_domain delivery_wait_domain = { "delivery_wait", wait_sql, WAIT_STMT_COUNT };

static enum rc change(struct store *st, enum wait_stmt stmt, struct group_id group, int64_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, wait_sql[stmt], &q, err);

    assert(db_in_tx(st->db));
    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, group.v);
    return db_run(q, ret_n, err);
}

enum rc delivery_put_off_ready(struct store *st, struct group_id group, int64_t *ret_n, struct err *err)
{
    return change(st, WAIT_READY, group, ret_n, err);
}

enum rc delivery_put_off_group(struct store *st, struct group_id group, int64_t *ret_n, struct err *err)
{
    return change(st, WAIT_GROUP, group, ret_n, err);
}

enum rc delivery_put_off_invitations(struct store *st, struct group_id group, int64_t *ret_n, struct err *err)
{
    return change(st, WAIT_INVITATIONS, group, ret_n, err);
}

enum rc delivery_resume_group(struct store *st, struct group_id group, enum delivery_wait wait, int64_t *ret_n,
                              struct err *err)
{
    return change(st, wait == DELIVERY_WAITS_FOR_ADDRESS ? WAIT_RESUME_ADDRESS : WAIT_RESUME, group, ret_n, err);
}
