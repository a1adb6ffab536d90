#include "gateway/say/office.h"

#include "gateway/say/notice.h"
#include "gateway/say/staff_phone.h"
#include "schedules/hours.h"
#include "schedules/rota.h"
#include "store/consent.h"
#include "store/shift.h"

#define OPENING_DAYS 60

/* Without hours, or with a row that does not parse, every minute is working time: reminders come too early rather than never. */
static bool read_hours(const struct gate *gate, struct hours *hours)
{
    struct err ignored;

    return *gate->facts.office_hours &&
           hours_parse(gate->facts.office_hours, gate->facts.holidays, gate->facts.zone, hours, &ignored) == RC_OK;
}

int64_t office_after(const struct gate *gate, int64_t working_ms)
{
    const int64_t now_ms = gate_now_ms(gate);
    struct hours hours;
    struct err ignored;
    int64_t at_ms;

    if (read_hours(gate, &hours) && hours_add_working_ms(&hours, now_ms, working_ms, &at_ms, &ignored) == RC_OK)
        return at_ms;
    return now_ms + working_ms;
}

int64_t office_next_monday(const struct gate *gate)
{
    const int64_t now_ms = gate_now_ms(gate);
    const char *zone = *gate->facts.zone ? gate->facts.zone : "UTC";
    struct hours hours;
    struct err ignored;
    int64_t day, ms;

    if (zone_day_from_utc(zone, now_ms, &day, &ignored))
        day = now_ms / MS_DAY;
    day += 7 - (day + 3) % 7; /* day 0 was a Thursday; Monday has (day + 3) % 7 == 0 */
    if (read_hours(gate, &hours) && zone_utc_from_minute(zone, day, 0, &ms, &ignored) == RC_OK &&
        hours_add_working_ms(&hours, ms, 0, &ms, &ignored) == RC_OK)
        return ms;
    if (zone_utc_from_minute(zone, day, 9 * 60, &ms, &ignored) == RC_OK)
        return ms;
    return day * MS_DAY + 9 * MS_HOUR;
}

/* When a local day opens; false: it does not. */
static bool opening_on(const struct gate *gate, int64_t day, int64_t minute, int64_t *ret_ms)
{
    const char *zone = *gate->facts.zone ? gate->facts.zone : "UTC";
    struct hours hours;
    struct err ignored;
    int64_t start_ms, opens_ms, opens_day;

    if (!read_hours(gate, &hours)) {
        const int weekday = zone_weekday(day);

        return weekday >= 1 && weekday <= 5 &&
               !zone_utc_from_minute(zone, day, minute < 0 ? 9 * 60 : (int)minute, ret_ms, &ignored);
    }
    if (zone_utc_from_minute(zone, day, 0, &start_ms, &ignored) ||
        hours_add_working_ms(&hours, start_ms, 0, &opens_ms, &ignored) ||
        zone_day_from_utc(zone, opens_ms, &opens_day, &ignored) || opens_day != day)
        return false;
    *ret_ms = opens_ms;
    return minute < 0 || !zone_utc_from_minute(zone, day, (int)minute, ret_ms, &ignored);
}

static int64_t opening(const struct gate *gate, int64_t minute, int64_t at_ms, int step)
{
    const char *zone = *gate->facts.zone ? gate->facts.zone : "UTC";
    struct err ignored;
    int64_t day, ms;

    if (zone_day_from_utc(zone, at_ms, &day, &ignored))
        day = at_ms / MS_DAY;
    for (int64_t i = 0; i < OPENING_DAYS; i++)
        if (opening_on(gate, day + i * step, minute, &ms) && (step > 0 ? ms > at_ms : ms < at_ms))
            return ms;
    return at_ms + step * MS_DAY; /* a practice that is closed for two months */
}

int64_t office_opening_after(const struct gate *gate, int64_t minute, int64_t at_ms)
{
    return opening(gate, minute, at_ms, 1);
}

int64_t office_opening_before(const struct gate *gate, int64_t minute, int64_t at_ms)
{
    return opening(gate, minute, at_ms, -1);
}

int64_t office_between(const struct gate *gate, int64_t from_ms, int64_t to_ms)
{
    struct hours hours;
    struct err ignored;
    int64_t ms;

    if (read_hours(gate, &hours) && hours_working_ms_between(&hours, from_ms, to_ms, &ms, &ignored) == RC_OK)
        return ms;
    return to_ms > from_ms ? to_ms - from_ms : 0;
}

bool office_is_open(const struct gate *gate)
{
    struct hours hours;
    struct err ignored;
    bool is_open = true;

    return !read_hours(gate, &hours) || hours_is_open(&hours, gate_now_ms(gate), &is_open, &ignored) || is_open;
}

struct page_clock office_page_clock(const struct gate *gate, int tier)
{
    struct page_clock clock;
    struct err ignored;

    if (page_clock_parse(gate->facts.page_clock[tier], tier, &clock, &ignored))
        rc_ignore(page_clock_parse(NULL, tier, &clock, &ignored), "the usual one can be read");
    return clock;
}

int64_t office_review_hours(const struct gate *gate, int tier)
{
    static const int64_t usual[2] = { OFFICE_REVIEW_HOURS_3, OFFICE_REVIEW_HOURS_4 };
    const int64_t set = gate->facts.review_hours[tier >= 4];

    return set > 0 ? set : usual[tier >= 4];
}

int64_t office_reminder(const struct gate *gate, int tier, int64_t reminders)
{
    return reminders < 2 ? office_after(gate, office_review_hours(gate, tier) * MS_HOUR / 2)
                         : gate_now_ms(gate) + MS_DAY;
}

/* A row as the rota reads it; one that does not fit counts as over. */
static bool is_on_now(const struct gate *gate, const struct shift *row)
{
    const struct rota_shift shift = { row->weekdays, row->from_minute, row->to_minute, row->from_day, row->to_day };
    struct err ignored;
    bool is_on = false;

    return rota_is_on(&shift, gate->facts.zone, gate_now_ms(gate), &is_on, &ignored) == RC_OK && is_on;
}

/* Moves person i to place `to`; those between make room. */
static void move_forward(struct person *staff, size_t i, size_t to)
{
    const struct person p = staff[i];

    memmove(staff + to + 1, staff + to, (i - to) * sizeof *staff);
    staff[to] = p;
}

/* Everybody on call comes to the front, in the order of the rota. */
static enum rc bring_forward(struct gate *gate, struct person *staff, size_t n, struct arena *mem, size_t *ret_on_call,
                             struct err *err)
{
    struct shift *shifts;
    size_t count, done = 0;

    if (shift_list(&gate->store, mem, &shifts, &count, err))
        return err->rc;
    for (size_t s = 0; s < count; s++) {
        size_t i = done;

        while (i < n && staff[i].id.v != shifts[s].person.v)
            i++;
        if (i < n && is_on_now(gate, &shifts[s]))
            move_forward(staff, i, done++);
    }
    *ret_on_call = done;
    return RC_OK;
}

static enum rc read_duty(struct gate *gate, struct arena *mem, struct person **ret_staff, size_t *ret_n,
                         size_t *ret_on_call, struct err *err)
{
    struct person *all;
    size_t n, kept = 0;

    if (person_staff(&gate->store, mem, &all, &n, err) || bring_forward(gate, all, n, mem, &kept, err))
        return err->rc;
    *ret_on_call = kept;
    for (size_t i = kept; i < n; i++)
        if (all[i].duty_rank || all[i].role == STAFF_MODERATOR || all[i].role == STAFF_MANAGER)
            all[kept++] = all[i];
    *ret_staff = all;
    *ret_n = kept;
    return RC_OK;
}

enum rc office_duty(struct gate *gate, struct arena *mem, struct person **ret_staff, size_t *ret_n, struct err *err)
{
    struct person *staff;
    size_t n, on_call, kept = 0;

    if (read_duty(gate, mem, &staff, &n, &on_call, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        bool has_said_yes;

        if (consent_of_staff(&gate->store, staff[i].id, &has_said_yes, err))
            return err->rc;
        if (has_said_yes)
            staff[kept++] = staff[i];
    }
    *ret_staff = staff;
    *ret_n = kept;
    return RC_OK;
}

enum rc office_on_call(struct gate *gate, size_t *ret_on_call, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("on_call");
    struct person *staff;
    size_t n;

    return read_duty(gate, mem, &staff, &n, ret_on_call, err);
}

static enum rc is_reachable(struct gate *gate, struct person_id person, enum mailing_kind kind, struct arena *mem,
                            bool *ret, struct err *err)
{
    struct address *addresses;
    size_t n;
    enum rc rc = person_addresses(&gate->store, person, mem, &addresses, &n, err);

    *ret = false;
    for (size_t i = 0; !rc && i < n && !*ret; i++)
        if (addresses[i].kind == ADDRESS_EMAIL && addresses[i].state != ADDRESS_SUSPENDED)
            *ret = notice_may_write(gate, addresses[i].id, kind, &rc, err);
    return rc;
}

enum rc office_reach_of(struct gate *gate, struct person_id person, enum office_reach *ret_reach, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("reach");
    bool is_sure = false, is_tried = false;
    struct staff_phone phone;

    if (is_reachable(gate, person, MAILING_STAFF_NOTICE, mem, &is_sure, err) ||
        is_reachable(gate, person, MAILING_PAGE, mem, &is_tried, err) || staff_phone_read(gate, person, &phone, err))
        return err->rc;
    *ret_reach = is_sure || phone.state == STAFF_PHONE_YES ? OFFICE_REACHED
                 : is_tried                                ? OFFICE_RETURNED
                                                           : OFFICE_CUT_OFF;
    return RC_OK;
}

const char *office_reach_words(enum office_reach reach)
{
    static const char *const words[] = { "gets alarms", "letters came back", "said STOP, or has no address" };

    return (size_t)reach < COUNT_OF(words) ? words[reach] : "?";
}

/* All who could be on duty; those who are not chosen for it stand behind the others. */
static enum rc read_roll(struct gate *gate, struct arena *mem, struct person **ret_all, size_t *ret_all_n,
                         struct office_contact **ret_roll, size_t *ret_n, struct err *err)
{
    struct office_contact *roll;
    size_t on_call, kept = 0;

    if (read_duty(gate, mem, ret_all, ret_all_n, &on_call, err))
        return err->rc;
    roll = ARENA_ARRAY(mem, *ret_all_n + 1, struct office_contact);
    for (size_t i = 0; i < *ret_all_n; i++) {
        if (i >= on_call && !(*ret_all)[i].duty_rank)
            continue;
        roll[kept] = (struct office_contact){ .person = (*ret_all)[i], .is_on_call = i < on_call };
        if (office_reach_of(gate, roll[kept].person.id, &roll[kept].reach, err))
            return err->rc;
        kept++;
    }
    *ret_roll = roll;
    *ret_n = kept;
    return RC_OK;
}

enum rc office_roll(struct gate *gate, struct arena *mem, struct office_contact **ret_roll, size_t *ret_n,
                    size_t *ret_reached, struct err *err)
{
    struct person *all;
    size_t n;

    if (read_roll(gate, mem, &all, &n, ret_roll, ret_n, err))
        return err->rc;
    *ret_reached = 0;
    for (size_t i = 0; i < *ret_n; i++)
        *ret_reached += (*ret_roll)[i].reach == OFFICE_REACHED;
    return RC_OK;
}

enum rc office_contacts(struct gate *gate, struct arena *mem, struct person **ret_staff, size_t *ret_n, struct err *err)
{
    static const enum office_reach order[] = { OFFICE_REACHED, OFFICE_RETURNED };
    struct office_contact *roll;
    struct person *all, *contacts;
    size_t all_n, n, kept = 0;

    if (read_roll(gate, mem, &all, &all_n, &roll, &n, err))
        return err->rc;
    contacts = ARENA_ARRAY(mem, n + 1, struct person);
    for (size_t o = 0; o < COUNT_OF(order) && (o == 0 || kept); o++)
        for (size_t i = 0; i < n; i++)
            if (roll[i].reach == order[o])
                contacts[kept++] = roll[i].person;
    *ret_staff = kept ? contacts : all;
    *ret_n = kept ? kept : all_n;
    return RC_OK;
}

enum rc office_check_staff(struct gate *gate, const struct person *staff, struct err *err)
{
    bool has_said_yes;

    if (staff->kind != PERSON_STAFF || staff->state != PERSON_ACTIVE)
        return err_set(err, RC_DENIED, "this person has left the practice");
    if (consent_of_staff(&gate->store, staff->id, &has_said_yes, err))
        return err->rc;
    return has_said_yes ? RC_OK
                        : err_set(err, RC_DENIED,
                                  "this staff member has not said YES yet: they reply YES to the mail that asked them; "
                                  "postcircle staff set %" PRId64 " --again REASON sends it once more",
                                  staff->id.v);
}
