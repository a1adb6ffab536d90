#include "gateway/sms/text_person.h"

#include "gateway/practice/record.h"
#include "store/membership.h"
#include "store/text_consent.h"
#include "store/text_line.h"
#include "store/text_out.h"

#include <assert.h>

bool text_number_read(const char *text, char number[24])
{
    char digits[24];
    size_t n = 0;

    for (const char *p = text; *p; p++) {
        if (*p >= '0' && *p <= '9' && n < 16)
            digits[n++] = *p;
        else if (!strchr(p == text ? "+ (" : " ().-", *p))
            return false;
    }
    digits[n] = '\0';
    if (n < 7 || n > 15 || *digits == '0')
        return false;
    snprintf(number, 24, n == 10 && *text != '+' ? "+1%s" : "+%s", digits);
    return true;
}

static enum rc has_seat(struct gate *gate, const struct person *person, bool *ret_has, struct err *err)
{
    *ret_has = person->state == PERSON_ACTIVE && person->kind == PERSON_STAFF;
    if (*ret_has || person->state != PERSON_ACTIVE)
        return RC_OK;
    return membership_in_any(&gate->store, person->id, ret_has, err);
}

enum rc text_holders_of(struct gate *gate, struct address_id address, struct arena *mem, struct person **ret_people,
                        size_t *ret_n, struct err *err)
{
    struct person *people;
    size_t n, kept = 0;

    if (person_by_address(&gate->store, address, mem, &people, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        bool has;

        if (has_seat(gate, &people[i], &has, err))
            return err->rc;
        if (has)
            people[kept++] = people[i];
    }
    *ret_people = people;
    *ret_n = kept;
    return RC_OK;
}

enum rc text_person_of(struct gate *gate, struct address_id address, struct arena *mem, struct person *ret_person,
                       size_t *ret_n, struct err *err)
{
    struct person *people;

    if (text_holders_of(gate, address, mem, &people, ret_n, err) ||
        (!*ret_n && person_by_address(&gate->store, address, mem, &people, ret_n, err)))
        return err->rc;
    *ret_person = *ret_n == 1 ? people[0] : (struct person){ .language = gate->facts.language };
    return RC_OK;
}

enum rc text_stop(struct gate *gate, struct address_id address, enum text_word word, int way, int64_t evidence_id,
                  const char *words, struct err *err)
{
    const struct text_consent_change change = { .address = address,
                                                .state =
                                                    word == TEXT_WORD_WRONG_NUMBER ? TEXT_WRONG_NUMBER : TEXT_STOPPED,
                                                .level = -1,
                                                .way = (enum text_consent_way)way,
                                                .evidence_id = evidence_id,
                                                .words = words };
    const struct audit_who who = { AUDIT_PATIENT, 0, way == TEXT_BY_TEXT ? AUDIT_WAY_TEXT : AUDIT_WAY_RULE };
    struct text_consent before;
    int64_t cancelled;

    assert(db_in_tx(gate->store.db));
    if (text_consent_get(&gate->store, address, &before, err))
        return err->rc;
    if (change.state == TEXT_WRONG_NUMBER && text_line_end(&gate->store, address, err))
        return err->rc;
    if (before.state == TEXT_STOPPED && change.state != TEXT_STOPPED)
        return RC_OK; /* stopped is stopped: only the number itself leads out of it */
    if (text_consent_set(&gate->store, &change, err) || text_out_cancel_address(&gate->store, address, &cancelled, err))
        return err_wrap(err, "stop texts");
    return record_act(gate, &who, AUDIT_TEXT_STOPPED, AUDIT_ITEM_ADDRESS, address.v,
                      text_consent_state_name(before.state), text_consent_state_name(change.state), err);
}
