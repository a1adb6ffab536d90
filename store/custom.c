#include "store/custom.h"

#include "store/rows.h"

#include <assert.h>

enum custom_stmt {
    GROUP_GET,
    GROUP_SET,
    CHOICE_ADD,
    CHOICE_GET,
    CHOICE_FIND,
    CHOICE_CHANGE,
    CHOICE_LIST,
    CHOICE_FORGET,
    JOINED,
    THANKS_ADD,
    THANKS_COUNT,
    THANKS_CLEAR,
    CUSTOM_STMT_COUNT
};

#define CHOICE_COLUMNS "id, membership_id, person_id, custom, about, state, post_id"

/* clang-format off */
static const char *const custom_sql[CUSTOM_STMT_COUNT] = {
    [GROUP_GET] = "SELECT customs FROM group_custom WHERE practice_id = $1 AND group_id = $2",
    [GROUP_SET] =
        "INSERT INTO group_custom (practice_id, group_id, customs) VALUES ($1, $2, $3)"
        " ON CONFLICT (practice_id, group_id) DO UPDATE SET customs = excluded.customs",
    [CHOICE_ADD] =
        "INSERT INTO member_choice (practice_id, " CHOICE_COLUMNS ", changed_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        " ON CONFLICT (practice_id, membership_id, custom, about) DO NOTHING",
    [CHOICE_GET] = "SELECT " CHOICE_COLUMNS " FROM member_choice WHERE practice_id = $1 AND id = $2",
    [CHOICE_FIND] =
        "SELECT " CHOICE_COLUMNS " FROM member_choice WHERE practice_id = $1 AND membership_id = $2 AND custom = $3 AND about = $4",
    [CHOICE_CHANGE] = "UPDATE member_choice SET state = $3, post_id = $4, changed_ms = $5 WHERE practice_id = $1 AND id = $2",
    [CHOICE_LIST] = "SELECT " CHOICE_COLUMNS " FROM member_choice WHERE practice_id = $1 AND membership_id = $2 ORDER BY +id",
    [CHOICE_FORGET] = "DELETE FROM member_choice WHERE practice_id = $1 AND membership_id = $2",
    [JOINED] =
        "SELECT id FROM membership WHERE practice_id = $1 AND group_id = $2 AND state = 2 AND role = 1 AND joined_ms >= $3 AND joined_ms < $4"
        " ORDER BY +id",
    [THANKS_ADD] =
        "INSERT INTO thanks (practice_id, membership_id, person_id, at_ms) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (practice_id, membership_id, person_id) DO NOTHING",
    [THANKS_COUNT] = "SELECT COUNT(*) FROM thanks WHERE practice_id = $1 AND membership_id = $2",
    [THANKS_CLEAR] = "DELETE FROM thanks WHERE practice_id = $1 AND membership_id = $2",
};
/* clang-format on */
const struct db_domain custom_domain = { "custom", custom_sql, CUSTOM_STMT_COUNT };

static enum rc start(struct store *st, enum custom_stmt stmt, int64_t id, struct db_query **ret_q, struct err *err)
{
    const enum rc rc = db_query(st->db, custom_sql[stmt], ret_q, err);

    if (!rc) {
        db_bind_int(*ret_q, 1, st->practice.v);
        db_bind_int(*ret_q, 2, id);
    }
    return rc;
}

static enum rc run_on(struct store *st, enum custom_stmt stmt, int64_t id, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    return start(st, stmt, id, &q, err) ? err->rc : db_run(q, NULL, err);
}

/* ---- of a group ---- */

enum rc custom_of_group(struct store *st, struct group_id group, int64_t *ret_customs, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    bool row = false;

    if (start(st, GROUP_GET, group.v, &q, err) || db_step(q, &row, err))
        return err_wrap(err, "customs of group %" PRId64, group.v);
    *ret_customs = row ? db_int(q, 0) : 0;
    return RC_OK;
}

enum rc custom_set(struct store *st, struct group_id group, int64_t customs, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, GROUP_SET, group.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, customs);
    return db_run(q, NULL, err);
}

enum rc custom_joined_between(struct store *st, struct group_id group, int64_t from_ms, int64_t to_ms,
                              struct arena *mem, struct membership_id **ret, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct membership_id *ids = NULL;
    size_t n = 0, cap = 0;
    bool row;
    enum rc rc = start(st, JOINED, group.v, &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 3, from_ms);
    db_bind_int(q, 4, to_ms);
    while (!(rc = db_step(q, &row, err)) && row) {
        ids = rows_room(mem, ids, n, &cap, sizeof *ids);
        ids[n++].v = db_int(q, 0);
    }
    *ret = ids;
    *ret_n = n;
    return rc;
}

/* ---- of a member ---- */

static struct member_choice read_choice(struct db_query *q)
{
    return (struct member_choice){ .id = db_int(q, 0),
                                   .membership = { db_int(q, 1) },
                                   .person = { db_int(q, 2) },
                                   .custom = (enum custom)db_int(q, 3),
                                   .about = db_int(q, 4),
                                   .state = (enum choice_state)db_int(q, 5),
                                   .post = { db_int(q, 6) } };
}

enum rc choice_add(struct store *st, struct member_choice *c, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t added = 0;

    assert(db_in_tx(st->db));
    c->id = id_next(st->ids);
    if (start(st, CHOICE_ADD, c->id, &q, err))
        return err->rc;
    db_bind_int(q, 3, c->membership.v);
    db_bind_int(q, 4, c->person.v);
    db_bind_int(q, 5, c->custom);
    db_bind_int(q, 6, c->about);
    db_bind_int(q, 7, c->state);
    db_bind_int(q, 8, c->post.v);
    db_bind_int(q, 9, clock_now_ms(st->clock));
    if (db_run(q, &added, err))
        return err_wrap(err, "choice of membership %" PRId64, c->membership.v);
    return added ? RC_OK : err_set(err, RC_CONFLICT, "membership %" PRId64 " was asked before", c->membership.v);
}

enum rc choice_get(struct store *st, int64_t id, struct member_choice *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, CHOICE_GET, id, &q, err) || db_one(q, err))
        return err_wrap(err, "choice %" PRId64, id);
    *ret = read_choice(q);
    return RC_OK;
}

enum rc choice_find(struct store *st, struct membership_id membership, enum custom custom, int64_t about,
                    struct member_choice *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, CHOICE_FIND, membership.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, custom);
    db_bind_int(q, 4, about);
    if (db_one(q, err))
        return err_wrap(err, "choice of membership %" PRId64, membership.v);
    *ret = read_choice(q);
    return RC_OK;
}

enum rc choice_change(struct store *st, const struct member_choice *c, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, CHOICE_CHANGE, c->id, &q, err))
        return err->rc;
    db_bind_int(q, 3, c->state);
    db_bind_int(q, 4, c->post.v);
    db_bind_int(q, 5, clock_now_ms(st->clock));
    return db_run(q, NULL, err);
}

enum rc choice_list(struct store *st, struct membership_id membership, struct arena *mem, struct member_choice **ret,
                    size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct member_choice *list = NULL;
    size_t n = 0, cap = 0;
    bool row;
    enum rc rc = start(st, CHOICE_LIST, membership.v, &q, err);

    while (!rc && !(rc = db_step(q, &row, err)) && row) {
        list = rows_room(mem, list, n, &cap, sizeof *list);
        list[n++] = read_choice(q);
    }
    *ret = list;
    *ret_n = n;
    return rc ? err_wrap(err, "choices of membership %" PRId64, membership.v) : RC_OK;
}

enum rc choice_forget(struct store *st, struct membership_id membership, struct err *err)
{
    const enum rc rc = run_on(st, CHOICE_FORGET, membership.v, err);

    return rc ? rc : thanks_clear(st, membership, err);
}

/* ---- thanks ---- */

enum rc thanks_add(struct store *st, struct membership_id author, struct person_id by, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, THANKS_ADD, author.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, by.v);
    db_bind_int(q, 4, clock_now_ms(st->clock));
    return db_run(q, NULL, err);
}

enum rc thanks_count(struct store *st, struct membership_id author, int64_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, THANKS_COUNT, author.v, &q, err) || db_one(q, err))
        return err_wrap(err, "thanks to membership %" PRId64, author.v);
    *ret_n = db_int(q, 0);
    return RC_OK;
}

enum rc thanks_clear(struct store *st, struct membership_id author, struct err *err)
{
    return run_on(st, THANKS_CLEAR, author.v, err);
}
