/*
 * notice_text: inside gateway/say/notice: the same thing said by text. Used by notice.c; the first phone, also by gateway/digest.
 *
 * Shape    The template text_KIND of the kind, with the values of the mail and is_full_text: the number's level allows words of people (R19). A kind without
 *          one is text_notice: that there is something, and whom to call.
 *          What can be answered by text has a number on the reader's line (item_number): gateway/say/notice_item.
 * Owns     values is taken (and nulled), also on an error.
 * Errors   RC_NOT_FOUND  nothing queued: no number of ours, or that phone may not be written to; the month's money is used up, of which staff hear
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_SAY_NOTICE_TEXT_H
#define GATEWAY_SAY_NOTICE_TEXT_H

#include "gateway/say/notice.h"
#include "store/text_out.h"

struct notice_phone {
    const struct person *person;
    struct address_id address;
    enum text_needs needs;
};

MUST_CHECK enum rc notice_by_text(struct gate *gate, const struct notice *notice, const struct notice_phone *to,
                                  struct json **values, struct err *err);
/* The first phone of a person that has said yes. */
MUST_CHECK enum rc notice_first_phone(struct gate *gate, struct person_id person, struct arena *mem,
                                      struct address_id *ret_id, struct err *err);

#endif
