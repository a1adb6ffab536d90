#include "store/visit_seat.h"

#include "store/rows.h"

#include <assert.h>

enum seat_stmt {
    SEAT_ADD,
    SEAT_GET,
    SEAT_FIND,
    SEAT_BY_UID,
    SEAT_LIST,
    SEAT_OF,
    SEAT_OF_PERSON,
    SEAT_CHANGE,
    RSVP_ADD,
    RSVP_NEWEST,
    RSVP_LIST,
    SEAT_STMT_COUNT
};

#define SEAT(p)                                                                                                        \
    p "id, " p "visit_id, " p "person_id, " p "membership_id, " p "part, " p "state, " p "uid, " p "sequence, " p      \
      "told_version, " p "told_start_ms, " p "told_ms, " p "moved_sequence, " p "moved_delivery, " p "has_link, " p    \
      "answer, " p "answer_start_ms, " p "answer_ms, " p "answer_way, " p "place, " p "place_ms, " p                   \
      "offer_until_ms, " p "whereabouts_sealed"

/* clang-format off */
static const char *const seat_sql[SEAT_STMT_COUNT] = {
    [SEAT_ADD] =
        "INSERT INTO visit_seat (practice_id, " SEAT("") ") VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, $10, $11, $12, $13, $14, 0, 0, 0, 0, 0, 0, 0,"
        " NULL) ON CONFLICT DO NOTHING",
    [SEAT_GET] = "SELECT " SEAT("") " FROM visit_seat WHERE practice_id = $1 AND id = $2",
    [SEAT_FIND] = "SELECT " SEAT("") " FROM visit_seat WHERE practice_id = $1 AND visit_id = $2 AND person_id = $3",
    [SEAT_BY_UID] = "SELECT " SEAT("") " FROM visit_seat WHERE practice_id = $1 AND uid = $2",
    [SEAT_LIST] = "SELECT " SEAT("") " FROM visit_seat WHERE practice_id = $1 AND visit_id = $2 ORDER BY +id",
    [SEAT_OF] =
        "SELECT " SEAT("s.") " FROM visit_seat s JOIN visit v ON v.practice_id = s.practice_id AND v.id = s.visit_id"
        " WHERE s.practice_id = $1 AND s.membership_id = $2 AND v.start_ms > $3 ORDER BY +s.id",
    [SEAT_OF_PERSON] = "SELECT " SEAT("") " FROM visit_seat WHERE practice_id = $1 AND person_id = $2 ORDER BY +id",
    [SEAT_CHANGE] =
        "UPDATE visit_seat SET membership_id = $3, state = $4, sequence = $5, told_version = $6, told_start_ms = $7, told_ms = $8,"
        " moved_sequence = $9, moved_delivery = $10, has_link = $11, answer = $12, answer_start_ms = $13, answer_ms = $14, answer_way = $15,"
        " place = $16, place_ms = $17, offer_until_ms = $18, part = $19, whereabouts_sealed = $20 WHERE practice_id = $1 AND id = $2",
    [RSVP_ADD] =
        "INSERT INTO visit_rsvp (practice_id, id, seat_id, visit_id, person_id, answer, way, sequence, is_old, words_sealed, at_ms)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    [RSVP_NEWEST] =
        "SELECT COALESCE(MAX(at_ms), 0) FROM visit_rsvp WHERE practice_id = $1 AND visit_id = $2 AND seat_id = $3 AND way = $4"
        " AND is_old = 0 AND answer IN (1, 2, 3)",
    [RSVP_LIST] =
        "SELECT id, seat_id, visit_id, person_id, answer, way, sequence, is_old, words_sealed, at_ms FROM visit_rsvp"
        " WHERE practice_id = $1 AND visit_id = $2 ORDER BY id",
};
/* clang-format on */
const struct db_domain visit_seat_domain = { "visit_seat", seat_sql, SEAT_STMT_COUNT };

static enum rc start(struct store *st, enum seat_stmt stmt, int64_t id, struct db_query **ret_q, struct err *err)
{
    const enum rc rc = db_query(st->db, seat_sql[stmt], ret_q, err);

    if (!rc) {
        db_bind_int(*ret_q, 1, st->practice.v);
        db_bind_int(*ret_q, 2, id);
    }
    return rc;
}

enum rc visit_seat_add(struct store *st, struct visit_seat *seat, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    int64_t changed = 0;

    assert(db_in_tx(st->db));
    seat->id.v = id_next(st->ids);
    seat->state = VISIT_SEAT_INVITED;
    crypt_random(seat->uid, sizeof seat->uid);
    if (start(st, SEAT_ADD, seat->id.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, seat->visit.v);
    db_bind_int(q, 4, seat->person.v);
    db_bind_int(q, 5, seat->membership.v);
    db_bind_int(q, 6, seat->part);
    db_bind_blob(q, 7, seat->uid, sizeof seat->uid);
    db_bind_int(q, 8, seat->sequence);
    db_bind_int(q, 9, seat->told_version);
    db_bind_int(q, 10, seat->told_start_ms);
    db_bind_int(q, 11, seat->told_ms);
    db_bind_int(q, 12, seat->moved_sequence);
    db_bind_int(q, 13, seat->moved_delivery.v);
    db_bind_int(q, 14, seat->has_link);
    if (db_run(q, &changed, err))
        return err_wrap(err, "add seat %" PRId64, seat->id.v);
    return changed ? RC_OK
                   : err_set(err, RC_CONFLICT, "person %" PRId64 " has a seat in visit %" PRId64, seat->person.v,
                             seat->visit.v);
}

static enum rc read_seat(struct store *st, struct db_query *q, struct arena *mem, struct visit_seat *s, struct err *err)
{
    size_t n = 0;
    const void *uid = db_blob(q, 6, &n);

    *s = (struct visit_seat){ .id = { db_int(q, 0) },
                              .visit = { db_int(q, 1) },
                              .person = { db_int(q, 2) },
                              .membership = { db_int(q, 3) },
                              .part = (enum visit_part)db_int(q, 4),
                              .state = (enum visit_seat_state)db_int(q, 5),
                              .sequence = db_int(q, 7),
                              .told_version = db_int(q, 8),
                              .told_start_ms = db_int(q, 9),
                              .told_ms = db_int(q, 10),
                              .moved_sequence = db_int(q, 11),
                              .moved_delivery = { db_int(q, 12) },
                              .has_link = db_int(q, 13) != 0,
                              .answer = (enum visit_answer)db_int(q, 14),
                              .answer_start_ms = db_int(q, 15),
                              .answer_ms = db_int(q, 16),
                              .answer_way = (enum visit_way)db_int(q, 17),
                              .place = (enum visit_place)db_int(q, 18),
                              .place_ms = db_int(q, 19),
                              .offer_until_ms = db_int(q, 20) };
    if (n != sizeof s->uid)
        return err_set(err, RC_CORRUPT, "seat %" PRId64 " has no uid", s->id.v);
    memcpy(s->uid, uid, n);
    return store_sealed(st, q, 21, COL_VISIT_WHEREABOUTS, s->id.v, mem, &s->whereabouts, err);
}

static enum rc one(struct store *st, struct db_query *q, struct arena *mem, struct visit_seat *ret, struct err *err)
{
    if (db_one(q, err) || read_seat(st, q, mem, ret, err))
        return err_wrap(err, "seat");
    return RC_OK;
}

enum rc visit_seat_get(struct store *st, struct visit_seat_id id, struct arena *mem, struct visit_seat *ret,
                       struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    return start(st, SEAT_GET, id.v, &q, err) ? err->rc : one(st, q, mem, ret, err);
}

enum rc visit_seat_find(struct store *st, struct visit_id visit, struct person_id person, struct arena *mem,
                        struct visit_seat *ret, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, SEAT_FIND, visit.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, person.v);
    return one(st, q, mem, ret, err);
}

enum rc visit_seat_by_uid(struct store *st, const char *uid, size_t len, struct arena *mem, struct visit_seat *ret,
                          struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    unsigned char bytes[VISIT_UID_BYTES];

    if (len != VISIT_UID_CHARS || !crypt_base32_decode(uid, len, bytes, sizeof bytes))
        return err_set(err, RC_NOT_FOUND, "no UID of ours");
    if (start(st, SEAT_BY_UID, 0, &q, err))
        return err->rc;
    db_bind_blob(q, 2, bytes, sizeof bytes);
    return one(st, q, mem, ret, err);
}

static enum rc read_all(struct store *st, struct db_query *q, struct arena *mem, struct visit_seat **ret, size_t *ret_n,
                        struct err *err)
{
    struct visit_seat *list = NULL;
    size_t n = 0, cap = 0;
    bool row;
    enum rc rc = RC_OK;

    while (!rc && !(rc = db_step(q, &row, err)) && row) {
        list = rows_room(mem, list, n, &cap, sizeof *list);
        rc = read_seat(st, q, mem, &list[n++], err);
    }
    *ret = list;
    *ret_n = n;
    return rc ? err_wrap(err, "seats") : RC_OK;
}

enum rc visit_seats(struct store *st, struct visit_id visit, struct arena *mem, struct visit_seat **ret, size_t *ret_n,
                    struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    return start(st, SEAT_LIST, visit.v, &q, err) ? err->rc : read_all(st, q, mem, ret, ret_n, err);
}

enum rc visit_seats_of(struct store *st, struct membership_id membership, int64_t after_ms, struct arena *mem,
                       struct visit_seat **ret, size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    if (start(st, SEAT_OF, membership.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, after_ms);
    return read_all(st, q, mem, ret, ret_n, err);
}

enum rc visit_seats_of_person(struct store *st, struct person_id person, struct arena *mem, struct visit_seat **ret,
                              size_t *ret_n, struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;

    return start(st, SEAT_OF_PERSON, person.v, &q, err) ? err->rc : read_all(st, q, mem, ret, ret_n, err);
}

enum rc visit_seat_change(struct store *st, const struct visit_seat *s, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("visit_seat");
    CLEANUP(db_query_done) struct db_query *q = NULL;
    const int64_t values[] = { s->membership.v,  s->state,   s->sequence,        s->told_version,
                               s->told_start_ms, s->told_ms, s->moved_sequence,  s->moved_delivery.v,
                               s->has_link,      s->answer,  s->answer_start_ms, s->answer_ms,
                               s->answer_way,    s->place,   s->place_ms,        s->offer_until_ms,
                               s->part };
    int64_t changed = 0;

    assert(db_in_tx(st->db));
    if (start(st, SEAT_CHANGE, s->id.v, &q, err))
        return err->rc;
    for (size_t i = 0; i < COUNT_OF(values); i++)
        db_bind_int(q, 3 + (int)i, values[i]);
    store_bind_sealed(st, q, 3 + (int)COUNT_OF(values), COL_VISIT_WHEREABOUTS, s->id.v, s->whereabouts, mem);
    if (db_run(q, &changed, err))
        return err_wrap(err, "change seat %" PRId64, s->id.v);
    return changed ? RC_OK : err_set(err, RC_NOT_FOUND, "seat %" PRId64, s->id.v);
}

void visit_seat_uid(const struct visit_seat *seat, char text[VISIT_UID_CHARS + 1])
{
    crypt_base32_encode(seat->uid, sizeof seat->uid, text);
}

/* ---- every answer ---- */

enum rc visit_rsvp_add(struct store *st, struct visit_rsvp *r, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("visit_rsvp");
    CLEANUP(db_query_done) struct db_query *q = NULL;

    assert(db_in_tx(st->db));
    r->id = id_next(st->ids);
    r->at_ms = r->at_ms ? r->at_ms : clock_now_ms(st->clock);
    const int64_t values[] = { r->seat.v, r->visit.v, r->person.v, r->answer, r->way, r->sequence, r->is_old };

    if (start(st, RSVP_ADD, r->id, &q, err))
        return err->rc;
    for (size_t i = 0; i < COUNT_OF(values); i++)
        db_bind_int(q, 3 + (int)i, values[i]);
    store_bind_sealed(st, q, 10, COL_VISIT_RSVP_WORDS, r->id, r->words, mem);
    db_bind_int(q, 11, r->at_ms);
    return db_run(q, NULL, err) ? err_wrap(err, "answer to visit %" PRId64, r->visit.v) : RC_OK;
}

enum rc visit_rsvp_newest(struct store *st, const struct visit_seat *seat, enum visit_way way, int64_t *ret_ms,
                          struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    bool row;

    if (start(st, RSVP_NEWEST, seat->visit.v, &q, err))
        return err->rc;
    db_bind_int(q, 3, seat->id.v);
    db_bind_int(q, 4, way);
    if (db_step(q, &row, err))
        return err_wrap(err, "answers of seat %" PRId64, seat->id.v);
    *ret_ms = row ? db_int(q, 0) : 0;
    return RC_OK;
}

enum rc visit_rsvps(struct store *st, struct visit_id visit, struct arena *mem, struct visit_rsvp **ret, size_t *ret_n,
                    struct err *err)
{
    CLEANUP(db_query_done) struct db_query *q = NULL;
    struct visit_rsvp *list = NULL;
    size_t n = 0, cap = 0;
    bool row;
    enum rc rc = start(st, RSVP_LIST, visit.v, &q, err);

    while (!rc && !(rc = db_step(q, &row, err)) && row) {
        struct visit_rsvp *r;

        list = rows_room(mem, list, n, &cap, sizeof *list);
        r = &list[n++];
        *r = (struct visit_rsvp){ .id = db_int(q, 0),
                                  .seat = { db_int(q, 1) },
                                  .visit = { db_int(q, 2) },
                                  .person = { db_int(q, 3) },
                                  .answer = (enum visit_answer)db_int(q, 4),
                                  .way = (enum visit_way)db_int(q, 5),
                                  .sequence = db_int(q, 6),
                                  .is_old = db_int(q, 7) != 0,
                                  .at_ms = db_int(q, 9) };
        rc = store_sealed(st, q, 8, COL_VISIT_RSVP_WORDS, r->id, mem, &r->words, err);
    }
    *ret = list;
    *ret_n = n;
    return rc ? err_wrap(err, "answers to visit %" PRId64, visit.v) : RC_OK;
}

/* ---- names ---- */

const char *visit_answer_name(enum visit_answer answer)
{
    static const char *const names[] = { "none", "yes", "no", "maybe", "another time" };

    return (size_t)answer < COUNT_OF(names) ? names[answer] : "?";
}

const char *visit_way_name(enum visit_way way)
{
    static const char *const names[] = { "", "email", "calendar", "text", "staff" };

    return (size_t)way < COUNT_OF(names) ? names[way] : "?";
}

const char *visit_place_name(enum visit_place place)
{
    static const char *const names[] = { "", "place", "waits", "offered" };

    return (size_t)place < COUNT_OF(names) ? names[place] : "?";
}

const char *visit_part_name(enum visit_part part)
{
    static const char *const names[] = { "?", "member", "host", "co-host", "speaker" };

    return (size_t)part < COUNT_OF(names) ? names[part] : "?";
}
