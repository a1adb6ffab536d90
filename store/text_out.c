#include "store/text_row.h"

#include "store/rows.h"

#include <assert.h>

/* clang-format off */
enum out_stmt {
    OUT_ADD, OUT_POST, OUT_GET, OUT_BY_REF, OUT_BY_PROVIDER, OUT_TO_ADDRESS, OUT_OF_PERSON, OUT_COUNT, OUT_ANSWERS, OUT_UNSENT, OUT_TALLY,
    OUT_RECENT, OUT_LATE, OUT_OF_ADDRESS, OUT_CANCEL_ADDRESS, OUT_CANCEL_PERSON, OUT_CANCEL_NEEDING, OUT_CANCEL_MEMBERSHIP, OUT_CANCEL_SUBJECT, OUT_CANCEL_KIND, OUT_CANCEL_ISSUE, OUT_RESTORED,
    OUT_STMT_COUNT
};
enum out_add_arg {
    OA_PRACTICE = 1, OA_ID, OA_KIND, OA_LANE, OA_NEEDS, OA_EXEMPT, OA_PERSON, OA_MEMBERSHIP, OA_GROUP, OA_ADDRESS, OA_SENDER, OA_ISSUE,
    OA_SUBJECT, OA_FROM, OA_TO, OA_REF, OA_ONCE, OA_ENCODING, OA_PARTS, OA_WORDS, OA_DUE, OA_NOT_AFTER, OA_NOW
};
enum out_post_arg { OP_PRACTICE = 1, OP_TEXT, OP_POST, OP_VERSION, OP_WHOLE };

#define CANCEL "UPDATE text_out SET state = 10, reason = 3, lease = NULL, lease_until_ms = NULL, done_ms = $3 WHERE practice_id = $1" \
    " AND state IN (1, 2) AND "

static const char *const out_sql[OUT_STMT_COUNT] = {
    [OUT_ADD] =
        "INSERT INTO text_out (practice_id, id, state, kind, lane, needs, is_exempt, person_id, membership_id, group_id, address_id, sender_id,"
        " issue_id, subject_id, from_seq, to_seq, ref, once_hash, encoding, parts, requests, words_sealed, due_ms, not_after_ms, attempt, reason,"
        " class, created_ms) VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, '', $20, $21, $22,"
        " 0, 0, 0, $23) ON CONFLICT DO NOTHING",
    [OUT_POST] =
        "INSERT INTO text_post (practice_id, text_id, post_id, version, is_whole) VALUES ($1, $2, $3, $4, $5)",
    [OUT_GET] = "SELECT " TEXT_COLUMNS " FROM text_out WHERE practice_id = $1 AND id = $2",
    [OUT_BY_REF] = "SELECT " TEXT_COLUMNS " FROM text_out WHERE practice_id = $1 AND ref = $2",
    [OUT_BY_PROVIDER] = "SELECT " TEXT_COLUMNS " FROM text_out WHERE practice_id = $1 AND provider_id = $2 ORDER BY +id DESC LIMIT 1",
    [OUT_TO_ADDRESS] =
        "SELECT " TEXT_COLUMNS " FROM text_out WHERE practice_id = $1 AND address_id = $2 AND state BETWEEN 3 AND 7 AND created_ms >= $3"
        " ORDER BY id DESC LIMIT $4",
    [OUT_OF_PERSON] =
        "SELECT " TEXT_COLUMNS " FROM text_out WHERE practice_id = $1 AND person_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4",
    [OUT_COUNT] =
        "SELECT COUNT(*) FROM text_out WHERE practice_id = $1 AND address_id = $2 AND created_ms >= $3 AND state <> 10"
        " AND (CAST($4 AS BIGINT) = 0 OR kind = $4)",
    [OUT_ANSWERS] =
        "SELECT COUNT(*) FROM text_out WHERE practice_id = $1 AND address_id = $2 AND created_ms >= $3 AND state <> 10 AND lane = $4",
    [OUT_UNSENT] =
        "SELECT to_seq FROM text_out WHERE practice_id = $1 AND membership_id = $2 AND state IN (1, 2, 3, 4)"
        " AND (state <> 4 OR settled_ms IS NULL) ORDER BY to_seq DESC LIMIT 1",
    [OUT_TALLY] = "SELECT state, COUNT(*) FROM text_out WHERE practice_id = $1 AND created_ms >= $2 GROUP BY state",
    [OUT_RECENT] =
        "SELECT COUNT(*), COUNT(CASE WHEN class = $4 THEN 1 END) FROM (SELECT class FROM text_out WHERE practice_id = $1 AND sender_id = $2"
        " AND handed_ms IS NOT NULL ORDER BY handed_ms DESC LIMIT $3) AS recent",
    [OUT_OF_ADDRESS] =
        "SELECT " TEXT_COLUMNS " FROM text_out WHERE practice_id = $1 AND address_id = $2 ORDER BY id DESC LIMIT $3",
    [OUT_LATE] =
        "SELECT COUNT(*) FROM text_out WHERE practice_id = $1 AND kind = 180 AND created_ms >= $2 AND created_ms <= $3 AND state <> 10"
        " AND class <> 1 AND (handed_ms IS NULL OR handed_ms > created_ms + $4)",
    [OUT_CANCEL_ADDRESS] = CANCEL "address_id = $2 AND needs <> 3",
    [OUT_CANCEL_PERSON] = CANCEL "person_id = $2",
    [OUT_CANCEL_NEEDING] = CANCEL "person_id = $2 AND needs <> 3",
    [OUT_CANCEL_MEMBERSHIP] = CANCEL "membership_id = $2",
    [OUT_CANCEL_SUBJECT] = CANCEL "subject_id = $2",
    [OUT_CANCEL_KIND] = CANCEL "subject_id = $2 AND kind = $4",
    [OUT_CANCEL_ISSUE] = CANCEL "issue_id = $2",
    [OUT_RESTORED] =
        "UPDATE text_out SET state = 4, lease = NULL, lease_until_ms = NULL, settled_ms = $2 WHERE practice_id = $1 AND state IN (1, 2, 3)",
};
/* clang-format on */
const struct db_domain text_out_domain = { "text_out", out_sql, OUT_STMT_COUNT };

/* ---- reading ---- */

static const char *text_or_null(struct db_query *q, int col, struct arena *mem)
{
    return db_is_null(q, col) ? NULL : arena_strdup(mem, db_text(q, col));
}

enum rc text_read_row(struct store *st, struct db_query *q, struct arena *mem, struct text_out *ret, struct err *err)
{
    size_t n;
    const void *ref = db_blob(q, 15, &n);

    if (n != TEXT_REF_BYTES)
        return err_set(err, RC_CORRUPT, "text %" PRId64 ": its reference has another length", db_int(q, 0));
    *ret = (struct text_out){
        .id = { db_int(q, 0) },
        .state = (enum text_state)db_int(q, 1),
        .kind = (enum mailing_kind)db_int(q, 2),
        .lane = (enum lane)db_int(q, 3),
        .needs = (enum text_needs)db_int(q, 4),
        .is_exempt = db_int(q, 5) != 0,
        .person = { db_int(q, 6) },
        .membership = { db_int(q, 7) },
        .group = { db_int(q, 8) },
        .address = { db_int(q, 9) },
        .sender = { db_int(q, 10) },
        .issue = { db_int(q, 11) },
        .subject_id = db_int(q, 12),
        .from_seq = db_int(q, 13),
        .to_seq = db_int(q, 14),
        .is_ucs2 = db_int(q, 16) != 0,
        .parts = db_int(q, 17),
        .requests = arena_strdup(mem, db_text(q, 18)),
        .provider_id = text_or_null(q, 20, mem),
        .due_ms = db_int(q, 21),
        .not_after_ms = db_int(q, 22),
        .attempt = db_int(q, 23),
        .reason = (enum text_reason)db_int(q, 24),
        .class = (int)db_int(q, 25),
        .code = text_or_null(q, 26, mem),
        .sending_ms = db_int(q, 27),
        .settled_ms = db_int(q, 28),
        .handed_ms = db_int(q, 29),
        .done_ms = db_int(q, 30),
        .created_ms = db_int(q, 31),
    };
    memcpy(ret->ref, ref, TEXT_REF_BYTES);
    return store_sealed(st, q, 19, COL_TEXT_OUT_WORDS, ret->id.v, mem, &ret->words, err);
}

enum rc text_read_rows(struct store *st, struct db_query *q, struct arena *mem, struct text_out **ret, size_t *ret_n,
                       struct err *err)
{
    struct text_out *rows = NULL;
    size_t n = 0, cap = 0;
    bool row;
    enum rc rc;

    while (!(rc = db_step(q, &row, err)) && row) {
        rows = rows_room(mem, rows, n, &cap, sizeof *rows);
        rc = text_read_row(st, q, mem, &rows[n++], err);
        if (rc)
            return rc;
    }
    if (rc)
        return rc;
    *ret = rows;
    *ret_n = n;
    return RC_OK;
}

enum rc text_read_one(struct store *st, struct db_query *q, struct arena *mem, struct text_out *ret, struct err *err)
{
    const enum rc rc = db_one(q, err);

    return rc ? err_wrap(err, "text") : text_read_row(st, q, mem, ret, err);
}

/* ---- adding ---- */

static void bind_once(struct store *st, struct db_query *q, const struct text_out *text, struct arena *mem)
{
    const struct crypt_span spans[] = { CRYPT_SPAN(&text->person.v, sizeof text->person.v),
                                        CRYPT_SPAN(&text->address.v, sizeof text->address.v),
                                        CRYPT_SPAN(text->once, text->once ? strlen(text->once) : 0) };
    unsigned char *hash;

    if (!text->once) {
        db_bind_null(q, OA_ONCE);
        return;
    }
    hash = arena_array(mem, CRYPT_MAC_BYTES, 1);
    seal_hash(keyring_current(st->ring, SEAL_MESSAGE_ID), "text once", spans, COUNT_OF(spans), hash);
    db_bind_blob(q, OA_ONCE, hash, CRYPT_MAC_BYTES);
}

static void bind_add(struct store *st, struct db_query *q, const struct text_out *text, struct arena *mem)
{
    db_bind_int(q, OA_PRACTICE, st->practice.v);
    db_bind_int(q, OA_ID, text->id.v);
    db_bind_int(q, OA_KIND, text->kind);
    db_bind_int(q, OA_LANE, text->lane);
    db_bind_int(q, OA_NEEDS, text->needs);
    db_bind_int(q, OA_EXEMPT, text->is_exempt);
    db_bind_int(q, OA_PERSON, text->person.v);
    db_bind_id(q, OA_MEMBERSHIP, text->membership.v);
    db_bind_id(q, OA_GROUP, text->group.v);
    db_bind_int(q, OA_ADDRESS, text->address.v);
    db_bind_int(q, OA_SENDER, text->sender.v);
    db_bind_id(q, OA_ISSUE, text->issue.v);
    db_bind_id(q, OA_SUBJECT, text->subject_id);
    db_bind_int(q, OA_FROM, text->from_seq);
    db_bind_int(q, OA_TO, text->to_seq);
    db_bind_blob(q, OA_REF, text->ref, sizeof text->ref);
    bind_once(st, q, text, mem);
    db_bind_int(q, OA_ENCODING, text->is_ucs2);
    db_bind_int(q, OA_PARTS, text->parts);
    store_bind_sealed(st, q, OA_WORDS, COL_TEXT_OUT_WORDS, text->id.v, text->words, mem);
    db_bind_int(q, OA_DUE, text->due_ms);
    db_bind_int(q, OA_NOT_AFTER, text->not_after_ms);
    db_bind_int(q, OA_NOW, text->created_ms);
}

static enum rc add_post(struct store *st, struct text_id id, const struct text_post *post, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const enum rc rc = db_query(st->db, out_sql[OUT_POST], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, OP_PRACTICE, st->practice.v);
    db_bind_int(q, OP_TEXT, id.v);
    db_bind_int(q, OP_POST, post->post.v);
    db_bind_int(q, OP_VERSION, post->version);
    db_bind_int(q, OP_WHOLE, post->is_whole);
    return db_run(q, NULL, err);
}

enum rc text_out_add(struct store *st, struct text_out *text, const struct text_post *posts, size_t n, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_out");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t added;
    enum rc rc;

    assert(db_in_tx(st->db) && text->words && *text->words && text->parts > 0);
    if (db_query(st->db, out_sql[OUT_ADD], &q, err))
        return err->rc;
    text->id.v = id_next(st->ids);
    text->state = TEXT_QUEUED;
    text->created_ms = clock_now_ms(st->clock);
    crypt_random(text->ref, sizeof text->ref);
    bind_add(st, q, text, mem);
    rc = db_run(q, &added, err);
    if (!rc && !added)
        rc = err_set(err, RC_CONFLICT, "they have that text already");
    for (size_t i = 0; !rc && i < n; i++)
        rc = add_post(st, text->id, &posts[i], err);
    return rc;
}

/* ---- looking ---- */

static enum rc ask(struct store *st, enum out_stmt stmt, int64_t second, struct db_query **ret_q, struct err *err)
{
    const enum rc rc = db_query(st->db, out_sql[stmt], ret_q, err);

    if (rc)
        return rc;
    db_bind_int(*ret_q, 1, st->practice.v);
    db_bind_int(*ret_q, 2, second);
    return RC_OK;
}

enum rc text_out_get(struct store *st, struct text_id id, struct arena *mem, struct text_out *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const enum rc rc = ask(st, OUT_GET, id.v, &q, err);

    return rc ? rc : text_read_one(st, q, mem, ret, err);
}

enum rc text_out_by_ref(struct store *st, const unsigned char ref[TEXT_REF_BYTES], struct arena *mem,
                        struct text_out *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const enum rc rc = db_query(st->db, out_sql[OUT_BY_REF], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_blob(q, 2, ref, TEXT_REF_BYTES);
    return text_read_one(st, q, mem, ret, err);
}

enum rc text_out_by_provider_id(struct store *st, const char *provider_id, struct arena *mem, struct text_out *ret,
                                struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const enum rc rc = db_query(st->db, out_sql[OUT_BY_PROVIDER], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_text(q, 2, provider_id);
    return text_read_one(st, q, mem, ret, err);
}

enum rc text_out_to_address(struct store *st, struct address_id address, int64_t since_ms, size_t max,
                            struct arena *mem, struct text_out **ret, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const enum rc rc = ask(st, OUT_TO_ADDRESS, address.v, &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 3, since_ms);
    db_bind_int(q, 4, (int64_t)max);
    return text_read_rows(st, q, mem, ret, ret_n, err);
}

enum rc text_out_of_address(struct store *st, struct address_id address, size_t max, struct arena *mem,
                            struct text_out **ret, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const enum rc rc = ask(st, OUT_OF_ADDRESS, address.v, &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 3, (int64_t)max);
    return text_read_rows(st, q, mem, ret, ret_n, err);
}

enum rc text_out_of_person(struct store *st, struct person_id person, struct text_id before, size_t max,
                           struct arena *mem, struct text_out **ret, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const enum rc rc = ask(st, OUT_OF_PERSON, person.v, &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 3, before.v ? before.v : INT64_MAX);
    db_bind_int(q, 4, (int64_t)max);
    return text_read_rows(st, q, mem, ret, ret_n, err);
}

enum rc text_out_count(struct store *st, struct address_id address, enum mailing_kind kind, int64_t since_ms,
                       int64_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (ask(st, OUT_COUNT, address.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, since_ms);
    db_bind_int(q, 4, kind);
    if (db_one(q, err))
        return err->rc;
    *ret_n = db_int(q, 0);
    return RC_OK;
}

enum rc text_out_answers(struct store *st, struct address_id address, int64_t since_ms, int64_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (ask(st, OUT_ANSWERS, address.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, since_ms);
    db_bind_int(q, 4, LANE_REPLY);
    if (db_one(q, err))
        return err->rc;
    *ret_n = db_int(q, 0);
    return RC_OK;
}

enum rc text_out_late_stops(struct store *st, int64_t since_ms, int64_t within_ms, int64_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    _Static_assert(MAILING_TEXT_STOPPED == 180, "as in the statement and its index");
    if (ask(st, OUT_LATE, since_ms, &q, err))
        return err->rc;
    db_bind_int(q, 3, clock_now_ms(st->clock) - within_ms);
    db_bind_int(q, 4, within_ms);
    if (db_one(q, err))
        return err->rc;
    *ret_n = db_int(q, 0);
    return RC_OK;
}

enum rc text_out_unsent_seq(struct store *st, struct membership_id membership, int64_t *ret_seq, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    bool row;
    enum rc rc = ask(st, OUT_UNSENT, membership.v, &q, err);

    if (!rc)
        rc = db_step(q, &row, err);
    if (!rc)
        *ret_seq = row ? db_int(q, 0) : 0;
    return rc;
}

enum rc text_out_tally(struct store *st, int64_t since_ms, struct text_counts *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct text_counts counts = { 0 };
    bool row;
    enum rc rc = ask(st, OUT_TALLY, since_ms, &q, err);

    while (!rc && !(rc = db_step(q, &row, err)) && row)
        counts.of[db_int(q, 0)] = db_int(q, 1); /* the CHECK holds the range */
    if (!rc)
        *ret = counts;
    return rc;
}

enum rc text_out_recent(struct store *st, struct text_sender_id sender, size_t max, int class, int64_t *ret_all,
                        int64_t *ret_of_class, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (ask(st, OUT_RECENT, sender.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, (int64_t)max);
    db_bind_int(q, 4, class);
    if (db_one(q, err))
        return err->rc;
    *ret_all = db_int(q, 0);
    *ret_of_class = db_int(q, 1);
    return RC_OK;
}

/* ---- cancelling ---- */

static enum rc cancel(struct store *st, enum out_stmt stmt, int64_t id, int64_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (ask(st, stmt, id, &q, err))
        return err->rc;
    db_bind_int(q, 3, clock_now_ms(st->clock));
    return db_run(q, ret_n, err);
}

enum rc text_out_cancel_address(struct store *st, struct address_id address, int64_t *ret_n, struct err *err)
{
    return cancel(st, OUT_CANCEL_ADDRESS, address.v, ret_n, err);
}

enum rc text_out_cancel_person(struct store *st, struct person_id person, int64_t *ret_n, struct err *err)
{
    return cancel(st, OUT_CANCEL_PERSON, person.v, ret_n, err);
}

enum rc text_out_cancel_needing(struct store *st, struct person_id person, int64_t *ret_n, struct err *err)
{
    return cancel(st, OUT_CANCEL_NEEDING, person.v, ret_n, err);
}

enum rc text_out_cancel_membership(struct store *st, struct membership_id membership, int64_t *ret_n, struct err *err)
{
    return cancel(st, OUT_CANCEL_MEMBERSHIP, membership.v, ret_n, err);
}

enum rc text_out_cancel_subject(struct store *st, int64_t subject_id, int64_t *ret_n, struct err *err)
{
    return cancel(st, OUT_CANCEL_SUBJECT, subject_id, ret_n, err);
}

enum rc text_out_cancel_kind(struct store *st, int64_t subject_id, enum mailing_kind kind, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (ask(st, OUT_CANCEL_KIND, subject_id, &q, err))
        return err->rc;
    db_bind_int(q, 3, clock_now_ms(st->clock));
    db_bind_int(q, 4, kind);
    return db_run(q, NULL, err);
}

enum rc text_out_cancel_issue(struct store *st, struct issue_id issue, int64_t *ret_n, struct err *err)
{
    return cancel(st, OUT_CANCEL_ISSUE, issue.v, ret_n, err);
}

enum rc text_out_hold_restored(struct store *st, int64_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const enum rc rc = ask(st, OUT_RESTORED, clock_now_ms(clock_real()), &q, err);

    assert(db_in_tx(st->db));
    return rc ? rc : db_run(q, ret_n, err);
}

/* ---- names ---- */

const char *text_state_name(enum text_state state)
{
    static const char *const names[TEXT_STATE_END] = { "?",       "queued",   "claimed",  "sending",
                                                       "unknown", "accepted", "sent",     "delivered",
                                                       "failed",  "expired",  "cancelled" };

    return names[state];
}

const char *text_reason_name(enum text_reason reason)
{
    static const char *const names[] = { "none",    "no consent",   "too late",           "withdrawn",
                                         "refused", "not sendable", "tried often enough", "over budget" };

    return names[reason];
}
