#include "store/health.h"

/* clang-format off */
enum health_stmt { WAITING, OUTBOX, PAGES, ARRIVALS, SUSPENDED, HEALTH_STMT_COUNT };

static const char *const health_sql[HEALTH_STMT_COUNT] = {
    [WAITING] = "SELECT tier, COUNT(*), MIN(created_ms) FROM post WHERE practice_id = $1 AND state IN (1, 2, 3, 4) AND send_ms IS NULL GROUP BY tier",
    [OUTBOX] = "SELECT lane, state, COUNT(*) FROM delivery WHERE practice_id = $1 GROUP BY lane, state",
    [PAGES] = "SELECT state, COUNT(*), MIN(created_ms) FROM page WHERE practice_id = $1 AND state IN (1, 2) GROUP BY state",
    [ARRIVALS] = "SELECT state, COUNT(*), MIN(received_ms) FROM arrival WHERE practice_id = $1 AND state IN (2, 3, 5) GROUP BY state",
    [SUSPENDED] = "SELECT reason, COUNT(*), MIN(since_ms) FROM suppression WHERE practice_id = $1 AND reason = 2 GROUP BY reason",
};
/* clang-format on */
const struct db_domain health_domain = { "health", health_sql, HEALTH_STMT_COUNT };

/* SQLite only, so it stands outside the table that both databases prepare. */
static const char quick_check[] = "SELECT quick_check FROM pragma_quick_check(1)";

static void add(struct health_line *line, struct db_query *q)
{
    const int64_t oldest = db_int(q, 2);

    line->count += db_int(q, 1);
    if (oldest && (!line->oldest_ms || oldest < line->oldest_ms))
        line->oldest_ms = oldest;
}

static void take_row(struct health *h, enum health_stmt stmt, struct db_query *q)
{
    const int64_t key = db_int(q, 0);

    if (stmt == WAITING && key >= 0 && key < HEALTH_TIERS)
        add(&h->waiting[key], q);
    else if (stmt == OUTBOX && key >= 0 && key < LANE_COUNT && db_int(q, 1) > 0 && db_int(q, 1) < DELIVERY_STATE_END)
        h->outbox[key][db_int(q, 1)] += db_int(q, 2);
    else if (stmt == PAGES)
        add(key == 1 ? &h->open_pages : &h->claimed_pages, q);
    else if (stmt == ARRIVALS)
        add(key == 5 ? &h->parked_arrivals : &h->new_arrivals, q);
    else if (stmt == SUSPENDED)
        add(&h->suspended, q);
}

static enum rc read_rows(struct store *st, enum health_stmt stmt, struct health *h, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    bool row;
    enum rc rc = db_query(st->db, health_sql[stmt], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    while (!(rc = db_step(q, &row, err)) && row)
        take_row(h, stmt, q);
    return rc;
}

enum rc health_read(struct store *st, struct health *ret_health, struct err *err)
{
    struct health h = { 0 };

    for (enum health_stmt stmt = 0; stmt < HEALTH_STMT_COUNT; stmt++)
        if (read_rows(st, stmt, &h, err))
            return err_wrap(err, "health of practice %" PRId64, st->practice.v);
    *ret_health = h;
    return RC_OK;
}

enum rc health_check_database(struct db *db, struct arena *mem, const char **ret_wrong, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const char *said;

    *ret_wrong = NULL;
    if (db_is_postgres(db))
        return RC_OK;
    if (db_query(db, quick_check, &q, err) || db_one(q, err))
        return err->rc;
    said = db_text(q, 0);
    if (!said || strcmp(said, "ok"))
        *ret_wrong = arena_strdup(mem, said ? said : "no answer");
    return RC_OK;
}
