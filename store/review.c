#include "store/review.h"

#include <assert.h>

enum review_stmt { REVIEW_INSERT, REVIEW_NEWEST, REVIEW_STMT_COUNT };

static const char *const review_sql[REVIEW_STMT_COUNT] = {
    [REVIEW_INSERT] = "INSERT INTO review (practice_id, id, post_id, post_version, staff_id, decision, way,"
                      " reason_sealed, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    [REVIEW_NEWEST] = "SELECT id, post_version, staff_id, decision, way, reason_sealed, at_ms FROM review"
                      " WHERE practice_id = $1 AND post_id = $2 ORDER BY post_version DESC LIMIT $3",
};

const struct db_domain review_domain = { "review", review_sql, REVIEW_STMT_COUNT };

enum rc review_add(struct store *st, const struct review *r, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("review_add");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const int64_t id = id_next(st->ids);
    enum rc rc;

    assert(db_in_tx(st->db));
    rc = db_query(st->db, review_sql[REVIEW_INSERT], &q, err);
    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id);
    db_bind_int(q, 3, r->post.v);
    db_bind_int(q, 4, r->post_version);
    db_bind_int(q, 5, r->staff.v);
    db_bind_int(q, 6, r->decision);
    db_bind_int(q, 7, r->way);
    store_bind_sealed(st, q, 8, COL_REVIEW_REASON, id, r->reason, mem);
    db_bind_int(q, 9, r->at_ms);
    return db_run(q, NULL, err);
}

static enum rc read_row(struct store *st, struct db_query *q, struct post_id post, struct arena *mem,
                        struct review *ret_review, struct err *err)
{
    *ret_review = (struct review){
        .post = post,
        .post_version = db_int(q, 1),
        .staff = { db_int(q, 2) },
        .decision = (int)db_int(q, 3),
        .way = (enum review_way)db_int(q, 4),
        .at_ms = db_int(q, 6),
    };
    return store_sealed(st, q, 5, COL_REVIEW_REASON, db_int(q, 0), mem, &ret_review->reason, err);
}

enum rc review_newest(struct store *st, struct post_id post, size_t max, struct arena *mem, struct review **ret_reviews,
                      size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct review *const reviews = ARENA_ARRAY(mem, max, struct review);
    size_t n = 0;
    bool row;

    if (db_query(st->db, review_sql[REVIEW_NEWEST], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, post.v);
    db_bind_int(q, 3, (int64_t)max);
    for (;;) {
        if (db_step(q, &row, err))
            return err_wrap(err, "reviews of post %" PRId64, post.v);
        if (!row)
            break;
        if (read_row(st, q, post, mem, &reviews[n++], err))
            return err->rc;
    }
    *ret_reviews = reviews;
    *ret_n = n;
    return RC_OK;
}

enum rc review_find(struct store *st, struct post_id post, struct arena *mem, struct review *ret_review,
                    struct err *err)
{
    struct review *reviews;
    size_t n;

    if (review_newest(st, post, 1, mem, &reviews, &n, err))
        return err->rc;
    if (!n)
        return err_set(err, RC_NOT_FOUND, "review of post %" PRId64, post.v);
    *ret_review = reviews[0];
    return RC_OK;
}
