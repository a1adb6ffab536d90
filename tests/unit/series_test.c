#include "schedules/series.h"

#include "base/clock.h"
#include "schedules/ical.h"
#include "schedules/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static const int64_t all_ms = INT64_C(253402300800000); /* the year 10000 */

static int64_t utc(const char *stamp)
{
    int64_t ms = 0;
    struct err err;

    assert_int_equal(clock_parse(stamp, &ms, &err), RC_OK);
    return ms;
}

/* "20260303T1830", or the date alone */
static struct series_time at(const char *text)
{
    const long day = strtol(text, NULL, 10), time = strchr(text, 'T') ? strtol(strchr(text, 'T') + 1, NULL, 10) : 0;

    return (struct series_time){ { (int)(day / 10000), (int)(day / 100 % 100), (int)(day % 100) },
                                 (int)(time / 100),
                                 (int)(time % 100) };
}

static void rules(void **state)
{
    static const struct {
        const char *zone, *first, *rule, *skipped, *added, *want; /* want: UTC starts */
    } cases[] = {
        { "America/New_York", "20260303T1830", "", "", "", "2026-03-03T23:30:00Z" },
        /* over the change of the clocks */
        { "America/New_York", "20260303T1830", "FREQ=WEEKLY;COUNT=2", "", "",
          "2026-03-03T23:30:00Z 2026-03-10T22:30:00Z" },
        /* a skipped day counts */
        { "America/New_York", "20260303T1830", "FREQ=WEEKLY;COUNT=3", "20260310", "",
          "2026-03-03T23:30:00Z 2026-03-17T22:30:00Z" },
        /* moved: skipped and added, also on the same day and before the first */
        { "UTC", "20260303T1830", "FREQ=WEEKLY;COUNT=3", "20260310", "20260311T0900",
          "2026-03-03T18:30:00Z 2026-03-11T09:00:00Z 2026-03-17T18:30:00Z" },
        { "UTC", "20260303T1830", "FREQ=WEEKLY;COUNT=2", "20260303", "20260303T1500",
          "2026-03-03T15:00:00Z 2026-03-10T18:30:00Z" },
        { "UTC", "20260303T1830", "FREQ=WEEKLY;COUNT=1", "", "20260302T1830",
          "2026-03-02T18:30:00Z 2026-03-03T18:30:00Z" },
        /* the same instant twice is one visit */
        { "UTC", "20260303T1830", "FREQ=WEEKLY;COUNT=1", "", "20260303T1830", "2026-03-03T18:30:00Z" },
        /* added on a skipped day stays */
        { "UTC", "20260303T1830", "", "20260303", "20260303T1830", "2026-03-03T18:30:00Z" },
        { "UTC", "20260303T1830", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=3", "", "",
          "2026-03-03T18:30:00Z 2026-03-05T18:30:00Z 2026-03-17T18:30:00Z" },
        { "UTC", "20260310T0900", "FREQ=MONTHLY;BYDAY=2TU;COUNT=3", "", "",
          "2026-03-10T09:00:00Z 2026-04-14T09:00:00Z 2026-05-12T09:00:00Z" },
        { "UTC", "20260131T0900", "FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", "", "",
          "2026-01-31T09:00:00Z 2026-03-31T09:00:00Z 2026-05-31T09:00:00Z" },
        { "UTC", "20260331T0900", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3", "", "",
          "2026-03-31T09:00:00Z 2026-04-30T09:00:00Z 2026-05-29T09:00:00Z" },
        { "UTC", "20240229T0900", "FREQ=YEARLY;COUNT=2", "", "", "2024-02-29T09:00:00Z 2028-02-29T09:00:00Z" },
        /* the three forms of UNTIL: the whole day, a time there, an instant */
        { "America/New_York", "20260303T1830", "FREQ=WEEKLY;UNTIL=20260310", "", "",
          "2026-03-03T23:30:00Z 2026-03-10T22:30:00Z" },
        { "America/New_York", "20260303T1830", "FREQ=WEEKLY;UNTIL=20260310T183000", "", "",
          "2026-03-03T23:30:00Z 2026-03-10T22:30:00Z" },
        { "America/New_York", "20260303T1830", "FREQ=WEEKLY;UNTIL=20260310T182959", "", "", "2026-03-03T23:30:00Z" },
        { "America/New_York", "20260303T1830", "FREQ=WEEKLY;UNTIL=20260310T223000Z", "", "",
          "2026-03-03T23:30:00Z 2026-03-10T22:30:00Z" },
        { "America/New_York", "20260303T1830", "FREQ=WEEKLY;UNTIL=20260310T222959Z", "", "", "2026-03-03T23:30:00Z" },
        /* UNTIL does not bind what was added */
        { "UTC", "20260303T1830", "FREQ=WEEKLY;UNTIL=20260303", "", "20270101T0000",
          "2026-03-03T18:30:00Z 2027-01-01T00:00:00Z" },
        /* the gap: the first instant after it, and the day after as before */
        { "America/New_York", "20260307T0230", "FREQ=DAILY;COUNT=3", "", "",
          "2026-03-07T07:30:00Z 2026-03-08T07:00:00Z 2026-03-09T06:30:00Z" },
        /* the doubled hour: its first coming */
        { "America/New_York", "20261031T0130", "FREQ=DAILY;COUNT=3", "", "",
          "2026-10-31T05:30:00Z 2026-11-01T05:30:00Z 2026-11-02T06:30:00Z" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(arena_free) struct arena *mem = arena_new("test");
        const struct series_day skipped = at(cases[i].skipped).on;
        const struct series_time added = at(cases[i].added);
        const struct series s = {
            cases[i].zone, cases[i].rule,         at(cases[i].first), &skipped, cases[i].skipped[0] != 0,
            &added,        cases[i].added[0] != 0
        };
        const struct series_visit *v = NULL;
        const char *want = cases[i].want;
        struct err err;
        size_t n = 0;

        if (series_expand(&s, 0, all_ms, mem, &v, &n, &err))
            fail_msg("case %zu: %s", i, err.msg);
        for (size_t k = 0; k < n; k++, want += strcspn(want, " "), want += strspn(want, " ")) {
            char stamp[32];

            snprintf(stamp, sizeof stamp, "%.*s", (int)strcspn(want, " "), want);
            if (!stamp[0] || v[k].start_ms != utc(stamp))
                fail_msg("case %zu: visit %zu is at %" PRId64 ", not %s", i, k, v[k].start_ms, stamp);
        }
        if (*want)
            fail_msg("case %zu: %s is missing", i, want);
    }
}

static void windows(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("test");
    const struct series s = { .zone = "America/New_York", .rule = "FREQ=WEEKLY", .first = at("20260303T1830") };
    const struct series_visit *v = NULL;
    struct err err;
    size_t n = 0;

    (void)state;
    /* the start belongs to the window, the end does not */
    assert_int_equal(series_expand(&s, utc("2030-01-01T23:30:00Z"), utc("2030-01-08T23:30:00Z"), mem, &v, &n, &err),
                     RC_OK);
    assert_int_equal(n, 1);
    assert_int_equal(v[0].start_ms, utc("2030-01-01T23:30:00Z"));
    assert_int_equal(v[0].local.on.day, 1);
    assert_int_equal(v[0].local.hour * 100 + v[0].local.minute, 1830);
    assert_int_equal(series_expand(&s, utc("2030-01-01T23:30:01Z"), utc("2030-01-08T23:30:01Z"), mem, &v, &n, &err),
                     RC_OK);
    assert_int_equal(n, 1);
    assert_int_equal(v[0].start_ms, utc("2030-01-08T23:30:00Z"));
    assert_int_equal(series_expand(&s, 0, utc("2026-03-03T23:30:00Z"), mem, &v, &n, &err), RC_OK);
    assert_int_equal(n, 0);
    assert_int_equal(series_expand(&s, 5, 4, mem, &v, &n, &err), RC_OK);
    assert_int_equal(n, 0);
    assert_int_equal(series_expand(&s, INT64_MIN, INT64_MIN, mem, &v, &n, &err), RC_OK);
    assert_int_equal(n, 0);
    /* many windows side by side hold what one holds */
    {
        const int64_t from = utc("2026-01-01T00:00:00Z"), until = utc("2029-01-01T00:00:00Z");
        size_t whole = 0, sum = 0;

        assert_int_equal(series_expand(&s, from, until, mem, &v, &whole, &err), RC_OK);
        for (int64_t ms = from; ms < until; ms += 3 * MS_DAY + MS_HOUR) {
            const int64_t next = ms + 3 * MS_DAY + MS_HOUR;

            assert_int_equal(series_expand(&s, ms, next < until ? next : until, mem, &v, &n, &err), RC_OK);
            sum += n;
        }
        assert_int_equal(sum, whole);
        assert_int_equal(whole, 148);
    }
}

static void refused(void **state)
{
    static const struct {
        const char *zone, *first, *rule;
        enum rc want;
    } cases[] = {
        { "No/Where", "20260303T1830", "FREQ=WEEKLY", RC_NOT_FOUND },
        { "UTC", "20260230T1830", "FREQ=WEEKLY", RC_INPUT },
        { "UTC", "20260303T2400", "FREQ=WEEKLY", RC_INPUT },
        { "UTC", "20260303T1830", "weekly", RC_INPUT },
        { "UTC", "20260303T1830", "FREQ=HOURLY", RC_INPUT },
        { "UTC", "20260303T1830", "FREQ=SECONDLY", RC_INPUT },
        { "UTC", "20260303T1830", "INTERVAL=2", RC_INPUT },
        { "UTC", "20260303T1830", "FREQ=WEEKLY;", RC_INPUT },
        { "UTC", "20260303T1830", "FREQ=WEEKLY;FREQ=DAILY", RC_INPUT },
        { "UTC", "20260303T1830", "FREQ=WEEKLY;INTERVALL=2", RC_INPUT },
        { "UTC", "20260303T1830", "FREQ=WEEKLY;INTERVAL=0", RC_INPUT },
        { "UTC", "20260303T1830", "FREQ=WEEKLY;INTERVAL=", RC_INPUT },
        { "UTC", "20260303T1830", "FREQ=WEEKLY;INTERVAL=99999", RC_INPUT },
        { "UTC", "20260303T1830", "FREQ=WEEKLY;INTERVAL=X", RC_INPUT },
        { "UTC", "20260303T1830", "FREQ=WEEKLY;COUNT=X", RC_INPUT },
        { "UTC", "20260303T1830", "FREQ=WEEKLY;COUNT=0", RC_INPUT },
        { "UTC", "20260303T1830", "FREQ=WEEKLY;COUNT=-3", RC_INPUT },
        { "UTC", "20260303T1830", "FREQ=WEEKLY;UNTIL=X", RC_INPUT },
        { "UTC", "20260303T1830", "FREQ=WEEKLY;BYDAY=XX", RC_INPUT },
        { "UTC", "20260303T1830", "FREQ=WEEKLY;BYDAY=TU,", RC_INPUT },
        { "UTC", "20260303T1830", "FREQ=WEEKLY;COUNT=3;UNTIL=20270101", RC_INPUT },
        { "UTC", "20260303T1830", "FREQ=WEEKLY;UNTIL=20276301", RC_INPUT },
        { "UTC", "20260303T1830", "FREQ=WEEKLY;UNTIL=20260302", RC_INPUT },
        { "UTC", "20260303T1830", "FREQ=WEEKLY;UNTIL=20260303T182900Z", RC_INPUT },
        { "UTC", "20260303T1830", "FREQ=WEEKLY;BYHOUR=1,2,3", RC_INPUT },
        { "UTC", "20260303T1830", "FREQ=WEEKLY;BYDAY=MO", RC_INPUT }, /* the first is a Tuesday */
        { "UTC", "20260303T1830", "FREQ=YEARLY;BYMONTH=63", RC_INPUT },
        { "UTC", "20260303T1830", "FREQ=MONTHLY;BYMONTHDAY=32", RC_INPUT },
        { "UTC", "20260303T1830", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", RC_INPUT }, /* never, and it ends */
        { "UTC", "20260303T1830", "RSCALE=CHINESE;FREQ=YEARLY", RC_INPUT },
        { "UTC", "20260303T1830", "FREQ=WEEKLY\r\nDTSTART:20260101T000000", RC_INPUT },
    };
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct series s = { .zone = cases[i].zone, .rule = cases[i].rule, .first = at(cases[i].first) };
        const enum rc rc = series_check(&s, &err);

        if (rc != cases[i].want)
            fail_msg("%s: %s", cases[i].rule, rc_name(rc));
    }
}

static void limits(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("test");
    struct series_day *skipped = ARENA_ARRAY(mem, SERIES_EXCEPTIONS_MAX + 1, struct series_day);
    struct series_time *added = ARENA_ARRAY(mem, SERIES_EXCEPTIONS_MAX + 1, struct series_time);
    struct series s = {
        .zone = "UTC", .rule = "FREQ=DAILY", .first = at("20260303T1830"), .skipped = skipped, .added = added
    };
    const struct series_visit *v = NULL;
    char rule[ICAL_RULE_MAX + 2];
    struct err err;
    size_t n = 0;

    (void)state;
    assert_int_equal(series_expand(&s, s.first.on.year, all_ms, mem, &v, &n, &err), RC_LIMIT);
    assert_int_equal(series_expand(&s, utc("2190-01-01T00:00:00Z"), all_ms, mem, &v, &n, &err), RC_OK);
    assert_int_equal(n, 3652); /* to the end of ZONE_YEAR_MAX */
    for (size_t i = 0; i <= SERIES_EXCEPTIONS_MAX; i++) {
        skipped[i] = (struct series_day){ 2026, 3, 3 };
        added[i] = s.first;
    }
    s.skipped_count = SERIES_EXCEPTIONS_MAX;
    s.added_count = SERIES_EXCEPTIONS_MAX;
    assert_int_equal(series_check(&s, &err), RC_OK);
    s.skipped_count++;
    assert_int_equal(series_check(&s, &err), RC_LIMIT);
    s.skipped_count = 0;
    s.added_count++;
    assert_int_equal(series_check(&s, &err), RC_LIMIT);
    s.added_count = 1;
    added[0].on.month = 63;
    assert_int_equal(series_check(&s, &err), RC_INPUT);
    s.added_count = 0;
    s.skipped_count = 1;
    skipped[0].month = 13;
    assert_int_equal(series_check(&s, &err), RC_INPUT);
    s.skipped_count = 0;
    memset(rule, 'A', sizeof rule);
    rule[sizeof rule - 1] = 0;
    s.rule = rule;
    assert_int_equal(series_check(&s, &err), RC_INPUT);
}

/* Python's zoneinfo reads the same tzdata by other code: for every change of 12 zones, 2026 to 2030, visits each day (and each week) at times on
 * both sides of it and in it. A line: zone, rule, first time, the starts. */
static const char *const script =
    "python3 - <<'END' 2>/dev/null\n"
    "from datetime import datetime, timedelta, timezone\n"
    "from zoneinfo import ZoneInfo\n"
    "zones = '''America/New_York America/Chicago America/Denver America/Los_Angeles America/Mexico_City "
    "America/St_Johns\n"
    "America/Santiago Europe/Madrid Europe/London Africa/Casablanca Australia/Lord_Howe Pacific/Auckland'''.split()\n"
    "def start(naive, z, change):\n"
    "    u = naive.replace(tzinfo=z).astimezone(timezone.utc)\n"
    "    return u if u.astimezone(z).replace(tzinfo=None) == naive else change\n"
    "for name in zones:\n"
    "    z = ZoneInfo(name)\n"
    "    off = lambda s: datetime.fromtimestamp(s, z).utcoffset()\n"
    "    at, end = (int(datetime(y, 1, 1, tzinfo=timezone.utc).timestamp()) for y in (2026, 2031))\n"
    "    changes = []\n"
    "    while at < end:\n"
    "        low, high = at, at + 86400\n"
    "        while off(low) != off(high) and high - low > 1:\n"
    "            mid = (low + high) // 2\n"
    "            low, high = (mid, high) if off(mid) == off(low) else (low, mid)\n"
    "        if off(low) != off(high):\n"
    "            changes.append(high)\n"
    "        at += 86400\n"
    "    for c in changes or [1780000000 // 60 * 60]:\n"
    "        wall = datetime.fromtimestamp(c - 1, z).replace(tzinfo=None, fold=0) + timedelta(seconds=1)\n"
    "        instant = datetime.fromtimestamp(c, timezone.utc)\n"
    "        for m in range(-120, 121, 15):\n"
    "            for rule, step, n in (('FREQ=DAILY;COUNT=5', 1, 5), ('FREQ=WEEKLY;COUNT=4', 7, 4)):\n"
    "                first = wall + timedelta(minutes=m, days=-2 * step)\n"
    "                starts = [start(first + timedelta(days=step * i), z, instant) for i in range(n)]\n"
    "                print(name, rule, first.strftime('%Y%m%dT%H%M'), *(int(s.timestamp()) for s in starts))\n"
    "END\n";

/* The next word of a line, and a step past it. */
static char *word(char **rest)
{
    char *w = *rest;

    *rest += strcspn(w, " ");
    assert_int_equal(**rest, ' ');
    *(*rest)++ = 0;
    return w;
}

static void compare_line(const char *line, struct arena *mem)
{
    char *rest = arena_strdup(mem, line);
    const char *zone = word(&rest), *rule = word(&rest);
    const struct series s = { .zone = zone, .rule = rule, .first = at(word(&rest)) };
    const struct series_visit *v = NULL;
    struct err err;
    size_t n = 0;

    assert_int_equal(series_expand(&s, 0, all_ms, mem, &v, &n, &err), RC_OK);
    assert_int_equal(n, rule[5] == 'D' ? 5 : 4);
    for (size_t i = 0; i < n; i++)
        if (v[i].start_ms != strtoll(rest, &rest, 10) * 1000)
            fail_msg("visit %zu at %" PRId64 ": %s", i, v[i].start_ms / 1000, line);
}

static void as_python_says(void **state)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("test");
    FILE *f = popen(script, "r");
    char line[512];
    int checked = 0;

    (void)state;
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        compare_line(line, mem);
        arena_clear(mem);
        checked++;
    }
    assert_int_equal(pclose(f), 0);
    assert_true(checked > 3000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules),  cmocka_unit_test(windows),        cmocka_unit_test(refused),
        cmocka_unit_test(limits), cmocka_unit_test(as_python_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
