/*
 * leave: how a membership ends: STOP, LEAVE, removal by staff, death. What all four have in common stands here once.
 *
 * Shape    Ending a membership withdraws what its person holds in that group, cancels what is unsent, withdraws the consents and the waiting
 *          invitation, and writes the audit row. With `undo` everything is noted first, so that UNDO gives it back.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_PEOPLE_LEAVE_H
#define GATEWAY_PEOPLE_LEAVE_H

#include "gateway/note/undoing.h"
#include "store/audit.h"

struct leave {
    struct audit_who who;
    enum audit_verb verb; /* AUDIT_MEMBER_LEFT, _STOPPED, _REMOVED */
    enum member_state to; /* MEMBER_LEFT or MEMBER_REMOVED */
    int64_t evidence_id;  /* the letter, or 0 */
    const char *evidence; /* "STOP" */
    struct undoing *undo; /* NULL: for good */
    int64_t withdrawn;    /* posts, counted */
};

/* One membership. One that has ended already is passed over. */
MUST_CHECK enum rc leave_group(struct gate *gate, struct leave *leave, const struct membership *m, struct err *err);
/* Everything of a person: every membership, what waits without a group, unsent mail, consent of staff. */
MUST_CHECK enum rc leave_all(struct gate *gate, struct leave *leave, const struct person *person, struct err *err);
/* Closes the person's email addresses that nobody else living uses. */
MUST_CHECK enum rc leave_addresses(struct gate *gate, struct leave *leave, const struct person *person,
                                   enum suppression_reason reason, struct err *err);

#endif
