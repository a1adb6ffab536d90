#include "store/shift.h"

#include "store/rows.h"

#include <assert.h>

enum shift_stmt { SHIFT_ADD, SHIFT_REMOVE, SHIFT_LIST, SHIFT_STMT_COUNT };
enum {
    SA_PRACTICE = 1,
    SA_ID,
    SA_PERSON,
    SA_WEEKDAYS,
    SA_FROM_MINUTE,
    SA_TO_MINUTE,
    SA_FROM_DAY,
    SA_TO_DAY,
    SA_CREATED
};

#define SHIFT_COLUMNS "id, person_id, weekdays, from_minute, to_minute, from_day, to_day, created_ms"

static const char *const shift_sql[SHIFT_STMT_COUNT] = {
    [SHIFT_ADD] = "INSERT INTO shift (practice_id, " SHIFT_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    [SHIFT_REMOVE] = "DELETE FROM shift WHERE practice_id = $1 AND id = $2",
    [SHIFT_LIST] = "SELECT " SHIFT_COLUMNS " FROM shift WHERE practice_id = $1"
                   " ORDER BY CASE WHEN weekdays = 0 THEN 0 ELSE 1 END, from_day, id",
};
const struct db_domain shift_domain = { "shift", shift_sql, SHIFT_STMT_COUNT };

enum rc shift_add(struct store *st, struct shift *shift, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (db_query(st->db, shift_sql[SHIFT_ADD], &q, err))
        return err->rc;
    shift->id.v = id_next(st->ids);
    shift->created_ms = clock_now_ms(st->clock);
    db_bind_int(q, SA_PRACTICE, st->practice.v);
    db_bind_int(q, SA_ID, shift->id.v);
    db_bind_int(q, SA_PERSON, shift->person.v);
    db_bind_int(q, SA_WEEKDAYS, shift->weekdays);
    db_bind_int(q, SA_FROM_MINUTE, shift->from_minute);
    db_bind_int(q, SA_TO_MINUTE, shift->to_minute);
    db_bind_int(q, SA_FROM_DAY, shift->from_day);
    db_bind_int(q, SA_TO_DAY, shift->to_day);
    db_bind_int(q, SA_CREATED, shift->created_ms);
    return db_run(q, NULL, err) ? err_wrap(err, "add shift") : RC_OK;
}

enum rc shift_remove(struct store *st, struct shift_id id, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t changes = 0;

    assert(db_in_tx(st->db));
    if (db_query(st->db, shift_sql[SHIFT_REMOVE], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id.v);
    if (db_run(q, &changes, err))
        return err_wrap(err, "remove shift");
    return changes ? RC_OK : err_set(err, RC_NOT_FOUND, "there is no shift %" PRId64, id.v);
}

static void read_shift(struct db_query *q, struct shift *s)
{
    *s = (struct shift){ .id = { db_int(q, 0) },
                         .person = { db_int(q, 1) },
                         .weekdays = db_int(q, 2),
                         .from_minute = db_int(q, 3),
                         .to_minute = db_int(q, 4),
                         .from_day = db_int(q, 5),
                         .to_day = db_int(q, 6),
                         .created_ms = db_int(q, 7) };
}

enum rc shift_list(struct store *st, struct arena *mem, struct shift **ret_shifts, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct shift *shifts = NULL;
    size_t n = 0, cap = 0;
    bool row;

    if (db_query(st->db, shift_sql[SHIFT_LIST], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    for (;;) {
        if (db_step(q, &row, err))
            return err_wrap(err, "shifts");
        if (!row)
            break;
        shifts = rows_room(mem, shifts, n, &cap, sizeof *shifts);
        read_shift(q, &shifts[n++]);
    }
    *ret_shifts = shifts;
    *ret_n = n;
    return RC_OK;
}
