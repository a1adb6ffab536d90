#include "store/topic.h"

#include "store/rows.h"

#include <assert.h>

enum topic_stmt {
    TOPIC_ADD,
    TOPIC_GET,
    TOPIC_SET_STATE,
    TOPIC_AHEAD,
    HOUR_GET,
    HOUR_CLEAR,
    HOUR_ADD,
    TOPIC_STMT_COUNT
};

#define TOPIC_COLUMNS "t.post_id, t.group_id, t.state, t.day, t.minute"

/* clang-format off */
static const char *const topic_sql[TOPIC_STMT_COUNT] = {
    [TOPIC_ADD] =
        "INSERT INTO topic (practice_id, post_id, group_id, state, day, minute, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    [TOPIC_GET] = "SELECT " TOPIC_COLUMNS " FROM topic t WHERE t.practice_id = $1 AND t.post_id = $2",
    [TOPIC_SET_STATE] = "UPDATE topic SET state = $4 WHERE practice_id = $1 AND post_id = $2 AND state = $3",
    [TOPIC_AHEAD] =
        "SELECT " TOPIC_COLUMNS " FROM topic t JOIN post p ON p.practice_id = t.practice_id AND p.id = t.post_id"
        " WHERE t.practice_id = $1 AND t.state IN (1, 2) AND (CAST($2 AS BIGINT) = 0 OR t.group_id = $2) AND p.state IN (1, 2, 3, 4)"
        " ORDER BY t.day, t.minute, t.post_id",
    [HOUR_GET] = "SELECT weekday, minute FROM topic_hour WHERE practice_id = $1 AND group_id = $2",
    [HOUR_CLEAR] = "DELETE FROM topic_hour WHERE practice_id = $1 AND group_id = $2",
    [HOUR_ADD] = "INSERT INTO topic_hour (practice_id, group_id, weekday, minute) VALUES ($1, $2, $3, $4)",
};
/* clang-format on */
const struct db_domain topic_domain = { "topic", topic_sql, TOPIC_STMT_COUNT };

static enum rc start(struct store *st, enum topic_stmt stmt, int64_t id, struct db_query **ret_q, struct err *err)
{
    const enum rc rc = db_query(st->db, topic_sql[stmt], ret_q, err);

    if (!rc) {
        db_bind_int(*ret_q, 1, st->practice.v);
        db_bind_int(*ret_q, 2, id);
    }
    return rc;
}

static struct topic read_topic(struct db_query *q)
{
    return (
        struct topic){ { db_int(q, 0) }, { db_int(q, 1) }, (enum topic_state)db_int(q, 2), db_int(q, 3), db_int(q, 4) };
}

enum rc topic_add(struct store *st, const struct topic *topic, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, TOPIC_ADD, topic->post.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, topic->group.v);
    db_bind_int(q, 4, topic->state);
    db_bind_int(q, 5, topic->day);
    db_bind_int(q, 6, topic->minute);
    db_bind_int(q, 7, clock_now_ms(st->clock));
    return db_run(q, NULL, err) ? err_wrap(err, "add topic %" PRId64, topic->post.v) : RC_OK;
}

enum rc topic_get(struct store *st, struct post_id post, struct topic *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, TOPIC_GET, post.v, &q, err) || db_one(q, err))
        return err_wrap(err, "topic %" PRId64, post.v);
    *ret = read_topic(q);
    return RC_OK;
}

enum rc topic_set_state(struct store *st, struct post_id post, enum topic_state from, enum topic_state to,
                        struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t n = 0;

    assert(db_in_tx(st->db));
    if (start(st, TOPIC_SET_STATE, post.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, from);
    db_bind_int(q, 4, to);
    if (db_run(q, &n, err))
        return err_wrap(err, "topic %" PRId64, post.v);
    return n ? RC_OK : err_set(err, RC_CONFLICT, "topic %" PRId64 " is not %s", post.v, topic_state_name(from));
}

enum rc topic_ahead(struct store *st, struct group_id group, struct arena *mem, struct topic **ret, size_t *ret_n,
                    struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct topic *topics = NULL;
    size_t n = 0, cap = 0;
    bool row;
    enum rc rc = start(st, TOPIC_AHEAD, group.v, &q, err);

    while (!rc && !(rc = db_step(q, &row, err)) && row) {
        topics = rows_room(mem, topics, n, &cap, sizeof *topics);
        topics[n++] = read_topic(q);
    }
    *ret = topics;
    *ret_n = n;
    return rc ? err_wrap(err, "topics") : RC_OK;
}

enum rc topic_hour_get(struct store *st, struct group_id group, struct topic_hour *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, HOUR_GET, group.v, &q, err) || db_one(q, err))
        return err->rc == RC_NOT_FOUND ? err_set(err, RC_NOT_FOUND, "this group has no weekly hour for topics")
                                       : err->rc;
    *ret = (struct topic_hour){ db_int(q, 0), db_int(q, 1) };
    return RC_OK;
}

enum rc topic_hour_set(struct store *st, struct group_id group, const struct topic_hour *hour, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *clear = NULL;
    CLEANUP(db_query_done) struct db_query *add = NULL;

    assert(db_in_tx(st->db));
    if (start(st, HOUR_CLEAR, group.v, &clear, err) || db_run(clear, NULL, err))
        return err->rc;
    if (hour->weekday < 0)
        return RC_OK;
    if (start(st, HOUR_ADD, group.v, &add, err))
        return err->rc;
    db_bind_int(add, 3, hour->weekday);
    db_bind_int(add, 4, hour->minute);
    return db_run(add, NULL, err);
}

const char *topic_state_name(enum topic_state state)
{
    static const char *const names[] = { [TOPIC_PLANNED] = "waits for OK",
                                         [TOPIC_RELEASED] = "has its OK",
                                         [TOPIC_SENT] = "sent",
                                         [TOPIC_CANCELLED] = "cancelled" };

    return (size_t)state < COUNT_OF(names) && names[state] ? names[state] : "?";
}
