/*
 * member: what a plain command of a member does, and what leaving, removal and death undo.
 *
 * Shape    inbound/command says what the words mean; one function of a table here does it, in the transaction that stored the letter, with its
 *          audit row and the confirmation to the member.
 *          STOP acts on everything of the practice on that channel; LEAVE on one group. Both, and removal, withdraw what is held and cancel
 *          what is unsent, and staff are told. UNDO gives back exactly what was, for UNDO_DAYS.
 * Rule     HELP and STOP are always confirmed (at most 5 a day), everything else once a day.
 * Errors   RC_NOT_FOUND  no such membership or person
 *          RC_INPUT      the command needs a group and none is known; strength is not COMMAND_SURE
 *          RC_CONFLICT   the membership changed meanwhile (the caller tries the letter again)
 * State    Needs an open transaction, except member_tick.
 */
#ifndef GATEWAY_PEOPLE_MEMBER_H
#define GATEWAY_PEOPLE_MEMBER_H

#include "gateway/practice/gate.h"
#include "inbound/command.h"
#include "store/audit.h"
#include "store/issue.h"
#include "store/membership.h"

struct member_act {
    const struct command *command;
    struct person_id person;
    struct membership_id membership; /* of the group that the letter went to; 0: none is known */
    struct address_id address;       /* it came from, or the one on file */
    struct arrival_id letter;
    struct issue_id issue;       /* whose numbers REPORT n and MORE n mean; 0: unknown */
    int64_t item;                /* by text: what REPORT's number names; 0: unknown */
    struct delivery_id delivery; /* what it answers; 0: unknown */
    const char *in_reply_to;
    bool is_by_text;    /* it came from the phone `address`, and is answered there */
    bool is_unanswered; /* done, and nothing said: a loop */
};

/* ret_is_done is false for what the caller does itself: COMMAND_ANON (a post), COMMAND_MORE (digest_send_more, after the commit), COMMAND_NONE. */
MUST_CHECK enum rc member_command(struct gate *gate, const struct member_act *act, bool *ret_is_done, struct err *err);

enum member_reason {
    MEMBER_REASON_STAFF = 1,
    MEMBER_REASON_MOVED,
    MEMBER_REASON_DIED,
    MEMBER_REASON_RULES,
    MEMBER_REASON_END
};

/* Staff remove a member of one group. MEMBER_REASON_DIED silences everything of the person at once, in every group, on every
 * address nobody else uses. Nothing is written to the person. */
MUST_CHECK enum rc member_remove(struct gate *gate, const struct audit_who *who, struct membership_id membership,
                                 enum member_reason reason, struct err *err);

/* Ends pauses whose time has come. Opens its own transactions. */
/* "Your pause ends soon", a day before it does (JOB_PAUSE_ENDS). A pause that was made longer meanwhile is told of later, one that has ended not
 * at all. Needs an open transaction. */
MUST_CHECK enum rc member_pause_ends(struct gate *gate, struct membership_id id, struct err *err);
MUST_CHECK enum rc member_tick(struct gate *gate, size_t *ret_did, struct err *err);

#endif
