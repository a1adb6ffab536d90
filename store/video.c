#include "store/video.h"

#include "base/json.h"
#include "store/rows.h"

#include <assert.h>

enum video_stmt {
    ACCOUNT_CLEAR,
    ACCOUNT_ADD,
    ACCOUNT_GET,
    MEETING_WANT,
    MEETING_HURRY,
    MEETING_GET,
    MEETING_NEXT,
    MEETING_CHANGE,
    MEETING_TROUBLES,
    SEAT_PUT,
    SEAT_GET,
    SEATS,
    SEAT_DROP,
    SEATS_DROP,
    VIDEO_STMT_COUNT
};

/* clang-format off */
#define MEETING_COLUMNS "id, remote_id, start_ms, minutes, link_sealed, is_counted, tries, trouble, due_ms"

static const char *const video_sql[VIDEO_STMT_COUNT] = {
    [ACCOUNT_CLEAR] = "DELETE FROM video_account WHERE practice_id = $1",
    [ACCOUNT_ADD] = "INSERT INTO video_account (practice_id, id, values_sealed, created_ms) VALUES ($1, $2, $3, $4)",
    [ACCOUNT_GET] = "SELECT id, values_sealed FROM video_account WHERE practice_id = $1",
    [MEETING_WANT] =
        "INSERT INTO video_meeting (practice_id, id, remote_id, start_ms, minutes, is_counted, tries, trouble, due_ms)"
        " VALUES ($1, $2, 0, 0, 0, 0, 0, '', $3) ON CONFLICT (practice_id, id) DO UPDATE SET due_ms = excluded.due_ms",
    [MEETING_HURRY] = "UPDATE video_meeting SET due_ms = $3 WHERE practice_id = $1 AND id = $2 AND due_ms > $3",
    [MEETING_GET] = "SELECT " MEETING_COLUMNS " FROM video_meeting WHERE practice_id = $1 AND id = $2",
    [MEETING_NEXT] = "SELECT " MEETING_COLUMNS " FROM video_meeting WHERE practice_id = $1 AND due_ms <= $2 ORDER BY due_ms LIMIT 1",
    [MEETING_CHANGE] =
        "UPDATE video_meeting SET remote_id = $3, start_ms = $4, minutes = $5, link_sealed = $6, is_counted = $7, tries = $8, trouble = $9,"
        " due_ms = CASE WHEN due_ms = $11 THEN $10 ELSE due_ms END WHERE practice_id = $1 AND id = $2",
    [MEETING_TROUBLES] = "SELECT COUNT(*), MAX(trouble) FROM video_meeting WHERE practice_id = $1 AND trouble <> ''",
    [SEAT_PUT] =
        "INSERT INTO video_seat (practice_id, id, visit_id, person_id, values_sealed) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (practice_id, id) DO UPDATE SET values_sealed = excluded.values_sealed",
    [SEAT_GET] = "SELECT id, visit_id, person_id, values_sealed FROM video_seat WHERE practice_id = $1 AND id = $2",
    [SEATS] = "SELECT id, visit_id, person_id, values_sealed FROM video_seat WHERE practice_id = $1 AND visit_id = $2 ORDER BY id",
    [SEAT_DROP] = "DELETE FROM video_seat WHERE practice_id = $1 AND id = $2",
    [SEATS_DROP] = "DELETE FROM video_seat WHERE practice_id = $1 AND visit_id = $2",
};
/* clang-format on */
const struct db_domain video_domain = { "video", video_sql, VIDEO_STMT_COUNT };

static enum rc start(struct store *st, enum video_stmt stmt, int64_t id, struct db_query **ret_q, struct err *err)
{
    const enum rc rc = db_query(st->db, video_sql[stmt], ret_q, err);

    if (!rc) {
        db_bind_int(*ret_q, 1, st->practice.v);
        if (id)
            db_bind_int(*ret_q, 2, id);
    }
    return rc;
}

/* One statement of a row's id, and perhaps a time. */
static enum rc run(struct store *st, enum video_stmt stmt, int64_t id, int64_t ms, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, stmt, id, &q, err))
        return err->rc;
    if (ms)
        db_bind_int(q, 3, ms);
    return db_run(q, NULL, err);
}

/* ---- the account ---- */

enum rc video_account_set(struct store *st, const char *values, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("video_account");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const int64_t id = id_next(st->ids);

    if (run(st, ACCOUNT_CLEAR, 0, 0, err) || !values)
        return values ? err->rc : RC_OK;
    if (start(st, ACCOUNT_ADD, id, &q, err))
        return err->rc;
    store_bind_sealed(st, q, 3, COL_VIDEO_ACCOUNT, id, values, mem);
    db_bind_int(q, 4, clock_now_ms(st->clock));
    return db_run(q, NULL, err);
}

enum rc video_account_get(struct store *st, struct arena *mem, const char **ret_values, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, ACCOUNT_GET, 0, &q, err) || db_one(q, err))
        return err_wrap(err, "video account");
    return store_sealed(st, q, 1, COL_VIDEO_ACCOUNT, db_int(q, 0), mem, ret_values, err);
}

/* ---- meetings ---- */

enum rc video_meeting_want(struct store *st, struct visit_id visit, int64_t due_ms, struct err *err)
{
    return run(st, MEETING_WANT, visit.v, due_ms, err);
}

enum rc video_meeting_hurry(struct store *st, struct visit_id visit, int64_t due_ms, struct err *err)
{
    return run(st, MEETING_HURRY, visit.v, due_ms, err);
}

static enum rc read_meeting(const struct store *st, struct db_query *q, struct arena *mem, struct video_meeting *ret,
                            struct err *err)
{
    *ret = (struct video_meeting){ .visit = { db_int(q, 0) },
                                   .remote_id = db_int(q, 1),
                                   .start_ms = db_int(q, 2),
                                   .minutes = db_int(q, 3),
                                   .is_counted = db_int(q, 5) != 0,
                                   .tries = db_int(q, 6),
                                   .trouble = arena_strdup(mem, db_text(q, 7)),
                                   .due_ms = db_int(q, 8) };
    return store_sealed(st, q, 4, COL_VIDEO_MEETING_LINK, ret->visit.v, mem, &ret->link, err);
}

enum rc video_meeting_get(struct store *st, struct visit_id visit, struct arena *mem, struct video_meeting *ret,
                          struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, MEETING_GET, visit.v, &q, err) || db_one(q, err))
        return err_wrap(err, "meeting of visit %" PRId64, visit.v);
    return read_meeting(st, q, mem, ret, err);
}

enum rc video_meeting_next(struct store *st, int64_t now_ms, struct arena *mem, struct video_meeting *ret,
                           struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, MEETING_NEXT, now_ms, &q, err) || db_one(q, err))
        return err_wrap(err, "next meeting");
    return read_meeting(st, q, mem, ret, err);
}

enum rc video_meeting_change(struct store *st, const struct video_meeting *m, int64_t was_ms, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("video_meeting");
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, MEETING_CHANGE, m->visit.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, m->remote_id);
    db_bind_int(q, 4, m->start_ms);
    db_bind_int(q, 5, m->minutes);
    store_bind_sealed(st, q, 6, COL_VIDEO_MEETING_LINK, m->visit.v, m->link, mem);
    db_bind_int(q, 7, m->is_counted);
    db_bind_int(q, 8, m->tries);
    db_bind_text(q, 9, m->trouble);
    db_bind_int(q, 10, m->due_ms);
    db_bind_int(q, 11, was_ms);
    return db_run(q, NULL, err) ? err_wrap(err, "meeting of visit %" PRId64, m->visit.v) : RC_OK;
}

enum rc video_meeting_troubles(struct store *st, struct arena *mem, int64_t *ret_n, const char **ret_trouble,
                               struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, MEETING_TROUBLES, 0, &q, err) || db_one(q, err))
        return err_wrap(err, "meetings with trouble");
    *ret_n = db_int(q, 0);
    *ret_trouble = db_is_null(q, 1) ? "" : arena_strdup(mem, db_text(q, 1));
    return RC_OK;
}

/* ---- members' own links ---- */

enum rc video_seat_put(struct store *st, const struct video_seat *seat, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("video_seat");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    CLEANUP(json_free) struct json *values = json_object_new();
    CLEANUP(strbuf_done) struct strbuf text = STRBUF((size_t)16 << 10);

    assert(db_in_tx(st->db));
    json_set_str(values, "registrant", seat->registrant);
    json_set_str(values, "link", seat->link);
    json_print(values, false, &text);
    if (start(st, SEAT_PUT, seat->seat.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, seat->visit.v);
    db_bind_int(q, 4, seat->person.v);
    store_bind_sealed(st, q, 5, COL_VIDEO_SEAT, seat->seat.v, strbuf_peek(&text), mem);
    return db_run(q, NULL, err) ? err_wrap(err, "link of seat %" PRId64, seat->seat.v) : RC_OK;
}

static enum rc read_seat(const struct store *st, struct db_query *q, struct arena *mem, struct video_seat *ret,
                         struct err *err)
{
    CLEANUP(json_free) struct json *values = NULL;
    const char *text;

    *ret = (struct video_seat){ .seat = { db_int(q, 0) }, .visit = { db_int(q, 1) }, .person = { db_int(q, 2) } };
    if (store_sealed(st, q, 3, COL_VIDEO_SEAT, ret->seat.v, mem, &text, err) ||
        json_parse(text, strlen(text), &values, err))
        return err_wrap(err, "link of seat %" PRId64, ret->seat.v);
    ret->registrant = arena_strdup(mem, json_get_str(values, "registrant", ""));
    ret->link = arena_strdup(mem, json_get_str(values, "link", ""));
    return RC_OK;
}

enum rc video_seat_get(struct store *st, struct visit_seat_id id, struct arena *mem, struct video_seat *ret,
                       struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, SEAT_GET, id.v, &q, err) || db_one(q, err))
        return err_wrap(err, "link of seat %" PRId64, id.v);
    return read_seat(st, q, mem, ret, err);
}

enum rc video_seats(struct store *st, struct visit_id visit, struct arena *mem, struct video_seat **ret, size_t *ret_n,
                    struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct video_seat *list = NULL;
    size_t n = 0, cap = 0;
    bool row;
    enum rc rc = start(st, SEATS, visit.v, &q, err);

    while (!rc && !(rc = db_step(q, &row, err)) && row) {
        list = rows_room(mem, list, n, &cap, sizeof *list);
        rc = read_seat(st, q, mem, &list[n++], err);
    }
    *ret = list;
    *ret_n = n;
    return rc ? err_wrap(err, "links of visit %" PRId64, visit.v) : RC_OK;
}

enum rc video_seat_drop(struct store *st, struct visit_seat_id id, struct err *err)
{
    return run(st, SEAT_DROP, id.v, 0, err);
}

enum rc video_seats_drop(struct store *st, struct visit_id visit, struct err *err)
{
    return run(st, SEATS_DROP, visit.v, 0, err);
}
