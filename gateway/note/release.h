/*
 * release: the decisions that let a note out: OK, OK CUT, EDIT, FIX.
 *
 * Rule     The one road to the group. Nothing is published without its row in `review` and its row in the audit log, in one transaction; tier 0
 *          and 1, and groups that say so, need two different people (or solo_release, review.h).
 * Errors   RC_INPUT, RC_DENIED  refused: d->out->problem says why, nothing was written
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_NOTE_RELEASE_H
#define GATEWAY_NOTE_RELEASE_H

#include "gateway/note/deciding.h"

MUST_CHECK enum rc release_ok(struct deciding *d, struct err *err);
MUST_CHECK enum rc release_ok_cut(struct deciding *d, struct err *err);
/* Taking words away releases; other words go to the author for YES. */
MUST_CHECK enum rc release_edit(struct deciding *d, struct err *err);
/* Held: the note of the care team is bound and the note is released with it. Published: the correction goes out once. */
MUST_CHECK enum rc release_fix(struct deciding *d, struct err *err);

/* UNDO of a release that nobody has got yet: the note waits again. */
MUST_CHECK enum rc release_undo(struct deciding *d, struct err *err);

#endif
