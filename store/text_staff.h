/*
 * text_staff: how a staff member acts by text: the PIN that stands beside their number, for the sender of a text can be forged; and whether they are told
 * by text of notes that wait.
 *
 * Shape    The PIN is kept as crypt_password_hash made it, sealed. TEXT_PIN_TRIES wrong ones within TEXT_PIN_LOCK_MS lock it until that time is over; a
 *          right one does not clear the count, or whoever guesses had five tries more with each.
 * Units    Times are the clock port's.
 * Owns     What is read lives in mem.
 * Errors   Of the store; nobody's row is RC_OK with no PIN.
 * State    Writes need an open transaction.
 */
#ifndef STORE_TEXT_STAFF_H
#define STORE_TEXT_STAFF_H

#include "store/store.h"

#define TEXT_PIN_TRIES 5
#define TEXT_PIN_LOCK_MS (INT64_C(24) * 3600 * 1000)

struct text_staff {
    struct person_id person;
    const char *pin; /* the hash; NULL: none */
    int64_t pin_ms;
    int64_t wrong; /* within the last day */
    int64_t wrong_ms;
    bool is_locked;
    bool has_reviews;
};

extern const struct db_domain text_staff_domain;

MUST_CHECK enum rc text_staff_get(struct store *st, struct person_id person, struct arena *mem, struct text_staff *ret,
                                  struct err *err);
/* The same; nobody else counts a try of this person until the transaction ends. */
MUST_CHECK enum rc text_staff_hold(struct store *st, struct person_id person, struct arena *mem, struct text_staff *ret,
                                   struct err *err);
/* hash NULL: none any more. Clears the count. */
MUST_CHECK enum rc text_staff_set_pin(struct store *st, struct person_id person, const char *hash, struct err *err);
MUST_CHECK enum rc text_staff_set_reviews(struct store *st, struct person_id person, bool has, struct err *err);
/* One wrong PIN more; *staff is as it is then. */
MUST_CHECK enum rc text_staff_wrong(struct store *st, struct text_staff *staff, struct err *err);

#endif
