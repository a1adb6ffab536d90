#include "store/membership.h"

#include "base/text.h"
#include "store/audit.h"
#include "store/rows.h"

#include <assert.h>

#define MEMBERSHIP_COLUMNS                                                                                             \
    "id, group_id, person_id, address_id, role, state, rhythm, channel, hour_minute, name_sealed, label_sealed,"       \
    " cursor_seq, has_posted, paused_until_ms, joined_ms, left_ms, created_ms"

enum membership_stmt {
    MEMBERSHIP_ADD,
    MEMBERSHIP_GET,
    MEMBERSHIP_FIND,
    MEMBERSHIP_OF_PERSON,
    MEMBERSHIP_IN_ANY,
    MEMBERSHIP_PAGE,
    MEMBERSHIP_CHANGE,
    MEMBERSHIP_SET_CURSOR,
    MEMBERSHIP_SET_POSTED,
    MEMBERSHIP_NAMES_LOCK,
    MEMBERSHIP_NAME_TAKEN,
    MEMBERSHIP_DUE_RESUME,
    MEMBERSHIP_LEFT_SINCE,
    MEMBERSHIP_STMT_COUNT
};
enum {
    MA_PRACTICE = 1,
    MA_ID,
    MA_GROUP,
    MA_PERSON,
    MA_ADDRESS,
    MA_ROLE,
    MA_STATE,
    MA_RHYTHM,
    MA_CHANNEL,
    MA_HOUR,
    MA_NAME,
    MA_LABEL,
    MA_CURSOR,
    MA_POSTED,
    MA_PAUSED,
    MA_JOINED,
    MA_LEFT,
    MA_CREATED,
    MA_NAME_HASH
};
enum {
    MC_ADDRESS = 1,
    MC_ROLE,
    MC_STATE,
    MC_RHYTHM,
    MC_CHANNEL,
    MC_HOUR,
    MC_NAME,
    MC_NAME_HASH,
    MC_LABEL,
    MC_PAUSED,
    MC_JOINED,
    MC_LEFT,
    MC_PRACTICE,
    MC_ID,
    MC_FROM
};
enum { MP_PRACTICE = 1, MP_GROUP, MP_AFTER, MP_MAX };
enum { MU_SEQ = 1, MU_PRACTICE, MU_ID };
enum { MN_PRACTICE = 1, MN_GROUP, MN_HASH, MN_EXCEPT };
enum { MD_PRACTICE = 1, MD_NOW, MD_MAX };

static const char *const membership_sql[MEMBERSHIP_STMT_COUNT] = {
    [MEMBERSHIP_ADD] = "INSERT INTO membership (practice_id, " MEMBERSHIP_COLUMNS ", name_hash)"
                       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
    [MEMBERSHIP_GET] = "SELECT " MEMBERSHIP_COLUMNS " FROM membership WHERE practice_id = $1 AND id = $2",
    [MEMBERSHIP_FIND] = "SELECT " MEMBERSHIP_COLUMNS " FROM membership WHERE practice_id = $1 AND group_id = $2"
                        " AND person_id = $3",
    [MEMBERSHIP_OF_PERSON] = "SELECT " MEMBERSHIP_COLUMNS " FROM membership WHERE practice_id = $1 AND person_id = $2"
                             " ORDER BY +id",
    [MEMBERSHIP_IN_ANY] = "SELECT COUNT(*) FROM membership WHERE practice_id = $1 AND person_id = $2 AND state <= 3",
    [MEMBERSHIP_PAGE] = "SELECT " MEMBERSHIP_COLUMNS " FROM membership WHERE practice_id = $1 AND group_id = $2"
                        " AND id > $3 ORDER BY id LIMIT $4",
    [MEMBERSHIP_CHANGE] = "UPDATE membership SET address_id = $1, role = $2, state = $3, rhythm = $4, channel = $5,"
                          " hour_minute = $6, name_sealed = $7, name_hash = $8, label_sealed = $9,"
                          " paused_until_ms = $10, joined_ms = $11, left_ms = $12"
                          " WHERE practice_id = $13 AND id = $14 AND state = $15",
    [MEMBERSHIP_SET_CURSOR] = "UPDATE membership SET cursor_seq = $1 WHERE practice_id = $2 AND id = $3"
                              " AND cursor_seq < $1",
    [MEMBERSHIP_SET_POSTED] = "UPDATE membership SET has_posted = 1 WHERE practice_id = $1 AND id = $2",
    [MEMBERSHIP_NAMES_LOCK] = "SELECT id FROM care_group WHERE practice_id = $1 AND id = $2 /*LOCK*/",
    [MEMBERSHIP_NAME_TAKEN] = "SELECT COUNT(*) FROM membership WHERE practice_id = $1 AND group_id = $2"
                              " AND name_hash = $3 AND id <> $4 AND state <= 3",
    [MEMBERSHIP_DUE_RESUME] = "SELECT id FROM membership WHERE practice_id = $1 AND state = 3"
                              " AND paused_until_ms <= $2 ORDER BY paused_until_ms LIMIT $3",
    [MEMBERSHIP_LEFT_SINCE] = "SELECT id FROM membership WHERE practice_id = $1 AND state IN (4, 5)"
                              " AND left_ms >= $2 ORDER BY left_ms LIMIT $3",
};
const struct db_domain membership_domain = { "membership", membership_sql, MEMBERSHIP_STMT_COUNT };

static void bind_or_null(struct db_query *q, int at, int64_t v, int64_t null)
{
    if (v == null)
        db_bind_null(q, at);
    else
        db_bind_int(q, at, v);
}

static enum rc read_membership(struct store *st, struct db_query *q, struct arena *mem, struct membership *m,
                               struct err *err)
{
    m->id.v = db_int(q, 0);
    m->group.v = db_int(q, 1);
    m->person.v = db_int(q, 2);
    m->address.v = db_int(q, 3);
    m->role = (enum member_role)db_int(q, 4);
    m->state = (enum member_state)db_int(q, 5);
    m->rhythm = (enum member_rhythm)db_int(q, 6);
    m->channel = (enum member_channel)db_int(q, 7);
    m->hour_minute = db_is_null(q, 8) ? -1 : db_int(q, 8);
    m->cursor_seq = db_int(q, 11);
    m->has_posted = db_int(q, 12) != 0;
    m->paused_until_ms = db_int(q, 13);
    m->joined_ms = db_int(q, 14);
    m->left_ms = db_int(q, 15);
    m->created_ms = db_int(q, 16);
    if (store_sealed(st, q, 9, COL_MEMBERSHIP_NAME, m->id.v, mem, &m->name, err))
        return err->rc;
    return store_sealed(st, q, 10, COL_MEMBERSHIP_LABEL, m->id.v, mem, &m->label, err);
}

static enum rc read_list(struct store *st, struct db_query *q, struct arena *mem, struct membership **ret,
                         size_t *ret_n, struct err *err)
{
    struct membership *list = NULL;
    size_t n = 0, cap = 0;
    bool row;

    for (;;) {
        if (db_step(q, &row, err))
            return err->rc;
        if (!row)
            break;
        list = rows_room(mem, list, n, &cap, sizeof *list);
        if (read_membership(st, q, mem, &list[n++], err))
            return err->rc;
    }
    *ret = list;
    *ret_n = n;
    return RC_OK;
}

/* Names are compared folded: "JOSÉ" is "José", yet not "Jose". */
static void hash_name(const struct seal_key *key, struct group_id group, const char *name,
                      unsigned char hash[CRYPT_MAC_BYTES])
{
    CLEANUP(arena_free) struct arena *mem = arena_new("name");
    const char *const folded = text_likeness(mem, name);

    seal_hash(key, "shown_name",
              (struct crypt_span[]){ CRYPT_SPAN(&group.v, sizeof group.v), CRYPT_SPAN(folded, strlen(folded)) }, 2,
              hash);
}

enum rc membership_add(struct store *st, struct membership *m, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("membership");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const struct seal_key *key = keyring_current(st->ring, SEAL_LOOKUP);
    unsigned char hash[CRYPT_MAC_BYTES];
    struct membership n = *m;

    assert(db_in_tx(st->db) && key && n.name && n.role && n.state && n.rhythm && n.channel);
    n.id.v = id_next(st->ids);
    n.created_ms = clock_now_ms(st->clock);
    hash_name(key, n.group, n.name, hash);
    if (db_query(st->db, membership_sql[MEMBERSHIP_ADD], &q, err))
        return err->rc;
    db_bind_int(q, MA_PRACTICE, st->practice.v);
    db_bind_int(q, MA_ID, n.id.v);
    db_bind_int(q, MA_GROUP, n.group.v);
    db_bind_int(q, MA_PERSON, n.person.v);
    db_bind_int(q, MA_ADDRESS, n.address.v);
    db_bind_int(q, MA_ROLE, n.role);
    db_bind_int(q, MA_STATE, n.state);
    db_bind_int(q, MA_RHYTHM, n.rhythm);
    db_bind_int(q, MA_CHANNEL, n.channel);
    bind_or_null(q, MA_HOUR, n.hour_minute, -1);
    store_bind_sealed(st, q, MA_NAME, COL_MEMBERSHIP_NAME, n.id.v, n.name, mem);
    store_bind_sealed(st, q, MA_LABEL, COL_MEMBERSHIP_LABEL, n.id.v, n.label, mem);
    db_bind_int(q, MA_CURSOR, n.cursor_seq);
    db_bind_int(q, MA_POSTED, n.has_posted);
    bind_or_null(q, MA_PAUSED, n.paused_until_ms, 0);
    bind_or_null(q, MA_JOINED, n.joined_ms, 0);
    bind_or_null(q, MA_LEFT, n.left_ms, 0);
    db_bind_int(q, MA_CREATED, n.created_ms);
    db_bind_blob(q, MA_NAME_HASH, hash, sizeof hash);
    if (db_run(q, NULL, err))
        return err_wrap(err, "add membership");
    *m = n;
    return RC_OK;
}

static enum rc one_membership(struct store *st, struct db_query *q, struct arena *mem, struct membership *ret,
                              struct err *err)
{
    struct membership m = { 0 };

    if (db_one(q, err) || read_membership(st, q, mem, &m, err))
        return err_wrap(err, "membership");
    *ret = m;
    return RC_OK;
}

enum rc membership_get(struct store *st, struct membership_id id, struct arena *mem, struct membership *ret,
                       struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(st->db, membership_sql[MEMBERSHIP_GET], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id.v);
    return one_membership(st, q, mem, ret, err);
}

enum rc membership_find(struct store *st, struct group_id group, struct person_id person, struct arena *mem,
                        struct membership *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(st->db, membership_sql[MEMBERSHIP_FIND], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, group.v);
    db_bind_int(q, 3, person.v);
    return one_membership(st, q, mem, ret, err);
}

enum rc membership_of_person(struct store *st, struct person_id person, struct arena *mem, struct membership **ret,
                             size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(st->db, membership_sql[MEMBERSHIP_OF_PERSON], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, person.v);
    return read_list(st, q, mem, ret, ret_n, err);
}

enum rc membership_in_any(struct store *st, struct person_id person, bool *ret_is, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(st->db, membership_sql[MEMBERSHIP_IN_ANY], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, person.v);
    if (db_one(q, err))
        return err->rc;
    *ret_is = db_int(q, 0) > 0;
    return RC_OK;
}

enum rc membership_page(struct store *st, struct group_id group, struct membership_id after, size_t max,
                        struct arena *mem, struct membership **ret, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(st->db, membership_sql[MEMBERSHIP_PAGE], &q, err))
        return err->rc;
    db_bind_int(q, MP_PRACTICE, st->practice.v);
    db_bind_int(q, MP_GROUP, group.v);
    db_bind_int(q, MP_AFTER, after.v);
    db_bind_int(q, MP_MAX, (int64_t)(max < MEMBERSHIP_PAGE_MAX ? max : MEMBERSHIP_PAGE_MAX));
    return read_list(st, q, mem, ret, ret_n, err);
}

enum rc membership_change(struct store *st, const struct membership *m, enum member_state from, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("membership");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const struct seal_key *key = keyring_current(st->ring, SEAL_LOOKUP);
    unsigned char hash[CRYPT_MAC_BYTES];
    int64_t changes;

    assert(db_in_tx(st->db) && key && m->name);
    hash_name(key, m->group, m->name, hash);
    if (audit_lock(st, err) || db_query(st->db, membership_sql[MEMBERSHIP_CHANGE], &q, err))
        return err->rc;
    db_bind_int(q, MC_ADDRESS, m->address.v);
    db_bind_int(q, MC_ROLE, m->role);
    db_bind_int(q, MC_STATE, m->state);
    db_bind_int(q, MC_RHYTHM, m->rhythm);
    db_bind_int(q, MC_CHANNEL, m->channel);
    bind_or_null(q, MC_HOUR, m->hour_minute, -1);
    store_bind_sealed(st, q, MC_NAME, COL_MEMBERSHIP_NAME, m->id.v, m->name, mem);
    db_bind_blob(q, MC_NAME_HASH, hash, sizeof hash);
    store_bind_sealed(st, q, MC_LABEL, COL_MEMBERSHIP_LABEL, m->id.v, m->label, mem);
    bind_or_null(q, MC_PAUSED, m->paused_until_ms, 0);
    bind_or_null(q, MC_JOINED, m->joined_ms, 0);
    bind_or_null(q, MC_LEFT, m->left_ms, 0);
    db_bind_int(q, MC_PRACTICE, st->practice.v);
    db_bind_int(q, MC_ID, m->id.v);
    db_bind_int(q, MC_FROM, from);
    if (db_run(q, &changes, err))
        return err_wrap(err, "change membership %" PRId64, m->id.v);
    if (!changes)
        return err_set(err, RC_CONFLICT, "membership %" PRId64 " is not %s any more", m->id.v, member_state_name(from));
    return RC_OK;
}

enum rc membership_set_cursor(struct store *st, struct membership_id id, int64_t seq, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (db_query(st->db, membership_sql[MEMBERSHIP_SET_CURSOR], &q, err))
        return err->rc;
    db_bind_int(q, MU_SEQ, seq);
    db_bind_int(q, MU_PRACTICE, st->practice.v);
    db_bind_int(q, MU_ID, id.v);
    return db_run(q, NULL, err);
}

enum rc membership_set_posted(struct store *st, struct membership_id id, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (audit_lock(st, err) || db_query(st->db, membership_sql[MEMBERSHIP_SET_POSTED], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id.v);
    return db_run(q, NULL, err);
}

static enum rc lock_names(struct store *st, struct group_id group, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(st->db, membership_sql[MEMBERSHIP_NAMES_LOCK], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, group.v);
    return db_run(q, NULL, err);
}

/* A rotated look-up key leaves names hashed under the old one: every key of the ring is asked. */
enum rc membership_is_name_taken(struct store *st, struct group_id group, const char *name, struct membership_id except,
                                 bool *ret_taken, struct err *err)
{
    const struct seal_key *key;
    bool taken = false;

    if (db_in_tx(st->db) && lock_names(st, group, err))
        return err->rc;
    for (size_t n = 0; !taken && (key = keyring_nth(st->ring, SEAL_LOOKUP, n)); n++) {
        CLEANUP(db_query_done) struct db_query *q = NULL;
        unsigned char hash[CRYPT_MAC_BYTES];

        hash_name(key, group, name, hash);
        if (db_query(st->db, membership_sql[MEMBERSHIP_NAME_TAKEN], &q, err))
            return err->rc;
        db_bind_int(q, MN_PRACTICE, st->practice.v);
        db_bind_int(q, MN_GROUP, group.v);
        db_bind_blob(q, MN_HASH, hash, sizeof hash);
        db_bind_int(q, MN_EXCEPT, except.v);
        if (db_one(q, err))
            return err->rc;
        taken = db_int(q, 0) > 0;
    }
    *ret_taken = taken;
    return RC_OK;
}

/* Ids by a time: of MEMBERSHIP_DUE_RESUME and MEMBERSHIP_LEFT_SINCE. */
static enum rc ids_by_time(struct store *st, enum membership_stmt stmt, int64_t at_ms, size_t max, struct arena *mem,
                           struct membership_id **ret, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct membership_id *ids = NULL;
    size_t n = 0, cap = 0;
    bool row;

    if (db_query(st->db, membership_sql[stmt], &q, err))
        return err->rc;
    db_bind_int(q, MD_PRACTICE, st->practice.v);
    db_bind_int(q, MD_NOW, at_ms);
    db_bind_int(q, MD_MAX, (int64_t)max);
    for (;;) {
        if (db_step(q, &row, err))
            return err->rc;
        if (!row)
            break;
        ids = rows_room(mem, ids, n, &cap, sizeof *ids);
        ids[n++].v = db_int(q, 0);
    }
    *ret = ids;
    *ret_n = n;
    return RC_OK;
}

enum rc membership_due_resume(struct store *st, int64_t now_ms, size_t max, struct arena *mem,
                              struct membership_id **ret, size_t *ret_n, struct err *err)
{
    return ids_by_time(st, MEMBERSHIP_DUE_RESUME, now_ms, max, mem, ret, ret_n, err);
}

enum rc membership_left_since(struct store *st, int64_t since_ms, size_t max, struct arena *mem,
                              struct membership_id **ret, size_t *ret_n, struct err *err)
{
    return ids_by_time(st, MEMBERSHIP_LEFT_SINCE, since_ms, max, mem, ret, ret_n, err);
}

const char *member_role_name(enum member_role role)
{
    static const char *const names[] = { "", "patient", "caregiver", "provider", "moderator", "manager" };

    return role < COUNT_OF(names) ? names[role] : "";
}

const char *member_state_name(enum member_state state)
{
    static const char *const names[] = { "", "invited", "active", "paused", "left", "removed" };

    return state < COUNT_OF(names) ? names[state] : "";
}

const char *member_rhythm_name(enum member_rhythm rhythm)
{
    static const char *const names[] = { "", "each", "daily", "weekly", "announcements" };

    return rhythm < COUNT_OF(names) ? names[rhythm] : "";
}

const char *member_channel_name(enum member_channel channel)
{
    static const char *const names[] = { "", "email", "text", "both" };

    return channel < COUNT_OF(names) ? names[channel] : "";
}
