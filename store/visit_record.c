#include "store/visit_record.h"

#include "store/rows.h"

#include <assert.h>

enum record_stmt { REMINDER, REMINDED, ATTENDED, ATTENDANCE, AGREE, AGREED, REPLY, REPLIES, RECORD_STMT_COUNT };

/* clang-format off */
static const char *const record_sql[RECORD_STMT_COUNT] = {
    [REMINDER] =
        "INSERT INTO visit_reminder (practice_id, seat_id, minutes_before, start_ms, person_id, at_ms) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT DO NOTHING",
    [REMINDED] =
        "SELECT minutes_before FROM visit_reminder WHERE practice_id = $1 AND seat_id = $2 AND minutes_before > 0 AND at_ms <= $3"
        " ORDER BY at_ms DESC, minutes_before LIMIT 1",
    [ATTENDED] =
        "INSERT INTO attendance (practice_id, id, visit_id, person_id, state, joined_ms, left_ms, minutes, is_individual, source, staff_id, at_ms)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    [ATTENDANCE] =
        "SELECT id, visit_id, person_id, state, joined_ms, left_ms, minutes, is_individual, source, staff_id, at_ms FROM attendance"
        " WHERE practice_id = $1 AND visit_id = $2 ORDER BY id",
    [AGREE] =
        "INSERT INTO agreement (practice_id, id, membership_id, person_id, text_version, way, evidence_id, at_ms)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    [AGREED] =
        "SELECT person_id, text_version, way, evidence_id, at_ms FROM agreement WHERE practice_id = $1 AND membership_id = $2"
        " ORDER BY at_ms DESC, id DESC LIMIT 1",
    [REPLY] =
        "INSERT INTO visit_reply (practice_id, id, visit_id, person_id, number, words_sealed, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    [REPLIES] =
        "SELECT id, visit_id, person_id, number, words_sealed, at_ms FROM visit_reply WHERE practice_id = $1 AND visit_id = $2 ORDER BY id",
};
/* clang-format on */
const struct db_domain visit_record_domain = { "visit_record", record_sql, RECORD_STMT_COUNT };

static enum rc start(struct store *st, enum record_stmt stmt, int64_t id, struct db_query **ret_q, struct err *err)
{
    const enum rc rc = db_query(st->db, record_sql[stmt], ret_q, err);

    if (!rc) {
        db_bind_int(*ret_q, 1, st->practice.v);
        db_bind_int(*ret_q, 2, id);
    }
    return rc;
}

static void bind_all(struct db_query *q, int from, const int64_t *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        db_bind_int(q, from + (int)i, values[i]);
}

enum rc visit_reminder_take(struct store *st, const struct visit_seat *seat, int64_t minutes_before, int64_t start_ms,
                            struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const int64_t values[] = { minutes_before, start_ms, seat->person.v, clock_now_ms(st->clock) };
    int64_t changed = 0;

    assert(db_in_tx(st->db));
    if (start(st, REMINDER, seat->id.v, &q, err))
        return err->rc;
    bind_all(q, 3, values, COUNT_OF(values));
    if (db_run(q, &changed, err))
        return err_wrap(err, "reminder of seat %" PRId64, seat->id.v);
    return changed ? RC_OK : err_set(err, RC_CONFLICT, "seat %" PRId64 " was reminded", seat->id.v);
}

enum rc visit_reminder_at(struct store *st, struct visit_seat_id seat, int64_t at_ms, int64_t *ret_minutes,
                          struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    bool has_row = false;

    if (start(st, REMINDED, seat.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, at_ms);
    if (db_step(q, &has_row, err))
        return err_wrap(err, "reminders of seat %" PRId64, seat.v);
    if (!has_row)
        return err_set(err, RC_NOT_FOUND, "seat %" PRId64 " was not reminded", seat.v);
    *ret_minutes = db_int(q, 0);
    return RC_OK;
}

/* ---- who came ---- */

enum rc attendance_add(struct store *st, struct attendance *a, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    a->id = id_next(st->ids);
    a->at_ms = clock_now_ms(st->clock);
    const int64_t values[] = { a->visit.v, a->person.v,      a->state,  a->joined_ms, a->left_ms,
                               a->minutes, a->is_individual, a->source, a->staff.v,   a->at_ms };

    if (start(st, ATTENDED, a->id, &q, err))
        return err->rc;
    bind_all(q, 3, values, COUNT_OF(values));
    return db_run(q, NULL, err) ? err_wrap(err, "attendance of visit %" PRId64, a->visit.v) : RC_OK;
}

enum rc attendance_list(struct store *st, struct visit_id visit, struct arena *mem, struct attendance **ret,
                        size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct attendance *list = NULL;
    size_t n = 0, cap = 0;
    bool row;
    enum rc rc = start(st, ATTENDANCE, visit.v, &q, err);

    while (!rc && !(rc = db_step(q, &row, err)) && row) {
        list = rows_room(mem, list, n, &cap, sizeof *list);
        list[n++] = (struct attendance){ .id = db_int(q, 0),
                                         .visit = { db_int(q, 1) },
                                         .person = { db_int(q, 2) },
                                         .state = (enum attendance_state)db_int(q, 3),
                                         .joined_ms = db_int(q, 4),
                                         .left_ms = db_int(q, 5),
                                         .minutes = db_int(q, 6),
                                         .is_individual = db_int(q, 7) != 0,
                                         .source = (enum attendance_source)db_int(q, 8),
                                         .staff = { db_int(q, 9) },
                                         .at_ms = db_int(q, 10) };
    }
    *ret = list;
    *ret_n = n;
    return rc ? err_wrap(err, "attendance of visit %" PRId64, visit.v) : RC_OK;
}

const struct attendance *attendance_of(const struct attendance *list, size_t n, struct person_id person)
{
    const struct attendance *last = NULL;

    for (size_t i = 0; i < n; i++)
        if (list[i].person.v == person.v)
            last = &list[i];
    return last;
}

/* ---- who agreed ---- */

enum rc agreement_add(struct store *st, const struct agreement *a, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, AGREE, id_next(st->ids), &q, err))
        return err->rc;
    db_bind_int(q, 3, a->membership.v);
    db_bind_int(q, 4, a->person.v);
    db_bind_text(q, 5, a->text_version);
    db_bind_int(q, 6, a->way);
    db_bind_int(q, 7, a->evidence);
    db_bind_int(q, 8, clock_now_ms(st->clock));
    return db_run(q, NULL, err) ? err_wrap(err, "agreement of membership %" PRId64, a->membership.v) : RC_OK;
}

enum rc agreement_get(struct store *st, struct membership_id membership, struct arena *mem, struct agreement *ret,
                      struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, AGREED, membership.v, &q, err) || db_one(q, err))
        return err_wrap(err, "agreement of membership %" PRId64, membership.v);
    *ret = (struct agreement){ .membership = membership,
                               .person = { db_int(q, 0) },
                               .text_version = arena_strdup(mem, db_text(q, 1)),
                               .way = (enum visit_way)db_int(q, 2),
                               .evidence = db_int(q, 3),
                               .at_ms = db_int(q, 4) };
    return RC_OK;
}

/* ---- what they wrote ---- */

enum rc visit_reply_add(struct store *st, struct visit_reply *r, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("visit_reply");
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    r->id = id_next(st->ids);
    r->at_ms = clock_now_ms(st->clock);
    if (start(st, REPLY, r->id, &q, err))
        return err->rc;
    db_bind_int(q, 3, r->visit.v);
    db_bind_int(q, 4, r->person.v);
    db_bind_int(q, 5, r->number);
    store_bind_sealed(st, q, 6, COL_VISIT_REPLY_WORDS, r->id, r->words, mem);
    db_bind_int(q, 7, r->at_ms);
    return db_run(q, NULL, err) ? err_wrap(err, "reply to visit %" PRId64, r->visit.v) : RC_OK;
}

enum rc visit_replies(struct store *st, struct visit_id visit, struct arena *mem, struct visit_reply **ret,
                      size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct visit_reply *list = NULL;
    size_t n = 0, cap = 0;
    bool row;
    enum rc rc = start(st, REPLIES, visit.v, &q, err);

    while (!rc && !(rc = db_step(q, &row, err)) && row) {
        struct visit_reply *r;

        list = rows_room(mem, list, n, &cap, sizeof *list);
        r = &list[n++];
        *r = (struct visit_reply){ .id = db_int(q, 0),
                                   .visit = { db_int(q, 1) },
                                   .person = { db_int(q, 2) },
                                   .number = db_int(q, 3),
                                   .at_ms = db_int(q, 5) };
        rc = store_sealed(st, q, 4, COL_VISIT_REPLY_WORDS, r->id, mem, &r->words, err);
    }
    *ret = list;
    *ret_n = n;
    return rc ? err_wrap(err, "replies to visit %" PRId64, visit.v) : RC_OK;
}

const char *attendance_state_name(enum attendance_state state)
{
    return state == ATTENDANCE_CAME ? "came" : state == ATTENDANCE_MISSED ? "missed" : "";
}
