/* Finding what a command names: groups by slug, people by address, both by number. */
#include "base/text.h"
#include "gateway/cli/cli.h"
#include "gateway/say/office.h"
#include "gateway/sms/text_person.h"
#include "schedules/zone.h"

enum rc cli_read_mailbox(const struct cli *cli, const char *text, const char **ret_name, const char **ret_address,
                         struct err *err)
{
    const char *const open = strrchr(text, '<');
    const char *const close = open ? strchr(open, '>') : NULL;

    if (!close || close[1] || close == open + 1)
        return err_set(err, RC_INPUT, "\"Ana Ruiz <ana@example.org>\" is expected");
    *ret_name = text_clean_line(cli->mem, text, (size_t)(open - text));
    *ret_address = arena_strndup(cli->mem, open + 1, (size_t)(close - open - 1));
    return **ret_name ? RC_OK : err_set(err, RC_INPUT, "\"Ana Ruiz <ana@example.org>\" is expected");
}

static bool is_number(const char *text, int64_t *ret)
{
    struct err ignored;

    return text_to_int(text, 1, INT64_MAX, ret, &ignored) == RC_OK;
}

enum rc cli_find_group(struct cli *cli, const char *text, struct care_group *ret_group, struct err *err)
{
    struct group_id id;
    char *slug;

    if (!text)
        return err_set(err, RC_INPUT, "which group? Name it by its address part or number");
    slug = arena_strdup(cli->mem, text);
    for (char *p = slug; *p; p++)
        *p = *p >= 'A' && *p <= 'Z' ? (char)(*p + ('a' - 'A')) : *p;
    if (group_by_slug(&cli->gate->store, slug, cli->mem, ret_group, err) == RC_OK)
        return RC_OK;
    if (err->rc != RC_NOT_FOUND)
        return err->rc;
    if (is_number(text, &id.v) && group_get(&cli->gate->store, id, cli->mem, ret_group, err) == RC_OK)
        return RC_OK;
    return err_set(err, RC_NOT_FOUND, "there is no such group; `postcircle group list` shows them");
}

static enum rc by_address(struct cli *cli, const char *text, enum person_kind kind, struct person *ret_person,
                          struct err *err)
{
    enum address_kind kind_of_address = ADDRESS_EMAIL;
    struct person *people, *found = NULL;
    char *address, number[24];
    size_t n;

    if (*text == '+' && text_number_read(text, number))
        kind_of_address = ADDRESS_PHONE;
    else if (!strchr(text, '@'))
        return err_set(err, RC_INPUT, "name them by email address or number, as `postcircle %s` shows them",
                       kind == PERSON_STAFF ? "staff list" : "member list GROUP");
    address = number;
    if ((kind_of_address == ADDRESS_EMAIL && text_address(text, cli->mem, &address, err)) ||
        person_by_value(&cli->gate->store, kind_of_address, address, cli->mem, &people, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        if (people[i].kind != kind)
            continue;
        if (found)
            return err_set(err, RC_INPUT, "several people use this address; name one by its number");
        found = &people[i];
    }
    if (!found)
        return err_set(err, RC_NOT_FOUND, "nobody with this address; `postcircle %s` shows them",
                       kind == PERSON_STAFF ? "staff list" : "member list GROUP");
    *ret_person = *found;
    return RC_OK;
}

enum rc cli_find_person(struct cli *cli, const char *text, enum person_kind kind, struct person *ret_person,
                        struct err *err)
{
    struct person_id id;

    if (!text)
        return err_set(err, RC_INPUT, "who? Name them by email address or number");
    if (*text == '+' || !is_number(text, &id.v)) /* +1… is a phone, not a row */
        return by_address(cli, text, kind, ret_person, err);
    if (person_get(&cli->gate->store, id, cli->mem, ret_person, err))
        return err->rc;
    return ret_person->kind == kind ? RC_OK : err_set(err, RC_NOT_FOUND, "nobody with this number here");
}

enum rc cli_find_staff(struct cli *cli, const char *text, struct person *ret_staff, struct err *err)
{
    if (cli_find_person(cli, text, PERSON_STAFF, ret_staff, err))
        return err->rc;
    return office_check_staff(cli->gate, ret_staff, err);
}

int cli_find_word(const char *word, const char *const *names, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (!strcmp(word, names[i]))
            return (int)i;
    return -1;
}

enum rc cli_read_date(const char *text, int64_t *ret_day, struct err *err)
{
    struct tm tm = { .tm_mday = 0 };
    const char *const end = strptime(text, "%Y-%m-%d", &tm);

    if (!end || *end || !zone_is_date(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday))
        return err_set(err, RC_INPUT, "a date is expected, as 2026-12-25");
    *ret_day = clock_days_from_civil(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
    return RC_OK;
}

enum rc cli_read_moment(const char *text, const char *zone, int64_t *ret_ms, struct err *err)
{
    struct tm tm = { .tm_mday = 0 };
    const char *const end = strptime(text, "%Y-%m-%d %H:%M", &tm);

    if (!end || *end || !zone_is_date(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday))
        return err_set(err, RC_INPUT, "a date and a time are expected, as \"2026-03-10 09:00\"");
    return zone_utc_from_local(zone, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, ret_ms, err);
}
