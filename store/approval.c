#include "store/approval.h"

enum approval_stmt { ADD, FIND, TRIED, USE, APPROVAL_STMT_COUNT };
enum add_arg { AA_PRACTICE = 1, AA_ID, AA_SCOPE, AA_FIRST, AA_SECOND, AA_FIRST_HASH, AA_SECOND_HASH, AA_UNTIL };

/* clang-format off */
static const char *const approval_sql[APPROVAL_STMT_COUNT] = {
    [ADD] =
        "INSERT INTO approval (practice_id, id, scope_hash, first_id, second_id, first_hash, second_hash, until_ms, tries)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)",
    [FIND] =
        "SELECT id, first_id, second_id, first_hash, second_hash, tries, until_ms FROM approval WHERE practice_id = $1 AND scope_hash = $2"
        " AND used_ms IS NULL AND until_ms > $3 AND tries < 5 ORDER BY id DESC LIMIT 1",
    [TRIED] = "UPDATE approval SET tries = tries + 1 WHERE practice_id = $1 AND id = $2",
    [USE] = "UPDATE approval SET used_ms = $3 WHERE practice_id = $1 AND id = $2 AND used_ms IS NULL",
};
/* clang-format on */
_Static_assert(APPROVAL_TRIES_MAX == 5, "FIND says it in SQL");
const struct db_domain approval_domain = { "approval", approval_sql, APPROVAL_STMT_COUNT };

void approval_hash(const struct store *st, const char *which, const char *text, unsigned char hash[CRYPT_MAC_BYTES])
{
    seal_hash(keyring_current(st->ring, SEAL_DEDUPE), "approval",
              (struct crypt_span[]){ CRYPT_SPAN(which, strlen(which) + 1), CRYPT_SPAN(text, strlen(text)) }, 2, hash);
}

enum rc approval_add(struct store *st, struct approval *a, const char *scope, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    unsigned char scope_hash[CRYPT_MAC_BYTES];
    enum rc rc = db_query(st->db, approval_sql[ADD], &q, err);

    if (rc)
        return rc;
    approval_hash(st, "scope", scope, scope_hash);
    a->id = id_next(st->ids);
    db_bind_int(q, AA_PRACTICE, st->practice.v);
    db_bind_int(q, AA_ID, a->id);
    db_bind_blob(q, AA_SCOPE, scope_hash, sizeof scope_hash);
    db_bind_int(q, AA_FIRST, a->first.v);
    db_bind_int(q, AA_SECOND, a->second.v);
    db_bind_blob(q, AA_FIRST_HASH, a->first_hash, sizeof a->first_hash);
    db_bind_blob(q, AA_SECOND_HASH, a->second_hash, sizeof a->second_hash);
    db_bind_int(q, AA_UNTIL, a->until_ms);
    return db_run(q, NULL, err);
}

static enum rc read_hash(struct db_query *q, int col, unsigned char hash[CRYPT_MAC_BYTES], struct err *err)
{
    size_t n;
    const void *p = db_blob(q, col, &n);

    if (!p || n != CRYPT_MAC_BYTES)
        return err_set(err, RC_CORRUPT, "an approval has no whole hash");
    memcpy(hash, p, n);
    return RC_OK;
}

enum rc approval_find(struct store *st, const char *scope, struct approval *ret_approval, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    unsigned char scope_hash[CRYPT_MAC_BYTES];
    struct approval a;
    enum rc rc = db_query(st->db, approval_sql[FIND], &q, err);

    if (rc)
        return rc;
    approval_hash(st, "scope", scope, scope_hash);
    db_bind_int(q, 1, st->practice.v);
    db_bind_blob(q, 2, scope_hash, sizeof scope_hash);
    db_bind_int(q, 3, clock_now_ms(st->clock));
    rc = db_one(q, err);
    if (rc)
        return err_wrap(err, "approval");
    a = (struct approval){ .id = db_int(q, 0),
                           .first = { db_int(q, 1) },
                           .second = { db_int(q, 2) },
                           .tries = db_int(q, 5),
                           .until_ms = db_int(q, 6) };
    if (read_hash(q, 3, a.first_hash, err) || read_hash(q, 4, a.second_hash, err))
        return err->rc;
    *ret_approval = a;
    return RC_OK;
}

enum rc approval_tried(struct store *st, int64_t id, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(st->db, approval_sql[TRIED], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id);
    return db_run(q, NULL, err);
}

enum rc approval_use(struct store *st, int64_t id, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t changed;
    enum rc rc = db_query(st->db, approval_sql[USE], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id);
    db_bind_int(q, 3, clock_now_ms(st->clock));
    rc = db_run(q, &changed, err);
    if (rc)
        return rc;
    return changed ? RC_OK : err_set(err, RC_CONFLICT, "these codes were used already");
}
