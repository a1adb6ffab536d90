#include "gateway/visit/reminding.h"

#include "base/text.h"
#include "gateway/say/notice.h"
#include "gateway/say/phrase.h"
#include "gateway/visit/awake.h"
#include "gateway/visit/roster.h"
#include "gateway/visit/saying.h"
#include "store/due.h"
#include "store/membership.h"
#include "store/setting.h"
#include "store/visit_record.h"

#define LAST_MS (30 * MS_MINUTE)
#define NEVER_MS INT64_MAX
#define OFFSET_MAX (30 * 24 * 60)

/* ---- when ---- */

static int compare(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? 1 : x > y ? -1 : 0;
}

static bool read_offset(const char *word, int64_t *ret)
{
    const size_t n = strlen(word);
    const int64_t unit = n ? (word[n - 1] == 'd' ? 24 * 60 : word[n - 1] == 'h' ? 60 : word[n - 1] == 'm' ? 1 : 0) : 0;
    char digits[8] = "";
    struct err ignored;

    if (!unit || n - 1 >= sizeof digits)
        return false;
    memcpy(digits, word, n - 1);
    if (text_to_int(digits, 1, OFFSET_MAX, ret, &ignored))
        return false;
    *ret *= unit;
    return *ret <= OFFSET_MAX;
}

enum rc reminding_parse(const char *text, struct reminding_offsets *ret, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("reminders");
    char *rest = arena_strdup(mem, text), *word;

    *ret = (struct reminding_offsets){ .count = 0 };
    if (!strcmp(text, "off"))
        return RC_OK;
    while ((word = strsep(&rest, " ,"))) {
        if (!*word)
            continue;
        if (ret->count == REMINDING_MAX || !read_offset(word, &ret->minutes[ret->count]))
            return err_set(err, RC_INPUT,
                           "visit-reminders: up to %d times before a visit, as \"" REMINDING_USUAL "\", or off",
                           REMINDING_MAX);
        ret->count++;
    }
    qsort(ret->minutes, ret->count, sizeof ret->minutes[0], compare);
    return ret->count ? RC_OK : err_set(err, RC_INPUT, "visit-reminders: \"" REMINDING_USUAL "\", or off");
}

bool reminding_is_day_before(int64_t minutes)
{
    return minutes >= 12 * 60 && minutes <= 36 * 60;
}

static enum rc offsets_of(struct gate *gate, struct reminding_offsets *ret, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("reminders");
    const char *text;

    if (setting_get(&gate->store, SETTING_VISIT_REMINDERS, mem, &text, err))
        return err->rc;
    return reminding_parse(text ? text : REMINDING_USUAL, ret, err);
}

/* The first that is still ahead. */
enum rc reminding_set(struct gate *gate, const struct visit *visit, struct err *err)
{
    const int64_t now_ms = gate_now_ms(gate);
    struct reminding_offsets o;

    if (offsets_of(gate, &o, err))
        return err->rc;
    for (size_t i = 0; i < o.count; i++) {
        const int64_t at_ms = visit->start_ms - o.minutes[i] * MS_MINUTE;

        if (at_ms > now_ms)
            return due_set(&gate->store, JOB_VISIT_REMIND, visit->id.v, at_ms, err);
    }
    return due_clear(&gate->store, JOB_VISIT_REMIND, visit->id.v, err);
}

/* The last one whose time has come; 0: none has. */
static int64_t due_offset(const struct reminding_offsets *o, const struct visit *visit, int64_t now_ms)
{
    for (size_t i = o->count; i > 0; i--)
        if (visit->start_ms - o->minutes[i - 1] * MS_MINUTE <= now_ms)
            return o->minutes[i - 1];
    return 0;
}

/* ---- to whom ---- */

struct reminder {
    struct gate *gate;
    const struct visit *visit;
    int64_t minutes;
    bool is_last; /* none comes after it */
    struct arena *mem;
};

static bool is_meant(const struct visit *v, const struct visit_seat *s)
{
    const bool is_for_this_time = s->answer_start_ms == v->start_ms;

    return s->part == VISIT_MEMBER && s->state == VISIT_SEAT_INVITED && s->told_ms && s->place != VISIT_WAITS &&
           s->place != VISIT_OFFERED && s->answer != VISIT_NO && (s->told_version == v->version || is_for_this_time);
}

/* When it goes: 0 now, or as its reader wakes. Too late then, it goes at once by mail, and not at all by text. */
static enum rc due_time(const struct reminder *r, const struct membership *m, const char *zone, int64_t *ret_ms,
                        struct err *err)
{
    const int64_t now_ms = gate_now_ms(r->gate);
    int64_t from_ms;
    bool is_by_text;

    if (awake_by_text(r->gate, m, &is_by_text, err) || awake_from(r->gate, is_by_text, zone, now_ms, &from_ms, err))
        return err->rc;
    *ret_ms = from_ms <= now_ms ? 0 : from_ms + LAST_MS <= r->visit->start_ms ? from_ms : is_by_text ? NEVER_MS : 0;
    return RC_OK;
}

/* They have just read all of it; but the last one is for the day itself, and the one of the day before asks something. */
static bool is_told_just_now(const struct reminder *r, const struct visit_seat *seat, int64_t at_ms)
{
    return !r->is_last && !reminding_is_day_before(r->minutes) && at_ms - seat->told_ms < REMINDING_REST_MS;
}

static enum rc put_values(const struct reminder *r, const struct visit_seat *seat, struct saying *s, int64_t at_ms,
                          struct json *values, struct err *err)
{
    const bool is_answered = seat->answer != VISIT_NO_ANSWER && seat->answer_start_ms == r->visit->start_ms;

    json_set_bool(values, "is_day_before", reminding_is_day_before(r->minutes));
    json_set_bool(values, "asks", !is_answered || !s->has_link || seat->answer == VISIT_MAYBE);
    json_set_bool(values, "needs_agree", !s->has_link);
    json_set_str(values, "visit_in", phrase_span(s->language, r->visit->start_ms - at_ms, r->mem));
    return saying_put(s, values, err);
}

static enum rc remind(const struct reminder *r, const struct visit_seat *seat, struct err *err)
{
    struct saying s = { .gate = r->gate, .visit = r->visit, .mem = r->mem };
    struct notice notice = { .kind = MAILING_VISIT_REMINDER,
                             .person = seat->person,
                             .membership = seat->membership,
                             .group = r->visit->plan.group,
                             .reply = TOKEN_RSVP,
                             .subject_id = seat->id.v,
                             .not_after_ms = r->visit->start_ms,
                             .lane = -1 };
    struct membership m;
    struct person person;
    const char *zone;
    int64_t at_ms;
    enum rc rc;

    if (membership_get(&r->gate->store, seat->membership, r->mem, &m, err))
        return err->rc;
    if (m.state != MEMBER_ACTIVE)
        return RC_OK;
    if (person_get(&r->gate->store, seat->person, r->mem, &person, err) ||
        roster_has_agreed(r->gate, seat->membership, &s.has_link, err))
        return err->rc;
    s.language = person.language;
    s.zone = person.zone;
    s.seat = seat;
    zone = s.zone && *s.zone ? s.zone : r->visit->plan.zone;
    if (due_time(r, &m, zone, &notice.due_ms, err))
        return err->rc;
    at_ms = notice.due_ms ? notice.due_ms : gate_now_ms(r->gate);
    if (notice.due_ms == NEVER_MS || is_told_just_now(r, seat, at_ms))
        return RC_OK;
    rc = visit_reminder_take(&r->gate->store, seat, r->minutes, r->visit->start_ms, err);
    if (rc)
        return rc == RC_CONFLICT ? RC_OK : rc;
    notice.values = json_object_new();
    rc = put_values(r, seat, &s, at_ms, notice.values, err);
    if (rc)
        json_free(&notice.values);
    else
        rc = notice_queue(r->gate, &notice, NULL, err);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc reminding_run(struct gate *gate, struct visit_id id, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("reminding");
    struct visit visit;
    struct reminder r = { .gate = gate, .visit = &visit, .mem = mem };
    struct reminding_offsets o;
    struct visit_seat *seats;
    size_t n;

    if (visit_get(&gate->store, id, mem, &visit, err) || offsets_of(gate, &o, err))
        return err->rc;
    if (visit.state != VISIT_PLANNED || visit.start_ms <= gate_now_ms(gate))
        return RC_OK;
    r.minutes = due_offset(&o, &visit, gate_now_ms(gate));
    r.is_last = o.count && r.minutes == o.minutes[o.count - 1];
    if (visit_seats(&gate->store, id, mem, &seats, &n, err))
        return err->rc;
    for (size_t i = 0; r.minutes && i < n; i++)
        if (is_meant(&visit, &seats[i]) && remind(&r, &seats[i], err))
            return err_wrap(err, "reminders of visit %" PRId64, visit.number);
    return reminding_set(gate, &visit, err);
}
