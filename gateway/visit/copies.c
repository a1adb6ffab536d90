#include "gateway/visit/copies.h"

#include "gateway/say/notice.h"
#include "gateway/say/phrase.h"
#include "gateway/visit/roster.h"
#include "gateway/visit/saying.h"
#include "schedules/visit_time.h"
#include "store/delivery.h"
#include "store/due.h"
#include "store/setting.h"
#include "store/video.h"

#include <assert.h>

#define BATCH 100

/* One copy on its way. */
struct copy {
    struct gate *gate;
    const struct visit *visit;
    struct visit_seat *seat;
    enum copies_why why;
    struct person person;
    bool has_agreed, has_calendar;
    const char *link; /* "": none to show */
    struct saying saying;
    struct arena *mem;
};

/* ---- one copy ---- */

static enum rc has_tag(struct copy *c, const char *tag, bool *ret_has, struct err *err)
{
    const char **tags;
    size_t n;

    *ret_has = false;
    if (!c->seat->membership.v)
        return RC_OK;
    if (membership_tags(&c->gate->store, c->seat->membership, c->mem, &tags, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        *ret_has = *ret_has || !strcmp(tags[i], tag);
    return RC_OK;
}

static enum rc load(struct copy *c, struct err *err)
{
    bool is_words_only;

    if (person_get(&c->gate->store, c->seat->person, c->mem, &c->person, err) ||
        has_tag(c, COPIES_TAG, &is_words_only, err))
        return err->rc;
    c->has_agreed = c->seat->part != VISIT_MEMBER;
    if (!c->has_agreed && roster_has_agreed(c->gate, c->seat->membership, &c->has_agreed, err))
        return err->rc;
    c->has_calendar = !is_words_only;
    c->saying = (struct saying){ .gate = c->gate,
                                 .visit = c->visit,
                                 .language = c->person.language,
                                 .zone = c->person.zone,
                                 .has_link = c->has_agreed,
                                 .seat = c->seat,
                                 .mem = c->mem };
    c->link = "";
    return c->has_agreed ? saying_link(&c->saying, &c->link, err) : RC_OK;
}

static bool is_cancel(enum copies_why why)
{
    return why == COPIES_BACK || why == COPIES_LEFT;
}

static bool is_moved(const struct copy *c)
{
    return c->seat->told_start_ms && c->seat->told_start_ms != c->visit->start_ms;
}

static enum mailing_kind kind_of(const struct copy *c)
{
    if (c->seat->part != VISIT_MEMBER)
        return MAILING_VISIT_STAFF;
    if (is_cancel(c->why))
        return MAILING_VISIT_CANCELLED;
    return c->why == COPIES_CHANGED ? MAILING_VISIT_CHANGED : MAILING_VISIT_INVITATION;
}

/* "Tue March 3, 2:00 PM": short, for the first line. */
static const char *short_when(const struct copy *c, int64_t ms)
{
    const char *const zone = c->person.zone && *c->person.zone ? c->person.zone : c->visit->plan.zone;

    return phrase_moment(c->gate, c->person.language, c->seat->part == VISIT_MEMBER ? zone : c->visit->plan.zone, ms,
                         c->mem);
}

static enum rc next_visit(const struct copy *c, struct json *values, struct err *err)
{
    struct visit *list;
    size_t n;

    json_set_str(values, "visit_next", "");
    if (!c->visit->series.v || is_cancel(c->why) == false)
        return RC_OK;
    if (visit_of_series(&c->gate->store, c->visit->series, c->mem, &list, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (list[i].state == VISIT_PLANNED && list[i].start_ms > c->visit->start_ms) {
            json_set_str(values, "visit_next", short_when(c, list[i].start_ms));
            break;
        }
    return RC_OK;
}

static void put_staff_values(const struct copy *c, struct json *values)
{
    json_set_int(values, "number", c->visit->number);
    json_set_str(values, "part_name", saying_part(c->seat->part, c->person.language));
    json_set_bool(values, "is_new", c->why == COPIES_NEW);
    json_set_bool(values, "is_changed", (c->why == COPIES_CHANGED || c->why == COPIES_LINK) && !is_moved(c));
    json_set_bool(values, "is_cancelled", is_cancel(c->why));
    json_set_bool(values, "is_moved", c->why == COPIES_CHANGED && is_moved(c));
}

static enum rc put_values(struct copy *c, struct json *values, struct err *err)
{
    if (saying_put(&c->saying, values, err) || next_visit(c, values, err))
        return err->rc;
    json_set_bool(values, "is_moved", is_moved(c));
    json_set_bool(values, "is_link", c->why == COPIES_LINK);
    json_set_bool(values, "is_left", c->why == COPIES_LEFT);
    json_set_bool(values, "needs_agree", !c->has_agreed);
    json_set_bool(values, "asks", c->why != COPIES_LINK && (c->why == COPIES_NEW || is_moved(c)));
    json_set_str(values, "visit_now", short_when(c, c->visit->start_ms));
    json_set_str(values, "visit_was", c->seat->told_start_ms ? short_when(c, c->seat->told_start_ms) : "");
    if (c->seat->part != VISIT_MEMBER)
        put_staff_values(c, values);
    return RC_OK;
}

static const char *calendar_words(const struct copy *c)
{
    const bool is_es = c->person.language == LANGUAGE_SPANISH;

    if (c->seat->part != VISIT_MEMBER)
        return NULL;
    return is_es ? "Responda a nuestra carta: SÍ, NO o TAL VEZ." : "Reply to our letter: YES, NO or MAYBE.";
}

/* Of the copy's SEQUENCE and stamp. */
static enum rc write_object(struct copy *c, struct copies_object *ret, struct err *err)
{
    const struct visit_words *w = &c->visit->plan.words;
    char uid[VISIT_UID_CHARS + 1];

    ret->invitation = (struct invitation_copy){ .method = is_cancel(c->why) ? INVITATION_CANCEL : INVITATION_REQUEST,
                                                .sequence = (int32_t)c->seat->sequence,
                                                .stamp_ms = c->seat->told_ms,
                                                .time = &ret->time,
                                                .title = saying_calendar_title(&c->saying),
                                                .words = calendar_words(c) };
    visit_seat_uid(c->seat, uid);
    ret->invitation.uid = arena_printf(c->mem, "%s@%s", uid, c->gate->facts.domain);
    if (c->has_agreed && !is_cancel(c->why)) {
        ret->invitation.link = *c->link ? c->link : NULL;
        ret->invitation.dial_in = *w->dial_in ? w->dial_in : NULL;
    }
    return visit_time_set(c->visit->plan.zone, c->visit->start_ms, (int)c->visit->plan.minutes, &ret->time, err)
               ? err_wrap(err, "visit %" PRId64, c->visit->number)
               : RC_OK;
}

static void raise(struct visit_seat *seat, int64_t now_ms)
{
    if (seat->told_ms)
        seat->sequence++;
    seat->told_ms = now_ms > seat->told_ms ? now_ms : seat->told_ms + 1000;
}

static bool has_link_now(const struct copy *c)
{
    return c->has_agreed && (*c->link || strcmp(c->visit->plan.words.link, VIDEO_LINK) != 0);
}

static enum rc queue(struct copy *c, struct delivery_id *ret_sent, struct err *err)
{
    struct copies_object object;
    struct notice notice = { .kind = kind_of(c),
                             .person = c->seat->person,
                             .membership = c->seat->membership,
                             .group = c->visit->plan.group,
                             .reply = c->seat->part == VISIT_MEMBER ? TOKEN_RSVP : TOKEN_DESK,
                             .subject_id = c->seat->id.v,
                             .lane = -1 };

    if (write_object(c, &object, err))
        return err->rc;
    if (c->has_calendar)
        notice.invitation = &object.invitation;
    notice.values = json_object_new();
    if (put_values(c, notice.values, err)) {
        json_free(&notice.values);
        return err->rc;
    }
    return notice_queue(c->gate, &notice, ret_sent, err);
}

/* What waits of that and a newer copy says better. Questions, places and answers still go: nothing says them again. */
static enum rc replace_older(struct gate *gate, const struct visit_seat *seat, enum copies_why why, struct err *err)
{
    static const struct {
        enum mailing_kind kind;
        bool is_at_end; /* only when nobody is to come any more */
    } older[] = { { MAILING_VISIT_INVITATION, false }, { MAILING_VISIT_CHANGED, false },
                  { MAILING_VISIT_CANCELLED, false },  { MAILING_VISIT_REMINDER, false },
                  { MAILING_VISIT_STAFF, false },      { MAILING_VISIT_QUESTIONS, true },
                  { MAILING_VISIT_PLACE, true } };

    for (size_t i = 0; i < COUNT_OF(older); i++)
        if ((is_cancel(why) || !older[i].is_at_end) &&
            delivery_cancel_kind(&gate->store, seat->id.v, older[i].kind, err))
            return err->rc;
    return RC_OK;
}

/* A membership that has ended gets one last letter, in nobody's name but its own. */
enum rc copies_tell(struct gate *gate, const struct visit *visit, struct visit_seat *seat, enum copies_why why,
                    struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("visit_copy");
    struct copy c = { .gate = gate, .visit = visit, .seat = seat, .why = why, .mem = mem };
    struct delivery_id sent = { 0 };
    enum rc rc;

    assert(db_in_tx(gate->store.db));
    if (load(&c, err) || replace_older(gate, seat, why, err))
        return err->rc;
    raise(seat, gate_now_ms(gate));
    rc = queue(&c, &sent, err);
    if (rc && rc != RC_NOT_FOUND)
        return rc;
    if (seat->told_start_ms != visit->start_ms) {
        seat->moved_sequence = seat->sequence;
        seat->moved_delivery = sent;
    }
    seat->told_start_ms = visit->start_ms;
    seat->told_version = visit->version;
    seat->has_link = has_link_now(&c);
    seat->state = is_cancel(why) ? VISIT_SEAT_BACK : VISIT_SEAT_INVITED;
    return visit_seat_change(&gate->store, seat, err);
}

enum rc copies_object(struct gate *gate, const struct visit *visit, struct visit_seat *seat, bool is_back,
                      struct arena *mem, struct copies_object *ret, struct err *err)
{
    struct copy c = {
        .gate = gate, .visit = visit, .seat = seat, .why = is_back ? COPIES_BACK : COPIES_CHANGED, .mem = mem
    };
    struct membership m;

    assert(db_in_tx(gate->store.db));
    if (load(&c, err) || membership_get(&gate->store, seat->membership, mem, &m, err))
        return err->rc;
    if (!seat->told_ms || !c.has_calendar || m.channel == CHANNEL_TEXT)
        return err_set(err, RC_NOT_FOUND, "seat %" PRId64 " has no calendar", seat->id.v);
    raise(seat, gate_now_ms(gate));
    seat->has_link = !is_back && has_link_now(&c);
    return write_object(&c, ret, err) ? err->rc : visit_seat_change(&gate->store, seat, err);
}

/* ---- everybody ---- */

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
        return copies_tell(gate, visit, seat, COPIES_NEW, err);
    if (seat->told_version == visit->version || wants_no_more(visit, seat))
        return RC_OK;
    return copies_tell(gate, visit, seat, seat->told_ms ? COPIES_CHANGED : COPIES_NEW, err);
}

/* Of staff: the host who is co-host now keeps the seat, its UID and its answer, and hears as what they come. */
static enum rc take_part(struct gate *gate, const struct visit *visit, struct visit_seat *seat, enum visit_part part,
                         struct err *err)
{
    seat->part = part;
    return copies_tell(gate, visit, seat, COPIES_NEW, err);
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
        if (copies_tell(gate, visit, &seats[i], COPIES_LEFT, err))
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
            seats[i].state = VISIT_SEAT_BACK;
            if (replace_older(gate, &seats[i], COPIES_BACK, err) || visit_seat_change(&gate->store, &seats[i], err))
                return err->rc;
        } else if (copies_tell(gate, visit, &seats[i], COPIES_BACK, err)) {
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
            copies_tell(gate, &visit, &seats[i], COPIES_LEFT, err))
            return err->rc;
        if (video_meeting_hurry(&gate->store, visit.id, gate_now_ms(gate), err) ||
            due_set(&gate->store, JOB_VISIT_PLACES, visit.id.v, gate_now_ms(gate), err)) /* a place is free */
            return err->rc;
    }
    return RC_OK;
}
