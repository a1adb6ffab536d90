#include "store/page.h"

#include "store/rows.h"

#include <assert.h>

#define PAGE_COLUMNS                                                                                                   \
    "id, letter_id, post_id, person_id, tier, state, step, claimed_by, claimed_ms, outcome_sealed, next_ms, "          \
    "created_ms, kind, elapsed_ms, reminders, first_done_by, first_done_ms, bundle"
#define PAGE_SELECT "SELECT " PAGE_COLUMNS " FROM page WHERE practice_id = $1"
#define PAGE_CHANGE(what, state) "UPDATE page SET " what " WHERE practice_id = $1 AND id = $2 AND state = " state

enum page_stmt {
    PAGE_INSERT,
    PAGE_GET,
    PAGE_BY_LETTER,
    PAGE_RAISE_AGAIN,
    PAGE_BY_BUNDLE,
    PAGE_WORSEN,
    PAGE_BY_POST,
    PAGE_DUE,
    PAGE_LIST,
    PAGE_LAST_TEST,
    PAGE_LAST_CLAIMED_TEST,
    PAGE_STEP,
    PAGE_CLAIM,
    PAGE_TAKE_OVER,
    PAGE_REOPEN,
    PAGE_REMIND,
    PAGE_HALF_CLOSE,
    PAGE_CLOSE,
    PAGE_STMT_COUNT
};
enum { PI_PRACTICE = 1, PI_ID, PI_LETTER, PI_POST, PI_PERSON, PI_TIER, PI_NEXT, PI_CREATED, PI_KIND, PI_BUNDLE };
enum { PD_PRACTICE = 1, PD_STATE, PD_NOW, PD_LATEST };

static const char *const page_sql[PAGE_STMT_COUNT] = {
    [PAGE_INSERT] = "INSERT INTO page (practice_id, id, letter_id, post_id, person_id, tier, state, step, next_ms,"
                    " created_ms, kind, bundle) VALUES ($1, $2, $3, $4, $5, $6, 1, 0, $7, $8, $9, $10)",
    [PAGE_GET] = PAGE_SELECT " AND id = $2",
    [PAGE_BY_LETTER] = PAGE_SELECT " AND letter_id = $2",
    [PAGE_RAISE_AGAIN] =
        "UPDATE page SET state = 1, step = 0, elapsed_ms = 0, reminders = 0, claimed_by = NULL, claimed_ms = NULL,"
        " first_done_by = NULL, first_done_ms = NULL, outcome_sealed = NULL, tier = $3, post_id = $4, person_id = $5,"
        " next_ms = $6, bundle = $7 WHERE practice_id = $1 AND id = $2",
    [PAGE_BY_BUNDLE] = PAGE_SELECT " AND state = 1 AND bundle = $2 ORDER BY +id LIMIT 1",
    [PAGE_WORSEN] = PAGE_CHANGE("tier = $3", "1"),
    [PAGE_BY_POST] = PAGE_SELECT " AND post_id = $2 ORDER BY +state, +id DESC LIMIT 1",
    [PAGE_DUE] =
        PAGE_SELECT " AND state = $2 AND (next_ms <= $3 OR (kind = 1 AND next_ms > CASE tier"
                    " WHEN 0 THEN CAST($4 AS BIGINT) WHEN 1 THEN CAST($5 AS BIGINT) ELSE CAST($6 AS BIGINT) END))"
                    " ORDER BY +kind, tier, next_ms LIMIT 1",
    [PAGE_LIST] = PAGE_SELECT " AND state IN (1, 2) ORDER BY +kind, tier, created_ms, id LIMIT $2",
    [PAGE_LAST_TEST] = PAGE_SELECT " AND kind = 2 ORDER BY id DESC LIMIT 1",
    [PAGE_LAST_CLAIMED_TEST] = PAGE_SELECT " AND kind = 2 AND claimed_ms IS NOT NULL ORDER BY id DESC LIMIT 1",
    [PAGE_STEP] = PAGE_CHANGE("step = step + 1, elapsed_ms = $3, next_ms = $4", "1"),
    [PAGE_CLAIM] = PAGE_CHANGE("state = 2, claimed_by = $3, claimed_ms = $4, next_ms = $5, reminders = 0", "1"),
    [PAGE_TAKE_OVER] =
        PAGE_CHANGE("claimed_by = $3, claimed_ms = $4, next_ms = $5, reminders = 0", "2 AND claimed_by = $6"),
    [PAGE_REOPEN] = PAGE_CHANGE("state = 1, claimed_by = NULL, claimed_ms = NULL, elapsed_ms = $3, next_ms = $4", "2"),
    [PAGE_REMIND] = PAGE_CHANGE("reminders = reminders + 1, next_ms = $3", "2"),
    [PAGE_HALF_CLOSE] = PAGE_CHANGE("first_done_by = $3, first_done_ms = $4, outcome_sealed = $5, next_ms = $6,"
                                    " reminders = 0",
                                    "2 AND first_done_by IS NULL"),
    [PAGE_CLOSE] = PAGE_CHANGE("state = 3, next_ms = NULL, outcome_sealed = $3", "2"),
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
    page->kind = page->kind ? page->kind : PAGE_ALARM;
    if (!page->letter.v) /* one page per letter: what is about none stands for itself */
        page->letter.v = page->id.v;
    db_bind_int(q, PI_PRACTICE, st->practice.v);
    db_bind_int(q, PI_ID, page->id.v);
    db_bind_int(q, PI_LETTER, page->letter.v);
    db_bind_id(q, PI_POST, page->post.v);
    db_bind_id(q, PI_PERSON, page->person.v);
    db_bind_int(q, PI_TIER, page->tier);
    db_bind_int(q, PI_NEXT, page->next_ms);
    db_bind_int(q, PI_CREATED, page->created_ms);
    db_bind_int(q, PI_KIND, page->kind);
    db_bind_int(q, PI_BUNDLE, page->bundle);
    return db_run(q, NULL, err);
}

static enum rc read_page(struct store *st, struct db_query *q, struct arena *mem, struct page *ret, struct err *err)
{
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
        .kind = (enum page_kind)db_int(q, 12),
        .elapsed_ms = db_int(q, 13),
        .reminders = db_int(q, 14),
        .first_done_by = { db_int(q, 15) },
        .first_done_ms = db_int(q, 16),
        .bundle = (enum page_bundle)db_int(q, 17),
    };
    return store_sealed(st, q, 9, COL_PAGE_OUTCOME, ret->id.v, mem, &ret->outcome, err);
}

/* The one row of a statement that takes the practice and at most one more number. */
static enum rc find(struct store *st, enum page_stmt stmt, int64_t arg, struct arena *mem, struct page *ret,
                    struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, page_sql[stmt], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    if (arg)
        db_bind_int(q, 2, arg);
    rc = db_one(q, err);
    return rc ? err_wrap(err, "page") : read_page(st, q, mem, ret, err);
}

enum rc page_get(struct store *st, struct page_id id, struct arena *mem, struct page *ret, struct err *err)
{
    return find(st, PAGE_GET, id.v, mem, ret, err);
}

enum rc page_find_post(struct store *st, struct post_id post, struct arena *mem, struct page *ret, struct err *err)
{
    return find(st, PAGE_BY_POST, post.v, mem, ret, err);
}

enum rc page_find_letter(struct store *st, struct arrival_id letter, struct arena *mem, struct page *ret,
                         struct err *err)
{
    return find(st, PAGE_BY_LETTER, letter.v, mem, ret, err);
}

enum rc page_raise_again(struct store *st, const struct page *page, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(st->db, page_sql[PAGE_RAISE_AGAIN], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, page->id.v);
    db_bind_int(q, 3, page->tier);
    db_bind_id(q, 4, page->post.v);
    db_bind_id(q, 5, page->person.v);
    db_bind_int(q, 6, page->next_ms);
    db_bind_int(q, 7, page->bundle);
    return db_run(q, NULL, err);
}

enum rc page_find_bundle(struct store *st, enum page_bundle bundle, struct arena *mem, struct page *ret,
                         struct err *err)
{
    return find(st, PAGE_BY_BUNDLE, bundle, mem, ret, err);
}

enum rc page_newest_test(struct store *st, bool is_claimed, struct arena *mem, struct page *ret, struct err *err)
{
    return find(st, is_claimed ? PAGE_LAST_CLAIMED_TEST : PAGE_LAST_TEST, 0, mem, ret, err);
}

enum rc page_due(struct store *st, enum page_state state, int64_t now_ms, const int64_t latest_ms[PAGE_TIERS],
                 struct arena *mem, struct page *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, page_sql[PAGE_DUE], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, PD_PRACTICE, st->practice.v);
    db_bind_int(q, PD_STATE, state);
    db_bind_int(q, PD_NOW, now_ms);
    for (int tier = 0; tier < PAGE_TIERS; tier++)
        db_bind_int(q, PD_LATEST + tier, latest_ms[tier]);
    rc = db_one(q, err);
    return rc ? rc : read_page(st, q, mem, ret, err);
}

enum rc page_list_open(struct store *st, size_t max, struct arena *mem, struct page **ret_pages, size_t *ret_n,
                       struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct page *pages = NULL;
    size_t n = 0, cap = 0;
    bool row;

    if (db_query(st->db, page_sql[PAGE_LIST], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, (int64_t)max);
    for (;;) {
        if (db_step(q, &row, err))
            return err_wrap(err, "pages");
        if (!row)
            break;
        pages = rows_room(mem, pages, n, &cap, sizeof *pages);
        if (read_page(st, q, mem, &pages[n++], err))
            return err->rc;
    }
    *ret_pages = pages;
    *ret_n = n;
    return RC_OK;
}

/* --- changes: compare and set ----------------------------------------------------------------------------------------------------- */

static enum rc begin_change(struct store *st, enum page_stmt stmt, struct page_id id, struct db_query **ret_q,
                            struct err *err)
{
    assert(db_in_tx(st->db));
    if (db_query(st->db, page_sql[stmt], ret_q, err))
        return err->rc;
    db_bind_int(*ret_q, 1, st->practice.v);
    db_bind_int(*ret_q, 2, id.v);
    return RC_OK;
}

/* RC_CONFLICT when it changed nothing. */
static enum rc end_change(struct db_query *q, struct page_id id, struct err *err)
{
    int64_t changed;
    enum rc rc = db_run(q, &changed, err);

    if (!rc && changed != 1)
        rc = err_set(err, RC_CONFLICT, "page %" PRId64 " is in another state", id.v);
    return rc;
}

/* Numbers from $3 on. */
static enum rc change(struct store *st, enum page_stmt stmt, struct page_id id, const int64_t *numbers, int count,
                      struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const enum rc rc = begin_change(st, stmt, id, &q, err);

    for (int i = 0; !rc && i < count; i++)
        db_bind_int(q, 3 + i, numbers[i]);
    return rc ? rc : end_change(q, id, err);
}

enum rc page_stepped(struct store *st, struct page_id id, int64_t elapsed_ms, int64_t next_ms, struct err *err)
{
    return change(st, PAGE_STEP, id, (int64_t[]){ elapsed_ms, next_ms }, 2, err);
}

enum rc page_worsen(struct store *st, struct page_id id, int tier, struct err *err)
{
    return change(st, PAGE_WORSEN, id, &(int64_t){ tier }, 1, err);
}

enum rc page_claim(struct store *st, struct page_id id, struct person_id staff, int64_t next_ms, struct err *err)
{
    return change(st, PAGE_CLAIM, id, (int64_t[]){ staff.v, clock_now_ms(st->clock), next_ms }, 3, err);
}

enum rc page_take_over(struct store *st, struct page_id id, struct person_id from, struct person_id to, int64_t next_ms,
                       struct err *err)
{
    return change(st, PAGE_TAKE_OVER, id, (int64_t[]){ to.v, clock_now_ms(st->clock), next_ms, from.v }, 4, err);
}

enum rc page_reopen(struct store *st, struct page_id id, int64_t elapsed_ms, int64_t next_ms, struct err *err)
{
    return change(st, PAGE_REOPEN, id, (int64_t[]){ elapsed_ms, next_ms }, 2, err);
}

enum rc page_reminded(struct store *st, struct page_id id, int64_t next_ms, struct err *err)
{
    return change(st, PAGE_REMIND, id, &next_ms, 1, err);
}

enum rc page_half_close(struct store *st, struct page_id id, struct person_id staff, const char *outcome,
                        int64_t next_ms, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("page_half_close");
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (begin_change(st, PAGE_HALF_CLOSE, id, &q, err))
        return err->rc;
    db_bind_int(q, 3, staff.v);
    db_bind_int(q, 4, clock_now_ms(st->clock));
    store_bind_sealed(st, q, 5, COL_PAGE_OUTCOME, id.v, outcome, mem);
    db_bind_int(q, 6, next_ms);
    return end_change(q, id, err);
}

enum rc page_close(struct store *st, struct page_id id, const char *outcome, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("page_close");
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (begin_change(st, PAGE_CLOSE, id, &q, err))
        return err->rc;
    store_bind_sealed(st, q, 3, COL_PAGE_OUTCOME, id.v, outcome, mem);
    return end_change(q, id, err);
}
