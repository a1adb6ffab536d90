#include "gateway/people/enroll.h"

#include "base/text.h"
#include "gateway/practice/record.h"
#include "gateway/say/likeness.h"
#include "gateway/say/shown_name.h"
#include "gateway/sms/text_person.h"
#include "schedules/zone.h"
#include "store/text_line.h"

#include <assert.h>

#define PHONE_RANK 9 /* behind every email address */
#define PHONE_DIGITS_MIN 7
#define PHONE_DIGITS_MAX 15 /* E.164 */

/* ---- forms ---- */

static enum rc check_line(const char *field, size_t max, struct arena *mem, const char **value, struct err *err)
{
    if (!*value)
        return RC_OK;
    *value = text_clean_line(mem, *value, strlen(*value));
    if (!**value)
        *value = NULL;
    else if (text_length(*value) > max)
        return err_set(err, RC_INPUT, "%s: over %zu characters", field, max);
    return RC_OK;
}

/* "Jr.", "MD": what may stand behind a comma and is no first name. */
static bool is_suffix(const char *word)
{
    static const char *const suffixes[] = { "jr", "sr", "ii", "iii", "iv", "md", "do", "rn", "np", "pa", "phd", "lpn" };
    char plain[8] = "";
    size_t n = 0;

    for (; *word && n + 1 < sizeof plain; word++)
        if (*word != '.')
            plain[n++] = *word;
    for (size_t i = 0; i < COUNT_OF(suffixes) && !*word; i++)
        if (text_equals(plain, suffixes[i]))
            return true;
    return false;
}

/* "Marsh, Rose" is "Rose Marsh", as spreadsheets have it. */
static enum rc turn_name(const char **name, struct arena *mem, struct err *err)
{
    const char *const comma = strchr(*name, ',');
    const char *after, *before;

    if (!comma)
        return RC_OK;
    before = text_clean_line(mem, *name, (size_t)(comma - *name));
    after = text_clean_line(mem, comma + 1, strlen(comma + 1));
    if (strchr(after, ',') || !text_has_letter(before) || !text_has_letter(after))
        return err_set(err, RC_INPUT, "name: write it as First Last, without a comma");
    *name = is_suffix(after) ? arena_printf(mem, "%s %s", before, after) : arena_printf(mem, "%s %s", after, before);
    return RC_OK;
}

static enum rc check_name(const char **name, struct arena *mem, struct err *err)
{
    if (check_line("name", ENROLL_NAME_MAX, mem, name, err))
        return err->rc;
    if (!*name || !text_has_letter(*name))
        return err_set(err, RC_INPUT, "name: no letter in it");
    if (strchr(*name, '@') || text_count_digits(*name) >= PHONE_DIGITS_MIN)
        return err_set(err, RC_INPUT, "name: this looks like an address or a number");
    return turn_name(name, mem, err);
}

enum rc enroll_check_phone(const char *phone, struct arena *mem, const char **ret_phone, struct err *err)
{
    const char *const clean = text_clean_line(mem, phone, strlen(phone));
    const size_t digits = text_count_digits(clean);

    if (strspn(clean, "0123456789+()-. x") != strlen(clean))
        return err_set(err, RC_INPUT, "phone: digits and + ( ) - . x only");
    if (digits < PHONE_DIGITS_MIN || digits > PHONE_DIGITS_MAX)
        return err_set(err, RC_INPUT, "phone: %d to %d digits", PHONE_DIGITS_MIN, PHONE_DIGITS_MAX);
    *ret_phone = clean;
    return RC_OK;
}

/* Old short names: an offset that no summer changes, or another one in another country. NULL: it is none. */
static const char *zone_instead(const char *zone)
{
    static const struct {
        const char *is, *instead;
    } names[] = {
        { "EST", "America/New_York" },
        { "EDT", "America/New_York" },
        { "EST5EDT", "America/New_York" },
        { "CST", "America/Chicago" },
        { "CDT", "America/Chicago" },
        { "CST6CDT", "America/Chicago" },
        { "MST", "America/Denver (Arizona: America/Phoenix)" },
        { "MDT", "America/Denver" },
        { "MST7MDT", "America/Denver" },
        { "PST", "America/Los_Angeles" },
        { "PDT", "America/Los_Angeles" },
        { "PST8PDT", "America/Los_Angeles" },
        { "AKST", "America/Anchorage" },
        { "HST", "Pacific/Honolulu" },
        { "AST", "America/Puerto_Rico" },
        { "CET", "Europe/Berlin" },
        { "MET", "Europe/Berlin" },
        { "WET", "Europe/Lisbon" },
        { "EET", "Europe/Athens" },
    };

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (text_equals(zone, names[i].is))
            return names[i].instead;
    return text_starts(zone, "Etc/GMT+") || text_starts(zone, "Etc/GMT-") ? "America/New_York" : NULL;
}

enum rc enroll_check_zone(const char *zone, struct err *err)
{
    const char *const instead = zone_instead(zone);

    if (instead)
        return err_set(err, RC_INPUT, "zone: a short name or a fixed offset misses summer time; name a place: %s",
                       instead);
    return zone_is_name(zone)
               ? RC_OK
               : err_set(err, RC_INPUT, "zone: this machine knows no such time zone; one is America/New_York");
}

enum rc enroll_check_minute(const char *text, int64_t *ret_minute, struct err *err)
{
    const char *const colon = strchr(text, ':');
    char hours[3] = { 0 };
    int64_t h, m;

    if (!colon || colon == text || colon - text > 2 || strlen(colon) != 3)
        return err_set(err, RC_INPUT, "time: HH:MM is expected, as 09:00");
    memcpy(hours, text, (size_t)(colon - text));
    if (text_to_int(hours, 0, 23, &h, err) || text_to_int(colon + 1, 0, 59, &m, err))
        return err_set(err, RC_INPUT, "time: HH:MM is expected, as 09:00");
    *ret_minute = h * 60 + m;
    return RC_OK;
}

enum rc enroll_check(struct enroll *e, struct arena *mem, struct err *err)
{
    char *email, number[24];

    if (check_name(&e->name, mem, err))
        return err->rc;
    e->text = e->text && *e->text ? e->text : NULL;
    if (e->text && !text_number_read(e->text, number))
        return err_set(err, RC_INPUT, "text: a phone number of 10 digits, or one that begins with + and the country");
    e->text = e->text ? arena_strdup(mem, number) : NULL;
    e->email = e->email && *e->email ? e->email : NULL;
    if (!e->email && !e->text)
        return err_set(err, RC_INPUT, "email: missing (or text, for who takes part by text alone)");
    if (e->email && text_address(e->email, mem, &email, err))
        return err_wrap(err, "email");
    e->email = e->email ? email : NULL;
    if (e->phone && *e->phone) {
        if (enroll_check_phone(e->phone, mem, &e->phone, err))
            return err->rc;
    } else {
        e->phone = NULL;
    }
    if (e->zone && enroll_check_zone(e->zone, err))
        return err->rc;
    if (check_line("emergency", ENROLL_FIELD_MAX, mem, &e->emergency, err) ||
        check_line("chart", ENROLL_FIELD_MAX, mem, &e->chart, err))
        return err->rc;
    return check_line("title", ENROLL_FIELD_MAX, mem, &e->title, err);
}

/* ---- rows ---- */

static bool is_same_name(const char *a, const char *b, struct arena *mem)
{
    return !strcmp(text_fold(mem, a), text_fold(mem, b));
}

static enum rc add_person(struct gate *gate, const struct audit_who *who, const struct enroll *e, enum person_kind kind,
                          struct person *ret_person, struct err *err)
{
    const bool is_staff = kind == PERSON_STAFF;
    struct person p = { .kind = kind,
                        .role = is_staff ? e->staff_role : STAFF_NONE,
                        .duty_rank = is_staff ? e->duty_rank : 0,
                        .language = e->language,
                        .zone = e->zone,
                        .name = e->name,
                        .phone = e->phone,
                        .emergency = e->emergency,
                        .chart = e->chart,
                        .title = e->title };

    if (person_add(&gate->store, &p, err) || record_act(gate, who, is_staff ? AUDIT_STAFF_ADDED : AUDIT_PERSON_ADDED,
                                                        AUDIT_ITEM_PERSON, p.id.v, NULL, p.name, err))
        return err->rc;
    *ret_person = p;
    return RC_OK;
}

/* A phone that was somebody else's: what that one was asked and told is not for the next. */
static enum rc end_lines(struct gate *gate, struct address_id phone, struct person_id person, struct arena *mem,
                         struct err *err)
{
    struct person *users;
    size_t n;

    if (person_by_address(&gate->store, phone, mem, &users, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (users[i].id.v != person.v)
            return text_line_end(&gate->store, phone, err);
    return RC_OK;
}

static enum rc link_value(struct gate *gate, const struct audit_who *who, struct person_id person,
                          enum address_kind kind, const char *value, struct arena *mem, struct address *ret_address,
                          struct err *err)
{
    if (address_ensure(&gate->store, kind, value, mem, ret_address, err) ||
        (kind == ADDRESS_PHONE && end_lines(gate, ret_address->id, person, mem, err)) ||
        person_link_address(&gate->store, person, ret_address->id, kind == ADDRESS_EMAIL ? 1 : PHONE_RANK, err))
        return err->rc;
    return record_act(gate, who, AUDIT_ADDRESS_ADDED, AUDIT_ITEM_ADDRESS, ret_address->id.v, NULL, value, err);
}

static enum rc link_address(struct gate *gate, const struct audit_who *who, struct person_id person,
                            const struct enroll *e, struct arena *mem, struct address *ret_address, struct err *err)
{
    return e->email ? link_value(gate, who, person, ADDRESS_EMAIL, e->email, mem, ret_address, err)
                    : link_value(gate, who, person, ADDRESS_PHONE, e->text, mem, ret_address, err);
}

enum rc enroll_phone(struct gate *gate, const struct audit_who *who, struct person_id person, const char *number,
                     struct arena *mem, struct address *ret_address, struct err *err)
{
    char value[24];

    if (!text_number_read(number, value))
        return err_set(err, RC_INPUT, "text: a phone number of 10 digits, or one that begins with + and the country");
    return link_value(gate, who, person, ADDRESS_PHONE, arena_strdup(mem, value), mem, ret_address, err);
}

enum rc enroll_staff(struct gate *gate, const struct audit_who *who, struct enroll *e, struct arena *mem,
                     struct person *ret_person, struct err *err)
{
    struct person *users;
    struct address address;
    size_t n;

    assert(db_in_tx(gate->store.db) && e->staff_role);
    if (enroll_check(e, mem, err))
        return err->rc;
    if (!e->email)
        return err_set(err, RC_INPUT, "email: missing");
    if (likeness_is_of_practice(gate, e->name, mem))
        return err_set(err, RC_INPUT, "name: a person's own, not the practice's; each of the staff signs with theirs");
    if (person_by_value(&gate->store, ADDRESS_EMAIL, e->email, mem, &users, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (users[i].kind == PERSON_STAFF && users[i].state == PERSON_ACTIVE)
            return err_set(err, RC_CONFLICT, "email: another staff member has this address; each needs their own");
    if (add_person(gate, who, e, PERSON_STAFF, ret_person, err))
        return err->rc;
    return link_address(gate, who, ret_person->id, e, mem, &address, err);
}

/* What is said of somebody we know is newer than what we had; what is not said stays. */
static enum rc take_over(struct gate *gate, const struct audit_who *who, const struct enroll *e, struct person *p,
                         struct err *err)
{
    const struct {
        const char *said, **to;
    } fields[] = {
        { e->phone, &p->phone }, { e->emergency, &p->emergency }, { e->chart, &p->chart }, { e->zone, &p->zone }
    };
    bool is_changed = e->language && e->language != p->language;

    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        if (!fields[i].said || (*fields[i].to && !strcmp(*fields[i].to, fields[i].said)))
            continue;
        *fields[i].to = fields[i].said;
        is_changed = true;
    }
    if (!is_changed)
        return RC_OK;
    p->language = e->language ? e->language : p->language;
    if (person_change(&gate->store, p, err))
        return err->rc;
    return record_act(gate, who, AUDIT_PERSON_CHANGED, AUDIT_ITEM_PERSON, p->id.v, p->name, p->name, err);
}

/* The patient of that address and name, or a new one. */
static enum rc ensure_patient(struct gate *gate, const struct audit_who *who, const struct enroll *e, struct arena *mem,
                              struct person *ret_person, struct address *ret_address, struct err *err)
{
    const enum address_kind kind = e->email ? ADDRESS_EMAIL : ADDRESS_PHONE;
    const char *const value = e->email ? e->email : e->text;
    struct person *users;
    size_t n;

    if (person_by_value(&gate->store, kind, value, mem, &users, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        if (users[i].kind != PERSON_PATIENT || !is_same_name(users[i].name, e->name, mem))
            continue;
        if (users[i].state == PERSON_DIED)
            return err_set(err, RC_INPUT, "person %" PRId64 " is recorded as having died", users[i].id.v);
        if (take_over(gate, who, e, &users[i], err))
            return err->rc;
        *ret_person = users[i];
        return address_find(&gate->store, kind, value, mem, ret_address, err);
    }
    if (add_person(gate, who, e, PERSON_PATIENT, ret_person, err))
        return err->rc;
    return link_address(gate, who, ret_person->id, e, mem, ret_address, err);
}

/* m: group and role. */
static enum rc choose_name(struct gate *gate, const struct membership *m, const struct enroll *e,
                           const struct enroll_seat *seat, struct arena *mem, const char **ret_name, struct err *err)
{
    bool is_free;

    if (!seat->shown_name)
        return shown_name_choose(gate, m, e->name, mem, ret_name, err);
    if (shown_name_check(seat->shown_name, mem, ret_name, err) || shown_name_is_free(gate, m, *ret_name, &is_free, err))
        return err->rc;
    return is_free ? RC_OK : err_set(err, RC_CONFLICT, "shown name: somebody of the group or of staff has it");
}

/* Staff may sit in a group too, with their own address. */
static enum rc find_staff(struct gate *gate, const struct enroll *e, struct arena *mem, struct person *ret_person,
                          struct address *ret_address, struct err *err)
{
    struct person *users;
    size_t n;

    if (person_by_value(&gate->store, ADDRESS_EMAIL, e->email, mem, &users, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (users[i].kind == PERSON_STAFF && users[i].state == PERSON_ACTIVE) {
            *ret_person = users[i];
            return address_find(&gate->store, ADDRESS_EMAIL, e->email, mem, ret_address, err);
        }
    return err_set(err, RC_INPUT, "email: no staff member has this address; postcircle staff add comes first");
}

static enum rc check_absent(struct gate *gate, const struct membership *m, struct arena *mem, struct err *err)
{
    struct membership there;
    const enum rc rc = membership_find(&gate->store, m->group, m->person, mem, &there, err);

    if (rc == RC_NOT_FOUND)
        return RC_OK;
    return rc ? rc
              : err_set(err, RC_CONFLICT, "they are in the group already (%s): postcircle member set ID --again REASON",
                        member_state_name(there.state));
}

enum rc enroll_member(struct gate *gate, const struct audit_who *who, const struct care_group *group, struct enroll *e,
                      const struct enroll_seat *seat, struct arena *mem, struct membership *ret_membership,
                      struct err *err)
{
    struct membership m = { .group = group->id,
                            .role = seat->role ? seat->role : MEMBER_PATIENT,
                            .state = MEMBER_INVITED,
                            .rhythm = seat->rhythm ? seat->rhythm : RHYTHM_DAILY,
                            .channel = CHANNEL_EMAIL,
                            .hour_minute = seat->hour_minute,
                            .label = seat->label };
    const bool is_staff = m.role >= MEMBER_PROVIDER;
    struct person person;
    struct address address;

    assert(db_in_tx(gate->store.db));
    if (group->state == GROUP_ENDED)
        return err_set(err, RC_INPUT, "group: it has ended");
    if (enroll_check(e, mem, err) || check_line("label", ENROLL_FIELD_MAX, mem, &m.label, err) ||
        choose_name(gate, &m, e, seat, mem, &m.name, err))
        return err->rc;
    if (is_staff && !e->email)
        return err_set(err, RC_INPUT, "email: staff need one");
    if (is_staff ? find_staff(gate, e, mem, &person, &address, err)
                 : ensure_patient(gate, who, e, mem, &person, &address, err))
        return err->rc;
    m.person = person.id;
    m.address = address.id;
    m.channel = e->email ? CHANNEL_EMAIL : CHANNEL_TEXT;
    if (check_absent(gate, &m, mem, err) || membership_add(&gate->store, &m, err))
        return err->rc;
    for (size_t i = 0; i < seat->tag_count; i++)
        if (membership_add_tag(&gate->store, m.id, seat->tags[i], err))
            return err_wrap(err, "tag");
    *ret_membership = m;
    return RC_OK;
}
