#include "store/text_consent.h"

#include "store/rows.h"

#include <assert.h>

#define FAILURES_WINDOW_MS (7 * MS_DAY)

/* clang-format off */
enum consent_stmt {
    CONSENT_GET, CONSENT_LOCK, CONSENT_PUT, CONSENT_LOG, CONSENT_LIST, CONSENT_ASKED, CONSENT_HEARD, CONSENT_TAKE_STOP, CONSENT_SAID,
    CONSENT_UNSAID, CONSENT_FAILED, CONSENT_ARRIVED, CONSENT_WHO, CONSENT_STMT_COUNT
};
enum consent_log_arg {
    CL_PRACTICE = 1, CL_ID, CL_ADDRESS, CL_PERSON, CL_OLD, CL_NEW, CL_OLD_LEVEL, CL_NEW_LEVEL, CL_WAY, CL_ACTOR, CL_EVIDENCE, CL_WORDING,
    CL_WORDS, CL_NOW
};

#define COLUMNS "state, since_ms, level, asked, reminded_ms, reminded_n, stopped_ms, heard_ms, failures, failures_ms"
#define OF_NUMBER " WHERE practice_id = $1 AND address_id = $2"

static const char *const consent_sql[CONSENT_STMT_COUNT] = {
    [CONSENT_GET] = "SELECT " COLUMNS " FROM text_consent" OF_NUMBER,
    [CONSENT_LOCK] = "SELECT " COLUMNS " FROM text_consent" OF_NUMBER " /*LOCK*/",
    [CONSENT_PUT] =
        "INSERT INTO text_consent (practice_id, address_id, state, since_ms, level, asked, reminded_n, failures) VALUES ($1, $2, $3, $4, $5, 0, 0, 0)"
        " ON CONFLICT (practice_id, address_id) DO UPDATE SET state = excluded.state, level = excluded.level,"
        " since_ms = CASE WHEN text_consent.state = excluded.state THEN text_consent.since_ms ELSE excluded.since_ms END,"
        " stopped_ms = CASE WHEN excluded.state = 2 THEN NULL ELSE text_consent.stopped_ms END,"
        " asked = CASE WHEN excluded.state = 1 THEN text_consent.asked ELSE 0 END, failures = 0, failures_ms = NULL",
    [CONSENT_LOG] =
        "INSERT INTO text_consent_log (practice_id, id, address_id, person_id, old_state, new_state, old_level, new_level, way, actor_id,"
        " evidence_id, wording, words_sealed, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    [CONSENT_LIST] =
        "SELECT id, person_id, old_state, new_state, old_level, new_level, way, actor_id, evidence_id, wording, words_sealed, at_ms"
        " FROM text_consent_log" OF_NUMBER " ORDER BY id",
    [CONSENT_ASKED] = "UPDATE text_consent SET asked = asked + 1" OF_NUMBER,
    [CONSENT_HEARD] = "UPDATE text_consent SET heard_ms = $3" OF_NUMBER,
    [CONSENT_TAKE_STOP] = "UPDATE text_consent SET stopped_ms = $3" OF_NUMBER " AND (stopped_ms IS NULL OR stopped_ms <= $4)",
    [CONSENT_SAID] = "UPDATE text_consent SET reminded_ms = $3, reminded_n = 0" OF_NUMBER,
    [CONSENT_UNSAID] = "UPDATE text_consent SET reminded_n = reminded_n + 1" OF_NUMBER,
    [CONSENT_FAILED] =
        "UPDATE text_consent SET failures = CASE WHEN failures_ms > $4 THEN failures + 1 ELSE 1 END,"
        " failures_ms = CASE WHEN failures_ms > $4 THEN failures_ms ELSE CAST($3 AS BIGINT) END" OF_NUMBER " RETURNING failures",
    [CONSENT_ARRIVED] = "UPDATE text_consent SET failures = 0, failures_ms = NULL" OF_NUMBER " AND failures > 0",
    [CONSENT_WHO] = "SELECT person_id FROM text_consent_log" OF_NUMBER " AND person_id <> 0 ORDER BY id DESC LIMIT 1",
};
/* clang-format on */
const struct db_domain text_consent_domain = { "text_consent", consent_sql, CONSENT_STMT_COUNT };

static enum rc start(struct store *st, enum consent_stmt stmt, struct address_id address, struct db_query **ret_q,
                     struct err *err)
{
    const enum rc rc = db_query(st->db, consent_sql[stmt], ret_q, err);

    if (rc)
        return rc;
    db_bind_int(*ret_q, 1, st->practice.v);
    db_bind_int(*ret_q, 2, address.v);
    return RC_OK;
}

static enum rc get(struct store *st, enum consent_stmt stmt, struct address_id address, struct text_consent *ret,
                   struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    bool row;

    if (start(st, stmt, address, &q, err) || db_step(q, &row, err))
        return err->rc;
    *ret = (struct text_consent){ .address = address };
    if (row)
        *ret = (struct text_consent){ .address = address,
                                      .state = (enum text_consent_state)db_int(q, 0),
                                      .since_ms = db_int(q, 1),
                                      .level = (int)db_int(q, 2),
                                      .asked = db_int(q, 3),
                                      .reminded_ms = db_int(q, 4),
                                      .reminded_n = db_int(q, 5),
                                      .stopped_ms = db_int(q, 6),
                                      .heard_ms = db_int(q, 7),
                                      .failures = db_int(q, 8),
                                      .failures_ms = db_int(q, 9) };
    return RC_OK;
}

enum rc text_consent_get(struct store *st, struct address_id address, struct text_consent *ret, struct err *err)
{
    return get(st, CONSENT_GET, address, ret, err);
}

static enum rc put(struct store *st, const struct text_consent_change *change, int level, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, CONSENT_PUT, change->address, &q, err))
        return err->rc;
    db_bind_int(q, 3, change->state);
    db_bind_int(q, 4, clock_now_ms(st->clock));
    db_bind_int(q, 5, level);
    return db_run(q, NULL, err);
}

static enum rc write_log(struct store *st, const struct text_consent_change *change, const struct text_consent *before,
                         int level, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_consent");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const int64_t id = id_next(st->ids);
    const enum rc rc = db_query(st->db, consent_sql[CONSENT_LOG], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, CL_PRACTICE, st->practice.v);
    db_bind_int(q, CL_ID, id);
    db_bind_int(q, CL_ADDRESS, change->address.v);
    db_bind_int(q, CL_PERSON, change->person.v);
    db_bind_int(q, CL_OLD, before->state);
    db_bind_int(q, CL_NEW, change->state);
    db_bind_int(q, CL_OLD_LEVEL, before->level);
    db_bind_int(q, CL_NEW_LEVEL, level);
    db_bind_int(q, CL_WAY, change->way);
    db_bind_int(q, CL_ACTOR, change->actor.v);
    db_bind_int(q, CL_EVIDENCE, change->evidence_id);
    db_bind_text(q, CL_WORDING, change->wording ? change->wording : "");
    store_bind_sealed(st, q, CL_WORDS, COL_TEXT_CONSENT_WORDS, id, change->words, mem);
    db_bind_int(q, CL_NOW, clock_now_ms(st->clock));
    return db_run(q, NULL, err);
}

/* The person whom the newest row names; 0: none does. */
static enum rc read_who(struct store *st, struct address_id address, int64_t *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    bool row;

    if (start(st, CONSENT_WHO, address, &q, err) || db_step(q, &row, err))
        return err->rc;
    *ret = row ? db_int(q, 0) : 0;
    return RC_OK;
}

/* A level is of the person who chose it: with a number that changed hands, nobody did. */
static enum rc choose_level(struct store *st, const struct text_consent_change *change,
                            const struct text_consent *before, int *ret_level, struct err *err)
{
    int64_t who = 0;

    *ret_level = change->level < 0 ? before->level : change->level;
    if (change->level >= 0 || !before->level)
        return RC_OK;
    if (before->state == TEXT_WRONG_NUMBER || before->state == TEXT_UNDELIVERABLE) {
        *ret_level = 0;
        return RC_OK;
    }
    if (!change->person.v)
        return RC_OK;
    if (read_who(st, change->address, &who, err))
        return err->rc;
    *ret_level = who && who != change->person.v ? 0 : before->level;
    return RC_OK;
}

enum rc text_consent_set(struct store *st, const struct text_consent_change *change, struct err *err)
{
    struct text_consent before;
    int level;

    assert(db_in_tx(st->db) && change->state > TEXT_NEVER_ASKED && change->state < TEXT_CONSENT_END);
    if (get(st, CONSENT_LOCK, change->address, &before, err))
        return err->rc;
    if (before.state == TEXT_STOPPED && change->state != TEXT_STOPPED && change->way != TEXT_BY_TEXT &&
        change->way != TEXT_BY_PAPER)
        return err_set(err, RC_DENIED,
                       "that number has said STOP; only START by text from it, or a new consent, counts");
    if (choose_level(st, change, &before, &level, err) || put(st, change, level, err) ||
        write_log(st, change, &before, level, err))
        return err_wrap(err, "consent to texts");
    return RC_OK;
}

enum rc text_consent_log(struct store *st, struct address_id address, struct arena *mem,
                         struct text_consent_entry **ret, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct text_consent_entry *rows = NULL;
    size_t n = 0, cap = 0;
    bool row;
    enum rc rc = start(st, CONSENT_LIST, address, &q, err);

    while (!rc && !(rc = db_step(q, &row, err)) && row) {
        struct text_consent_entry *e;

        rows = rows_room(mem, rows, n, &cap, sizeof *rows);
        e = &rows[n++];
        *e = (struct text_consent_entry){ .id = db_int(q, 0),
                                          .person = { db_int(q, 1) },
                                          .before = (enum text_consent_state)db_int(q, 2),
                                          .after = (enum text_consent_state)db_int(q, 3),
                                          .old_level = (int)db_int(q, 4),
                                          .new_level = (int)db_int(q, 5),
                                          .way = (enum text_consent_way)db_int(q, 6),
                                          .actor = { db_int(q, 7) },
                                          .evidence_id = db_int(q, 8),
                                          .wording = arena_strdup(mem, db_text(q, 9)),
                                          .at_ms = db_int(q, 11) };
        rc = store_sealed(st, q, 10, COL_TEXT_CONSENT_WORDS, e->id, mem, &e->words, err);
    }
    if (rc)
        return rc;
    *ret = rows;
    *ret_n = n;
    return RC_OK;
}

enum rc text_consent_yes_of(struct store *st, struct address_id address, struct person_id person, bool *ret_is,
                            int *ret_level, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_consent");
    struct text_consent_entry *log;
    struct text_consent now;
    bool is_over = false;
    size_t n;

    *ret_is = false;
    *ret_level = 0;
    if (text_consent_get(st, address, &now, err) || text_consent_log(st, address, mem, &log, &n, err))
        return err->rc;
    for (; n && now.state == TEXT_YES && !is_over && !*ret_is; n--) {
        const struct text_consent_entry *const e = &log[n - 1];

        *ret_is = e->after == TEXT_YES && e->person.v == person.v;
        is_over = e->after != TEXT_YES && e->after != TEXT_STOPPED;
        if (*ret_is)
            *ret_level = e->new_level < now.level ? e->new_level : now.level;
    }
    return RC_OK;
}

static bool is_nobodys(const struct text_consent_entry *e)
{
    return !e->person.v || e->after == TEXT_ASKED || e->after == TEXT_WRONG_NUMBER || e->after == TEXT_UNDELIVERABLE;
}

/* The newest of that person's changes counts, and everything lower that was done for nobody since. */
static enum rc level_of(struct store *st, const struct text_consent *now, struct person_id person, int *ret_level,
                        struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("text_consent");
    struct text_consent_entry *log;
    bool is_somebodys = false;
    int most = 2;
    size_t n;

    if (text_consent_log(st, now->address, mem, &log, &n, err))
        return err->rc;
    for (; n; n--) {
        const struct text_consent_entry *const e = &log[n - 1];

        is_somebodys |= e->person.v != 0;
        if (is_nobodys(e) || e->person.v == person.v)
            most = e->new_level < most ? e->new_level : most;
        if (e->person.v == person.v) {
            *ret_level = most;
            return RC_OK;
        }
    }
    *ret_level = is_somebodys ? 0 : now->level;
    return RC_OK;
}

enum rc text_consent_for(struct store *st, struct address_id address, struct person_id person, struct text_consent *ret,
                         struct err *err)
{
    struct text_consent consent;

    if (text_consent_get(st, address, &consent, err) ||
        (person.v && level_of(st, &consent, person, &consent.level, err)))
        return err->rc;
    *ret = consent;
    return RC_OK;
}

/* A statement with one or two times behind the number. */
static enum rc run_at(struct store *st, enum consent_stmt stmt, struct address_id address, int64_t a, int64_t b,
                      int64_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, stmt, address, &q, err))
        return err->rc;
    if (a)
        db_bind_int(q, 3, a);
    if (b)
        db_bind_int(q, 4, b);
    return db_run(q, ret_n, err);
}

enum rc text_consent_asked(struct store *st, struct address_id address, struct err *err)
{
    return run_at(st, CONSENT_ASKED, address, 0, 0, NULL, err);
}

enum rc text_consent_heard(struct store *st, struct address_id address, struct err *err)
{
    return run_at(st, CONSENT_HEARD, address, clock_now_ms(st->clock), 0, NULL, err);
}

enum rc text_consent_take_stop(struct store *st, struct address_id address, bool *ret_is_first, struct err *err)
{
    const int64_t now = clock_now_ms(st->clock);
    int64_t n;
    const enum rc rc = run_at(st, CONSENT_TAKE_STOP, address, now, now - MS_DAY, &n, err);

    if (!rc)
        *ret_is_first = n > 0;
    return rc;
}

enum rc text_consent_reminded(struct store *st, struct address_id address, bool is_said, struct err *err)
{
    return is_said ? run_at(st, CONSENT_SAID, address, clock_now_ms(st->clock), 0, NULL, err)
                   : run_at(st, CONSENT_UNSAID, address, 0, 0, NULL, err);
}

enum rc text_consent_failed(struct store *st, struct address_id address, int64_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const int64_t now = clock_now_ms(st->clock);
    bool row;

    assert(db_in_tx(st->db));
    if (start(st, CONSENT_FAILED, address, &q, err))
        return err->rc;
    db_bind_int(q, 3, now);
    db_bind_int(q, 4, now - FAILURES_WINDOW_MS);
    if (db_step(q, &row, err))
        return err->rc;
    *ret_n = row ? db_int(q, 0) : 0;
    return RC_OK;
}

enum rc text_consent_arrived(struct store *st, struct address_id address, struct err *err)
{
    return run_at(st, CONSENT_ARRIVED, address, 0, 0, NULL, err);
}

const char *text_consent_state_name(enum text_consent_state state)
{
    static const char *const names[TEXT_CONSENT_END] = { "never asked", "asked",        "yes",
                                                         "stopped",     "wrong number", "nothing arrives" };

    return names[state];
}

const char *text_consent_way_name(enum text_consent_way way)
{
    static const char *const names[] = { "", "text", "email", "paper", "staff", "provider", "rule" };

    return names[way];
}
