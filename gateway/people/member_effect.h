/*
 * member_effect: inside gateway/people/member: what the function of each command works with. Used by member*.c only.
 *
 * Shape    member.c finds person, membership and group, and calls one effect_… of its table. A function changes rows, notes for UNDO what it
 *          changed, and answers.
 * Rule     An answer that confirms a change goes out up to EFFECT_CONFIRM_PER_DAY times a day, one that only informs once: a robot at the other
 *          end stays harmless either way. Somebody who cannot be answered was still obeyed.
 * Owns     effect_inform and effect_confirm take values away, also when they fail.
 * Errors   Those of gateway/people/member.
 */
#ifndef GATEWAY_PEOPLE_MEMBER_EFFECT_H
#define GATEWAY_PEOPLE_MEMBER_EFFECT_H

#include "base/json.h"
#include "gateway/people/member.h"
#include "store/group.h"
#include "store/mailing.h"

#define EFFECT_CONFIRM_PER_DAY 5

struct effect {
    struct gate *gate;
    const struct member_act *act;
    struct arena *mem;
    struct person person;
    struct membership m;     /* id 0: no group is known */
    struct care_group group; /* of m */
    struct audit_who who;
};

MUST_CHECK enum rc effect_inform(struct effect *e, enum mailing_kind kind, struct json *values, struct err *err);
MUST_CHECK enum rc effect_confirm(struct effect *e, enum mailing_kind kind, struct json *values, struct err *err);
/* "tomorrow at 9:00 AM", in the person's words. */
const char *effect_next_letter(struct effect *e);
/* Stores e->m, which was *from; notes it for UNDO under command and writes the audit row old → new. */
MUST_CHECK enum rc effect_change(struct effect *e, const struct membership *from, const char *command, const char *old,
                                 const char *new, struct err *err);
/* The letters come again, and when the next one does. */
MUST_CHECK enum rc effect_say_resumed(struct effect *e, struct err *err);

MUST_CHECK enum rc effect_pause(struct effect *e, struct err *err);
MUST_CHECK enum rc effect_resume(struct effect *e, struct err *err);
MUST_CHECK enum rc effect_daily(struct effect *e, struct err *err);
MUST_CHECK enum rc effect_weekly(struct effect *e, struct err *err);
MUST_CHECK enum rc effect_each(struct effect *e, struct err *err);
MUST_CHECK enum rc effect_news(struct effect *e, struct err *err);
MUST_CHECK enum rc effect_name(struct effect *e, struct err *err);
MUST_CHECK enum rc effect_big(struct effect *e, struct err *err);
MUST_CHECK enum rc effect_english(struct effect *e, struct err *err);
MUST_CHECK enum rc effect_spanish(struct effect *e, struct err *err);
MUST_CHECK enum rc effect_stop(struct effect *e, struct err *err);
MUST_CHECK enum rc effect_leave(struct effect *e, struct err *err);
MUST_CHECK enum rc effect_undo(struct effect *e, struct err *err);
MUST_CHECK enum rc effect_help(struct effect *e, struct err *err);
MUST_CHECK enum rc effect_rules(struct effect *e, struct err *err);
MUST_CHECK enum rc effect_info(struct effect *e, struct err *err);
MUST_CHECK enum rc effect_status(struct effect *e, struct err *err);
MUST_CHECK enum rc effect_report(struct effect *e, struct err *err);
MUST_CHECK enum rc effect_poll(struct effect *e, struct err *err);
MUST_CHECK enum rc effect_check_in(struct effect *e, struct err *err);
MUST_CHECK enum rc effect_check_in_stop(struct effect *e, struct err *err);
MUST_CHECK enum rc effect_phone(struct effect *e, struct err *err);

#endif
