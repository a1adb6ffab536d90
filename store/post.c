#include "store/post_row.h"

#include "store/conversation.h"

#include <assert.h>

enum post_stmt {
    POST_INSERT,
    POST_GET,
    POST_UPDATE,
    POST_PUBLISH,
    POST_REVIEWED,
    POST_TAKE_BACK,
    POST_TAKE_SEQ,
    POST_SET_REMINDER,
    POST_SET_SEND,
    POST_STMT_COUNT
};

/* clang-format off */
enum post_insert_arg {
    PI_PRACTICE = 1, PI_ID, PI_GROUP, PI_CONVERSATION, PI_KIND, PI_STATE, PI_AUTHOR, PI_LETTER, PI_TIER, PI_FLAGS, PI_WHY, PI_ANON, PI_TAG,
    PI_TEXT, PI_CONTEXT, PI_NOTE, PI_REMIND, PI_CREATED
};
enum post_update_arg {
    PU_PRACTICE = 1, PU_ID, PU_VERSION, PU_CONVERSATION, PU_KIND, PU_STATE, PU_TIER, PU_FLAGS, PU_WHY, PU_ANON, PU_TEXT, PU_CONTEXT, PU_NOTE,
    PU_FIRST_BY, PU_DEPUTY, PU_REMIND, PU_REMINDERS
};
enum post_publish_arg { PP_PRACTICE = 1, PP_ID, PP_VERSION, PP_SEQ, PP_NOW };

static const char *const post_sql[POST_STMT_COUNT] = {
    [POST_INSERT] =
        "INSERT INTO post (practice_id, id, group_id, conversation_id, kind, state, author_id, letter_id, tier, flags, placed_why,"
        " is_anonymous, audience_tag, text_sealed, context_sealed, note_sealed, remind_ms, created_ms, version, reminders)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 1, 0)",
    [POST_GET] = "SELECT " POST_COLUMNS " FROM post WHERE practice_id = $1 AND id = $2",
    [POST_UPDATE] =
        "UPDATE post SET version = version + 1, conversation_id = $4, kind = $5, state = $6, tier = $7, flags = $8, placed_why = $9,"
        " is_anonymous = $10, text_sealed = $11, context_sealed = $12, note_sealed = $13, first_review_by = $14, deputy_id = $15,"
        " remind_ms = $16, reminders = $17 WHERE practice_id = $1 AND id = $2 AND version = $3",
    [POST_PUBLISH] =
        "UPDATE post SET version = version + 1, state = 5, published_seq = $4, published_ms = $5, remind_ms = NULL, send_ms = NULL"
        " WHERE practice_id = $1 AND id = $2 AND version = $3 AND state IN " POST_WAITING_STATES " AND published_seq IS NULL",
    [POST_REVIEWED] = "SELECT 1 FROM review WHERE practice_id = $1 AND post_id = $2 AND post_version = $3",
    [POST_TAKE_BACK] =
        "UPDATE post SET version = version + 1, state = $4, published_seq = NULL, published_ms = NULL, first_review_by = NULL, remind_ms = $5"
        " WHERE practice_id = $1 AND id = $2 AND version = $3 AND state IN (5, 6)",
    [POST_TAKE_SEQ] =
        "UPDATE care_group SET post_seq = post_seq + 1 WHERE practice_id = $1 AND id = $2 RETURNING post_seq",
    [POST_SET_REMINDER] =
        "UPDATE post SET remind_ms = $3, reminders = reminders + 1 WHERE practice_id = $1 AND id = $2",
    [POST_SET_SEND] =
        "UPDATE post SET send_ms = $4 WHERE practice_id = $1 AND id = $2 AND version = $3 AND state IN " POST_WAITING_STATES,
};
/* clang-format on */

const struct db_domain post_domain = { "post", post_sql, POST_STMT_COUNT };

enum rc post_add(struct store *st, struct post *post, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("post_add");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc;

    assert(db_in_tx(st->db));
    assert(!post_state_is_published(post->state));
    rc = db_query(st->db, post_sql[POST_INSERT], &q, err);
    if (rc)
        return rc;
    post->id.v = id_next(st->ids);
    post->version = 1;
    db_bind_int(q, PI_PRACTICE, st->practice.v);
    db_bind_int(q, PI_ID, post->id.v);
    db_bind_int(q, PI_GROUP, post->group.v);
    db_bind_id(q, PI_CONVERSATION, post->conversation.v);
    db_bind_int(q, PI_KIND, post->kind);
    db_bind_int(q, PI_STATE, post->state);
    db_bind_int(q, PI_AUTHOR, post->author.v);
    db_bind_id(q, PI_LETTER, post->letter.v);
    db_bind_int(q, PI_TIER, post->tier);
    db_bind_int(q, PI_FLAGS, post->flags);
    db_bind_int(q, PI_WHY, post->placed_why);
    db_bind_int(q, PI_ANON, post->is_anonymous);
    db_bind_text(q, PI_TAG, post->audience_tag);
    store_bind_sealed(st, q, PI_TEXT, COL_POST_TEXT, post->id.v, post->text, mem);
    store_bind_sealed(st, q, PI_CONTEXT, COL_POST_CONTEXT, post->id.v, post->context, mem);
    store_bind_sealed(st, q, PI_NOTE, COL_POST_NOTE, post->id.v, post->note, mem);
    db_bind_id(q, PI_REMIND, post->remind_ms);
    db_bind_int(q, PI_CREATED, post->created_ms);
    return db_run(q, NULL, err);
}

enum rc post_read_row(struct store *st, struct db_query *q, struct arena *mem, struct post *p, struct err *err)
{
    enum rc rc;

    *p = (struct post){
        .id = { db_int(q, 0) },
        .group = { db_int(q, 1) },
        .conversation = { db_int(q, 2) },
        .kind = (enum post_kind)db_int(q, 3),
        .state = (enum post_state)db_int(q, 4),
        .version = db_int(q, 5),
        .author = { db_int(q, 6) },
        .letter = { db_int(q, 7) },
        .tier = (int)db_int(q, 8),
        .flags = db_int(q, 9),
        .placed_why = db_int(q, 10),
        .is_anonymous = db_int(q, 11) != 0,
        .audience_tag = db_is_null(q, 12) ? NULL : arena_strdup(mem, db_text(q, 12)),
        .first_review_by = { db_int(q, 16) },
        .deputy = { db_int(q, 17) },
        .published_seq = db_int(q, 18),
        .published_ms = db_int(q, 19),
        .remind_ms = db_int(q, 20),
        .reminders = db_int(q, 21),
        .created_ms = db_int(q, 22),
        .send_ms = db_int(q, 23),
    };
    rc = store_sealed(st, q, 13, COL_POST_TEXT, p->id.v, mem, &p->text, err);
    if (!rc)
        rc = store_sealed(st, q, 14, COL_POST_CONTEXT, p->id.v, mem, &p->context, err);
    if (!rc)
        rc = store_sealed(st, q, 15, COL_POST_NOTE, p->id.v, mem, &p->note, err);
    return rc;
}

enum rc post_get(struct store *st, struct post_id id, struct arena *mem, struct post *ret_post, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, post_sql[POST_GET], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id.v);
    rc = db_one(q, err);
    if (!rc)
        rc = post_read_row(st, q, mem, ret_post, err);
    return rc ? err_wrap(err, "post %" PRId64, id.v) : RC_OK;
}

enum rc post_change(struct store *st, struct post *post, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("post_change");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t changed;
    enum rc rc;

    assert(db_in_tx(st->db));
    assert(post->state != POST_PUBLISHED && "post_publish alone publishes");
    assert(post->state != POST_CORRECTED || post->published_seq);
    rc = db_query(st->db, post_sql[POST_UPDATE], &q, err);
    if (rc)
        return rc;
    db_bind_int(q, PU_PRACTICE, st->practice.v);
    db_bind_int(q, PU_ID, post->id.v);
    db_bind_int(q, PU_VERSION, post->version);
    db_bind_id(q, PU_CONVERSATION, post->conversation.v);
    db_bind_int(q, PU_KIND, post->kind);
    db_bind_int(q, PU_STATE, post->state);
    db_bind_int(q, PU_TIER, post->tier);
    db_bind_int(q, PU_FLAGS, post->flags);
    db_bind_int(q, PU_WHY, post->placed_why);
    db_bind_int(q, PU_ANON, post->is_anonymous);
    store_bind_sealed(st, q, PU_TEXT, COL_POST_TEXT, post->id.v, post->text, mem);
    store_bind_sealed(st, q, PU_CONTEXT, COL_POST_CONTEXT, post->id.v, post->context, mem);
    store_bind_sealed(st, q, PU_NOTE, COL_POST_NOTE, post->id.v, post->note, mem);
    db_bind_id(q, PU_FIRST_BY, post->first_review_by.v);
    db_bind_id(q, PU_DEPUTY, post->deputy.v);
    db_bind_id(q, PU_REMIND, post->remind_ms);
    db_bind_int(q, PU_REMINDERS, post->reminders);
    rc = db_run(q, &changed, err);
    if (rc)
        return rc;
    if (changed != 1)
        return err_set(err, RC_CONFLICT, "post %" PRId64 " is no longer at version %" PRId64, post->id.v,
                       post->version);
    post->version++;
    return RC_OK;
}

enum rc post_set_send(struct store *st, struct post *post, int64_t send_ms, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t changed;

    assert(db_in_tx(st->db));
    if (db_query(st->db, post_sql[POST_SET_SEND], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, post->id.v);
    db_bind_int(q, 3, post->version);
    db_bind_id(q, 4, send_ms);
    if (db_run(q, &changed, err))
        return err->rc;
    if (changed != 1)
        return err_set(err, RC_CONFLICT, "post %" PRId64 " is no longer at version %" PRId64, post->id.v,
                       post->version);
    post->send_ms = send_ms;
    return RC_OK;
}

static enum rc has_review(struct store *st, const struct post *post, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    bool row;
    enum rc rc = db_query(st->db, post_sql[POST_REVIEWED], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, post->id.v);
    db_bind_int(q, 3, post->version);
    rc = db_step(q, &row, err);
    if (!rc && !row)
        rc = err_set(err, RC_DENIED, "post %" PRId64 " has no review of version %" PRId64, post->id.v, post->version);
    return rc;
}

static enum rc take_seq(struct store *st, struct group_id group, int64_t *ret_seq, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, post_sql[POST_TAKE_SEQ], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, group.v);
    rc = db_one(q, err);
    if (!rc)
        *ret_seq = db_int(q, 0);
    return rc;
}

enum rc post_publish(struct store *st, struct post *post, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const int64_t now_ms = clock_now_ms(st->clock);
    int64_t seq = 0, changed;
    enum rc rc;

    assert(db_in_tx(st->db));
    rc = has_review(st, post, err);
    if (!rc)
        rc = take_seq(st, post->group, &seq, err);
    if (!rc)
        rc = db_query(st->db, post_sql[POST_PUBLISH], &q, err);
    if (rc)
        return rc;
    db_bind_int(q, PP_PRACTICE, st->practice.v);
    db_bind_int(q, PP_ID, post->id.v);
    db_bind_int(q, PP_VERSION, post->version);
    db_bind_int(q, PP_SEQ, seq);
    db_bind_int(q, PP_NOW, now_ms);
    rc = db_run(q, &changed, err);
    if (rc)
        return rc;
    if (changed != 1)
        return err_set(err, RC_CONFLICT, "post %" PRId64 " was decided by somebody else", post->id.v);
    post->version++;
    post->state = POST_PUBLISHED;
    post->published_seq = seq;
    post->published_ms = now_ms;
    return post->conversation.v ? conversation_reach(st, post->conversation, post->published_seq, post->id, err)
                                : RC_OK;
}

enum rc post_take_back(struct store *st, struct post *post, enum post_state to, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t changed = 0;
    enum rc rc = db_query(st->db, post_sql[POST_TAKE_BACK], &q, err);

    assert(db_in_tx(st->db));
    assert(to == POST_HELD || to == POST_WITHDRAWN);
    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, post->id.v);
    db_bind_int(q, 3, post->version);
    db_bind_int(q, 4, to);
    db_bind_id(q, 5, post->remind_ms);
    rc = db_run(q, &changed, err);
    if (!rc && !changed)
        return err_set(err, RC_CONFLICT, "post %" PRId64 " was changed meanwhile", post->id.v);
    if (!rc && post->conversation.v)
        rc = conversation_shorten(st, post->conversation, post->id, err);
    post->state = to;
    post->version++;
    post->published_seq = post->published_ms = post->first_review_by.v = 0;
    return rc;
}

const char *post_state_name(enum post_state state)
{
    static const char *const names[POST_STATE_END] = {
        [POST_HELD] = "held",           [POST_ASKED] = "asked",
        [POST_REFERRED] = "referred",   [POST_HALF_RELEASED] = "half released",
        [POST_PUBLISHED] = "published", [POST_CORRECTED] = "corrected",
        [POST_REJECTED] = "rejected",   [POST_RETURNED] = "returned",
        [POST_WITHDRAWN] = "withdrawn", [POST_PRIVATE] = "private",
    };

    return state > 0 && state < POST_STATE_END && names[state] ? names[state] : "?";
}

enum rc post_set_reminder(struct store *st, struct post_id id, int64_t remind_ms, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc;

    assert(db_in_tx(st->db));
    rc = db_query(st->db, post_sql[POST_SET_REMINDER], &q, err);
    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id.v);
    db_bind_int(q, 3, remind_ms);
    return db_run(q, NULL, err);
}
