/* The person's own rows: the part of erase.h that needs no looking. */
#include "store/erase.h"

#include "base/json.h"
#include "store/mailing.h"
#include "store/post.h"
#include "store/rows.h"

/* clang-format off */
#define OF_PERSON "practice_id = $1 AND person_id = $2"
#define ABOUT "(SELECT post_id FROM member_choice WHERE practice_id = $1 AND person_id = $2 AND post_id <> 0)" /* greetings, milestones */
#define POSTS "(SELECT id FROM post WHERE practice_id = $1 AND (author_id = $2 OR id IN " ABOUT "))"
#define MEMBERSHIPS "(SELECT id FROM membership WHERE " OF_PERSON ")"
#define CONSENTS "(SELECT id FROM consent WHERE " OF_PERSON ")"
#define INVITATIONS "(SELECT id FROM invitation WHERE " OF_PERSON ")"
#define LETTERS "(SELECT id FROM letter WHERE " OF_PERSON ")"
#define DELIVERIES "(SELECT id FROM delivery WHERE " OF_PERSON ")"
#define PAGES "(SELECT id FROM page WHERE " OF_PERSON ")"
#define QUESTIONS "(SELECT id FROM question WHERE " OF_PERSON ")"
/* deliveries of renderings that held the person's words */
#define HELD_THEM "(SELECT d.id FROM delivery d JOIN mailing m ON m.practice_id = d.practice_id AND m.id = d.mailing_id" \
    " WHERE d.practice_id = $1 AND m.erased_ms IS NOT NULL)"
/* addresses that nobody else uses */
#define OWN_ADDRESSES "(SELECT l.address_id FROM person_address l WHERE l.practice_id = $1 AND l.person_id = $2 AND NOT EXISTS" \
    " (SELECT 1 FROM person_address o WHERE o.practice_id = $1 AND o.address_id = l.address_id AND o.person_id <> l.person_id))"

/* Lists of ids first: their values are sealed again one by one. */
enum erase_list { LIST_POSTS, LIST_TITLES, LIST_MEMBERSHIPS, LIST_ADDRESSES, LIST_MAILINGS, LIST_LETTERS, LIST_CONTEXTS, LIST_RAW, LIST_COUNT };
/* Then what one statement does for all rows. The audit first: it asks which rows were theirs. */
enum erase_stmt {
    AUDIT_VALUES = LIST_COUNT, POST_NOTES, REVIEW_REASONS, QUESTION_DATA, INVITATION_REASONS, CONSENT_WORDS, PRIVATE_NOTES, PRIVATE_TALKS, UNDO_ROWS, ANSWERED_ROWS, POLL_VOTES, PHOTOS, CHECK_IN_VALUES, CHECK_IN_PARTS, CHOICES, THANKS_ROWS, VISIT_REPLIES, VISIT_RSVPS, VISIT_REMINDERS, VISIT_SEATS, VIDEO_SEATS, TAGS,
    TEXTS_OUT, TEXTS_IN, TEXT_CONSENT_WORDS, TEXT_ITEMS, TEXT_QUESTIONS, TEXT_STAFF,
    PAGE_OUTCOMES, DELIVERY_VALUES, LABELS, SUPPRESSIONS, LINKS, PERSON_REST,
    SET_POST, SET_CONTEXT, SET_TITLE, SET_MEMBERSHIP, SET_ADDRESS, SET_PERSON, OPEN_PAGES, STMT_END
};

static const char *const erase_sql[STMT_END] = {
    [LIST_POSTS] = "SELECT id FROM post WHERE practice_id = $1 AND (author_id = $2 OR id IN " ABOUT ")",
    [LIST_TITLES] = 
        "SELECT id FROM conversation WHERE practice_id = $1 AND (first_post_id IN " POSTS " OR (first_post_id = 0 AND id IN"
        " (SELECT conversation_id FROM post WHERE practice_id = $1 AND author_id = $2)))",
    [LIST_MEMBERSHIPS] = "SELECT id FROM membership WHERE " OF_PERSON,
    [LIST_ADDRESSES] = "SELECT id FROM address WHERE practice_id = $1 AND id IN " OWN_ADDRESSES,
    /* what held their posts, was about them, or went to them alone */
    [LIST_MAILINGS] =
        "SELECT m.id FROM mailing m WHERE m.practice_id = $1 AND m.erased_ms IS NULL AND"
        " (m.id IN (SELECT mailing_id FROM mailing_post WHERE practice_id = $1 AND post_id IN " POSTS ")"
        " OR m.subject_id = $2 OR m.subject_id IN " POSTS " OR m.subject_id IN " MEMBERSHIPS " OR m.subject_id IN " INVITATIONS
        " OR m.subject_id IN " LETTERS " OR m.subject_id IN " PAGES " OR m.subject_id IN " DELIVERIES " OR m.subject_id IN " QUESTIONS
        " OR (m.id IN (SELECT mailing_id FROM delivery WHERE " OF_PERSON " AND issue_id IS NULL) AND NOT EXISTS"
        " (SELECT 1 FROM delivery d WHERE d.practice_id = $1 AND d.mailing_id = m.id AND d.person_id <> $2)))",
    /* what a moderator saw below others' answers: the mail that they quoted */
    [LIST_CONTEXTS] =
        "SELECT p.id FROM post p JOIN letter t ON t.practice_id = p.practice_id AND t.id = p.letter_id WHERE p.practice_id = $1"
        " AND p.author_id <> $2 AND t.delivery_id IN " HELD_THEM,
    /* theirs, and what answered a mail that held their words: it may quote them */
    [LIST_LETTERS] =
        "SELECT id FROM letter WHERE practice_id = $1 AND (person_id = $2 OR delivery_id IN " HELD_THEM ")",
    /* raw mail of their groups: what nobody parsed may quote them too */
    [LIST_RAW] =
        "SELECT a.id FROM arrival a JOIN letter t ON t.practice_id = a.practice_id AND t.id = a.id WHERE a.practice_id = $1 AND a.state = 4"
        " AND t.group_id IN (SELECT group_id FROM membership WHERE " OF_PERSON ")",
    [AUDIT_VALUES] =
        "DELETE FROM audit_value WHERE practice_id = $1 AND seq IN (SELECT seq FROM audit WHERE practice_id = $1 AND"
        " ((item_kind = 2 AND item_id = $2) OR (item_kind = 3 AND item_id IN " OWN_ADDRESSES ") OR (item_kind = 5 AND item_id IN " MEMBERSHIPS ")"
        " OR (item_kind = 6 AND item_id IN " INVITATIONS ") OR (item_kind = 7 AND item_id IN " CONSENTS ")"
        " OR (item_kind = 8 AND item_id IN " LETTERS ") OR (item_kind = 9 AND item_id IN " POSTS ")"
        " OR (item_kind = 11 AND item_id IN " DELIVERIES ") OR (item_kind = 12 AND item_id IN " PAGES ")"
        " OR (item_kind = 15 AND item_id IN " QUESTIONS ")))",
    [POST_NOTES] = "UPDATE post SET note_sealed = NULL WHERE practice_id = $1 AND author_id = $2",
    [REVIEW_REASONS] = "UPDATE review SET reason_sealed = NULL WHERE practice_id = $1 AND post_id IN " POSTS,
    [QUESTION_DATA] =
        "UPDATE question SET data_sealed = NULL, state = CASE WHEN state = 1 THEN 4 ELSE state END WHERE practice_id = $1 AND"
        " (person_id = $2 OR subject_id IN " POSTS " OR subject_id IN " MEMBERSHIPS " OR subject_id IN " LETTERS ")",
    [INVITATION_REASONS] = "UPDATE invitation SET reason_sealed = NULL WHERE " OF_PERSON,
    [CONSENT_WORDS] = "UPDATE consent SET evidence_sealed = NULL WHERE " OF_PERSON,
    [PRIVATE_NOTES] = "DELETE FROM private_note WHERE practice_id = $1 AND talk_id IN (SELECT id FROM private_talk WHERE " OF_PERSON ")",
    [PRIVATE_TALKS] = "DELETE FROM private_talk WHERE " OF_PERSON,
    [UNDO_ROWS] = "DELETE FROM undo WHERE " OF_PERSON,
    [ANSWERED_ROWS] = "DELETE FROM answered WHERE " OF_PERSON,
    [POLL_VOTES] = "DELETE FROM poll_vote WHERE " OF_PERSON,
    [CHECK_IN_VALUES] = "DELETE FROM check_in_value WHERE " OF_PERSON,
    [CHECK_IN_PARTS] = "DELETE FROM check_in_member WHERE " OF_PERSON,
    [CHOICES] = "DELETE FROM member_choice WHERE " OF_PERSON,
    [THANKS_ROWS] = "DELETE FROM thanks WHERE practice_id = $1 AND (person_id = $2 OR membership_id IN " MEMBERSHIPS ")",
    [TEXTS_OUT] =
        "UPDATE text_out SET words_sealed = NULL, state = CASE WHEN state IN (1, 2) THEN 10 ELSE state END WHERE practice_id = $1 AND"
        " (person_id = $2 OR address_id IN " OWN_ADDRESSES " OR id IN (SELECT text_id FROM text_post WHERE practice_id = $1 AND post_id IN " POSTS "))",
    [TEXTS_IN] =
        "UPDATE text_in SET words_sealed = NULL, raw_sealed = NULL, dedupe_hash = NULL WHERE practice_id = $1 AND address_id IN " OWN_ADDRESSES,
    [TEXT_CONSENT_WORDS] =
        "UPDATE text_consent_log SET words_sealed = NULL WHERE practice_id = $1 AND (person_id = $2 OR address_id IN " OWN_ADDRESSES ")",
    [TEXT_ITEMS] = "DELETE FROM text_item WHERE " OF_PERSON,
    [TEXT_QUESTIONS] = "DELETE FROM text_asked WHERE practice_id = $1 AND (person_id = $2 OR address_id IN " OWN_ADDRESSES ")",
    [TEXT_STAFF] = "DELETE FROM text_staff WHERE practice_id = $1 AND id = $2",
    [VISIT_REPLIES] = "DELETE FROM visit_reply WHERE " OF_PERSON,
    [VISIT_RSVPS] = "DELETE FROM visit_rsvp WHERE " OF_PERSON,
    [VISIT_REMINDERS] = "DELETE FROM visit_reminder WHERE " OF_PERSON,
    [VISIT_SEATS] = "DELETE FROM visit_seat WHERE " OF_PERSON, /* who came and who agreed stays: it is the practice's record, without words */
    [VIDEO_SEATS] = "DELETE FROM video_seat WHERE " OF_PERSON,
    [PHOTOS] = "DELETE FROM photo WHERE practice_id = $1 AND post_id IN " POSTS,
    [TAGS] = "DELETE FROM membership_tag WHERE practice_id = $1 AND membership_id IN " MEMBERSHIPS,
    [PAGE_OUTCOMES] = "UPDATE page SET outcome_sealed = NULL WHERE " OF_PERSON,
    [DELIVERY_VALUES] = "UPDATE delivery SET values_sealed = NULL, remote_sealed = NULL WHERE " OF_PERSON,
    [LABELS] = "UPDATE membership SET label_sealed = NULL WHERE " OF_PERSON,
    [SUPPRESSIONS] = "DELETE FROM suppression WHERE practice_id = $1 AND address_id IN " OWN_ADDRESSES,
    [LINKS] = "DELETE FROM person_address WHERE " OF_PERSON,
    [PERSON_REST] =
        "UPDATE person SET state = 2, zone = NULL, phone_sealed = NULL, emergency_sealed = NULL, chart_sealed = NULL, note_sealed = NULL"
        " WHERE practice_id = $1 AND id = $2",
    [SET_POST] = "UPDATE post SET text_sealed = $3, context_sealed = $4 WHERE practice_id = $1 AND id = $2",
    [SET_CONTEXT] = "UPDATE post SET context_sealed = $3 WHERE practice_id = $1 AND id = $2",
    [SET_TITLE] = "UPDATE conversation SET title_sealed = $3 WHERE practice_id = $1 AND id = $2",
    [SET_MEMBERSHIP] = "UPDATE membership SET name_sealed = $3, name_hash = $4 WHERE practice_id = $1 AND id = $2",
    [SET_ADDRESS] = "UPDATE address SET value_sealed = $3, hash = $4, state = 3 WHERE practice_id = $1 AND id = $2",
    [OPEN_PAGES] = "SELECT COUNT(*) FROM page WHERE practice_id = $1 AND person_id = $2 AND state IN (1, 2)",
    [SET_PERSON] = "UPDATE person SET name_sealed = $3 WHERE practice_id = $1 AND id = $2",
};
/* clang-format on */
const struct db_domain erase_person_domain = { "erase_person", erase_sql, COUNT_OF(erase_sql) };

/* One erasure: what all its parts share. */
struct erasing {
    struct store *st;
    struct person_id person;
    struct erase_counts *counts;
};

static enum rc start(const struct erasing *e, enum erase_stmt stmt, int64_t id, struct db_query **ret_q,
                     struct err *err)
{
    enum rc rc = db_query(e->st->db, erase_sql[stmt], ret_q, err);

    if (!rc) {
        db_bind_int(*ret_q, 1, e->st->practice.v);
        db_bind_int(*ret_q, 2, id);
    }
    return rc;
}

static enum rc ids_of(const struct erasing *e, enum erase_list list, struct arena *mem, int64_t **ret_ids,
                      size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t *ids = NULL;
    size_t n = 0, cap = 0;
    bool row;
    enum rc rc = start(e, (enum erase_stmt)list, e->person.v, &q, err);

    while (!rc && !(rc = db_step(q, &row, err)) && row) {
        ids = rows_room(mem, ids, n, &cap, sizeof *ids);
        ids[n++] = db_int(q, 0);
    }
    *ret_ids = ids;
    *ret_n = n;
    return rc;
}

/* --- one row of each kind ---------------------------------------------------------------------------------------------------------- */

static enum rc set_post(const struct erasing *e, int64_t id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("erase");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = start(e, SET_POST, id, &q, err);

    if (rc)
        return rc;
    e->counts->posts++;
    store_bind_sealed(e->st, q, 3, COL_POST_TEXT, id, "", mem);
    store_bind_sealed(e->st, q, 4, COL_POST_CONTEXT, id, "{}", mem);
    return db_run(q, NULL, err);
}

static enum rc set_title(const struct erasing *e, int64_t id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("erase");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = start(e, SET_TITLE, id, &q, err);

    if (rc)
        return rc;
    store_bind_sealed(e->st, q, 3, COL_CONVERSATION_TITLE, id, ERASE_TITLE, mem);
    return db_run(q, NULL, err);
}

/* A hash of nothing, so that the name is free and found by nobody. */
static enum rc set_membership(const struct erasing *e, int64_t id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("erase");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    unsigned char hash[CRYPT_MAC_BYTES];
    enum rc rc = start(e, SET_MEMBERSHIP, id, &q, err);

    if (rc)
        return rc;
    e->counts->memberships++;
    crypt_random(hash, sizeof hash);
    store_bind_sealed(e->st, q, 3, COL_MEMBERSHIP_NAME, id, ERASE_NAME, mem);
    db_bind_blob(q, 4, hash, sizeof hash);
    return db_run(q, NULL, err);
}

/* The row stays for those that point to it; .invalid is nobody's (RFC 2606). */
static enum rc set_address(const struct erasing *e, int64_t id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("erase");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    unsigned char hash[CRYPT_MAC_BYTES];
    enum rc rc = start(e, SET_ADDRESS, id, &q, err);

    if (rc)
        return rc;
    e->counts->addresses++;
    crypt_random(hash, sizeof hash);
    store_bind_sealed(e->st, q, 3, COL_ADDRESS_VALUE, id, "erased@erased.invalid", mem);
    db_bind_blob(q, 4, hash, sizeof hash);
    return db_run(q, NULL, err);
}

static enum rc set_mailing(const struct erasing *e, int64_t id, struct err *err)
{
    return erase_mailing(e->st, e->person, (struct mailing_id){ id }, e->counts, err);
}

static enum rc set_letter(const struct erasing *e, int64_t id, struct err *err)
{
    e->counts->letters++;
    return erase_arrival(e->st, (struct arrival_id){ id }, e->counts, err);
}

/* Without what they had quoted. */
static enum rc set_context(const struct erasing *e, int64_t id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("erase");
    CLEANUP(json_free) struct json *context = NULL;
    CLEANUP(strbuf_done) struct strbuf text = STRBUF(JSON_MAX_BYTES);
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct post post;

    if (post_get(e->st, (struct post_id){ id }, mem, &post, err) ||
        json_parse(post.context, strlen(post.context), &context, err))
        return err->rc;
    json_set_str(context, "trimmed", "");
    json_print(context, false, &text);
    if (strbuf_check(&text, err) || start(e, SET_CONTEXT, id, &q, err))
        return err->rc;
    store_bind_sealed(e->st, q, 3, COL_POST_CONTEXT, id, strbuf_peek(&text), mem);
    return db_run(q, NULL, err);
}

/* Raw bytes alone: the letter is somebody else's. */
static enum rc set_raw(const struct erasing *e, int64_t id, struct err *err)
{
    return erase_raw(e->st, (struct arrival_id){ id }, e->counts, err);
}

/* --- all of it --------------------------------------------------------------------------------------------------------------------- */

static const struct {
    enum erase_list list;
    enum rc (*set)(const struct erasing *e, int64_t id, struct err *err);
} lists[] = {
    { LIST_MAILINGS, set_mailing },  { LIST_CONTEXTS, set_context }, { LIST_LETTERS, set_letter },
    { LIST_RAW, set_raw },           { LIST_TITLES, set_title },     { LIST_MEMBERSHIPS, set_membership },
    { LIST_ADDRESSES, set_address }, { LIST_POSTS, set_post },
};

static enum rc each_of(const struct erasing *e, size_t at, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("erase_list");
    int64_t *ids;
    size_t n;

    if (ids_of(e, lists[at].list, mem, &ids, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (lists[at].set(e, ids[i], err))
            return err->rc;
    return RC_OK;
}

static enum rc set_name(const struct erasing *e, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("erase");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    enum rc rc = start(e, SET_PERSON, e->person.v, &q, err);

    if (rc)
        return rc;
    store_bind_sealed(e->st, q, 3, COL_PERSON_NAME, e->person.v, ERASE_NAME, mem);
    return db_run(q, NULL, err);
}

static enum rc run_stmt(const struct erasing *e, enum erase_stmt stmt, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t n;

    if (start(e, stmt, e->person.v, &q, err) || db_run(q, &n, err))
        return err->rc;
    if (stmt == AUDIT_VALUES)
        e->counts->audit_values += n;
    if (stmt == DELIVERY_VALUES)
        e->counts->deliveries += n;
    return RC_OK;
}

enum rc erase_open_pages(struct store *st, struct person_id person, int64_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const struct erasing e = { st, person, NULL };

    if (start(&e, OPEN_PAGES, person.v, &q, err) || db_one(q, err))
        return err->rc;
    *ret_n = db_int(q, 0);
    return RC_OK;
}

enum rc erase_person(struct store *st, struct person_id person, struct erase_counts *counts, struct err *err)
{
    const struct erasing e = { st, person, counts };

    for (size_t i = 0; i < COUNT_OF(lists); i++)
        if (each_of(&e, i, err))
            return err_wrap(err, "erase person %" PRId64, person.v);
    for (enum erase_stmt stmt = AUDIT_VALUES; stmt <= PERSON_REST; stmt++)
        if (run_stmt(&e, stmt, err))
            return err_wrap(err, "erase person %" PRId64, person.v);
    return set_name(&e, err);
}
