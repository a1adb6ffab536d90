#include "gateway/visit/copy.h"

#include "gateway/say/notice.h"
#include "gateway/say/phrase.h"
#include "gateway/visit/awake.h"
#include "gateway/visit/roster.h"
#include "gateway/visit/saying.h"
#include "schedules/visit_time.h"
#include "store/delivery.h"
#include "store/video.h"

#include <assert.h>

/* One copy on its way. */
struct copy {
    struct gate *gate;
    const struct visit *visit;
    struct visit_seat *seat;
    enum copy_why why;
    struct person person;
    bool has_agreed, has_calendar;
    const char *link; /* "": none to show */
    struct saying saying;
    struct arena *mem;
};

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
        has_tag(c, COPY_WORDS_ONLY_TAG, &is_words_only, err))
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

static bool is_cancel(enum copy_why why)
{
    return why == COPY_BACK || why == COPY_LEFT;
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
    return c->why == COPY_CHANGED ? MAILING_VISIT_CHANGED : MAILING_VISIT_INVITATION;
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
    json_set_bool(values, "is_new", c->why == COPY_NEW);
    json_set_bool(values, "is_changed", (c->why == COPY_CHANGED || c->why == COPY_LINK) && !is_moved(c));
    json_set_bool(values, "is_cancelled", is_cancel(c->why));
    json_set_bool(values, "is_moved", c->why == COPY_CHANGED && is_moved(c));
}

static enum rc put_values(struct copy *c, struct json *values, struct err *err)
{
    if (saying_put(&c->saying, values, err) || next_visit(c, values, err))
        return err->rc;
    json_set_bool(values, "is_moved", is_moved(c));
    json_set_bool(values, "is_link", c->why == COPY_LINK);
    json_set_bool(values, "is_left", c->why == COPY_LEFT);
    json_set_bool(values, "needs_agree", !c->has_agreed);
    json_set_bool(values, "asks", c->why != COPY_LINK && (c->why == COPY_NEW || is_moved(c)));
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
static enum rc write_object(struct copy *c, struct copy_object *ret, struct err *err)
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
    struct copy_object object;
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
static enum rc replace_older(struct gate *gate, const struct visit_seat *seat, enum copy_why why, struct err *err)
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
enum rc copy_tell(struct gate *gate, const struct visit *visit, struct visit_seat *seat, enum copy_why why,
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

enum rc copy_drop(struct gate *gate, struct visit_seat *seat, struct err *err)
{
    seat->state = VISIT_SEAT_BACK;
    return replace_older(gate, seat, COPY_BACK, err) ? err->rc : visit_seat_change(&gate->store, seat, err);
}

enum rc copy_object(struct gate *gate, const struct visit *visit, struct visit_seat *seat, bool is_back,
                    struct arena *mem, struct copy_object *ret, struct err *err)
{
    struct copy c = {
        .gate = gate, .visit = visit, .seat = seat, .why = is_back ? COPY_BACK : COPY_CHANGED, .mem = mem
    };
    struct membership m;
    bool is_by_text;

    assert(db_in_tx(gate->store.db));
    if (load(&c, err) || membership_get(&gate->store, seat->membership, mem, &m, err) ||
        awake_by_text(gate, &m, &is_by_text, err))
        return err->rc;
    if (!seat->told_ms || !c.has_calendar || is_by_text)
        return err_set(err, RC_NOT_FOUND, "seat %" PRId64 " has no calendar", seat->id.v);
    raise(seat, gate_now_ms(gate));
    seat->has_link = !is_back && has_link_now(&c);
    return write_object(&c, ret, err) ? err->rc : visit_seat_change(&gate->store, seat, err);
}
