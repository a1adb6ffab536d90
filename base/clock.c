#include "base/clock.h"

#include <ctype.h>
#include <stdio.h>
#include <time.h>

static int64_t read_clock(clockid_t id)
{
    struct timespec ts;

    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int64_t real_now_ms(void *ctx)
{
    (void)ctx;
    return read_clock(CLOCK_REALTIME);
}

static int64_t manual_now_ms(void *ctx)
{
    return *(int64_t *)ctx;
}

const struct clock *clock_real(void)
{
    static const struct clock real = { real_now_ms, NULL };

    return &real;
}

struct clock clock_manual(int64_t *now_ms)
{
    return (struct clock){ manual_now_ms, now_ms };
}

int64_t clock_steady_ms(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

/* Both by Howard Hinnant's algorithm over 400-year eras ("chrono-Compatible Low-Level Date Algorithms"). */
int64_t clock_days_from_civil(int year, int month, int day)
{
    const int64_t y = (int64_t)year - (month <= 2);
    const int64_t era = (y >= 0 ? y : y - 399) / 400;
    const int64_t yoe = y - era * 400;
    const int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

    return era * 146097 + doe - 719468;
}

void clock_civil_from_days(int64_t days, int *ret_year, int *ret_month, int *ret_day)
{
    const int64_t z = days + 719468;
    const int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    const int64_t doe = z - era * 146097;
    const int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const int64_t mp = (5 * doy + 2) / 153;

    *ret_day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *ret_month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *ret_year = (int)(yoe + era * 400 + (*ret_month <= 2));
}

void clock_stamp(int64_t ms, char stamp[CLOCK_STAMP_SIZE])
{
    int64_t days = ms / MS_DAY, rest = ms % MS_DAY;
    int y, m, d;

    if (rest < 0) {
        rest += MS_DAY;
        days--;
    }
    clock_civil_from_days(days, &y, &m, &d);
    snprintf(stamp, CLOCK_STAMP_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", y % 10000, m, d, (int)(rest / MS_HOUR),
             (int)(rest / MS_MINUTE % 60), (int)(rest / MS_SECOND % 60), (int)(rest % 1000));
}

/* Reads exactly n digits and steps over them; -1 when they are not there. */
static int take_digits(const char **p, int n)
{
    int v = 0;

    for (int i = 0; i < n; i++, (*p)++) {
        if (!isdigit((unsigned char)**p))
            return -1;
        v = v * 10 + (**p - '0');
    }
    return v;
}

static bool take_char(const char **p, const char *one_of)
{
    if (!**p || !strchr(one_of, **p))
        return false;
    (*p)++;
    return true;
}

/* "Z", "+02:00" or "-0500" to milliseconds east; false when it is none of them. */
static bool take_offset(const char **p, int64_t *ret_ms)
{
    const char sign = **p;
    int h, m;

    *ret_ms = 0;
    if (take_char(p, "Zz"))
        return true;
    if (!take_char(p, "+-"))
        return false;
    h = take_digits(p, 2);
    take_char(p, ":");
    m = take_digits(p, 2);
    if (h < 0 || h > 23 || m < 0 || m > 59)
        return false;
    *ret_ms = (h * MS_HOUR + m * MS_MINUTE) * (sign == '-' ? -1 : 1);
    return true;
}

enum rc clock_parse(const char *text, int64_t *ret_ms, struct err *err)
{
    const char *p = text;
    int64_t offset_ms, fraction_ms = 0, unit = 100;
    int y, mo, d, h, mi, s;
    const size_t digits = strspn(text, "0123456789");

    if (digits >= 10 && digits <= 15 && !text[digits]) {
        *ret_ms = strtoll(text, NULL, 10);
        return RC_OK;
    }
    y = take_digits(&p, 4);
    if (y < 0 || !take_char(&p, "-") || (mo = take_digits(&p, 2)) < 1 || mo > 12 || !take_char(&p, "-") ||
        (d = take_digits(&p, 2)) < 1 || d > 31 || !take_char(&p, "Tt ") || (h = take_digits(&p, 2)) < 0 || h > 23 ||
        !take_char(&p, ":") || (mi = take_digits(&p, 2)) < 0 || mi > 59)
        goto wrong;
    s = take_char(&p, ":") ? take_digits(&p, 2) : 0;
    if (s < 0 || s > 60)
        goto wrong;
    if (take_char(&p, "."))
        for (; isdigit((unsigned char)*p); p++, unit /= 10)
            fraction_ms += (*p - '0') * unit;
    if (!take_offset(&p, &offset_ms) || *p)
        goto wrong;
    *ret_ms = clock_days_from_civil(y, mo, d) * MS_DAY + h * MS_HOUR + mi * MS_MINUTE + s * MS_SECOND + fraction_ms -
              offset_ms;
    return RC_OK;
wrong:
    return err_set(err, RC_INPUT, "time is not like 2026-11-22T08:00:00Z");
}
