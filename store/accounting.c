#include "store/accounting.h"

#include "store/delivery_row.h"

enum accounting_stmt {
    BY_NOTHING,
    BY_DELIVERY,
    BY_MAILING,
    BY_ISSUE,
    BY_POST,
    BY_PERSON,
    BY_GROUP,
    UNSENT_OF_POST,
    ACCOUNTING_STMT_COUNT
};
enum accounting_arg { AC_PRACTICE = 1, AC_ID, AC_FROM, AC_UNTIL };
enum accounting_column {
    C_NAME = DELIVERY_COLUMN_COUNT,
    C_ADDRESS,
    C_REMOTE,
    C_KIND,
    C_SLUG,
    C_SUBJECT,
    C_NUMBER,
    C_VERSION,
    C_POST_VERSION,
    C_WHOLE
};

/* clang-format off */
#define WITHIN(d) "COALESCE(" d "sent_ms, " d "created_ms) >= $3 AND COALESCE(" d "sent_ms, " d "created_ms) < $4"
#define ROWS(post_columns, post_join, which)                                                                                          \
    "SELECT " DELIVERY_COLUMNS_OF("d.") ", p.name_sealed, a.value_sealed, d.remote_sealed, m.kind, g.slug, m.subject_id, i.number,"    \
    " m.issue_version, " post_columns " FROM delivery d"                                                                              \
    " JOIN person p ON p.practice_id = d.practice_id AND p.id = d.person_id"                                                          \
    " JOIN address a ON a.practice_id = d.practice_id AND a.id = d.address_id"                                                        \
    " LEFT JOIN mailing m ON m.practice_id = d.practice_id AND m.id = d.mailing_id"                                                   \
    " LEFT JOIN issue i ON i.practice_id = d.practice_id AND i.id = d.issue_id"                                                       \
    " LEFT JOIN care_group g ON g.practice_id = d.practice_id AND g.id = COALESCE(m.group_id, i.group_id)" post_join                  \
    " WHERE d.practice_id = $1 AND " which                                                                                            \
    " AND " WITHIN("d.") " ORDER BY d.id"
#define NO_POST "0, 0"
/* Which deliveries is asked apart, by their own index: in one question SQLite walks all of them, for the sake of their order. */
#define OF_DELIVERY(column) "d.id IN (SELECT x.id FROM delivery x WHERE x.practice_id = $1 AND x." column " = $2 AND x." column " IS NOT NULL)"
#define THROUGH(table, table_id, column, which)                                                                                       \
    "SELECT x.id FROM " table " k JOIN delivery x ON x.practice_id = k.practice_id AND x." column " = k." table_id                     \
    " AND x." column " IS NOT NULL AND " WITHIN("x.") " WHERE k.practice_id = $1 AND k." which " = $2"

static const char *const accounting_sql[ACCOUNTING_STMT_COUNT] = {
    [BY_NOTHING] = ROWS(NO_POST, "", "d.id > $2"),
    [BY_DELIVERY] = ROWS(NO_POST, "", "d.id = $2"),
    [BY_MAILING] = ROWS(NO_POST, "", OF_DELIVERY("mailing_id")),
    [BY_ISSUE] = ROWS(NO_POST, "", OF_DELIVERY("issue_id")),
    [BY_POST] = ROWS("h.post_version, h.is_whole",
        " LEFT JOIN mailing_post h ON h.practice_id = d.practice_id AND h.mailing_id = d.mailing_id AND h.post_id = $2",
        "d.id IN (" THROUGH("mailing_post", "mailing_id", "mailing_id", "post_id") " UNION " THROUGH("mailing", "id", "mailing_id", "subject_id") ")"),
    [BY_PERSON] = ROWS(NO_POST, "", "d.person_id = $2"),
    [BY_GROUP] = ROWS(NO_POST, "",
        "d.id IN (" THROUGH("issue", "id", "issue_id", "group_id") " UNION ALL " THROUGH("mailing", "id", "mailing_id", "group_id") " AND k.group_id IS NOT NULL)"),
    [UNSENT_OF_POST] =
        "SELECT COUNT(*) FROM (SELECT d.id FROM mailing m JOIN delivery d ON d.practice_id = m.practice_id AND d.mailing_id = m.id"
        " AND d.mailing_id IS NOT NULL WHERE m.practice_id = $1 AND m.subject_id = $2 AND d.state IN (1, 2, 3, 7)"
        " UNION SELECT d.id FROM post p JOIN issue i ON i.practice_id = p.practice_id AND i.group_id = p.group_id AND i.to_seq >= p.published_seq"
        " JOIN delivery d ON d.practice_id = i.practice_id AND d.issue_id = i.id AND d.issue_id IS NOT NULL AND d.state IN (1, 2, 3, 7)"
        " WHERE p.practice_id = $1 AND p.id = $2 AND p.state IN (5, 6) AND d.from_seq < p.published_seq) AS unsent",
};
/* clang-format on */

const struct db_domain accounting_domain = { "accounting", accounting_sql, ACCOUNTING_STMT_COUNT };

static enum accounting_stmt stmt_of(const struct accounting_filter *f, int64_t *ret_id)
{
    const struct {
        int64_t id;
        enum accounting_stmt stmt;
    } ways[] = {
        { f->delivery.v, BY_DELIVERY }, { f->mailing.v, BY_MAILING }, { f->issue.v, BY_ISSUE },
        { f->post.v, BY_POST },         { f->person.v, BY_PERSON },   { f->group.v, BY_GROUP },
    };

    for (size_t i = 0; i < COUNT_OF(ways); i++)
        if (ways[i].id) {
            *ret_id = ways[i].id;
            return ways[i].stmt;
        }
    *ret_id = 0;
    return BY_NOTHING;
}

static enum rc read_row(struct store *st, struct db_query *q, struct arena *mem, struct accounting_row *row,
                        struct err *err)
{
    enum rc rc;

    *row = (struct accounting_row){
        .kind = (enum mailing_kind)db_int(q, C_KIND),
        .slug = db_is_null(q, C_SLUG) ? NULL : arena_strdup(mem, db_text(q, C_SLUG)),
        .subject_id = db_int(q, C_SUBJECT),
        .issue_number = db_int(q, C_NUMBER),
        .issue_version = db_int(q, C_VERSION),
        .post_version = db_int(q, C_POST_VERSION),
        .is_whole = db_int(q, C_WHOLE) != 0,
    };
    rc = delivery_read_row(st, q, mem, &row->delivery, err);
    if (!rc)
        rc = store_sealed(st, q, C_NAME, COL_PERSON_NAME, row->delivery.person.v, mem, &row->name, err);
    if (!rc)
        rc = store_sealed(st, q, C_ADDRESS, COL_ADDRESS_VALUE, row->delivery.address.v, mem, &row->address, err);
    if (!rc)
        rc = store_sealed(st, q, C_REMOTE, COL_DELIVERY_REMOTE, row->delivery.id.v, mem, &row->remote, err);
    return rc;
}

enum rc accounting_walk(struct store *st, const struct accounting_filter *filter, accounting_fn *fn, void *ctx,
                        struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("accounting");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct accounting_row row;
    int64_t id;
    bool has_row = false;
    enum rc rc = db_query(st->db, accounting_sql[stmt_of(filter, &id)], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, AC_PRACTICE, st->practice.v);
    db_bind_int(q, AC_ID, id);
    db_bind_int(q, AC_FROM, filter->from_ms);
    db_bind_int(q, AC_UNTIL, filter->until_ms ? filter->until_ms : INT64_MAX);
    while (!(rc = db_step(q, &has_row, err)) && has_row) {
        rc = read_row(st, q, mem, &row, err);
        if (!rc)
            rc = fn(ctx, &row, err);
        if (rc)
            break;
        arena_clear(mem);
    }
    return rc ? err_wrap(err, "deliveries of practice %" PRId64, st->practice.v) : RC_OK;
}

enum rc accounting_unsent(struct store *st, struct post_id post, int64_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, accounting_sql[UNSENT_OF_POST], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, AC_PRACTICE, st->practice.v);
    db_bind_int(q, AC_ID, post.v);
    rc = db_one(q, err);
    if (!rc)
        *ret_n = db_int(q, 0);
    return rc;
}
