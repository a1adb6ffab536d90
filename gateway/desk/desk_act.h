/*
 * desk_act: one thing that staff want done by mail: prepared, shown, and done after SEND.
 *
 * Shape    desk_words makes it of a word; it waits as the data of a QUESTION_DESK row (desk_act_say), with what it rests on (desk_act_state). When that has
 *          changed before SEND, it is shown again.
 *            AGAIN, PAUSE, RESUME name, REMOVE   membership · days, why, text
 *            INVITE                 group, address, name
 *            RULES, TOPIC           group, text · at_ms, flags of TOPIC
 *            CHECKIN                group, text
 *            END CHECKIN            group, check_in
 *            HOURS                  text
 *            DUTY                   order
 * Owns     What is read lives in mem.
 * Errors   RC_INPUT    desk_act_do: a rule of the act refuses it (err names no value)
 *          others of the store
 * State    desk_act_do needs an open transaction, in which its audit rows are written.
 */
#ifndef GATEWAY_DESK_DESK_ACT_H
#define GATEWAY_DESK_DESK_ACT_H

#include "base/json.h"
#include "gateway/people/member.h"
#include "inbound/desk_word.h"
#include "store/audit.h"
#include "store/group.h"

#define DESK_ORDER_MAX 16

struct desk_act {
    enum desk_word_kind kind;
    struct group_id group;
    struct membership_id membership;
    const char *address, *name, *text; /* "" none */
    const char *when;                  /* TOPIC: the time as written, in the group's zone; "" now */
    int64_t at_ms;                     /* TOPIC: the same, read as soon as the group is known; 0: now */
    int64_t days;                      /* PAUSE */
    int64_t flags;                     /* TOPIC: enum post_flag */
    enum member_reason why;            /* REMOVE */
    struct person_id order[DESK_ORDER_MAX];
    size_t order_count;
    int64_t number;              /* CHECKIN, END CHECKIN: of the list; 0 none */
    struct check_in_id check_in; /* END CHECKIN, and CHECKIN of one */
    const char *state;           /* desk_act_state when it was shown; "" not yet */
};

/* Why it cannot be done; desk_unclear shows it as the section desk_problem_flag. */
enum desk_problem {
    DESK_NO_PROBLEM,
    DESK_UNCLEAR,      /* the word and more than belongs to it */
    DESK_WHICH_GROUP,  /* asks back, with numbers */
    DESK_WHICH_PERSON, /* asks back, with numbers */
    DESK_NOBODY,       /* no member of that name, in that group */
    DESK_BAD_ADDRESS,
    DESK_BAD_NAME,
    DESK_IS_MEMBER,
    DESK_WAS_MEMBER, /* AGAIN is the word */
    DESK_WAITS,      /* an invitation waits already */
    DESK_IS_STAFF,   /* the address is a staff member's: both at once is for the command line */
    DESK_STOPPED,    /* nothing may be sent to the address */
    DESK_DIED,
    DESK_NO_REASON,
    DESK_NOT_NOW, /* the membership is not in a state for it */
    DESK_BAD_TIME,
    DESK_BAD_HOURS,
    DESK_BAD_TEXT, /* rules: none, or too long */
    DESK_TOO_FEW,  /* for duty */
    DESK_NOT_YOURS,
    DESK_OVER,         /* asked and answered before, or too old */
    DESK_NO_CHECK_IN,  /* of that number */
    DESK_BAD_CHECK_IN, /* its lines cannot be read, or cannot be so */
    DESK_NO_STAFF,     /* DUTY: nobody of that name */
    DESK_WHICH_STAFF,  /* DUTY: several */
    DESK_NOT_PAUSED,
    DESK_NOTHING_WAITS, /* RESUME: the group's letters do not wait */
    DESK_GROUP_OVER,
    DESK_WANTS_SEND,   /* in answer to a preview: anything but SEND */
    DESK_WANTS_NUMBER, /* likewise to numbered choices */
    DESK_NOTHING_HERE, /* the mail that was answered asks for nothing */
    DESK_REPLY_FIRST,  /* a new mail: the word counts in reply to one of ours */
    DESK_PROBLEM_COUNT
};

struct desk_outcome {
    struct post_id post; /* of TOPIC */
    bool waits;          /* for somebody else's OK */
};

/* Whether it may be done now. */
MUST_CHECK enum rc desk_act_check(struct gate *gate, const struct desk_act *act, const struct person *staff,
                                  struct arena *mem, enum desk_problem *ret_problem, struct err *err);
/* What it rests on, as a text that changes when that does. */
MUST_CHECK enum rc desk_act_state(struct gate *gate, const struct desk_act *act, struct arena *mem,
                                  const char **ret_state, struct err *err);
MUST_CHECK enum rc desk_act_do(struct gate *gate, const struct desk_act *act, const struct person *staff,
                               struct arena *mem, struct desk_outcome *ret_outcome, struct err *err);
/* "is_unclear" */
const char *desk_problem_flag(enum desk_problem problem);

#endif
