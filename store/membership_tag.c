/* The audience tags of membership.h. */
#include "store/membership.h"

#include "store/rows.h"

#include <assert.h>

enum tag_stmt { TAG_ADD, TAG_REMOVE, TAG_LIST, TAG_STMT_COUNT };
enum { MT_PRACTICE = 1, MT_MEMBERSHIP, MT_TAG };

static const char *const tag_sql[TAG_STMT_COUNT] = {
    [TAG_ADD] = "INSERT INTO membership_tag (practice_id, membership_id, tag) VALUES ($1, $2, $3)"
                " ON CONFLICT (practice_id, membership_id, tag) DO NOTHING",
    [TAG_REMOVE] = "DELETE FROM membership_tag WHERE practice_id = $1 AND membership_id = $2 AND tag = $3",
    [TAG_LIST] = "SELECT tag FROM membership_tag WHERE practice_id = $1 AND membership_id = $2 ORDER BY tag",
};
const struct db_domain membership_tag_domain = { "membership_tag", tag_sql, TAG_STMT_COUNT };

static bool is_tag(const char *tag)
{
    const size_t n = strlen(tag);

    return n && n <= MEMBERSHIP_TAG_MAX && strspn(tag, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

static enum rc write_tag(struct store *st, enum tag_stmt stmt, struct membership_id id, const char *tag,
                         struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (!is_tag(tag))
        return err_set(err, RC_INPUT, "a tag is made of a-z, 0-9 and hyphens, at most %d", MEMBERSHIP_TAG_MAX);
    if (db_query(st->db, tag_sql[stmt], &q, err))
        return err->rc;
    db_bind_int(q, MT_PRACTICE, st->practice.v);
    db_bind_int(q, MT_MEMBERSHIP, id.v);
    db_bind_text(q, MT_TAG, tag);
    return db_run(q, NULL, err);
}

enum rc membership_add_tag(struct store *st, struct membership_id id, const char *tag, struct err *err)
{
    return write_tag(st, TAG_ADD, id, tag, err);
}

enum rc membership_remove_tag(struct store *st, struct membership_id id, const char *tag, struct err *err)
{
    return write_tag(st, TAG_REMOVE, id, tag, err);
}

enum rc membership_tags(struct store *st, struct membership_id id, struct arena *mem, const char ***ret, size_t *ret_n,
                        struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const char **tags = NULL;
    size_t n = 0, cap = 0;
    bool row;

    if (db_query(st->db, tag_sql[TAG_LIST], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id.v);
    for (;;) {
        if (db_step(q, &row, err))
            return err->rc;
        if (!row)
            break;
        tags = rows_room(mem, tags, n, &cap, sizeof *tags);
        tags[n++] = arena_strdup(mem, db_text(q, 0));
    }
    *ret = tags;
    *ret_n = n;
    return RC_OK;
}
