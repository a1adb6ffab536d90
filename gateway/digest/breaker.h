/*
 * breaker: when letters to many people of a group come back at once, the cause is a mail server and not the people: the group's letters wait until
 * staff say RESUME.
 *
 * Rule     Counted are people of the group whose letter failed, refused by the relay or sent back, for any reason, within BREAKER_WINDOW_MS. Over
 *          BREAKER_SHARE percent of its members, and at least BREAKER_PEOPLE, trip it: what waits to go to many (digests, notes, announcements) is
 *          put off, what is made meanwhile too; staff are told once; nobody is suspended, and what fails meanwhile is told of no one. RESUME lets go
 *          what waits, and tries again what went to many and failed since BREAKER_WINDOW_MS before it tripped (store/delivery tells the exceptions).
 *          What one person asked for, reviews and alarms go out as ever.
 * Shape    One sealed setting of the practice: a line for each group, "group paused_ms at:person …".
 * Errors   RC_NOT_FOUND  breaker_resume: the group's letters do not wait
 * State    Needs an open transaction, and takes the lock of the audit log in it (store/audit: audit_lock) before what will be written is read;
 *          whoever has written deliveries in that transaction takes the lock before those (mail_role). breaker_is_open only reads.
 */
#ifndef GATEWAY_DIGEST_BREAKER_H
#define GATEWAY_DIGEST_BREAKER_H

#include "gateway/practice/gate.h"
#include "store/audit.h"

#define BREAKER_WINDOW_MS MS_HOUR
#define BREAKER_SHARE 5 /* percent */
#define BREAKER_PEOPLE 3
#define BREAKER_PEOPLE_MAX 40 /* so many are enough for a group of any size */

/* A letter to person, of this group, came back. */
MUST_CHECK enum rc breaker_count(struct gate *gate, struct group_id group, struct person_id person, bool *ret_is_open,
                                 struct err *err);
/* Puts off what was just made for many, when the group's letters wait. */
MUST_CHECK enum rc breaker_hold(struct gate *gate, struct group_id group, struct err *err);
MUST_CHECK enum rc breaker_is_open(struct gate *gate, struct group_id group, bool *ret_is_open, struct err *err);
/* Staff said so: everything that was put off, and what failed, is due at once. ret_letters: how many; may be NULL. */
MUST_CHECK enum rc breaker_resume(struct gate *gate, const struct audit_who *who, struct group_id group,
                                  int64_t *ret_letters, struct err *err);

#endif
