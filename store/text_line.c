#include "store/text_line.h"

#include "store/rows.h"

#include <assert.h>

/* clang-format off */
enum line_stmt { ITEM_ALL, ITEM_PUT, ITEM_FIND, ASKED_PUT, ASKED_GET, ASKED_CLOSE, ASKED_OVER, ITEM_END, ASKED_END, LINE_STMT_COUNT };
enum item_put_arg { IP_PRACTICE = 1, IP_ADDRESS, IP_SENDER, IP_N, IP_PERSON, IP_KIND, IP_TARGET, IP_GROUP, IP_NOW, IP_LIVE };
enum asked_put_arg { AP_PRACTICE = 1, AP_ADDRESS, AP_SENDER, AP_ID, AP_PERSON, AP_KIND, AP_SUBJECT, AP_DATA, AP_NOW, AP_DUE };

#define OF_LINE " WHERE practice_id = $1 AND address_id = $2 AND sender_id = $3"
#define ITEM_COLUMNS "n, person_id, kind, target_id, group_id, given_ms, live_ms"
#define ASKED_COLUMNS "id, person_id, kind, subject_id, data_sealed, asked_ms, due_ms"

static const char *const line_sql[LINE_STMT_COUNT] = {
    [ITEM_ALL] = "SELECT " ITEM_COLUMNS " FROM text_item" OF_LINE " ORDER BY n",
    [ITEM_PUT] =
        "INSERT INTO text_item (practice_id, address_id, sender_id, n, person_id, kind, target_id, group_id, given_ms, live_ms)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (practice_id, address_id, sender_id, n) DO UPDATE SET"
        " person_id = excluded.person_id, kind = excluded.kind, target_id = excluded.target_id, group_id = excluded.group_id,"
        " given_ms = excluded.given_ms, live_ms = excluded.live_ms",
    [ITEM_FIND] = "SELECT " ITEM_COLUMNS " FROM text_item" OF_LINE " AND n = $4",
    [ASKED_PUT] =
        "INSERT INTO text_asked (practice_id, address_id, sender_id, id, person_id, kind, subject_id, data_sealed, asked_ms, due_ms)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (practice_id, address_id, sender_id) DO UPDATE SET id = excluded.id,"
        " person_id = excluded.person_id, kind = excluded.kind, subject_id = excluded.subject_id, data_sealed = excluded.data_sealed,"
        " asked_ms = excluded.asked_ms, due_ms = excluded.due_ms",
    [ASKED_GET] = "SELECT " ASKED_COLUMNS " FROM text_asked" OF_LINE " AND due_ms > $4",
    [ASKED_CLOSE] = "DELETE FROM text_asked" OF_LINE,
    [ASKED_OVER] =
        "SELECT " ASKED_COLUMNS ", address_id, sender_id FROM text_asked WHERE practice_id = $1 AND due_ms <= $2 ORDER BY due_ms LIMIT 1",
    [ITEM_END] = "UPDATE text_item SET live_ms = $3 WHERE practice_id = $1 AND address_id = $2 AND live_ms > $3",
    [ASKED_END] = "DELETE FROM text_asked WHERE practice_id = $1 AND address_id = $2",
};
/* clang-format on */
const struct db_domain text_line_domain = { "text_line", line_sql, LINE_STMT_COUNT };

static enum rc start(struct store *st, enum line_stmt stmt, const struct text_line *line, struct db_query **ret_q,
                     struct err *err)
{
    const enum rc rc = db_query(st->db, line_sql[stmt], ret_q, err);

    if (rc)
        return rc;
    db_bind_int(*ret_q, 1, st->practice.v);
    db_bind_int(*ret_q, 2, line->address.v);
    db_bind_int(*ret_q, 3, line->sender.v);
    return RC_OK;
}

/* ---- items ---- */

static void read_item(struct db_query *q, int64_t now, struct text_item *ret)
{
    *ret = (struct text_item){ .n = db_int(q, 0),
                               .person = { db_int(q, 1) },
                               .kind = (enum text_item_kind)db_int(q, 2),
                               .target = db_int(q, 3),
                               .group = { db_int(q, 4) },
                               .given_ms = db_int(q, 5),
                               .live_ms = db_int(q, 6) };
    ret->is_live = ret->live_ms > now;
}

static enum rc all_items(struct store *st, const struct text_line *line, bool is_live_only, struct arena *mem,
                         struct text_item **ret, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const int64_t now = clock_now_ms(st->clock);
    struct text_item *items = NULL;
    size_t n = 0, cap = 0;
    bool row;
    enum rc rc = start(st, ITEM_ALL, line, &q, err);

    while (!rc && !(rc = db_step(q, &row, err)) && row) {
        items = rows_room(mem, items, n, &cap, sizeof *items);
        read_item(q, now, &items[n]);
        n += items[n].is_live || !is_live_only;
    }
    if (rc)
        return rc;
    *ret = items;
    *ret_n = n;
    return RC_OK;
}

/* One that was never given if there is any of its length; else the free one that was given longest ago; else, with all of them live, the oldest. */
static int64_t next_number(const struct text_item *items, size_t n)
{
    const struct text_item *old[2] = { NULL, NULL }; /* the longest free, short and long */
    const struct text_item *oldest = NULL;
    bool is_given[TEXT_ITEM_LAST + 1] = { [911] = true, [988] = true }; /* what people call in need is no item */

    for (size_t i = 0; i < n; i++) {
        const struct text_item **const free_one = &old[items[i].n > TEXT_ITEM_SHORT];

        is_given[items[i].n] = true;
        if (!oldest || items[i].given_ms < oldest->given_ms)
            oldest = &items[i];
        if (!items[i].is_live && (!*free_one || items[i].live_ms < (*free_one)->live_ms))
            *free_one = &items[i];
    }
    for (int64_t k = TEXT_ITEM_FIRST; k <= TEXT_ITEM_LAST; k++) {
        if (k == TEXT_ITEM_SHORT + 1 && old[0])
            return old[0]->n;
        if (!is_given[k])
            return k;
    }
    return old[0] ? old[0]->n : old[1] ? old[1]->n : oldest->n;
}

static enum rc put_item(struct store *st, const struct text_line *line, const struct text_item *item, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, ITEM_PUT, line, &q, err))
        return err->rc;
    db_bind_int(q, IP_N, item->n);
    db_bind_int(q, IP_PERSON, item->person.v);
    db_bind_int(q, IP_KIND, item->kind);
    db_bind_int(q, IP_TARGET, item->target);
    db_bind_int(q, IP_GROUP, item->group.v);
    db_bind_int(q, IP_NOW, item->given_ms);
    db_bind_int(q, IP_LIVE, item->live_ms);
    return db_run(q, NULL, err);
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

enum rc text_item_give(struct store *st, const struct text_line *line, struct text_item *item, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_item");
    struct text_item *items = NULL;
    size_t n = 0;

    assert(db_in_tx(st->db));
    if (all_items(st, line, false, mem, &items, &n, err))
        return err->rc;
    item->n = 0;
    item->given_ms = clock_now_ms(st->clock);
    item->live_ms = later(item->live_ms, item->given_ms + TEXT_ITEM_LIVE_MS);
    for (size_t i = 0; i < n && !item->n; i++)
        if (items[i].is_live && items[i].person.v == item->person.v && items[i].kind == item->kind &&
            items[i].target == item->target) {
            item->n = items[i].n;
            item->live_ms = later(item->live_ms, items[i].live_ms);
        }
    if (!item->n)
        item->n = next_number(items, n);
    item->is_live = true;
    return put_item(st, line, item, err);
}

enum rc text_item_find(struct store *st, const struct text_line *line, int64_t n, struct text_item *ret,
                       struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, ITEM_FIND, line, &q, err))
        return err->rc;
    db_bind_int(q, 4, n);
    if (db_one(q, err))
        return err_wrap(err, "item of a text");
    read_item(q, clock_now_ms(st->clock), ret);
    return RC_OK;
}

enum rc text_item_list(struct store *st, const struct text_line *line, struct arena *mem, struct text_item **ret,
                       size_t *ret_n, struct err *err)
{
    return all_items(st, line, true, mem, ret, ret_n, err);
}

/* ---- the question ---- */

enum rc text_question_ask(struct store *st, const struct text_line *line, struct text_question *question,
                          struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_question");
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    question->id = id_next(st->ids);
    question->asked_ms = clock_now_ms(st->clock);
    if (!question->due_ms)
        question->due_ms = question->asked_ms + TEXT_QUESTION_LIVE_MS;
    if (start(st, ASKED_PUT, line, &q, err))
        return err->rc;
    db_bind_int(q, AP_ID, question->id);
    db_bind_int(q, AP_PERSON, question->person.v);
    db_bind_int(q, AP_KIND, question->kind);
    db_bind_int(q, AP_SUBJECT, question->subject_id);
    store_bind_sealed(st, q, AP_DATA, COL_TEXT_ASKED_DATA, question->id, question->data, mem);
    db_bind_int(q, AP_NOW, question->asked_ms);
    db_bind_int(q, AP_DUE, question->due_ms);
    return db_run(q, NULL, err);
}

static enum rc read_question(struct store *st, struct db_query *q, struct arena *mem, struct text_question *ret,
                             struct err *err)
{
    if (db_one(q, err))
        return err_wrap(err, "question of a text");
    *ret = (struct text_question){ .id = db_int(q, 0),
                                   .person = { db_int(q, 1) },
                                   .kind = (enum text_question_kind)db_int(q, 2),
                                   .subject_id = db_int(q, 3),
                                   .asked_ms = db_int(q, 5),
                                   .due_ms = db_int(q, 6) };
    return store_sealed(st, q, 4, COL_TEXT_ASKED_DATA, ret->id, mem, &ret->data, err);
}

enum rc text_question_get(struct store *st, const struct text_line *line, struct arena *mem, struct text_question *ret,
                          struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, ASKED_GET, line, &q, err))
        return err->rc;
    db_bind_int(q, 4, clock_now_ms(st->clock));
    return read_question(st, q, mem, ret, err);
}

enum rc text_question_close(struct store *st, const struct text_line *line, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    return start(st, ASKED_CLOSE, line, &q, err) ? err->rc : db_run(q, NULL, err);
}

enum rc text_line_end(struct store *st, struct address_id address, struct err *err)
{
    static const enum line_stmt both[] = { ITEM_END, ASKED_END };

    assert(db_in_tx(st->db));
    for (size_t i = 0; i < COUNT_OF(both); i++) {
        CLEANUP(db_query_done) struct db_query *q = NULL;

        if (db_query(st->db, line_sql[both[i]], &q, err))
            return err->rc;
        db_bind_int(q, 1, st->practice.v);
        db_bind_int(q, 2, address.v);
        if (both[i] == ITEM_END)
            db_bind_int(q, 3, clock_now_ms(st->clock));
        if (db_run(q, NULL, err))
            return err->rc;
    }
    return RC_OK;
}

enum rc text_question_over(struct store *st, struct arena *mem, struct text_line *ret_line, struct text_question *ret,
                           struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, line_sql[ASKED_OVER], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, clock_now_ms(st->clock));
    rc = read_question(st, q, mem, ret, err);
    if (!rc)
        *ret_line = (struct text_line){ { db_int(q, 7) }, { db_int(q, 8) } };
    return rc;
}
