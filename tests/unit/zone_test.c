#include "schedules/zone.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static int64_t utc(const char *stamp)
{
    int64_t ms = 0;
    struct err err;

    assert_int_equal(clock_parse(stamp, &ms, &err), RC_OK);
    return ms;
}

static void names(void **state)
{
    (void)state;
    assert_true(zone_is_name("America/New_York"));
    assert_true(zone_is_name("UTC"));
    assert_true(zone_is_name("America/Argentina/Buenos_Aires"));
    assert_false(zone_is_name(""));
    assert_false(zone_is_name("Nowhere/Town"));
    assert_false(zone_is_name("../../etc/passwd"));
    assert_false(zone_is_name("/etc/localtime"));
    assert_false(zone_is_name("Eastern Standard Time"));
}

static void local_becomes_utc(void **state)
{
    static const struct {
        const char *zone;
        int y, m, d, h, mi;
        const char *want;
    } cases[] = {
        { "America/New_York", 2026, 3, 7, 8, 0, "2026-03-07T13:00:00Z" },
        { "America/New_York", 2026, 3, 8, 8, 0, "2026-03-08T12:00:00Z" }, /* clocks went forward */
        { "America/New_York", 2026, 3, 8, 1, 59, "2026-03-08T06:59:00Z" },
        { "America/New_York", 2026, 3, 8, 2, 0, "2026-03-08T07:00:00Z" }, /* the gap: first instant after it */
        { "America/New_York", 2026, 3, 8, 2, 30, "2026-03-08T07:00:00Z" },
        { "America/New_York", 2026, 3, 8, 3, 0, "2026-03-08T07:00:00Z" },
        { "America/New_York", 2026, 11, 1, 1, 30, "2026-11-01T05:30:00Z" }, /* comes twice: the first */
        { "America/New_York", 2026, 11, 1, 2, 0, "2026-11-01T07:00:00Z" },
        { "America/New_York", 2026, 11, 1, 8, 0, "2026-11-01T13:00:00Z" },
        { "Australia/Lord_Howe", 2026, 10, 4, 2, 15, "2026-10-03T15:30:00Z" }, /* half an hour */
        { "Pacific/Auckland", 2026, 9, 27, 2, 30, "2026-09-26T14:00:00Z" },
        { "Pacific/Apia", 2028, 2, 29, 0, 0, "2028-02-28T11:00:00Z" },
        { "UTC", 2026, 12, 31, 23, 59, "2026-12-31T23:59:00Z" },
    };
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t ms = 0;

        assert_int_equal(
            zone_utc_from_local(cases[i].zone, cases[i].y, cases[i].m, cases[i].d, cases[i].h, cases[i].mi, &ms, &err),
            RC_OK);
        assert_int_equal(ms, utc(cases[i].want));
    }
}

static void bad_input(void **state)
{
    struct local_time t;
    struct err err;
    int64_t ms = 0;

    (void)state;
    assert_int_equal(zone_utc_from_local("No/Where", 2026, 1, 1, 0, 0, &ms, &err), RC_NOT_FOUND);
    assert_int_equal(zone_utc_from_local("UTC", 2026, 2, 29, 0, 0, &ms, &err), RC_INPUT);
    assert_int_equal(zone_utc_from_local("UTC", 2026, 63, 1, 0, 0, &ms, &err), RC_INPUT);
    assert_int_equal(zone_utc_from_local("UTC", 2026, 1, 1, 24, 0, &ms, &err), RC_INPUT);
    assert_int_equal(zone_utc_from_local("UTC", 9999, 1, 1, 0, 0, &ms, &err), RC_INPUT);
    assert_int_equal(zone_local_from_utc("UTC", INT64_MAX, &t, &err), RC_INPUT);
    assert_int_equal(zone_local_from_utc("UTC", INT64_MIN, &t, &err), RC_INPUT);
    assert_int_equal(zone_local_from_utc("", 0, &t, &err), RC_NOT_FOUND);
}

static void weekdays(void **state)
{
    struct local_time t;
    struct err err;
    char version[ZONE_VERSION_SIZE];

    (void)state;
    assert_int_equal(zone_local_from_utc("Europe/Madrid", utc("2028-02-29T23:30:00.999Z"), &t, &err), RC_OK);
    assert_int_equal(t.month * 100 + t.day, 301);
    assert_int_equal(t.hour * 100 + t.minute, 30);
    assert_int_equal(t.weekday, 3);
    assert_int_equal(zone_weekday(-4), 0);
    zone_version(version);
    assert_true(version[0] == 0 || (version[0] == '2' && strlen(version) >= 5));
}

/* Python's zoneinfo reads the same tzdata by other code: every change of 12 zones, 2026 to 2030, and the hours round it. */
static const char *const script =
    "python3 - <<'END' 2>/dev/null\n"
    "from datetime import datetime, timedelta, timezone\n"
    "from zoneinfo import ZoneInfo\n"
    "zones = '''America/New_York America/Chicago America/Phoenix America/Los_Angeles America/Mexico_City "
    "America/St_Johns\n"
    "America/Santiago Europe/Madrid Europe/London Africa/Casablanca Australia/Lord_Howe Pacific/Auckland'''.split()\n"
    "for name in zones:\n"
    "    z = ZoneInfo(name)\n"
    "    at = datetime(2026, 1, 1, tzinfo=timezone.utc)\n"
    "    while at.year < 2031:\n"
    "        nxt = at + timedelta(hours=1)\n"
    "        if at.astimezone(z).utcoffset() != nxt.astimezone(z).utcoffset() or (at.hour == 5 and at.day == 15):\n"
    "            for m in range(-180, 181, 10):\n"
    "                u = at + timedelta(minutes=m)\n"
    "                l = u.astimezone(z)\n"
    "                w = l.replace(tzinfo=z, fold=0)\n"
    "                print(name, int(u.timestamp()), l.year, l.month, l.day, l.hour, l.minute, l.isoweekday() % 7, "
    "int(w.timestamp()))\n"
    "        at = nxt\n"
    "END\n";

static void compare_line(const char *line, int *checked)
{
    char name[64], *rest = NULL;
    struct local_time t;
    struct err err;
    int64_t ms = 0, v[8];

    snprintf(name, sizeof name, "%.*s", (int)strcspn(line, " "), line);
    rest = strchr(line, ' ');
    assert_non_null(rest);
    for (size_t i = 0; i < COUNT_OF(v); i++)
        v[i] = strtoll(rest, &rest, 10);
    assert_int_equal(zone_local_from_utc(name, v[0] * 1000, &t, &err), RC_OK);
    if (t.year != v[1] || t.month != v[2] || t.day != v[3] || t.hour != v[4] || t.minute != v[5] || t.weekday != v[6])
        fail_msg("UTC to local: %s", line);
    assert_int_equal(zone_utc_from_local(name, t.year, t.month, t.day, t.hour, t.minute, &ms, &err), RC_OK);
    if (ms != v[7] * 1000)
        fail_msg("local to UTC: %" PRId64 " for %s", ms / 1000, line);
    ++*checked;
}

static void as_python_says(void **state)
{
    FILE *f = popen(script, "r");
    char line[256];
    int checked = 0;

    (void)state;
    assert_non_null(f);
    while (fgets(line, sizeof line, f))
        compare_line(line, &checked);
    pclose(f);
    if (checked == 0)
        skip(); /* no python3 here */
    assert_true(checked > 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),    cmocka_unit_test(local_becomes_utc), cmocka_unit_test(bad_input),
        cmocka_unit_test(weekdays), cmocka_unit_test(as_python_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
