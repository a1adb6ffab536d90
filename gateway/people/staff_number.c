#include "gateway/people/staff_number.h"

#include "gateway/practice/record.h"
#include "gateway/say/staff_phone.h"
#include "gateway/sms/text_person.h"
#include "gateway/sms/text_queue.h"
#include "gateway/sms/text_words.h"
#include "inbound/text_decision.h"
#include "store/text_consent.h"
#include "store/text_line.h"
#include "store/text_out.h"
#include "store/text_staff.h"

#define ASKED_MAX 2
#define ASKED_MS (14 * MS_DAY)       /* a YES counts for so long */
#define WORDING "staff-text-2026-11" /* of templates/../text_staff.md; a change of its meaning takes a new one */

/* ---- what they are told ---- */

static enum rc say(struct gate *gate, const struct person *staff, const struct staff_phone *phone, const char *flag,
                   enum text_needs needs, struct err *err)
{
    static const char *const flags[] = { "is_asking",        "is_welcome", "is_with_words",
                                         "is_without_words", "is_pin_set", "is_pin_gone" };
    CLEANUP(arena_free) struct arena *mem = arena_new("staff_number");
    struct text_say text = { .kind = MAILING_TEXT_STAFF,
                             .lane = -1,
                             .needs = needs,
                             .is_exempt = true,
                             .person = staff->id,
                             .address = phone->address,
                             .sender = phone->sender };
    struct json *values = json_object_new();
    enum rc rc;

    for (size_t i = 0; i < COUNT_OF(flags); i++)
        json_set_bool(values, flags[i], !strcmp(flags[i], flag));
    rc = text_words(gate, text.kind, staff->language, &values, mem, &text.words, err);
    return rc ? rc : text_queue(gate, &text, NULL, err);
}

/* To those who get texts; the others see it at the command line. */
static enum rc tell(struct gate *gate, const struct person *staff, const struct staff_phone *phone, const char *flag,
                    struct err *err)
{
    const enum rc rc = phone->state == STAFF_PHONE_YES ? say(gate, staff, phone, flag, TEXT_NEEDS_CONSENT, err) : RC_OK;

    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* ---- the number ---- */

/* A number that members use is theirs, unless it said yes for this staff member too. */
static enum rc check_members(struct gate *gate, const struct person *staff, const char *number, struct arena *mem,
                             struct err *err)
{
    struct address address;
    struct person *users;
    bool is_theirs;
    size_t n;
    int level;
    const enum rc rc = address_find(&gate->store, ADDRESS_PHONE, number, mem, &address, err);

    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    if (text_consent_yes_of(&gate->store, address.id, staff->id, &is_theirs, &level, err) ||
        text_holders_of(gate, address.id, mem, &users, &n, err))
        return err->rc;
    for (size_t i = 0; i < n && !is_theirs; i++)
        if (users[i].id.v != staff->id.v)
            return err_set(err, RC_CONFLICT,
                           "phone: a member of a group uses this number; staff need one of their own");
    return RC_OK;
}

/* What was open with who had it before is not theirs. */
static enum rc end_lines(struct gate *gate, struct person_id staff, struct address_id number, struct arena *mem,
                         struct err *err)
{
    struct person *users;
    bool is_new = true;
    size_t n;

    if (person_by_address(&gate->store, number, mem, &users, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        is_new &= users[i].id.v != staff.v;
    return is_new && n ? text_line_end(&gate->store, number, err) : RC_OK;
}

static enum rc check_free(struct gate *gate, const struct person *staff, const char *number, struct arena *mem,
                          struct err *err)
{
    struct person *users;
    size_t n;

    if (person_by_value(&gate->store, ADDRESS_PHONE, number, mem, &users, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        if (users[i].kind == PERSON_STAFF && users[i].id.v != staff->id.v && users[i].state == PERSON_ACTIVE)
            return err_set(err, RC_CONFLICT, "phone: another staff member has this number; each needs their own");
    return check_members(gate, staff, number, mem, err);
}

static enum rc unlink_old(struct gate *gate, struct person_id staff, struct arena *mem, struct err *err)
{
    struct address *list;
    size_t n;
    enum rc rc = person_addresses(&gate->store, staff, mem, &list, &n, err);

    for (size_t i = 0; !rc && i < n; i++)
        if (list[i].kind == ADDRESS_PHONE)
            rc = person_unlink_address(&gate->store, staff, list[i].id, err);
    return rc;
}

static enum rc link_number(struct gate *gate, const struct audit_who *who, struct person_id staff, const char *number,
                           struct arena *mem, struct err *err)
{
    struct address address, *list;
    size_t n;

    if (address_ensure(&gate->store, ADDRESS_PHONE, number, mem, &address, err) ||
        end_lines(gate, staff, address.id, mem, err) || unlink_old(gate, staff, mem, err) ||
        person_addresses(&gate->store, staff, mem, &list, &n, err) ||
        person_link_address(&gate->store, staff, address.id, (int64_t)n + 1, err))
        return err->rc;
    return record_act(gate, who, AUDIT_STAFF_NUMBER_SET, AUDIT_ITEM_PERSON, staff.v, NULL, number, err);
}

static enum rc ask(struct gate *gate, const struct person *staff, const struct staff_phone *phone,
                   enum staff_number_effect *ret_effect, struct err *err)
{
    const struct text_line line = { phone->address, phone->sender };
    const struct text_consent_change change = { .address = phone->address,
                                                .person = staff->id,
                                                .state = TEXT_ASKED,
                                                .level = 0,
                                                .way = TEXT_BY_STAFF,
                                                .wording = WORDING };
    struct text_question question = { .person = staff->id, .kind = TEXT_ASK_CONSENT };
    struct text_consent consent;

    if (text_consent_get(&gate->store, phone->address, &consent, err))
        return err->rc;
    *ret_effect = STAFF_NUMBER_REFUSED;
    if (consent.asked >= ASKED_MAX)
        return RC_OK;
    *ret_effect = STAFF_NUMBER_ASKED;
    question.due_ms = gate_now_ms(gate) + ASKED_MS;
    if ((consent.state == TEXT_YES && text_out_cancel_address(&gate->store, phone->address, NULL, err)) ||
        say(gate, staff, phone, "is_asking", TEXT_NEEDS_NO_STOP, err) ||
        (phone->state == STAFF_PHONE_NOT_ASKED && text_consent_set(&gate->store, &change, err)) ||
        text_consent_asked(&gate->store, phone->address, err))
        return err->rc;
    return text_question_ask(&gate->store, &line, &question, err);
}

enum rc staff_number_set(struct gate *gate, const struct audit_who *who, const struct person *staff, const char *phone,
                         enum staff_number_effect *ret_effect, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("staff_number");
    struct staff_phone now;
    char number[24];

    *ret_effect = STAFF_NUMBER_NONE;
    if (!phone || !text_number_read(phone, number))
        return unlink_old(gate, staff->id, mem, err);
    if (check_free(gate, staff, number, mem, err) || link_number(gate, who, staff->id, number, mem, err) ||
        staff_phone_read(gate, staff->id, &now, err))
        return err->rc;
    switch (now.state) {
    case STAFF_PHONE_NOT_ASKED:
    case STAFF_PHONE_ASKED:
        return ask(gate, staff, &now, ret_effect, err);
    case STAFF_PHONE_NO_SENDER:
        *ret_effect = STAFF_NUMBER_NO_SENDER;
        return RC_OK;
    case STAFF_PHONE_YES:
        *ret_effect = STAFF_NUMBER_KEPT;
        return RC_OK;
    default:
        *ret_effect = STAFF_NUMBER_REFUSED;
        return RC_OK;
    }
}

enum rc staff_number_yes(struct gate *gate, const struct person *staff, const struct text_in *text, struct err *err)
{
    const struct text_consent_change change = { .address = text->address,
                                                .person = staff->id,
                                                .state = TEXT_YES,
                                                .level = -1,
                                                .way = TEXT_BY_TEXT,
                                                .evidence_id = text->id.v,
                                                .wording = WORDING,
                                                .words = text->words };
    const struct audit_who who = { AUDIT_STAFF, staff->id.v, AUDIT_WAY_TEXT };
    struct staff_phone phone;

    if (text_consent_set(&gate->store, &change, err) ||
        record_act(gate, &who, AUDIT_TEXT_STARTED, AUDIT_ITEM_ADDRESS, text->address.v, NULL,
                   text_consent_state_name(TEXT_YES), err) ||
        staff_phone_read(gate, staff->id, &phone, err))
        return err->rc;
    return tell(gate, staff, &phone, "is_welcome", err);
}

/* ---- what goes there ---- */

enum rc staff_number_words(struct gate *gate, const struct audit_who *who, const struct person *staff, int level,
                           struct err *err)
{
    static const char *const names[] = { "no words in texts", "some words in texts", "more words in texts" };
    struct text_consent_change change = {
        .person = staff->id, .state = TEXT_YES, .level = level, .way = TEXT_BY_STAFF, .wording = WORDING
    };
    struct staff_phone phone;

    if (staff_phone_read(gate, staff->id, &phone, err))
        return err->rc;
    if (phone.state != STAFF_PHONE_YES)
        return err_set(err, RC_INPUT, "their number has not said YES to texts yet: staff set --phone asks it");
    change.address = phone.address;
    if (text_consent_set(&gate->store, &change, err) || record_act(gate, who, AUDIT_STAFF_TEXTS_SET, AUDIT_ITEM_PERSON,
                                                                   staff->id.v, names[phone.level], names[level], err))
        return err->rc;
    return tell(gate, staff, &phone, level ? "is_with_words" : "is_without_words", err);
}

enum rc staff_number_reviews(struct gate *gate, const struct audit_who *who, const struct person *staff, bool has,
                             struct err *err)
{
    if (text_staff_set_reviews(&gate->store, staff->id, has, err))
        return err->rc;
    return record_act(gate, who, AUDIT_STAFF_TEXTS_SET, AUDIT_ITEM_PERSON, staff->id.v, NULL,
                      has ? "notes that wait, by text" : "notes that wait, by mail alone", err);
}

/* ---- the PIN ---- */

/* "000000", "123456", "654321": what is tried first. */
static bool is_easy(const char *pin)
{
    const int step = pin[1] - pin[0];

    if (step < -1 || step > 1)
        return false;
    for (size_t i = 1; pin[i]; i++)
        if (pin[i] - pin[i - 1] != step)
            return false;
    return true;
}

static enum rc check_pin(const char *pin, const struct person *staff, struct err *err)
{
    const size_t n = strlen(pin);
    char number[24];

    if (n < TEXT_PIN_MIN || n > TEXT_PIN_MAX || strspn(pin, "0123456789") != n)
        return err_set(err, RC_INPUT, "a PIN is %d to %d figures", TEXT_PIN_MIN, TEXT_PIN_MAX);
    if (is_easy(pin) || (staff->phone && text_number_read(staff->phone, number) && strstr(number, pin)))
        return err_set(err, RC_INPUT, "this PIN is one that others try first: take another");
    return RC_OK;
}

enum rc staff_number_pin(struct gate *gate, const struct audit_who *who, const struct person *staff, const char *pin,
                         struct err *err)
{
    char hash[CRYPT_PASSWORD_SIZE];
    struct staff_phone phone;

    if (pin && check_pin(pin, staff, err))
        return err->rc;
    if (pin)
        crypt_password_hash(pin, hash);
    if (text_staff_set_pin(&gate->store, staff->id, pin ? hash : NULL, err) ||
        record_act(gate, who, AUDIT_TEXT_PIN_SET, AUDIT_ITEM_PERSON, staff->id.v, NULL, pin ? "set" : "taken away",
                   err) ||
        staff_phone_read(gate, staff->id, &phone, err))
        return err->rc;
    return tell(gate, staff, &phone, pin ? "is_pin_set" : "is_pin_gone", err);
}
