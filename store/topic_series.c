#include "store/topic_series.h"

#include "base/json.h"
#include "store/rows.h"

#include <assert.h>

enum series_stmt {
    SERIES_ADD,
    SERIES_GET,
    SERIES_LIST,
    SERIES_WORDS,
    SERIES_END,
    DAY_ADD,
    DAY_SET,
    DAY_LIST,
    STMT_COUNT
};

#define COLUMNS "id, group_id, author_id, state, is_news, flags, rule, day, minute, ahead_days, words_sealed"

/* clang-format off */
static const char *const series_sql[STMT_COUNT] = {
    [SERIES_ADD] =
        "INSERT INTO topic_series (practice_id, " COLUMNS ", created_ms) VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9, $10, $11, $12)",
    [SERIES_GET] = "SELECT " COLUMNS " FROM topic_series WHERE practice_id = $1 AND id = $2",
    [SERIES_LIST] =
        "SELECT " COLUMNS " FROM topic_series WHERE practice_id = $1 AND (CAST($2 AS BIGINT) = 0 OR group_id = $2) ORDER BY state, id",
    [SERIES_WORDS] = "UPDATE topic_series SET flags = $3, words_sealed = $4 WHERE practice_id = $1 AND id = $2",
    [SERIES_END] = "UPDATE topic_series SET state = 2 WHERE practice_id = $1 AND id = $2 AND state = 1",
    [DAY_ADD] =
        "INSERT INTO topic_series_day (practice_id, series_id, day, post_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    [DAY_SET] = "UPDATE topic_series_day SET post_id = $4 WHERE practice_id = $1 AND series_id = $2 AND day = $3",
    [DAY_LIST] = "SELECT day, post_id FROM topic_series_day WHERE practice_id = $1 AND series_id = $2 ORDER BY day",
};
/* clang-format on */
const struct db_domain topic_series_domain = { "topic_series", series_sql, STMT_COUNT };

static enum rc start(struct store *st, enum series_stmt stmt, int64_t id, struct db_query **ret_q, struct err *err)
{
    const enum rc rc = db_query(st->db, series_sql[stmt], ret_q, err);

    if (!rc) {
        db_bind_int(*ret_q, 1, st->practice.v);
        db_bind_int(*ret_q, 2, id);
    }
    return rc;
}

static const char *write_words(const struct topic_series *s, struct arena *mem)
{
    CLEANUP(json_free) struct json *json = json_object_new();
    CLEANUP(strbuf_done) struct strbuf text = STRBUF(JSON_MAX_BYTES);

    json_set_str(json, "title", s->title);
    json_set_str(json, "text", s->text);
    json_set_str(json, "tag", s->tag);
    json_print(json, false, &text);
    return arena_strdup(mem, strbuf_peek(&text));
}

enum rc topic_series_add(struct store *st, struct topic_series *s, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("topic_series");
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    s->id.v = id_next(st->ids);
    s->state = TOPIC_SERIES_OPEN;
    if (start(st, SERIES_ADD, s->id.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, s->group.v);
    db_bind_int(q, 4, s->author.v);
    db_bind_int(q, 5, s->is_news);
    db_bind_int(q, 6, s->flags);
    db_bind_text(q, 7, s->rule);
    db_bind_int(q, 8, s->day);
    db_bind_int(q, 9, s->minute);
    db_bind_int(q, 10, s->ahead_days);
    store_bind_sealed(st, q, 11, COL_TOPIC_SERIES_WORDS, s->id.v, write_words(s, mem), mem);
    db_bind_int(q, 12, clock_now_ms(st->clock));
    return db_run(q, NULL, err) ? err_wrap(err, "add series of topics") : RC_OK;
}

static enum rc read_series(struct store *st, struct db_query *q, struct arena *mem, struct topic_series *s,
                           struct err *err)
{
    CLEANUP(json_free) struct json *json = NULL;
    const char *words;

    *s = (struct topic_series){ .id = { db_int(q, 0) },
                                .group = { db_int(q, 1) },
                                .author = { db_int(q, 2) },
                                .state = (enum topic_series_state)db_int(q, 3),
                                .is_news = db_int(q, 4) != 0,
                                .flags = db_int(q, 5),
                                .rule = arena_strdup(mem, db_text(q, 6)),
                                .day = db_int(q, 7),
                                .minute = db_int(q, 8),
                                .ahead_days = db_int(q, 9) };
    if (store_sealed(st, q, 10, COL_TOPIC_SERIES_WORDS, s->id.v, mem, &words, err) ||
        json_parse(words, strlen(words), &json, err))
        return err->rc;
    s->title = arena_strdup(mem, json_get_str(json, "title", ""));
    s->text = arena_strdup(mem, json_get_str(json, "text", ""));
    s->tag = arena_strdup(mem, json_get_str(json, "tag", ""));
    return RC_OK;
}

enum rc topic_series_get(struct store *st, struct topic_series_id id, struct arena *mem, struct topic_series *ret,
                         struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, SERIES_GET, id.v, &q, err) || db_one(q, err) || read_series(st, q, mem, ret, err))
        return err_wrap(err, "series of topics %" PRId64, id.v);
    return RC_OK;
}

enum rc topic_series_list(struct store *st, struct group_id group, struct arena *mem, struct topic_series **ret,
                          size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct topic_series *list = NULL;
    size_t n = 0, cap = 0;
    bool row;
    enum rc rc = start(st, SERIES_LIST, group.v, &q, err);

    while (!rc && !(rc = db_step(q, &row, err)) && row) {
        list = rows_room(mem, list, n, &cap, sizeof *list);
        rc = read_series(st, q, mem, &list[n++], err);
    }
    *ret = list;
    *ret_n = n;
    return rc ? err_wrap(err, "series of topics") : RC_OK;
}

enum rc topic_series_set_words(struct store *st, const struct topic_series *s, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("topic_series");
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, SERIES_WORDS, s->id.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, s->flags);
    store_bind_sealed(st, q, 4, COL_TOPIC_SERIES_WORDS, s->id.v, write_words(s, mem), mem);
    return db_run(q, NULL, err) ? err_wrap(err, "series of topics %" PRId64, s->id.v) : RC_OK;
}

enum rc topic_series_end(struct store *st, struct topic_series_id id, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t changed = 0;

    assert(db_in_tx(st->db));
    if (start(st, SERIES_END, id.v, &q, err) || db_run(q, &changed, err))
        return err_wrap(err, "end series of topics %" PRId64, id.v);
    return changed ? RC_OK : err_set(err, RC_CONFLICT, "this series has ended already");
}

static enum rc write_day(struct store *st, enum series_stmt stmt, struct topic_series_id id,
                         struct topic_series_day day, int64_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, stmt, id.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, day.day);
    db_bind_int(q, 4, day.post.v);
    return db_run(q, ret_n, err) ? err_wrap(err, "day of series of topics %" PRId64, id.v) : RC_OK;
}

enum rc topic_series_add_day(struct store *st, struct topic_series_id id, struct topic_series_day day, struct err *err)
{
    int64_t n = 0;

    if (write_day(st, DAY_ADD, id, day, &n, err))
        return err->rc;
    return n ? RC_OK : err_set(err, RC_CONFLICT, "that day of the series has its row");
}

enum rc topic_series_set_day(struct store *st, struct topic_series_id id, struct topic_series_day day, struct err *err)
{
    return write_day(st, DAY_SET, id, day, NULL, err);
}

enum rc topic_series_days(struct store *st, struct topic_series_id id, struct arena *mem, struct topic_series_day **ret,
                          size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct topic_series_day *list = NULL;
    size_t n = 0, cap = 0;
    bool row;
    enum rc rc = start(st, DAY_LIST, id.v, &q, err);

    while (!rc && !(rc = db_step(q, &row, err)) && row) {
        list = rows_room(mem, list, n, &cap, sizeof *list);
        list[n++] = (struct topic_series_day){ db_int(q, 0), { db_int(q, 1) } };
    }
    *ret = list;
    *ret_n = n;
    return rc ? err_wrap(err, "days of series of topics %" PRId64, id.v) : RC_OK;
}
