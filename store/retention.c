#include "store/retention.h"

/* clang-format off */
enum retention_stmt {
    PURGE_DELIVERIES, PURGE_ISSUE_ITEMS, PURGE_ISSUES, PURGE_MAILINGS, PURGE_REPEATS, PURGE_ANSWERED, PURGE_UNDO, RETENTION_STMT_COUNT
};
enum retention_arg { RT_PRACTICE = 1, RT_BEFORE, RT_MAX };

/* The first rows by id are the oldest, so only those are looked at: nothing walks through a whole table. */
#define OLDEST(table, which) "id IN (SELECT id FROM " table " WHERE practice_id = $1 AND " which " ORDER BY id LIMIT $3)"
#define OLD_ISSUES "SELECT id FROM issue WHERE practice_id = $1 AND state = 3 AND closed_ms < $2 ORDER BY id LIMIT $3"

static const char *const retention_sql[RETENTION_STMT_COUNT] = {
    [PURGE_DELIVERIES] =
        "DELETE FROM delivery WHERE practice_id = $1 AND created_ms < $2 AND " OLDEST("delivery", "state IN (4, 5, 6)"),
    [PURGE_ISSUE_ITEMS] = "DELETE FROM issue_item WHERE practice_id = $1 AND issue_id IN (" OLD_ISSUES ")",
    [PURGE_ISSUES] = "DELETE FROM issue WHERE practice_id = $1 AND id IN (" OLD_ISSUES ")",
    [PURGE_MAILINGS] =
        "DELETE FROM mailing WHERE practice_id = $1 AND created_ms < $2 AND " OLDEST("mailing", "id > 0")
        " AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.practice_id = $1 AND d.mailing_id = mailing.id)"
        " AND NOT EXISTS (SELECT 1 FROM issue i WHERE i.practice_id = $1 AND i.id = mailing.issue_id)",
    [PURGE_REPEATS] =
        "UPDATE letter SET dedupe_hash = NULL, id_hash = NULL WHERE practice_id = $1 AND received_ms < $2 AND "
        OLDEST("letter", "(dedupe_hash IS NOT NULL OR id_hash IS NOT NULL)"),
    [PURGE_ANSWERED] = "DELETE FROM answered WHERE practice_id = $1 AND at_ms < $2",
    [PURGE_UNDO] = "DELETE FROM undo WHERE practice_id = $1 AND until_ms < $2",
};
/* clang-format on */
const struct db_domain retention_domain = { "retention", retention_sql, RETENTION_STMT_COUNT };

static enum rc purge(struct store *st, enum retention_stmt stmt, int64_t before_ms, size_t max, int64_t *n,
                     struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t changes;

    if (db_query(st->db, retention_sql[stmt], &q, err))
        return err->rc;
    db_bind_int(q, RT_PRACTICE, st->practice.v);
    db_bind_int(q, RT_BEFORE, before_ms);
    if (stmt != PURGE_ANSWERED && stmt != PURGE_UNDO)
        db_bind_int(q, RT_MAX, (int64_t)max);
    if (db_run(q, &changes, err))
        return err->rc;
    *n += changes;
    return RC_OK;
}

enum rc retention_purge(struct store *st, const struct retention *before, size_t max, int64_t *ret_n, struct err *err)
{
    int64_t n = 0;

    for (enum retention_stmt stmt = 0; stmt < RETENTION_STMT_COUNT; stmt++) {
        const bool is_repeat = stmt >= PURGE_REPEATS;

        if (purge(st, stmt, is_repeat ? before->repeats_before_ms : before->deliveries_before_ms, max, &n, err))
            return err_wrap(err, "retention of practice %" PRId64, st->practice.v);
    }
    *ret_n = n;
    return RC_OK;
}
