/*
 * staff_number: a staff member's phone for texts: set, asked for its yes, and what goes there.
 *
 * Shape    set    the number becomes an address of theirs, in place of the one before, and is asked for a YES by text (twice at most)
 *          yes    the number has said it; from then on alarms go there (gateway/duty/page_text)
 *          words  may the texts to them show words of notes? Their own wish; they are warned by text
 *          pin    of acting by text (store/text_staff): its owner is told by text, never the PIN
 * Units    A PIN is 6 to 10 figures, and not one that everybody tries first.
 * Errors   RC_INPUT     the PIN is none, or too easy; words without a number that said yes
 *          RC_CONFLICT  another staff member has that number
 *          RC_DENIED    staff_number_yes, words: the number has said STOP
 * State    Need an open transaction, in which their audit rows are written.
 */
#ifndef GATEWAY_PEOPLE_STAFF_NUMBER_H
#define GATEWAY_PEOPLE_STAFF_NUMBER_H

#include "gateway/practice/gate.h"
#include "store/audit.h"
#include "store/text_in.h"

enum staff_number_effect {
    STAFF_NUMBER_KEPT, /* the same as before, and it has said yes */
    STAFF_NUMBER_ASKED,
    STAFF_NUMBER_REFUSED,   /* it has said STOP, or was asked twice: START from it, or another number */
    STAFF_NUMBER_NO_SENDER, /* the practice has none to ask from: again when it has */
    STAFF_NUMBER_NONE       /* no number that a text can go to */
};
/* phone as enroll_check left it; NULL takes the number away. */
MUST_CHECK enum rc staff_number_set(struct gate *gate, const struct audit_who *who, const struct person *staff,
                                    const char *phone, enum staff_number_effect *ret_effect, struct err *err);
MUST_CHECK enum rc staff_number_yes(struct gate *gate, const struct person *staff, const struct text_in *text,
                                    struct err *err);
/* level as in store/text_consent: 0 no words, 1 sixty characters, 2 more. */
MUST_CHECK enum rc staff_number_words(struct gate *gate, const struct audit_who *who, const struct person *staff,
                                      int level, struct err *err);
MUST_CHECK enum rc staff_number_reviews(struct gate *gate, const struct audit_who *who, const struct person *staff,
                                        bool has, struct err *err);
/* pin NULL: none any more. */
MUST_CHECK enum rc staff_number_pin(struct gate *gate, const struct audit_who *who, const struct person *staff,
                                    const char *pin, struct err *err);

#endif
