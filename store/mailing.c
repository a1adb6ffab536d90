#include "store/mailing.h"

#include <assert.h>

enum mailing_stmt { MAILING_INSERT, MAILING_GET, MAILING_FIND, MAILING_POST_INSERT, MAILING_STMT_COUNT };

/* clang-format off */
enum mailing_insert_arg {
    MI_PRACTICE = 1, MI_ID, MI_KIND, MI_GROUP, MI_ISSUE, MI_VERSION, MI_SUBJECT, MI_LANGUAGE, MI_FORMAT, MI_FROM, MI_AUDIENCE, MI_PART,
    MI_BUILT, MI_SLOTS, MI_CREATED
};
enum mailing_find_arg { MF_PRACTICE = 1, MF_ISSUE, MF_LANGUAGE, MF_FORMAT, MF_VERSION, MF_FROM, MF_AUDIENCE, MF_PART };

#define MAILING_COLUMNS                                                                                                \
    "id, kind, group_id, issue_id, issue_version, subject_id, language, format, from_seq, audience, part,"             \
    " built_sealed, slots_sealed, created_ms"

static const char *const mailing_sql[MAILING_STMT_COUNT] = {
    [MAILING_INSERT] =
        "INSERT INTO mailing (practice_id, id, kind, group_id, issue_id, issue_version, subject_id, language, format, from_seq, audience,"
        " part, built_sealed, slots_sealed, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    [MAILING_GET] = "SELECT " MAILING_COLUMNS " FROM mailing WHERE practice_id = $1 AND id = $2",
    [MAILING_FIND] =
        "SELECT " MAILING_COLUMNS " FROM mailing WHERE practice_id = $1 AND issue_id = $2 AND language = $3 AND format = $4"
        " AND issue_version = $5 AND from_seq = $6 AND audience = $7 AND part = $8 AND erased_ms IS NULL",
    [MAILING_POST_INSERT] =
        "INSERT INTO mailing_post (practice_id, mailing_id, post_id, post_version, is_whole) VALUES ($1, $2, $3, $4, $5)",
};

/* By number: two kinds of one number do not compile. */
#define MAILING_KIND_ROW(number, name, file, lane) [number] = { file, lane },
static const struct { const char *file; enum lane lane; } mailing_kinds[] = { MAILING_KINDS(MAILING_KIND_ROW) };
/* clang-format on */

const struct db_domain mailing_domain = { "mailing", mailing_sql, MAILING_STMT_COUNT };

const char *mailing_template_name(enum mailing_kind kind)
{
    return (size_t)kind < COUNT_OF(mailing_kinds) ? mailing_kinds[kind].file : NULL;
}

enum lane mailing_default_lane(enum mailing_kind kind)
{
    return mailing_template_name(kind) ? mailing_kinds[kind].lane : LANE_REPLY;
}

bool mailing_is_private(enum mailing_kind kind)
{
    return kind == MAILING_ASK || kind == MAILING_PRIVATE_ANSWER || kind == MAILING_PRIVATE_NOTE ||
           kind == MAILING_PRIVATE_DONE || kind == MAILING_CHECK_IN_ASK || kind == MAILING_CHECK_IN ||
           kind == MAILING_CHECK_IN_ANSWER || kind == MAILING_CRISIS_ACK || kind == MAILING_MEDICAL_ACK ||
           mailing_is_of_visit(kind);
}

bool mailing_is_of_visit(enum mailing_kind kind)
{
    return (kind >= MAILING_VISIT_INVITATION && kind <= MAILING_VISIT_REMINDER) || kind == MAILING_VISIT_MISSED ||
           kind == MAILING_VISIT_QUESTIONS;
}

static enum rc add_posts(struct store *st, const struct mailing *mailing, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = RC_OK;

    if (mailing->post_count)
        rc = db_query(st->db, mailing_sql[MAILING_POST_INSERT], &q, err);
    for (size_t i = 0; !rc && i < mailing->post_count; i++) {
        db_bind_int(q, 1, st->practice.v);
        db_bind_int(q, 2, mailing->id.v);
        db_bind_int(q, 3, mailing->posts[i].post.v);
        db_bind_int(q, 4, mailing->posts[i].version);
        db_bind_int(q, 5, mailing->posts[i].is_whole);
        rc = db_run(q, NULL, err);
    }
    return rc;
}

enum rc mailing_add(struct store *st, struct mailing *mailing, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("mailing_add");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc;

    assert(db_in_tx(st->db));
    assert(mailing_template_name(mailing->kind));
    rc = db_query(st->db, mailing_sql[MAILING_INSERT], &q, err);
    if (rc)
        return rc;
    mailing->id.v = id_next(st->ids);
    mailing->created_ms = clock_now_ms(st->clock);
    db_bind_int(q, MI_PRACTICE, st->practice.v);
    db_bind_int(q, MI_ID, mailing->id.v);
    db_bind_int(q, MI_KIND, mailing->kind);
    db_bind_id(q, MI_GROUP, mailing->group.v);
    db_bind_id(q, MI_ISSUE, mailing->issue.v);
    db_bind_int(q, MI_VERSION, mailing->issue_version);
    db_bind_id(q, MI_SUBJECT, mailing->subject_id);
    db_bind_int(q, MI_LANGUAGE, mailing->language);
    db_bind_int(q, MI_FORMAT, mailing->format);
    db_bind_int(q, MI_FROM, mailing->from_seq);
    db_bind_int(q, MI_AUDIENCE, mailing->audience);
    db_bind_int(q, MI_PART, mailing->part);
    store_bind_sealed_bytes(st, q, MI_BUILT, COL_MAILING_BUILT, mailing->id.v, mailing->built, mailing->built_len, mem);
    store_bind_sealed(st, q, MI_SLOTS, COL_MAILING_SLOTS, mailing->id.v, mailing->slots, mem);
    db_bind_int(q, MI_CREATED, mailing->created_ms);
    rc = db_run(q, NULL, err);
    if (!rc)
        rc = add_posts(st, mailing, err);
    return rc ? err_wrap(err, "mailing of kind %d", (int)mailing->kind) : RC_OK;
}

static enum rc read_mailing(struct store *st, struct db_query *q, struct arena *mem, struct mailing *ret,
                            struct err *err)
{
    struct mailing m = {
        .id = { db_int(q, 0) },
        .kind = (enum mailing_kind)db_int(q, 1),
        .group = { db_int(q, 2) },
        .issue = { db_int(q, 3) },
        .issue_version = db_int(q, 4),
        .subject_id = db_int(q, 5),
        .language = db_int(q, 6),
        .format = db_int(q, 7),
        .from_seq = db_int(q, 8),
        .audience = db_int(q, 9),
        .part = db_int(q, 10),
        .created_ms = db_int(q, 13),
    };
    enum rc rc = store_sealed_bytes(st, q, 11, COL_MAILING_BUILT, m.id.v, mem, &m.built, &m.built_len, err);

    if (!rc)
        rc = store_sealed(st, q, 12, COL_MAILING_SLOTS, m.id.v, mem, &m.slots, err);
    if (!rc)
        *ret = m;
    return rc;
}

enum rc mailing_get(struct store *st, struct mailing_id id, struct arena *mem, struct mailing *ret_mailing,
                    struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, mailing_sql[MAILING_GET], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id.v);
    rc = db_one(q, err);
    if (rc)
        return err_wrap(err, "mailing %" PRId64, id.v);
    return read_mailing(st, q, mem, ret_mailing, err);
}

enum rc mailing_find_rendering(struct store *st, const struct mailing_rendering *which, struct arena *mem,
                               struct mailing *ret_mailing, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, mailing_sql[MAILING_FIND], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, MF_PRACTICE, st->practice.v);
    db_bind_int(q, MF_ISSUE, which->issue.v);
    db_bind_int(q, MF_LANGUAGE, which->language);
    db_bind_int(q, MF_FORMAT, which->format);
    db_bind_int(q, MF_VERSION, which->version);
    db_bind_int(q, MF_FROM, which->from_seq);
    db_bind_int(q, MF_AUDIENCE, which->audience);
    db_bind_int(q, MF_PART, which->part);
    rc = db_one(q, err);
    if (rc)
        return err_wrap(err, "rendering of issue %" PRId64, which->issue.v);
    return read_mailing(st, q, mem, ret_mailing, err);
}
