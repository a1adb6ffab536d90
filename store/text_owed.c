#include "store/text_owed.h"

#include "store/rows.h"
#include "store/text_row.h"

#include <assert.h>

/* clang-format off */
enum owed_stmt {
    OWED_HAD, OWED_CORRECTIONS, OWED_LAST, OWED_TRIES, OWED_TAKE_BACK, OWED_TAKE_BACK_POST, OWED_COUNT, OWED_BACKLOG, OWED_AGAIN, OWED_SAID, OWED_TAKE_BACK_LANE,
    OWED_STMT_COUNT
};

#define TAKE_BACK "UPDATE text_out SET state = 10, reason = 3, lease = NULL, lease_until_ms = NULL, done_ms = $4 WHERE practice_id = $1" \
    " AND state IN (1, 2) AND "

static const char *const owed_sql[OWED_STMT_COUNT] = {
    [OWED_HAD] = /* $4 is the kind of an answer to MORE */
        "SELECT COALESCE(MAX(h.version), 0), COALESCE(MAX(h.is_whole), 0), COUNT(CASE WHEN t.kind = $4 THEN 1 END) FROM text_post h"
        " JOIN text_out t ON t.practice_id = h.practice_id AND t.id = h.text_id"
        " WHERE h.practice_id = $1 AND h.post_id = $2 AND t.membership_id = $3 AND t.state BETWEEN 1 AND 7"
        " AND (t.state <> 4 OR t.settled_ms IS NULL)",
    [OWED_CORRECTIONS] = /* $4 is the kind of a correction: one that nobody waits for any more may not have arrived */
        "SELECT p.id FROM post p WHERE p.practice_id = $1 AND p.state = 6 AND p.id IN (SELECT h.post_id FROM text_post h WHERE h.practice_id = $1"
        "   AND h.text_id IN (SELECT t.id FROM text_out t WHERE t.practice_id = $1 AND t.membership_id = $2 AND t.state BETWEEN 1 AND 7"
        "   AND t.created_ms >= $3)) AND NOT EXISTS (SELECT 1 FROM text_post n JOIN text_out u ON u.practice_id = n.practice_id AND u.id = n.text_id"
        "   WHERE n.practice_id = $1 AND n.post_id = p.id AND n.version >= p.version AND u.membership_id = $2 AND u.state BETWEEN 1 AND 7"
        "   AND NOT (u.state = 4 AND u.settled_ms IS NOT NULL AND u.kind = $4)) ORDER BY p.id",
    [OWED_LAST] =
        "SELECT " TEXT_COLUMNS " FROM text_out WHERE practice_id = $1 AND membership_id = $2 AND kind = $3 AND state BETWEEN 1 AND 7"
        " ORDER BY +id DESC LIMIT 1",
    [OWED_TRIES] =
        "SELECT COUNT(*) FROM text_out WHERE practice_id = $1 AND issue_id = $2 AND membership_id = $3 AND state >= 8",
    [OWED_TAKE_BACK] = TAKE_BACK "membership_id = $2 AND kind = $3",
    [OWED_TAKE_BACK_POST] = TAKE_BACK "group_id = $2 AND ((from_seq < $3 AND to_seq >= $3)"
        " OR EXISTS (SELECT 1 FROM text_post h WHERE h.practice_id = $1 AND h.text_id = text_out.id AND h.post_id = $5)) RETURNING membership_id",
    [OWED_TAKE_BACK_LANE] = TAKE_BACK "address_id = $2 AND lane = $3 AND membership_id IS NOT NULL RETURNING membership_id",
    [OWED_COUNT] =
        "SELECT COUNT(CASE WHEN lane >= 3 THEN 1 END), CAST(COALESCE(SUM(CASE WHEN is_exempt = 1 THEN 0 ELSE parts END), 0) AS BIGINT) FROM text_out"
        " WHERE practice_id = $1 AND address_id = $2 AND state BETWEEN 1 AND 7 AND COALESCE(handed_ms, due_ms) >= $3",
    [OWED_BACKLOG] =
        "SELECT CAST(COALESCE(SUM(parts), 0) AS BIGINT) FROM text_out WHERE practice_id = $1 AND sender_id = $2 AND state = 1 AND due_ms <= $3",
    [OWED_AGAIN] =
        "UPDATE text_out SET state = 1, reason = 0, done_ms = NULL, lease = NULL, lease_until_ms = NULL, due_ms = $3, not_after_ms = $4"
        " WHERE practice_id = $1 AND id = $2 AND state = 9 AND reason = 2",
    [OWED_SAID] = /* the text and the note that it was queued are one transaction, a moment apart */
        "SELECT COUNT(*) FROM text_out WHERE practice_id = $1 AND address_id = $2 AND created_ms BETWEEN CAST($3 AS BIGINT) - 60000 AND $3"
        " AND kind IN ($4, $5) AND state BETWEEN 1 AND 7 AND (state <> 4 OR settled_ms IS NULL)",
};
/* clang-format on */
const struct db_domain text_owed_domain = { "text_owed", owed_sql, OWED_STMT_COUNT };

static enum rc ask(struct store *st, enum owed_stmt stmt, int64_t second, int64_t third, int64_t fourth,
                   struct db_query **ret_q, struct err *err)
{
    const enum rc rc = db_query(st->db, owed_sql[stmt], ret_q, err);

    if (rc)
        return rc;
    db_bind_int(*ret_q, 1, st->practice.v);
    db_bind_int(*ret_q, 2, second);
    db_bind_int(*ret_q, 3, third);
    if (strstr(owed_sql[stmt], "$4"))
        db_bind_int(*ret_q, 4, fourth);
    return RC_OK;
}

enum rc text_owed_had(struct store *st, struct membership_id membership, struct post_id post, struct text_had *ret,
                      struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (ask(st, OWED_HAD, post.v, membership.v, MAILING_TEXT_MORE, &q, err) || db_one(q, err))
        return err->rc;
    *ret = (struct text_had){ db_int(q, 0), db_int(q, 1) != 0, db_int(q, 2) != 0 };
    return RC_OK;
}

/* One column of ids. */
static enum rc read_ids(struct db_query *q, struct arena *mem, int64_t **ret, size_t *ret_n, struct err *err)
{
    int64_t *ids = NULL;
    size_t n = 0, cap = 0;
    bool row;
    enum rc rc;

    while (!(rc = db_step(q, &row, err)) && row) {
        ids = rows_room(mem, ids, n, &cap, sizeof *ids);
        ids[n++] = db_int(q, 0);
    }
    *ret = ids;
    *ret_n = n;
    return rc;
}

enum rc text_owed_corrections(struct store *st, struct membership_id membership, int64_t since_ms, struct arena *mem,
                              struct post_id **ret, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t *ids;

    if (ask(st, OWED_CORRECTIONS, membership.v, since_ms, MAILING_TEXT_CORRECTION, &q, err) ||
        read_ids(q, mem, &ids, ret_n, err))
        return err->rc;
    *ret = ARENA_ARRAY(mem, *ret_n + 1, struct post_id);
    for (size_t i = 0; i < *ret_n; i++)
        (*ret)[i].v = ids[i];
    return RC_OK;
}

enum rc text_owed_last(struct store *st, struct membership_id membership, enum mailing_kind kind, struct arena *mem,
                       struct text_out *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    return ask(st, OWED_LAST, membership.v, kind, 0, &q, err) ? err->rc : text_read_one(st, q, mem, ret, err);
}

static enum rc one_int(struct store *st, enum owed_stmt stmt, int64_t second, int64_t third, int64_t *ret,
                       struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (ask(st, stmt, second, third, 0, &q, err) || db_one(q, err))
        return err->rc;
    *ret = db_int(q, 0);
    return RC_OK;
}

enum rc text_owed_tries(struct store *st, struct issue_id issue, struct membership_id membership, int64_t *ret_n,
                        struct err *err)
{
    return one_int(st, OWED_TRIES, issue.v, membership.v, ret_n, err);
}

enum rc text_owed_backlog(struct store *st, struct text_sender_id sender, int64_t *ret_parts, struct err *err)
{
    return one_int(st, OWED_BACKLOG, sender.v, clock_now_ms(st->clock), ret_parts, err);
}

enum rc text_owed_take_back(struct store *st, struct membership_id membership, enum mailing_kind kind, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (ask(st, OWED_TAKE_BACK, membership.v, kind, clock_now_ms(st->clock), &q, err))
        return err->rc;
    return db_run(q, NULL, err);
}

enum rc text_owed_take_back_post(struct store *st, const struct post *post, struct arena *mem,
                                 struct membership_id **ret, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t *ids;

    assert(db_in_tx(st->db));
    if (ask(st, OWED_TAKE_BACK_POST, post->group.v, post->published_seq, clock_now_ms(st->clock), &q, err))
        return err->rc;
    db_bind_int(q, 5, post->id.v);
    if (read_ids(q, mem, &ids, ret_n, err))
        return err->rc;
    *ret = ARENA_ARRAY(mem, *ret_n + 1, struct membership_id);
    for (size_t i = 0; i < *ret_n; i++)
        (*ret)[i].v = ids[i];
    return RC_OK;
}

enum rc text_owed_take_back_words(struct store *st, struct address_id address, struct arena *mem,
                                  struct membership_id **ret, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t *ids;

    assert(db_in_tx(st->db));
    if (ask(st, OWED_TAKE_BACK_LANE, address.v, LANE_DIGEST, clock_now_ms(st->clock), &q, err) ||
        read_ids(q, mem, &ids, ret_n, err))
        return err->rc;
    *ret = ARENA_ARRAY(mem, *ret_n + 1, struct membership_id);
    for (size_t i = 0; i < *ret_n; i++)
        (*ret)[i].v = ids[i];
    return RC_OK;
}

enum rc text_owed_count(struct store *st, struct address_id address, int64_t since_ms, int64_t *ret_texts,
                        int64_t *ret_parts, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (ask(st, OWED_COUNT, address.v, since_ms, 0, &q, err) || db_one(q, err))
        return err->rc;
    *ret_texts = db_int(q, 0);
    *ret_parts = db_int(q, 1);
    return RC_OK;
}

enum rc text_owed_is_out(struct store *st, struct address_id address, int64_t queued_ms, bool *ret_is, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (ask(st, OWED_SAID, address.v, queued_ms, MAILING_TEXT_DIGEST, &q, err))
        return err->rc;
    db_bind_int(q, 5, MAILING_TEXT_NEWS);
    if (db_one(q, err))
        return err->rc;
    *ret_is = db_int(q, 0) > 0;
    return RC_OK;
}

enum rc text_owed_again(struct store *st, struct text_id id, int64_t due_ms, int64_t not_after_ms, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t changed;

    assert(db_in_tx(st->db));
    if (ask(st, OWED_AGAIN, id.v, due_ms, not_after_ms, &q, err) || db_run(q, &changed, err))
        return err->rc;
    return changed ? RC_OK : err_set(err, RC_CONFLICT, "text %" PRId64 " did not expire unsent", id.v);
}
