#include "gateway/visit/copies.h"

#include "gateway/visit/copy.h"
#include "gateway/visit/roster.h"
#include "store/due.h"
#include "store/setting.h"
#include "store/video.h"

#include <assert.h>

#define BATCH 100

/* Who said no is asked once more when it moves, and hears of nothing else; told_version stays: if they come after all, they are told (JOB_VISIT_COPIES). */
static bool wants_no_more(const struct visit *visit, const struct visit_seat *seat)
{
    const bool is_moved = seat->told_start_ms != visit->start_ms;
    const bool was_asked_again = seat->told_start_ms != seat->answer_start_ms;

    return seat->answer == VISIT_NO && (!is_moved || was_asked_again);
}

static enum rc bring_up(struct gate *gate, const struct visit *visit, struct visit_seat *seat, struct err *err)
{
    if (seat->state == VISIT_SEAT_BACK)
        return copy_tell(gate, visit, seat, COPY_NEW, err);
    if (seat->told_version == visit->version || wants_no_more(visit, seat))
        return RC_OK;
    return copy_tell(gate, visit, seat, seat->told_ms ? COPY_CHANGED : COPY_NEW, err);
}

/* Of staff: the host who is co-host now keeps the seat, its UID and its answer, and hears as what they come. */
static enum rc take_part(struct gate *gate, const struct visit *visit, struct visit_seat *seat, enum visit_part part,
                         struct err *err)
{
    seat->part = part;
    return copy_tell(gate, visit, seat, COPY_NEW, err);
}

static enum rc seat_of(struct gate *gate, const struct visit *visit, struct visit_seat *seat, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("visit_seat");
    struct visit_seat found;
    const enum rc rc = visit_seat_find(&gate->store, visit->id, seat->person, mem, &found, err);

    if (rc == RC_NOT_FOUND)
        return visit_seat_add(&gate->store, seat, err) ? err->rc : bring_up(gate, visit, seat, err);
    if (rc)
        return rc;
    if (found.membership.v != seat->membership.v && found.part == VISIT_MEMBER)
        found.membership = seat->membership; /* asked anew into the group */
    if (found.part != seat->part && found.part != VISIT_MEMBER && seat->part != VISIT_MEMBER)
        return take_part(gate, visit, &found, seat->part, err);
    return bring_up(gate, visit, &found, err);
}

/* Who is down twice has the first part. */
static bool is_down_before(const struct person_id *people, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (people[k].v == people[i].v)
            return true;
    return false;
}

static enum rc ask_staff(struct gate *gate, const struct visit *visit, struct err *err)
{
    const struct person_id people[] = { visit->plan.host, visit->plan.cohost, visit->plan.speaker };
    static const enum visit_part parts[] = { VISIT_HOST, VISIT_COHOST, VISIT_GUEST };

    for (size_t i = 0; i < COUNT_OF(people); i++) {
        struct visit_seat seat = { .visit = visit->id, .person = people[i], .part = parts[i] };

        if (people[i].v && !is_down_before(people, i) && seat_of(gate, visit, &seat, err))
            return err->rc;
    }
    return RC_OK;
}

static enum rc ask_members(struct gate *gate, const struct visit *visit, bool *ret_is_done, struct err *err)
{
    const char *const tag = visit->plan.words.tag;
    const struct roster_filter filter = { .group = visit->plan.group, .tag = *tag ? tag : NULL };
    struct membership_id after = visit->after;
    struct roster_row rows[BATCH];
    size_t n;

    if (membership_roster(&gate->store, &filter, after, rows, BATCH, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        struct visit_seat seat = {
            .visit = visit->id, .person = rows[i].person, .membership = rows[i].membership, .part = VISIT_MEMBER
        };

        after = rows[i].membership;
        if (rows[i].role != MEMBER_PATIENT && rows[i].role != MEMBER_CAREGIVER)
            continue;
        if (seat_of(gate, visit, &seat, err))
            return err->rc;
    }
    *ret_is_done = n < BATCH;
    return visit_told_until(&gate->store, visit->id, *ret_is_done ? (struct membership_id){ 0 } : after, err);
}

static bool is_in_plan(const struct visit *visit, const struct visit_seat *seat)
{
    const struct person_id people[] = {
        [VISIT_HOST] = visit->plan.host, [VISIT_COHOST] = visit->plan.cohost, [VISIT_GUEST] = visit->plan.speaker
    };

    return people[seat->part].v == seat->person.v;
}

/* Who left, whatever way, and who of staff is no longer part of it. Who was asked and is asked no more (paused, another tag) comes all the same: told
 * of what changes. */
static enum rc bring_up_rest(struct gate *gate, const struct visit *visit, struct arena *mem, struct err *err)
{
    struct visit_seat *seats;
    size_t n;

    if (visit_seats(&gate->store, visit->id, mem, &seats, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        struct membership m;

        if (seats[i].state != VISIT_SEAT_INVITED)
            continue;
        if (seats[i].part == VISIT_MEMBER) {
            if (membership_get(&gate->store, seats[i].membership, mem, &m, err))
                return err->rc;
            if (m.state == MEMBER_ACTIVE || m.state == MEMBER_PAUSED) {
                if (bring_up(gate, visit, &seats[i], err))
                    return err->rc;
                continue;
            }
        } else if (is_in_plan(visit, &seats[i])) {
            continue;
        }
        if (copy_tell(gate, visit, &seats[i], COPY_LEFT, err))
            return err->rc;
    }
    return RC_OK;
}

/* To what their calendar shows: it holds nothing any more, by their own click, or as our answer took it out (visit/answering). */
static bool has_declined(const struct visit_seat *seat)
{
    return seat->answer == VISIT_NO && seat->answer_start_ms == seat->told_start_ms;
}

static enum rc cancel_all(struct gate *gate, const struct visit *visit, struct arena *mem, struct err *err)
{
    struct visit_seat *seats;
    size_t n;

    if (visit_seats(&gate->store, visit->id, mem, &seats, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        if (seats[i].state != VISIT_SEAT_INVITED)
            continue;
        if (!seats[i].told_ms || has_declined(&seats[i])) {
            if (copy_drop(gate, &seats[i], err))
                return err->rc;
        } else if (copy_tell(gate, visit, &seats[i], COPY_BACK, err)) {
            return err->rc;
        }
    }
    return RC_OK;
}

/* When the first letters of a visit go. */
static enum rc ask_from(struct gate *gate, const struct visit *visit, int64_t *ret_ms, struct err *err)
{
    int64_t days;

    if (setting_get_int(&gate->store, SETTING_VISIT_INVITE_DAYS, COPIES_AHEAD_DAYS, &days, err))
        return err->rc;
    *ret_ms = visit->series.v ? visit->start_ms - days * MS_DAY : 0;
    return RC_OK;
}

enum rc copies_run(struct gate *gate, struct visit_id id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("visit_copies");
    const int64_t now_ms = gate_now_ms(gate);
    bool is_done = false;
    int64_t from_ms = 0;
    struct visit visit;

    if (visit_get(&gate->store, id, mem, &visit, err) || ask_from(gate, &visit, &from_ms, err))
        return err->rc;
    if (visit.start_ms <= now_ms || visit.state == VISIT_OVER)
        return RC_OK;
    if (visit.state == VISIT_CANCELLED)
        return cancel_all(gate, &visit, mem, err);
    if (from_ms > now_ms)
        return due_set(&gate->store, JOB_VISIT_COPIES, id.v, from_ms, err);
    if ((!visit.after.v && ask_staff(gate, &visit, err)) || ask_members(gate, &visit, &is_done, err) ||
        (is_done && bring_up_rest(gate, &visit, mem, err)))
        return err_wrap(err, "copies of visit %" PRId64, visit.number);
    if (is_done && video_meeting_hurry(&gate->store, id, now_ms, err)) /* who agreed before gets their own link */
        return err->rc;
    return due_set(&gate->store, JOB_VISIT_COPIES, id.v, is_done ? now_ms + MS_DAY : now_ms, err);
}

enum rc copies_leave(struct gate *gate, struct membership_id membership, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("visit_leave");
    struct visit_seat *seats;
    struct visit visit;
    size_t n;

    if (visit_seats_of(&gate->store, membership, gate_now_ms(gate), mem, &seats, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        if (seats[i].state != VISIT_SEAT_INVITED)
            continue;
        if (visit_get(&gate->store, seats[i].visit, mem, &visit, err) ||
            copy_tell(gate, &visit, &seats[i], COPY_LEFT, err))
            return err->rc;
        if (video_meeting_hurry(&gate->store, visit.id, gate_now_ms(gate), err) ||
            due_set(&gate->store, JOB_VISIT_PLACES, visit.id.v, gate_now_ms(gate), err)) /* a place is free */
            return err->rc;
    }
    return RC_OK;
}
