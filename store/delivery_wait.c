/* What of a group waits: for RESUME after many letters came back, and invitations for mail to its address; and what failed and is tried again. */
#include "store/delivery.h"
#include "store/delivery_row.h"

#include <assert.h>

enum wait_stmt {
    WAIT_READY,
    WAIT_GROUP,
    WAIT_INVITATIONS,
    WAIT_RESUME,
    WAIT_RESUME_ADDRESS,
    WAIT_RETRY,
    WAIT_RETRY_NO_TLS,
    WAIT_STMT_COUNT
};

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

/* As if never tried. */
#define AGAIN "UPDATE delivery SET state = 1, due_ms = $4, attempt = 0, code = NULL, status_code = NULL, remote_sealed = NULL, sent_ms = NULL," \
    " failed_ms = NULL, copy_hash = NULL, copy_ms = NULL"
#define MAY_GET_IT " AND NOT EXISTS (SELECT 1 FROM suppression s WHERE s.practice_id = $1 AND s.address_id = delivery.address_id)"
#define IS_MEMBER "EXISTS (SELECT 1 FROM membership m WHERE m.practice_id = $1 AND m.id = delivery.membership_id AND m.state = 2)"
#define IS_PUBLISHED "EXISTS (SELECT 1 FROM mailing n JOIN post p ON p.practice_id = n.practice_id AND p.id = n.subject_id" \
    " WHERE n.practice_id = $1 AND n.id = delivery.mailing_id AND n.kind BETWEEN 2 AND 5 AND p.state IN (5, 6))"

static const char *const wait_sql[WAIT_STMT_COUNT] = {
    [WAIT_READY] = CHANGE(SEEN(IS_READY), DELIVERY_WAITS_RESUME_MS, "= 0", DELIVERY_TO_MANY, "+"),
    [WAIT_GROUP] = CHANGE(ALL_SEEN(""), DELIVERY_WAITS_RESUME_MS, "= 0", DELIVERY_TO_MANY, "+"),
    [WAIT_INVITATIONS] = CHANGE(ALL_SEEN(""), DELIVERY_WAITS_ADDRESS_MS, "= 0", IS_INVITATION, "+"),
    [WAIT_RESUME] = CHANGE(ALL_SEEN(" AND due_ms >= " DELIVERY_WAITS_RESUME_MS), DELIVERY_WAITS_RESUME_MS, "<> 0", "", "-"),
    [WAIT_RESUME_ADDRESS] = CHANGE(ALL_SEEN(" AND due_ms >= " DELIVERY_WAITS_ADDRESS_MS), DELIVERY_WAITS_ADDRESS_MS, "<> 0", "", "-"),
    [WAIT_RETRY] =
        AGAIN ", mailing_id = CASE WHEN issue_id IS NULL THEN mailing_id ELSE NULL END"
        " WHERE practice_id = $1 AND state IN (5, 8) AND state = 5 AND failed_ms >= $3 AND (status_code IS NOT NULL OR code IS NOT NULL)"
        DELIVERY_OF_GROUP DELIVERY_TO_MANY " AND " IS_MEMBER MAY_GET_IT " AND (issue_id IS NOT NULL OR " IS_PUBLISHED ")"
        " AND NOT EXISTS (SELECT 1 FROM delivery x WHERE x.practice_id = $1 AND x.person_id = delivery.person_id AND x.id > delivery.id"
        "   AND x.membership_id = delivery.membership_id AND x.issue_id IS NOT NULL AND x.state IN (1, 2, 3, 4) AND x.from_seq < delivery.to_seq)"
        " RETURNING id",
    /* digests come with the next issue; 24 and 26 are private words of staff */
    [WAIT_RETRY_NO_TLS] =
        AGAIN " WHERE practice_id = $1 AND state IN (5, 8) AND state = 8 AND created_ms >= $3 AND issue_id IS NULL"
        " AND (CAST($2 AS BIGINT) = 0 OR address_id = $2)" MAY_GET_IT " AND (" IS_MEMBER " AND " IS_PUBLISHED
        " OR (SELECT kind FROM mailing WHERE practice_id = $1 AND id = delivery.mailing_id) IN (24, 26))"
        " RETURNING id",
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

static enum rc retry(struct store *st, enum wait_stmt stmt, int64_t of, int64_t since_ms, struct arena *mem,
                     struct delivery_id **ret_ids, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct delivery_id *ids = ARENA_ARRAY(mem, 1, struct delivery_id);
    size_t n = 0, room = 1;
    bool row = false;
    enum rc rc = db_query(st->db, wait_sql[stmt], &q, err);

    assert(db_in_tx(st->db));
    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, of);
    db_bind_int(q, 3, since_ms);
    db_bind_int(q, 4, clock_now_ms(st->clock));
    for (rc = db_step(q, &row, err); !rc && row; rc = db_step(q, &row, err)) {
        if (n == room) {
            struct delivery_id *const more = ARENA_ARRAY(mem, 2 * room, struct delivery_id);

            memcpy(more, ids, n * sizeof *ids);
            ids = more;
            room *= 2;
        }
        ids[n++].v = db_int(q, 0);
    }
    *ret_ids = ids;
    *ret_n = n;
    return rc;
}

enum rc delivery_retry_group(struct store *st, struct group_id group, int64_t since_ms, struct arena *mem,
                             struct delivery_id **ret_ids, size_t *ret_n, struct err *err)
{
    return retry(st, WAIT_RETRY, group.v, since_ms, mem, ret_ids, ret_n, err);
}

enum rc delivery_retry_no_tls(struct store *st, struct address_id address, int64_t since_ms, struct arena *mem,
                              struct delivery_id **ret_ids, size_t *ret_n, struct err *err)
{
    return retry(st, WAIT_RETRY_NO_TLS, address.v, since_ms, mem, ret_ids, ret_n, err);
}
