/*
 * text_person: the number of a phone, whose it is, and that it is written to no more.
 *
 * Errors   Of the store.
 * State    text_stop needs an open transaction.
 */
#ifndef GATEWAY_SMS_TEXT_PERSON_H
#define GATEWAY_SMS_TEXT_PERSON_H

#include "gateway/practice/gate.h"
#include "inbound/text_word.h"
#include "store/person.h"

/* A number as we store it: "+" and 7 to 15 digits, from "+1…", "1…" or ten digits of +1; false for anything else. */
bool text_number_read(const char *text, char number[24]);

/* Ends consent to texts of a number, and cancels what waits for it; of a wrong number also what is open on its lines. way: who said so. */
MUST_CHECK enum rc text_stop(struct gate *gate, struct address_id address, enum text_word word, int way,
                             int64_t evidence_id, const char *words, struct err *err);
/* Who uses a number now: staff, and who has a living seat or was asked into one. Numbers go to other people: who left is none of them. */
MUST_CHECK enum rc text_holders_of(struct gate *gate, struct address_id address, struct arena *mem,
                                   struct person **ret_people, size_t *ret_n, struct err *err);
/* The person of a number if exactly one uses it, or nobody does and exactly one ever did; else 0. */
MUST_CHECK enum rc text_person_of(struct gate *gate, struct address_id address, struct arena *mem,
                                  struct person *ret_person, size_t *ret_n, struct err *err);

#endif
