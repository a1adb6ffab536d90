/*
 * claim: what staff do with a page: take it, pass it on, close it.
 *
 *            CLAIM ── claim_take: checklist, phone, emergency contact and chart reference to the claimer (the reading is audited), everybody told.
 *                     What another has: a letter says who (RC_CONFLICT). What another has and does not answer for: taken over, after a reminder
 *            PASS  ── claim_pass: open again, the next person is called at once
 *            DONE + outcome ── claim_done: closed, everybody told; of a page that nobody claimed it claims too. Of an alarm of tier 0 the first DONE asks
 *                     for a second person's. A practice of one person with solo_release says DONE once more after OFFICE_SOLO_WAIT_MS
 *            a weekly test is closed by its claim
 *
 * Errors   RC_CONFLICT  another has it or it is closed; whoever asked was told by a letter
 *          RC_DENIED    claim_pass, claim_done: another person claimed it
 *          RC_INPUT     claim_done: no outcome
 *          RC_LIMIT     claim_done: the second DONE must be another person's (or, solo, must wait)
 * State    Needs an open transaction. Every act is audited in it.
 */
#ifndef GATEWAY_DUTY_CLAIM_H
#define GATEWAY_DUTY_CLAIM_H

#include "gateway/practice/gate.h"
#include "store/audit.h"
#include "store/page.h"
#include "store/person.h"

struct claim {
    struct page_id page;
    const struct person *staff;
    enum audit_way way;
};

MUST_CHECK enum rc claim_take(struct gate *gate, const struct claim *claim, struct err *err);
MUST_CHECK enum rc claim_pass(struct gate *gate, const struct claim *claim, struct err *err);
/* *ret_is_closed false: a second person must agree, and was asked. */
MUST_CHECK enum rc claim_done(struct gate *gate, const struct claim *claim, const char *outcome, bool *ret_is_closed,
                              struct err *err);

#endif
