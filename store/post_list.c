/* The lists of post.h. */
#include "store/post_row.h"

#include "store/rows.h"

enum post_list_stmt {
    POST_WAITING,
    POST_WAITING_IN,
    POST_BETWEEN,
    POST_OF_CONVERSATION,
    POST_WAITING_BY,
    POST_PAGE,
    POST_COUNT_WAITING_BY,
    POST_BY_SINCE,
    POST_REMIND,
    POST_LIST_STMT_COUNT
};

/* clang-format off */
static const char *const post_list_sql[POST_LIST_STMT_COUNT] = {
    [POST_WAITING] =
        "SELECT " POST_COLUMNS " FROM post WHERE practice_id = $1 AND " POST_UNDECIDED
        " ORDER BY tier, created_ms, id LIMIT $2",
    [POST_WAITING_IN] =
        "SELECT " POST_COLUMNS " FROM post WHERE practice_id = $1 AND group_id = $2 AND published_seq IS NULL AND " POST_UNDECIDED
        " ORDER BY created_ms, id LIMIT $3",
    [POST_BETWEEN] =
        "SELECT " POST_COLUMNS " FROM post WHERE practice_id = $1 AND group_id = $2 AND published_seq > $3 AND published_seq <= $4"
        " AND state IN (5, 6) ORDER BY published_seq LIMIT $5",
    [POST_OF_CONVERSATION] =
        "SELECT " POST_COLUMNS " FROM post WHERE practice_id = $1 AND conversation_id = $2 AND published_seq <= $3"
        " AND state IN (5, 6) ORDER BY published_seq LIMIT $4",
    [POST_WAITING_BY] =
        "SELECT " POST_COLUMNS " FROM post WHERE practice_id = $1 AND author_id = $2 AND state IN " POST_WAITING_STATES " ORDER BY id",
    [POST_PAGE] =
        "SELECT " POST_COLUMNS " FROM post WHERE practice_id = $1 AND group_id = $2 AND id > $3 ORDER BY id LIMIT $4",
    [POST_COUNT_WAITING_BY] =
        "SELECT COUNT(*) FROM post WHERE practice_id = $1 AND author_id = $2 AND " POST_UNDECIDED,
    [POST_BY_SINCE] =
        "SELECT " POST_COLUMNS " FROM post WHERE practice_id = $1 AND id IN (SELECT id FROM post WHERE practice_id = $1"
        " AND author_id = $2 AND created_ms >= $3 ORDER BY id DESC LIMIT $4) ORDER BY id",
    [POST_REMIND] =
        "SELECT " POST_COLUMNS " FROM post WHERE practice_id = $1 AND remind_ms <= $2 AND " POST_UNDECIDED
        " ORDER BY tier, created_ms LIMIT 200",
};
/* clang-format on */
const struct db_domain post_list_domain = { "post_list", post_list_sql, POST_LIST_STMT_COUNT };

/* Reads the rows of a bound query into an array of at most max. */
static enum rc read_posts(struct store *st, struct db_query *q, size_t max, struct arena *mem, struct post **ret_posts,
                          size_t *ret_n, struct err *err)
{
    struct post *posts = NULL;
    size_t n = 0, cap = 0;
    bool row = true;
    enum rc rc;

    while (n < max) {
        rc = db_step(q, &row, err);
        if (rc)
            return rc;
        if (!row)
            break;
        posts = rows_room(mem, posts, n, &cap, sizeof *posts);
        rc = post_read_row(st, q, mem, &posts[n++], err);
        if (rc)
            return rc;
    }
    *ret_posts = posts;
    *ret_n = n;
    return RC_OK;
}

/* Lists by up to four numbers bound in order behind the practice. */
static enum rc list_posts(struct store *st, enum post_list_stmt stmt, const int64_t *args, size_t arg_count, size_t max,
                          struct arena *mem, struct post **ret_posts, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, post_list_sql[stmt], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    for (size_t i = 0; i < arg_count; i++)
        db_bind_int(q, (int)i + 2, args[i]);
    return read_posts(st, q, max, mem, ret_posts, ret_n, err);
}

enum rc post_waiting(struct store *st, size_t max, struct arena *mem, struct post **ret_posts, size_t *ret_n,
                     struct err *err)
{
    return list_posts(st, POST_WAITING, (int64_t[]){ (int64_t)max }, 1, max, mem, ret_posts, ret_n, err);
}

enum rc post_waiting_in(struct store *st, struct group_id group, size_t max, struct arena *mem, struct post **ret_posts,
                        size_t *ret_n, struct err *err)
{
    return list_posts(st, POST_WAITING_IN, (int64_t[]){ group.v, (int64_t)max }, 2, max, mem, ret_posts, ret_n, err);
}

enum rc post_published_between(struct store *st, struct group_id group, int64_t from_seq, int64_t to_seq, size_t max,
                               struct arena *mem, struct post **ret_posts, size_t *ret_n, struct err *err)
{
    return list_posts(st, POST_BETWEEN, (int64_t[]){ group.v, from_seq, to_seq, (int64_t)max }, 4, max, mem, ret_posts,
                      ret_n, err);
}

enum rc post_in_conversation(struct store *st, struct conversation_id conversation, int64_t to_seq, size_t max,
                             struct arena *mem, struct post **ret_posts, size_t *ret_n, struct err *err)
{
    return list_posts(st, POST_OF_CONVERSATION, (int64_t[]){ conversation.v, to_seq, (int64_t)max }, 3, max, mem,
                      ret_posts, ret_n, err);
}

enum rc post_waiting_by(struct store *st, struct person_id author, struct arena *mem, struct post **ret_posts,
                        size_t *ret_n, struct err *err)
{
    return list_posts(st, POST_WAITING_BY, (int64_t[]){ author.v }, 1, 10000, mem, ret_posts, ret_n, err);
}

enum rc post_count_waiting_by(struct store *st, struct person_id author, int64_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, post_list_sql[POST_COUNT_WAITING_BY], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, author.v);
    rc = db_one(q, err);
    if (!rc)
        *ret_n = db_int(q, 0);
    return rc;
}

enum rc post_by_since(struct store *st, struct person_id author, int64_t since_ms, struct arena *mem,
                      struct post **ret_posts, size_t *ret_n, struct err *err)
{
    return list_posts(st, POST_BY_SINCE, (int64_t[]){ author.v, since_ms, POST_BY_SINCE_MAX }, 3, POST_BY_SINCE_MAX,
                      mem, ret_posts, ret_n, err);
}

enum rc post_page(struct store *st, struct group_id group, struct post_id after, size_t max, struct arena *mem,
                  struct post **ret_posts, size_t *ret_n, struct err *err)
{
    return list_posts(st, POST_PAGE, (int64_t[]){ group.v, after.v, (int64_t)max }, 3, max, mem, ret_posts, ret_n, err);
}

enum rc post_due_reminder(struct store *st, int64_t now_ms, struct arena *mem, struct post **ret_posts, size_t *ret_n,
                          struct err *err)
{
    return list_posts(st, POST_REMIND, (int64_t[]){ now_ms }, 1, 200, mem, ret_posts, ret_n, err);
}
