/*
 * PHONE: a member by mail wants texts too. Their letter is the first half of the opt-in; the phone's own yes, the second (gateway/people/text_ask).
 *
 *            the number is none, or lacks its area code    is_bad
 *            somebody else uses it; too many in a day      is_call: nothing is sent to it, and nothing said of whose it is
 *            the practice has no number for texts          is_none
 *            it said STOP                                  is_stopped: START from it
 *            it said yes before                            is_on, or is_already
 *            else it is asked                              is_asked; twice without an answer: is_call
 */
#include "gateway/people/enroll.h"
#include "gateway/people/member_effect.h"
#include "gateway/people/text_ask.h"
#include "gateway/sms/text_person.h"
#include "store/answered.h"
#include "store/text_account.h"
#include "store/text_consent.h"

#define PHONES_A_DAY 3

/* With an area code, or a country. */
static bool read_number(const char *text, char number[24])
{
    size_t digits = 0;

    for (const char *p = text; *p; p++)
        digits += *p >= '0' && *p <= '9';
    return (*text == '+' || digits == 10 || (digits == 11 && *text == '1')) && text_number_read(text, number);
}

/* Nobody but this person may use it: who else would be asked "Who is writing?" with a name of another member. */
static enum rc is_others(struct effect *e, const char *number, bool *ret_is, struct err *err)
{
    struct person *users;
    size_t n;

    *ret_is = false;
    if (person_by_value(&e->gate->store, ADDRESS_PHONE, number, e->mem, &users, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++)
        *ret_is |= users[i].id.v != e->person.id.v;
    return RC_OK;
}

static enum rc ask(struct effect *e, const struct address *phone, const char **ret_flag, struct err *err)
{
    const struct text_ask ask = { .person = e->person.id, .phone = phone->id, .letter = e->act->letter.v };
    struct text_consent now;
    enum rc rc;

    if (text_consent_get(&e->gate->store, phone->id, &now, err))
        return err->rc;
    if (now.state == TEXT_YES) {
        *ret_flag = e->m.channel == CHANNEL_EMAIL ? "is_on" : "is_already";
        return text_ask_both(e->gate, &e->who, &e->m, phone->id, e->act->letter.v, e->act->command->text, err);
    }
    *ret_flag = "is_asked";
    rc = text_ask_member(e->gate, &e->m, &ask, err);
    if (rc == RC_CONFLICT)
        *ret_flag = now.state == TEXT_STOPPED ? "is_stopped" : "is_call";
    if (rc == RC_NOT_FOUND) /* the month's budget is used up */
        *ret_flag = "is_none";
    return rc == RC_CONFLICT || rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc add(struct effect *e, const char *number, const char **ret_flag, struct err *err)
{
    struct text_sender sender;
    struct address phone;
    bool is_theirs;
    enum rc rc = text_sender_usual(&e->gate->store, e->mem, &sender, err);

    *ret_flag = "is_none";
    if (rc)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    *ret_flag = "is_call";
    if (is_others(e, number, &is_theirs, err) || is_theirs)
        return is_theirs ? RC_OK : err->rc;
    rc = answered_take(&e->gate->store, e->person.id, MAILING_INVITATION, e->person.id.v, PHONES_A_DAY, err);
    if (rc)
        return rc == RC_CONFLICT ? RC_OK : rc;
    return enroll_phone(e->gate, &e->who, e->person.id, number, e->mem, &phone, err) ? err->rc
                                                                                     : ask(e, &phone, ret_flag, err);
}

enum rc effect_phone(struct effect *e, struct err *err)
{
    const char *flag = "is_bad";
    struct json *v;
    char number[24] = "";

    if (e->act->is_by_text) /* staff read it: one phone does not speak for another */
        return err_set(err, RC_NOT_FOUND, "a phone of another phone");
    if (read_number(e->act->command->text, number) && add(e, number, &flag, err))
        return err->rc;
    v = json_object_new();
    json_set_bool(v, flag, true);
    json_set_str(v, "phone_end", *number ? number + strlen(number) - 2 : "");
    return effect_confirm(e, MAILING_PHONE, v, err);
}
