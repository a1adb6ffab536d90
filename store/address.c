/* Addresses of person.h: found by keyed hash, sealed at rest. */
#include "store/person.h"
#include "store/rows.h"

#include <assert.h>

#define ADDRESS_COLUMNS "a.id, a.kind, a.state, a.value_sealed, a.proved_ms, a.created_ms, a.require_tls, a.tls_told_ms"

enum address_stmt {
    ADDRESS_ADD,
    ADDRESS_GET,
    ADDRESS_FIND,
    ADDRESS_SET_STATE,
    ADDRESS_SET_TLS,
    ADDRESS_TLS_TOLD,
    ADDRESS_TLS_FORGET,
    ADDRESS_TLS_PAGE,
    ADDRESS_LINK,
    ADDRESS_UNLINK,
    ADDRESS_OF_PERSON,
    SUPPRESSION_ADD,
    SUPPRESSION_REMOVE,
    SUPPRESSION_GET,
    ADDRESS_STMT_COUNT
};
enum { AA_PRACTICE = 1, AA_ID, AA_KIND, AA_STATE, AA_HASH, AA_VALUE, AA_PROVED, AA_CREATED };
enum { AF_PRACTICE = 1, AF_KIND, AF_HASH };
enum { AS_STATE = 1, AS_NOW, AS_PRACTICE, AS_ID };
enum { AL_PRACTICE = 1, AL_PERSON, AL_ADDRESS, AL_RANK, AL_NOW };
enum { SA_PRACTICE = 1, SA_ADDRESS, SA_REASON, SA_NOW };

static const char *const address_sql[ADDRESS_STMT_COUNT] = {
    [ADDRESS_ADD] = "INSERT INTO address (practice_id, id, kind, state, hash, value_sealed, proved_ms, created_ms)"
                    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    [ADDRESS_GET] = "SELECT " ADDRESS_COLUMNS " FROM address a WHERE a.practice_id = $1 AND a.id = $2",
    [ADDRESS_FIND] = "SELECT " ADDRESS_COLUMNS " FROM address a WHERE a.practice_id = $1 AND a.kind = $2"
                     " AND a.hash = $3",
    [ADDRESS_SET_STATE] =
        "UPDATE address SET state = $1, proved_ms = CASE WHEN CAST($1 AS BIGINT) = 2 THEN $2 ELSE proved_ms END"
        " WHERE practice_id = $3 AND id = $4",
    [ADDRESS_SET_TLS] = "UPDATE address SET require_tls = $3, tls_told_ms = NULL WHERE practice_id = $1 AND id = $2",
    [ADDRESS_TLS_TOLD] = "UPDATE address SET tls_told_ms = $3 WHERE practice_id = $1 AND id = $2",
    [ADDRESS_TLS_FORGET] = "UPDATE address SET tls_told_ms = NULL WHERE practice_id = $1 AND tls_told_ms IS NOT NULL",
    [ADDRESS_TLS_PAGE] = "SELECT " ADDRESS_COLUMNS " FROM address a WHERE a.practice_id = $1 AND a.require_tls = 1"
                         " AND a.id > $2 ORDER BY a.id LIMIT $3",
    [ADDRESS_LINK] = "INSERT INTO person_address (practice_id, person_id, address_id, rank, added_ms)"
                     " VALUES ($1, $2, $3, $4, $5)"
                     " ON CONFLICT (practice_id, person_id, address_id) DO UPDATE SET rank = excluded.rank",
    [ADDRESS_UNLINK] = "DELETE FROM person_address WHERE practice_id = $1 AND person_id = $2 AND address_id = $3",
    [ADDRESS_OF_PERSON] = "SELECT " ADDRESS_COLUMNS " FROM person_address pa JOIN address a"
                          " ON a.practice_id = pa.practice_id AND a.id = pa.address_id"
                          " WHERE pa.practice_id = $1 AND pa.person_id = $2 ORDER BY pa.rank, a.id",
    [SUPPRESSION_ADD] = "INSERT INTO suppression (practice_id, address_id, reason, since_ms) VALUES ($1, $2, $3, $4)"
                        " ON CONFLICT (practice_id, address_id) DO UPDATE SET reason = excluded.reason",
    [SUPPRESSION_REMOVE] = "DELETE FROM suppression WHERE practice_id = $1 AND address_id = $2",
    [SUPPRESSION_GET] = "SELECT reason FROM suppression WHERE practice_id = $1 AND address_id = $2",
};
const struct db_domain address_domain = { "address", address_sql, ADDRESS_STMT_COUNT };

static enum rc read_address(struct store *st, struct db_query *q, struct arena *mem, struct address *a, struct err *err)
{
    a->id.v = db_int(q, 0);
    a->kind = (enum address_kind)db_int(q, 1);
    a->state = (enum address_state)db_int(q, 2);
    a->proved_ms = db_int(q, 4);
    a->created_ms = db_int(q, 5);
    a->requires_tls = db_int(q, 6) != 0;
    a->tls_told_ms = db_int(q, 7);
    return store_sealed(st, q, 3, COL_ADDRESS_VALUE, a->id.v, mem, &a->value, err);
}

void address_hash(const struct seal_key *key, enum address_kind kind, const char *value,
                  unsigned char hash[CRYPT_MAC_BYTES])
{
    const unsigned char which = (unsigned char)kind;

    seal_hash(key, "address", (struct crypt_span[]){ CRYPT_SPAN(&which, 1), CRYPT_SPAN(value, strlen(value)) }, 2,
              hash);
}

enum rc address_add(struct store *st, struct address *address, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("address");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const struct seal_key *key = keyring_current(st->ring, SEAL_LOOKUP);
    unsigned char hash[CRYPT_MAC_BYTES];
    struct address a = *address;

    assert(db_in_tx(st->db) && key && a.value);
    a.id.v = id_next(st->ids);
    a.state = a.state ? a.state : ADDRESS_UNPROVED;
    a.created_ms = clock_now_ms(st->clock);
    address_hash(key, a.kind, a.value, hash);
    if (db_query(st->db, address_sql[ADDRESS_ADD], &q, err))
        return err->rc;
    db_bind_int(q, AA_PRACTICE, st->practice.v);
    db_bind_int(q, AA_ID, a.id.v);
    db_bind_int(q, AA_KIND, a.kind);
    db_bind_int(q, AA_STATE, a.state);
    db_bind_blob(q, AA_HASH, hash, sizeof hash);
    store_bind_sealed(st, q, AA_VALUE, COL_ADDRESS_VALUE, a.id.v, a.value, mem);
    if (a.proved_ms)
        db_bind_int(q, AA_PROVED, a.proved_ms);
    else
        db_bind_null(q, AA_PROVED);
    db_bind_int(q, AA_CREATED, a.created_ms);
    if (db_run(q, NULL, err))
        return err_wrap(err, "add address");
    *address = a;
    return RC_OK;
}

enum rc address_get(struct store *st, struct address_id id, struct arena *mem, struct address *ret_address,
                    struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct address a = { 0 };

    if (db_query(st->db, address_sql[ADDRESS_GET], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id.v);
    if (db_one(q, err) || read_address(st, q, mem, &a, err))
        return err_wrap(err, "address %" PRId64, id.v);
    *ret_address = a;
    return RC_OK;
}

static enum rc find_under(struct store *st, const struct seal_key *key, enum address_kind kind, const char *value,
                          struct arena *mem, struct address *a, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    unsigned char hash[CRYPT_MAC_BYTES];

    address_hash(key, kind, value, hash);
    if (db_query(st->db, address_sql[ADDRESS_FIND], &q, err))
        return err->rc;
    db_bind_int(q, AF_PRACTICE, st->practice.v);
    db_bind_int(q, AF_KIND, kind);
    db_bind_blob(q, AF_HASH, hash, sizeof hash);
    if (db_one(q, err))
        return err->rc;
    return read_address(st, q, mem, a, err);
}

enum rc address_find(struct store *st, enum address_kind kind, const char *value, struct arena *mem,
                     struct address *ret_address, struct err *err)
{
    const struct seal_key *key;
    struct address a = { 0 };

    for (size_t n = 0; (key = keyring_nth(st->ring, SEAL_LOOKUP, n)); n++) {
        const enum rc rc = find_under(st, key, kind, value, mem, &a, err);

        if (rc == RC_NOT_FOUND)
            continue;
        if (!rc)
            *ret_address = a;
        return rc;
    }
    return err_set(err, RC_NOT_FOUND, "no such address");
}

enum rc address_ensure(struct store *st, enum address_kind kind, const char *value, struct arena *mem,
                       struct address *ret_address, struct err *err)
{
    const enum rc rc = address_find(st, kind, value, mem, ret_address, err);
    struct address a = { .kind = kind, .value = value };

    if (rc != RC_NOT_FOUND)
        return rc;
    if (address_add(st, &a, err))
        return err->rc;
    *ret_address = a;
    return RC_OK;
}

enum rc address_set_state(struct store *st, struct address_id id, enum address_state state, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t changes;

    assert(db_in_tx(st->db));
    if (db_query(st->db, address_sql[ADDRESS_SET_STATE], &q, err))
        return err->rc;
    db_bind_int(q, AS_STATE, state);
    db_bind_int(q, AS_NOW, clock_now_ms(st->clock));
    db_bind_int(q, AS_PRACTICE, st->practice.v);
    db_bind_int(q, AS_ID, id.v);
    if (db_run(q, &changes, err))
        return err->rc;
    return changes ? RC_OK : err_set(err, RC_NOT_FOUND, "no address %" PRId64, id.v);
}

/* An update of one address with a number; id 0: of all, without one. */
static enum rc change_tls(struct store *st, enum address_stmt stmt, struct address_id id, int64_t value,
                          struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (db_query(st->db, address_sql[stmt], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    if (id.v) {
        db_bind_int(q, 2, id.v);
        db_bind_int(q, 3, value);
    }
    return db_run(q, NULL, err);
}

enum rc address_set_tls(struct store *st, struct address_id id, bool requires_tls, struct err *err)
{
    return change_tls(st, ADDRESS_SET_TLS, id, requires_tls, err);
}

enum rc address_set_tls_told(struct store *st, struct address_id id, int64_t at_ms, struct err *err)
{
    return change_tls(st, ADDRESS_TLS_TOLD, id, at_ms, err);
}

enum rc address_forget_tls_told(struct store *st, struct err *err)
{
    return change_tls(st, ADDRESS_TLS_FORGET, (struct address_id){ 0 }, 0, err);
}

enum rc address_tls_page(struct store *st, struct address_id after, size_t max, struct arena *mem,
                         struct address **ret_addresses, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct address *list = ARENA_ARRAY(mem, max + 1, struct address);
    size_t n = 0;
    bool row = false;
    enum rc rc = db_query(st->db, address_sql[ADDRESS_TLS_PAGE], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, after.v);
    db_bind_int(q, 3, (int64_t)max);
    for (rc = db_step(q, &row, err); !rc && row && n < max; rc = db_step(q, &row, err))
        if (read_address(st, q, mem, &list[n++], err))
            return err->rc;
    *ret_addresses = list;
    *ret_n = n;
    return rc;
}

enum rc person_link_address(struct store *st, struct person_id person, struct address_id address, int64_t rank,
                            struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (db_query(st->db, address_sql[ADDRESS_LINK], &q, err))
        return err->rc;
    db_bind_int(q, AL_PRACTICE, st->practice.v);
    db_bind_int(q, AL_PERSON, person.v);
    db_bind_int(q, AL_ADDRESS, address.v);
    db_bind_int(q, AL_RANK, rank);
    db_bind_int(q, AL_NOW, clock_now_ms(st->clock));
    return db_run(q, NULL, err);
}

enum rc person_unlink_address(struct store *st, struct person_id person, struct address_id address, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (db_query(st->db, address_sql[ADDRESS_UNLINK], &q, err))
        return err->rc;
    db_bind_int(q, AL_PRACTICE, st->practice.v);
    db_bind_int(q, AL_PERSON, person.v);
    db_bind_int(q, AL_ADDRESS, address.v);
    return db_run(q, NULL, err);
}

enum rc person_addresses(struct store *st, struct person_id person, struct arena *mem, struct address **ret_addresses,
                         size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct address *list = NULL;
    size_t n = 0, cap = 0;
    bool row;

    if (db_query(st->db, address_sql[ADDRESS_OF_PERSON], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, person.v);
    for (;;) {
        if (db_step(q, &row, err))
            return err->rc;
        if (!row)
            break;
        list = rows_room(mem, list, n, &cap, sizeof *list);
        if (read_address(st, q, mem, &list[n++], err))
            return err->rc;
    }
    *ret_addresses = list;
    *ret_n = n;
    return RC_OK;
}

enum rc person_phone(struct store *st, const struct person *person, struct arena *mem, const char **ret_phone,
                     struct err *err)
{
    struct address *addresses;
    size_t n;

    *ret_phone = person->phone ? person->phone : "";
    if (**ret_phone || !person->id.v)
        return RC_OK;
    if (person_addresses(st, person->id, mem, &addresses, &n, err))
        return err->rc;
    for (size_t i = 0; i < n && !**ret_phone; i++)
        if (addresses[i].kind == ADDRESS_PHONE)
            *ret_phone = addresses[i].value;
    return RC_OK;
}

enum rc suppression_add(struct store *st, struct address_id address, enum suppression_reason reason, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (db_query(st->db, address_sql[SUPPRESSION_ADD], &q, err))
        return err->rc;
    db_bind_int(q, SA_PRACTICE, st->practice.v);
    db_bind_int(q, SA_ADDRESS, address.v);
    db_bind_int(q, SA_REASON, reason);
    db_bind_int(q, SA_NOW, clock_now_ms(st->clock));
    return db_run(q, NULL, err);
}

enum rc suppression_remove(struct store *st, struct address_id address, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (db_query(st->db, address_sql[SUPPRESSION_REMOVE], &q, err))
        return err->rc;
    db_bind_int(q, SA_PRACTICE, st->practice.v);
    db_bind_int(q, SA_ADDRESS, address.v);
    return db_run(q, NULL, err);
}

enum rc suppression_get(struct store *st, struct address_id address, enum suppression_reason *ret_reason,
                        struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(st->db, address_sql[SUPPRESSION_GET], &q, err))
        return err->rc;
    db_bind_int(q, SA_PRACTICE, st->practice.v);
    db_bind_int(q, SA_ADDRESS, address.v);
    if (db_one(q, err))
        return err->rc;
    *ret_reason = (enum suppression_reason)db_int(q, 0);
    return RC_OK;
}
