/* Check-ins, their rounds and who takes part; the answers are in check_in_answer.c. */
#include "store/check_in.h"

#include "base/json.h"
#include "store/rows.h"

#include <assert.h>

enum check_in_stmt {
    CHECK_ADD,
    CHECK_GET,
    CHECK_LIST,
    CHECK_LIST_OF,
    CHECK_END,
    ROUND_ADD,
    ROUND_NEWEST,
    ROUND_GET,
    ROUND_ASKED,
    ROUND_CLOSE,
    MEMBER_FIND,
    MEMBER_SET,
    MEMBER_LIST,
    MEMBER_FORGET,
    CHECK_IN_STMT_COUNT
};

#define CHECK_COLUMNS                                                                                                  \
    "id, group_id, staff_id, kind, state, days, minute, has_totals, words_sealed, created_ms, ended_ms"
#define ROUND_COLUMNS "id, check_in_id, after_id, is_asked, opened_ms, closed_ms"
#define MEMBER_COLUMNS "check_in_id, membership_id, person_id, state, asks, changed_ms"

/* clang-format off */
static const char *const check_in_sql[CHECK_IN_STMT_COUNT] = {
    [CHECK_ADD] =
        "INSERT INTO check_in (practice_id, " CHECK_COLUMNS ") VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9, $10, NULL)",
    [CHECK_GET] = "SELECT " CHECK_COLUMNS " FROM check_in WHERE practice_id = $1 AND id = $2",
    [CHECK_LIST] = "SELECT " CHECK_COLUMNS " FROM check_in WHERE practice_id = $1 AND id > $2 ORDER BY +state, id",
    [CHECK_LIST_OF] = "SELECT " CHECK_COLUMNS " FROM check_in WHERE practice_id = $1 AND group_id = $2 ORDER BY +state, id",
    [CHECK_END] = "UPDATE check_in SET state = 2, ended_ms = $3 WHERE practice_id = $1 AND id = $2 AND state = 1",
    [ROUND_ADD] = "INSERT INTO check_in_round (practice_id, " ROUND_COLUMNS ") VALUES ($1, $2, $3, 0, 0, $4, NULL)",
    [ROUND_NEWEST] =
        "SELECT " ROUND_COLUMNS " FROM check_in_round WHERE practice_id = $1 AND check_in_id = $2 ORDER BY id DESC LIMIT 1",
    [ROUND_GET] = "SELECT " ROUND_COLUMNS " FROM check_in_round WHERE practice_id = $1 AND id = $2",
    [ROUND_ASKED] = "UPDATE check_in_round SET after_id = $3, is_asked = $4 WHERE practice_id = $1 AND id = $2",
    [ROUND_CLOSE] = "UPDATE check_in_round SET closed_ms = $3 WHERE practice_id = $1 AND id = $2 AND closed_ms IS NULL",
    [MEMBER_FIND] =
        "SELECT " MEMBER_COLUMNS " FROM check_in_member WHERE practice_id = $1 AND check_in_id = $2 AND membership_id = $3",
    [MEMBER_SET] =
        "INSERT INTO check_in_member (practice_id, id, " MEMBER_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        " ON CONFLICT (practice_id, check_in_id, membership_id) DO UPDATE SET"
        " state = excluded.state, asks = excluded.asks, changed_ms = excluded.changed_ms",
    [MEMBER_LIST] =
        "SELECT " MEMBER_COLUMNS " FROM check_in_member WHERE practice_id = $1 AND check_in_id = $2 ORDER BY +membership_id",
    [MEMBER_FORGET] = "DELETE FROM check_in_member WHERE practice_id = $1 AND membership_id = $2",
};
/* clang-format on */
const struct db_domain check_in_domain = { "check_in", check_in_sql, CHECK_IN_STMT_COUNT };

static enum rc start(struct store *st, enum check_in_stmt stmt, int64_t id, struct db_query **ret_q, struct err *err)
{
    const enum rc rc = db_query(st->db, check_in_sql[stmt], ret_q, err);

    if (!rc) {
        db_bind_int(*ret_q, 1, st->practice.v);
        db_bind_int(*ret_q, 2, id);
    }
    return rc;
}

/* ---- what is asked ---- */

static const char *const limit_names[] = { "low", "high", "alert_low", "alert_high" };

static int64_t *limit_at(struct check_in_limits *l, size_t i)
{
    int64_t *const all[] = { &l->low, &l->high, &l->alert_low, &l->alert_high };

    return all[i];
}

static char *words_of(const struct check_in *c, struct arena *mem)
{
    CLEANUP(json_free) struct json *words = json_object_new();
    CLEANUP(strbuf_done) struct strbuf text = STRBUF(JSON_MAX_BYTES);
    struct check_in_limits limits = c->limits;

    json_set_str(words, "question", c->question);
    json_set_str(words, "question_es", c->question_es ? c->question_es : "");
    json_set_str(words, "unit", c->unit ? c->unit : "");
    json_set_str(words, "tag", c->tag ? c->tag : "");
    for (size_t i = 0; i < COUNT_OF(limit_names); i++)
        if (*limit_at(&limits, i) != CHECK_IN_NO_LIMIT)
            json_set_int(words, limit_names[i], *limit_at(&limits, i));
    json_print(words, false, &text);
    return arena_strdup(mem, strbuf_peek(&text));
}

static enum rc read_words(const char *text, struct arena *mem, struct check_in *c, struct err *err)
{
    CLEANUP(json_free) struct json *words = NULL;

    if (json_parse(text, strlen(text), &words, err))
        return err->rc;
    c->question = arena_strdup(mem, json_get_str(words, "question", ""));
    c->question_es = arena_strdup(mem, json_get_str(words, "question_es", ""));
    c->unit = arena_strdup(mem, json_get_str(words, "unit", ""));
    c->tag = arena_strdup(mem, json_get_str(words, "tag", ""));
    for (size_t i = 0; i < COUNT_OF(limit_names); i++)
        *limit_at(&c->limits, i) = json_get_int(words, limit_names[i], CHECK_IN_NO_LIMIT);
    return RC_OK;
}

enum rc check_in_add(struct store *st, struct check_in *c, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("check_in_add");
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    c->id.v = id_next(st->ids);
    c->state = CHECK_IN_OPEN;
    c->created_ms = clock_now_ms(st->clock);
    if (start(st, CHECK_ADD, c->id.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, c->group.v);
    db_bind_int(q, 4, c->staff.v);
    db_bind_int(q, 5, c->kind);
    db_bind_int(q, 6, c->days);
    db_bind_int(q, 7, c->minute);
    db_bind_int(q, 8, c->has_totals);
    store_bind_sealed(st, q, 9, COL_CHECK_IN_WORDS, c->id.v, words_of(c, mem), mem);
    db_bind_int(q, 10, c->created_ms);
    return db_run(q, NULL, err) ? err_wrap(err, "add check-in %" PRId64, c->id.v) : RC_OK;
}

static enum rc read_check_in(struct store *st, struct db_query *q, struct arena *mem, struct check_in *c,
                             struct err *err)
{
    const char *words;

    *c = (struct check_in){ .id = { db_int(q, 0) },
                            .group = { db_int(q, 1) },
                            .staff = { db_int(q, 2) },
                            .kind = (enum check_in_kind)db_int(q, 3),
                            .state = (enum check_in_state)db_int(q, 4),
                            .days = db_int(q, 5),
                            .minute = db_int(q, 6),
                            .has_totals = db_int(q, 7) != 0,
                            .created_ms = db_int(q, 9),
                            .ended_ms = db_int(q, 10) };
    if (store_sealed(st, q, 8, COL_CHECK_IN_WORDS, c->id.v, mem, &words, err))
        return err->rc;
    return read_words(words, mem, c, err);
}

enum rc check_in_get(struct store *st, struct check_in_id id, struct arena *mem, struct check_in *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, CHECK_GET, id.v, &q, err) || db_one(q, err) || read_check_in(st, q, mem, ret, err))
        return err_wrap(err, "check-in %" PRId64, id.v);
    return RC_OK;
}

enum rc check_in_list(struct store *st, struct group_id group, struct arena *mem, struct check_in **ret, size_t *ret_n,
                      struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct check_in *list = NULL;
    size_t n = 0, cap = 0;
    bool row;
    enum rc rc = start(st, group.v ? CHECK_LIST_OF : CHECK_LIST, group.v, &q, err);

    while (!rc && !(rc = db_step(q, &row, err)) && row) {
        list = rows_room(mem, list, n, &cap, sizeof *list);
        rc = read_check_in(st, q, mem, &list[n++], err);
    }
    *ret = list;
    *ret_n = n;
    return rc ? err_wrap(err, "check-ins") : RC_OK;
}

static enum rc run_on_one(struct db_query *q, const char *what, int64_t id, struct err *err)
{
    int64_t changed = 0;

    if (db_run(q, &changed, err))
        return err_wrap(err, "%s %" PRId64, what, id);
    return changed ? RC_OK : err_set(err, RC_CONFLICT, "%s %" PRId64 " has ended already", what, id);
}

enum rc check_in_end(struct store *st, struct check_in_id id, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, CHECK_END, id.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, clock_now_ms(st->clock));
    return run_on_one(q, "check-in", id.v, err);
}

/* ---- rounds ---- */

enum rc check_in_round_add(struct store *st, struct check_in_id id, struct check_in_round *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    *ret = (struct check_in_round){ .id = { id_next(st->ids) }, .check_in = id, .opened_ms = clock_now_ms(st->clock) };
    if (start(st, ROUND_ADD, ret->id.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, id.v);
    db_bind_int(q, 4, ret->opened_ms);
    return db_run(q, NULL, err);
}

static enum rc get_round(struct store *st, enum check_in_stmt stmt, int64_t id, struct check_in_round *ret,
                         struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, stmt, id, &q, err) || db_one(q, err))
        return err_wrap(err, "round of check-in");
    *ret = (struct check_in_round){ .id = { db_int(q, 0) },
                                    .check_in = { db_int(q, 1) },
                                    .after = { db_int(q, 2) },
                                    .is_asked = db_int(q, 3) != 0,
                                    .opened_ms = db_int(q, 4),
                                    .closed_ms = db_int(q, 5) };
    return RC_OK;
}

enum rc check_in_round_newest(struct store *st, struct check_in_id id, struct check_in_round *ret, struct err *err)
{
    return get_round(st, ROUND_NEWEST, id.v, ret, err);
}

enum rc check_in_round_get(struct store *st, struct check_round_id id, struct check_in_round *ret, struct err *err)
{
    return get_round(st, ROUND_GET, id.v, ret, err);
}

enum rc check_in_round_asked(struct store *st, struct check_round_id id, struct membership_id after, bool is_asked,
                             struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, ROUND_ASKED, id.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, after.v);
    db_bind_int(q, 4, is_asked);
    return db_run(q, NULL, err);
}

enum rc check_in_round_close(struct store *st, struct check_round_id id, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, ROUND_CLOSE, id.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, clock_now_ms(st->clock));
    return run_on_one(q, "round", id.v, err);
}

/* ---- who takes part ---- */

static struct check_in_member read_member(struct db_query *q)
{
    return (struct check_in_member){ { db_int(q, 0) }, { db_int(q, 1) },
                                     { db_int(q, 2) }, (enum check_in_part)db_int(q, 3),
                                     db_int(q, 4),     db_int(q, 5) };
}

enum rc check_in_member_find(struct store *st, struct check_in_id id, struct membership_id membership,
                             struct check_in_member *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, MEMBER_FIND, id.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, membership.v);
    if (db_one(q, err))
        return err_wrap(err, "membership %" PRId64 " in check-in %" PRId64, membership.v, id.v);
    *ret = read_member(q);
    return RC_OK;
}

enum rc check_in_member_set(struct store *st, const struct check_in_member *m, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, MEMBER_SET, id_next(st->ids), &q, err))
        return err->rc;
    db_bind_int(q, 3, m->check_in.v);
    db_bind_int(q, 4, m->membership.v);
    db_bind_int(q, 5, m->person.v);
    db_bind_int(q, 6, m->part);
    db_bind_int(q, 7, m->asks);
    db_bind_int(q, 8, clock_now_ms(st->clock));
    return db_run(q, NULL, err);
}

enum rc check_in_members(struct store *st, struct check_in_id id, struct arena *mem, struct check_in_member **ret,
                         size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct check_in_member *list = NULL;
    size_t n = 0, cap = 0;
    bool row;
    enum rc rc = start(st, MEMBER_LIST, id.v, &q, err);

    while (!rc && !(rc = db_step(q, &row, err)) && row) {
        list = rows_room(mem, list, n, &cap, sizeof *list);
        list[n++] = read_member(q);
    }
    *ret = list;
    *ret_n = n;
    return rc ? err_wrap(err, "members of check-in %" PRId64, id.v) : RC_OK;
}

enum rc check_in_member_forget(struct store *st, struct membership_id membership, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (start(st, MEMBER_FORGET, membership.v, &q, err))
        return err->rc;
    return db_run(q, NULL, err);
}

const char *check_in_kind_name(enum check_in_kind kind)
{
    static const char *const names[CHECK_IN_KIND_END] = { "?", "number", "scale", "yes/no", "words" };

    return kind > 0 && kind < CHECK_IN_KIND_END ? names[kind] : "?";
}

const char *check_in_part_name(enum check_in_part part)
{
    static const char *const names[] = { "?", "asked", "takes part", "does not" };

    return part > 0 && (size_t)part < COUNT_OF(names) ? names[part] : "?";
}
