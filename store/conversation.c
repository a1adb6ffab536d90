#include "store/conversation.h"

#include <assert.h>

enum conversation_stmt {
    CONVERSATION_INSERT,
    CONVERSATION_GET,
    CONVERSATION_RECENT,
    CONVERSATION_SET_TITLE,
    CONVERSATION_REACH,
    CONVERSATION_SHORTEN,
    CONVERSATION_SEQ_BEFORE,
    CONVERSATION_STMT_COUNT
};

/* clang-format off */
static const char *const conversation_sql[CONVERSATION_STMT_COUNT] = {
    [CONVERSATION_INSERT] =
        "INSERT INTO conversation (practice_id, id, group_id, first_post_id, title_sealed, last_seq, created_ms)"
        " VALUES ($1, $2, $3, $4, $5, 0, $6)",
    [CONVERSATION_GET] =
        "SELECT id, group_id, first_post_id, title_sealed, last_seq, created_ms FROM conversation WHERE practice_id = $1 AND id = $2",
    [CONVERSATION_RECENT] =
        "SELECT id, group_id, first_post_id, title_sealed, last_seq, created_ms FROM conversation"
        " WHERE practice_id = $1 AND group_id = $2 AND last_seq > 0 ORDER BY last_seq DESC LIMIT $3",
    [CONVERSATION_SET_TITLE] = "UPDATE conversation SET title_sealed = $3 WHERE practice_id = $1 AND id = $2",
    [CONVERSATION_REACH] = "UPDATE conversation SET last_seq = $3, first_post_id = CASE WHEN first_post_id = 0 THEN $4 ELSE first_post_id END"
        " WHERE practice_id = $1 AND id = $2",
    [CONVERSATION_SHORTEN] =
        "UPDATE conversation SET"
        " last_seq = COALESCE((SELECT MAX(published_seq) FROM post WHERE practice_id = $1 AND conversation_id = $2 AND state IN (5, 6)), 0),"
        " first_post_id = CASE WHEN first_post_id <> $3 THEN first_post_id ELSE COALESCE((SELECT id FROM post WHERE practice_id = $1"
        "   AND conversation_id = $2 AND state IN (5, 6) ORDER BY published_seq LIMIT 1), 0) END"
        " WHERE practice_id = $1 AND id = $2",
    [CONVERSATION_SEQ_BEFORE] =
        "SELECT MIN(first_seq) FROM (SELECT MIN(published_seq) AS first_seq, MAX(published_seq) AS last_seq FROM post"
        " WHERE practice_id = $1 AND group_id = $2 AND published_seq IS NOT NULL AND conversation_id IS NOT NULL AND state IN (5, 6)"
        " GROUP BY conversation_id ORDER BY last_seq DESC LIMIT $3) AS recent",
};
/* clang-format on */
const struct db_domain conversation_domain = { "conversation", conversation_sql, CONVERSATION_STMT_COUNT };

enum rc conversation_add(struct store *st, struct conversation *c, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("conversation_add");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc;

    assert(db_in_tx(st->db));
    rc = db_query(st->db, conversation_sql[CONVERSATION_INSERT], &q, err);
    if (rc)
        return rc;
    c->id.v = id_next(st->ids);
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, c->id.v);
    db_bind_int(q, 3, c->group.v);
    db_bind_int(q, 4, c->first_post.v);
    store_bind_sealed(st, q, 5, COL_CONVERSATION_TITLE, c->id.v, c->title, mem);
    db_bind_int(q, 6, c->created_ms);
    return db_run(q, NULL, err);
}

static enum rc read_conversation(struct store *st, struct db_query *q, struct arena *mem, struct conversation *c,
                                 struct err *err)
{
    *c = (struct conversation){ .id = { db_int(q, 0) },
                                .group = { db_int(q, 1) },
                                .first_post = { db_int(q, 2) },
                                .last_seq = db_int(q, 4),
                                .created_ms = db_int(q, 5) };
    return store_sealed(st, q, 3, COL_CONVERSATION_TITLE, c->id.v, mem, &c->title, err);
}

enum rc conversation_get(struct store *st, struct conversation_id id, struct arena *mem, struct conversation *ret,
                         struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, conversation_sql[CONVERSATION_GET], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id.v);
    rc = db_one(q, err);
    if (rc)
        return err_wrap(err, "conversation %" PRId64, id.v);
    return read_conversation(st, q, mem, ret, err);
}

enum rc conversation_recent(struct store *st, struct group_id group, size_t max, struct arena *mem,
                            struct conversation **ret, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct conversation *list = ARENA_ARRAY(mem, max, struct conversation);
    size_t n = 0;
    bool row = true;
    enum rc rc = db_query(st->db, conversation_sql[CONVERSATION_RECENT], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, group.v);
    db_bind_int(q, 3, (int64_t)max);
    for (; n < max && row; n += row) {
        rc = db_step(q, &row, err);
        if (!rc && row)
            rc = read_conversation(st, q, mem, &list[n], err);
        if (rc)
            return rc;
    }
    *ret = list;
    *ret_n = n;
    return rc;
}

enum rc conversation_set_title(struct store *st, struct conversation_id id, const char *title, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("conversation_title");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc;

    assert(db_in_tx(st->db));
    rc = db_query(st->db, conversation_sql[CONVERSATION_SET_TITLE], &q, err);
    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id.v);
    store_bind_sealed(st, q, 3, COL_CONVERSATION_TITLE, id.v, title, mem);
    return db_run(q, NULL, err);
}

enum rc conversation_reach(struct store *st, struct conversation_id id, int64_t seq, struct post_id post,
                           struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, conversation_sql[CONVERSATION_REACH], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id.v);
    db_bind_int(q, 3, seq);
    db_bind_int(q, 4, post.v);
    return db_run(q, NULL, err);
}

enum rc conversation_shorten(struct store *st, struct conversation_id id, struct post_id post, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, conversation_sql[CONVERSATION_SHORTEN], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id.v);
    db_bind_int(q, 3, post.v);
    return db_run(q, NULL, err);
}

enum rc conversation_seq_before_last(struct store *st, struct group_id group, size_t n, int64_t *ret_seq,
                                     struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, conversation_sql[CONVERSATION_SEQ_BEFORE], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, group.v);
    db_bind_int(q, 3, (int64_t)n);
    rc = db_one(q, err);
    if (!rc)
        *ret_seq = db_is_null(q, 0) ? 0 : db_int(q, 0) - 1;
    return rc;
}
