#include "store/issue.h"

#include "store/group.h"

#include <assert.h>

enum issue_stmt {
    ISSUE_INSERT,
    ISSUE_GET,
    ISSUE_LAST,
    ISSUE_LIST,
    ISSUE_PROGRESS,
    ISSUE_RAISE,
    ISSUE_FINISH,
    ISSUE_SEQ_AT,
    ISSUE_ITEM_INSERT,
    ISSUE_ITEM_LIST,
    ISSUE_STMT_COUNT
};

/* clang-format off */
enum issue_insert_arg { II_PRACTICE = 1, II_ID, II_GROUP, II_RHYTHM, II_NUMBER, II_FROM, II_TO, II_CLOSED };
enum issue_item_arg { IT_PRACTICE = 1, IT_ISSUE, IT_NUMBER, IT_KIND, IT_TARGET };

#define ISSUE_COLUMNS "id, group_id, rhythm, number, version, state, from_seq, to_seq, fanout_id, closed_ms"

static const char *const issue_sql[ISSUE_STMT_COUNT] = {
    [ISSUE_INSERT] =
        "INSERT INTO issue (practice_id, id, group_id, rhythm, number, from_seq, to_seq, closed_ms, version, state, fanout_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, 1, 0)",
    [ISSUE_GET] = "SELECT " ISSUE_COLUMNS " FROM issue WHERE practice_id = $1 AND id = $2",
    [ISSUE_LAST] =
        "SELECT " ISSUE_COLUMNS " FROM issue WHERE practice_id = $1 AND group_id = $2 AND rhythm = $3 ORDER BY number DESC LIMIT 1",
    [ISSUE_LIST] = "SELECT " ISSUE_COLUMNS " FROM issue WHERE practice_id = $1 AND state = $2 ORDER BY id LIMIT $3",
    [ISSUE_PROGRESS] = "UPDATE issue SET state = $3, fanout_id = $4 WHERE practice_id = $1 AND id = $2",
    [ISSUE_RAISE] =
        "UPDATE issue SET version = version + 1 WHERE practice_id = $1 AND state IN (1, 2) AND group_id = $2 AND to_seq >= $3",
    [ISSUE_FINISH] =
        "UPDATE issue SET state = 3 WHERE practice_id = $1 AND state = 2 AND NOT EXISTS (SELECT 1 FROM delivery d"
        " WHERE d.practice_id = issue.practice_id AND d.issue_id = issue.id AND d.state IN (1, 2, 3, 7))",
    [ISSUE_SEQ_AT] =
        "SELECT published_seq FROM post WHERE practice_id = $1 AND group_id = $2 AND published_seq IS NOT NULL AND published_ms <= $3"
        " ORDER BY published_seq DESC LIMIT 1",
    [ISSUE_ITEM_INSERT] =
        "INSERT INTO issue_item (practice_id, issue_id, number, kind, target_id) VALUES ($1, $2, $3, $4, $5)",
    [ISSUE_ITEM_LIST] =
        "SELECT number, kind, target_id FROM issue_item WHERE practice_id = $1 AND issue_id = $2 ORDER BY number",
};
/* clang-format on */

const struct db_domain issue_domain = { "issue", issue_sql, ISSUE_STMT_COUNT };

enum rc issue_add(struct store *st, struct issue *issue, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc;

    assert(db_in_tx(st->db));
    rc = group_next_issue_no(st, issue->group, &issue->number, err);
    if (!rc)
        rc = db_query(st->db, issue_sql[ISSUE_INSERT], &q, err);
    if (rc)
        return rc;
    issue->id.v = id_next(st->ids);
    issue->version = 1;
    issue->state = ISSUE_FANNING;
    issue->fanned.v = 0;
    issue->closed_ms = clock_now_ms(st->clock);
    db_bind_int(q, II_PRACTICE, st->practice.v);
    db_bind_int(q, II_ID, issue->id.v);
    db_bind_int(q, II_GROUP, issue->group.v);
    db_bind_int(q, II_RHYTHM, issue->rhythm);
    db_bind_int(q, II_NUMBER, issue->number);
    db_bind_int(q, II_FROM, issue->from_seq);
    db_bind_int(q, II_TO, issue->to_seq);
    db_bind_int(q, II_CLOSED, issue->closed_ms);
    return db_run(q, NULL, err);
}

static struct issue read_issue(struct db_query *q)
{
    return (struct issue){
        .id = { db_int(q, 0) },
        .group = { db_int(q, 1) },
        .rhythm = db_int(q, 2),
        .number = db_int(q, 3),
        .version = db_int(q, 4),
        .state = (enum issue_state)db_int(q, 5),
        .from_seq = db_int(q, 6),
        .to_seq = db_int(q, 7),
        .fanned = { db_int(q, 8) },
        .closed_ms = db_int(q, 9),
    };
}

enum rc issue_get(struct store *st, struct issue_id id, struct issue *ret_issue, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, issue_sql[ISSUE_GET], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id.v);
    rc = db_one(q, err);
    if (rc)
        return err_wrap(err, "issue %" PRId64, id.v);
    *ret_issue = read_issue(q);
    return RC_OK;
}

enum rc issue_last(struct store *st, struct group_id group, int64_t rhythm, struct issue *ret_issue, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, issue_sql[ISSUE_LAST], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, group.v);
    db_bind_int(q, 3, rhythm);
    rc = db_one(q, err);
    if (rc)
        return err_wrap(err, "last issue of group %" PRId64, group.v);
    *ret_issue = read_issue(q);
    return RC_OK;
}

enum rc issue_list(struct store *st, enum issue_state state, size_t max, struct arena *mem, struct issue **ret_issues,
                   size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct issue *rows = ARENA_ARRAY(mem, max, struct issue);
    size_t n = 0;
    bool row = false;
    enum rc rc = db_query(st->db, issue_sql[ISSUE_LIST], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, state);
    db_bind_int(q, 3, (int64_t)max);
    for (rc = db_step(q, &row, err); !rc && row && n < max; rc = db_step(q, &row, err))
        rows[n++] = read_issue(q);
    if (rc)
        return rc;
    *ret_issues = rows;
    *ret_n = n;
    return RC_OK;
}

enum rc issue_save_progress(struct store *st, const struct issue *issue, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, issue_sql[ISSUE_PROGRESS], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, issue->id.v);
    db_bind_int(q, 3, issue->state);
    db_bind_int(q, 4, issue->fanned.v);
    return db_run(q, NULL, err);
}

enum rc issue_raise_version(struct store *st, struct group_id group, int64_t published_seq, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, issue_sql[ISSUE_RAISE], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, group.v);
    db_bind_int(q, 3, published_seq);
    return db_run(q, NULL, err);
}

enum rc issue_finish(struct store *st, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, issue_sql[ISSUE_FINISH], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    return db_run(q, NULL, err);
}

enum rc issue_seq_at(struct store *st, struct group_id group, int64_t at_ms, int64_t *ret_seq, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    bool row = false;
    enum rc rc = db_query(st->db, issue_sql[ISSUE_SEQ_AT], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, group.v);
    db_bind_int(q, 3, at_ms);
    rc = db_step(q, &row, err);
    if (!rc)
        *ret_seq = row ? db_int(q, 0) : 0;
    return rc;
}

enum rc issue_add_item(struct store *st, struct issue_id issue, const struct issue_item *item, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc;

    assert(db_in_tx(st->db));
    rc = db_query(st->db, issue_sql[ISSUE_ITEM_INSERT], &q, err);
    if (rc)
        return rc;
    db_bind_int(q, IT_PRACTICE, st->practice.v);
    db_bind_int(q, IT_ISSUE, issue.v);
    db_bind_int(q, IT_NUMBER, item->number);
    db_bind_int(q, IT_KIND, item->kind);
    db_bind_int(q, IT_TARGET, item->target);
    return db_run(q, NULL, err);
}

enum rc issue_items(struct store *st, struct issue_id issue, struct arena *mem, struct issue_item **ret_items,
                    size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct issue_item *items = ARENA_ARRAY(mem, ISSUE_ITEMS_MAX, struct issue_item);
    size_t n = 0;
    bool row = false;
    enum rc rc = db_query(st->db, issue_sql[ISSUE_ITEM_LIST], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, issue.v);
    for (rc = db_step(q, &row, err); !rc && row && n < ISSUE_ITEMS_MAX; rc = db_step(q, &row, err))
        items[n++] = (struct issue_item){ db_int(q, 0), (enum issue_item_kind)db_int(q, 1), db_int(q, 2) };
    if (rc)
        return rc;
    *ret_items = items;
    *ret_n = n;
    return RC_OK;
}
