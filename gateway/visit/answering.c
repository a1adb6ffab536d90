#include "gateway/visit/answering.h"

#include "gateway/practice/record.h"
#include "gateway/say/notice.h"
#include "gateway/say/talk.h"
#include "gateway/say/tell.h"
#include "gateway/visit/copy.h"
#include "gateway/visit/places.h"
#include "gateway/visit/roster.h"
#include "gateway/visit/saying.h"
#include "store/delivery.h"
#include "store/due.h"
#include "store/video.h"
#include "store/visit_record.h"

#include <assert.h>

/* What a changed mind does to the copy in their calendar. */
enum turn { TURN_NONE, TURN_OUT, TURN_IN };

struct taking {
    struct gate *gate;
    const struct answering *in;
    struct visit visit;
    struct visit_seat *seat;
    struct person person;
    bool has_agreed, owes_links; /* agreed just now */
    bool is_overtaken;           /* by an answer that was said later and came before */
    enum turn turn;
    struct arena *mem;
};

static enum visit_answer stored(const struct answering *in)
{
    static const enum visit_answer answers[] = {
        [RSVP_YES] = VISIT_YES, [RSVP_NO] = VISIT_NO, [RSVP_MAYBE] = VISIT_MAYBE, [RSVP_UNCLEAR] = VISIT_NO_ANSWER
    };

    return in->asks_other_time ? VISIT_OTHER_TIME : answers[in->said.answer];
}

/* ---- keeping it ---- */

static enum rc keep(struct taking *t, struct err *err)
{
    const int64_t now_ms = gate_now_ms(t->gate);
    struct visit_rsvp row = { .seat = t->seat->id,
                              .visit = t->visit.id,
                              .person = t->seat->person,
                              .answer = stored(t->in),
                              .way = t->in->way,
                              .sequence = t->in->sequence,
                              .is_old = t->in->is_old || t->is_overtaken,
                              .at_ms = t->in->said_ms < now_ms ? t->in->said_ms : now_ms,
                              .words = t->in->words };
    const struct audit_who who = record_patient(t->seat->person);

    if (visit_rsvp_add(&t->gate->store, &row, err))
        return err->rc;
    return record_act(t->gate, &who, AUDIT_VISIT_ANSWERED, AUDIT_ITEM_MEMBERSHIP, t->seat->membership.v,
                      visit_answer_name(t->seat->answer), visit_answer_name(row.answer), err);
}

/* RFC 5546 2.1.5: of two to one copy, the one with the later DTSTAMP holds, however mail made them arrive. */
static enum rc set_overtaken(struct taking *t, struct err *err)
{
    int64_t newest_ms;

    if (!t->in->said_ms || t->in->is_old || stored(t->in) == VISIT_OTHER_TIME)
        return RC_OK;
    if (visit_rsvp_newest(&t->gate->store, t->seat, VISIT_BY_CALENDAR, &newest_ms, err))
        return err->rc;
    t->is_overtaken = t->in->said_ms < newest_ms;
    return RC_OK;
}

static enum rc agree(struct taking *t, struct err *err)
{
    const struct agreement a = { .membership = t->seat->membership,
                                 .person = t->seat->person,
                                 .text_version = AGREEMENT_TEXT_VERSION,
                                 .way = t->in->way,
                                 .evidence = t->in->letter ? t->in->letter : t->in->text };
    const struct audit_who who = record_patient(t->seat->person);

    if (t->has_agreed || !t->in->said.agrees)
        return RC_OK;
    if (agreement_add(&t->gate->store, &a, err))
        return err->rc;
    t->has_agreed = t->owes_links = true;
    return record_act(t->gate, &who, AUDIT_VISIT_AGREED, AUDIT_ITEM_MEMBERSHIP, t->seat->membership.v, NULL,
                      AGREEMENT_TEXT_VERSION, err);
}

static const char *answer_in_words(const struct taking *t, bool is_es)
{
    static const char *const spanish[] = { "nada", "sí", "no", "tal vez", "no está claro" };
    const struct saying s = { .gate = t->gate, .visit = &t->visit, .language = t->gate->facts.language, .mem = t->mem };

    if (t->in->asks_other_time && t->in->asked_ms)
        return arena_printf(t->mem, is_es ? "pide otra hora, %s" : "asks for another time, %s",
                            saying_when(&s, t->visit.plan.zone, t->in->asked_ms));
    if (t->in->asks_other_time)
        return is_es ? "pide otra hora" : "asks for another time";
    return is_es ? spanish[t->in->said.answer] : rsvp_name(t->in->said.answer);
}

static const char *remark(const struct taking *t)
{
    const bool is_es = t->gate->facts.language == LANGUAGE_SPANISH;
    const char *text = arena_printf(t->mem,
                                    is_es ? "Escrito en respuesta a la visita %" PRId64 ". Respuesta: %s."
                                          : "Written in answer to visit %" PRId64 ". Answer: %s.",
                                    t->visit.number, answer_in_words(t, is_es));

    return t->in->is_other_address
               ? arena_printf(t->mem, is_es ? "%s Desde otra dirección." : "%s From another address.", text)
               : text;
}

/* For a visit of questions and answers: into the list of its host. */
static enum rc keep_question(struct taking *t, struct err *err)
{
    struct visit_reply reply = { .visit = t->visit.id, .person = t->seat->person, .words = t->in->words };

    return visit_reply_add(&t->gate->store, &reply, err);
}

static enum rc give_words(struct taking *t, struct err *err)
{
    const struct talk_letter letter = { .arrival = { t->in->letter },
                                        .patient = &t->person,
                                        .group = t->visit.plan.group,
                                        .text = t->in->words ? t->in->words : "",
                                        .remark = remark(t) };

    if (!t->in->words && !t->in->asks_other_time && t->in->said.answer != RSVP_UNCLEAR)
        return RC_OK;
    if (t->in->is_where && t->in->words) {
        t->seat->whereabouts = t->in->words;
        return visit_seat_change(&t->gate->store, t->seat, err);
    }
    if (t->visit.plan.kind == VISIT_QUESTIONS && t->in->words && t->in->said.answer == RSVP_NOTHING &&
        keep_question(t, err))
        return err->rc;
    if (!t->in->words || !t->in->letter)
        return tell_staff(t->gate,
                          &(struct tell){ .what = TELL_ANSWER,
                                          .of = &t->person,
                                          .group = t->visit.plan.group,
                                          .subject_id = t->seat->id.v,
                                          .text = t->in->words ? t->in->words : remark(t) },
                          err);
    return talk_take(t->gate, &letter, err);
}

/* ---- saying it back ---- */

/* The way to join, and the calendar copy with it: of every visit that they were asked to without it. */
static enum rc send_links(struct taking *t, struct err *err)
{
    struct visit_seat *seats;
    size_t n;

    if (visit_seats_of(&t->gate->store, t->seat->membership, gate_now_ms(t->gate), t->mem, &seats, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        struct visit_seat *const s = seats[i].id.v == t->seat->id.v ? t->seat : &seats[i];
        struct visit visit;

        if (s->state != VISIT_SEAT_INVITED || !s->told_ms || s->has_link || s->answer == VISIT_NO)
            continue;
        if (visit_get(&t->gate->store, s->visit, t->mem, &visit, err))
            return err->rc;
        if (visit.state != VISIT_PLANNED)
            continue;
        if (!strcmp(visit.plan.words.link, VIDEO_LINK)) { /* it comes when it is there */
            if (video_meeting_hurry(&t->gate->store, visit.id, gate_now_ms(t->gate), err))
                return err->rc;
        } else if (copy_tell(t->gate, &visit, s, COPY_LINK, err)) {
            return err->rc;
        }
    }
    return RC_OK;
}

/* One letter or text with the answer. address 0: where they are written to. */
static enum rc say_one(struct taking *t, const char *flag, struct address_id address, const struct copy_object *object,
                       struct err *err)
{
    struct saying s = { .gate = t->gate,
                        .visit = &t->visit,
                        .language = t->person.language,
                        .zone = t->person.zone,
                        .has_link = t->has_agreed && t->visit.state == VISIT_PLANNED && strcmp(flag, "is_no") != 0,
                        .seat = t->seat,
                        .mem = t->mem };
    struct notice notice = { .kind = MAILING_VISIT_ANSWER,
                             .person = t->seat->person,
                             .membership = t->seat->membership,
                             .group = t->visit.plan.group,
                             .address = address,
                             .reply = TOKEN_RSVP,
                             .subject_id = t->seat->id.v,
                             .lane = -1,
                             .is_answer = true,
                             .is_once_a_day = !object, /* five times: notice.c; what changes their calendar is owed */
                             .in_reply_to = t->in->in_reply_to,
                             .invitation = object ? &object->invitation : NULL,
                             .values = json_object_new() };
    enum rc rc;

    json_set_bool(notice.values, flag, true);
    json_set_bool(notice.values, "needs_agree", !t->has_agreed);
    json_set_bool(notice.values, "is_limited", t->visit.plan.capacity > 0);
    json_set_bool(notice.values, "has_words", t->in->words != NULL && strcmp(flag, "is_words") != 0);
    json_set_bool(notice.values, "is_taken_out", object && t->turn == TURN_OUT);
    json_set_bool(notice.values, "is_put_back", object && t->turn == TURN_IN);
    rc = saying_send(&s, &notice, err);
    return rc == RC_CONFLICT ? RC_OK : rc; /* two machines that answer each other */
}

/* Who answers by text hears by text; where their calendar changes, by mail too: it comes no other way. */
static enum rc say(struct taking *t, const char *flag, struct err *err)
{
    struct copy_object object;
    enum rc rc = RC_NOT_FOUND;

    if (t->owes_links && send_links(t, err)) /* first: a new copy takes the place of letters that wait */
        return err->rc;
    if (t->turn)
        rc = copy_object(t->gate, &t->visit, t->seat, t->turn == TURN_OUT, t->mem, &object, err);
    if (rc && rc != RC_NOT_FOUND)
        return rc;
    if (t->in->phone.v && say_one(t, flag, t->in->phone, NULL, err))
        return err->rc;
    return rc && t->in->phone.v ? RC_OK : say_one(t, flag, (struct address_id){ 0 }, rc ? NULL : &object, err);
}

/* ---- what it changes ---- */

/* No and maybe hold no place, and no wish for one: others wait. Reminders that wait are not for who says no. */
static enum rc give_back(struct taking *t, struct err *err)
{
    struct store *const st = &t->gate->store;
    const bool had_place = t->seat->place == VISIT_HAS_PLACE || t->seat->place == VISIT_OFFERED;

    t->seat->place = VISIT_NO_PLACE;
    t->seat->offer_until_ms = 0;
    if (delivery_cancel_kind(st, t->seat->id.v, MAILING_VISIT_PLACE, err) ||
        (t->seat->answer == VISIT_NO && delivery_cancel_kind(st, t->seat->id.v, MAILING_VISIT_REMINDER, err)))
        return err->rc;
    return had_place ? due_set(st, JOB_VISIT_PLACES, t->visit.id.v, gate_now_ms(t->gate), err) : RC_OK;
}

/* A NO in words leaves the date in their calendar, which goes on ringing: our answer takes it out. Who comes after all has it again, unless their
 * calendar took it out and puts it back by itself, or another copy is due. */
static enum turn turn_of(const struct taking *t, enum visit_answer answer, bool is_back)
{
    const struct visit_seat *const seat = t->seat;
    const bool was_no = seat->answer == VISIT_NO && seat->answer_start_ms == t->visit.start_ms;
    const bool is_click = t->in->way == VISIT_BY_CALENDAR;

    if (answer == VISIT_NO)
        return is_click || (was_no && seat->answer_way != VISIT_BY_CALENDAR) ? TURN_NONE : TURN_OUT;
    return was_no && !is_back && !t->owes_links && !(is_click && seat->answer_way == VISIT_BY_CALENDAR) ? TURN_IN
                                                                                                        : TURN_NONE;
}

/* start_ms: to which time it answers; 0: to an older one. */
static enum rc set_answer(struct taking *t, enum visit_answer answer, int64_t start_ms, struct err *err)
{
    struct visit_seat *const seat = t->seat;
    const bool is_back = seat->answer == VISIT_NO && answer != VISIT_NO && seat->told_version != t->visit.version;

    t->turn = start_ms ? turn_of(t, answer, is_back) : TURN_NONE;
    seat->answer = answer;
    seat->answer_start_ms = start_ms;
    seat->answer_way = t->in->way;
    seat->answer_ms = gate_now_ms(t->gate);
    if (answer == VISIT_YES && start_ms && places_want(t->gate, &t->visit, seat, err))
        return err->rc;
    if ((answer == VISIT_NO || answer == VISIT_MAYBE) && give_back(t, err))
        return err->rc;
    if (is_back && /* what changed meanwhile */
        due_set(&t->gate->store, JOB_VISIT_COPIES, t->visit.id.v, gate_now_ms(t->gate), err))
        return err->rc;
    return visit_seat_change(&t->gate->store, seat, err);
}

/* Never over an answer to the time that holds: a letter may be late, or lie unread. */
static enum rc answer_old(struct taking *t, struct err *err)
{
    if (t->seat->answer != VISIT_NO_ANSWER && t->seat->answer_start_ms == t->visit.start_ms)
        return say(t, "is_moved", err);
    return set_answer(t, stored(t->in), 0, err) ? err->rc : say(t, "is_moved", err);
}

static enum rc say_what_holds(struct taking *t, struct err *err)
{
    static const char *const flags[] = { [VISIT_YES] = "is_yes", [VISIT_NO] = "is_no", [VISIT_MAYBE] = "is_maybe" };
    const enum visit_answer answer = t->seat->answer;

    if (answer == VISIT_NO_ANSWER || t->seat->answer_start_ms != t->visit.start_ms)
        return say(t, "is_unclear", err);
    if (answer == VISIT_YES && t->seat->place == VISIT_WAITS)
        return say(t, "is_waiting", err);
    return say(t, answer == VISIT_YES && !t->has_agreed ? "is_agree_first" : flags[answer], err);
}

static enum rc act(struct taking *t, struct err *err)
{
    const enum visit_answer answer = stored(t->in);

    if (t->in->asks_other_time)
        return say(t, "is_words", err);
    if (answer == VISIT_NO_ANSWER)
        return say(t,
                   t->in->said.agrees && !t->in->words             ? "is_agreed"
                   : t->in->is_where                               ? "is_words"
                   : t->in->said.answer == RSVP_UNCLEAR            ? "is_unclear"
                   : t->seat->answer_start_ms == t->visit.start_ms ? "is_words"
                                                                   : "is_unclear",
                   err);
    if (t->in->is_old)
        return answer_old(t, err);
    if (!t->is_overtaken && set_answer(t, answer, t->visit.start_ms, err))
        return err->rc;
    return say_what_holds(t, err);
}

static enum rc load(struct taking *t, struct err *err)
{
    struct store *const st = &t->gate->store;

    assert(db_in_tx(st->db));
    if (visit_get(st, t->seat->visit, t->mem, &t->visit, err) ||
        person_get(st, t->seat->person, t->mem, &t->person, err))
        return err->rc;
    if (!t->seat->membership.v) /* staff */
        return RC_OK;
    return roster_has_agreed(t->gate, t->seat->membership, &t->has_agreed, err);
}

enum rc answering_take_staff(struct gate *gate, const struct answering *in, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("answering");
    struct taking t = { .gate = gate, .in = in, .seat = in->seat, .mem = mem };
    const struct audit_who who = { AUDIT_STAFF, in->seat->person.v, AUDIT_WAY_EMAIL };
    struct tell tell = { .what = TELL_ANSWER, .of = &t.person, .subject_id = in->seat->id.v };

    if (load(&t, err))
        return err->rc;
    tell.group = t.visit.plan.group;
    tell.text = in->words ? arena_printf(mem, "%s\n\n%s", remark(&t), in->words) : remark(&t);
    if (!in->is_old && in->said.answer != RSVP_NOTHING && in->said.answer != RSVP_UNCLEAR) {
        in->seat->answer = stored(in);
        in->seat->answer_start_ms = t.visit.start_ms;
        in->seat->answer_way = in->way;
        in->seat->answer_ms = gate_now_ms(gate);
    }
    if (visit_seat_change(&gate->store, in->seat, err) ||
        record_act(gate, &who, AUDIT_VISIT_ANSWERED, AUDIT_ITEM_VISIT, t.visit.id.v, NULL,
                   visit_answer_name(stored(in)), err))
        return err->rc;
    return tell_staff(gate, &tell, err);
}

enum rc answering_thank(struct gate *gate, const struct answering *in, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("answering");
    struct taking t = { .gate = gate, .in = in, .seat = in->seat, .mem = mem };

    return load(&t, err) ? err->rc : say(&t, "is_words", err);
}

enum rc answering_take(struct gate *gate, const struct answering *in, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("answering");
    struct taking t = { .gate = gate, .in = in, .seat = in->seat, .mem = mem };

    if (load(&t, err) || set_overtaken(&t, err) || keep(&t, err) || agree(&t, err) || give_words(&t, err))
        return err->rc;
    if (t.visit.start_ms <= gate_now_ms(gate))
        return say(&t, "is_over", err);
    if (t.visit.state == VISIT_CANCELLED || in->seat->state == VISIT_SEAT_BACK)
        return say(&t, "is_cancelled", err);
    return act(&t, err);
}
