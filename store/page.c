#include "store/page.h"

#include <assert.h>

enum page_stmt {
    PAGE_INSERT,
    PAGE_GET,
    PAGE_BY_POST,
    PAGE_DUE,
    PAGE_OLDEST,
    PAGE_STEP,
    PAGE_CLAIM,
    PAGE_CLOSE,
    PAGE_STMT_COUNT
};

#define PAGE_COLUMNS                                                                                                   \
    "id, letter_id, post_id, person_id, tier, state, step, claimed_by, claimed_ms, outcome_sealed, next_ms, "          \
    "created_ms"

static const char *const page_sql[PAGE_STMT_COUNT] = {
    [PAGE_INSERT] = "INSERT INTO page (practice_id, id, letter_id, post_id, person_id, tier, state, step, next_ms,"
                    " created_ms) VALUES ($1, $2, $3, $4, $5, $6, 1, 0, $7, $8)",
    [PAGE_GET] = "SELECT " PAGE_COLUMNS " FROM page WHERE practice_id = $1 AND id = $2",
    /* by the index page_letter: a page names the letter that a post came in, or the post itself when staff alarmed about it */
    [PAGE_BY_POST] = "SELECT " PAGE_COLUMNS " FROM page WHERE practice_id = $1 AND post_id = $2 AND letter_id IN"
                     " ((SELECT letter_id FROM post WHERE practice_id = $1 AND id = $2), $2) ORDER BY +id LIMIT 1",
    [PAGE_DUE] = "SELECT " PAGE_COLUMNS " FROM page WHERE practice_id = $1 AND state = 1 AND next_ms <= $2"
                 " ORDER BY tier, next_ms LIMIT 1",
    [PAGE_OLDEST] = "SELECT " PAGE_COLUMNS " FROM page WHERE practice_id = $1 AND state IN (1, 2)"
                    " ORDER BY tier, created_ms LIMIT 1",
    [PAGE_STEP] = "UPDATE page SET step = step + 1, next_ms = $3 WHERE practice_id = $1 AND id = $2 AND state = 1",
    [PAGE_CLAIM] = "UPDATE page SET state = 2, next_ms = NULL, claimed_by = $3, claimed_ms = $4"
                   " WHERE practice_id = $1 AND id = $2 AND state = 1",
    [PAGE_CLOSE] = "UPDATE page SET state = 3, next_ms = NULL, outcome_sealed = $3"
                   " WHERE practice_id = $1 AND id = $2 AND state = 2",
};

const struct db_domain page_domain = { "page", page_sql, PAGE_STMT_COUNT };

enum rc page_add(struct store *st, struct page *page, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc;

    assert(db_in_tx(st->db));
    rc = db_query(st->db, page_sql[PAGE_INSERT], &q, err);
    if (rc)
        return rc;
    page->id.v = id_next(st->ids);
    page->state = PAGE_OPEN;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, page->id.v);
    db_bind_int(q, 3, page->letter.v);
    db_bind_id(q, 4, page->post.v);
    db_bind_id(q, 5, page->person.v);
    db_bind_int(q, 6, page->tier);
    db_bind_int(q, 7, page->next_ms);
    db_bind_int(q, 8, page->created_ms);
    return db_run(q, NULL, err);
}

static enum rc find(struct store *st, enum page_stmt stmt, int64_t arg, struct arena *mem, struct page *ret,
                    struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, page_sql[stmt], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    if (stmt != PAGE_OLDEST)
        db_bind_int(q, 2, arg);
    rc = db_one(q, err);
    if (rc)
        return err_wrap(err, "page");
    *ret = (struct page){
        .id = { db_int(q, 0) },
        .letter = { db_int(q, 1) },
        .post = { db_int(q, 2) },
        .person = { db_int(q, 3) },
        .tier = (int)db_int(q, 4),
        .state = (enum page_state)db_int(q, 5),
        .step = db_int(q, 6),
        .claimed_by = { db_int(q, 7) },
        .claimed_ms = db_int(q, 8),
        .next_ms = db_int(q, 10),
        .created_ms = db_int(q, 11),
    };
    return store_sealed(st, q, 9, COL_PAGE_OUTCOME, ret->id.v, mem, &ret->outcome, err);
}

enum rc page_get(struct store *st, struct page_id id, struct arena *mem, struct page *ret, struct err *err)
{
    return find(st, PAGE_GET, id.v, mem, ret, err);
}

enum rc page_find_post(struct store *st, struct post_id post, struct arena *mem, struct page *ret, struct err *err)
{
    return find(st, PAGE_BY_POST, post.v, mem, ret, err);
}

enum rc page_due(struct store *st, int64_t now_ms, struct arena *mem, struct page *ret, struct err *err)
{
    return find(st, PAGE_DUE, now_ms, mem, ret, err);
}

enum rc page_oldest(struct store *st, struct arena *mem, struct page *ret, struct err *err)
{
    return find(st, PAGE_OLDEST, 0, mem, ret, err);
}

/* One of the compare-and-set updates: RC_CONFLICT when it changed nothing. */
static enum rc change(struct db_query *q, struct page_id id, struct err *err)
{
    int64_t changed;
    enum rc rc = db_run(q, &changed, err);

    if (!rc && changed != 1)
        rc = err_set(err, RC_CONFLICT, "page %" PRId64 " is in another state", id.v);
    return rc;
}

enum rc page_stepped(struct store *st, struct page_id id, int64_t next_ms, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc;

    assert(db_in_tx(st->db));
    rc = db_query(st->db, page_sql[PAGE_STEP], &q, err);
    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id.v);
    db_bind_int(q, 3, next_ms);
    return change(q, id, err);
}

enum rc page_claim(struct store *st, struct page_id id, struct person_id staff, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc;

    assert(db_in_tx(st->db));
    rc = db_query(st->db, page_sql[PAGE_CLAIM], &q, err);
    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id.v);
    db_bind_int(q, 3, staff.v);
    db_bind_int(q, 4, clock_now_ms(st->clock));
    return change(q, id, err);
}

enum rc page_close(struct store *st, struct page_id id, const char *outcome, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("page_close");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc;

    assert(db_in_tx(st->db));
    rc = db_query(st->db, page_sql[PAGE_CLOSE], &q, err);
    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id.v);
    store_bind_sealed(st, q, 3, COL_PAGE_OUTCOME, id.v, outcome, mem);
    return change(q, id, err);
}
