#include "schedules/hours.h"

#include "base/clock.h"
#include "base/text.h"
#include "schedules/said.h"

#define MINUTES_A_DAY 1440

static const char separators[] = " \t\r\n,;";

static const char *const day_names[2][7] = {
    { "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday" },
    { "domingo", "lunes", "martes", "miercoles", "jueves", "viernes", "sabado" },
};

/* Reads digits; the caller sees by *s what stands behind them. */
static bool read_number(const char **s, size_t max_digits, int *ret)
{
    size_t n = 0;
    int value = 0;

    while (n < max_digits && **s >= '0' && **s <= '9') {
        value = 10 * value + (*(*s)++ - '0');
        n++;
    }
    *ret = value;
    return n > 0;
}

bool hours_read_minute(const char **s, int *ret_minute)
{
    int hour, minute = 0;

    if (!read_number(s, 2, &hour))
        return false;
    if (**s == ':') {
        ++*s;
        if (!read_number(s, 2, &minute))
            return false;
    }
    *ret_minute = 60 * hour + minute;
    return minute < 60 && *ret_minute <= MINUTES_A_DAY;
}

static int find_day(const char *s, size_t n)
{
    for (int d = 0; n >= 3 && d < 7; d++)
        for (size_t language = 0; language < COUNT_OF(day_names); language++)
            if (n <= strlen(day_names[language][d]) && strncmp(s, day_names[language][d], n) == 0)
                return d;
    return -1;
}

bool hours_read_days(const char *word, unsigned *days)
{
    const size_t n = strcspn(word, "-");
    const int first = find_day(word, n), last = word[n] ? find_day(word + n + 1, strlen(word + n + 1)) : first;

    if (first < 0 || last < 0)
        return false;
    for (int d = first;; d = (d + 1) % 7) {
        *days |= 1u << d;
        if (d == last)
            return true;
    }
}

bool hours_read_range(const char *word, int *ret_from_minute, int *ret_to_minute)
{
    return hours_read_minute(&word, ret_from_minute) && *word++ == '-' && hours_read_minute(&word, ret_to_minute) &&
           !*word;
}

static enum rc add_range(struct hours *h, unsigned days, const char *word, struct err *err)
{
    struct hours_range r = { .weekday = 0 };

    if (!hours_read_range(word, &r.from_minute, &r.to_minute))
        return err_set(err, RC_INPUT, "office hours need ranges such as 08:00-17:00");
    if (r.from_minute >= r.to_minute)
        return err_set(err, RC_INPUT, "office hours must end after they begin, on the same day");
    for (; r.weekday < 7; r.weekday++) {
        if (!(days & 1u << r.weekday))
            continue;
        if (h->range_count == HOURS_MAX_RANGES)
            return err_set(err, RC_LIMIT, "over %d ranges of office hours", HOURS_MAX_RANGES);
        h->ranges[h->range_count++] = r;
    }
    return RC_OK;
}

static int compare_ranges(const void *a, const void *b)
{
    const struct hours_range *x = a, *y = b;

    return x->weekday != y->weekday ? x->weekday - y->weekday : x->from_minute - y->from_minute;
}

static enum rc check_ranges(struct hours *h, struct err *err)
{
    if (h->range_count == 0)
        return err_set(err, RC_INPUT, "office hours name no range");
    qsort(h->ranges, h->range_count, sizeof *h->ranges, compare_ranges);
    for (size_t i = 1; i < h->range_count; i++)
        if (h->ranges[i].weekday == h->ranges[i - 1].weekday && h->ranges[i].from_minute < h->ranges[i - 1].to_minute)
            return err_set(err, RC_INPUT, "office hours overlap");
    return RC_OK;
}

/* Days gather until a range comes; further ranges are for the same days; the next day word starts anew. */
static enum rc read_hours(const char *text, struct hours *h, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("hours");
    const char *s = text_fold_plain(mem, text);
    unsigned days = 0;
    bool has_range = true;

    for (s += strspn(s, separators); *s; s += strspn(s, separators)) {
        const size_t n = strcspn(s, separators);
        const char *word = arena_strndup(mem, s, n);
        enum rc rc = RC_OK;

        s += n;
        if (*word >= '0' && *word <= '9') {
            rc = days ? add_range(h, days, word, err) : err_set(err, RC_INPUT, "office hours begin with their days");
            has_range = true;
        } else {
            days = has_range ? 0 : days;
            has_range = false;
            if (!hours_read_days(word, &days))
                rc = err_set(err, RC_INPUT, "office hours name an unknown day");
        }
        if (rc)
            return rc;
    }
    return has_range ? check_ranges(h, err) : err_set(err, RC_INPUT, "office hours name days without a range");
}

bool hours_read_date(const char **text, int64_t *ret_day)
{
    const char *s = *text;
    int y, m, d;

    if (!read_number(&s, 4, &y) || *s++ != '-' || !read_number(&s, 2, &m) || *s++ != '-' || !read_number(&s, 2, &d) ||
        !zone_is_date(y, m, d))
        return false;
    *ret_day = clock_days_from_civil(y, m, d);
    *text = s;
    return true;
}

static enum rc read_holidays(const char *s, struct hours *h, struct err *err)
{
    for (s += strspn(s, separators); *s; s += strspn(s, separators)) {
        int64_t day;

        if (!hours_read_date(&s, &day) || (*s && !strchr(separators, *s)))
            return err_set(err, RC_INPUT, "holidays are dates such as 2026-12-25");
        if (h->holiday_count == HOURS_MAX_HOLIDAYS)
            return err_set(err, RC_LIMIT, "over %d holidays", HOURS_MAX_HOLIDAYS);
        h->holidays[h->holiday_count++] = day;
    }
    return RC_OK;
}

enum rc hours_parse(const char *text, const char *holidays, const char *zone, struct hours *ret_hours, struct err *err)
{
    struct hours h = { .range_count = 0 };
    enum rc rc;

    if (strnlen(text, HOURS_TEXT_MAX + 1) > HOURS_TEXT_MAX || strnlen(holidays, HOURS_TEXT_MAX + 1) > HOURS_TEXT_MAX)
        return err_set(err, RC_LIMIT, "office hours over %d bytes", HOURS_TEXT_MAX);
    if (!text_is_utf8(text, strlen(text)))
        return err_set(err, RC_INPUT, "office hours are not UTF-8");
    if (!zone_is_name(zone))
        return err_set(err, RC_NOT_FOUND, "no such time zone on this machine");
    snprintf(h.zone, sizeof h.zone, "%s", zone);
    rc = read_hours(text, &h, err);
    if (!rc)
        rc = read_holidays(holidays, &h, err);
    if (!rc)
        *ret_hours = h;
    return rc;
}

/* How hours are written: what stands between the first and the last of a span of days, before a day's ranges and between them. */
struct form {
    const char *(*day)(int weekday);
    const char *to_day, *before, *to_time, *next;
    const char *(*time)(int minute, struct arena *mem);
};

static const char *day_in_settings(int weekday)
{
    static const char *const names[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };

    return names[weekday];
}

static const char *day_in_english(int weekday)
{
    return said_weekday(LANGUAGE_ENGLISH, weekday);
}

static const char *day_in_spanish(int weekday)
{
    return said_weekday(LANGUAGE_SPANISH, weekday);
}

static const char *clock_of_24(int minute, struct arena *mem)
{
    return arena_printf(mem, "%02d:%02d", minute / 60, minute % 60);
}

static const char *time_in_english(int minute, struct arena *mem)
{
    return minute % MINUTES_A_DAY == 0 ? "midnight" : said_minute(LANGUAGE_ENGLISH, minute, mem);
}

/* The end of a day stays "24:00": "0:00" would read as its beginning. */
static const char *time_in_spanish(int minute, struct arena *mem)
{
    return said_minute(LANGUAGE_SPANISH, minute, mem);
}

/* "08:00-12:00 13:00-17:00" of one weekday, "" when closed. */
static const char *print_day(const struct hours *h, int weekday, const struct form *form, struct arena *mem)
{
    const char *text = "";

    for (size_t i = 0; i < h->range_count; i++) {
        const struct hours_range *r = &h->ranges[i];

        if (r->weekday == weekday)
            text = arena_printf(mem, "%s%s%s%s%s", text, *text ? form->next : "", form->time(r->from_minute, mem),
                                form->to_time, form->time(r->to_minute, mem));
    }
    return text;
}

static char *print_in(const struct hours *h, const struct form *form, struct arena *mem)
{
    const char *days[7];
    char *text = arena_strdup(mem, "");

    for (int d = 0; d < 7; d++)
        days[d] = print_day(h, (d + 1) % 7, form, mem);
    for (int first = 0, last = 0; first < 7; first = ++last) {
        while (last < 6 && strcmp(days[first], days[last + 1]) == 0)
            last++;
        if (*days[first])
            text = arena_printf(mem, "%s%s%s%s%s%s%s", text, *text ? "; " : "", form->day((first + 1) % 7),
                                last > first ? form->to_day : "", last > first ? form->day((last + 1) % 7) : "",
                                form->before, days[first]);
    }
    return text;
}

char *hours_print(const struct hours *h, struct arena *mem)
{
    static const struct form usual = { day_in_settings, "-", " ", "-", " ", clock_of_24 };

    return print_in(h, &usual, mem);
}

char *hours_say(const struct hours *h, enum person_language language, struct arena *mem)
{
    static const struct form forms[] = {
        [LANGUAGE_ENGLISH] = { day_in_english, " to ", ", ", " to ", " and ", time_in_english },
        [LANGUAGE_SPANISH] = { day_in_spanish, " a ", ", de ", " a ", " y de ", time_in_spanish },
    };

    return print_in(h, &forms[language], mem);
}

/* Walks the open spans in order of time. */
struct walk {
    const struct hours *hours;
    int64_t day, last_day;
    size_t next; /* range to look at */
};

static enum rc walk_start(const struct hours *h, int64_t at_ms, struct walk *walk, struct err *err)
{
    enum rc rc;

    *walk = (struct walk){ .hours = h };
    rc = zone_day_from_utc(h->zone, at_ms, &walk->day, err);
    walk->last_day = walk->day + HOURS_MAX_DAYS;
    return rc;
}

static bool is_holiday(const struct hours *h, int64_t day)
{
    for (size_t i = 0; i < h->holiday_count; i++)
        if (h->holidays[i] == day)
            return true;
    return false;
}

/* The next open span; one that fell into a gap of the clocks is empty. */
static enum rc walk_next(struct walk *w, int64_t *ret_from_ms, int64_t *ret_to_ms, struct err *err)
{
    const struct hours *h = w->hours;

    for (; w->day <= w->last_day; w->day++, w->next = 0) {
        while (!is_holiday(h, w->day) && w->next < h->range_count) {
            const struct hours_range *r = &h->ranges[w->next++];
            enum rc rc;

            if (r->weekday != zone_weekday(w->day))
                continue;
            rc = zone_utc_from_minute(h->zone, w->day, r->from_minute, ret_from_ms, err);
            return rc ? rc : zone_utc_from_minute(h->zone, w->day, r->to_minute, ret_to_ms, err);
        }
    }
    return err_set(err, RC_LIMIT, "over %d days of office hours to count", HOURS_MAX_DAYS);
}

enum rc hours_next_open(const struct hours *h, int64_t at_ms, int64_t *ret_from_ms, int64_t *ret_to_ms, struct err *err)
{
    struct walk w;
    int64_t from_ms = 0, to_ms = 0;
    enum rc rc = walk_start(h, at_ms, &w, err);

    while (!rc && (to_ms <= at_ms || from_ms >= to_ms))
        rc = walk_next(&w, &from_ms, &to_ms, err);
    if (rc)
        return rc;
    *ret_from_ms = from_ms;
    *ret_to_ms = to_ms;
    return RC_OK;
}

enum rc hours_is_open(const struct hours *h, int64_t at_ms, bool *ret_is_open, struct err *err)
{
    int64_t from_ms, to_ms;

    if (hours_next_open(h, at_ms, &from_ms, &to_ms, err))
        return err->rc;
    *ret_is_open = from_ms <= at_ms;
    return RC_OK;
}

enum rc hours_working_ms_between(const struct hours *h, int64_t a_ms, int64_t b_ms, int64_t *ret_ms, struct err *err)
{
    struct walk w;
    int64_t from_ms = 0, to_ms = 0, sum = 0;
    enum rc rc = walk_start(h, a_ms, &w, err);

    while (!rc && to_ms < b_ms) {
        rc = walk_next(&w, &from_ms, &to_ms, err);
        from_ms = from_ms > a_ms ? from_ms : a_ms;
        if (!rc && from_ms < (to_ms < b_ms ? to_ms : b_ms))
            sum += (to_ms < b_ms ? to_ms : b_ms) - from_ms;
    }
    if (!rc)
        *ret_ms = sum;
    return rc;
}

enum rc hours_add_working_ms(const struct hours *h, int64_t start_ms, int64_t ms, int64_t *ret_ms, struct err *err)
{
    struct walk w;
    int64_t from_ms = 0, to_ms = 0;
    enum rc rc = walk_start(h, start_ms, &w, err);

    while (!rc) {
        rc = walk_next(&w, &from_ms, &to_ms, err);
        from_ms = from_ms > start_ms ? from_ms : start_ms;
        if (rc || from_ms >= to_ms)
            continue;
        if (ms < to_ms - from_ms || (ms == to_ms - from_ms && ms > 0)) {
            *ret_ms = from_ms + ms;
            return RC_OK;
        }
        ms -= to_ms - from_ms;
    }
    return rc;
}
