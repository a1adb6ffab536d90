#include "store/calendar_feed.h"

#include <assert.h>

enum feed_stmt { FEED_ADD, FEED_GET, FEED_OF, FEED_END, FEED_STMT_COUNT };

static const char *const feed_sql[FEED_STMT_COUNT] = {
    [FEED_ADD] = "INSERT INTO calendar_feed (practice_id, id, person_id, state, created_ms) VALUES ($1, $2, $3, 1, $4)"
                 " ON CONFLICT DO NOTHING",
    [FEED_GET] = "SELECT id, person_id, created_ms FROM calendar_feed WHERE practice_id = $1 AND id = $2 AND state = 1",
    [FEED_OF] = "SELECT id, person_id, created_ms FROM calendar_feed"
                " WHERE practice_id = $1 AND person_id = $2 AND state = 1",
    [FEED_END] = "UPDATE calendar_feed SET state = 2, ended_ms = $3 WHERE practice_id = $1 AND id = $2 AND state = 1",
};
const struct db_domain calendar_feed_domain = { "calendar_feed", feed_sql, FEED_STMT_COUNT };

static enum rc start(struct store *st, enum feed_stmt stmt, int64_t value, struct db_query **ret_q, struct err *err)
{
    const enum rc rc = db_query(st->db, feed_sql[stmt], ret_q, err);

    if (!rc) {
        db_bind_int(*ret_q, 1, st->practice.v);
        db_bind_int(*ret_q, 2, value);
    }
    return rc;
}

enum rc calendar_feed_add(struct store *st, struct calendar_feed *feed, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const struct calendar_feed made = { { id_next(st->ids) }, feed->person, clock_now_ms(st->clock) };
    int64_t changed = 0;

    assert(db_in_tx(st->db));
    if (start(st, FEED_ADD, made.id.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, made.person.v);
    db_bind_int(q, 4, made.created_ms);
    if (db_run(q, &changed, err))
        return err_wrap(err, "add a calendar");
    if (!changed)
        return err_set(err, RC_CONFLICT, "they have a calendar");
    *feed = made;
    return RC_OK;
}

static enum rc read_one(struct store *st, enum feed_stmt stmt, int64_t value, struct calendar_feed *ret,
                        struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, stmt, value, &q, err) || db_one(q, err))
        return err_wrap(err, "calendar");
    *ret = (struct calendar_feed){ { db_int(q, 0) }, { db_int(q, 1) }, db_int(q, 2) };
    return RC_OK;
}

enum rc calendar_feed_get(struct store *st, struct feed_id id, struct calendar_feed *ret, struct err *err)
{
    return read_one(st, FEED_GET, id.v, ret, err);
}

enum rc calendar_feed_of(struct store *st, struct person_id person, struct calendar_feed *ret, struct err *err)
{
    return read_one(st, FEED_OF, person.v, ret, err);
}

enum rc calendar_feed_end(struct store *st, struct feed_id id, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t changed = 0;

    assert(db_in_tx(st->db));
    if (start(st, FEED_END, id.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, clock_now_ms(st->clock));
    if (db_run(q, &changed, err))
        return err_wrap(err, "take back a calendar");
    return changed ? RC_OK : err_set(err, RC_NOT_FOUND, "no such calendar");
}
