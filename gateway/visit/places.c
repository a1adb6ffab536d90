#include "gateway/visit/places.h"

#include "gateway/say/notice.h"
#include "gateway/visit/awake.h"
#include "gateway/visit/roster.h"
#include "gateway/visit/saying.h"
#include "store/due.h"

#define LAST_MS MS_HOUR

struct places {
    struct gate *gate;
    const struct visit *visit;
    struct visit_seat *seats;
    size_t n;
    int64_t taken;
    struct arena *mem;
};

static enum rc load(struct places *p, struct err *err)
{
    if (visit_seats(&p->gate->store, p->visit->id, p->mem, &p->seats, &p->n, err))
        return err->rc;
    p->taken = 0;
    for (size_t i = 0; i < p->n; i++)
        p->taken += p->seats[i].state == VISIT_SEAT_INVITED &&
                    (p->seats[i].place == VISIT_HAS_PLACE || p->seats[i].place == VISIT_OFFERED);
    return RC_OK;
}

static bool is_waiting(const struct visit_seat *s)
{
    return s->state == VISIT_SEAT_INVITED && s->place == VISIT_WAITS;
}

static bool is_full(const struct places *p)
{
    return p->visit->plan.capacity && p->taken >= p->visit->plan.capacity;
}

static bool does_anybody_wait(const struct places *p, struct visit_seat_id but)
{
    for (size_t i = 0; i < p->n; i++)
        if (is_waiting(&p->seats[i]) && p->seats[i].id.v != but.v)
            return true;
    return false;
}

enum rc places_want(struct gate *gate, const struct visit *visit, struct visit_seat *seat, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("visit_places");
    struct places p = { .gate = gate, .visit = visit, .mem = mem };

    if (seat->place == VISIT_HAS_PLACE || seat->place == VISIT_WAITS)
        return RC_OK;
    if (load(&p, err))
        return err->rc;
    if (seat->place != VISIT_OFFERED && (is_full(&p) || (visit->plan.capacity && does_anybody_wait(&p, seat->id))))
        seat->place = VISIT_WAITS;
    else
        seat->place = VISIT_HAS_PLACE;
    seat->place_ms = gate_now_ms(gate);
    seat->offer_until_ms = 0;
    return RC_OK;
}

/* ---- offers ---- */

static enum rc tell(struct places *p, const struct visit_seat *seat, const char *flag, struct err *err)
{
    struct notice notice = { .kind = MAILING_VISIT_PLACE,
                             .person = seat->person,
                             .membership = seat->membership,
                             .group = p->visit->plan.group,
                             .reply = TOKEN_RSVP,
                             .subject_id = seat->id.v,
                             .lane = -1 };
    struct saying s = { .gate = p->gate, .visit = p->visit, .mem = p->mem };
    struct person person;

    if (person_get(&p->gate->store, seat->person, p->mem, &person, err))
        return err->rc;
    s.language = person.language;
    s.zone = person.zone;
    s.seat = seat;
    if (roster_has_agreed(p->gate, seat->membership, &s.has_link, err))
        return err->rc;
    notice.values = json_object_new();
    json_set_bool(notice.values, flag, true);
    json_set_str(notice.values, "visit_until",
                 saying_when(&s, s.zone && *s.zone ? s.zone : p->visit->plan.zone, seat->offer_until_ms));
    return saying_send(&s, &notice, err);
}

static enum rc take_back(struct places *p, struct visit_seat *seat, struct err *err)
{
    if (tell(p, seat, "is_gone", err))
        return err->rc;
    seat->place = VISIT_NO_PLACE;
    seat->answer = VISIT_NO_ANSWER; /* of the wish to come */
    seat->offer_until_ms = 0;
    p->taken--;
    return visit_seat_change(&p->gate->store, seat, err);
}

static struct visit_seat *first_in_line(struct places *p)
{
    struct visit_seat *first = NULL;

    for (size_t i = 0; i < p->n; i++)
        if (is_waiting(&p->seats[i]) && (!first || p->seats[i].place_ms < first->place_ms ||
                                         (p->seats[i].place_ms == first->place_ms && p->seats[i].id.v < first->id.v)))
            first = &p->seats[i];
    return first;
}

/* Counted from when they may read it. */
static enum rc set_end(struct places *p, struct visit_seat *seat, struct err *err)
{
    const int64_t now_ms = gate_now_ms(p->gate);
    struct membership m;
    struct person person;
    const char *zone;
    int64_t from_ms, left_ms;
    bool is_by_text;

    if (membership_get(&p->gate->store, seat->membership, p->mem, &m, err) ||
        person_get(&p->gate->store, seat->person, p->mem, &person, err))
        return err->rc;
    zone = person.zone && *person.zone ? person.zone : p->visit->plan.zone;
    if (awake_by_text(p->gate, &m, &is_by_text, err) || awake_from(p->gate, is_by_text, zone, now_ms, &from_ms, err))
        return err->rc;
    if (from_ms + LAST_MS > p->visit->start_ms) /* they wake too late */
        from_ms = now_ms;
    left_ms = p->visit->start_ms - from_ms;
    seat->offer_until_ms = from_ms + (left_ms / 2 < PLACES_HOURS * MS_HOUR ? left_ms / 2 : PLACES_HOURS * MS_HOUR);
    return RC_OK;
}

static enum rc offer(struct places *p, struct visit_seat *seat, struct err *err)
{
    if (set_end(p, seat, err))
        return err->rc;
    seat->place = VISIT_OFFERED;
    p->taken++;
    return visit_seat_change(&p->gate->store, seat, err) ? err->rc : tell(p, seat, "is_free", err);
}

static enum rc set_job(struct places *p, struct err *err)
{
    int64_t next_ms = INT64_MAX;

    for (size_t i = 0; i < p->n; i++)
        if (p->seats[i].place == VISIT_OFFERED && p->seats[i].offer_until_ms < next_ms)
            next_ms = p->seats[i].offer_until_ms;
    return next_ms == INT64_MAX ? RC_OK : due_set(&p->gate->store, JOB_VISIT_PLACES, p->visit->id.v, next_ms, err);
}

enum rc places_run(struct gate *gate, struct visit_id id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("visit_places");
    const int64_t now_ms = gate_now_ms(gate);
    struct visit visit;
    struct places p = { .gate = gate, .visit = &visit, .mem = mem };
    struct visit_seat *next;

    if (visit_get(&gate->store, id, mem, &visit, err) || load(&p, err))
        return err->rc;
    if (visit.state != VISIT_PLANNED || visit.start_ms <= now_ms)
        return RC_OK;
    for (size_t i = 0; i < p.n; i++)
        if (p.seats[i].place == VISIT_OFFERED && p.seats[i].offer_until_ms <= now_ms && take_back(&p, &p.seats[i], err))
            return err->rc;
    while (!is_full(&p) && (next = first_in_line(&p)))
        if (offer(&p, next, err))
            return err->rc;
    return set_job(&p, err);
}
