/*
 * alarm: pages people when somebody may be in danger, until one of them claims it (gateway/duty/claim).
 *
 *            alarm_raise ── page to the first contact, by mail and text; crisis or medical acknowledgement to the author (once in 24 h)
 *               │ unclaimed, by the clock of its tier (schedules/page_clock): called again, on their other addresses too, to one person more
 *               │ each time, and by the practice's own program
 *               │ claimed and not done: its claimer is reminded, then everybody
 *
 * Bundle   What strangers write, and mail that nobody could read, joins the open alarm of its kind: no new call, unless it is graver; whoever claims it
 *          gets all of it. So nobody outside can drown a member's alarm in others. Once claimed, the next one is an alarm of its own.
 *
 * Rule     A page carries no words of the post, but in a text to who chose that. Triage never releases and never rejects: an alarm changes nothing about the post. Calls go on day and
 *          night; only the time in which it should be claimed counts in office hours. The weekly test is called again in office hours alone.
 * State    Needs an open transaction, alarm_is_due none.
 */
#ifndef GATEWAY_DUTY_ALARM_H
#define GATEWAY_DUTY_ALARM_H

#include "gateway/practice/gate.h"
#include "store/page.h"

struct alarm {
    struct arrival_id letter;
    struct post_id post;     /* 0: nothing was held */
    struct person_id person; /* 0: nobody we know; no acknowledgement then */
    struct group_id group;
    int tier; /* 0 to 2 */
    enum page_bundle bundle;
    bool may_answer; /* the author may be answered: known, and no robot */
    const char *in_reply_to;
};

MUST_CHECK enum rc alarm_raise(struct gate *gate, const struct alarm *alarm, struct err *err);
/* The same about what has had a page: an open one that was less grave is called anew as this one; one that somebody has, or had, and that was less grave
 * or is done, is left as it is, and another goes out. */
MUST_CHECK enum rc alarm_raise_again(struct gate *gate, const struct alarm *alarm, struct page *page, struct err *err);
/* The weekly test: an alarm about nothing. */
MUST_CHECK enum rc alarm_raise_test(struct gate *gate, struct err *err);
/* Has a call or reminder its time? Reads only. */
MUST_CHECK enum rc alarm_is_due(struct gate *gate, bool *ret_is_due, struct err *err);
/* Calls and reminds. ret_did counts them. */
MUST_CHECK enum rc alarm_tick(struct gate *gate, size_t *ret_did, struct err *err);
/* Calls an open page at once, also one person more than before: for PASS. */
MUST_CHECK enum rc alarm_call_next(struct gate *gate, struct page_id page, struct err *err);

#endif
