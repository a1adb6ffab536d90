#include "store/private.h"

#include "store/rows.h"

#include <assert.h>

#define TALK_COLUMNS "id, group_id, person_id, staff_id, state, owed_ms, remind_ms, reminders, last_ms, created_ms"
#define TALK_SELECT "SELECT " TALK_COLUMNS " FROM private_talk WHERE practice_id = $1"
#define NOTE_COLUMNS "id, talk_id, author_id, letter_id, post_id, text_sealed, at_ms"

enum private_stmt {
    TALK_FIND,
    TALK_GET,
    TALK_ADD,
    TALK_CHANGE,
    TALK_CLOSE,
    TALK_LIST,
    TALK_LIST_OF,
    TALK_DUE,
    NOTE_ADD,
    NOTE_LIST,
    PRIVATE_STMT_COUNT
};
enum { TA_PRACTICE = 1, TA_ID, TA_GROUP, TA_PERSON, TA_STAFF, TA_OWED, TA_REMIND, TA_NOW };
enum { TC_PRACTICE = 1, TC_ID, TC_STAFF, TC_OWED, TC_REMIND, TC_REMINDERS, TC_NOW };
enum { NA_PRACTICE = 1, NA_ID, NA_TALK, NA_AUTHOR, NA_LETTER, NA_POST, NA_TEXT, NA_AT };

static const char *const private_sql[PRIVATE_STMT_COUNT] = {
    [TALK_FIND] = TALK_SELECT " AND person_id = $2 AND group_id = $3 AND state = 1 ORDER BY id DESC LIMIT 1",
    [TALK_GET] = TALK_SELECT " AND id = $2",
    [TALK_ADD] = "INSERT INTO private_talk (practice_id, id, group_id, person_id, staff_id, state, owed_ms, remind_ms,"
                 " reminders, last_ms, created_ms) VALUES ($1, $2, $3, $4, $5, 1, $6, $7, 0, $8, $8)",
    [TALK_CHANGE] = "UPDATE private_talk SET staff_id = $3, owed_ms = $4, remind_ms = $5, reminders = $6, last_ms = $7"
                    " WHERE practice_id = $1 AND id = $2 AND state = 1",
    [TALK_CLOSE] =
        "UPDATE private_talk SET state = 2, owed_ms = NULL, remind_ms = NULL WHERE practice_id = $1 AND id = $2"
        " AND state = 1",
    [TALK_LIST] = TALK_SELECT " ORDER BY id DESC LIMIT $2",
    [TALK_LIST_OF] = TALK_SELECT " AND person_id = $3 ORDER BY id DESC LIMIT $2",
    [TALK_DUE] = TALK_SELECT " AND remind_ms <= $3 ORDER BY remind_ms LIMIT $2",
    [NOTE_ADD] = "INSERT INTO private_note (practice_id, " NOTE_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    [NOTE_LIST] = "SELECT " NOTE_COLUMNS " FROM private_note WHERE practice_id = $1 AND talk_id = $2"
                  " ORDER BY id DESC LIMIT $3",
};
const struct db_domain private_domain = { "private", private_sql, PRIVATE_STMT_COUNT };

/* --- talks ---------------------------------------------------------------------------------------------------------------------------- */

static void read_talk(struct db_query *q, struct private_talk *t)
{
    *t = (struct private_talk){ .id = { db_int(q, 0) },
                                .group = { db_int(q, 1) },
                                .person = { db_int(q, 2) },
                                .staff = { db_int(q, 3) },
                                .state = (enum talk_state)db_int(q, 4),
                                .owed_ms = db_int(q, 5),
                                .remind_ms = db_int(q, 6),
                                .reminders = db_int(q, 7),
                                .last_ms = db_int(q, 8),
                                .created_ms = db_int(q, 9) };
}

enum rc private_find(struct store *st, struct group_id group, struct person_id person, struct private_talk *ret,
                     struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(st->db, private_sql[TALK_FIND], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, person.v);
    db_bind_int(q, 3, group.v);
    if (db_one(q, err))
        return err_wrap(err, "private talk of person %" PRId64, person.v);
    read_talk(q, ret);
    return RC_OK;
}

enum rc private_get(struct store *st, struct talk_id id, struct private_talk *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (db_query(st->db, private_sql[TALK_GET], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id.v);
    if (db_one(q, err))
        return err_wrap(err, "private talk %" PRId64, id.v);
    read_talk(q, ret);
    return RC_OK;
}

enum rc private_open(struct store *st, struct private_talk *t, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (db_query(st->db, private_sql[TALK_ADD], &q, err))
        return err->rc;
    t->id.v = id_next(st->ids);
    t->state = TALK_OPEN;
    t->last_ms = t->created_ms = clock_now_ms(st->clock);
    db_bind_int(q, TA_PRACTICE, st->practice.v);
    db_bind_int(q, TA_ID, t->id.v);
    db_bind_int(q, TA_GROUP, t->group.v);
    db_bind_int(q, TA_PERSON, t->person.v);
    db_bind_int(q, TA_STAFF, t->staff.v);
    db_bind_id(q, TA_OWED, t->owed_ms);
    db_bind_id(q, TA_REMIND, t->remind_ms);
    db_bind_int(q, TA_NOW, t->created_ms);
    return db_run(q, NULL, err);
}

static enum rc change_one(struct db_query *q, struct talk_id id, struct err *err)
{
    int64_t changed = 0;

    if (db_run(q, &changed, err))
        return err_wrap(err, "private talk %" PRId64, id.v);
    return changed ? RC_OK : err_set(err, RC_CONFLICT, "private talk %" PRId64 " is closed", id.v);
}

enum rc private_change(struct store *st, const struct private_talk *t, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (db_query(st->db, private_sql[TALK_CHANGE], &q, err))
        return err->rc;
    db_bind_int(q, TC_PRACTICE, st->practice.v);
    db_bind_int(q, TC_ID, t->id.v);
    db_bind_int(q, TC_STAFF, t->staff.v);
    db_bind_id(q, TC_OWED, t->owed_ms);
    db_bind_id(q, TC_REMIND, t->remind_ms);
    db_bind_int(q, TC_REMINDERS, t->reminders);
    db_bind_int(q, TC_NOW, clock_now_ms(st->clock));
    return change_one(q, t->id, err);
}

enum rc private_close(struct store *st, struct talk_id id, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (db_query(st->db, private_sql[TALK_CLOSE], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, id.v);
    return change_one(q, id, err);
}

/* Runs one of the statements that take the practice, a number of rows and one value more. */
static enum rc list_talks(struct store *st, enum private_stmt stmt, size_t most, int64_t value, struct arena *mem,
                          struct private_talk **ret, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct private_talk *talks = NULL;
    size_t n = 0, cap = 0;
    bool row;

    if (db_query(st->db, private_sql[stmt], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, (int64_t)most);
    if (stmt != TALK_LIST)
        db_bind_int(q, 3, value);
    for (;;) {
        if (db_step(q, &row, err))
            return err_wrap(err, "private talks");
        if (!row)
            break;
        talks = rows_room(mem, talks, n, &cap, sizeof *talks);
        read_talk(q, &talks[n++]);
    }
    *ret = talks;
    *ret_n = n;
    return RC_OK;
}

enum rc private_list(struct store *st, struct person_id person, size_t most, struct arena *mem,
                     struct private_talk **ret, size_t *ret_n, struct err *err)
{
    return list_talks(st, person.v ? TALK_LIST_OF : TALK_LIST, most, person.v, mem, ret, ret_n, err);
}

enum rc private_due(struct store *st, int64_t now_ms, size_t most, struct arena *mem, struct private_talk **ret,
                    size_t *ret_n, struct err *err)
{
    return list_talks(st, TALK_DUE, most, now_ms, mem, ret, ret_n, err);
}

/* --- notes ---------------------------------------------------------------------------------------------------------------------------- */

enum rc private_say(struct store *st, struct private_note *note, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("private_say");
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    if (db_query(st->db, private_sql[NOTE_ADD], &q, err))
        return err->rc;
    note->id = id_next(st->ids);
    note->at_ms = clock_now_ms(st->clock);
    db_bind_int(q, NA_PRACTICE, st->practice.v);
    db_bind_int(q, NA_ID, note->id);
    db_bind_int(q, NA_TALK, note->talk.v);
    db_bind_int(q, NA_AUTHOR, note->author.v);
    db_bind_id(q, NA_LETTER, note->letter.v);
    db_bind_id(q, NA_POST, note->post.v);
    store_bind_sealed(st, q, NA_TEXT, COL_PRIVATE_TEXT, note->id, note->text, mem);
    db_bind_int(q, NA_AT, note->at_ms);
    return db_run(q, NULL, err);
}

static enum rc read_note(struct store *st, struct db_query *q, struct arena *mem, struct private_note *note,
                         struct err *err)
{
    *note = (struct private_note){ .id = db_int(q, 0),
                                   .talk = { db_int(q, 1) },
                                   .author = { db_int(q, 2) },
                                   .letter = { db_int(q, 3) },
                                   .post = { db_int(q, 4) },
                                   .at_ms = db_int(q, 6) };
    return store_sealed(st, q, 5, COL_PRIVATE_TEXT, note->id, mem, &note->text, err);
}

enum rc private_notes(struct store *st, struct talk_id talk, size_t most, struct arena *mem, struct private_note **ret,
                      size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct private_note *notes = NULL;
    size_t n = 0, cap = 0;
    bool row;

    if (db_query(st->db, private_sql[NOTE_LIST], &q, err))
        return err->rc;
    db_bind_int(q, 1, st->practice.v);
    db_bind_int(q, 2, talk.v);
    db_bind_int(q, 3, (int64_t)most);
    for (;;) {
        if (db_step(q, &row, err))
            return err_wrap(err, "private notes");
        if (!row)
            break;
        notes = rows_room(mem, notes, n, &cap, sizeof *notes);
        if (read_note(st, q, mem, &notes[n++], err))
            return err_wrap(err, "private notes");
    }
    for (size_t i = 0; i < n / 2; i++) {
        const struct private_note late = notes[i];

        notes[i] = notes[n - 1 - i];
        notes[n - 1 - i] = late;
    }
    *ret = notes;
    *ret_n = n;
    return RC_OK;
}
