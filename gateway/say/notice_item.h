/*
 * notice_item: inside gateway/say/notice_text: the number by which a text is answered, and the question that it leaves open on the reader's line.
 *
 * Shape    Sets item_number where the notice can be answered by text; who takes the answer: gateway/text/talk_visit, talk_private.
 *            about                     item                     open question, while the reader need not say the number
 *            a visit                   TEXT_ITEM_VISIT          RSVP for two days, where it `asks`
 *            private words of staff    TEXT_ITEM_PRIVATE        PRIVATE
 *            what they ask of a note   TEXT_ITEM_ASK            PRIVATE
 *            a proposed wording        TEXT_ITEM_EDIT           EDIT_OK: yes or no alone
 *            a check-in                TEXT_ITEM_CHECK_IN       CHECK_IN; its answer ends it, unless we ask back
 *            "may we?"                 TEXT_ITEM_MAY_WE         MAY_WE: yes or no alone
 * Errors   Of the store
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_SAY_NOTICE_ITEM_H
#define GATEWAY_SAY_NOTICE_ITEM_H

#include "gateway/say/notice.h"

MUST_CHECK enum rc notice_item_put(struct gate *gate, const struct notice *notice, struct address_id phone,
                                   struct arena *mem, struct json *values, struct err *err);

#endif
