#include "store/text_in.h"

#include "store/rows.h"

#include <assert.h>

/* clang-format off */
enum in_stmt {
    IN_ADD, IN_SET_WORD, IN_HIDE, IN_GET, IN_CLAIM, IN_END, IN_WAITING, IN_OF_ADDRESS, IN_WAIT, IN_JOINED, IN_STMT_COUNT
};
enum in_add_arg {
    IA_PRACTICE = 1, IA_ID, IA_ACCOUNT, IA_SENDER, IA_ADDRESS, IA_WORD, IA_MEDIA, IA_DEDUPE, IA_WORDS, IA_RAW, IA_NOW
};
enum receipt_stmt { RECEIPT_ADD, RECEIPT_DUE, RECEIPT_END, RECEIPT_LATER, RECEIPT_STMT_COUNT };

#define IN_COLUMNS "id, state, account_id, sender_id, address_id, word, media, words_sealed, raw_sealed, tries, received_ms, done_ms"
#define IS_WAITING "practice_id = $1 AND state IN (1, 2) AND (state = 1 OR lease_until_ms < $2)"

static const char *const in_sql[IN_STMT_COUNT] = {
    [IN_ADD] =
        "INSERT INTO text_in (practice_id, id, state, account_id, sender_id, address_id, word, media, dedupe_hash, words_sealed, raw_sealed, tries,"
        " received_ms) VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11) ON CONFLICT DO NOTHING",
    [IN_SET_WORD] = "UPDATE text_in SET word = $3 WHERE practice_id = $1 AND id = $2",
    [IN_HIDE] = "UPDATE text_in SET words_sealed = $3, raw_sealed = NULL WHERE practice_id = $1 AND id = $2",
    [IN_GET] = "SELECT " IN_COLUMNS " FROM text_in WHERE practice_id = $1 AND id = $2",
    [IN_CLAIM] =
        "WITH picked AS MATERIALIZED (SELECT id FROM text_in WHERE " IS_WAITING " ORDER BY state, id LIMIT 1 /*SKIP LOCKED*/)"
        " UPDATE text_in SET state = 2, lease = $3, lease_until_ms = $4, tries = tries + 1 WHERE practice_id = $1 AND id IN"
        " (SELECT id FROM picked) RETURNING " IN_COLUMNS,
    [IN_END] =
        "UPDATE text_in SET state = $4, done_ms = $5, lease = NULL, lease_until_ms = NULL WHERE practice_id = $1 AND id = $2 AND lease = $3",
    [IN_WAITING] = "SELECT id FROM text_in WHERE " IS_WAITING " LIMIT 1",
    [IN_OF_ADDRESS] =
        "SELECT " IN_COLUMNS " FROM text_in WHERE practice_id = $1 AND address_id = $2 AND received_ms >= $3 ORDER BY id DESC LIMIT $4",
    [IN_WAIT] = "UPDATE text_in SET state = 4 WHERE practice_id = $1 AND id = $2 AND state = 1 AND word = 5",
    [IN_JOINED] =
        "UPDATE text_in SET state = 3, words_sealed = NULL, raw_sealed = NULL, done_ms = $3 WHERE practice_id = $1 AND id = $2 AND state = 4"
        " AND word = 5",
};
static const char *const receipt_sql[RECEIPT_STMT_COUNT] = {
    [RECEIPT_ADD] =
        "INSERT INTO text_receipt (practice_id, id, account_id, ref, provider_id, word, code, tries, due_ms, created_ms)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $8)",
    [RECEIPT_DUE] =
        "SELECT id, account_id, ref, provider_id, word, code, tries, due_ms, created_ms FROM text_receipt WHERE practice_id = $1 AND due_ms <= $2"
        " ORDER BY due_ms, id LIMIT $3",
    [RECEIPT_END] = "DELETE FROM text_receipt WHERE practice_id = $1 AND id = $2",
    [RECEIPT_LATER] = "UPDATE text_receipt SET due_ms = $3, tries = tries + 1 WHERE practice_id = $1 AND id = $2",
};
/* clang-format on */
const struct db_domain text_in_domain = { "text_in", in_sql, IN_STMT_COUNT };
const struct db_domain text_receipt_domain = { "text_receipt", receipt_sql, RECEIPT_STMT_COUNT };

/* Under the newest key; a rotation lets through at most what is repeated across it. */
static void bind_dedupe(struct store *st, struct db_query *q, const struct text_in *text, struct arena *mem)
{
    const struct crypt_span spans[] = { CRYPT_SPAN(&text->account.v, sizeof text->account.v),
                                        CRYPT_SPAN(text->provider_id,
                                                   text->provider_id ? strlen(text->provider_id) : 0) };
    unsigned char *hash;

    if (!text->provider_id || !*text->provider_id) {
        db_bind_null(q, IA_DEDUPE);
        return;
    }
    hash = arena_array(mem, CRYPT_MAC_BYTES, 1);
    seal_hash(keyring_current(st->ring, SEAL_DEDUPE), "text in", spans, COUNT_OF(spans), hash);
    db_bind_blob(q, IA_DEDUPE, hash, CRYPT_MAC_BYTES);
}

enum rc text_in_add(struct store *st, struct text_in *text, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_in");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t added;
    enum rc rc;

    assert(db_in_tx(st->db));
    if (db_query(st->db, in_sql[IN_ADD], &q, err))
        return err->rc;
    text->id.v = id_next(st->ids);
    text->state = TEXT_IN_NEW;
    text->received_ms = clock_now_ms(st->clock);
    db_bind_int(q, IA_PRACTICE, st->practice.v);
    db_bind_int(q, IA_ID, text->id.v);
    db_bind_int(q, IA_ACCOUNT, text->account.v);
    db_bind_int(q, IA_SENDER, text->sender.v);
    db_bind_id(q, IA_ADDRESS, text->address.v);
    db_bind_int(q, IA_WORD, text->word);
    db_bind_int(q, IA_MEDIA, text->media);
    bind_dedupe(st, q, text, mem);
    store_bind_sealed(st, q, IA_WORDS, COL_TEXT_IN_WORDS, text->id.v, text->words, mem);
    if (text->raw)
        store_bind_sealed_bytes(st, q, IA_RAW, COL_TEXT_IN_RAW, text->id.v, text->raw, text->raw_len, mem);
    else
        db_bind_null(q, IA_RAW);
    db_bind_int(q, IA_NOW, text->received_ms);
    rc = db_run(q, &added, err);
    return rc ? rc : added ? RC_OK : err_set(err, RC_CONFLICT, "that text is here already");
}

static enum rc start(struct store *st, enum in_stmt stmt, int64_t second, struct db_query **ret_q, struct err *err)
{
    const enum rc rc = db_query(st->db, in_sql[stmt], ret_q, err);

    if (rc)
        return rc;
    db_bind_int(*ret_q, 1, st->practice.v);
    db_bind_int(*ret_q, 2, second);
    return RC_OK;
}

enum rc text_in_set_word(struct store *st, struct text_in_id id, enum text_word word, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, IN_SET_WORD, id.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, word);
    return db_run(q, NULL, err);
}

enum rc text_in_hide(struct store *st, struct text_in_id id, const char *words, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_in");
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, IN_HIDE, id.v, &q, err))
        return err->rc;
    store_bind_sealed(st, q, 3, COL_TEXT_IN_WORDS, id.v, words, mem);
    return db_run(q, NULL, err);
}

enum rc text_in_wait(struct store *st, struct text_in_id id, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    return start(st, IN_WAIT, id.v, &q, err) ? err->rc : db_run(q, NULL, err);
}

enum rc text_in_joined(struct store *st, struct text_in_id id, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t changed;

    assert(db_in_tx(st->db));
    if (start(st, IN_JOINED, id.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, clock_now_ms(st->clock));
    if (db_run(q, &changed, err))
        return err->rc;
    return changed ? RC_OK : err_set(err, RC_CONFLICT, "part %" PRId64 " of a text does not wait", id.v);
}

static enum rc read_row(struct store *st, struct db_query *q, struct arena *mem, struct text_in *ret, struct err *err)
{
    *ret = (struct text_in){ .id = { db_int(q, 0) },
                             .state = (enum text_in_state)db_int(q, 1),
                             .account = { db_int(q, 2) },
                             .sender = { db_int(q, 3) },
                             .address = { db_int(q, 4) },
                             .word = (enum text_word)db_int(q, 5),
                             .media = db_int(q, 6),
                             .tries = db_int(q, 9),
                             .received_ms = db_int(q, 10),
                             .done_ms = db_int(q, 11) };
    if (store_sealed(st, q, 7, COL_TEXT_IN_WORDS, ret->id.v, mem, &ret->words, err))
        return err->rc;
    return db_is_null(q, 8)
               ? RC_OK
               : store_sealed_bytes(st, q, 8, COL_TEXT_IN_RAW, ret->id.v, mem, &ret->raw, &ret->raw_len, err);
}

enum rc text_in_get(struct store *st, struct text_in_id id, struct arena *mem, struct text_in *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, IN_GET, id.v, &q, err))
        return err->rc;
    return db_one(q, err) ? err_wrap(err, "text that came") : read_row(st, q, mem, ret, err);
}

enum rc text_in_claim(struct store *st, int64_t lease_ms, struct arena *mem, int64_t *ret_lease, struct text_in *ret,
                      struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const int64_t now = clock_now_ms(clock_real()), lease = id_next(st->ids);
    enum rc rc;

    assert(db_in_tx(st->db));
    if (start(st, IN_CLAIM, now, &q, err))
        return err->rc;
    db_bind_int(q, 3, lease);
    db_bind_int(q, 4, now + lease_ms);
    if (db_one(q, err))
        return err->rc;
    rc = read_row(st, q, mem, ret, err);
    if (!rc)
        rc = db_run(q, NULL, err);
    if (!rc)
        *ret_lease = lease;
    return rc;
}

enum rc text_in_end(struct store *st, struct text_in_id id, int64_t lease, enum text_in_state state, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t n;
    enum rc rc;

    assert(db_in_tx(st->db) && (state == TEXT_IN_DONE || state == TEXT_IN_PARKED));
    if (start(st, IN_END, id.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, lease);
    db_bind_int(q, 4, state);
    db_bind_int(q, 5, clock_now_ms(st->clock));
    rc = db_run(q, &n, err);
    return rc ? rc : n ? RC_OK : err_set(err, RC_CONFLICT, "text %" PRId64 " is somebody else's by now", id.v);
}

enum rc text_in_is_waiting(struct store *st, bool *ret_is, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const enum rc rc = start(st, IN_WAITING, clock_now_ms(clock_real()), &q, err);

    return rc ? rc : db_step(q, ret_is, err);
}

enum rc text_in_of_address(struct store *st, struct address_id address, int64_t since_ms, size_t max, struct arena *mem,
                           struct text_in **ret, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct text_in *rows = NULL;
    size_t n = 0, cap = 0;
    bool row;
    enum rc rc = start(st, IN_OF_ADDRESS, address.v, &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 3, since_ms);
    db_bind_int(q, 4, (int64_t)max);
    while (!(rc = db_step(q, &row, err)) && row) {
        rows = rows_room(mem, rows, n, &cap, sizeof *rows);
        rc = read_row(st, q, mem, &rows[n++], err);
        if (rc)
            return rc;
    }
    if (rc)
        return rc;
    *ret = rows;
    *ret_n = n;
    return RC_OK;
}

/* ---- receipts ---- */

enum rc text_receipt_add(struct store *st, struct text_receipt *receipt, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (db_query(st->db, receipt_sql[RECEIPT_ADD], &q, err))
        return err->rc;
    receipt->id = id_next(st->ids);
    receipt->due_ms = receipt->created_ms = clock_now_ms(clock_real());
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, receipt->id);
    db_bind_int(q, 3, receipt->account.v);
    db_bind_text(q, 4, receipt->ref);
    db_bind_text(q, 5, receipt->provider_id);
    db_bind_text(q, 6, receipt->word);
    db_bind_text(q, 7, receipt->code);
    db_bind_int(q, 8, receipt->due_ms);
    return db_run(q, NULL, err);
}

enum rc text_receipt_due(struct store *st, size_t max, struct arena *mem, struct text_receipt **ret, size_t *ret_n,
                         struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct text_receipt *rows = NULL;
    size_t n = 0, cap = 0;
    bool row;
    enum rc rc = db_query(st->db, receipt_sql[RECEIPT_DUE], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, clock_now_ms(clock_real()));
    db_bind_int(q, 3, (int64_t)max);
    while (!(rc = db_step(q, &row, err)) && row) {
        rows = rows_room(mem, rows, n, &cap, sizeof *rows);
        rows[n++] = (struct text_receipt){ .id = db_int(q, 0),
                                           .account = { db_int(q, 1) },
                                           .ref = db_is_null(q, 2) ? NULL : arena_strdup(mem, db_text(q, 2)),
                                           .provider_id = db_is_null(q, 3) ? NULL : arena_strdup(mem, db_text(q, 3)),
                                           .word = arena_strdup(mem, db_text(q, 4)),
                                           .code = arena_strdup(mem, db_text(q, 5)),
                                           .tries = db_int(q, 6),
                                           .due_ms = db_int(q, 7),
                                           .created_ms = db_int(q, 8) };
    }
    if (rc)
        return rc;
    *ret = rows;
    *ret_n = n;
    return RC_OK;
}

static enum rc change_receipt(struct store *st, enum receipt_stmt stmt, int64_t id, int64_t due_ms, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (db_query(st->db, receipt_sql[stmt], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id);
    if (due_ms)
        db_bind_int(q, 3, due_ms);
    return db_run(q, NULL, err);
}

enum rc text_receipt_end(struct store *st, int64_t id, struct err *err)
{
    return change_receipt(st, RECEIPT_END, id, 0, err);
}

enum rc text_receipt_later(struct store *st, int64_t id, int64_t due_ms, struct err *err)
{
    return change_receipt(st, RECEIPT_LATER, id, due_ms, err);
}
