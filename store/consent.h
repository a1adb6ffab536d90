/*
 * consent: what a person said yes or no to, one row per act, never changed.
 *
 * Shape    Two kinds, given apart though asked together: to receive, and to have one's own notes sent to others. What holds is the newest row
 *          of (person, membership, channel, kind). Of staff membership is 0: they opt in to the practice's mail.
 * Owns     Strings of a read row live in mem.
 * State    Writes need an open transaction.
 */
#ifndef STORE_CONSENT_H
#define STORE_CONSENT_H

#include "store/membership.h"

/* Stored: append only. */
enum consent_kind { CONSENT_RECEIVE = 1, CONSENT_SHARE };
enum consent_way { CONSENT_BY_REPLY = 1, CONSENT_BY_PAPER, CONSENT_BY_PHONE, CONSENT_BY_STAFF };

struct consent {
    int64_t id;
    struct person_id person;
    struct membership_id membership;
    struct address_id address;
    enum member_channel channel; /* CHANNEL_EMAIL or CHANNEL_TEXT */
    enum consent_kind kind;
    bool is_given; /* false: withdrawn */
    enum consent_way way;
    const char *text_version; /* which wording was read: "2026-11-22" */
    int64_t evidence_id;      /* the arrival, or the staff person who recorded it */
    const char *evidence;     /* the words of the answer, or what staff wrote; NULL */
    int64_t at_ms;
};

extern const struct db_domain consent_domain;

/* Fills id and at_ms. */
MUST_CHECK enum rc consent_add(struct store *st, struct consent *consent, struct err *err);
MUST_CHECK enum rc consent_is_given(struct store *st, struct person_id person, struct membership_id membership,
                                    enum member_channel channel, enum consent_kind kind, bool *ret_given,
                                    struct err *err);
/* Did this person ever say yes to get mail or texts, in any group? */
MUST_CHECK enum rc consent_was_given(struct store *st, struct person_id person, bool *ret_given, struct err *err);
/* Has this staff member said yes, by a reply, from an address that is still theirs? Paper alone is no yes: one reply proves it. */
MUST_CHECK enum rc consent_of_staff(struct store *st, struct person_id staff, bool *ret_given, struct err *err);
/* All of a person, oldest first. */
MUST_CHECK enum rc consent_of_person(struct store *st, struct person_id person, struct arena *mem, struct consent **ret,
                                     size_t *ret_n, struct err *err);

const char *consent_way_name(enum consent_way way);

#endif
