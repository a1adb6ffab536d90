/*
 * letter_code: the short code at the foot of members' letters, by which a reply finds its place when its client dropped everything else.
 *
 * Shape    "k7m2-q9xd": the first 40 bits of the letter's Message-ID (store/message_id), so that each copy has its own and nothing is stored.
 * Rule     A reference without power (DESIGN section 5): it is looked up only among the LETTER_CODE_RECENT newest letters of each person that
 *          uses the From address, so a code that is made up, or somebody else's, means nothing; and it never tells who is writing.
 * Errors   RC_NOT_FOUND  no such letter
 * State    Reads only.
 */
#ifndef GATEWAY_NOTE_LETTER_CODE_H
#define GATEWAY_NOTE_LETTER_CODE_H

#include "gateway/practice/gate.h"
#include "store/delivery.h"

#define LETTER_CODE_RECENT 200
#define LETTER_CODE_MAX 50 /* that one reply may hold: the rest is not looked at */

const char *letter_code_text(const unsigned char key[MESSAGE_KEY_BYTES], struct arena *mem);
/* The letter of one of these people that the text names; of several, the one named first. */
MUST_CHECK enum rc letter_code_find(struct gate *gate, const char *text, const struct person *people, size_t count,
                                    struct arena *mem, struct delivery *ret_delivery, struct err *err);

#endif
