#include "store/delivery.h"

#include "store/delivery_row.h"
#include "store/text_out.h"

#include <assert.h>

enum delivery_stmt {
    DELIVERY_INSERT,
    DELIVERY_GET,
    DELIVERY_FIND_MESSAGE,
    DELIVERY_OF_PERSON,
    DELIVERY_FAILED_SINCE,
    DELIVERY_UNSENT_SEQ,
    DELIVERY_COUNT,
    DELIVERY_COUNT_ISSUE,
    DELIVERY_CANCEL_PERSON,
    DELIVERY_CANCEL_MEMBERSHIP,
    DELIVERY_CANCEL_SUBJECT,
    DELIVERY_CANCEL_KIND,
    DELIVERY_CANCEL_ISSUE,
    DELIVERY_HOLD,
    DELIVERY_UNHOLD,
    DELIVERY_DROP_HELD,
    RESTORED_SET,
    RESTORED_CLEAR,
    RESTORED_AT,
    DELIVERY_BOUNCED,
    DELIVERY_BOUNCE_DAYS,
    DELIVERY_POST_LEFT,
    DELIVERY_POST_UNDER_WAY,
    DELIVERY_FORGET_SUBJECT,
    DELIVERY_WAS_TOLD,
    DELIVERY_HELD_SEQ,
    DELIVERY_STMT_COUNT
};

/* clang-format off */
enum delivery_insert_arg {
    DI_PRACTICE = 1, DI_ID, DI_MAILING, DI_ISSUE, DI_PERSON, DI_MEMBERSHIP, DI_ADDRESS, DI_CHANNEL, DI_LANE, DI_FROM, DI_TO, DI_PART, DI_DUE,
    DI_VALUES, DI_KEY, DI_CREATED
};

/* Locked in the order of ids, as everybody does who takes many rows and waits for them (delivery_work, delivery_wait): two never wait for each other. */
#define IS_UNSENT "practice_id = $1 AND state IN (1, 2, 7) AND "
#define CANCEL(which) "WITH picked AS MATERIALIZED (SELECT id FROM delivery WHERE " IS_UNSENT which " ORDER BY +id /*LOCK*/)" \
    " UPDATE delivery SET state = 6, lease = NULL, lease_until_ms = NULL WHERE " IS_UNSENT "id IN (SELECT id FROM picked)"

static const char *const delivery_sql[DELIVERY_STMT_COUNT] = {
    [DELIVERY_INSERT] =
        "INSERT INTO delivery (practice_id, id, mailing_id, issue_id, person_id, membership_id, address_id, channel, lane, from_seq, to_seq,"
        " part, due_ms, values_sealed, message_key, created_ms, state, attempt)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 1, 0)"
        " ON CONFLICT (practice_id, message_key) DO NOTHING",
    [DELIVERY_GET] = "SELECT " DELIVERY_COLUMNS " FROM delivery WHERE practice_id = $1 AND id = $2",
    [DELIVERY_FIND_MESSAGE] = "SELECT " DELIVERY_COLUMNS " FROM delivery WHERE practice_id = $1 AND message_key = $2",
    [DELIVERY_OF_PERSON] =
        "SELECT " DELIVERY_COLUMNS " FROM delivery WHERE practice_id = $1 AND person_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4",
    [DELIVERY_FAILED_SINCE] =
        "SELECT " DELIVERY_COLUMNS " FROM delivery WHERE practice_id = $1 AND state IN (5, 8) AND state = 5 AND sent_ms >= $2 ORDER BY id LIMIT $3",
    [DELIVERY_WAS_TOLD] =
        "SELECT COUNT(*) FROM delivery d JOIN mailing m ON m.practice_id = d.practice_id AND m.id = d.mailing_id WHERE d.practice_id = $1"
        " AND d.person_id = $2 AND m.kind = $3 AND m.subject_id = $4",
    [DELIVERY_HELD_SEQ] =
        "SELECT COUNT(*) FROM delivery WHERE practice_id = $1 AND person_id = $2 AND membership_id = $3 AND issue_id IS NOT NULL AND state IN (3, 4)"
        " AND from_seq < $4 AND to_seq >= $4",
    [DELIVERY_UNSENT_SEQ] =
        "SELECT MAX(to_seq) FROM delivery WHERE practice_id = $1 AND membership_id = $2 AND state IN (1, 2, 3)",
    [DELIVERY_COUNT] = "SELECT state, COUNT(*) FROM delivery WHERE practice_id = $1 GROUP BY state",
    [DELIVERY_COUNT_ISSUE] =
        "SELECT state, COUNT(*) FROM delivery WHERE practice_id = $1 AND issue_id = $2 GROUP BY state",
    [DELIVERY_CANCEL_PERSON] = CANCEL("person_id = $2"),
    [DELIVERY_CANCEL_MEMBERSHIP] =
        CANCEL("person_id = (SELECT person_id FROM membership WHERE practice_id = $1 AND id = $2) AND membership_id = $2"),
    [DELIVERY_CANCEL_SUBJECT] =
        CANCEL("mailing_id IN (SELECT id FROM mailing WHERE practice_id = $1 AND subject_id = $2)"),
    [DELIVERY_CANCEL_KIND] =
        CANCEL("mailing_id IN (SELECT id FROM mailing WHERE practice_id = $1 AND subject_id = $2 AND kind = $3)"),
    [DELIVERY_CANCEL_ISSUE] = CANCEL("issue_id = $2"),
    [DELIVERY_HOLD] =
        "UPDATE delivery SET state = 7, lease = NULL, lease_until_ms = NULL WHERE practice_id = $1 AND state IN (1, 2, 3)",
    [DELIVERY_BOUNCED] =
        "UPDATE delivery SET state = $5, code = NULL, status_code = $3, failed_ms = $4 WHERE practice_id = $1 AND id = $2 AND state = 4",
    [DELIVERY_BOUNCE_DAYS] =
        "SELECT COUNT(DISTINCT failed_ms / 86400000) FROM delivery WHERE practice_id = $1 AND person_id = $2 AND address_id = $3"
        " AND state = 5 AND sent_ms > $4 AND code IS NULL AND status_code LIKE '5.1.%'",
    [DELIVERY_POST_LEFT] =
        "SELECT (SELECT COUNT(*) FROM delivery WHERE practice_id = $1 AND state IN (3, 4)"
        "   AND mailing_id IN (SELECT id FROM mailing WHERE practice_id = $1 AND subject_id = $2 AND kind BETWEEN 2 AND 5))"
        " + (SELECT COUNT(*) FROM delivery WHERE practice_id = $1 AND state IN (3, 4) AND from_seq < $4 AND to_seq >= $4"
        "   AND issue_id IN (SELECT id FROM issue WHERE practice_id = $1 AND group_id = $3 AND to_seq >= $4))"
        " + (SELECT COUNT(*) FROM text_out WHERE practice_id = $1 AND state BETWEEN 3 AND 7"
        "   AND id IN (SELECT text_id FROM text_post WHERE practice_id = $1 AND post_id = $2))",
    [DELIVERY_POST_UNDER_WAY] =
        "SELECT COUNT(*) FROM delivery WHERE practice_id = $1 AND state IN (1, 2, 3, 7)"
        " AND mailing_id IN (SELECT id FROM mailing WHERE practice_id = $1 AND subject_id = $2 AND kind BETWEEN 2 AND 5)",
    [DELIVERY_FORGET_SUBJECT] =
        "DELETE FROM delivery WHERE practice_id = $1 AND state = 6"
        " AND mailing_id IN (SELECT id FROM mailing WHERE practice_id = $1 AND subject_id = $2)",
    [DELIVERY_UNHOLD] = "UPDATE delivery SET state = 1 WHERE practice_id = $1 AND state = 7",
    [DELIVERY_DROP_HELD] = "UPDATE delivery SET state = 6 WHERE practice_id = $1 AND state = 7",
    [RESTORED_SET] =
        "INSERT INTO restored (practice_id, at_ms) VALUES ($1, $2) ON CONFLICT (practice_id) DO UPDATE SET at_ms = excluded.at_ms",
    [RESTORED_CLEAR] = "DELETE FROM restored WHERE practice_id = $1",
    [RESTORED_AT] = "SELECT at_ms FROM restored WHERE practice_id = $1",
};
/* clang-format on */

const struct db_domain delivery_domain = { "delivery", delivery_sql, DELIVERY_STMT_COUNT };

const char *delivery_state_name(enum delivery_state state)
{
    static const char *const names[DELIVERY_STATE_END] = {
        [DELIVERY_READY] = "ready",
        [DELIVERY_CLAIMED] = "claimed",
        [DELIVERY_SENDING] = "sending",
        [DELIVERY_SENT] = "sent",
        [DELIVERY_FAILED] = "failed",
        [DELIVERY_CANCELLED] = "cancelled",
        [DELIVERY_HELD_RESTORED] = "held_restored",
        [DELIVERY_NO_TLS] = "no_tls",
    };

    return state > 0 && state < DELIVERY_STATE_END ? names[state] : "?";
}

static enum rc insert_one(struct store *st, struct db_query *q, struct delivery *d, struct arena *mem,
                          int64_t *ret_changes, struct err *err)
{
    d->id.v = id_next(st->ids);
    d->state = DELIVERY_READY;
    d->created_ms = clock_now_ms(st->clock);
    db_bind_int(q, DI_PRACTICE, st->practice.v);
    db_bind_int(q, DI_ID, d->id.v);
    db_bind_id(q, DI_MAILING, d->mailing.v);
    db_bind_id(q, DI_ISSUE, d->issue.v);
    db_bind_int(q, DI_PERSON, d->person.v);
    db_bind_id(q, DI_MEMBERSHIP, d->membership.v);
    db_bind_int(q, DI_ADDRESS, d->address.v);
    db_bind_int(q, DI_CHANNEL, d->channel);
    db_bind_int(q, DI_LANE, d->lane);
    db_bind_int(q, DI_FROM, d->from_seq);
    db_bind_int(q, DI_TO, d->to_seq);
    db_bind_int(q, DI_PART, d->part);
    db_bind_int(q, DI_DUE, d->due_ms);
    store_bind_sealed(st, q, DI_VALUES, COL_DELIVERY_VALUES, d->id.v, d->values, mem);
    db_bind_blob(q, DI_KEY, d->message_key, MESSAGE_KEY_BYTES);
    db_bind_int(q, DI_CREATED, d->created_ms);
    return db_run(q, ret_changes, err);
}

enum rc delivery_add(struct store *st, struct delivery *d, struct err *err)
{
    int64_t added = 0;
    enum rc rc = delivery_add_many(st, d, 1, &added, err);

    if (!rc && added == 0)
        return err_set(err, RC_CONFLICT, "person %" PRId64 " has this delivery already", d->person.v);
    return rc;
}

enum rc delivery_add_many(struct store *st, struct delivery *d, size_t n, int64_t *ret_added, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("delivery_add");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t added = 0, changes = 0;
    enum rc rc;

    assert(db_in_tx(st->db) && n <= DELIVERY_PAGE_MAX);
    rc = db_query(st->db, delivery_sql[DELIVERY_INSERT], &q, err);
    for (size_t i = 0; !rc && i < n; i++) {
        rc = insert_one(st, q, &d[i], mem, &changes, err);
        added += changes;
    }
    if (rc)
        return err_wrap(err, "add deliveries");
    if (ret_added)
        *ret_added = added;
    return RC_OK;
}

enum rc delivery_read_row(struct store *st, struct db_query *q, struct arena *mem, struct delivery *ret_d,
                          struct err *err)
{
    struct delivery d = {
        .id = { db_int(q, 0) },
        .mailing = { db_int(q, 1) },
        .issue = { db_int(q, 2) },
        .person = { db_int(q, 3) },
        .membership = { db_int(q, 4) },
        .address = { db_int(q, 5) },
        .channel = (enum delivery_channel)db_int(q, 6),
        .lane = (enum lane)db_int(q, 7),
        .state = (enum delivery_state)db_int(q, 8),
        .from_seq = db_int(q, 9),
        .to_seq = db_int(q, 10),
        .part = db_int(q, 11),
        .due_ms = db_int(q, 12),
        .attempt = db_int(q, 13),
        .code = db_int(q, 14),
        .status_code = db_is_null(q, 15) ? NULL : arena_strdup(mem, db_text(q, 15)),
        .sent_ms = db_int(q, 18),
        .created_ms = db_int(q, 19),
        .copy_ms = db_int(q, 21),
    };
    size_t n = 0;
    const void *key = db_blob(q, 17, &n);

    if (!key || n != MESSAGE_KEY_BYTES)
        return err_set(err, RC_CORRUPT, "message key of delivery %" PRId64 " has %zu bytes", d.id.v, n);
    memcpy(d.message_key, key, n);
    key = db_blob(q, 20, &n);
    if (key && n == CRYPT_HASH_BYTES)
        memcpy(d.copy_hash, key, n);
    enum rc rc = store_sealed(st, q, 16, COL_DELIVERY_VALUES, d.id.v, mem, &d.values, err);
    if (!rc)
        *ret_d = d;
    return rc;
}

enum rc delivery_read_rows(struct store *st, struct db_query *q, size_t max, struct arena *mem,
                           struct delivery **ret_rows, size_t *ret_n, struct err *err)
{
    struct delivery *rows = ARENA_ARRAY(mem, max, struct delivery);
    size_t n = 0;
    bool row = false;
    enum rc rc;

    for (rc = db_step(q, &row, err); !rc && row && n < max; rc = db_step(q, &row, err)) {
        rc = delivery_read_row(st, q, mem, &rows[n++], err);
        if (rc)
            break;
    }
    if (rc)
        return rc;
    *ret_rows = rows;
    *ret_n = n;
    return RC_OK;
}

enum rc delivery_get(struct store *st, struct delivery_id id, struct arena *mem, struct delivery *ret_d,
                     struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, delivery_sql[DELIVERY_GET], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id.v);
    rc = db_one(q, err);
    if (rc)
        return err_wrap(err, "delivery %" PRId64, id.v);
    return delivery_read_row(st, q, mem, ret_d, err);
}

enum rc delivery_find_message(struct store *st, const unsigned char key[MESSAGE_KEY_BYTES], struct arena *mem,
                              struct delivery *ret_d, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, delivery_sql[DELIVERY_FIND_MESSAGE], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_blob(q, 2, key, MESSAGE_KEY_BYTES);
    rc = db_one(q, err);
    if (rc)
        return err_wrap(err, "delivery by message id");
    return delivery_read_row(st, q, mem, ret_d, err);
}

enum rc delivery_of_person(struct store *st, struct person_id person, struct delivery_id before, size_t max,
                           struct arena *mem, struct delivery **ret_rows, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, delivery_sql[DELIVERY_OF_PERSON], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, person.v);
    db_bind_int(q, 3, before.v ? before.v : INT64_MAX);
    db_bind_int(q, 4, (int64_t)max);
    return delivery_read_rows(st, q, max, mem, ret_rows, ret_n, err);
}

enum rc delivery_failed_since(struct store *st, int64_t since_ms, size_t max, struct arena *mem,
                              struct delivery **ret_rows, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, delivery_sql[DELIVERY_FAILED_SINCE], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, since_ms);
    db_bind_int(q, 3, (int64_t)max);
    return delivery_read_rows(st, q, max, mem, ret_rows, ret_n, err);
}

enum rc delivery_unsent_seq(struct store *st, struct membership_id membership, int64_t *ret_seq, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, delivery_sql[DELIVERY_UNSENT_SEQ], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, membership.v);
    rc = db_one(q, err);
    if (!rc)
        *ret_seq = db_int(q, 0);
    return rc;
}

enum rc delivery_count(struct store *st, struct issue_id issue, struct delivery_counts *ret_counts, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct delivery_counts counts = { { 0 } };
    bool row = false;
    enum rc rc = db_query(st->db, delivery_sql[issue.v ? DELIVERY_COUNT_ISSUE : DELIVERY_COUNT], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    if (issue.v)
        db_bind_int(q, 2, issue.v);
    for (rc = db_step(q, &row, err); !rc && row; rc = db_step(q, &row, err))
        counts.of[db_int(q, 0)] = db_int(q, 1); /* the CHECK holds the range */
    if (!rc)
        *ret_counts = counts;
    return rc;
}

/* An update of (practice, and a number unless it is 0). */
static enum rc run_for(struct store *st, enum delivery_stmt stmt, int64_t id, int64_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc;

    assert(db_in_tx(st->db));
    rc = db_query(st->db, delivery_sql[stmt], &q, err);
    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    if (id)
        db_bind_int(q, 2, id);
    return db_run(q, ret_n, err);
}

enum rc delivery_cancel_person(struct store *st, struct person_id person, int64_t *ret_n, struct err *err)
{
    int64_t texts = 0;

    if (run_for(st, DELIVERY_CANCEL_PERSON, person.v, ret_n, err) || text_out_cancel_person(st, person, &texts, err))
        return err->rc;
    if (ret_n)
        *ret_n += texts;
    return RC_OK;
}

enum rc delivery_cancel_membership(struct store *st, struct membership_id membership, int64_t *ret_n, struct err *err)
{
    int64_t texts = 0;

    if (run_for(st, DELIVERY_CANCEL_MEMBERSHIP, membership.v, ret_n, err) ||
        text_out_cancel_membership(st, membership, &texts, err))
        return err->rc;
    if (ret_n)
        *ret_n += texts;
    return RC_OK;
}

enum rc delivery_cancel_subject(struct store *st, int64_t subject_id, int64_t *ret_n, struct err *err)
{
    int64_t texts = 0;

    if (run_for(st, DELIVERY_CANCEL_SUBJECT, subject_id, ret_n, err) ||
        text_out_cancel_subject(st, subject_id, &texts, err))
        return err->rc;
    if (ret_n)
        *ret_n += texts;
    return RC_OK;
}

enum rc delivery_cancel_kind(struct store *st, int64_t subject_id, enum mailing_kind kind, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (db_query(st->db, delivery_sql[DELIVERY_CANCEL_KIND], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, subject_id);
    db_bind_int(q, 3, kind);
    return db_run(q, NULL, err) ? err->rc : text_out_cancel_kind(st, subject_id, kind, err);
}

enum rc delivery_cancel_issue(struct store *st, struct issue_id issue, int64_t *ret_n, struct err *err)
{
    int64_t texts = 0;

    if (run_for(st, DELIVERY_CANCEL_ISSUE, issue.v, ret_n, err) || text_out_cancel_issue(st, issue, &texts, err))
        return err->rc;
    if (ret_n)
        *ret_n += texts;
    return RC_OK;
}

enum rc delivery_hold_restored(struct store *st, int64_t *ret_n, struct err *err)
{
    enum rc rc = run_for(st, RESTORED_SET, clock_now_ms(st->clock), NULL, err);

    if (!rc)
        rc = run_for(st, DELIVERY_HOLD, 0, ret_n, err);
    return rc ? rc : text_out_hold_restored(st, NULL, err);
}

enum rc delivery_release_restored(struct store *st, int64_t *ret_n, struct err *err)
{
    enum rc rc = run_for(st, RESTORED_CLEAR, 0, NULL, err);

    return rc ? rc : run_for(st, DELIVERY_UNHOLD, 0, ret_n, err);
}

enum rc delivery_drop_restored(struct store *st, int64_t *ret_n, struct err *err)
{
    enum rc rc = run_for(st, RESTORED_CLEAR, 0, NULL, err);

    return rc ? rc : run_for(st, DELIVERY_DROP_HELD, 0, ret_n, err);
}

enum rc delivery_restored_at(struct store *st, int64_t *ret_at_ms, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    bool row;
    enum rc rc = db_query(st->db, delivery_sql[RESTORED_AT], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    rc = db_step(q, &row, err);
    if (!rc)
        *ret_at_ms = row ? db_int(q, 0) : 0;
    return rc;
}

static enum rc came_back(struct store *st, struct delivery_id id, enum delivery_state to, const char *status,
                         struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t changed = 0;
    enum rc rc = db_query(st->db, delivery_sql[DELIVERY_BOUNCED], &q, err);

    assert(db_in_tx(st->db));
    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id.v);
    db_bind_text(q, 3, status);
    db_bind_int(q, 4, clock_now_ms(st->clock));
    db_bind_int(q, 5, to);
    rc = db_run(q, &changed, err);
    if (!rc && !changed)
        return err_set(err, RC_CONFLICT, "delivery %" PRId64 " is not one that was sent", id.v);
    return rc;
}

enum rc delivery_bounced(struct store *st, struct delivery_id id, const char *status, struct err *err)
{
    return came_back(st, id, DELIVERY_FAILED, status, err);
}

enum rc delivery_not_secured(struct store *st, struct delivery_id id, const char *status, struct err *err)
{
    return came_back(st, id, DELIVERY_NO_TLS, status, err);
}

static enum rc count(struct store *st, enum delivery_stmt stmt, const int64_t *args, int n, int64_t *ret,
                     struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, delivery_sql[stmt], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    for (int i = 0; i < n; i++)
        db_bind_int(q, i + 2, args[i]);
    rc = db_one(q, err);
    if (!rc)
        *ret = db_int(q, 0);
    return rc;
}

enum rc delivery_bounce_days(struct store *st, struct person_id person, struct address_id address, int64_t since_ms,
                             int64_t *ret_days, struct err *err)
{
    return count(st, DELIVERY_BOUNCE_DAYS, (int64_t[]){ person.v, address.v, since_ms }, 3, ret_days, err);
}

enum rc delivery_post_has_left(struct store *st, int64_t post, struct group_id group, int64_t published_seq,
                               bool *ret_has_left, struct err *err)
{
    int64_t n = 0;
    const enum rc rc = count(st, DELIVERY_POST_LEFT, (int64_t[]){ post, group.v, published_seq }, 3, &n, err);

    *ret_has_left = n > 0;
    return rc;
}

enum rc delivery_post_is_under_way(struct store *st, int64_t post, bool *ret_is, struct err *err)
{
    int64_t n = 0;
    const enum rc rc = count(st, DELIVERY_POST_UNDER_WAY, (int64_t[]){ post }, 1, &n, err);

    *ret_is = n > 0;
    return rc;
}

enum rc delivery_forget_subject(struct store *st, int64_t subject_id, struct err *err)
{
    return run_for(st, DELIVERY_FORGET_SUBJECT, subject_id, NULL, err);
}

enum rc delivery_was_told(struct store *st, struct person_id person, enum mailing_kind kind, int64_t subject_id,
                          bool *ret_was, struct err *err)
{
    int64_t n = 0;
    const enum rc rc = count(st, DELIVERY_WAS_TOLD, (int64_t[]){ person.v, kind, subject_id }, 3, &n, err);

    *ret_was = n > 0;
    return rc;
}

enum rc delivery_issue_held(struct store *st, struct person_id person, struct membership_id membership, int64_t seq,
                            bool *ret_held, struct err *err)
{
    int64_t n = 0;
    const enum rc rc = count(st, DELIVERY_HELD_SEQ, (int64_t[]){ person.v, membership.v, seq }, 3, &n, err);

    *ret_held = n > 0;
    return rc;
}
