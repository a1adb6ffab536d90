#include "store/audit_chain.h"

#include <assert.h>
#include <endian.h>

/* clang-format off */
enum audit_stmt { STMT_LOCK, STMT_LAST, STMT_INSERT, STMT_INSERT_VALUE, STMT_DELETE_VALUES, STMT_PAGE, STMT_PAGE_ITEM, STMT_COUNT };
enum audit_insert_arg {
    AI_PRACTICE = 1, AI_SEQ, AI_AT, AI_ACTOR, AI_ACTOR_ID, AI_VERB, AI_ITEM, AI_ITEM_ID, AI_WAY, AI_OLD, AI_NEW, AI_KEY, AI_MAC
};
enum audit_value_arg { AV_PRACTICE = 1, AV_SEQ, AV_SALT, AV_OLD, AV_NEW };
enum audit_page_arg { AP_PRACTICE = 1, AP_AFTER, AP_MAX, AP_ITEM, AP_ITEM_ID };
#define PAGE_START                                                                                                                    \
    "SELECT a.seq, a.at_ms, a.actor_kind, a.actor_id, a.verb, a.item_kind, a.item_id, a.way, a.old_commit, a.new_commit, a.key_id,"  \
    " a.mac, v.salt, v.old_sealed, v.new_sealed FROM audit a LEFT JOIN audit_value v ON v.practice_id = a.practice_id AND v.seq = a.seq" \
    " WHERE a.practice_id = $1 AND a.seq > $2"
#define PAGE_END " ORDER BY a.seq LIMIT $3"

static const char *const audit_sql[STMT_COUNT] = {
    /* rows of one chain are written one after the other: the second writer waits here on PostgreSQL */
    [STMT_LOCK] = "UPDATE practice SET state = state WHERE id = $1",
    [STMT_LAST] = "SELECT seq, mac FROM audit WHERE practice_id = $1 ORDER BY seq DESC LIMIT 1",
    [STMT_INSERT] =
        "INSERT INTO audit (practice_id, seq, at_ms, actor_kind, actor_id, verb, item_kind, item_id, way, old_commit, new_commit, key_id,"
        " mac) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    [STMT_INSERT_VALUE] =
        "INSERT INTO audit_value (practice_id, seq, salt, old_sealed, new_sealed) VALUES ($1, $2, $3, $4, $5)",
    [STMT_DELETE_VALUES] =
        "DELETE FROM audit_value WHERE practice_id = $1 AND seq IN"
        " (SELECT seq FROM audit WHERE practice_id = $1 AND item_kind = $2 AND item_id = $3)",
    [STMT_PAGE] = PAGE_START PAGE_END,
    [STMT_PAGE_ITEM] = PAGE_START " AND a.item_kind = $4 AND a.item_id = $5" PAGE_END,
};
/* clang-format on */
const struct db_domain audit_domain = { "audit", audit_sql, STMT_COUNT };

/* --- names ------------------------------------------------------------------------------------------------------------------------- */

#define NAME_OF(number, name, text) [number] = (text),
static const char *const verb_names[AUDIT_VERB_END] = { AUDIT_VERBS(NAME_OF) };
static const char *const actor_names[] = {
    [AUDIT_SYSTEM] = "system",
    [AUDIT_STAFF] = "staff",
    [AUDIT_PATIENT] = "patient",
    [AUDIT_OPERATOR] = "operator",
};
static const char *const way_names[] = {
    [AUDIT_WAY_RULE] = "rule",       [AUDIT_WAY_EMAIL] = "email",      [AUDIT_WAY_TEXT] = "text",
    [AUDIT_WAY_CONSOLE] = "console", [AUDIT_WAY_CLI] = "command line",
};

static const char *const item_names[AUDIT_ITEM_END] = {
    [AUDIT_ITEM_PRACTICE] = "practice",
    [AUDIT_ITEM_PERSON] = "person",
    [AUDIT_ITEM_ADDRESS] = "address",
    [AUDIT_ITEM_GROUP] = "group",
    [AUDIT_ITEM_MEMBERSHIP] = "membership",
    [AUDIT_ITEM_INVITATION] = "invitation",
    [AUDIT_ITEM_CONSENT] = "consent",
    [AUDIT_ITEM_LETTER] = "letter",
    [AUDIT_ITEM_POST] = "post",
    [AUDIT_ITEM_ISSUE] = "issue",
    [AUDIT_ITEM_DELIVERY] = "delivery",
    [AUDIT_ITEM_PAGE] = "alarm",
    [AUDIT_ITEM_KEY] = "key",
    [AUDIT_ITEM_SETTING] = "setting",
    [AUDIT_ITEM_QUESTION] = "question",
    [AUDIT_ITEM_PRIVATE] = "private talk",
    [AUDIT_ITEM_CHECK_IN] = "check-in",
    [AUDIT_ITEM_VISIT] = "visit",
    [AUDIT_ITEM_TOPIC_SERIES] = "series of topics",
};

static const char *name_at(const char *const *names, size_t count, size_t at)
{
    return at < count && names[at] ? names[at] : "unknown";
}

const char *audit_verb_name(enum audit_verb verb)
{
    return name_at(verb_names, COUNT_OF(verb_names), verb);
}

const char *audit_item_name(enum audit_item kind)
{
    return name_at(item_names, COUNT_OF(item_names), kind);
}

const char *audit_actor_name(enum audit_actor actor)
{
    return name_at(actor_names, COUNT_OF(actor_names), actor);
}

const char *audit_way_name(enum audit_way way)
{
    return name_at(way_names, COUNT_OF(way_names), way);
}

/* --- the chain --------------------------------------------------------------------------------------------------------------------- */

void audit_mac(const struct store *st, const struct crypt_key *key, const unsigned char before[CRYPT_MAC_BYTES],
               const struct audit_link *l, unsigned char mac[CRYPT_MAC_BYTES])
{
    static const unsigned char none[CRYPT_MAC_BYTES];
    const struct audit_entry *e = &l->e;
    const int64_t facts[] = { st->practice.v, e->seq,     e->at_ms,   e->who.actor, e->who.id,       e->verb,
                              e->item_kind,   e->item_id, e->who.way, l->key_id,    !!l->old_commit, !!l->new_commit };
    uint64_t numbers[COUNT_OF(facts)];
    const struct crypt_span spans[] = {
        CRYPT_SPAN("postcircle audit 1", 18),
        CRYPT_SPAN(before, CRYPT_MAC_BYTES),
        CRYPT_SPAN(numbers, sizeof numbers),
        CRYPT_SPAN(l->old_commit ? l->old_commit : none, CRYPT_MAC_BYTES),
        CRYPT_SPAN(l->new_commit ? l->new_commit : none, CRYPT_MAC_BYTES),
    };

    for (size_t i = 0; i < COUNT_OF(facts); i++)
        numbers[i] = htobe64((uint64_t)facts[i]);
    crypt_mac(key, spans, COUNT_OF(spans), mac);
}

/* Keyed and salted: without the key nobody can try values, without the salt not even its holder can. */
void audit_commit_to(const struct crypt_key *key, const unsigned char salt[AUDIT_SALT_BYTES], const char *which,
                     const char *value, unsigned char commitment[CRYPT_MAC_BYTES])
{
    CLEANUP(crypt_key_wipe) struct crypt_key k;
    const struct crypt_span spans[] = {
        CRYPT_SPAN(which, 3),
        CRYPT_SPAN(salt, AUDIT_SALT_BYTES),
        CRYPT_SPAN(value, strlen(value)),
    };

    crypt_derive(key, "commit", &k);
    crypt_mac(&k, spans, COUNT_OF(spans), commitment);
}

/* --- writing ----------------------------------------------------------------------------------------------------------------------- */

enum rc audit_last_row(const struct store *st, struct audit_head *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const void *mac;
    size_t n;
    bool row;
    enum rc rc = db_query(st->db, audit_sql[STMT_LAST], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    rc = db_step(q, &row, err);
    if (rc)
        return rc;
    *ret = (struct audit_head){ .seq = 0 };
    if (!row)
        return RC_OK;
    mac = db_blob(q, 1, &n);
    if (n != CRYPT_MAC_BYTES)
        return err_set(err, RC_CORRUPT, "audit row %" PRId64 " has no whole mac", db_int(q, 0));
    ret->seq = db_int(q, 0);
    memcpy(ret->mac, mac, n);
    return RC_OK;
}

enum rc audit_lock(const struct store *st, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, audit_sql[STMT_LOCK], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    return db_run(q, NULL, err);
}

static enum rc insert_link(const struct store *st, const struct audit_link *l, const unsigned char *mac,
                           struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, audit_sql[STMT_INSERT], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, AI_PRACTICE, st->practice.v);
    db_bind_int(q, AI_SEQ, l->e.seq);
    db_bind_int(q, AI_AT, l->e.at_ms);
    db_bind_int(q, AI_ACTOR, l->e.who.actor);
    db_bind_int(q, AI_ACTOR_ID, l->e.who.id);
    db_bind_int(q, AI_VERB, l->e.verb);
    db_bind_int(q, AI_ITEM, l->e.item_kind);
    db_bind_int(q, AI_ITEM_ID, l->e.item_id);
    db_bind_int(q, AI_WAY, l->e.who.way);
    db_bind_blob(q, AI_OLD, l->old_commit, CRYPT_MAC_BYTES);
    db_bind_blob(q, AI_NEW, l->new_commit, CRYPT_MAC_BYTES);
    db_bind_int(q, AI_KEY, l->key_id);
    db_bind_blob(q, AI_MAC, mac, CRYPT_MAC_BYTES);
    return db_run(q, NULL, err);
}

static enum rc insert_values(const struct store *st, const struct audit_entry *e, const unsigned char *salt,
                             struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("audit");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc;

    if (!e->old_value && !e->new_value)
        return RC_OK;
    rc = db_query(st->db, audit_sql[STMT_INSERT_VALUE], &q, err);
    if (rc)
        return rc;
    db_bind_int(q, AV_PRACTICE, st->practice.v);
    db_bind_int(q, AV_SEQ, e->seq);
    db_bind_blob(q, AV_SALT, salt, AUDIT_SALT_BYTES);
    store_bind_sealed(st, q, AV_OLD, COL_AUDIT_OLD, e->seq, e->old_value, mem);
    store_bind_sealed(st, q, AV_NEW, COL_AUDIT_NEW, e->seq, e->new_value, mem);
    return db_run(q, NULL, err);
}

enum rc audit_append(struct store *st, const struct audit_entry *entry, struct err *err)
{
    const struct seal_key *key = keyring_current(st->ring, SEAL_AUDIT);
    unsigned char salt[AUDIT_SALT_BYTES], old_commit[CRYPT_MAC_BYTES], new_commit[CRYPT_MAC_BYTES],
        mac[CRYPT_MAC_BYTES];
    struct audit_head before;
    struct audit_link l = { .e = *entry, .key_id = key->id };
    enum rc rc = audit_lock(st, err);

    assert(entry->who.actor && entry->who.way && entry->verb && entry->item_kind);
    if (!rc)
        rc = audit_last_row(st, &before, err);
    if (rc)
        return err_wrap(err, "audit");
    l.e.seq = before.seq + 1;
    l.e.at_ms = clock_now_ms(st->clock);
    crypt_random(salt, sizeof salt);
    if (entry->old_value) {
        audit_commit_to(&key->key, salt, "old", entry->old_value, old_commit);
        l.old_commit = old_commit;
    }
    if (entry->new_value) {
        audit_commit_to(&key->key, salt, "new", entry->new_value, new_commit);
        l.new_commit = new_commit;
    }
    audit_mac(st, &key->key, before.mac, &l, mac);
    rc = insert_link(st, &l, mac, err);
    if (!rc)
        rc = insert_values(st, &l.e, salt, err);
    return rc ? err_wrap(err, "audit") : RC_OK;
}

enum rc audit_erase_item(struct store *st, enum audit_item item_kind, int64_t item_id, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, audit_sql[STMT_DELETE_VALUES], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, item_kind);
    db_bind_int(q, 3, item_id);
    return db_run(q, NULL, err);
}

/* --- reading ----------------------------------------------------------------------------------------------------------------------- */

void audit_read_entry(struct db_query *q, struct audit_entry *e)
{
    *e = (struct audit_entry){
        .seq = db_int(q, C_SEQ),
        .at_ms = db_int(q, C_AT),
        .who = { (enum audit_actor)db_int(q, C_ACTOR), db_int(q, C_ACTOR_ID), (enum audit_way)db_int(q, C_WAY) },
        .verb = (enum audit_verb)db_int(q, C_VERB),
        .item_kind = (enum audit_item)db_int(q, C_ITEM),
        .item_id = db_int(q, C_ITEM_ID),
    };
}

enum rc audit_read_values(const struct store *st, struct db_query *q, struct arena *mem, struct audit_entry *e,
                          struct err *err)
{
    enum rc rc = store_sealed(st, q, C_OLD, COL_AUDIT_OLD, e->seq, mem, &e->old_value, err);

    return rc ? rc : store_sealed(st, q, C_NEW, COL_AUDIT_NEW, e->seq, mem, &e->new_value, err);
}

static enum rc open_page(const struct store *st, enum audit_stmt stmt, int64_t after_seq, size_t max,
                         struct db_query **ret_query, struct err *err)
{
    enum rc rc = db_query(st->db, audit_sql[stmt], ret_query, err);

    if (rc)
        return rc;
    db_bind_int(*ret_query, AP_PRACTICE, st->practice.v);
    db_bind_int(*ret_query, AP_AFTER, after_seq);
    db_bind_int(*ret_query, AP_MAX, (int64_t)max);
    return RC_OK;
}

enum rc audit_open_page(const struct store *st, int64_t after_seq, size_t max, struct db_query **ret_query,
                        struct err *err)
{
    return open_page(st, STMT_PAGE, after_seq, max, ret_query, err);
}

enum rc audit_list(struct store *st, enum audit_item item_kind, int64_t item_id, int64_t after, size_t max,
                   struct arena *mem, struct audit_entry **ret_entries, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct audit_entry *entries = ARENA_ARRAY(mem, max, struct audit_entry);
    size_t n = 0;
    bool row;
    enum rc rc = open_page(st, item_kind ? STMT_PAGE_ITEM : STMT_PAGE, after, max, &q, err);

    if (rc)
        return rc;
    if (item_kind) {
        db_bind_int(q, AP_ITEM, item_kind);
        db_bind_int(q, AP_ITEM_ID, item_id);
    }
    while (!(rc = db_step(q, &row, err)) && row) {
        audit_read_entry(q, &entries[n]);
        rc = audit_read_values(st, q, mem, &entries[n++], err);
        if (rc)
            return rc;
    }
    *ret_entries = entries;
    *ret_n = n;
    return rc;
}
