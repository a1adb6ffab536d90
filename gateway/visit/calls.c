#include "gateway/visit/calls.h"

#include "base/json.h"
#include "gateway/say/notice.h"
#include "gateway/visit/awake.h"
#include "gateway/visit/roster.h"
#include "gateway/visit/saying.h"
#include "schedules/zone.h"
#include "store/group.h"
#include "store/video.h"

#define NIGHT_HOURS 36

static enum rc is_soon(struct gate *gate, const struct visit *v, int64_t was_ms, bool *ret_is, struct err *err)
{
    const int64_t now_ms = gate_now_ms(gate), first_ms = was_ms < v->start_ms ? was_ms : v->start_ms;
    struct local_time local;

    if (zone_local_from_utc(v->plan.zone, now_ms, &local, err))
        return err->rc;
    *ret_is = first_ms - now_ms < CALLS_HOURS * MS_HOUR ||
              ((local.hour >= AWAKE_UNTIL || local.hour < AWAKE_FROM) && first_ms - now_ms < NIGHT_HOURS * MS_HOUR);
    return RC_OK;
}

static enum rc add_person(struct gate *gate, const struct roster_line *line, struct arena *mem, struct json *people,
                          struct err *err)
{
    struct json *row = json_object_new();
    struct person person;
    const char *phone;

    if (person_get(&gate->store, line->seat.person, mem, &person, err) ||
        person_phone(&gate->store, &person, mem, &phone, err)) {
        json_free(&row);
        return err->rc;
    }
    json_set_str(row, "name", line->name);
    json_set_str(row, "phone", phone);
    json_push(people, &row);
    return RC_OK;
}

/* What there is to tell on the phone; where each has a link of their own, the letter alone has it. */
static void put_way(const struct visit *v, struct json *values)
{
    const struct visit_words *const w = &v->plan.words;

    json_set_str(values, "visit_link", strcmp(w->link, VIDEO_LINK) ? w->link : "");
    json_set_str(values, "visit_dial_in", w->dial_in);
}

struct calls {
    const struct visit *visit;
    int64_t was_ms;
    bool is_link;
};

static enum rc tell(struct gate *gate, const struct calls *calls, struct json **people, struct arena *mem,
                    struct err *err)
{
    const struct visit *const v = calls->visit;
    CLEANUP(json_free) struct json *values = json_object_new();
    const struct saying s = { .gate = gate, .visit = v, .language = gate->facts.language, .mem = mem };
    struct care_group g;
    enum rc rc;

    if (group_get(&gate->store, v->plan.group, mem, &g, err))
        return err->rc;
    json_set_int(values, "number", v->number);
    json_set_str(values, "group_name", g.alias);
    json_set_bool(values, "is_link", calls->is_link);
    put_way(v, values);
    json_set_bool(values, "is_moved", v->state == VISIT_PLANNED && !calls->is_link);
    json_set_bool(values, "is_cancelled", v->state == VISIT_CANCELLED);
    json_set_str(values, "visit_title", v->plan.words.title);
    json_set_str(values, "visit_now", saying_when(&s, v->plan.zone, v->start_ms));
    json_set_str(values, "visit_was", saying_when(&s, v->plan.zone, calls->was_ms));
    json_set(values, "people", people);
    rc = notice_staff(gate, MAILING_VISIT_CALLS, v->id.v, v->plan.group, values, err);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc offer(struct gate *gate, const struct calls *calls, struct err *err)
{
    const struct visit *const visit = calls->visit;
    CLEANUP(arena_free) struct arena *mem = arena_new("visit_calls");
    CLEANUP(json_free) struct json *people = json_array_new();
    struct roster r;
    bool soon = false;

    if (is_soon(gate, visit, calls->was_ms, &soon, err))
        return err->rc;
    if (!soon)
        return RC_OK;
    if (roster_read(gate, visit, mem, &r, err))
        return err->rc;
    for (size_t i = 0; i < r.members; i++) {
        const enum visit_answer answer = r.lines[i].seat.answer;

        if (r.lines[i].seat.state == VISIT_SEAT_INVITED && (answer == VISIT_YES || answer == VISIT_MAYBE) &&
            add_person(gate, &r.lines[i], mem, people, err))
            return err->rc;
    }
    return json_count(people) ? tell(gate, calls, &people, mem, err) : RC_OK;
}

enum rc calls_offer(struct gate *gate, const struct visit *visit, int64_t was_ms, struct err *err)
{
    return offer(gate, &(struct calls){ visit, was_ms, false }, err);
}

enum rc calls_offer_link(struct gate *gate, const struct visit *visit, struct err *err)
{
    return offer(gate, &(struct calls){ visit, visit->start_ms, true }, err);
}
