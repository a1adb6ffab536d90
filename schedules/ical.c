#include "schedules/ical.h"

#include "base/clock.h"
#include "base/strbuf.h"

#include <libical/ical.h>

#include <stdlib.h>

enum { FOLD_OCTETS = 75 };

struct ical_rule {
    icalrecur_iterator *iterator;
    struct icaltimetype until;
};

/* Plain names only: libical builds a path of tzdata from what it is given. */
struct ical_zone *ical_zone_find(const char *name)
{
    const size_t n = strnlen(name, ZONE_NAME_MAX + 1);
    const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/";

    if (n == 0 || n > ZONE_NAME_MAX || strspn(name, letters) != n || name[0] == '/')
        return NULL;
    icaltimezone_set_builtin_tzdata(0); /* the system's */
    return (struct ical_zone *)(strcmp(name, "UTC") == 0 ? icaltimezone_get_utc_timezone()
                                                         : icaltimezone_get_builtin_timezone(name));
}

static struct icaltimetype to_ical(const struct local_time *t)
{
    return (struct icaltimetype){
        .year = t->year, .month = t->month, .day = t->day, .hour = t->hour, .minute = t->minute, .second = t->second
    };
}

static struct local_time from_ical(const struct icaltimetype *t)
{
    return (struct local_time){
        .year = t->year, .month = t->month, .day = t->day, .hour = t->hour, .minute = t->minute, .second = t->second
    };
}

int ical_zone_offset(struct ical_zone *zone, const struct local_time *utc)
{
    struct icaltimetype when = to_ical(utc);

    return icaltimezone_get_utc_offset_of_utc_time((icaltimezone *)zone, &when, NULL);
}

const char *ical_zone_folder(void)
{
    return icaltzutil_get_zone_directory();
}

/* libical takes what it does not know for nothing, so that a part with a slip in its name would change the dates in silence. */
static bool is_rule_text(const char *text)
{
    static const char *const names[] = { "FREQ",       "INTERVAL", "COUNT",    "UNTIL", "BYDAY",
                                         "BYMONTHDAY", "BYMONTH",  "BYSETPOS", "WKST" };
    unsigned seen = 0;

    if (strnlen(text, ICAL_RULE_MAX + 1) > ICAL_RULE_MAX)
        return false;
    for (const char *p = text;; p++) {
        const size_t n = strcspn(p, "="),
                     value = p[n] ? strspn(p + n + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789,+-") : 0;
        size_t i = 0;

        while (i < COUNT_OF(names) && (strlen(names[i]) != n || memcmp(names[i], p, n) != 0))
            i++;
        if (i == COUNT_OF(names) || value == 0 || seen & 1u << i)
            return false;
        seen |= 1u << i;
        p += n + 1 + value;
        if (*p != ';')
            return *p == 0 && !((seen & 1u << 2) && (seen & 1u << 3)); /* COUNT and UNTIL */
    }
}

/* A list of numbers that libical read: each within its bounds. It checks them itself, but not all of them in this version. */
static bool is_within(const short *list, size_t size, int low, int high)
{
    for (size_t i = 0; i < size && list[i] != ICAL_RECURRENCE_ARRAY_MAX; i++)
        if (list[i] < low || list[i] > high || list[i] == 0)
            return false;
    return true;
}

static bool is_rule(const struct icalrecurrencetype *r)
{
    const struct icaltimetype *u = &r->until;

    return (r->freq == ICAL_DAILY_RECURRENCE || r->freq == ICAL_WEEKLY_RECURRENCE ||
            r->freq == ICAL_MONTHLY_RECURRENCE || r->freq == ICAL_YEARLY_RECURRENCE) &&
           r->interval >= 1 && r->interval <= 366 && r->count >= 0 &&
           is_within(r->by_month, COUNT_OF(r->by_month), 1, 12) &&
           is_within(r->by_month_day, COUNT_OF(r->by_month_day), -31, 31) &&
           is_within(r->by_set_pos, COUNT_OF(r->by_set_pos), -366, 366) &&
           (icaltime_is_null_time(*u) || (zone_is_date(u->year, u->month, u->day) && u->hour >= 0 && u->hour <= 23 &&
                                          u->minute >= 0 && u->minute <= 59 && u->second >= 0 && u->second <= 60));
}

enum rc ical_rule_open(const char *text, const struct local_time *first, struct ical_rule **ret_rule, struct err *err)
{
    struct icalrecurrencetype r;
    struct ical_rule *rule = NULL;

    if (!is_rule_text(text))
        return err_set(
            err, RC_INPUT,
            "not a rule that we follow: FREQ=DAILY, WEEKLY, MONTHLY or YEARLY with INTERVAL, COUNT or UNTIL, "
            "BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS, WKST, each once");
    r = icalrecurrencetype_from_string(text);
    if (!is_rule(&r))
        return err_set(err, RC_INPUT, "a value of the rule is not possible");
    if (!(rule = calloc(1, sizeof *rule)))
        abort();
    rule->until = r.until;
    r.until = icaltime_null_time();
    rule->iterator = icalrecur_iterator_new(r, to_ical(first));
    if (!rule->iterator) {
        ical_rule_close(&rule);
        return err_set(err, RC_INPUT, "the parts of the rule do not go together");
    }
    *ret_rule = rule;
    return RC_OK;
}

enum ical_until ical_rule_until(const struct ical_rule *rule, struct local_time *ret_until)
{
    if (icaltime_is_null_time(rule->until))
        return ICAL_UNTIL_NONE;
    *ret_until = from_ical(&rule->until);
    if (rule->until.is_date)
        return ICAL_UNTIL_DAY;
    return icaltime_is_utc(rule->until) ? ICAL_UNTIL_UTC : ICAL_UNTIL_LOCAL;
}

bool ical_rule_next(struct ical_rule *rule, struct local_time *ret_local)
{
    const struct icaltimetype t = icalrecur_iterator_next(rule->iterator);

    if (icaltime_is_null_time(t))
        return false;
    *ret_local = from_ical(&t);
    return true;
}

void ical_rule_close(struct ical_rule **rule)
{
    if (*rule && (*rule)->iterator)
        icalrecur_iterator_free((*rule)->iterator);
    free(*rule);
    *rule = NULL;
}

const char *ical_utc(struct arena *mem, int64_t ms)
{
    const int64_t day = ms / MS_DAY;
    const int s = (int)(ms % MS_DAY / MS_SECOND);
    int y, m, d;

    clock_civil_from_days(day, &y, &m, &d);
    return arena_printf(mem, "%04d%02d%02dT%02d%02d%02dZ", y, m, d, s / 3600, s / 60 % 60, s % 60);
}

/* Where a line of at most max octets ends: inside no character, and behind no blank, which relays may take off. */
static size_t line_end(const char *s, size_t n, size_t max)
{
    size_t end = max, back;

    if (n <= max)
        return n;
    while (((unsigned char)s[end] & 0xC0) == 0x80)
        end--;
    for (back = end; back > 1 && s[back - 1] == ' ';)
        back--;
    return back > 1 ? back : end;
}

static void add_folded(struct strbuf *out, const struct strbuf *line)
{
    const char *s = strbuf_peek(line);
    size_t n = line->len, max = FOLD_OCTETS;

    while (n > 0) {
        const size_t k = line_end(s, n, max);

        strbuf_add(out, s, k);
        s += k;
        n -= k;
        strbuf_str(out, n > 0 ? "\r\n " : "\r\n");
        max = FOLD_OCTETS - 1; /* behind the blank */
    }
}

/* Of the properties of kind TEXT those that may hold anybody's words. */
static bool is_text(const char *name)
{
    static const char *const names[] = { "SUMMARY", "LOCATION", "DESCRIPTION", "COMMENT",
                                         "CONTACT", "NAME",     "X-WR-CALNAME" };

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* RFC 5545 3.3.11 */
static void add_text(struct strbuf *line, const char *text)
{
    for (const char *p = text; *p;) {
        const size_t n = strcspn(p, "\\,;\n");

        strbuf_add(line, p, n);
        p += n;
        if (*p) {
            strbuf_char(line, '\\');
            strbuf_char(line, *p == '\n' ? 'n' : *p);
            p++;
        }
    }
}

static bool has_control(const char *s, bool has_lines)
{
    for (; *s; s++)
        if (((unsigned char)*s < 32 && !(has_lines && *s == '\n')) || *s == 127)
            return true;
    return false;
}

static enum rc write_property(const struct ical_property *p, struct strbuf *line, struct strbuf *out, struct err *err)
{
    if (has_control(p->value, is_text(p->name)))
        return err_set(err, RC_BUG, "a control character in %s", p->name);
    strbuf_clear(line);
    strbuf_str(line, p->name);
    for (size_t i = 0; i < ICAL_PARAMETERS_MAX && p->parameters[i].name; i++) {
        const char *value = p->parameters[i].value, *quote = strpbrk(value, ",;:") ? "\"" : "";

        if (has_control(value, false) || strchr(value, '"'))
            return err_set(err, RC_BUG, "a parameter %s that cannot be written", p->parameters[i].name);
        strbuf_char(line, ';');
        strbuf_str(line, p->parameters[i].name);
        strbuf_char(line, '=');
        strbuf_str(line, quote);
        strbuf_str(line, value);
        strbuf_str(line, quote);
    }
    strbuf_char(line, ':');
    if (is_text(p->name))
        add_text(line, p->value);
    else
        strbuf_str(line, p->value);
    add_folded(out, line);
    return strbuf_check(line, err);
}

static enum rc write_component(const struct ical_component *c, struct strbuf *line, struct strbuf *out, struct err *err)
{
    enum rc rc = RC_OK;

    strbuf_printf(out, "BEGIN:%s\r\n", c->name);
    for (size_t i = 0; !rc && i < c->property_count; i++)
        rc = write_property(&c->properties[i], line, out, err);
    for (size_t i = 0; !rc && i < c->part_count; i++)
        rc = write_component(&c->parts[i], line, out, err);
    strbuf_printf(out, "END:%s\r\n", c->name);
    return rc;
}

enum rc ical_write(const struct ical_component *component, struct arena *mem, char **ret_text, struct err *err)
{
    CLEANUP(strbuf_done) struct strbuf line = STRBUF(ICAL_WRITE_MAX);
    CLEANUP(strbuf_done) struct strbuf out = STRBUF(ICAL_WRITE_MAX);
    const enum rc rc = write_component(component, &line, &out, err);

    return rc ? rc : strbuf_take(&out, mem, ret_text, err);
}
