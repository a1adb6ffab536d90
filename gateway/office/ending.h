/*
 * ending: a group's last day.
 *
 * Shape    The group is ended at once, and from then on nothing of it is released. What is held goes back to its authors as not sent, however
 *          much it is, and then one closing letter goes to every member who may be written to. Both in batches: a transaction each, with how
 *          far it has come (a note's state; store/goodbye), so that nobody is missed and nobody gets two whenever it stops.
 *          Later posts are refused kindly by the sorter, from group.state. Members stay on the roster, for the record.
 * Errors   RC_NOT_FOUND  no such group   RC_CONFLICT  it has ended already
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_OFFICE_ENDING_H
#define GATEWAY_OFFICE_ENDING_H

#include "gateway/practice/gate.h"
#include "store/audit.h"
#include "store/group.h"

/* ret_letters: how many closing letters there will be. message: a line of the practice's own for the closing letter; NULL none. */
MUST_CHECK enum rc ending_close(struct gate *gate, const struct audit_who *who, struct group_id group,
                                const char *message, int64_t *ret_letters, struct err *err);
/* Job JOB_GOODBYE: one batch of notes given back, or of closing letters; sets the job again while there are more. RC_NOT_FOUND: the group has not ended. */
MUST_CHECK enum rc ending_letters(struct gate *gate, struct group_id group, struct err *err);
/* Job JOB_GROUP_END: the end date has passed. Clears the job. */
MUST_CHECK enum rc ending_close_due(struct gate *gate, struct group_id group, struct err *err);

#endif
