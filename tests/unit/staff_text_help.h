/*
 * staff_text_help: a circle whose practice has a number for texts, and staff with phones. After circle_help.h.
 */
#ifndef TESTS_UNIT_STAFF_TEXT_HELP_H
#define TESTS_UNIT_STAFF_TEXT_HELP_H

#include "gateway/duty/alarm.h"
#include "gateway/people/staff_number.h"
#include "gateway/say/office.h"
#include "gateway/say/staff_phone.h"
#include "gateway/sms/text_person.h"
#include "store/text_account.h"
#include "store/text_consent.h"
#include "store/text_cost.h"
#include "store/text_out.h"
#include "store/text_staff.h"

#define OUR_NUMBER "+15555550199"
#define ANA_PHONE "+15555550141"
#define LEE_PHONE "+15555550142"

static inline struct text_sender staff_text_sender(struct circle *c)
{
    struct text_account account = { .provider = "twilio", .values = "{}" };
    struct text_sender sender = { .kind = TEXT_LONG_CODE, .number = OUR_NUMBER };
    struct err err;

    CIRCLE_TX(c, HELP_OK(text_account_add(&c->g.gate.store, &account, &err)); sender.account = account.id;
              HELP_OK(text_sender_add(&c->g.gate.store, &sender, &err)));
    return sender;
}

static inline enum staff_number_effect staff_text_number_set(struct circle *c, struct person_id staff,
                                                             const char *number)
{
    const struct audit_who who = { AUDIT_OPERATOR, 0, AUDIT_WAY_CLI };
    enum staff_number_effect effect;
    struct person person;
    struct err err;

    HELP_OK(person_get(&c->g.gate.store, staff, c->mem, &person, &err));
    CIRCLE_TX(c, HELP_OK(staff_number_set(&c->g.gate, &who, &person, number, &effect, &err)));
    return effect;
}

static inline void staff_text_number_yes(struct circle *c, struct person_id staff, const char *number)
{
    struct text_in text = { .id = { 1 }, .words = "YES" };
    struct staff_phone phone;
    struct person person;
    struct err err;

    staff_text_number_set(c, staff, number);
    HELP_OK(staff_phone_read(&c->g.gate, staff, &phone, &err));
    text.address = phone.address;
    HELP_OK(person_get(&c->g.gate.store, staff, c->mem, &person, &err));
    CIRCLE_TX(c, HELP_OK(staff_number_yes(&c->g.gate, &person, &text, &err)));
}

/* The newest of a kind that was made for them and is not cancelled; NULL: none. */
static inline const struct text_out *staff_text_last(struct circle *c, struct person_id staff, enum mailing_kind kind)
{
    struct text_out *texts;
    struct err err;
    size_t n;

    HELP_OK(text_out_of_person(&c->g.gate.store, staff, (struct text_id){ 0 }, 100, c->mem, &texts, &n, &err));
    for (size_t i = 0; i < n; i++)
        if (texts[i].kind == kind && texts[i].state != TEXT_CANCELLED)
            return &texts[i];
    return NULL;
}

static inline size_t staff_text_count(struct circle *c, struct person_id staff, enum mailing_kind kind)
{
    struct text_out *texts;
    struct err err;
    size_t n, count = 0;

    HELP_OK(text_out_of_person(&c->g.gate.store, staff, (struct text_id){ 0 }, 100, c->mem, &texts, &n, &err));
    for (size_t i = 0; i < n; i++)
        count += texts[i].kind == kind && texts[i].state != TEXT_CANCELLED;
    return count;
}

#endif
