#include "store/accounting_text.h"

enum text_stmt { TEXTS_OF_ALL, TEXTS_OF_ISSUE, TEXTS_OF_POST, TEXTS_OF_PERSON, TEXTS_OF_GROUP, TEXT_STMT_COUNT };
enum { AT_PRACTICE = 1, AT_ID, AT_FROM, AT_UNTIL };
enum {
    C_ID,
    C_STATE,
    C_KIND,
    C_PARTS,
    C_HANDED,
    C_DONE,
    C_CREATED,
    C_NUMBER,
    C_PERSON,
    C_NAME,
    C_ADDRESS,
    C_VALUE,
    C_WORDS,
    C_CODE,
    C_SLUG,
    C_VERSION,
    C_WHOLE
};

/* clang-format off */
#define ROWS(post_columns, post_join, which)                                                                                          \
    "SELECT t.id, t.state, t.kind, t.parts, t.handed_ms, t.done_ms, t.created_ms, i.number, p.id, p.name_sealed, a.id, a.value_sealed," \
    " t.words_sealed, t.code, g.slug, " post_columns " FROM text_out t"                                                               \
    " JOIN address a ON a.practice_id = t.practice_id AND a.id = t.address_id"                                                        \
    " LEFT JOIN person p ON p.practice_id = t.practice_id AND p.id = t.person_id"                                                     \
    " LEFT JOIN issue i ON i.practice_id = t.practice_id AND i.id = t.issue_id"                                                       \
    " LEFT JOIN care_group g ON g.practice_id = t.practice_id AND g.id = t.group_id" post_join                                        \
    " WHERE t.practice_id = $1 AND " which                                                                                            \
    " AND COALESCE(t.handed_ms, t.created_ms) >= $3 AND COALESCE(t.handed_ms, t.created_ms) < $4 ORDER BY t.id"
#define NO_POST "0, 0"

static const char *const text_sql[TEXT_STMT_COUNT] = {
    [TEXTS_OF_ALL] = ROWS(NO_POST, "", "t.id > $2"),
    [TEXTS_OF_ISSUE] = ROWS(NO_POST, "", "t.id IN (SELECT x.id FROM text_out x WHERE x.practice_id = $1 AND x.issue_id = $2 AND x.issue_id IS NOT NULL)"),
    [TEXTS_OF_POST] = ROWS("h.version, h.is_whole", " JOIN text_post h ON h.practice_id = t.practice_id AND h.text_id = t.id", "t.id IN (SELECT x.text_id FROM text_post x WHERE x.practice_id = $1 AND x.post_id = $2) AND h.post_id = $2"),
    [TEXTS_OF_PERSON] = ROWS(NO_POST, "", "t.person_id = $2"),
    [TEXTS_OF_GROUP] = ROWS(NO_POST, "", "t.id IN (SELECT x.id FROM membership k JOIN text_out x ON x.practice_id = k.practice_id AND x.membership_id = k.id"
        " AND x.membership_id IS NOT NULL WHERE k.practice_id = $1 AND k.group_id = $2)"),
};
/* clang-format on */

const struct db_domain accounting_text_domain = { "accounting_text", text_sql, TEXT_STMT_COUNT };

static const char *text_of(struct db_query *q, int column, struct arena *mem)
{
    return db_is_null(q, column) ? NULL : arena_strdup(mem, db_text(q, column));
}

static enum rc read_row(struct store *st, struct db_query *q, struct arena *mem, struct accounting_text *row,
                        struct err *err)
{
    *row = (struct accounting_text){ .id = { db_int(q, C_ID) },
                                     .state = (enum text_state)db_int(q, C_STATE),
                                     .kind = (enum mailing_kind)db_int(q, C_KIND),
                                     .parts = db_int(q, C_PARTS),
                                     .handed_ms = db_int(q, C_HANDED),
                                     .done_ms = db_int(q, C_DONE),
                                     .created_ms = db_int(q, C_CREATED),
                                     .issue_number = db_int(q, C_NUMBER),
                                     .code = text_of(q, C_CODE, mem),
                                     .slug = text_of(q, C_SLUG, mem),
                                     .post_version = db_int(q, C_VERSION),
                                     .is_whole = db_int(q, C_WHOLE) != 0 };
    if (!db_is_null(q, C_PERSON) &&
        store_sealed(st, q, C_NAME, COL_PERSON_NAME, db_int(q, C_PERSON), mem, &row->name, err))
        return err->rc;
    if (store_sealed(st, q, C_VALUE, COL_ADDRESS_VALUE, db_int(q, C_ADDRESS), mem, &row->number, err))
        return err->rc;
    return store_sealed(st, q, C_WORDS, COL_TEXT_OUT_WORDS, row->id.v, mem, &row->words, err);
}

static enum text_stmt stmt_of(const struct accounting_filter *f, int64_t *ret_id)
{
    *ret_id = f->issue.v ? f->issue.v : f->post.v ? f->post.v : f->person.v ? f->person.v : f->group.v;
    return f->issue.v    ? TEXTS_OF_ISSUE
           : f->post.v   ? TEXTS_OF_POST
           : f->person.v ? TEXTS_OF_PERSON
           : f->group.v  ? TEXTS_OF_GROUP
                         : TEXTS_OF_ALL;
}

enum rc accounting_text_walk(struct store *st, const struct accounting_filter *filter, accounting_text_fn *fn,
                             void *ctx, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("accounting_text");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct accounting_text row;
    int64_t id;
    bool has_row = false;
    enum rc rc;

    if (filter->delivery.v || filter->mailing.v)
        return RC_OK;
    rc = db_query(st->db, text_sql[stmt_of(filter, &id)], &q, err);
    if (rc)
        return rc;
    db_bind_int(q, AT_PRACTICE, st->practice.v);
    db_bind_int(q, AT_ID, id);
    db_bind_int(q, AT_FROM, filter->from_ms);
    db_bind_int(q, AT_UNTIL, filter->until_ms ? filter->until_ms : INT64_MAX);
    while (!(rc = db_step(q, &has_row, err)) && has_row) {
        rc = read_row(st, q, mem, &row, err);
        if (!rc)
            rc = fn(ctx, &row, err);
        if (rc)
            break;
        arena_clear(mem);
    }
    return rc ? err_wrap(err, "texts of practice %" PRId64, st->practice.v) : RC_OK;
}
