#include "store/text_account.h"

#include "store/rows.h"

#include <assert.h>

/* clang-format off */
enum account_stmt {
    ACCOUNT_ADD, ACCOUNT_CHANGE, ACCOUNT_GET, ACCOUNT_LIST, ACCOUNT_STATE, ACCOUNT_POLLED, ACCOUNT_HEARD, ACCOUNT_REFUSED,
    SENDER_ADD, SENDER_CHANGE, SENDER_GET, SENDER_BY_NUMBER, SENDER_USUAL, SENDER_LIST, SENDER_STATE, SENDERS_GIVE_UP,
    NUMBER_ADD, NUMBER_FREE, NUMBERS_FREE, CAMPAIGN_PUT, CAMPAIGN_GET, ACCOUNT_STMT_COUNT
};
enum account_add_arg { AA_PRACTICE = 1, AA_ID, AA_PROVIDER, AA_POLLED, AA_VALUES, AA_NOW };
enum sender_add_arg { SA_PRACTICE = 1, SA_ID, SA_ACCOUNT, SA_KIND, SA_NUMBER, SA_RATE, SA_CAMPAIGN, SA_NOW };
enum sender_set_arg { SS_PRACTICE = 1, SS_ID, SS_KIND, SS_RATE, SS_CAMPAIGN };
enum state_arg { ST_PRACTICE = 1, ST_ID, ST_STATE, ST_CODE, ST_NOW };

#define ACCOUNT_COLUMNS "id, state, provider, is_polled, values_sealed, stop_code, stopped_ms, polled_ms, heard_ms, refused, created_ms"
#define SENDER_COLUMNS \
    "text_sender.id, account_id, text_sender.state, kind, number, rate_milli, campaign_id, text_sender.stop_code, text_sender.stopped_ms," \
    " text_sender.created_ms"

static const char *const account_sql[ACCOUNT_STMT_COUNT] = {
    [ACCOUNT_ADD] =
        "INSERT INTO text_account (practice_id, id, state, provider, is_polled, values_sealed, polled_ms, refused, created_ms)"
        " VALUES ($1, $2, 1, $3, $4, $5, $6, 0, $6)",
    [ACCOUNT_CHANGE] = "UPDATE text_account SET is_polled = $3, values_sealed = $4 WHERE practice_id = $1 AND id = $2",
    [ACCOUNT_GET] = "SELECT " ACCOUNT_COLUMNS " FROM text_account WHERE practice_id = $1 AND id = $2",
    [ACCOUNT_LIST] = "SELECT " ACCOUNT_COLUMNS " FROM text_account WHERE practice_id = $1 ORDER BY id",
    [ACCOUNT_STATE] =
        "UPDATE text_account SET state = $3, stop_code = $4, stopped_ms = $5 WHERE practice_id = $1 AND id = $2 AND state <> 3",
    [ACCOUNT_POLLED] = "UPDATE text_account SET polled_ms = $3 WHERE practice_id = $1 AND id = $2",
    [ACCOUNT_HEARD] = "UPDATE text_account SET heard_ms = $3, refused = 0 WHERE practice_id = $1 AND id = $2",
    [ACCOUNT_REFUSED] = "UPDATE text_account SET refused = refused + 1 WHERE practice_id = $1 AND id = $2",
    [SENDER_ADD] =
        "INSERT INTO text_sender (practice_id, id, account_id, state, kind, number, rate_milli, campaign_id, created_ms)"
        " VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8) ON CONFLICT (practice_id, number) DO UPDATE SET account_id = excluded.account_id,"
        " state = 1, kind = excluded.kind, rate_milli = excluded.rate_milli, campaign_id = excluded.campaign_id, stop_code = NULL,"
        " stopped_ms = NULL RETURNING id, created_ms",
    [SENDER_CHANGE] = "UPDATE text_sender SET kind = $3, rate_milli = $4, campaign_id = $5 WHERE practice_id = $1 AND id = $2",
    [SENDER_GET] = "SELECT " SENDER_COLUMNS " FROM text_sender WHERE practice_id = $1 AND id = $2",
    [SENDER_BY_NUMBER] = "SELECT " SENDER_COLUMNS " FROM text_sender WHERE practice_id = $1 AND number = $2",
    [SENDER_USUAL] =
        "SELECT " SENDER_COLUMNS " FROM text_sender JOIN text_account ON text_account.practice_id = text_sender.practice_id"
        " AND text_account.id = account_id WHERE text_sender.practice_id = $1 AND text_sender.state < 3 AND text_account.state < 3"
        " ORDER BY CASE WHEN text_sender.state = 1 AND text_account.state = 1 THEN 0 ELSE 1 END, text_sender.id LIMIT 1",
    [SENDER_LIST] = "SELECT " SENDER_COLUMNS " FROM text_sender WHERE practice_id = $1 ORDER BY id",
    [SENDER_STATE] =
        "UPDATE text_sender SET state = $3, stop_code = $4, stopped_ms = $5 WHERE practice_id = $1 AND id = $2 AND state <> 3",
    [SENDERS_GIVE_UP] = "UPDATE text_sender SET state = 3 WHERE practice_id = $1 AND account_id = $2",
    [NUMBER_ADD] = "INSERT INTO text_number (number, practice_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
    [NUMBER_FREE] =
        "DELETE FROM text_number WHERE practice_id = $1 AND number IN (SELECT number FROM text_sender WHERE practice_id = $1 AND id = $2)",
    [NUMBERS_FREE] =
        "DELETE FROM text_number WHERE practice_id = $1 AND number IN (SELECT number FROM text_sender WHERE practice_id = $1 AND account_id = $2)",
    [CAMPAIGN_PUT] =
        "INSERT INTO text_campaign (practice_id, id, code, parts_per_minute) VALUES ($1, $2, $3, $4) ON CONFLICT (practice_id, code)"
        " DO UPDATE SET parts_per_minute = excluded.parts_per_minute RETURNING id",
    [CAMPAIGN_GET] = "SELECT id, code, parts_per_minute FROM text_campaign WHERE practice_id = $1 AND id = $2",
};
/* clang-format on */
const struct db_domain text_account_domain = { "text_account", account_sql, ACCOUNT_STMT_COUNT };

static enum rc start(struct store *st, enum account_stmt stmt, int64_t id, struct db_query **ret_q, struct err *err)
{
    const enum rc rc = db_query(st->db, account_sql[stmt], ret_q, err);

    if (rc)
        return rc;
    db_bind_int(*ret_q, 1, st->practice.v);
    if (id)
        db_bind_int(*ret_q, 2, id);
    return RC_OK;
}

/* A statement that changes the one row of an id. */
static enum rc change_one(struct db_query *q, const char *what, struct err *err)
{
    int64_t n;
    const enum rc rc = db_run(q, &n, err);

    return rc ? rc : n == 1 ? RC_OK : err_set(err, RC_NOT_FOUND, "there is no such %s", what);
}

/* ---- accounts ---- */

enum rc text_account_add(struct store *st, struct text_account *account, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_account");
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    account->id.v = id_next(st->ids);
    account->state = TEXT_IN_USE;
    account->created_ms = account->polled_ms = clock_now_ms(st->clock);
    if (start(st, ACCOUNT_ADD, account->id.v, &q, err))
        return err->rc;
    db_bind_text(q, AA_PROVIDER, account->provider);
    db_bind_int(q, AA_POLLED, account->is_polled);
    store_bind_sealed(st, q, AA_VALUES, COL_TEXT_ACCOUNT_VALUES, account->id.v, account->values, mem);
    db_bind_int(q, AA_NOW, account->created_ms);
    return db_run(q, NULL, err);
}

enum rc text_account_change(struct store *st, const struct text_account *account, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_account");
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, ACCOUNT_CHANGE, account->id.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, account->is_polled);
    store_bind_sealed(st, q, 4, COL_TEXT_ACCOUNT_VALUES, account->id.v, account->values, mem);
    return change_one(q, "account", err);
}

static enum rc read_account(struct store *st, struct db_query *q, struct arena *mem, struct text_account *ret,
                            struct err *err)
{
    *ret = (struct text_account){ .id = { db_int(q, 0) },
                                  .state = (enum text_use)db_int(q, 1),
                                  .provider = arena_strdup(mem, db_text(q, 2)),
                                  .is_polled = db_int(q, 3) != 0,
                                  .stop_code = db_is_null(q, 5) ? NULL : arena_strdup(mem, db_text(q, 5)),
                                  .stopped_ms = db_int(q, 6),
                                  .polled_ms = db_int(q, 7),
                                  .heard_ms = db_int(q, 8),
                                  .refused = db_int(q, 9),
                                  .created_ms = db_int(q, 10) };
    return store_sealed(st, q, 4, COL_TEXT_ACCOUNT_VALUES, ret->id.v, mem, &ret->values, err);
}

enum rc text_account_get(struct store *st, struct text_account_id id, struct arena *mem, struct text_account *ret,
                         struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = start(st, ACCOUNT_GET, id.v, &q, err);

    if (!rc)
        rc = db_one(q, err);
    return rc ? err_wrap(err, "account of texts") : read_account(st, q, mem, ret, err);
}

enum rc text_account_list(struct store *st, struct arena *mem, struct text_account **ret, size_t *ret_n,
                          struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct text_account *rows = NULL;
    size_t n = 0, cap = 0;
    bool row;
    enum rc rc = start(st, ACCOUNT_LIST, 0, &q, err);

    while (!rc && !(rc = db_step(q, &row, err)) && row) {
        rows = rows_room(mem, rows, n, &cap, sizeof *rows);
        rc = read_account(st, q, mem, &rows[n++], err);
    }
    if (rc)
        return rc;
    *ret = rows;
    *ret_n = n;
    return RC_OK;
}

static enum rc set_state(struct store *st, enum account_stmt stmt, int64_t id, enum text_use state, const char *code,
                         struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, stmt, id, &q, err))
        return err->rc;
    db_bind_int(q, ST_STATE, state);
    db_bind_text(q, ST_CODE, code);
    db_bind_id(q, ST_NOW, state == TEXT_IN_USE ? 0 : clock_now_ms(st->clock));
    return change_one(q, stmt == ACCOUNT_STATE ? "account" : "number", err);
}

enum rc text_account_stop(struct store *st, struct text_account_id id, const char *code, struct err *err)
{
    return set_state(st, ACCOUNT_STATE, id.v, TEXT_HALTED, code, err);
}

enum rc text_account_start(struct store *st, struct text_account_id id, struct err *err)
{
    return set_state(st, ACCOUNT_STATE, id.v, TEXT_IN_USE, NULL, err);
}

static enum rc run_for(struct store *st, enum account_stmt stmt, int64_t id, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const enum rc rc = start(st, stmt, id, &q, err);

    return rc ? rc : db_run(q, NULL, err);
}

enum rc text_account_give_up(struct store *st, struct text_account_id id, struct err *err)
{
    enum rc rc = set_state(st, ACCOUNT_STATE, id.v, TEXT_GIVEN_UP, NULL, err);

    if (!rc)
        rc = run_for(st, NUMBERS_FREE, id.v, err);
    return rc ? rc : run_for(st, SENDERS_GIVE_UP, id.v, err);
}

static enum rc set_time(struct store *st, enum account_stmt stmt, int64_t id, int64_t at_ms, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, stmt, id, &q, err))
        return err->rc;
    if (stmt != ACCOUNT_REFUSED)
        db_bind_int(q, 3, at_ms);
    return change_one(q, "account", err);
}

enum rc text_account_polled(struct store *st, struct text_account_id id, int64_t polled_ms, struct err *err)
{
    return set_time(st, ACCOUNT_POLLED, id.v, polled_ms, err);
}

enum rc text_account_called(struct store *st, struct text_account_id id, bool is_proved, struct err *err)
{
    return set_time(st, is_proved ? ACCOUNT_HEARD : ACCOUNT_REFUSED, id.v, clock_now_ms(st->clock), err);
}

/* ---- senders ---- */

static enum rc take_number(struct store *st, const char *number, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t n;
    enum rc rc = db_query(st->db, account_sql[NUMBER_ADD], &q, err);

    if (rc)
        return rc;
    db_bind_text(q, 1, number);
    db_bind_int(q, 2, st->practice.v);
    rc = db_run(q, &n, err);
    return rc       ? rc
           : n == 1 ? RC_OK
                    : err_set(err, RC_CONFLICT, "that number is in use already, here or by another practice");
}

enum rc text_sender_add(struct store *st, struct text_sender *sender, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc;

    assert(db_in_tx(st->db));
    if (take_number(st, sender->number, err) || start(st, SENDER_ADD, id_next(st->ids), &q, err))
        return err->rc;
    db_bind_int(q, SA_ACCOUNT, sender->account.v);
    db_bind_int(q, SA_KIND, sender->kind);
    db_bind_text(q, SA_NUMBER, sender->number);
    db_bind_int(q, SA_RATE, sender->rate_milli);
    db_bind_int(q, SA_CAMPAIGN, sender->campaign);
    db_bind_int(q, SA_NOW, clock_now_ms(st->clock));
    rc = db_one(q, err); /* a number that was given up and is ours again keeps its id */
    if (rc)
        return rc;
    sender->id.v = db_int(q, 0);
    sender->created_ms = db_int(q, 1);
    sender->state = TEXT_IN_USE;
    return RC_OK;
}

enum rc text_sender_change(struct store *st, const struct text_sender *sender, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, SENDER_CHANGE, sender->id.v, &q, err))
        return err->rc;
    db_bind_int(q, SS_KIND, sender->kind);
    db_bind_int(q, SS_RATE, sender->rate_milli);
    db_bind_int(q, SS_CAMPAIGN, sender->campaign);
    return change_one(q, "number", err);
}

static void read_sender(struct db_query *q, struct arena *mem, struct text_sender *ret)
{
    *ret = (struct text_sender){ .id = { db_int(q, 0) },
                                 .account = { db_int(q, 1) },
                                 .state = (enum text_use)db_int(q, 2),
                                 .kind = (enum text_sender_kind)db_int(q, 3),
                                 .number = arena_strdup(mem, db_text(q, 4)),
                                 .rate_milli = db_int(q, 5),
                                 .campaign = db_int(q, 6),
                                 .stop_code = db_is_null(q, 7) ? NULL : arena_strdup(mem, db_text(q, 7)),
                                 .stopped_ms = db_int(q, 8),
                                 .created_ms = db_int(q, 9) };
}

static enum rc one_sender(struct db_query *q, struct arena *mem, struct text_sender *ret, struct err *err)
{
    if (db_one(q, err))
        return err_wrap(err, "number of texts");
    read_sender(q, mem, ret);
    return RC_OK;
}

enum rc text_sender_get(struct store *st, struct text_sender_id id, struct arena *mem, struct text_sender *ret,
                        struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const enum rc rc = start(st, SENDER_GET, id.v, &q, err);

    return rc ? rc : one_sender(q, mem, ret, err);
}

enum rc text_sender_by_number(struct store *st, const char *number, struct arena *mem, struct text_sender *ret,
                              struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, SENDER_BY_NUMBER, 0, &q, err))
        return err->rc;
    db_bind_text(q, 2, number);
    return one_sender(q, mem, ret, err);
}

enum rc text_sender_usual(struct store *st, struct arena *mem, struct text_sender *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const enum rc rc = start(st, SENDER_USUAL, 0, &q, err);

    return rc ? rc : one_sender(q, mem, ret, err);
}

enum rc text_sender_list(struct store *st, struct arena *mem, struct text_sender **ret, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct text_sender *rows = NULL;
    size_t n = 0, cap = 0;
    bool row;
    enum rc rc = start(st, SENDER_LIST, 0, &q, err);

    while (!rc && !(rc = db_step(q, &row, err)) && row) {
        rows = rows_room(mem, rows, n, &cap, sizeof *rows);
        read_sender(q, mem, &rows[n++]);
    }
    if (rc)
        return rc;
    *ret = rows;
    *ret_n = n;
    return RC_OK;
}

enum rc text_sender_stop(struct store *st, struct text_sender_id id, const char *code, struct err *err)
{
    return set_state(st, SENDER_STATE, id.v, TEXT_HALTED, code, err);
}

enum rc text_sender_start(struct store *st, struct text_sender_id id, struct err *err)
{
    return set_state(st, SENDER_STATE, id.v, TEXT_IN_USE, NULL, err);
}

enum rc text_sender_give_up(struct store *st, struct text_sender_id id, struct err *err)
{
    const enum rc rc = set_state(st, SENDER_STATE, id.v, TEXT_GIVEN_UP, NULL, err);

    return rc ? rc : run_for(st, NUMBER_FREE, id.v, err);
}

/* ---- campaigns ---- */

enum rc text_campaign_put(struct store *st, struct text_campaign *campaign, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, CAMPAIGN_PUT, id_next(st->ids), &q, err))
        return err->rc;
    db_bind_text(q, 3, campaign->code);
    db_bind_int(q, 4, campaign->parts_per_minute);
    if (db_one(q, err))
        return err->rc;
    campaign->id = db_int(q, 0);
    return RC_OK;
}

enum rc text_campaign_get(struct store *st, int64_t id, struct arena *mem, struct text_campaign *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, CAMPAIGN_GET, id, &q, err))
        return err->rc;
    if (db_one(q, err))
        return err_wrap(err, "campaign");
    *ret = (struct text_campaign){ db_int(q, 0), arena_strdup(mem, db_text(q, 1)), db_int(q, 2) };
    return RC_OK;
}

const char *text_use_name(enum text_use use)
{
    return use == TEXT_IN_USE ? "in use" : use == TEXT_HALTED ? "stopped" : "given up";
}

const char *text_sender_kind_name(enum text_sender_kind kind)
{
    static const char *const names[] = { "?", "long", "toll-free", "short", "modem" };

    return names[kind];
}
