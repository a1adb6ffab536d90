#include "store/page_joined.h"

#include <assert.h>

enum page_joined_stmt { LETTER_ADD, LETTER_DROP, LETTER_COUNT, LETTER_LIST, PAGE_JOINED_STMT_COUNT };
enum { LA_PRACTICE = 1, LA_PAGE, LA_LETTER, LA_NOW };

static const char *const page_joined_sql[PAGE_JOINED_STMT_COUNT] = {
    [LETTER_ADD] = "INSERT INTO page_joined (practice_id, page_id, letter_id, created_ms) VALUES ($1, $2, $3, $4)"
                   " ON CONFLICT DO NOTHING",
    [LETTER_DROP] = "DELETE FROM page_joined WHERE practice_id = $1 AND letter_id = $2",
    [LETTER_COUNT] = "SELECT COUNT(*) FROM page_joined WHERE practice_id = $1 AND page_id = $2",
    [LETTER_LIST] =
        "SELECT letter_id FROM page_joined WHERE practice_id = $1 AND page_id = $2 ORDER BY letter_id LIMIT $3",
};

const struct db_domain page_joined_domain = { "page_joined", page_joined_sql, PAGE_JOINED_STMT_COUNT };

static enum rc begin(struct store *st, enum page_joined_stmt stmt, int64_t id, struct db_query **ret_q, struct err *err)
{
    if (db_query(st->db, page_joined_sql[stmt], ret_q, err))
        return err->rc;
    db_bind_int(*ret_q, 1, st->practice.v);
    db_bind_int(*ret_q, 2, id);
    return RC_OK;
}

enum rc page_joined_add(struct store *st, struct page_id page, struct arrival_id letter, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (begin(st, LETTER_ADD, page.v, &q, err))
        return err->rc;
    db_bind_int(q, LA_LETTER, letter.v);
    db_bind_int(q, LA_NOW, clock_now_ms(st->clock));
    return db_run(q, NULL, err) ? err_wrap(err, "letter of a page") : RC_OK;
}

enum rc page_joined_drop(struct store *st, struct arrival_id letter, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    return begin(st, LETTER_DROP, letter.v, &q, err) ? err->rc : db_run(q, NULL, err);
}

enum rc page_joined_count(struct store *st, struct page_id page, int64_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (begin(st, LETTER_COUNT, page.v, &q, err) || db_one(q, err))
        return err_wrap(err, "letters of a page");
    *ret_n = db_int(q, 0);
    return RC_OK;
}

enum rc page_joined_list(struct store *st, struct page_id page, size_t max, struct arena *mem,
                         struct arrival_id **ret_letters, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct arrival_id *const letters = ARENA_ARRAY(mem, max + 1, struct arrival_id);
    size_t n = 0;
    bool row;

    if (begin(st, LETTER_LIST, page.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, (int64_t)max);
    for (;;) {
        if (db_step(q, &row, err))
            return err_wrap(err, "letters of a page");
        if (!row)
            break;
        letters[n++] = (struct arrival_id){ db_int(q, 0) };
    }
    *ret_letters = letters;
    *ret_n = n;
    return RC_OK;
}
