/*
 * undone: a member says UNDO: what gateway/note/undoing noted is put back as it was; what staff changed since stays as staff left it.
 *
 * Errors   RC_NOT_FOUND  nothing to undo
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_PEOPLE_UNDONE_H
#define GATEWAY_PEOPLE_UNDONE_H

#include "gateway/practice/gate.h"
#include "store/audit.h"
#include "store/membership.h"

struct undone {
    const char *command;             /* what was undone; lives in mem */
    struct membership_id membership; /* one that it was about; 0: none */
    bool is_back;                    /* somebody who had left or stopped is a member again */
};
MUST_CHECK enum rc undone_restore(struct gate *gate, const struct audit_who *who, struct person_id person,
                                  int64_t letter, struct arena *mem, struct undone *ret_undone, struct err *err);

#endif
