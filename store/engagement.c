#include "store/engagement.h"

#include "store/rows.h"

#define MS_WEEK (7 * MS_DAY)

enum engagement_stmt {
    MEMBERS,
    RHYTHMS,
    JOINED,
    LEFT,
    CAME,
    STATES,
    TIERS,
    AUTHORS,
    REPLIERS,
    LETTERS,
    ISSUES,
    WAITS,
    WEEKS,
    ENGAGEMENT_STMT_COUNT
};

/* clang-format off */
#define SPAN(column) column " >= $3 AND " column " < $4"
/* $3 and $4 stand in every text, so that all are bound alike */
#define NOW "CAST($3 AS BIGINT) >= 0 AND CAST($4 AS BIGINT) > 0"
#define PATIENTS "practice_id = $1 AND group_id = $2 AND role IN (1, 2)"
#define NOTES "practice_id = $1 AND group_id = $2 AND " SPAN("created_ms")

static const char *const engagement_sql[ENGAGEMENT_STMT_COUNT] = {
    [MEMBERS] = "SELECT state, COUNT(*) FROM membership WHERE " PATIENTS " AND " NOW " GROUP BY state",
    [RHYTHMS] = "SELECT rhythm, COUNT(*) FROM membership WHERE " PATIENTS " AND state = 2 AND " NOW " GROUP BY rhythm",
    [JOINED] = "SELECT 0, COUNT(*) FROM membership WHERE " PATIENTS " AND " SPAN("joined_ms"),
    [LEFT] = "SELECT 0, COUNT(*) FROM membership WHERE " PATIENTS " AND state IN (4, 5) AND " SPAN("left_ms"),
    [CAME] = "SELECT kind, COUNT(*) FROM post WHERE " NOTES " GROUP BY kind",
    [STATES] = "SELECT state, COUNT(*) FROM post WHERE " NOTES " GROUP BY state",
    [TIERS] = "SELECT tier, COUNT(*) FROM post WHERE " NOTES " AND kind <> 3 GROUP BY tier",
    [AUTHORS] = "SELECT 0, COUNT(DISTINCT author_id) FROM post WHERE " NOTES " AND kind <> 3",
    [REPLIERS] = "SELECT 0, COUNT(DISTINCT author_id) FROM post WHERE " NOTES " AND kind = 2",
    [LETTERS] =
        "SELECT d.state, COUNT(*) FROM delivery d JOIN membership s ON s.practice_id = d.practice_id AND s.id = d.membership_id"
        " WHERE d.practice_id = $1 AND s.group_id = $2 AND s.role IN (1, 2) AND " SPAN("d.created_ms") " GROUP BY d.state",
    [ISSUES] = "SELECT 0, COUNT(*) FROM issue WHERE practice_id = $1 AND group_id = $2 AND rhythm IN (2, 3) AND " SPAN("closed_ms"),
    [WAITS] =
        "SELECT published_ms - created_ms, tier FROM post WHERE practice_id = $1 AND group_id = $2 AND kind <> 3 AND " SPAN("published_ms")
        " ORDER BY 1",
    [WEEKS] =
        "SELECT (published_ms - $3) / 604800000, COUNT(*), COUNT(DISTINCT author_id) FROM post WHERE practice_id = $1 AND group_id = $2"
        " AND state IN (5, 6) AND " SPAN("published_ms") " GROUP BY (published_ms - $3) / 604800000",
};
/* clang-format on */

const struct db_domain engagement_domain = { "engagement", engagement_sql, ENGAGEMENT_STMT_COUNT };

struct span {
    struct group_id group;
    int64_t from_ms, until_ms;
};

static enum rc start(struct store *st, enum engagement_stmt stmt, const struct span *span, struct db_query **ret_q,
                     struct err *err)
{
    enum rc rc = db_query(st->db, engagement_sql[stmt], ret_q, err);

    if (rc)
        return rc;
    db_bind_int(*ret_q, 1, st->practice.v);
    db_bind_int(*ret_q, 2, span->group.v);
    db_bind_int(*ret_q, 3, span->from_ms);
    db_bind_int(*ret_q, 4, span->until_ms);
    return RC_OK;
}

/* "key, count" rows into places[key]. */
static enum rc read_counts(struct store *st, enum engagement_stmt stmt, const struct span *span, int64_t *places,
                           int64_t count, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    bool row;
    enum rc rc = start(st, stmt, span, &q, err);

    while (!rc && !(rc = db_step(q, &row, err)) && row)
        if (db_int(q, 0) >= 0 && db_int(q, 0) < count)
            places[db_int(q, 0)] = db_int(q, 1);
    return rc;
}

static enum rc read_waits(struct store *st, const struct span *span, struct arena *mem, struct engagement *e,
                          struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    size_t cap = 0, caps[ENGAGEMENT_TIERS] = { 0 };
    bool row;
    enum rc rc = start(st, WAITS, span, &q, err);

    while (!rc && !(rc = db_step(q, &row, err)) && row) {
        const int64_t tier = db_int(q, 1);

        e->wait_ms = rows_room(mem, e->wait_ms, e->wait_count, &cap, sizeof *e->wait_ms);
        e->wait_ms[e->wait_count++] = db_int(q, 0);
        if (tier < 0 || tier >= ENGAGEMENT_TIERS)
            continue;
        e->tier_wait_ms[tier] =
            rows_room(mem, e->tier_wait_ms[tier], e->tier_wait_count[tier], &caps[tier], sizeof **e->tier_wait_ms);
        e->tier_wait_ms[tier][e->tier_wait_count[tier]++] = db_int(q, 0);
    }
    return rc;
}

static enum rc read_weeks(struct store *st, const struct span *span, struct engagement *e, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const int64_t weeks = (span->until_ms - span->from_ms + MS_WEEK - 1) / MS_WEEK;
    bool row;
    enum rc rc = start(st, WEEKS, span, &q, err);

    e->week_count = weeks < ENGAGEMENT_WEEKS_MAX ? (size_t)weeks : ENGAGEMENT_WEEKS_MAX;
    while (!rc && !(rc = db_step(q, &row, err)) && row)
        if (db_int(q, 0) >= 0 && db_int(q, 0) < (int64_t)e->week_count)
            e->weeks[db_int(q, 0)] = (struct engagement_week){ db_int(q, 1), db_int(q, 2) };
    return rc;
}

enum rc engagement_read(struct store *st, struct group_id group, int64_t from_ms, int64_t until_ms, struct arena *mem,
                        struct engagement *ret, struct err *err)
{
    const struct span span = { group, from_ms, until_ms };
    struct engagement e = { .joined = 0 };
    const struct {
        enum engagement_stmt stmt;
        int64_t *places, count;
    } counts[] = {
        { MEMBERS, e.members, MEMBER_STATE_END },
        { RHYTHMS, e.rhythms, RHYTHM_END },
        { JOINED, &e.joined, 1 },
        { LEFT, &e.left, 1 },
        { CAME, e.came, ENGAGEMENT_KINDS },
        { STATES, e.states, POST_STATE_END },
        { TIERS, e.tiers, ENGAGEMENT_TIERS },
        { AUTHORS, &e.authors, 1 },
        { REPLIERS, &e.repliers, 1 },
        { LETTERS, e.letters, DELIVERY_STATE_END },
        { ISSUES, &e.issues, 1 },
    };

    for (size_t i = 0; i < COUNT_OF(counts); i++)
        if (read_counts(st, counts[i].stmt, &span, counts[i].places, counts[i].count, err))
            return err_wrap(err, "engagement of group %" PRId64, group.v);
    if (read_waits(st, &span, mem, &e, err) || read_weeks(st, &span, &e, err))
        return err_wrap(err, "engagement of group %" PRId64, group.v);
    *ret = e;
    return RC_OK;
}
