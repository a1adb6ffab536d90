#include "gateway/office.h"

#include "schedules/hours.h"

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

int64_t office_between(const struct gate *gate, int64_t from_ms, int64_t to_ms)
{
    struct hours hours;
    struct err ignored;
    int64_t ms;

    if (read_hours(gate, &hours) && hours_working_ms_between(&hours, from_ms, to_ms, &ms, &ignored) == RC_OK)
        return ms;
    return to_ms > from_ms ? to_ms - from_ms : 0;
}

enum rc office_duty(struct gate *gate, struct arena *mem, struct person **ret_staff, size_t *ret_n, struct err *err)
{
    struct person *all;
    size_t n, kept = 0;
    enum rc rc = person_staff(&gate->store, mem, &all, &n, err);

    if (rc)
        return rc;
    for (size_t i = 0; i < n; i++)
        if (all[i].duty_rank || all[i].role == STAFF_MODERATOR || all[i].role == STAFF_MANAGER)
            all[kept++] = all[i];
    *ret_staff = all;
    *ret_n = kept;
    return RC_OK;
}
