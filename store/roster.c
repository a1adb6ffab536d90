/*
 * The roster of membership.h: whoever may be written to now.
 *
 * One WHERE holds every reason not to: not active, gone or died, suppressed, no standing yes on the channel. The consent is read afresh
 * each time, so a withdrawal stops the very next page. The walk is by membership id over the index membership_roster; a page holds
 * no text, so memory does not grow with the group.
 */
#include "store/membership.h"

#include <assert.h>

#define ROSTER_FROM                                                                                                    \
    " FROM membership m JOIN person p ON p.practice_id = m.practice_id AND p.id = m.person_id"                         \
    " WHERE m.practice_id = $1 AND m.group_id = $2 AND m.state = 2 AND m.id > $3"                                      \
    " AND m.rhythm IN ($4, $5, $6, $7)"                                                                                \
    " AND ($8 = '' OR EXISTS (SELECT 1 FROM membership_tag t WHERE t.practice_id = m.practice_id"                      \
    "   AND t.membership_id = m.id AND t.tag = $8))"                                                                   \
    " AND p.state = 1"                                                                                                 \
    " AND NOT EXISTS (SELECT 1 FROM suppression s WHERE s.practice_id = m.practice_id"                                 \
    "   AND s.address_id = m.address_id)"                                                                              \
    " AND (SELECT c.is_given FROM consent c WHERE c.practice_id = m.practice_id AND c.person_id = m.person_id"         \
    "   AND c.membership_id = m.id AND c.channel = CASE WHEN m.channel = 2 THEN 2 ELSE 1 END AND c.kind = 1"           \
    "   ORDER BY c.id DESC LIMIT 1) = 1"

enum roster_stmt { ROSTER_PAGE, ROSTER_COUNT, ROSTER_STMT_COUNT };
enum { RO_PRACTICE = 1, RO_GROUP, RO_AFTER, RO_RHYTHM_1, RO_TAG = RO_RHYTHM_1 + 4, RO_MAX };

static const char *const roster_sql[ROSTER_STMT_COUNT] = {
    [ROSTER_PAGE] = "SELECT m.id, m.person_id, m.address_id, m.role, m.channel, p.language, p.format, m.rhythm,"
                    " m.hour_minute, m.cursor_seq, p.zone" ROSTER_FROM " ORDER BY m.id LIMIT $9",
    /* ids are spread over the primes' range so that a sum of 100,000 of them stays far below 2^63 */
    [ROSTER_COUNT] = "SELECT COUNT(*), COALESCE(SUM(CASE WHEN m.channel = 2 THEN 0 ELSE 1 END), 0),"
                     " COALESCE(SUM(CASE WHEN m.channel = 1 THEN 0 ELSE 1 END), 0),"
                     " CAST(COALESCE(SUM(m.id % 1000000007 + m.address_id % 998244353), 0) AS BIGINT)" ROSTER_FROM,
};
const struct db_domain roster_domain = { "roster", roster_sql, ROSTER_STMT_COUNT };

static void bind_filter(struct store *st, struct db_query *q, const struct roster_filter *filter, int64_t after)
{
    const unsigned rhythms = filter->rhythms ? filter->rhythms : ~0u;

    db_bind_int(q, RO_PRACTICE, st->practice.v);
    db_bind_int(q, RO_GROUP, filter->group.v);
    db_bind_int(q, RO_AFTER, after);
    for (int r = RHYTHM_EACH; r < RHYTHM_END; r++)
        db_bind_int(q, RO_RHYTHM_1 + r - RHYTHM_EACH, rhythms >> r & 1 ? r : 0);
    db_bind_text(q, RO_TAG, filter->tag ? filter->tag : "");
}

static void read_row(struct db_query *q, struct roster_row *r)
{
    const char *const zone = db_text(q, 10);

    *r = (struct roster_row){ .membership.v = db_int(q, 0),
                              .person.v = db_int(q, 1),
                              .address.v = db_int(q, 2),
                              .role = (enum member_role)db_int(q, 3),
                              .channel = (enum member_channel)db_int(q, 4),
                              .language = (enum person_language)db_int(q, 5),
                              .format = (enum person_format)db_int(q, 6),
                              .rhythm = (enum member_rhythm)db_int(q, 7),
                              .hour_minute = db_is_null(q, 8) ? -1 : db_int(q, 8),
                              .cursor_seq = db_int(q, 9) };
    snprintf(r->zone, sizeof r->zone, "%s", zone ? zone : "");
}

enum rc membership_roster(struct store *st, const struct roster_filter *filter, struct membership_id after,
                          struct roster_row *rows, size_t max, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    size_t n = 0;
    bool row;

    if (db_query(st->db, roster_sql[ROSTER_PAGE], &q, err))
        return err->rc;
    bind_filter(st, q, filter, after.v);
    db_bind_int(q, RO_MAX, (int64_t)max);
    for (;;) {
        if (db_step(q, &row, err))
            return err_wrap(err, "roster of group %" PRId64, filter->group.v);
        if (!row)
            break;
        assert(n < max);
        read_row(q, &rows[n++]);
    }
    *ret_n = n;
    return RC_OK;
}

enum rc membership_count(struct store *st, const struct roster_filter *filter, struct roster_count *ret,
                         struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(st->db, roster_sql[ROSTER_COUNT], &q, err))
        return err->rc;
    bind_filter(st, q, filter, 0);
    if (db_one(q, err))
        return err_wrap(err, "count of group %" PRId64, filter->group.v);
    *ret = (struct roster_count){
        .all = db_int(q, 0), .by_email = db_int(q, 1), .by_text = db_int(q, 2), .version = db_int(q, 3)
    };
    return RC_OK;
}
