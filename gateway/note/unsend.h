/*
 * unsend: takes back a note that was released and that nobody has got yet.
 *
 * Shape    Copies in the outbox are cancelled, open issues are rendered again without it, and the note is held again (staff's UNDO) or withdrawn
 *          (its author has gone). Once one copy has left or is leaving, it cannot be taken back: then staff have FIX.
 * Rule     An approved note that will not be sent tells its author and staff (promise 4).
 * Errors   RC_CONFLICT  it is not published, or somebody has it
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_NOTE_UNSEND_H
#define GATEWAY_NOTE_UNSEND_H

#include "gateway/note/undoing.h"
#include "gateway/practice/gate.h"
#include "store/audit.h"
#include "store/post.h"

/* post is as it is stored, and becomes as it is then: POST_HELD with a reminder, or POST_WITHDRAWN. */
MUST_CHECK enum rc unsend_post(struct gate *gate, struct post *post, enum post_state to, struct err *err);

enum unsend_why { UNSEND_AUTHOR_LEFT, UNSEND_AUTHOR_REMOVED, UNSEND_GROUP_ENDED, UNSEND_ALL_REFUSED };

/* "A note of yours with an OK will not be sent, and why": to staff, and to the author unless they chose to go. Audits it. */
MUST_CHECK enum rc unsend_tell(struct gate *gate, const struct audit_who *who, const struct post *post,
                               enum unsend_why why, struct err *err);
/* Everything released of an author that nobody has got: withdrawn and told. group 0: wherever it is. undo: noted as held, so that UNDO gives
 * it back to review; may be NULL. *n counts up. */
MUST_CHECK enum rc unsend_all_of(struct gate *gate, const struct audit_who *who, struct person_id author,
                                 struct group_id group, enum unsend_why why, struct undoing *undo, int64_t *n,
                                 struct err *err);
/* After a relay refused a copy of a single: when nobody has the note, none is under way, and no digest will carry it, that is told. */
MUST_CHECK enum rc unsend_check_refused(struct gate *gate, struct post_id post, struct err *err);

#endif
