#include "store/poll.h"

#include "base/text.h"
#include "store/rows.h"

#include <assert.h>

enum poll_stmt {
    POLL_ADD,
    POLL_GET,
    POLL_OF_GROUP,
    POLL_CLOSE,
    VOTE_CLEAR,
    VOTE_ADD,
    VOTES,
    VOTES_OF,
    VOTES_FORGET,
    POLL_STMT_COUNT
};

#define POLL_COLUMNS "post_id, group_id, state, day, minute"

/* clang-format off */
static const char *const poll_sql[POLL_STMT_COUNT] = {
    [POLL_ADD] =
        "INSERT INTO poll (practice_id, post_id, group_id, state, day, minute, created_ms) VALUES ($1, $2, $3, 1, $4, $5, $6)",
    [POLL_GET] = "SELECT " POLL_COLUMNS " FROM poll WHERE practice_id = $1 AND post_id = $2",
    [POLL_OF_GROUP] = 
        "SELECT l.post_id, l.group_id, l.state, l.day, l.minute FROM poll l JOIN post p ON p.practice_id = l.practice_id AND p.id = l.post_id"
        " WHERE l.practice_id = $1 AND l.group_id = $2 AND l.state = 1 AND p.state BETWEEN 1 AND 6 ORDER BY l.post_id LIMIT 1",
    [POLL_CLOSE] = "UPDATE poll SET state = 2 WHERE practice_id = $1 AND post_id = $2 AND state = 1",
    [VOTE_CLEAR] = "DELETE FROM poll_vote WHERE practice_id = $1 AND post_id = $2 AND person_id = $3",
    [VOTE_ADD] =
        "INSERT INTO poll_vote (practice_id, post_id, person_id, id, choice_sealed, at_ms) VALUES ($1, $2, $3, $4, $5, $6)",
    [VOTES] = "SELECT id, choice_sealed FROM poll_vote WHERE practice_id = $1 AND post_id = $2",
    [VOTES_OF] = "SELECT id, choice_sealed, post_id, at_ms FROM poll_vote WHERE practice_id = $1 AND person_id = $2 ORDER BY at_ms, id",
    [VOTES_FORGET] = "DELETE FROM poll_vote WHERE practice_id = $1 AND post_id = $2",
};
/* clang-format on */
const struct db_domain poll_domain = { "poll", poll_sql, POLL_STMT_COUNT };

static enum rc start(struct store *st, enum poll_stmt stmt, int64_t id, struct db_query **ret_q, struct err *err)
{
    const enum rc rc = db_query(st->db, poll_sql[stmt], ret_q, err);

    if (!rc) {
        db_bind_int(*ret_q, 1, st->practice.v);
        db_bind_int(*ret_q, 2, id);
    }
    return rc;
}

enum rc poll_add(struct store *st, const struct poll *poll, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, POLL_ADD, poll->post.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, poll->group.v);
    db_bind_int(q, 4, poll->day);
    db_bind_int(q, 5, poll->minute);
    db_bind_int(q, 6, clock_now_ms(st->clock));
    return db_run(q, NULL, err) ? err_wrap(err, "add poll %" PRId64, poll->post.v) : RC_OK;
}

static enum rc get(struct store *st, enum poll_stmt stmt, int64_t id, struct poll *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, stmt, id, &q, err) || db_one(q, err))
        return err->rc == RC_NOT_FOUND ? err_set(err, RC_NOT_FOUND, "there is no poll here now")
                                       : err_wrap(err, "poll of %" PRId64, id);
    *ret =
        (struct poll){ { db_int(q, 0) }, { db_int(q, 1) }, (enum poll_state)db_int(q, 2), db_int(q, 3), db_int(q, 4) };
    return RC_OK;
}

enum rc poll_get(struct store *st, struct post_id post, struct poll *ret, struct err *err)
{
    return get(st, POLL_GET, post.v, ret, err);
}

enum rc poll_of_group(struct store *st, struct group_id group, struct poll *ret, struct err *err)
{
    return get(st, POLL_OF_GROUP, group.v, ret, err);
}

enum rc poll_vote(struct store *st, struct post_id post, struct person_id person, int choice, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("poll_vote");
    CLEANUP(db_query_done) struct db_query *clear = NULL;
    CLEANUP(db_query_done) struct db_query *add = NULL;
    const int64_t id = id_next(st->ids);

    assert(db_in_tx(st->db) && choice >= 1 && choice <= POLL_OPTIONS_MAX);
    if (start(st, VOTE_CLEAR, post.v, &clear, err))
        return err->rc;
    db_bind_int(clear, 3, person.v);
    if (db_run(clear, NULL, err) || start(st, VOTE_ADD, post.v, &add, err))
        return err->rc;
    db_bind_int(add, 3, person.v);
    db_bind_int(add, 4, id);
    store_bind_sealed(st, add, 5, COL_POLL_CHOICE, id, arena_printf(mem, "%d", choice), mem);
    db_bind_int(add, 6, clock_now_ms(st->clock));
    return db_run(add, NULL, err) ? err_wrap(err, "vote in poll %" PRId64, post.v) : RC_OK;
}

static enum rc read_choice(struct store *st, struct db_query *q, struct arena *mem, int *ret_choice, struct err *err)
{
    const char *text;
    int64_t choice;

    if (store_sealed(st, q, 1, COL_POLL_CHOICE, db_int(q, 0), mem, &text, err) ||
        text_to_int(text, 1, POLL_OPTIONS_MAX, &choice, err))
        return err->rc;
    *ret_choice = (int)choice;
    return RC_OK;
}

enum rc poll_votes_of(struct store *st, struct person_id person, struct arena *mem, struct poll_choice **ret,
                      size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct poll_choice *list = NULL;
    size_t n = 0, cap = 0;
    bool row;
    enum rc rc = start(st, VOTES_OF, person.v, &q, err);

    while (!rc && !(rc = db_step(q, &row, err)) && row) {
        list = rows_room(mem, list, n, &cap, sizeof *list);
        list[n] = (struct poll_choice){ .post = { db_int(q, 2) }, .at_ms = db_int(q, 3) };
        rc = read_choice(st, q, mem, &list[n++].number, err);
    }
    *ret = list;
    *ret_n = n;
    return rc ? err_wrap(err, "votes of person %" PRId64, person.v) : RC_OK;
}

enum rc poll_count(struct store *st, struct post_id post, struct poll_totals *ret, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("poll_count");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    bool row;
    enum rc rc = start(st, VOTES, post.v, &q, err);

    *ret = (struct poll_totals){ .voters = 0 };
    while (!rc && !(rc = db_step(q, &row, err)) && row) {
        int choice;

        if (read_choice(st, q, mem, &choice, err))
            return err_wrap(err, "votes of poll %" PRId64, post.v);
        ret->voters++;
        ret->chose[choice]++;
    }
    return rc;
}

enum rc poll_close(struct store *st, struct post_id post, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *close = NULL;
    CLEANUP(db_query_done) struct db_query *forget = NULL;

    assert(db_in_tx(st->db));
    if (start(st, POLL_CLOSE, post.v, &close, err) || db_run(close, NULL, err) ||
        start(st, VOTES_FORGET, post.v, &forget, err))
        return err->rc;
    return db_run(forget, NULL, err);
}
