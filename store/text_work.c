/* The way of a text from queued to handed over, and what comes back; the diagram is in text_out.h. */
#include "store/membership.h"
#include "store/text_row.h"

#include <assert.h>

/* clang-format off */
enum work_stmt {
    WORK_DUE, WORK_BEGIN, WORK_WAIT, WORK_END, WORK_LOOK, WORK_MOVE, WORK_CURSOR, WORK_CURSOR_BACK, WORK_LOSE, WORK_UNKNOWN,
    WORK_REQUESTS, WORK_FOUND, WORK_SETTLE, WORK_NEXT_DUE, WORK_STMT_COUNT
};
enum work_begin_arg { WB_PRACTICE = 1, WB_ID, WB_LEASE, WB_LEASE_UNTIL, WB_REQUESTS, WB_SENDING, WB_NOW };
enum work_end_arg { WE_PRACTICE = 1, WE_ID, WE_STATE, WE_REASON, WE_NOW };
enum work_move_arg {
    WM_PRACTICE = 1, WM_ID, WM_STATE, WM_REQUESTS, WM_REASON, WM_CLASS, WM_CODE, WM_PROVIDER_ID, WM_DUE, WM_UNCOUNT, WM_HANDED, WM_DONE,
    WM_IS_OURS
};

/* Numbers and accounts that can send. */
#define WORKING \
    "sender_id IN (SELECT text_sender.id FROM text_sender JOIN text_account ON text_account.practice_id = text_sender.practice_id" \
    " AND text_account.id = text_sender.account_id WHERE text_sender.practice_id = $1 AND text_sender.state = 1 AND text_account.state = 1)"
/* What the number has said: text_consent's state, 0 when it was never asked. A list in IN would cost a table of its own for each text. */
#define CONSENT "COALESCE((SELECT c.state FROM text_consent c WHERE c.practice_id = $1 AND c.address_id = text_out.address_id), 0)"

static const char *const work_sql[WORK_STMT_COUNT] = {
    [WORK_DUE] =
        "SELECT " TEXT_COLUMNS " FROM text_out WHERE practice_id = $1 AND state = 1 AND lane = $2 AND due_ms <= $3 AND " WORKING
        " ORDER BY due_ms, id LIMIT $4 /*SKIP LOCKED*/",
    /* consent (needs 1: a yes; 2: no stop), and whoever died or of whom staff said so */
    [WORK_BEGIN] =
        "UPDATE text_out SET state = 3, lease = $3, lease_until_ms = $4, attempt = attempt + 1, requests = $5, sending_ms = $6"
        " WHERE practice_id = $1 AND id = $2 AND state = 1 AND not_after_ms > $7 AND (needs = 3"
        " OR (" CONSENT " BETWEEN CASE WHEN needs = 1 THEN 2 ELSE 0 END AND 2"
        " AND NOT EXISTS (SELECT 1 FROM suppression u WHERE u.practice_id = $1 AND u.address_id = text_out.address_id)))",
    [WORK_WAIT] = "UPDATE text_out SET due_ms = $3 WHERE practice_id = $1 AND id = $2 AND state = 1",
    [WORK_END] = "UPDATE text_out SET state = $3, reason = $4, done_ms = $5 WHERE practice_id = $1 AND id = $2 AND state = 1",
    [WORK_LOOK] =
        "SELECT state, requests, membership_id, from_seq, to_seq, handed_ms, lease, attempt FROM text_out WHERE practice_id = $1 AND id = $2 /*LOCK*/",
    [WORK_MOVE] =
        "UPDATE text_out SET state = $3, requests = $4, reason = $5, class = $6, code = COALESCE($7, code), provider_id = COALESCE($8, provider_id),"
        " due_ms = COALESCE($9, due_ms), attempt = attempt - $10, handed_ms = COALESCE(handed_ms, CAST($11 AS BIGINT)), done_ms = $12,"
        " lease = CASE WHEN CAST($13 AS BIGINT) = 1 THEN NULL ELSE lease END,"
        " lease_until_ms = CASE WHEN CAST($13 AS BIGINT) = 1 THEN NULL ELSE lease_until_ms END WHERE practice_id = $1 AND id = $2",
    /* who reads by mail too (channel 3) has their cursor by their letters */
    [WORK_CURSOR] =
        "UPDATE membership SET cursor_seq = $3 WHERE practice_id = $1 AND id = $2 AND cursor_seq < $3 AND channel <> 3",
    [WORK_CURSOR_BACK] =
        "UPDATE membership SET cursor_seq = $3 WHERE practice_id = $1 AND id = $2 AND cursor_seq = $4 AND channel <> 3",
    [WORK_LOSE] =
        "UPDATE text_out SET state = 4, lease = NULL, lease_until_ms = NULL, requests = REPLACE(requests, '3', '4') WHERE practice_id = $1"
        " AND lease IS NOT NULL AND lease_until_ms <= $2 AND state = 3",
    [WORK_UNKNOWN] =
        "SELECT " TEXT_COLUMNS " FROM text_out WHERE practice_id = $1 AND state = 4 AND settled_ms IS NULL AND sending_ms < $2"
        " ORDER BY sending_ms LIMIT $3",
    [WORK_REQUESTS] = "UPDATE text_out SET requests = $3 WHERE practice_id = $1 AND id = $2",
    [WORK_FOUND] = "UPDATE text_out SET provider_id = $3 WHERE practice_id = $1 AND id = $2 AND provider_id IS NULL",
    [WORK_SETTLE] =
        "UPDATE text_out SET settled_ms = $3 WHERE practice_id = $1 AND id = $2 AND state = 4 AND settled_ms IS NULL",
    [WORK_NEXT_DUE] =
        "SELECT due_ms FROM text_out WHERE practice_id = $1 AND state = 1 AND lane = $2 AND " WORKING " ORDER BY due_ms, id LIMIT 1",
};
/* clang-format on */
const struct db_domain text_work_domain = { "text_work", work_sql, WORK_STMT_COUNT };

/* ---- requests ---- */

static bool is_end(char state)
{
    return state >= '0' + TEXT_DELIVERED;
}

void text_requests_merge(char *requests, const char *news)
{
    for (size_t i = 0; requests[i] && news[i]; i++)
        if (!is_end(requests[i]) && news[i] > requests[i])
            requests[i] = news[i];
}

enum text_state text_requests_state(const char *requests)
{
    static const char order[] = { '0' + TEXT_FAILED,  '0' + TEXT_EXPIRED,  '0' + TEXT_QUEUED, '0' + TEXT_SENDING,
                                  '0' + TEXT_UNKNOWN, '0' + TEXT_ACCEPTED, '0' + TEXT_SENT,   '\0' };

    if (!*requests)
        return TEXT_QUEUED;
    for (size_t i = 0; order[i]; i++)
        if (strchr(requests, order[i]))
            return (enum text_state)(order[i] - '0');
    return TEXT_DELIVERED;
}

/* ---- the way out ---- */

static enum rc start(struct store *st, enum work_stmt stmt, int64_t second, struct db_query **ret_q, struct err *err)
{
    const enum rc rc = db_query(st->db, work_sql[stmt], ret_q, err);

    if (rc)
        return rc;
    db_bind_int(*ret_q, 1, st->practice.v);
    db_bind_int(*ret_q, 2, second);
    return RC_OK;
}

static enum rc due_of_lane(struct store *st, int lane, size_t max, struct arena *mem, struct text_out **rows, size_t *n,
                           struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, WORK_DUE, lane, &q, err))
        return err->rc;
    db_bind_int(q, 3, clock_now_ms(st->clock));
    db_bind_int(q, 4, (int64_t)max);
    return text_read_rows(st, q, mem, rows, n, err);
}

enum rc text_out_due(struct store *st, enum lane first, enum lane last, size_t max, struct arena *mem,
                     struct text_out **ret, size_t *ret_n, struct err *err)
{
    struct text_out *all = ARENA_ARRAY(mem, TEXT_BATCH_MAX, struct text_out), *rows = NULL;
    size_t n = 0, got = 0;

    assert(db_in_tx(st->db) && max <= TEXT_BATCH_MAX);
    for (int lane = first; lane <= (int)last && n < max; lane++) {
        if (due_of_lane(st, lane, max - n, mem, &rows, &got, err))
            return err_wrap(err, "texts that are due in lane %d", lane);
        if (got)
            memcpy(all + n, rows, got * sizeof(*rows));
        n += got;
    }
    *ret = all;
    *ret_n = n;
    return RC_OK;
}

enum rc text_out_wait(struct store *st, struct text_id id, int64_t due_ms, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, WORK_WAIT, id.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, due_ms);
    return db_run(q, NULL, err);
}

enum rc text_out_end(struct store *st, struct text_id id, enum text_state state, enum text_reason reason,
                     struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db) && state >= TEXT_FAILED);
    if (start(st, WORK_END, id.v, &q, err))
        return err->rc;
    db_bind_int(q, WE_STATE, state);
    db_bind_int(q, WE_REASON, reason);
    db_bind_int(q, WE_NOW, clock_now_ms(st->clock));
    return db_run(q, NULL, err);
}

/* Late, or no consent: the text has its end. */
static enum rc refuse(struct store *st, const struct text_out *text, struct err *err)
{
    return text->not_after_ms <= clock_now_ms(st->clock)
               ? text_out_end(st, text->id, TEXT_EXPIRED, TEXT_TOO_LATE, err)
               : text_out_end(st, text->id, TEXT_CANCELLED, TEXT_NO_CONSENT, err);
}

static enum rc begin_one(struct store *st, const struct text_out *text, int64_t lease, int64_t until_ms, bool *ret_goes,
                         struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t changed;

    assert(*text->requests);
    if (start(st, WORK_BEGIN, text->id.v, &q, err))
        return err->rc;
    db_bind_int(q, WB_LEASE, lease);
    db_bind_int(q, WB_LEASE_UNTIL, until_ms);
    db_bind_text(q, WB_REQUESTS, text->requests);
    db_bind_int(q, WB_SENDING, clock_now_ms(clock_real()));
    db_bind_int(q, WB_NOW, clock_now_ms(st->clock));
    if (db_run(q, &changed, err) || (!changed && refuse(st, text, err)))
        return err->rc;
    *ret_goes = changed;
    return RC_OK;
}

enum rc text_out_begin(struct store *st, struct text_out *texts, size_t *n, int64_t lease_ms, int64_t *ret_lease,
                       struct err *err)
{
    const int64_t lease = id_next(st->ids), until_ms = clock_now_ms(clock_real()) + lease_ms;
    size_t kept = 0;

    assert(db_in_tx(st->db));
    for (size_t i = 0; i < *n; i++) {
        bool goes = false;

        if (begin_one(st, &texts[i], lease, until_ms, &goes, err))
            return err_wrap(err, "begin to send texts");
        if (!goes)
            continue;
        texts[i].state = TEXT_SENDING;
        texts[i].attempt++;
        texts[kept++] = texts[i];
    }
    *n = kept;
    *ret_lease = lease;
    return RC_OK;
}

/* ---- how far it is ---- */

struct place {
    enum text_state state;
    char requests[TEXT_REQUESTS_MAX + 1];
    struct membership_id membership;
    int64_t from_seq, to_seq, handed_ms, lease, attempt;
};

static enum rc look(struct store *st, struct text_id id, struct place *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, WORK_LOOK, id.v, &q, err))
        return err->rc;
    if (db_one(q, err))
        return err_wrap(err, "text");
    *ret = (struct place){ .state = (enum text_state)db_int(q, 0),
                           .membership = { db_int(q, 2) },
                           .from_seq = db_int(q, 3),
                           .to_seq = db_int(q, 4),
                           .handed_ms = db_int(q, 5),
                           .lease = db_int(q, 6),
                           .attempt = db_int(q, 7) };
    if (strlen(db_text(q, 1)) > TEXT_REQUESTS_MAX)
        return err_set(err, RC_CORRUPT, "text %" PRId64 " has too many requests", id.v);
    snprintf(ret->requests, sizeof ret->requests, "%s", db_text(q, 1));
    return db_run(q, NULL, err);
}

struct move {
    enum text_reason reason;
    int class;
    const char *code, *provider_id; /* NULL: as it was */
    int64_t due_ms;                 /* 0: as it was */
    bool is_uncounted, is_over;     /* the lease is over */
};

static enum rc set_cursor(struct store *st, const struct place *p, bool is_back, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (!p->membership.v || !p->to_seq)
        return RC_OK;
    if (start(st, is_back ? WORK_CURSOR_BACK : WORK_CURSOR, p->membership.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, is_back ? p->from_seq : p->to_seq);
    if (is_back)
        db_bind_int(q, 4, p->to_seq);
    return db_run(q, NULL, err);
}

static bool is_handed_over(enum text_state state)
{
    return state >= TEXT_ACCEPTED && state <= TEXT_DELIVERED;
}

/* Writes state and requests; the cursor goes with them. ret_handed: it is handed over for the first time. */
static enum rc move_to(struct store *st, struct text_id id, const struct place *p, enum text_state state,
                       const struct move *m, bool *ret_handed, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const int64_t now = clock_now_ms(st->clock);
    const bool has_failed = state == TEXT_FAILED || state == TEXT_EXPIRED;
    enum rc rc;

    *ret_handed = is_handed_over(state) && !p->handed_ms;
    if (start(st, WORK_MOVE, id.v, &q, err))
        return err->rc;
    db_bind_int(q, WM_STATE, state);
    db_bind_text(q, WM_REQUESTS, p->requests);
    db_bind_int(q, WM_REASON, m->reason);
    db_bind_int(q, WM_CLASS, m->class);
    db_bind_text(q, WM_CODE, m->code && *m->code ? m->code : NULL);
    db_bind_text(q, WM_PROVIDER_ID, m->provider_id);
    db_bind_id(q, WM_DUE, m->due_ms);
    db_bind_int(q, WM_UNCOUNT, m->is_uncounted);
    db_bind_id(q, WM_HANDED, *ret_handed ? now : 0);
    db_bind_id(q, WM_DONE, state >= TEXT_DELIVERED ? now : 0);
    db_bind_int(q, WM_IS_OURS, m->is_over);
    rc = db_run(q, NULL, err);
    if (!rc && *ret_handed)
        rc = set_cursor(st, p, false, err);
    if (!rc && has_failed && p->handed_ms)
        rc = set_cursor(st, p, true, err);
    return rc;
}

/* What was '3' is as the worker says; a receipt that was faster counts where it is further. */
static void take_answers(char *requests, const char *answers)
{
    for (size_t i = 0; requests[i] && answers[i]; i++)
        if (requests[i] <= '0' + TEXT_SENDING)
            requests[i] = answers[i];
    text_requests_merge(requests, answers);
}

static enum rc record_one(struct store *st, int64_t lease, struct text_outcome *o, struct err *err)
{
    struct place p;
    struct move m = {
        .reason = o->reason, .class = o->class, .code = o->code, .provider_id = o->provider_id, .is_over = true
    };
    enum text_state state;

    o->is_handed = o->is_ours = false;
    if (look(st, o->id, &p, err))
        return err->rc;
    o->state = p.state;
    if (p.lease != lease || p.state != TEXT_SENDING)
        return RC_OK; /* the lease was lost, and somebody else decides */
    o->is_ours = true;
    if (o->requests)
        take_answers(p.requests, o->requests);
    state = text_requests_state(p.requests);
    if (o->result == TEXT_PUT_BACK || o->result == TEXT_LATER) {
        m.due_ms = o->due_ms;
        m.is_uncounted = o->result == TEXT_PUT_BACK;
        state = TEXT_QUEUED;
        if (!m.is_uncounted && p.attempt >= TEXT_ATTEMPTS_MAX) {
            state = TEXT_FAILED;
            m.reason = TEXT_TRIED_ENOUGH;
        }
    }
    o->state = state;
    return move_to(st, o->id, &p, state, &m, &o->is_handed, err);
}

enum rc text_out_record(struct store *st, int64_t lease, struct text_outcome *outcomes, size_t n, struct err *err)
{
    enum rc rc = RC_OK;

    assert(db_in_tx(st->db));
    for (size_t i = 0; !rc && i < n; i++)
        rc = record_one(st, lease, &outcomes[i], err);
    return rc ? err_wrap(err, "record texts") : RC_OK;
}

/* What else the text is, stays: why it failed, when. */
static enum rc set_requests(struct store *st, struct text_id id, const char *requests, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, WORK_REQUESTS, id.v, &q, err))
        return err->rc;
    db_bind_text(q, 3, requests);
    return db_run(q, NULL, err);
}

enum rc text_out_receipt(struct store *st, const struct text_news *news, struct text_moved *ret, struct err *err)
{
    char word[TEXT_REQUESTS_MAX + 1];
    struct place p;
    struct move m = { .class = news->class, .code = news->code };
    struct text_moved moved;
    enum rc rc;

    assert(db_in_tx(st->db) && news->state >= TEXT_ACCEPTED && news->state <= TEXT_EXPIRED);
    rc = look(st, news->id, &p, err);
    if (rc)
        return rc;
    moved = (struct text_moved){ p.state, p.state, false };
    if (p.state == TEXT_UNKNOWN) /* restored from before it left */
        for (size_t i = strlen(p.requests); i <= news->request && i < TEXT_REQUESTS_MAX; i++)
            p.requests[i] = '0' + TEXT_UNKNOWN;
    if (news->request >= strlen(p.requests)) {
        *ret = moved; /* nothing of it was ever asked of a provider */
        return RC_OK;
    }
    memcpy(word, p.requests, sizeof word);
    word[news->request] = (char)('0' + news->state);
    text_requests_merge(p.requests, word);
    moved.after = text_requests_state(p.requests);
    if (moved.after < p.state || p.state == TEXT_CANCELLED ||
        ((p.state == TEXT_FAILED || p.state == TEXT_EXPIRED) && !is_end((char)('0' + moved.after))))
        moved.after = p.state; /* a worker has it still, or it is over */
    if (moved.after == TEXT_FAILED)
        m.reason = TEXT_REFUSED;
    m.is_over = moved.after >= TEXT_ACCEPTED;
    rc = moved.after == p.state ? set_requests(st, news->id, p.requests, err)
                                : move_to(st, news->id, &p, moved.after, &m, &moved.is_handed, err);
    if (!rc)
        *ret = moved;
    return rc;
}

/* ---- what was lost ---- */

enum rc text_out_sweep(struct store *st, int64_t *ret_lost, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, WORK_LOSE, clock_now_ms(clock_real()), &q, err) || db_run(q, ret_lost, err))
        return err_wrap(err, "look for lost texts");
    return RC_OK;
}

enum rc text_out_unknown(struct store *st, int64_t before_ms, size_t max, struct arena *mem, struct text_out **ret,
                         size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, WORK_UNKNOWN, before_ms, &q, err))
        return err->rc;
    db_bind_int(q, 3, (int64_t)max);
    return text_read_rows(st, q, mem, ret, ret_n, err);
}

enum rc text_out_found(struct store *st, struct text_id id, const char *provider_id, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, WORK_FOUND, id.v, &q, err))
        return err->rc;
    db_bind_text(q, 3, provider_id);
    return db_run(q, NULL, err);
}

enum rc text_out_settle(struct store *st, struct text_id id, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, WORK_SETTLE, id.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, clock_now_ms(clock_real()));
    return db_run(q, NULL, err);
}

static enum rc next_due_of(struct store *st, int lane, int64_t *soonest, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    bool row;
    enum rc rc = start(st, WORK_NEXT_DUE, lane, &q, err);

    if (!rc)
        rc = db_step(q, &row, err);
    if (!rc && row && db_int(q, 0) < *soonest)
        *soonest = db_int(q, 0);
    return rc;
}

enum rc text_out_next_due(struct store *st, enum lane first, enum lane last, int64_t *ret_due_ms, struct err *err)
{
    int64_t soonest = INT64_MAX;
    enum rc rc = RC_OK;

    for (int lane = first; !rc && lane <= (int)last; lane++)
        rc = next_due_of(st, lane, &soonest, err);
    if (!rc)
        *ret_due_ms = soonest;
    return rc;
}

/* ---- references ---- */

char *text_ref_write(const unsigned char ref[TEXT_REF_BYTES], size_t request, struct arena *mem)
{
    static const char hex[] = "0123456789abcdef";
    char *const text = arena_alloc(mem, TEXT_REF_CHARS + 16);

    for (size_t i = 0; i < TEXT_REF_BYTES; i++) {
        text[2 * i] = hex[ref[i] >> 4];
        text[2 * i + 1] = hex[ref[i] & 15];
    }
    if (request)
        snprintf(text + TEXT_REF_CHARS, 16, "p%zu", request + 1);
    return text;
}

static int hex_of(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool text_ref_read(const char *text, unsigned char ref[TEXT_REF_BYTES], size_t *ret_request)
{
    size_t request = 1;

    if (strlen(text) < TEXT_REF_CHARS)
        return false;
    for (size_t i = 0; i < TEXT_REF_BYTES; i++) {
        const int high = hex_of(text[2 * i]), low = hex_of(text[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        ref[i] = (unsigned char)(high * 16 + low);
    }
    text += TEXT_REF_CHARS;
    if (*text) {
        if (*text++ != 'p' || *text < '1' || *text > '9')
            return false;
        for (request = 0; *text >= '0' && *text <= '9' && request <= TEXT_REQUESTS_MAX; text++)
            request = 10 * request + (size_t)(*text - '0');
        if (*text || request > TEXT_REQUESTS_MAX)
            return false;
    }
    *ret_request = request - 1;
    return true;
}
