/*
 * page_people: who may have written what an alarm is about. A mailbox and a phone may be two people's, and who left a group still writes from it: a nurse
 * must see that the one whom the letter is taken for may not be the one in danger.
 *
 * Shape    Fills `people`: everybody who has or had the address, when that is more than the page's own person; empty otherwise. And `name`,
 *          `sender_shown`: what the letter says itself, which nothing proves; "" where nobody knows.
 * Owns     Nothing: values is the caller's.
 * Errors   Those of the store.
 * State    Needs an open transaction: that each of these people was read is audited in it.
 */
#ifndef GATEWAY_DUTY_PAGE_PEOPLE_H
#define GATEWAY_DUTY_PAGE_PEOPLE_H

#include "base/json.h"
#include "gateway/practice/gate.h"
#include "store/audit.h"
#include "store/page.h"

MUST_CHECK enum rc page_people_add(struct gate *gate, const struct page *page, const struct audit_who *reader,
                                   struct arena *mem, struct json *values, struct err *err);

#endif
