#include "gateway/duty/test_page.h"

#include "base/text.h"
#include "gateway/duty/alarm.h"
#include "schedules/hours.h"
#include "store/due.h"
#include "store/practice.h"

static const char *const day_names[7] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };

enum rc test_page_parse(const char *text, struct test_page *ret, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("test_page");
    const char *s = text_is_utf8(text, strlen(text)) ? text_fold_plain(mem, text) : "";
    const size_t n = strcspn(s, " ");
    unsigned days = 0;

    if (!hours_read_days(arena_strndup(mem, s, n), &days) || (days & (days - 1)))
        return err_set(err, RC_INPUT, "a day and a time are expected, as Mon 10:00");
    s += n + strspn(s + n, " ");
    if (!hours_read_minute(&s, &ret->minute) || *s || ret->minute >= 24 * 60)
        return err_set(err, RC_INPUT, "a day and a time are expected, as Mon 10:00");
    for (ret->weekday = 0; !(days >> ret->weekday & 1); ret->weekday++)
        ;
    return RC_OK;
}

char *test_page_print(const struct test_page *when, struct arena *mem)
{
    return arena_printf(mem, "%s %02d:%02d", day_names[when->weekday], when->minute / 60, when->minute % 60);
}

/* The next one behind now, a minute at least: a job that ran a little early is not run twice. */
static int64_t next_ms(const struct gate *gate)
{
    const int64_t after_ms = gate_now_ms(gate) + MS_MINUTE;
    struct test_page when;
    int64_t today, at_ms;
    struct err ignored;

    if (test_page_parse(gate->facts.test_page ? gate->facts.test_page : "", &when, &ignored))
        rc_ignore(test_page_parse(TEST_PAGE_USUAL, &when, &ignored), "it can be read");
    if (zone_day_from_utc(gate->facts.zone, after_ms, &today, &ignored))
        return after_ms + 7 * MS_DAY;
    for (int64_t day = today; day <= today + 8; day++)
        if (zone_weekday(day) == when.weekday &&
            !zone_utc_from_minute(gate->facts.zone, day, when.minute, &at_ms, &ignored) && at_ms >= after_ms)
            return at_ms;
    return after_ms + 7 * MS_DAY;
}

enum rc test_page_begin(struct gate *gate, struct err *err)
{
    return due_ensure(&gate->store, JOB_TEST_PAGE, 0, next_ms(gate), err);
}

static enum rc find_open(struct gate *gate, struct arena *mem, struct page *ret, struct err *err)
{
    struct page page;
    const enum rc rc = page_newest_test(&gate->store, false, mem, &page, err);

    *ret = (struct page){ .id = { 0 } };
    if (!rc && page.state == PAGE_OPEN)
        *ret = page;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc test_page_run(struct gate *gate, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("test_page");
    struct page open;

    if (due_set(&gate->store, JOB_TEST_PAGE, 0, next_ms(gate), err) || find_open(gate, mem, &open, err))
        return err->rc;
    return open.id.v ? RC_OK : alarm_raise_test(gate, err);
}

enum rc test_page_look(struct gate *gate, struct arena *mem, struct test_page_state *ret_state, struct err *err)
{
    struct test_page_state state = { .is_red = false };
    int64_t since_ms;
    enum rc rc;

    if (find_open(gate, mem, &state.open, err))
        return err->rc;
    rc = due_time_of(&gate->store, JOB_TEST_PAGE, 0, &state.next_ms, err);
    if (!rc || rc == RC_NOT_FOUND)
        rc = page_newest_test(&gate->store, true, mem, &state.claimed, err);
    if (rc && rc != RC_NOT_FOUND)
        return rc;
    since_ms = state.claimed.claimed_ms;
    if (rc == RC_NOT_FOUND) {
        state.claimed = (struct page){ .id = { 0 } };
        rc = practice_created_ms(gate->store.db, gate->store.practice, &since_ms, err);
        if (rc)
            return rc;
        if (state.open.id.v &&
            state.open.created_ms < since_ms) /* a home whose clock is not that of its making: tests */
            since_ms = state.open.created_ms;
    }
    state.is_red = gate_now_ms(gate) - since_ms > TEST_PAGE_RED_MS;
    *ret_state = state;
    return RC_OK;
}
