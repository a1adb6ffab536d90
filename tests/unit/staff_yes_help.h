/*
 * staff_yes_help: staff of a test who said yes before it begins: nobody else of them gets words of patients, or decides.
 */
#ifndef TESTS_UNIT_STAFF_YES_HELP_H
#define TESTS_UNIT_STAFF_YES_HELP_H

#include "store/consent.h"

static inline enum rc staff_yes_record(struct store *st, struct person_id staff, struct address_id address,
                                       struct err *err)
{
    struct consent yes = { .person = staff,
                           .address = address,
                           .channel = CHANNEL_EMAIL,
                           .kind = CONSENT_RECEIVE,
                           .is_given = true,
                           .way = CONSENT_BY_REPLY,
                           .text_version = "1" };

    return consent_add(st, &yes, err);
}

#endif
