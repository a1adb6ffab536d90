#include "gateway/visit/meeting.h"

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "gateway/practice/record.h"
#include "gateway/visit/attending.h"
#include "gateway/visit/calls.h"
#include "gateway/visit/copy.h"
#include "gateway/visit/saying.h"
#include "store/membership.h"

#include <assert.h>

#define LEASE_MS (10 * MS_MINUTE)
#define LOOK_MS MS_HOUR
#define REFUSED_MS (6 * MS_HOUR)
#define TRIES_MAX 6 /* 2^6 minutes: an hour */

struct meeting {
    struct gate *gate;
    struct visit visit;
    struct video_meeting row;
    struct zoom_account account;
    struct zoom zoom;
    struct roster roster;
    struct video_seat *seats; /* registered ones */
    size_t seat_count;
    int64_t lease_ms;
    int64_t until_ms; /* of this turn, by clock_steady_ms */
    struct arena *mem;
};

enum rc meeting_account(struct gate *gate, struct arena *mem, struct zoom_account *ret, struct err *err)
{
    CLEANUP(json_free) struct json *values = NULL;
    const char *text;

    if (video_account_get(&gate->store, mem, &text, err) || json_parse(text, strlen(text), &values, err))
        return err->rc;
#define READ_FIELD(member, name) ret->member = arena_strdup(mem, json_get_str(values, name, ""));
    ZOOM_ACCOUNT_FIELDS(READ_FIELD)
#undef READ_FIELD
    return RC_OK;
}

enum rc meeting_set(struct gate *gate, const struct visit *visit, struct err *err)
{
    struct store *const st = &gate->store;
    const int64_t now_ms = gate_now_ms(gate);

    return visit->state == VISIT_PLANNED && !strcmp(visit->plan.words.link, VIDEO_LINK)
               ? video_meeting_want(st, visit->id, now_ms, err)
               : video_meeting_hurry(st, visit->id, now_ms, err);
}

/* ---- what is written ---- */

static enum rc write_row(struct meeting *m, struct err *err)
{
    return video_meeting_change(&m->gate->store, &m->row, m->lease_ms, err);
}

static enum rc keep(struct meeting *m, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };

    m->row.tries = 0;
    m->row.trouble = "";
    return db_begin(m->gate->store.db, &tx, err) || write_row(m, err) || db_commit(&tx, err) ? err->rc : RC_OK;
}

static enum rc wait_until(struct meeting *m, int64_t due_ms, struct err *err)
{
    m->row.due_ms = due_ms;
    return keep(m, err);
}

/* The meeting is not there any more (is_lost: somebody deleted it there, and it is made again), or is not to be. */
static enum rc forget(struct meeting *m, bool is_lost, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };

    m->row.remote_id = m->row.start_ms = 0;
    m->row.link = NULL;
    if (db_begin(m->gate->store.db, &tx, err) || video_seats_drop(&m->gate->store, m->visit.id, err) ||
        write_row(m, err) || (is_lost && calls_offer_link(m->gate, &m->visit, err)))
        return err->rc;
    return db_commit(&tx, err);
}

static enum rc note_trouble(struct meeting *m, enum rc rc, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const int64_t now_ms = gate_now_ms(m->gate), tries = m->row.tries < TRIES_MAX ? m->row.tries + 1 : TRIES_MAX;

    log_warn("meeting_failed", KV(practice, m->gate->store.practice.v), KV(id, m->visit.id.v),
             KV_NAME(result, rc_name(rc)));
    m->row.tries = tries;
    m->row.trouble = rc == RC_INPUT ? arena_printf(m->mem, "refused, code %" PRId64, m->zoom.code) : rc_name(rc);
    m->row.due_ms = now_ms + (rc == RC_LIMIT ? m->zoom.wait_ms : rc == RC_INPUT ? REFUSED_MS : (MS_MINUTE << tries));
    if (db_begin(m->gate->store.db, &tx, err) || write_row(m, err))
        return err->rc;
    return db_commit(&tx, err);
}

/* ---- the meeting ---- */

static struct zoom_meeting wish(const struct meeting *m)
{
    const struct saying s = { .gate = m->gate, .visit = &m->visit, .language = m->gate->facts.language, .mem = m->mem };

    return (struct zoom_meeting){ .topic = saying_calendar_title(&s),
                                  .zone = m->visit.plan.zone,
                                  .start_ms = m->visit.start_ms,
                                  .minutes = m->visit.plan.minutes };
}

static bool is_as_wished(const struct meeting *m)
{
    return m->row.start_ms == m->visit.start_ms && m->row.minutes == m->visit.plan.minutes;
}

/* The copies of staff were made without a link. */
static enum rc tell_staff_link(struct meeting *m, struct err *err)
{
    for (size_t i = m->roster.members; i < m->roster.n; i++) {
        struct visit_seat *const seat = &m->roster.lines[i].seat;

        if (seat->state == VISIT_SEAT_INVITED && seat->told_ms && !seat->has_link &&
            copy_tell(m->gate, &m->visit, seat, COPY_LINK, err))
            return err->rc;
    }
    return RC_OK;
}

static enum rc create(struct meeting *m, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const struct zoom_meeting want = wish(m);
    struct zoom_made made;

    if (zoom_create(&m->zoom, &want, m->mem, &made, err))
        return err->rc;
    m->row.remote_id = made.id;
    m->row.start_ms = want.start_ms;
    m->row.minutes = want.minutes;
    m->row.link = made.join_url;
    m->row.tries = 0;
    m->row.trouble = made.has_waiting_room ? "" : "no waiting room"; /* an account's rule may forbid it */
    if (db_begin(m->gate->store.db, &tx, err) || write_row(m, err) || tell_staff_link(m, err))
        return err->rc;
    return db_commit(&tx, err);
}

static enum rc update(struct meeting *m, struct err *err)
{
    const struct zoom_meeting want = wish(m);

    if (zoom_update(&m->zoom, m->row.remote_id, &want, m->mem, err))
        return err->rc;
    m->row.start_ms = want.start_ms;
    m->row.minutes = want.minutes;
    return keep(m, err);
}

/* ---- its people ---- */

static const struct video_seat *registered(const struct meeting *m, struct visit_seat_id seat)
{
    for (size_t i = 0; i < m->seat_count; i++)
        if (m->seats[i].seat.v == seat.v)
            return &m->seats[i];
    return NULL;
}

static bool may_join(const struct roster_line *line)
{
    return line->number && line->has_agreed && line->seat.state == VISIT_SEAT_INVITED && line->seat.told_ms;
}

static struct roster_line *next_to_register(struct meeting *m)
{
    for (size_t i = 0; i < m->roster.n; i++)
        if (may_join(&m->roster.lines[i]) && m->roster.lines[i].seat.answer != VISIT_NO &&
            !registered(m, m->roster.lines[i].seat.id))
            return &m->roster.lines[i];
    return NULL;
}

/* Who left, or was taken back, or was erased. */
static const struct video_seat *next_to_unregister(const struct meeting *m)
{
    for (size_t k = 0; k < m->seat_count; k++) {
        bool is_there = false;

        for (size_t i = 0; i < m->roster.n; i++)
            is_there =
                is_there || (m->roster.lines[i].seat.id.v == m->seats[k].seat.v && may_join(&m->roster.lines[i]));
        if (!is_there)
            return &m->seats[k];
    }
    return NULL;
}

/* Who agreed to an earlier visit gets the link before they have answered this one: the letter with it takes the place of the one that asks, and so asks
 * too. One who had a link has a meeting that is gone. */
static bool is_asked_yet(const struct visit_seat *seat)
{
    return seat->answer != VISIT_NO_ANSWER || seat->has_link;
}

static enum rc register_one(struct meeting *m, struct roster_line *line, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    char uid[VISIT_UID_CHARS + 1];
    struct zoom_registrant got;
    struct video_seat seat;

    visit_seat_uid(&line->seat, uid);
    if (zoom_register(&m->zoom, m->row.remote_id, arena_printf(m->mem, "%s@%s", uid, m->gate->facts.domain),
                      line->shown_name, m->mem, &got, err))
        return err->rc;
    seat = (struct video_seat){ line->seat.id, m->visit.id, line->seat.person, got.id, got.join_url };
    if (db_begin(m->gate->store.db, &tx, err) || video_seat_put(&m->gate->store, &seat, err))
        return err->rc;
    if (copy_tell(m->gate, &m->visit, &line->seat, is_asked_yet(&line->seat) ? COPY_LINK : COPY_NEW, err))
        return err->rc;
    return db_commit(&tx, err);
}

static enum rc unregister_one(struct meeting *m, const struct video_seat *seat, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const enum rc rc = zoom_unregister(&m->zoom, m->row.remote_id, seat->registrant, m->mem, err);

    if ((rc && rc != RC_NOT_FOUND) || db_begin(m->gate->store.db, &tx, err) ||
        video_seat_drop(&m->gate->store, seat->seat, err))
        return err->rc;
    return db_commit(&tx, err);
}

/* ---- who took part ---- */

static struct attending_mark *mark_of(const struct meeting *m, struct attending_mark *marks, size_t *n,
                                      const char *registrant)
{
    for (size_t i = 0; *registrant && i < m->seat_count; i++) {
        if (strcmp(m->seats[i].registrant, registrant) != 0)
            continue;
        for (size_t k = 0; k < *n; k++)
            if (marks[k].person.v == m->seats[i].person.v)
                return &marks[k];
        marks[*n] = (struct attending_mark){ .person = m->seats[i].person };
        return &marks[(*n)++];
    }
    return NULL;
}

static enum rc write_attendance(struct meeting *m, const struct attending_mark *marks, size_t n, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const struct audit_who rule = record_rule();
    const struct attending a = { .who = &rule, .source = ATTENDANCE_BY_LIST, .came = marks, .n = n };

    m->row.is_counted = true;
    m->row.due_ms = VIDEO_NEVER;
    if (db_begin(m->gate->store.db, &tx, err) || (n && attending_mark(m->gate, &m->visit, &a, err)) ||
        write_row(m, err))
        return err->rc;
    return db_commit(&tx, err);
}

/* Zoom writes a row each time somebody comes in. */
static enum rc count(struct meeting *m, struct err *err)
{
    struct zoom_participant *list = NULL;
    struct attending_mark *marks;
    size_t n = 0, marked = 0;
    const enum rc rc = zoom_participants(&m->zoom, m->row.remote_id, m->mem, &list, &n, err);

    if (rc && rc != RC_NOT_FOUND) /* nobody ever opened it */
        return rc;
    marks = arena_array(m->mem, m->seat_count + 1, sizeof *marks);
    for (size_t i = 0; i < n; i++) {
        struct attending_mark *const k = mark_of(m, marks, &marked, list[i].registrant);

        if (!k)
            continue;
        k->joined_ms =
            !k->joined_ms || (list[i].joined_ms && list[i].joined_ms < k->joined_ms) ? list[i].joined_ms : k->joined_ms;
        k->left_ms = list[i].left_ms > k->left_ms ? list[i].left_ms : k->left_ms;
        k->minutes += list[i].seconds;
    }
    for (size_t i = 0; i < marked; i++)
        marks[i].minutes = (marks[i].minutes + 30) / 60;
    return write_attendance(m, marks, marked, err);
}

/* ---- step by step ---- */

enum act { ACT_NONE, ACT_CREATE, ACT_UPDATE, ACT_DELETE, ACT_REGISTER, ACT_UNREGISTER, ACT_COUNT };

static enum rc look(struct meeting *m, struct err *err)
{
    struct store *const st = &m->gate->store;

    if (visit_get(st, m->visit.id, m->mem, &m->visit, err) || roster_read(m->gate, &m->visit, m->mem, &m->roster, err))
        return err->rc;
    return video_seats(st, m->visit.id, m->mem, &m->seats, &m->seat_count, err);
}

static int64_t end_of(const struct meeting *m)
{
    return m->visit.start_ms + m->visit.plan.minutes * MS_MINUTE;
}

static enum act next_act(struct meeting *m)
{
    const int64_t now_ms = gate_now_ms(m->gate);
    const bool is_wanted = m->visit.state != VISIT_CANCELLED && !strcmp(m->visit.plan.words.link, VIDEO_LINK);

    if (!is_wanted)
        return m->row.remote_id ? ACT_DELETE : ACT_NONE;
    if (now_ms >= end_of(m))
        return m->row.remote_id && !m->row.is_counted && now_ms >= end_of(m) + MEETING_AFTER_MS ? ACT_COUNT : ACT_NONE;
    if (!m->row.remote_id)
        return ACT_CREATE;
    if (!is_as_wished(m))
        return ACT_UPDATE;
    if (next_to_unregister(m))
        return ACT_UNREGISTER;
    return next_to_register(m) ? ACT_REGISTER : ACT_NONE;
}

static int64_t next_look(const struct meeting *m)
{
    const int64_t now_ms = gate_now_ms(m->gate), count_ms = end_of(m) + MEETING_AFTER_MS;

    if (!m->row.remote_id || m->row.is_counted || m->visit.state == VISIT_CANCELLED)
        return VIDEO_NEVER;
    return now_ms + LOOK_MS < count_ms ? now_ms + LOOK_MS : count_ms;
}

static enum rc do_act(struct meeting *m, enum act act, struct err *err)
{
    enum rc rc;

    assert(!db_in_tx(m->gate->store.db)); /* nobody waits for a row while Zoom thinks */
    switch (act) {
    case ACT_CREATE:
        return create(m, err);
    case ACT_UPDATE:
        rc = update(m, err);
        return rc == RC_NOT_FOUND ? forget(m, true, err) : rc; /* somebody deleted it there: it is made again */
    case ACT_DELETE:
        rc = zoom_delete(&m->zoom, m->row.remote_id, m->mem, err);
        return rc && rc != RC_NOT_FOUND ? rc : forget(m, false, err);
    case ACT_REGISTER:
        rc = register_one(m, next_to_register(m), err);
        return rc == RC_NOT_FOUND ? forget(m, true, err) : rc;
    case ACT_UNREGISTER:
        return unregister_one(m, next_to_unregister(m), err);
    case ACT_COUNT:
        return count(m, err);
    case ACT_NONE:
        break;
    }
    return RC_OK;
}

static enum rc open_account(struct meeting *m, struct err *err)
{
    if (m->zoom.token)
        return RC_OK;
    if (zoom_open(&m->account, m->until_ms - MEETING_TURN_MS / 2, m->mem, &m->zoom, err))
        return err->rc;
    m->zoom.until_ms = m->until_ms;
    return RC_OK;
}

static enum rc work(struct meeting *m, struct err *err)
{
    for (int i = 0; i < MEETING_STEPS && clock_steady_ms() < m->until_ms - MEETING_TURN_MS / 2; i++) {
        enum act act;
        enum rc rc = look(m, err);

        if (rc)
            return rc;
        act = next_act(m);
        if (act == ACT_NONE)
            return wait_until(m, next_look(m), err);
        rc = open_account(m, err);
        if (!rc)
            rc = do_act(m, act, err);
        if (rc == RC_TEMP || rc == RC_LIMIT || rc == RC_DENIED || rc == RC_INPUT)
            return note_trouble(m, rc, err);
        if (rc || m->row.is_counted)
            return rc;
    }
    return wait_until(m, gate_now_ms(m->gate), err);
}

/* Whoever dies while it asks leaves the visit to the next one, some minutes later. */
static enum rc take(struct meeting *m, struct err *err)
{
    CLEANUP(db_tx_done) struct db_tx tx = { 0 };
    const int64_t now_ms = gate_now_ms(m->gate), was_ms = m->row.due_ms;

    m->lease_ms = m->row.due_ms = now_ms + LEASE_MS;
    if (db_begin(m->gate->store.db, &tx, err) || video_meeting_change(&m->gate->store, &m->row, was_ms, err))
        return err->rc;
    return db_commit(&tx, err);
}

enum rc meeting_tick(struct gate *gate, size_t *ret_did, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("meeting");
    struct meeting m = { .gate = gate, .until_ms = clock_steady_ms() + MEETING_TURN_MS, .mem = mem };
    enum rc rc = video_meeting_next(&gate->store, gate_now_ms(gate), mem, &m.row, err);

    *ret_did = 0;
    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    *ret_did = 1;
    m.visit.id = m.row.visit;
    if (take(&m, err))
        return err->rc;
    rc = meeting_account(gate, mem, &m.account, err);
    if (rc == RC_NOT_FOUND)
        return note_trouble(&m, RC_DENIED, err);
    return rc ? rc : work(&m, err) ? err_wrap(err, "meeting of visit %" PRId64, m.visit.id.v) : RC_OK;
}
