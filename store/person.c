#include "store/person.h"

#include "store/rows.h"

#include <assert.h>

#define PERSON_COLUMNS                                                                                                 \
    "id, kind, state, staff_role, duty_rank, language, format, zone, name_sealed, phone_sealed, emergency_sealed,"     \
    " chart_sealed, note_sealed, created_ms"

enum person_stmt {
    PERSON_ADD,
    PERSON_GET,
    PERSON_CHANGE,
    PERSON_PAGE,
    PERSON_STAFF_LIST,
    PERSON_OF_ADDRESS,
    PERSON_STMT_COUNT
};
enum {
    PA_PRACTICE = 1,
    PA_ID,
    PA_KIND,
    PA_STATE,
    PA_ROLE,
    PA_RANK,
    PA_LANGUAGE,
    PA_FORMAT,
    PA_ZONE,
    PA_NAME,
    PA_PHONE,
    PA_EMERGENCY,
    PA_CHART,
    PA_NOTE,
    PA_CREATED
};
enum {
    PC_STATE = 1,
    PC_ROLE,
    PC_RANK,
    PC_LANGUAGE,
    PC_FORMAT,
    PC_ZONE,
    PC_NAME,
    PC_PHONE,
    PC_EMERGENCY,
    PC_CHART,
    PC_NOTE,
    PC_PRACTICE,
    PC_ID
};
enum { PP_PRACTICE = 1, PP_KIND, PP_AFTER, PP_MAX };

static const char *const person_sql[PERSON_STMT_COUNT] = {
    [PERSON_ADD] = "INSERT INTO person (practice_id, " PERSON_COLUMNS ")"
                   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    [PERSON_GET] = "SELECT " PERSON_COLUMNS " FROM person WHERE practice_id = $1 AND id = $2",
    [PERSON_CHANGE] = "UPDATE person SET state = $1, staff_role = $2, duty_rank = $3, language = $4, format = $5,"
                      " zone = $6, name_sealed = $7, phone_sealed = $8, emergency_sealed = $9, chart_sealed = $10,"
                      " note_sealed = $11 WHERE practice_id = $12 AND id = $13",
    [PERSON_PAGE] = "SELECT " PERSON_COLUMNS " FROM person WHERE practice_id = $1 AND kind = $2 AND id > $3"
                    " ORDER BY id LIMIT $4",
    [PERSON_STAFF_LIST] = "SELECT " PERSON_COLUMNS " FROM person WHERE practice_id = $1 AND kind = 2 AND state = 1"
                          " ORDER BY CASE WHEN duty_rank IS NULL THEN 1 ELSE 0 END, duty_rank, id",
    /* rank, which stands in no index, keeps SQLite from walking through the index of the key, whose every row it could read without the table */
    [PERSON_OF_ADDRESS] = "SELECT " PERSON_COLUMNS " FROM person_address pa JOIN person p"
                          " ON p.practice_id = pa.practice_id AND p.id = pa.person_id"
                          " WHERE pa.practice_id = $1 AND pa.address_id = $2 AND pa.rank >= 0 ORDER BY +p.id",
};
const struct db_domain person_domain = { "person", person_sql, PERSON_STMT_COUNT };

static enum rc read_person(struct store *st, struct db_query *q, struct arena *mem, struct person *p, struct err *err)
{
    const int64_t id = db_int(q, 0);
    const struct {
        enum column column;
        const char **to;
    } sealed[] = { { COL_PERSON_NAME, &p->name },
                   { COL_PERSON_PHONE, &p->phone },
                   { COL_PERSON_EMERGENCY, &p->emergency },
                   { COL_PERSON_CHART, &p->chart },
                   { COL_PERSON_NOTE, &p->title } };

    p->id.v = id;
    p->kind = (enum person_kind)db_int(q, 1);
    p->state = (enum person_state)db_int(q, 2);
    p->role = (enum staff_role)db_int(q, 3);
    p->duty_rank = db_int(q, 4);
    p->language = (enum person_language)db_int(q, 5);
    p->format = (enum person_format)db_int(q, 6);
    p->zone = db_is_null(q, 7) ? NULL : arena_strdup(mem, db_text(q, 7));
    for (size_t i = 0; i < COUNT_OF(sealed); i++)
        if (store_sealed(st, q, 8 + (int)i, sealed[i].column, id, mem, sealed[i].to, err))
            return err->rc;
    p->created_ms = db_int(q, 13);
    return RC_OK;
}

static enum rc read_people(struct store *st, struct db_query *q, struct arena *mem, struct person **ret, size_t *ret_n,
                           struct err *err)
{
    struct person *people = NULL;
    size_t n = 0, cap = 0;
    bool row;

    for (;;) {
        if (db_step(q, &row, err))
            return err->rc;
        if (!row)
            break;
        people = rows_room(mem, people, n, &cap, sizeof *people);
        if (read_person(st, q, mem, &people[n++], err))
            return err->rc;
    }
    *ret = people;
    *ret_n = n;
    return RC_OK;
}

/* Binds state … note; `at` is the position of state. */
static void bind_values(struct store *st, struct db_query *q, int at, const struct person *p, struct arena *mem)
{
    db_bind_int(q, at++, p->state);
    db_bind_int(q, at++, p->role);
    if (p->duty_rank)
        db_bind_int(q, at++, p->duty_rank);
    else
        db_bind_null(q, at++);
    db_bind_int(q, at++, p->language);
    db_bind_int(q, at++, p->format);
    db_bind_text(q, at++, p->zone);
    store_bind_sealed(st, q, at++, COL_PERSON_NAME, p->id.v, p->name, mem);
    store_bind_sealed(st, q, at++, COL_PERSON_PHONE, p->id.v, p->phone, mem);
    store_bind_sealed(st, q, at++, COL_PERSON_EMERGENCY, p->id.v, p->emergency, mem);
    store_bind_sealed(st, q, at++, COL_PERSON_CHART, p->id.v, p->chart, mem);
    store_bind_sealed(st, q, at, COL_PERSON_NOTE, p->id.v, p->title, mem);
}

enum rc person_add(struct store *st, struct person *person, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("person");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct person p = *person;

    assert(db_in_tx(st->db) && p.name);
    p.id.v = id_next(st->ids);
    p.state = p.state ? p.state : PERSON_ACTIVE;
    p.language = p.language ? p.language : LANGUAGE_ENGLISH;
    p.format = p.format ? p.format : FORMAT_NORMAL;
    p.created_ms = clock_now_ms(st->clock);
    if (db_query(st->db, person_sql[PERSON_ADD], &q, err))
        return err->rc;
    db_bind_int(q, PA_PRACTICE, st->practice.v);
    db_bind_int(q, PA_ID, p.id.v);
    db_bind_int(q, PA_KIND, p.kind);
    bind_values(st, q, PA_STATE, &p, mem);
    db_bind_int(q, PA_CREATED, p.created_ms);
    if (db_run(q, NULL, err))
        return err_wrap(err, "add person");
    *person = p;
    return RC_OK;
}

enum rc person_get(struct store *st, struct person_id id, struct arena *mem, struct person *ret_person, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct person p = { 0 };

    if (db_query(st->db, person_sql[PERSON_GET], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id.v);
    if (db_one(q, err) || read_person(st, q, mem, &p, err))
        return err_wrap(err, "person %" PRId64, id.v);
    *ret_person = p;
    return RC_OK;
}

enum rc person_change(struct store *st, const struct person *person, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("person");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t changes;

    assert(db_in_tx(st->db) && person->name);
    if (db_query(st->db, person_sql[PERSON_CHANGE], &q, err))
        return err->rc;
    bind_values(st, q, PC_STATE, person, mem);
    db_bind_int(q, PC_PRACTICE, st->practice.v);
    db_bind_int(q, PC_ID, person->id.v);
    if (db_run(q, &changes, err))
        return err_wrap(err, "change person %" PRId64, person->id.v);
    return changes ? RC_OK : err_set(err, RC_NOT_FOUND, "no person %" PRId64, person->id.v);
}

enum rc person_page(struct store *st, enum person_kind kind, struct person_id after, size_t max, struct arena *mem,
                    struct person **ret_people, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(st->db, person_sql[PERSON_PAGE], &q, err))
        return err->rc;
    db_bind_int(q, PP_PRACTICE, st->practice.v);
    db_bind_int(q, PP_KIND, kind);
    db_bind_int(q, PP_AFTER, after.v);
    db_bind_int(q, PP_MAX, (int64_t)max);
    return read_people(st, q, mem, ret_people, ret_n, err);
}

enum rc person_staff(struct store *st, struct arena *mem, struct person **ret_people, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(st->db, person_sql[PERSON_STAFF_LIST], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    return read_people(st, q, mem, ret_people, ret_n, err);
}

enum rc person_by_address(struct store *st, struct address_id address, struct arena *mem, struct person **ret_people,
                          size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(st->db, person_sql[PERSON_OF_ADDRESS], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, address.v);
    return read_people(st, q, mem, ret_people, ret_n, err);
}

enum rc person_by_value(struct store *st, enum address_kind kind, const char *value, struct arena *mem,
                        struct person **ret_people, size_t *ret_n, struct err *err)
{
    struct address a;
    const enum rc rc = address_find(st, kind, value, mem, &a, err);

    if (rc == RC_NOT_FOUND) {
        *ret_people = NULL;
        *ret_n = 0;
        return RC_OK;
    }
    return rc ? rc : person_by_address(st, a.id, mem, ret_people, ret_n, err);
}

const char *person_state_name(enum person_state state)
{
    static const char *const names[] = { "", "active", "gone", "died" };

    return state < COUNT_OF(names) ? names[state] : "";
}

const char *staff_role_name(enum staff_role role)
{
    static const char *const names[] = { "none", "provider", "moderator", "manager" };

    return role < COUNT_OF(names) ? names[role] : "";
}

const char *person_language_name(enum person_language language)
{
    return language == LANGUAGE_SPANISH ? "es" : "en";
}
