#include "gateway/visit/afterwards.h"

#include "gateway/say/notice.h"
#include "gateway/visit/roster.h"
#include "gateway/visit/saying.h"
#include "store/due.h"
#include "store/membership.h"

#define MISSED_MARK 0 /* minutes before: none of a reminder's */

/* ---- the host ---- */

static struct json *people_of(const struct roster *r, enum person_language language)
{
    struct json *list = json_array_new();
    const bool is_es = language == LANGUAGE_SPANISH;

    for (size_t i = 0; i < r->members; i++) {
        const struct visit_seat *s = &r->lines[i].seat;
        struct json *row;

        if (s->state != VISIT_SEAT_INVITED) /* who left; the others keep their numbers */
            continue;
        row = json_object_new();
        json_set_int(row, "number", r->lines[i].number);
        json_set_str(row, "name", r->lines[i].name);
        json_set_str(row, "answer",
                     s->answer == VISIT_YES     ? (is_es ? "sí" : "yes")
                     : s->answer == VISIT_MAYBE ? (is_es ? "tal vez" : "maybe")
                     : s->answer == VISIT_NO    ? "no"
                                                : "–");
        json_push(list, &row);
    }
    return list;
}

static enum rc ask_host(struct gate *gate, const struct visit *visit, struct arena *mem, struct err *err)
{
    struct saying s = { .gate = gate, .visit = visit, .mem = mem };
    struct notice notice = { .kind = MAILING_VISIT_AFTER,
                             .person = visit->plan.host,
                             .group = visit->plan.group,
                             .reply = TOKEN_DESK,
                             .subject_id = visit->id.v,
                             .lane = -1 };
    struct json *people;
    struct person host;
    struct roster r;

    if (!visit->plan.host.v)
        return RC_OK;
    if (person_get(&gate->store, visit->plan.host, mem, &host, err) || roster_read(gate, visit, mem, &r, err))
        return err->rc;
    s.language = host.language;
    people = people_of(&r, host.language);
    notice.values = json_object_new();
    json_set_int(notice.values, "number", visit->number);
    json_set(notice.values, "people", &people);
    return saying_send(&s, &notice, err);
}

enum rc afterwards_run(struct gate *gate, struct visit_id id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("afterwards");
    const int64_t now_ms = gate_now_ms(gate);
    struct visit visit;
    int64_t end_ms;

    if (visit_get(&gate->store, id, mem, &visit, err))
        return err->rc;
    end_ms = visit.start_ms + visit.plan.minutes * MS_MINUTE;
    if (visit.state != VISIT_PLANNED)
        return RC_OK;
    if (end_ms > now_ms) /* it was moved */
        return due_set(&gate->store, JOB_VISIT_AFTER, id.v, end_ms, err);
    visit.state = VISIT_OVER;
    if (visit_change(&gate->store, &visit, false, err))
        return err->rc;
    return now_ms - end_ms > AFTERWARDS_DAYS * MS_DAY ? RC_OK : ask_host(gate, &visit, mem, err);
}

/* ---- who missed it ---- */

/* The next one of the group, whatever series it is of; "" none. */
static enum rc next_visit(struct gate *gate, const struct saying *s, const char **ret, struct err *err)
{
    const int64_t now_ms = gate_now_ms(gate);
    struct visit *list;
    size_t n;

    *ret = "";
    if (visit_between(&gate->store, s->visit->plan.group, now_ms, now_ms + 60 * MS_DAY, s->mem, &list, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (list[i].state == VISIT_PLANNED && !*list[i].plan.words.tag) {
            *ret = saying_when(s, s->zone && *s->zone ? s->zone : list[i].plan.zone, list[i].start_ms);
            break;
        }
    return RC_OK;
}

static enum rc tell_missed(struct gate *gate, const struct visit *visit, const struct visit_seat *seat,
                           struct arena *mem, struct err *err)
{
    struct saying s = { .gate = gate, .visit = visit, .mem = mem };
    struct notice notice = { .kind = MAILING_VISIT_MISSED,
                             .person = seat->person,
                             .membership = seat->membership,
                             .group = visit->plan.group,
                             .reply = TOKEN_RSVP,
                             .subject_id = seat->id.v,
                             .lane = -1 };
    struct person person;
    const char *next;
    enum rc rc = visit_reminder_take(&gate->store, seat, MISSED_MARK, visit->start_ms, err);

    if (rc)
        return rc == RC_CONFLICT ? RC_OK : rc;
    if (person_get(&gate->store, seat->person, mem, &person, err))
        return err->rc;
    s.language = person.language;
    s.zone = person.zone;
    if (next_visit(gate, &s, &next, err))
        return err->rc;
    notice.values = json_object_new();
    json_set_str(notice.values, "visit_next", next);
    return saying_send(&s, &notice, err);
}

enum rc afterwards_missed(struct gate *gate, const struct visit *visit, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("afterwards");
    struct roster r;

    if (gate_now_ms(gate) - visit->start_ms > AFTERWARDS_DAYS * MS_DAY)
        return RC_OK;
    if (roster_read(gate, visit, mem, &r, err))
        return err->rc;
    for (size_t i = 0; i < r.members; i++) {
        const struct roster_line *line = &r.lines[i];
        struct membership m;

        if (!line->seat.told_ms || !line->attendance || line->attendance->state != ATTENDANCE_MISSED ||
            line->seat.state != VISIT_SEAT_INVITED)
            continue;
        if (membership_get(&gate->store, line->seat.membership, mem, &m, err))
            return err->rc;
        if (m.state == MEMBER_ACTIVE && tell_missed(gate, visit, &line->seat, mem, err))
            return err->rc;
    }
    return RC_OK;
}
