#include "store/letter.h"

#include <assert.h>

enum letter_stmt {
    LETTER_INSERT,
    LETTER_GET,
    LETTER_SET_OUTCOME,
    LETTER_BY_DEDUPE,
    LETTER_BY_MSGID,
    LETTER_LAST,
    LETTER_ANSWERS,
    LETTER_STRANGERS,
    LETTER_STMT_COUNT
};

/* clang-format off */
enum letter_insert_arg {
    LI_PRACTICE = 1, LI_ID, LI_KIND, LI_OUTCOME, LI_PROOF, LI_PURPOSE, LI_TIER, LI_GROUP, LI_PERSON, LI_ADDRESS, LI_DELIVERY, LI_ID_HASH,
    LI_DEDUPE, LI_JSON, LI_RECEIVED
};

static const char *const letter_sql[LETTER_STMT_COUNT] = {
    [LETTER_INSERT] =
        "INSERT INTO letter (practice_id, id, kind, outcome, proof, token_purpose, tier, group_id, person_id, address_id, delivery_id,"
        " id_hash, dedupe_hash, json_sealed, received_ms)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    [LETTER_GET] =
        "SELECT kind, outcome, proof, token_purpose, tier, group_id, person_id, address_id, delivery_id, json_sealed, received_ms"
        " FROM letter WHERE practice_id = $1 AND id = $2",
    [LETTER_SET_OUTCOME] = "UPDATE letter SET outcome = $3 WHERE practice_id = $1 AND id = $2",
    [LETTER_LAST] = "SELECT id, json_sealed FROM letter WHERE practice_id = $1 AND person_id = $2 ORDER BY id DESC LIMIT $3",
    [LETTER_ANSWERS] =
        "SELECT id, kind, outcome, received_ms FROM letter WHERE practice_id = $1 AND person_id = $2 AND delivery_id = $3"
        " ORDER BY id LIMIT $4",
    [LETTER_STRANGERS] = /* 11: OUTCOME_UNKNOWN */
        "SELECT id, kind, outcome, tier, received_ms FROM letter WHERE practice_id = $1 AND person_id IS NULL AND (outcome = 11 OR tier <= 2)"
        " ORDER BY id DESC LIMIT $2",
    [LETTER_BY_DEDUPE] = "SELECT id FROM letter WHERE practice_id = $1 AND dedupe_hash = $2 ORDER BY +id LIMIT 1",
    [LETTER_BY_MSGID] = "SELECT id FROM letter WHERE practice_id = $1 AND id_hash = $2 ORDER BY +id LIMIT 1",
};
/* clang-format on */

const struct db_domain letter_domain = { "letter", letter_sql, LETTER_STMT_COUNT };

const char *letter_outcome_name(enum letter_outcome outcome)
{
    static const char *const names[OUTCOME_OUTCOME_END] = {
        [OUTCOME_HELD] = "held",
        [OUTCOME_COMMAND] = "command",
        [OUTCOME_ANSWER] = "answer",
        [OUTCOME_DECISION] = "decision",
        [OUTCOME_REPORT] = "report",
        [OUTCOME_ROBOT] = "robot",
        [OUTCOME_OURS] = "ours",
        [OUTCOME_DUPLICATE] = "duplicate",
        [OUTCOME_EMPTY] = "empty",
        [OUTCOME_UNVERIFIED] = "unverified",
        [OUTCOME_UNKNOWN] = "unknown",
        [OUTCOME_NOT_MEMBER] = "not_member",
        [OUTCOME_GROUP_OVER] = "group_over",
        [OUTCOME_ASKED] = "asked",
        [OUTCOME_STAFF] = "staff",
        [OUTCOME_PARKED] = "parked",
        [OUTCOME_ENCRYPTED] = "encrypted",
        [OUTCOME_CALENDAR] = "calendar",
    };

    return outcome > 0 && outcome < OUTCOME_OUTCOME_END ? names[outcome] : "none";
}

enum rc letter_add(struct store *st, const struct letter_row *l, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("letter_add");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc;

    assert(db_in_tx(st->db));
    rc = db_query(st->db, letter_sql[LETTER_INSERT], &q, err);
    if (rc)
        return rc;
    db_bind_int(q, LI_PRACTICE, st->practice.v);
    db_bind_int(q, LI_ID, l->id.v);
    db_bind_int(q, LI_KIND, l->kind);
    db_bind_int(q, LI_OUTCOME, l->outcome);
    db_bind_int(q, LI_PROOF, l->proof);
    db_bind_int(q, LI_PURPOSE, l->token_purpose);
    db_bind_int(q, LI_TIER, l->tier);
    db_bind_id(q, LI_GROUP, l->group.v);
    db_bind_id(q, LI_PERSON, l->person.v);
    db_bind_id(q, LI_ADDRESS, l->address.v);
    db_bind_id(q, LI_DELIVERY, l->delivery.v);
    db_bind_blob(q, LI_ID_HASH, l->id_hash, l->id_hash ? CRYPT_MAC_BYTES : 0);
    db_bind_blob(q, LI_DEDUPE, l->dedupe_hash, l->dedupe_hash ? CRYPT_MAC_BYTES : 0);
    store_bind_sealed(st, q, LI_JSON, COL_LETTER_JSON, l->id.v, l->json, mem);
    db_bind_int(q, LI_RECEIVED, l->received_ms);
    return db_run(q, NULL, err);
}

enum rc letter_get(struct store *st, struct arrival_id id, struct arena *mem, struct letter_row *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, letter_sql[LETTER_GET], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id.v);
    rc = db_one(q, err);
    if (rc)
        return err_wrap(err, "letter %" PRId64, id.v);
    *ret = (struct letter_row){
        .id = id,
        .kind = (int)db_int(q, 0),
        .outcome = (enum letter_outcome)db_int(q, 1),
        .proof = (enum letter_proof)db_int(q, 2),
        .token_purpose = (int)db_int(q, 3),
        .tier = (int)db_int(q, 4),
        .group = { db_int(q, 5) },
        .person = { db_int(q, 6) },
        .address = { db_int(q, 7) },
        .delivery = { db_int(q, 8) },
        .received_ms = db_int(q, 10),
    };
    return store_sealed(st, q, 9, COL_LETTER_JSON, id.v, mem, &ret->json, err);
}

enum rc letter_last_of(struct store *st, struct person_id person, size_t max, struct arena *mem,
                       const char *const **ret_json, size_t *ret_count, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const char **json = ARENA_ARRAY(mem, max, const char *);
    enum rc rc = db_query(st->db, letter_sql[LETTER_LAST], &q, err);
    bool row = false;
    size_t n = 0;

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, person.v);
    db_bind_int(q, 3, (int64_t)max);
    while (!(rc = db_step(q, &row, err)) && row && n < max)
        if (store_sealed(st, q, 1, COL_LETTER_JSON, db_int(q, 0), mem, &json[n++], err))
            return err->rc;
    *ret_json = json;
    *ret_count = n;
    return rc;
}

enum rc letter_answers_to(struct store *st, struct person_id person, struct delivery_id delivery, size_t max,
                          struct arena *mem, struct letter_row **ret_rows, size_t *ret_count, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct letter_row *rows = ARENA_ARRAY(mem, max, struct letter_row);
    enum rc rc = db_query(st->db, letter_sql[LETTER_ANSWERS], &q, err);
    bool row = false;
    size_t n = 0;

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, person.v);
    db_bind_int(q, 3, delivery.v);
    db_bind_int(q, 4, (int64_t)max);
    while (!(rc = db_step(q, &row, err)) && row && n < max)
        rows[n++] = (struct letter_row){ .id = { db_int(q, 0) },
                                         .kind = (int)db_int(q, 1),
                                         .outcome = (enum letter_outcome)db_int(q, 2),
                                         .person = person,
                                         .delivery = delivery,
                                         .received_ms = db_int(q, 3) };
    *ret_rows = rows;
    *ret_count = n;
    return rc;
}

enum rc letter_of_strangers(struct store *st, size_t max, struct arena *mem, struct letter_row **ret_rows,
                            size_t *ret_count, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct letter_row *const rows = ARENA_ARRAY(mem, max + 1, struct letter_row);
    enum rc rc = db_query(st->db, letter_sql[LETTER_STRANGERS], &q, err);
    bool row = false;
    size_t n = 0;

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, (int64_t)max);
    while (!(rc = db_step(q, &row, err)) && row && n < max)
        rows[n++] = (struct letter_row){ .id = { db_int(q, 0) },
                                         .kind = (int)db_int(q, 1),
                                         .outcome = (enum letter_outcome)db_int(q, 2),
                                         .tier = (int)db_int(q, 3),
                                         .received_ms = db_int(q, 4) };
    *ret_rows = rows;
    *ret_count = n;
    return rc;
}

enum rc letter_set_outcome(struct store *st, struct arrival_id id, enum letter_outcome outcome, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc;

    assert(db_in_tx(st->db));
    rc = db_query(st->db, letter_sql[LETTER_SET_OUTCOME], &q, err);
    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id.v);
    db_bind_int(q, 3, outcome);
    return db_run(q, NULL, err);
}

static enum rc find_by_hash(struct store *st, enum letter_stmt stmt, const unsigned char *hash,
                            struct arrival_id *ret_id, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, letter_sql[stmt], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_blob(q, 2, hash, CRYPT_MAC_BYTES);
    rc = db_one(q, err);
    if (!rc)
        ret_id->v = db_int(q, 0);
    return rc;
}

enum rc letter_find_duplicate(struct store *st, const unsigned char *dedupe_hash, struct arrival_id *ret_id,
                              struct err *err)
{
    return find_by_hash(st, LETTER_BY_DEDUPE, dedupe_hash, ret_id, err);
}

enum rc letter_find_same_id(struct store *st, const unsigned char *id_hash, struct arrival_id *ret_id, struct err *err)
{
    return find_by_hash(st, LETTER_BY_MSGID, id_hash, ret_id, err);
}
