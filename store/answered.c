#include "store/answered.h"

#include <assert.h>

enum answered_stmt { ANSWERED_TAKE, ANSWERED_STMT_COUNT };
enum answered_arg { AT_PRACTICE = 1, AT_PERSON, AT_KIND, AT_ABOUT, AT_NOW, AT_DAY_AGO, AT_MAX };

/* One row per question and person: a window of 24 h opens with its first answer. */
static const char *const answered_sql[ANSWERED_STMT_COUNT] = {
    [ANSWERED_TAKE] =
        "INSERT INTO answered (practice_id, person_id, kind, about_id, at_ms, count_) VALUES ($1, $2, $3, $4, $5, 1)"
        " ON CONFLICT (practice_id, person_id, kind, about_id) DO UPDATE SET"
        " count_ = CASE WHEN answered.at_ms <= $6 THEN 1 ELSE answered.count_ + 1 END,"
        " at_ms = CASE WHEN answered.at_ms <= $6 THEN excluded.at_ms ELSE answered.at_ms END"
        " WHERE answered.at_ms <= $6 OR answered.count_ < $7",
};

const struct db_domain answered_domain = { "answered", answered_sql, ANSWERED_STMT_COUNT };

enum rc answered_take(struct store *st, struct person_id person, enum mailing_kind kind, int64_t about_id,
                      int64_t max_per_day, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const int64_t now = clock_now_ms(st->clock);
    int64_t changes = 0;
    enum rc rc;

    assert(db_in_tx(st->db));
    rc = db_query(st->db, answered_sql[ANSWERED_TAKE], &q, err);
    if (rc)
        return rc;
    db_bind_int(q, AT_PRACTICE, st->practice.v);
    db_bind_int(q, AT_PERSON, person.v);
    db_bind_int(q, AT_KIND, kind);
    db_bind_int(q, AT_ABOUT, about_id);
    db_bind_int(q, AT_NOW, now);
    db_bind_int(q, AT_DAY_AGO, now - MS_DAY);
    db_bind_int(q, AT_MAX, max_per_day);
    rc = db_run(q, &changes, err);
    if (!rc && changes == 0)
        return err_set(err, RC_CONFLICT, "answer %d went to person %" PRId64 " already", (int)kind, person.v);
    return rc;
}
