#include "gateway/visit/roster.h"

#include "store/membership.h"

enum rc roster_has_agreed(struct gate *gate, struct membership_id membership, bool *ret_has, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("agreed");
    struct agreement a;
    const enum rc rc = agreement_get(&gate->store, membership, mem, &a, err);

    *ret_has = rc == RC_OK;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc read_line(struct gate *gate, const struct visit_seat *seat, struct arena *mem, struct roster_line *line,
                         struct err *err)
{
    struct membership m = { .name = "" };
    struct person person;

    if (person_get(&gate->store, seat->person, mem, &person, err) ||
        (seat->membership.v && membership_get(&gate->store, seat->membership, mem, &m, err)) ||
        (seat->membership.v && roster_has_agreed(gate, seat->membership, &line->has_agreed, err)))
        return err->rc;
    line->seat = *seat;
    line->name = person.name;
    line->shown_name = m.name;
    return RC_OK;
}

enum rc roster_read(struct gate *gate, const struct visit *v, struct arena *mem, struct roster *ret, struct err *err)
{
    struct visit_seat *seats;
    struct attendance *came;
    struct roster r = { NULL, 0, 0 };
    size_t n, marked;

    if (visit_seats(&gate->store, v->id, mem, &seats, &n, err) ||
        attendance_list(&gate->store, v->id, mem, &came, &marked, err))
        return err->rc;
    r.lines = arena_array(mem, n + 1, sizeof *r.lines);
    for (int round = 0; round < 2; round++) /* members first */
        for (size_t i = 0; i < n; i++) {
            struct roster_line *line = &r.lines[r.n];

            if ((seats[i].part == VISIT_MEMBER) != (round == 0))
                continue;
            *line = (struct roster_line){ .number = round == 0 ? (int64_t)++r.members : 0 };
            if (read_line(gate, &seats[i], mem, line, err))
                return err->rc;
            line->attendance = attendance_of(came, marked, seats[i].person);
            r.n++;
        }
    *ret = r;
    return RC_OK;
}

enum rc roster_count_answers(struct gate *gate, const struct visit *v, struct arena *mem, struct roster_counts *ret,
                             struct err *err)
{
    struct visit_seat *seats;
    size_t n;

    *ret = (struct roster_counts){ 0 };
    if (visit_seats(&gate->store, v->id, mem, &seats, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        const struct visit_seat *s = &seats[i];

        if (s->part != VISIT_MEMBER || s->state != VISIT_SEAT_INVITED)
            continue;
        ret->waiting += s->place == VISIT_WAITS || s->place == VISIT_OFFERED;
        if (s->answer == VISIT_NO_ANSWER || s->answer_start_ms != v->start_ms)
            ret->open++;
        else if (s->answer == VISIT_YES)
            ret->yes += s->place == VISIT_HAS_PLACE;
        else if (s->answer == VISIT_NO)
            ret->no++;
        else
            ret->maybe++;
    }
    return RC_OK;
}
