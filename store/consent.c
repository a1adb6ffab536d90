#include "store/consent.h"

#include "store/rows.h"

#include <assert.h>

#define CONSENT_COLUMNS                                                                                                \
    "id, person_id, membership_id, address_id, channel, kind, is_given, way, text_version, evidence_id,"               \
    " evidence_sealed, at_ms"

enum consent_stmt {
    CONSENT_ADD,
    CONSENT_NEWEST,
    CONSENT_WAS_GIVEN,
    CONSENT_OF_STAFF,
    CONSENT_OF_PERSON,
    CONSENT_STMT_COUNT
};
enum {
    CA_PRACTICE = 1,
    CA_ID,
    CA_PERSON,
    CA_MEMBERSHIP,
    CA_ADDRESS,
    CA_CHANNEL,
    CA_KIND,
    CA_GIVEN,
    CA_WAY,
    CA_TEXT,
    CA_EVIDENCE_ID,
    CA_EVIDENCE,
    CA_AT
};
enum { CN_PRACTICE = 1, CN_PERSON, CN_MEMBERSHIP, CN_CHANNEL, CN_KIND };

static const char *const consent_sql[CONSENT_STMT_COUNT] = {
    [CONSENT_ADD] = "INSERT INTO consent (practice_id, " CONSENT_COLUMNS ")"
                    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    [CONSENT_NEWEST] = "SELECT is_given FROM consent WHERE practice_id = $1 AND person_id = $2 AND membership_id = $3"
                       " AND channel = $4 AND kind = $5 ORDER BY id DESC LIMIT 1",
    [CONSENT_WAS_GIVEN] = "SELECT 1 FROM consent WHERE practice_id = $1 AND person_id = $2 AND kind = 1"
                          " AND is_given = 1 LIMIT 1",
    [CONSENT_OF_STAFF] =
        "SELECT is_given, way, (SELECT COUNT(*) FROM person_address AS used WHERE used.practice_id = $1"
        " AND used.person_id = $2 AND used.address_id = consent.address_id) FROM consent"
        " WHERE practice_id = $1 AND person_id = $2 AND membership_id = 0 AND channel = 1 AND kind = 1"
        " ORDER BY id DESC LIMIT 1",
    [CONSENT_OF_PERSON] = "SELECT " CONSENT_COLUMNS " FROM consent WHERE practice_id = $1 AND person_id = $2"
                          " ORDER BY +id",
};
const struct db_domain consent_domain = { "consent", consent_sql, CONSENT_STMT_COUNT };

enum rc consent_add(struct store *st, struct consent *consent, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("consent");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct consent c = *consent;

    assert(db_in_tx(st->db) && c.text_version && (c.channel == CHANNEL_EMAIL || c.channel == CHANNEL_TEXT));
    c.id = id_next(st->ids);
    c.at_ms = clock_now_ms(st->clock);
    if (db_query(st->db, consent_sql[CONSENT_ADD], &q, err))
        return err->rc;
    db_bind_int(q, CA_PRACTICE, st->practice.v);
    db_bind_int(q, CA_ID, c.id);
    db_bind_int(q, CA_PERSON, c.person.v);
    db_bind_int(q, CA_MEMBERSHIP, c.membership.v);
    db_bind_int(q, CA_ADDRESS, c.address.v);
    db_bind_int(q, CA_CHANNEL, c.channel);
    db_bind_int(q, CA_KIND, c.kind);
    db_bind_int(q, CA_GIVEN, c.is_given);
    db_bind_int(q, CA_WAY, c.way);
    db_bind_text(q, CA_TEXT, c.text_version);
    db_bind_int(q, CA_EVIDENCE_ID, c.evidence_id);
    store_bind_sealed(st, q, CA_EVIDENCE, COL_CONSENT_EVIDENCE, c.id, c.evidence, mem);
    db_bind_int(q, CA_AT, c.at_ms);
    if (db_run(q, NULL, err))
        return err_wrap(err, "add consent");
    *consent = c;
    return RC_OK;
}

enum rc consent_is_given(struct store *st, struct person_id person, struct membership_id membership,
                         enum member_channel channel, enum consent_kind kind, bool *ret_given, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    bool row;

    if (db_query(st->db, consent_sql[CONSENT_NEWEST], &q, err))
        return err->rc;
    db_bind_int(q, CN_PRACTICE, st->practice.v);
    db_bind_int(q, CN_PERSON, person.v);
    db_bind_int(q, CN_MEMBERSHIP, membership.v);
    db_bind_int(q, CN_CHANNEL, channel);
    db_bind_int(q, CN_KIND, kind);
    if (db_step(q, &row, err))
        return err->rc;
    *ret_given = row && db_int(q, 0) == 1;
    return RC_OK;
}

enum rc consent_was_given(struct store *st, struct person_id person, bool *ret_given, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(st->db, consent_sql[CONSENT_WAS_GIVEN], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, person.v);
    return db_step(q, ret_given, err);
}

enum rc consent_of_staff(struct store *st, struct person_id staff, bool *ret_given, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    bool row;

    if (db_query(st->db, consent_sql[CONSENT_OF_STAFF], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, staff.v);
    if (db_step(q, &row, err))
        return err->rc;
    *ret_given = row && db_int(q, 0) == 1 && db_int(q, 1) == CONSENT_BY_REPLY && db_int(q, 2) > 0;
    return RC_OK;
}

static enum rc read_consent(struct store *st, struct db_query *q, struct arena *mem, struct consent *c, struct err *err)
{
    c->id = db_int(q, 0);
    c->person.v = db_int(q, 1);
    c->membership.v = db_int(q, 2);
    c->address.v = db_int(q, 3);
    c->channel = (enum member_channel)db_int(q, 4);
    c->kind = (enum consent_kind)db_int(q, 5);
    c->is_given = db_int(q, 6) == 1;
    c->way = (enum consent_way)db_int(q, 7);
    c->text_version = arena_strdup(mem, db_text(q, 8));
    c->evidence_id = db_int(q, 9);
    c->at_ms = db_int(q, 11);
    return store_sealed(st, q, 10, COL_CONSENT_EVIDENCE, c->id, mem, &c->evidence, err);
}

enum rc consent_of_person(struct store *st, struct person_id person, struct arena *mem, struct consent **ret,
                          size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct consent *list = NULL;
    size_t n = 0, cap = 0;
    bool row;

    if (db_query(st->db, consent_sql[CONSENT_OF_PERSON], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, person.v);
    for (;;) {
        if (db_step(q, &row, err))
            return err->rc;
        if (!row)
            break;
        list = rows_room(mem, list, n, &cap, sizeof *list);
        if (read_consent(st, q, mem, &list[n++], err))
            return err->rc;
    }
    *ret = list;
    *ret_n = n;
    return RC_OK;
}

const char *consent_way_name(enum consent_way way)
{
    static const char *const names[] = { "", "reply", "paper", "phone", "staff" };

    return way < COUNT_OF(names) ? names[way] : "";
}
