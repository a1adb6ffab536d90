/*
 * page_details: what whoever claimed an alarm needs to pick up the phone: a checklist, name, phone, emergency contact, chart reference, the others who
 * may have written (page_people), the words and why they are marked, and whether the writer has the crisis lines. The one letter of an alarm with words in it; it goes to the claimer alone.
 *
 * State    Needs an open transaction. The reading is audited in it.
 */
#ifndef GATEWAY_DUTY_PAGE_DETAILS_H
#define GATEWAY_DUTY_PAGE_DETAILS_H

#include "gateway/practice/gate.h"
#include "store/audit.h"
#include "store/page.h"
#include "store/person.h"

MUST_CHECK enum rc page_details_send(struct gate *gate, const struct page *page, const struct person *staff,
                                     enum audit_way way, struct err *err);

#endif
