#include "store/invitation.h"

#include "store/rows.h"

#include <assert.h>

#define INVITATION_COLUMNS                                                                                             \
    "id, membership_id, person_id, address_id, invited_by, state, paper_way, text_version, reason_sealed, sent_ms,"    \
    " next_ms, answered_ms"

enum invitation_stmt {
    INVITATION_ADD,
    INVITATION_GET,
    INVITATION_NEWEST,
    INVITATION_CHANGE,
    INVITATION_BEGIN_GROUP,
    INVITATION_DUE,
    INVITATION_ON_LIST,
    INVITATION_STMT_COUNT
};
enum {
    IA_PRACTICE = 1,
    IA_ID,
    IA_MEMBERSHIP,
    IA_PERSON,
    IA_ADDRESS,
    IA_BY,
    IA_STATE,
    IA_PAPER,
    IA_TEXT,
    IA_REASON,
    IA_SENT,
    IA_NEXT,
    IA_ANSWERED
};
enum { IC_STATE = 1, IC_NEXT, IC_ANSWERED, IC_PRACTICE, IC_ID, IC_FROM };
enum { IP_PRACTICE = 1, IP_AT, IP_MAX };

static const char *const invitation_sql[INVITATION_STMT_COUNT] = {
    [INVITATION_ADD] = "INSERT INTO invitation (practice_id, " INVITATION_COLUMNS ")"
                       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    [INVITATION_GET] = "SELECT " INVITATION_COLUMNS " FROM invitation WHERE practice_id = $1 AND id = $2",
    [INVITATION_NEWEST] = "SELECT " INVITATION_COLUMNS " FROM invitation WHERE practice_id = $1 AND person_id = $2"
                          " AND membership_id = $3 ORDER BY id DESC LIMIT 1",
    [INVITATION_CHANGE] = "UPDATE invitation SET state = $1, next_ms = $2, answered_ms = $3"
                          " WHERE practice_id = $4 AND id = $5 AND state = $6",
    [INVITATION_BEGIN_GROUP] =
        "UPDATE invitation SET next_ms = $3 WHERE practice_id = $1 AND state = 1"
        " AND membership_id IN (SELECT id FROM membership WHERE practice_id = $1 AND group_id = $2)",
    [INVITATION_DUE] = "SELECT " INVITATION_COLUMNS " FROM invitation WHERE practice_id = $1 AND state IN (1, 2)"
                       " AND next_ms <= $2 ORDER BY next_ms, id LIMIT $3",
    [INVITATION_ON_LIST] = "SELECT " INVITATION_COLUMNS " FROM invitation WHERE practice_id = $1 AND state = 3"
                           " AND +id > $2 ORDER BY +id LIMIT $3",
};
const struct db_domain invitation_domain = { "invitation", invitation_sql, INVITATION_STMT_COUNT };

static void bind_time(struct db_query *q, int at, int64_t ms)
{
    if (ms)
        db_bind_int(q, at, ms);
    else
        db_bind_null(q, at);
}

static enum rc read_invitation(struct store *st, struct db_query *q, struct arena *mem, struct invitation *inv,
                               struct err *err)
{
    inv->id.v = db_int(q, 0);
    inv->membership.v = db_int(q, 1);
    inv->person.v = db_int(q, 2);
    inv->address.v = db_int(q, 3);
    inv->invited_by.v = db_int(q, 4);
    inv->state = (enum invitation_state)db_int(q, 5);
    inv->paper_way = (enum consent_way)db_int(q, 6);
    inv->text_version = arena_strdup(mem, db_text(q, 7));
    inv->sent_ms = db_int(q, 9);
    inv->next_ms = db_int(q, 10);
    inv->answered_ms = db_int(q, 11);
    return store_sealed(st, q, 8, COL_INVITATION_REASON, inv->id.v, mem, &inv->reason, err);
}

static enum rc one_invitation(struct store *st, struct db_query *q, struct arena *mem, struct invitation *ret,
                              struct err *err)
{
    struct invitation inv = { 0 };

    if (db_one(q, err) || read_invitation(st, q, mem, &inv, err))
        return err_wrap(err, "invitation");
    *ret = inv;
    return RC_OK;
}

static enum rc read_list(struct store *st, struct db_query *q, struct arena *mem, struct invitation **ret,
                         size_t *ret_n, struct err *err)
{
    struct invitation *list = NULL;
    size_t n = 0, cap = 0;
    bool row;

    for (;;) {
        if (db_step(q, &row, err))
            return err->rc;
        if (!row)
            break;
        list = rows_room(mem, list, n, &cap, sizeof *list);
        if (read_invitation(st, q, mem, &list[n++], err))
            return err->rc;
    }
    *ret = list;
    *ret_n = n;
    return RC_OK;
}

enum rc invitation_add(struct store *st, struct invitation *inv, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("invitation");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct invitation i = *inv;

    assert(db_in_tx(st->db) && i.text_version && i.state);
    i.id.v = id_next(st->ids);
    i.sent_ms = clock_now_ms(st->clock);
    if (db_query(st->db, invitation_sql[INVITATION_ADD], &q, err))
        return err->rc;
    db_bind_int(q, IA_PRACTICE, st->practice.v);
    db_bind_int(q, IA_ID, i.id.v);
    db_bind_int(q, IA_MEMBERSHIP, i.membership.v);
    db_bind_int(q, IA_PERSON, i.person.v);
    db_bind_int(q, IA_ADDRESS, i.address.v);
    db_bind_int(q, IA_BY, i.invited_by.v);
    db_bind_int(q, IA_STATE, i.state);
    db_bind_int(q, IA_PAPER, i.paper_way);
    db_bind_text(q, IA_TEXT, i.text_version);
    store_bind_sealed(st, q, IA_REASON, COL_INVITATION_REASON, i.id.v, i.reason, mem);
    db_bind_int(q, IA_SENT, i.sent_ms);
    bind_time(q, IA_NEXT, i.next_ms);
    bind_time(q, IA_ANSWERED, i.answered_ms);
    if (db_run(q, NULL, err))
        return err_wrap(err, "add invitation");
    *inv = i;
    return RC_OK;
}

enum rc invitation_get(struct store *st, struct invitation_id id, struct arena *mem, struct invitation *ret,
                       struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(st->db, invitation_sql[INVITATION_GET], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id.v);
    return one_invitation(st, q, mem, ret, err);
}

enum rc invitation_newest(struct store *st, struct person_id person, struct membership_id membership, struct arena *mem,
                          struct invitation *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(st->db, invitation_sql[INVITATION_NEWEST], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, person.v);
    db_bind_int(q, 3, membership.v);
    return one_invitation(st, q, mem, ret, err);
}

enum rc invitation_change(struct store *st, const struct invitation *inv, enum invitation_state from, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t changes;

    assert(db_in_tx(st->db));
    if (db_query(st->db, invitation_sql[INVITATION_CHANGE], &q, err))
        return err->rc;
    db_bind_int(q, IC_STATE, inv->state);
    bind_time(q, IC_NEXT, inv->next_ms);
    bind_time(q, IC_ANSWERED, inv->answered_ms);
    db_bind_int(q, IC_PRACTICE, st->practice.v);
    db_bind_int(q, IC_ID, inv->id.v);
    db_bind_int(q, IC_FROM, from);
    if (db_run(q, &changes, err))
        return err_wrap(err, "change invitation %" PRId64, inv->id.v);
    if (!changes)
        return err_set(err, RC_CONFLICT, "invitation %" PRId64 " is not %s any more", inv->id.v,
                       invitation_state_name(from));
    return RC_OK;
}

enum rc invitation_begin_group(struct store *st, struct group_id group, int64_t next_ms, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (db_query(st->db, invitation_sql[INVITATION_BEGIN_GROUP], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, group.v);
    db_bind_int(q, 3, next_ms);
    return db_run(q, NULL, err);
}

enum rc invitation_due(struct store *st, int64_t now_ms, size_t max, struct arena *mem, struct invitation **ret,
                       size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(st->db, invitation_sql[INVITATION_DUE], &q, err))
        return err->rc;
    db_bind_int(q, IP_PRACTICE, st->practice.v);
    db_bind_int(q, IP_AT, now_ms);
    db_bind_int(q, IP_MAX, (int64_t)max);
    return read_list(st, q, mem, ret, ret_n, err);
}

enum rc invitation_listed(struct store *st, struct invitation_id after, size_t max, struct arena *mem,
                          struct invitation **ret, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(st->db, invitation_sql[INVITATION_ON_LIST], &q, err))
        return err->rc;
    db_bind_int(q, IP_PRACTICE, st->practice.v);
    db_bind_int(q, IP_AT, after.v);
    db_bind_int(q, IP_MAX, (int64_t)max);
    return read_list(st, q, mem, ret, ret_n, err);
}

const char *invitation_state_name(enum invitation_state state)
{
    static const char *const names[] = { "", "sent", "repeated", "listed", "yes", "no", "other", "withdrawn" };

    return state < COUNT_OF(names) ? names[state] : "";
}
