/*
 * alarm: pages people when somebody may be in danger, until one of them claims it.
 *
 *            alarm_raise ── page to the contacts in duty order, crisis acknowledgement to the author (once in 24 h)
 *               │ unclaimed: repeated, to one person more each time
 *            CLAIM ── alarm_claim: phone, emergency contact and chart reference to the claimer (audited), everybody told
 *            DONE + outcome ── alarm_done: closed, everybody told; of a page that nobody claimed it claims too
 *
 * Rule     A page carries no words of the post. Triage never releases and never rejects: an alarm changes nothing about the post.
 * Errors   RC_CONFLICT  claimed or closed by somebody else   RC_DENIED  DONE by another person than the claimer
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_ALARM_H
#define GATEWAY_ALARM_H

#include "gateway/gate.h"
#include "store/page.h"
#include "store/person.h"

struct alarm {
    struct arrival_id letter;
    struct post_id post;     /* 0: nothing was held */
    struct person_id person; /* 0: nobody we know; no acknowledgement then */
    struct group_id group;
    int tier;        /* 0 to 2 */
    bool may_answer; /* the author may be answered: known, and no robot */
    const char *in_reply_to;
};

MUST_CHECK enum rc alarm_raise(struct gate *gate, const struct alarm *alarm, struct err *err);
/* Sends open pages again whose time has come. ret_did counts them. */
MUST_CHECK enum rc alarm_tick(struct gate *gate, size_t *ret_did, struct err *err);
MUST_CHECK enum rc alarm_claim(struct gate *gate, struct page_id page, const struct person *staff, struct err *err);
MUST_CHECK enum rc alarm_done(struct gate *gate, struct page_id page, const struct person *staff, const char *outcome,
                              struct err *err);

#endif
