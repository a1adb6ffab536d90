#include "store/photo.h"

#include "store/rows.h"

#include <assert.h>

enum photo_stmt { PHOTO_CLEAR, PHOTO_ADD, PHOTO_LIST, PHOTO_COUNT, PHOTO_IDS, PHOTO_ALT, PHOTO_STMT_COUNT };
enum photo_add_arg { PA_PRACTICE = 1, PA_POST, PA_ID, PA_PLACE, PA_WIDTH, PA_HEIGHT, PA_ALT, PA_JPEG, PA_CREATED };

/* clang-format off */
static const char *const photo_sql[PHOTO_STMT_COUNT] = {
    [PHOTO_CLEAR] = "DELETE FROM photo WHERE practice_id = $1 AND post_id = $2",
    [PHOTO_ADD] =
        "INSERT INTO photo (practice_id, post_id, id, place, width, height, alt_sealed, jpeg_sealed, created_ms)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    [PHOTO_LIST] =
        "SELECT id, place, width, height, alt_sealed, jpeg_sealed FROM photo WHERE practice_id = $1 AND post_id = $2 ORDER BY place",
    [PHOTO_COUNT] = "SELECT COUNT(*) FROM photo WHERE practice_id = $1 AND post_id = $2",
    [PHOTO_IDS] = "SELECT id, place FROM photo WHERE practice_id = $1 AND post_id = $2 ORDER BY place",
    [PHOTO_ALT] = "UPDATE photo SET alt_sealed = $3 WHERE practice_id = $1 AND id = $2",
};
/* clang-format on */
const struct db_domain photo_domain = { "photo", photo_sql, PHOTO_STMT_COUNT };

static enum rc start(struct store *st, enum photo_stmt stmt, int64_t id, struct db_query **ret_q, struct err *err)
{
    const enum rc rc = db_query(st->db, photo_sql[stmt], ret_q, err);

    if (!rc) {
        db_bind_int(*ret_q, 1, st->practice.v);
        db_bind_int(*ret_q, 2, id);
    }
    return rc;
}

static enum rc add(struct store *st, struct photo_row *row, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("photo_add");
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(row->n <= PHOTO_ROW_MAX_BYTES);
    if (start(st, PHOTO_ADD, row->post.v, &q, err))
        return err->rc;
    row->id = id_next(st->ids);
    db_bind_int(q, PA_ID, row->id);
    db_bind_int(q, PA_PLACE, row->place);
    db_bind_int(q, PA_WIDTH, row->width);
    db_bind_int(q, PA_HEIGHT, row->height);
    store_bind_sealed(st, q, PA_ALT, COL_PHOTO_ALT, row->id, row->alt && *row->alt ? row->alt : NULL, mem);
    store_bind_sealed_bytes(st, q, PA_JPEG, COL_PHOTO_JPEG, row->id, row->jpeg, row->n, mem);
    db_bind_int(q, PA_CREATED, clock_now_ms(st->clock));
    return db_run(q, NULL, err);
}

enum rc photo_put(struct store *st, struct post_id post, struct photo_row *rows, size_t n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc;

    assert(db_in_tx(st->db));
    if (start(st, PHOTO_CLEAR, post.v, &q, err) || db_run(q, NULL, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        rows[i].post = post;
        rows[i].place = (int64_t)i + 1;
        rc = add(st, &rows[i], err);
        if (rc)
            return err_wrap(err, "photo of post %" PRId64, post.v);
    }
    return RC_OK;
}

static enum rc read_row(struct store *st, struct db_query *q, struct post_id post, struct arena *mem,
                        struct photo_row *row, struct err *err)
{
    const void *jpeg;

    *row = (struct photo_row){
        .id = db_int(q, 0), .post = post, .place = db_int(q, 1), .width = db_int(q, 2), .height = db_int(q, 3)
    };
    if (store_sealed(st, q, 4, COL_PHOTO_ALT, row->id, mem, &row->alt, err) ||
        store_sealed_bytes(st, q, 5, COL_PHOTO_JPEG, row->id, mem, &jpeg, &row->n, err))
        return err->rc;
    row->alt = row->alt ? row->alt : "";
    row->jpeg = jpeg;
    return RC_OK;
}

enum rc photo_list(struct store *st, struct post_id post, struct arena *mem, struct photo_row **ret, size_t *ret_n,
                   struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct photo_row *list = NULL;
    size_t n = 0, cap = 0;
    bool row;
    enum rc rc = start(st, PHOTO_LIST, post.v, &q, err);

    while (!rc && !(rc = db_step(q, &row, err)) && row) {
        list = rows_room(mem, list, n, &cap, sizeof *list);
        rc = read_row(st, q, post, mem, &list[n++], err);
    }
    *ret = list;
    *ret_n = n;
    return rc ? err_wrap(err, "photos of post %" PRId64, post.v) : RC_OK;
}

enum rc photo_count(struct store *st, struct post_id post, int64_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, PHOTO_COUNT, post.v, &q, err) || db_one(q, err))
        return err->rc;
    *ret_n = db_int(q, 0);
    return RC_OK;
}

static enum rc write_alt(struct store *st, int64_t id, const char *alt, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("photo_alt");
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, PHOTO_ALT, id, &q, err))
        return err->rc;
    store_bind_sealed(st, q, 3, COL_PHOTO_ALT, id, *alt ? alt : NULL, mem);
    return db_run(q, NULL, err);
}

enum rc photo_set_alt(struct store *st, struct post_id post, int64_t place, const char *alt, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t ids[PHOTO_POST_MAX];
    size_t n = 0;
    bool row;
    enum rc rc = start(st, PHOTO_IDS, post.v, &q, err);

    assert(db_in_tx(st->db));
    while (!rc && n < PHOTO_POST_MAX && !(rc = db_step(q, &row, err)) && row)
        if (!place || db_int(q, 1) == place)
            ids[n++] = db_int(q, 0);
    db_query_done(&q);
    for (size_t i = 0; !rc && i < n; i++)
        rc = write_alt(st, ids[i], alt, err);
    if (rc || n)
        return rc;
    return err_set(err, RC_NOT_FOUND, "post %" PRId64 " has no such photo", post.v);
}
