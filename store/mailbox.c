#include "store/mailbox.h"

#include "store/rows.h"

/* clang-format off */
enum mailbox_stmt {
    FOLDER_FIND, FOLDER_ADD, FOLDER_SET, FOLDER_LOOKED, LETTER_ADD, LETTER_GET, LETTER_OPEN, LETTER_COPIED, LETTER_SETTLE, LETTER_BY_PRINT,
    LETTER_STUCK, LETTER_IS_ASKED, LETTER_ANSWER, LETTER_PURGE, MAILBOX_STMT_COUNT
};
enum folder_add_arg { FA_ID = 1, FA_MAILBOX, FA_FOLDER, FA_VALIDITY, FA_FIRST, FA_START, FA_DATED, FA_TRY, FA_TRIES, FA_LOOKED };
enum folder_set_arg { FS_ID = 1, FS_VALIDITY, FS_FIRST, FS_DATED, FS_TRY, FS_TRIES };
enum letter_add_arg { LA_FOLDER = 1, LA_VALIDITY, LA_UID, LA_STATE, LA_PRINT, LA_PRACTICE, LA_ARRIVAL, LA_AT };
enum letter_at_arg { LT_FOLDER = 1, LT_VALIDITY, LT_UID, LT_NOW };
enum letter_answer_arg { LW_PRACTICE = 1, LW_ARRIVAL, LW_STATE, LW_NOW };

static const char *const mailbox_sql[MAILBOX_STMT_COUNT] = {
    [FOLDER_FIND] =
        "SELECT id, validity, first_uid, start_ms, dated_uid, try_uid, tries, looked_ms FROM mailbox_folder WHERE mailbox = $1 AND folder = $2",
    [FOLDER_ADD] =
        "INSERT INTO mailbox_folder (id, mailbox, folder, validity, first_uid, start_ms, dated_uid, try_uid, tries, looked_ms)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    [FOLDER_SET] =
        "UPDATE mailbox_folder SET validity = $2, first_uid = $3, dated_uid = $4, try_uid = $5, tries = $6 WHERE id = $1",
    [FOLDER_LOOKED] = "UPDATE mailbox_folder SET looked_ms = $2 WHERE id = $1",
    [LETTER_ADD] =
        "INSERT INTO mailbox_letter (folder_id, validity, uid, state, is_copied, print, practice_id, arrival_id, at_ms)"
        " VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8)",
    [LETTER_GET] = "SELECT uid, state, is_copied FROM mailbox_letter WHERE folder_id = $1 AND validity = $2 AND uid = $3",
    [LETTER_OPEN] =
        "SELECT uid, state, is_copied FROM mailbox_letter WHERE folder_id = $1 AND validity = $2 AND state < 4 AND state <> 3"
        " ORDER BY uid LIMIT $3",
    [LETTER_COPIED] = "UPDATE mailbox_letter SET is_copied = 1 WHERE folder_id = $1 AND validity = $2 AND uid = $3",
    [LETTER_SETTLE] = "UPDATE mailbox_letter SET state = 4, at_ms = $4 WHERE folder_id = $1 AND validity = $2 AND uid = $3",
    [LETTER_BY_PRINT] = "SELECT uid FROM mailbox_letter WHERE folder_id = $1 AND print = $2 AND validity <> $3",
    [LETTER_STUCK] =
        "SELECT COUNT(*) FROM mailbox_letter l JOIN mailbox_folder f ON f.id = l.folder_id AND f.validity = l.validity"
        " WHERE f.mailbox = $1 AND l.state < 4 AND l.state <> 3 AND l.at_ms < $2",
    [LETTER_IS_ASKED] = "SELECT uid FROM mailbox_letter WHERE practice_id = $1 AND arrival_id = $2 AND state = 3",
    [LETTER_ANSWER] = "UPDATE mailbox_letter SET state = $3, at_ms = $4 WHERE practice_id = $1 AND arrival_id = $2 AND state = 3",
    [LETTER_PURGE] =
        "DELETE FROM mailbox_letter WHERE (folder_id, validity, uid) IN"
        " (SELECT folder_id, validity, uid FROM mailbox_letter WHERE state = 4 AND at_ms < $1 ORDER BY at_ms LIMIT $2)",
};
/* clang-format on */
const struct db_domain mailbox_domain = { "mailbox", mailbox_sql, MAILBOX_STMT_COUNT };

/* ---- folders ---- */

enum rc mailbox_folder_find(struct db *db, const char *mailbox, const char *folder, struct mailbox_folder *ret_folder,
                            struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(db, mailbox_sql[FOLDER_FIND], &q, err);

    if (rc)
        return rc;
    db_bind_text(q, 1, mailbox);
    db_bind_text(q, 2, folder);
    rc = db_one(q, err);
    if (rc)
        return rc;
    *ret_folder = (struct mailbox_folder){ .id = db_int(q, 0),
                                           .validity = db_int(q, 1),
                                           .first_uid = db_int(q, 2),
                                           .start_ms = db_int(q, 3),
                                           .dated_uid = db_int(q, 4),
                                           .try_uid = db_int(q, 5),
                                           .tries = db_int(q, 6),
                                           .looked_ms = db_int(q, 7) };
    return RC_OK;
}

enum rc mailbox_folder_add(struct db *db, const char *mailbox, const char *folder, const struct mailbox_folder *row,
                           struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(db, mailbox_sql[FOLDER_ADD], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, FA_ID, row->id);
    db_bind_text(q, FA_MAILBOX, mailbox);
    db_bind_text(q, FA_FOLDER, folder);
    db_bind_int(q, FA_VALIDITY, row->validity);
    db_bind_int(q, FA_FIRST, row->first_uid);
    db_bind_int(q, FA_START, row->start_ms);
    db_bind_int(q, FA_DATED, row->dated_uid);
    db_bind_int(q, FA_TRY, row->try_uid);
    db_bind_int(q, FA_TRIES, row->tries);
    db_bind_int(q, FA_LOOKED, row->looked_ms);
    return db_run(q, NULL, err);
}

enum rc mailbox_folder_set(struct db *db, const struct mailbox_folder *row, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(db, mailbox_sql[FOLDER_SET], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, FS_ID, row->id);
    db_bind_int(q, FS_VALIDITY, row->validity);
    db_bind_int(q, FS_FIRST, row->first_uid);
    db_bind_int(q, FS_DATED, row->dated_uid);
    db_bind_int(q, FS_TRY, row->try_uid);
    db_bind_int(q, FS_TRIES, row->tries);
    return db_run(q, NULL, err);
}

enum rc mailbox_folder_looked(struct db *db, int64_t id, int64_t now_ms, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(db, mailbox_sql[FOLDER_LOOKED], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, id);
    db_bind_int(q, 2, now_ms);
    return db_run(q, NULL, err);
}

/* ---- letters ---- */

enum rc mailbox_letter_add(struct db *db, const struct mailbox_entry *entry, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(db, mailbox_sql[LETTER_ADD], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, LA_FOLDER, entry->folder);
    db_bind_int(q, LA_VALIDITY, entry->validity);
    db_bind_int(q, LA_UID, entry->uid);
    db_bind_int(q, LA_STATE, entry->state);
    db_bind_blob(q, LA_PRINT, entry->print, sizeof entry->print);
    db_bind_id(q, LA_PRACTICE, entry->practice.v);
    db_bind_id(q, LA_ARRIVAL, entry->arrival.v);
    db_bind_int(q, LA_AT, entry->at_ms);
    return db_run(q, NULL, err);
}

static struct mailbox_letter read_letter(struct db_query *q)
{
    return (struct mailbox_letter){ .uid = db_int(q, 0),
                                    .state = (enum mailbox_letter_state)db_int(q, 1),
                                    .is_copied = db_int(q, 2) != 0 };
}

static enum rc ask_letter(struct db *db, enum mailbox_stmt stmt, int64_t folder, int64_t validity, int64_t third,
                          struct db_query **q, struct err *err)
{
    const enum rc rc = db_query(db, mailbox_sql[stmt], q, err);

    if (rc)
        return rc;
    db_bind_int(*q, LT_FOLDER, folder);
    db_bind_int(*q, LT_VALIDITY, validity);
    db_bind_int(*q, LT_UID, third);
    return RC_OK;
}

enum rc mailbox_letter_get(struct db *db, int64_t folder, int64_t validity, int64_t uid,
                           struct mailbox_letter *ret_letter, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = ask_letter(db, LETTER_GET, folder, validity, uid, &q, err);

    if (!rc)
        rc = db_one(q, err);
    if (!rc)
        *ret_letter = read_letter(q);
    return rc;
}

enum rc mailbox_letter_open(struct db *db, int64_t folder, int64_t validity, size_t max, struct arena *mem,
                            struct mailbox_letter **ret, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct mailbox_letter *rows = NULL;
    size_t n = 0, cap = 0;
    bool row;
    enum rc rc = ask_letter(db, LETTER_OPEN, folder, validity, (int64_t)max, &q, err);

    while (!rc && !(rc = db_step(q, &row, err)) && row) {
        rows = rows_room(mem, rows, n, &cap, sizeof *rows);
        rows[n++] = read_letter(q);
    }
    if (rc)
        return rc;
    *ret = rows;
    *ret_n = n;
    return RC_OK;
}

enum rc mailbox_letter_copied(struct db *db, int64_t folder, int64_t validity, int64_t uid, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const enum rc rc = ask_letter(db, LETTER_COPIED, folder, validity, uid, &q, err);

    return rc ? rc : db_run(q, NULL, err);
}

enum rc mailbox_letter_settle(struct db *db, int64_t folder, int64_t validity, int64_t uid, int64_t now_ms,
                              struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const enum rc rc = ask_letter(db, LETTER_SETTLE, folder, validity, uid, &q, err);

    if (rc)
        return rc;
    db_bind_int(q, LT_NOW, now_ms);
    return db_run(q, NULL, err);
}

enum rc mailbox_letter_by_print(struct db *db, int64_t folder, int64_t validity,
                                const unsigned char print[MAILBOX_PRINT_BYTES], struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(db, mailbox_sql[LETTER_BY_PRINT], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, folder);
    db_bind_blob(q, 2, print, MAILBOX_PRINT_BYTES);
    db_bind_int(q, 3, validity);
    return db_one(q, err);
}

enum rc mailbox_letter_stuck(struct db *db, const char *mailbox, int64_t before_ms, int64_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(db, mailbox_sql[LETTER_STUCK], &q, err);

    if (rc)
        return rc;
    db_bind_text(q, 1, mailbox);
    db_bind_int(q, 2, before_ms);
    rc = db_one(q, err);
    if (!rc)
        *ret_n = db_int(q, 0);
    return rc;
}

/* ---- from Junk ---- */

enum rc mailbox_is_asked(struct db *db, struct practice_id practice, struct arrival_id arrival, bool *ret_is_asked,
                         struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(db, mailbox_sql[LETTER_IS_ASKED], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, practice.v);
    db_bind_int(q, 2, arrival.v);
    return db_step(q, ret_is_asked, err);
}

enum rc mailbox_answer(struct db *db, struct practice_id practice, struct arrival_id arrival, bool is_ours,
                       int64_t now_ms, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(db, mailbox_sql[LETTER_ANSWER], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, LW_PRACTICE, practice.v);
    db_bind_int(q, LW_ARRIVAL, arrival.v);
    db_bind_int(q, LW_STATE, is_ours ? MAILBOX_TAKEN : MAILBOX_SETTLED);
    db_bind_int(q, LW_NOW, now_ms);
    return db_run(q, NULL, err);
}

enum rc mailbox_purge(struct db *db, int64_t before_ms, size_t max, int64_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = db_query(db, mailbox_sql[LETTER_PURGE], &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 1, before_ms);
    db_bind_int(q, 2, (int64_t)max);
    return db_run(q, ret_n, err);
}
