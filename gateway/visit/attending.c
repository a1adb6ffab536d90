#include "gateway/visit/attending.h"

#include "gateway/practice/record.h"
#include "inbound/attend.h"

#include <assert.h>

static enum rc add(struct gate *gate, const struct visit *visit, const struct attending *a, enum attendance_state state,
                   const struct attending_mark *mark, struct err *err)
{
    struct attendance row = { .visit = visit->id,
                              .person = mark->person,
                              .state = state,
                              .joined_ms = mark->joined_ms,
                              .left_ms = mark->left_ms,
                              .minutes = mark->minutes,
                              .is_individual = mark->is_individual,
                              .source = a->source,
                              .staff = { a->who->actor == AUDIT_STAFF ? a->who->id : 0 } };

    return attendance_add(&gate->store, &row, err);
}

static bool has_come(const struct attending *a, struct person_id person)
{
    for (size_t i = 0; i < a->n; i++)
        if (a->came[i].person.v == person.v)
            return true;
    return false;
}

static bool has_place(const struct visit_seat *s)
{
    return s->place != VISIT_WAITS && s->place != VISIT_OFFERED;
}

static enum rc add_missed(struct gate *gate, const struct visit *visit, const struct attending *a,
                          const struct roster *r, struct err *err)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct visit_seat *s = &r->lines[i].seat;
        const struct attending_mark mark = { .person = s->person, .minutes = -1 };
        const bool was_awaited = s->part == VISIT_MEMBER && has_place(s) && s->answer_start_ms == visit->start_ms &&
                                 (s->answer == VISIT_YES || s->answer == VISIT_MAYBE);

        if ((was_awaited || r->lines[i].attendance) && !has_come(a, s->person) &&
            add(gate, visit, a, ATTENDANCE_MISSED, &mark, err))
            return err->rc;
    }
    return RC_OK;
}

enum rc attending_mark(struct gate *gate, struct visit *visit, const struct attending *a, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("attending");
    struct roster r;

    assert(db_in_tx(gate->store.db));
    if (visit->state == VISIT_CANCELLED)
        return err_set(err, RC_INPUT, "visit %" PRId64 " was cancelled", visit->number);
    if (visit->start_ms > gate_now_ms(gate))
        return err_set(err, RC_INPUT, "visit %" PRId64 " has not begun", visit->number);
    if (roster_read(gate, visit, mem, &r, err))
        return err->rc;
    for (size_t i = 0; i < a->n; i++) {
        struct visit_seat seat;

        if (visit_seat_find(&gate->store, visit->id, a->came[i].person, mem, &seat, err) ||
            add(gate, visit, a, ATTENDANCE_CAME, &a->came[i], err))
            return err->rc;
    }
    if (add_missed(gate, visit, a, &r, err))
        return err->rc;
    return record_act(gate, a->who, AUDIT_ATTENDANCE_MARKED, AUDIT_ITEM_VISIT, visit->id.v, NULL,
                      arena_printf(mem, "%zu came", a->n), err);
}

/* Of whom "all" speaks: it goes to billing. */
static bool may_have_come(const struct visit_seat *s)
{
    return s->state == VISIT_SEAT_INVITED && s->answer != VISIT_NO && has_place(s);
}

enum rc attending_read(const struct roster *roster, const char *text, const char *const *names, struct arena *mem,
                       struct attending_mark **ret, size_t *ret_n, struct err *err)
{
    struct attending_mark *list = arena_array(mem, roster->members + 1, sizeof *list);
    bool *came = arena_array(mem, roster->members + 1, sizeof *came);
    bool *awaited = arena_array(mem, roster->members + 1, sizeof *awaited);
    size_t n = 0;

    for (size_t i = 0; i < roster->n; i++)
        awaited[roster->lines[i].number] = may_have_come(&roster->lines[i].seat); /* 0: staff, no number of the list */
    if (attend_read(text, names, roster->members, awaited, came, mem, err))
        return roster->members ? err->rc
                               : err_set(err, RC_INPUT, "nobody was asked to this visit: \"none\" alone fits");
    for (size_t i = 0; i < roster->n; i++)
        if (roster->lines[i].number && came[roster->lines[i].number])
            list[n++] = (struct attending_mark){ .person = roster->lines[i].seat.person, .minutes = -1 };
    *ret = list;
    *ret_n = n;
    return RC_OK;
}
