/*
 * bounce: what a delivery report or a complaint does: it marks the letter that it is about, and staff hear of it.
 *
 * Shape    A report counts for a delivery of ours that it names by the envelope's token (in the address that it was sent to) or Message-ID (that it quotes: inbound/report) when its return path is empty, the delivery was sent
 *          at most BOUNCE_MAX_AGE_MS ago, and no report has marked it before. A failed one becomes `failed`, with its status and no relay
 *          code. Delays, and reports about nothing of ours, are kept and do nothing. A member's address proves nothing, and no more do the tokens that
 *          are printed in letters. What is known by Message-ID alone and names another address than ours says nothing about ours.
 * Rule     No single report suspends anyone (anybody can write one): the letters that follow are the probes. Only when two of them, on
 *          two later days within BOUNCE_PROBES_MS, come back too, each saying that the address is no good, is it suspended and staff told;
 *          until its owner writes from it, and proves to be that. Whenever they do, counting begins again.
 *          When many of a group come back within an hour, nobody is suspended and the group's letters wait (gateway/digest/breaker).
 *          A complaint is told to staff and stops nothing.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_SORT_BOUNCE_H
#define GATEWAY_SORT_BOUNCE_H

#include "gateway/note/sender.h"

#define BOUNCE_MAX_AGE_MS (7 * MS_DAY)
#define BOUNCE_PROBES_MS (30 * MS_DAY)
#define BOUNCE_DAYS 3 /* the first report's and two probes' */

/* Somebody writes from their own proved address: when bounces alone had suspended it, it is lifted, audited, and staff hear of it. What came back
 * before then counts no more, suspended or not. */
MUST_CHECK enum rc bounce_lift(struct gate *gate, const struct sender *sender, struct err *err);
MUST_CHECK enum rc bounce_take(struct gate *gate, const struct letter *letter, const struct sender *sender,
                               struct arena *mem, struct err *err);

#endif
