/* Going through every sealed value: the part of erase.h that looks at what others' rows say. */
#include "store/erase.h"

#include "base/json.h"
#include "store/due.h"
#include "store/mailing.h"
#include "store/post.h"
#include "store/private.h"
#include "store/rows.h"
#include "store/sealed_columns.h"

#define TALKS_MAX 1000
#define NOTES_MAX 1000

/* READ and WRITE of each column, in the order of the list, then these. */
enum { COLUMN_READ, COLUMN_WRITE, PER_COLUMN };
/* clang-format off */
#define COLUMN_ROW(column, table, name, id) column,
static const enum column columns[] = { SEALED_COLUMNS(COLUMN_ROW) };
enum {
    COLUMN_COUNT = COUNT_OF(columns),
    POSTS_OF = PER_COLUMN * COLUMN_COUNT,
    ADDRESSES_OF,
    AUDIT_DELETE,
    CHUNKS_DELETE,
    ARRIVAL_DELETE,
    LETTER_HASHES,
    MAILING_MARK,
    MAILING_OF,
    UNSENT_DELETE,
    UNSENT_CANCEL,
    STMT_END
};
#define COLUMN_SQL(column, table, name, id)                                                                            \
    "SELECT " id ", " name " FROM " table " WHERE practice_id = $1 AND " id " > $2 AND " name " IS NOT NULL ORDER BY "  \
    id " LIMIT $3",                                                                                                     \
        "UPDATE " table " SET " name " = $3 WHERE practice_id = $1 AND " id " = $2",
#define UNSENT " WHERE practice_id = $1 AND mailing_id = $2 AND state IN (1, 2, 3, 7)"

static const char *const erase_sql[] = {
    SEALED_COLUMNS(COLUMN_SQL)
    /* POSTS_OF */
    "SELECT id, text_sealed, context_sealed FROM post WHERE practice_id = $1 AND (author_id = $2 OR id IN (SELECT post_id FROM member_choice"
    " WHERE practice_id = $1 AND person_id = $2 AND post_id <> 0)) ORDER BY id",
    /* ADDRESSES_OF */
    "SELECT a.id, a.value_sealed FROM address a JOIN person_address l ON l.practice_id = a.practice_id AND l.address_id = a.id"
    " WHERE a.practice_id = $1 AND l.person_id = $2",
    /* AUDIT_DELETE */ "DELETE FROM audit_value WHERE practice_id = $1 AND seq = $2",
    /* CHUNKS_DELETE */ "DELETE FROM arrival_chunk WHERE practice_id = $1 AND arrival_id = $2",
    /* ARRIVAL_DELETE */ "DELETE FROM arrival WHERE practice_id = $1 AND id = $2 AND state IN (4, 5)",
    /* LETTER_HASHES */ "UPDATE letter SET id_hash = NULL, dedupe_hash = NULL WHERE practice_id = $1 AND id = $2",
    /* an issue's rendering must not be found again: its version steps out of the way */
    /* MAILING_MARK */
    "UPDATE mailing SET erased_ms = $3, issue_version = CASE WHEN issue_id IS NULL THEN issue_version ELSE -id END"
    " WHERE practice_id = $1 AND id = $2 AND erased_ms IS NULL",
    /* MAILING_OF */
    "SELECT m.kind, m.subject_id, p.author_id FROM mailing m LEFT JOIN post p ON p.practice_id = m.practice_id AND p.id = m.subject_id"
    " WHERE m.practice_id = $1 AND m.id = $2 AND m.issue_id IS NULL",
    /* UNSENT_DELETE */ "DELETE FROM delivery" UNSENT,
    /* UNSENT_CANCEL */ "UPDATE delivery SET state = 6, lease = NULL, lease_until_ms = NULL" UNSENT,
};
/* clang-format on */
_Static_assert(COUNT_OF(erase_sql) == STMT_END, "a text for each statement");
const struct db_domain erase_domain = { "erase", erase_sql, COUNT_OF(erase_sql) };

/* --- what is looked for ------------------------------------------------------------------------------------------------------------ */

static enum rc start(struct store *st, size_t stmt, int64_t id, struct db_query **ret_q, struct err *err)
{
    enum rc rc = db_query(st->db, erase_sql[stmt], ret_q, err);

    if (!rc) {
        db_bind_int(*ret_q, 1, st->practice.v);
        db_bind_int(*ret_q, 2, id);
    }
    return rc;
}

/* What they wrote before it was cut: gateway/home/context. */
static enum rc mark_original(const char *context, struct arena *mem, struct erase_marks *marks, struct err *err)
{
    CLEANUP(json_free) struct json *root = NULL;

    if (json_parse(context, strlen(context), &root, err))
        return err->rc;
    erase_marks_text(marks, arena_strdup(mem, json_get_str(root, "original", "")));
    return RC_OK;
}

static enum rc mark_posts(struct store *st, struct person_id person, struct arena *mem, struct erase_marks *marks,
                          struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const char *text, *context;
    bool row;
    enum rc rc = start(st, POSTS_OF, person.v, &q, err);

    while (!rc && !(rc = db_step(q, &row, err)) && row) {
        const int64_t id = db_int(q, 0);

        rc = store_sealed(st, q, 1, COL_POST_TEXT, id, mem, &text, err);
        if (!rc)
            rc = store_sealed(st, q, 2, COL_POST_CONTEXT, id, mem, &context, err);
        if (!rc)
            rc = mark_original(context, mem, marks, err);
        if (!rc)
            erase_marks_text(marks, text);
    }
    return rc;
}

/* Both sides of their private talks: what staff answered tells of them too. */
static enum rc mark_private(struct store *st, struct person_id person, struct arena *mem, struct erase_marks *marks,
                            struct err *err)
{
    struct private_talk *talks;
    struct private_note *notes;
    size_t talk_count, n;

    if (private_list(st, person, TALKS_MAX, mem, &talks, &talk_count, err))
        return err->rc;
    for (size_t t = 0; t < talk_count; t++) {
        if (private_notes(st, talks[t].id, NOTES_MAX, mem, &notes, &n, err))
            return err->rc;
        for (size_t i = 0; i < n; i++)
            erase_marks_text(marks, notes[i].text);
    }
    return RC_OK;
}

static enum rc mark_addresses(struct store *st, struct person_id person, struct arena *mem, struct erase_marks *marks,
                              struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const char *value;
    bool row;
    enum rc rc = start(st, ADDRESSES_OF, person.v, &q, err);

    while (!rc && !(rc = db_step(q, &row, err)) && row) {
        rc = store_sealed(st, q, 1, COL_ADDRESS_VALUE, db_int(q, 0), mem, &value, err);
        if (!rc)
            erase_marks_phrase(marks, value);
    }
    return rc;
}

enum rc erase_marks_of(struct store *st, const struct person *person, struct arena *mem, struct erase_marks **ret_marks,
                       struct err *err)
{
    struct erase_marks *marks = erase_marks_new(mem);

    if (strcmp(person->name, ERASE_NAME) != 0)
        erase_marks_phrase(marks, person->name);
    erase_marks_phrase(marks, person->phone);
    erase_marks_phrase(marks, person->emergency);
    erase_marks_phrase(marks, person->chart);
    if (mark_posts(st, person->id, mem, marks, err) || mark_private(st, person->id, mem, marks, err) ||
        mark_addresses(st, person->id, mem, marks, err))
        return err_wrap(err, "words of person %" PRId64, person->id.v);
    erase_marks_close(marks);
    *ret_marks = marks;
    return RC_OK;
}

/* --- one value --------------------------------------------------------------------------------------------------------------------- */

static enum rc run_on(struct store *st, size_t stmt, int64_t id, int64_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = start(st, stmt, id, &q, err);

    return rc ? rc : db_run(q, ret_n, err);
}

static size_t place_of(enum column column)
{
    size_t at = 0;

    while (at < COLUMN_COUNT && columns[at] != column)
        at++;
    return at;
}

static enum rc write_value(struct store *st, enum column column, int64_t id, const char *text, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("erase_value");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = start(st, PER_COLUMN * place_of(column) + COLUMN_WRITE, id, &q, err);

    if (rc)
        return rc;
    store_bind_sealed(st, q, 3, column, id, text, mem);
    return db_run(q, NULL, err);
}

enum rc erase_raw(struct store *st, struct arrival_id id, struct erase_counts *counts, struct err *err)
{
    int64_t chunks, gone;

    if (run_on(st, CHUNKS_DELETE, id.v, &chunks, err) || run_on(st, ARRIVAL_DELETE, id.v, &gone, err))
        return err->rc;
    counts->raw_mails += gone || chunks;
    return RC_OK;
}

enum rc erase_arrival(struct store *st, struct arrival_id id, struct erase_counts *counts, struct err *err)
{
    if (erase_raw(st, id, counts, err) || run_on(st, LETTER_HASHES, id.v, NULL, err))
        return err->rc;
    return write_value(st, COL_LETTER_JSON, id.v, "", err);
}

/* Somebody else's note that must be rendered anew for those who have no copy: which, and as what. 0: none. */
static enum rc note_of(struct store *st, struct person_id person, struct mailing_id id, int64_t *ret_post,
                       enum job_kind *ret_job, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    bool row;
    enum rc rc = start(st, MAILING_OF, id.v, &q, err);

    *ret_post = 0;
    if (rc || (rc = db_step(q, &row, err)) || !row)
        return rc;
    const enum mailing_kind kind = (enum mailing_kind)db_int(q, 0);
    const bool is_fan = kind >= MAILING_POST && kind <= MAILING_CORRECTION;

    *ret_job = kind == MAILING_CORRECTION ? JOB_FAN_NOTE : JOB_FAN_OUT;
    if (is_fan && db_int(q, 2) && db_int(q, 2) != person.v)
        *ret_post = db_int(q, 1);
    return RC_OK;
}

enum rc erase_mailing(struct store *st, struct person_id person, struct mailing_id id, struct erase_counts *counts,
                      struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum job_kind job = JOB_FAN_OUT;
    int64_t post, unsent, marked = 0;
    enum rc rc = start(st, MAILING_MARK, id.v, &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 3, clock_now_ms(st->clock));
    rc = db_run(q, &marked, err);
    if (rc || !marked)
        return rc;
    if (note_of(st, person, id, &post, &job, err) ||
        run_on(st, post ? UNSENT_DELETE : UNSENT_CANCEL, id.v, &unsent, err))
        return err->rc;
    counts->renderings++;
    if (post && unsent) {
        counts->made_again += unsent;
        if (due_set(st, job, post, clock_now_ms(st->clock), err))
            return err->rc;
    }
    rc = write_value(st, COL_MAILING_BUILT, id.v, "", err);
    return rc ? rc : write_value(st, COL_MAILING_SLOTS, id.v, "{}", err);
}

/* --- the walk ---------------------------------------------------------------------------------------------------------------------- */

struct value {
    int64_t id;
    const char *plain;
    size_t n;
};

/* What belongs to other people, or names nobody: the person's own rows are erase_person's. */
static bool is_passed_over(enum column column)
{
    switch (column) {
    case COL_SETTING_VALUE:
    case COL_PERSON_NAME:
    case COL_PERSON_PHONE:
    case COL_PERSON_EMERGENCY:
    case COL_PERSON_CHART:
    case COL_PERSON_NOTE:
    case COL_ADDRESS_VALUE:
    case COL_GROUP_TEXTS:
    case COL_MEMBERSHIP_NAME:
    case COL_PHOTO_JPEG: /* pixels */
    case COL_TEXT_ACCOUNT_VALUES:
        return true;
    default:
        return false;
    }
}

static enum rc read_batch(struct store *st, const struct erase_place *at, size_t max, struct arena *mem,
                          struct value **ret_values, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct value *values = ARENA_ARRAY(mem, max, struct value);
    size_t n = 0;
    bool row;
    enum rc rc = start(st, PER_COLUMN * at->column + COLUMN_READ, at->last_id, &q, err);

    if (rc)
        return rc;
    db_bind_int(q, 3, (int64_t)max);
    while (!(rc = db_step(q, &row, err)) && row) {
        const void *plain;

        values[n].id = db_int(q, 0);
        rc = store_sealed_bytes(st, q, 1, columns[at->column], values[n].id, mem, &plain, &values[n].n, err);
        if (rc)
            return rc;
        values[n++].plain = plain;
    }
    *ret_values = values;
    *ret_n = n;
    return rc;
}

static bool is_json(const char *text)
{
    return *text == '{' || *text == '[';
}

static enum rc scrub(struct store *st, enum column column, const struct value *v, const struct erase_marks *marks,
                     struct arena *mem, struct erase_counts *counts, struct err *err)
{
    const char *clean = erase_scrub(marks, v->plain, is_json(v->plain), ERASE_GONE, mem);

    if (clean == v->plain)
        return RC_OK;
    counts->scrubbed++;
    return write_value(st, column, v->id, clean, err);
}

static enum rc erase_value(struct store *st, struct person_id person, enum column column, const struct value *v,
                           const struct erase_marks *marks, struct arena *mem, struct erase_counts *counts,
                           struct err *err)
{
    const bool is_mail = column == COL_MAILING_BUILT;
    size_t n = v->n;
    const char *plain = is_mail ? erase_unfold(v->plain, v->n, mem, &n) : v->plain;
    int64_t gone = 0;
    enum rc rc;

    if (!erase_finds(marks, plain, n))
        return RC_OK;
    switch (column) {
    case COL_MAILING_BUILT:
    case COL_MAILING_SLOTS:
        return erase_mailing(st, person, (struct mailing_id){ v->id }, counts, err);
    case COL_LETTER_JSON:
        counts->letters++;
        return erase_arrival(st, (struct arrival_id){ v->id }, counts, err);
    case COL_AUDIT_OLD:
    case COL_AUDIT_NEW:
        rc = run_on(st, AUDIT_DELETE, v->id, &gone, err);
        counts->audit_values += gone;
        return rc;
    default:
        return scrub(st, column, v, marks, mem, counts, err);
    }
}

enum rc erase_sweep(struct store *st, struct person_id person, const struct erase_marks *marks, size_t max,
                    struct erase_place *at, bool *ret_done, struct erase_counts *counts, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("erase_sweep");
    struct value *values = NULL;
    size_t n = 0;

    while (at->column < COLUMN_COUNT && is_passed_over(columns[at->column]))
        *at = (struct erase_place){ at->column + 1, 0 };
    *ret_done = at->column == COLUMN_COUNT;
    if (*ret_done)
        return RC_OK;
    if (read_batch(st, at, max, mem, &values, &n, err))
        return err_wrap(err, "sweep of column %d", (int)columns[at->column]);
    for (size_t i = 0; i < n; i++)
        if (erase_value(st, person, columns[at->column], &values[i], marks, mem, counts, err))
            return err_wrap(err, "sweep of column %d row %" PRId64, (int)columns[at->column], values[i].id);
    *at = n < max ? (struct erase_place){ at->column + 1, 0 } : (struct erase_place){ at->column, values[n - 1].id };
    return RC_OK;
}
