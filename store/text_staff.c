#include "store/text_staff.h"

#include <assert.h>

enum staff_stmt { STAFF_GET, STAFF_HOLD, STAFF_PIN, STAFF_REVIEWS, STAFF_WRONG, STAFF_STMT_COUNT };
enum { SP_PRACTICE = 1, SP_PERSON, SP_PIN, SP_NOW };
enum { SW_PRACTICE = 1, SW_PERSON, SW_WRONG, SW_SINCE };

/* clang-format off */
#define SELECT_STAFF "SELECT pin_sealed, pin_ms, wrong, wrong_ms, has_reviews FROM text_staff WHERE practice_id = $1 AND id = $2"

static const char *const staff_sql[STAFF_STMT_COUNT] = {
    [STAFF_GET] = SELECT_STAFF,
    [STAFF_HOLD] = SELECT_STAFF " /*LOCK*/",
    [STAFF_PIN] =
        "INSERT INTO text_staff (practice_id, id, pin_sealed, pin_ms, wrong, has_reviews) VALUES ($1, $2, $3, $4, 0, 0)"
        " ON CONFLICT (practice_id, id) DO UPDATE SET pin_sealed = excluded.pin_sealed, pin_ms = excluded.pin_ms, wrong = 0, wrong_ms = NULL",
    [STAFF_REVIEWS] =
        "INSERT INTO text_staff (practice_id, id, wrong, has_reviews) VALUES ($1, $2, 0, $3)"
        " ON CONFLICT (practice_id, id) DO UPDATE SET has_reviews = excluded.has_reviews",
    [STAFF_WRONG] = "UPDATE text_staff SET wrong = $3, wrong_ms = $4 WHERE practice_id = $1 AND id = $2",
};
/* clang-format on */
const struct db_domain text_staff_domain = { "text_staff", staff_sql, STAFF_STMT_COUNT };

static enum rc start(struct store *st, enum staff_stmt stmt, struct person_id person, struct db_query **ret_q,
                     struct err *err)
{
    const enum rc rc = db_query(st->db, staff_sql[stmt], ret_q, err);

    if (rc)
        return rc;
    db_bind_int(*ret_q, 1, st->practice.v);
    db_bind_int(*ret_q, 2, person.v);
    return RC_OK;
}

/* A day after the first wrong one the count begins anew. A clock that was set back opens nothing. */
static void look_at_count(struct text_staff *s, int64_t now_ms)
{
    if (now_ms - s->wrong_ms >= TEXT_PIN_LOCK_MS)
        s->wrong = 0;
    s->is_locked = s->wrong >= TEXT_PIN_TRIES;
}

static enum rc read_row(struct store *st, enum staff_stmt stmt, struct person_id person, struct arena *mem,
                        struct text_staff *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct text_staff s = { .person = person };
    bool row;

    if (start(st, stmt, person, &q, err) || db_step(q, &row, err))
        return err->rc;
    if (row) {
        if (store_sealed(st, q, 0, COL_TEXT_STAFF_PIN, person.v, mem, &s.pin, err))
            return err->rc;
        s.pin_ms = db_int(q, 1);
        s.wrong = db_int(q, 2);
        s.wrong_ms = db_int(q, 3);
        s.has_reviews = db_int(q, 4) != 0;
        look_at_count(&s, clock_now_ms(st->clock));
        if (db_run(q, NULL, err))
            return err->rc;
    }
    *ret = s;
    return RC_OK;
}

enum rc text_staff_get(struct store *st, struct person_id person, struct arena *mem, struct text_staff *ret,
                       struct err *err)
{
    return read_row(st, STAFF_GET, person, mem, ret, err);
}

enum rc text_staff_hold(struct store *st, struct person_id person, struct arena *mem, struct text_staff *ret,
                        struct err *err)
{
    assert(db_in_tx(st->db));
    return read_row(st, STAFF_HOLD, person, mem, ret, err);
}

enum rc text_staff_set_pin(struct store *st, struct person_id person, const char *hash, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_staff");
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, STAFF_PIN, person, &q, err))
        return err->rc;
    store_bind_sealed(st, q, SP_PIN, COL_TEXT_STAFF_PIN, person.v, hash, mem);
    db_bind_int(q, SP_NOW, clock_now_ms(st->clock));
    return db_run(q, NULL, err);
}

enum rc text_staff_set_reviews(struct store *st, struct person_id person, bool has, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, STAFF_REVIEWS, person, &q, err))
        return err->rc;
    db_bind_int(q, 3, has);
    return db_run(q, NULL, err);
}

enum rc text_staff_wrong(struct store *st, struct text_staff *staff, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const int64_t now_ms = clock_now_ms(st->clock);

    assert(db_in_tx(st->db));
    if (start(st, STAFF_WRONG, staff->person, &q, err))
        return err->rc;
    if (!staff->wrong++)
        staff->wrong_ms = now_ms;
    db_bind_int(q, SW_WRONG, staff->wrong);
    db_bind_int(q, SW_SINCE, staff->wrong_ms);
    look_at_count(staff, now_ms);
    return db_run(q, NULL, err);
}
