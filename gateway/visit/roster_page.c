#include "gateway/visit/roster_page.h"

#include "base/json.h"
#include "gateway/say/phrase.h"
#include "gateway/say/print_page.h"
#include "gateway/visit/saying.h"
#include "schedules/said.h"
#include "schedules/zone.h"
#include "store/group.h"

struct roster_page {
    struct gate *gate;
    const struct visit *visit;
    enum person_language language;
    struct arena *mem;
};

/* "2:00 PM" where the visit is; "" of a time that nobody knows. */
static enum rc hour_of(const struct roster_page *p, int64_t ms, const char **ret, struct err *err)
{
    struct local_time local;

    *ret = "";
    if (!ms)
        return RC_OK;
    if (zone_local_from_utc(p->visit->plan.zone, ms, &local, err))
        return err->rc;
    *ret = said_minute(p->language, local.hour * 60 + local.minute, p->mem);
    return RC_OK;
}

static enum rc put_attendance(const struct roster_page *p, const struct attendance *a, struct json *row,
                              struct err *err)
{
    struct person staff = { .name = "" };
    const char *joined, *left;

    if (hour_of(p, a->joined_ms, &joined, err) || hour_of(p, a->left_ms, &left, err) ||
        (a->staff.v && person_get(&p->gate->store, a->staff, p->mem, &staff, err)))
        return err->rc;
    json_set_str(row, "joined", joined);
    json_set_str(row, "left", left);
    json_set_str(row, "minutes", a->minutes < 0 ? "" : arena_printf(p->mem, "%" PRId64, a->minutes));
    json_set_str(row, "by", staff.name);
    json_set_bool(row, "came", a->state == ATTENDANCE_CAME);
    json_set_bool(row, "missed", a->state == ATTENDANCE_MISSED);
    json_set_bool(row, "is_individual", a->is_individual);
    json_set_bool(row, "by_office", !a->staff.v && a->source != ATTENDANCE_BY_LIST);
    json_set_bool(row, "by_list", !a->staff.v && a->source == ATTENDANCE_BY_LIST);
    return RC_OK;
}

static void put_answer(const struct roster_page *p, const struct visit_seat *s, struct json *row)
{
    json_set_bool(row, "is_yes", s->answer == VISIT_YES);
    json_set_bool(row, "is_no", s->answer == VISIT_NO);
    json_set_bool(row, "is_maybe", s->answer == VISIT_MAYBE);
    json_set_bool(row, "is_old", s->answer != VISIT_NO_ANSWER && s->answer_start_ms != p->visit->start_ms);
    json_set_bool(row, "waits", s->answer == VISIT_YES && (s->place == VISIT_WAITS || s->place == VISIT_OFFERED));
    json_set_bool(row, "is_back", s->state == VISIT_SEAT_BACK);
}

static enum rc add_member(const struct roster_page *p, const struct roster_line *line, struct json *people,
                          struct err *err)
{
    static const struct attendance unknown = { .minutes = -1 };
    CLEANUP(json_free) struct json *row = json_object_new();
    struct person person;

    if (person_get(&p->gate->store, line->seat.person, p->mem, &person, err) ||
        put_attendance(p, line->attendance ? line->attendance : &unknown, row, err))
        return err->rc;
    if (!line->attendance)
        json_set_bool(row, "by_office", false);
    json_set_int(row, "number", line->number);
    json_set_str(row, "name", line->name);
    json_set_str(row, "chart", person.chart ? person.chart : "");
    json_set_str(row, "invited",
                 line->seat.told_ms
                     ? phrase_short_day(p->gate, p->language, p->visit->plan.zone, line->seat.told_ms, p->mem)
                     : "");
    put_answer(p, &line->seat, row);
    json_push(people, &row);
    return RC_OK;
}

static void put_spare(struct json *values)
{
    CLEANUP(json_free) struct json *list = json_array_new();

    for (int i = 0; i < ROSTER_PAGE_SPARE; i++) {
        struct json *row = json_object_new();

        json_push(list, &row);
    }
    json_set(values, "spare", &list);
}

static enum rc put_people(const struct roster_page *p, const struct roster *r, struct json *values, struct err *err)
{
    CLEANUP(json_free) struct json *people = json_array_new();
    int64_t invited = 0, came = 0;

    for (size_t i = 0; i < r->members; i++) {
        const struct attendance *a = r->lines[i].attendance;

        if (add_member(p, &r->lines[i], people, err))
            return err->rc;
        invited += r->lines[i].seat.told_ms != 0;
        came += a && a->state == ATTENDANCE_CAME;
    }
    json_set(values, "people", &people);
    json_set_int(values, "invited_count", invited);
    json_set_int(values, "came_count", came);
    return RC_OK;
}

enum rc roster_page_render(struct gate *gate, const struct visit *v, const struct roster *r,
                           enum person_language language, struct strbuf *out, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("roster_page");
    CLEANUP(json_free) struct json *values = json_object_new();
    const struct roster_page p = { gate, v, language, mem };
    const struct saying s = { .gate = gate, .visit = v, .language = language, .mem = mem };
    struct care_group g;

    if (group_get(&gate->store, v->plan.group, mem, &g, err) || saying_put(&s, values, err) ||
        put_people(&p, r, values, err))
        return err->rc;
    put_spare(values);
    json_set_str(values, "practice_name", gate->facts.name);
    json_set_str(values, "group_name", g.alias);
    json_set_int(values, "number", v->number);
    json_set_bool(values, "is_cancelled", v->state == VISIT_CANCELLED);
    json_set_str(values, "printed", phrase_moment(gate, language, NULL, gate_now_ms(gate), mem));
    return print_page_render("visit_roster.html", language, values, out, err);
}
