/*
 * meeting: the meeting that Zoom keeps for a visit whose link is VIDEO_LINK: made, moved, deleted as the visit is; each member who has agreed is
 * registered and gets a link of their own; afterwards Zoom is asked who took part. A practice without an account has none of this.
 *
 *            wanted, none there ── create ──→ there ── the visit moved ── update
 *                                              │ a member agreed ── register ──→ their copy with their link
 *                                              │ a member left ── unregister
 *                                              ├─ cancelled, or another link ── delete
 *                                              └─ over, and AFTER_MS later ── participants ──→ attendance, by the registrant's id, never by a name
 *
 * Shape    meeting_tick looks at one visit that is due, and makes at most MEETING_STEPS requests, within MEETING_TURN_MS of real time: what is
 *          left goes with the next turn, and what else the clock role owes waits no longer than that. Each one's outcome is written before the next. A crash
 *          between a request and its row: a meeting may stand there that nobody has a link to; a registrant is registered again, which gives the same.
 * Rule     What goes to Zoom is the neutral title, times, the name that the group knows, and an address of ours for each registrant: the UID of their copy.
 *          After 429 nothing is asked before the time that Zoom names. What fails is tried later and later, an hour apart at most.
 * Errors   Those of the store. What Zoom does not do stands in the row (`postcircle doctor` tells).
 * State    meeting_tick opens its own transactions: no request is made inside one. The others need an open one.
 */
#ifndef GATEWAY_VISIT_MEETING_H
#define GATEWAY_VISIT_MEETING_H

#include "gateway/practice/gate.h"
#include "mailer/zoom.h"
#include "store/video.h"

#define MEETING_STEPS 20
#define MEETING_TURN_MS (6 * MS_SECOND) /* none is begun in its second half; the token has the first */
#define MEETING_AFTER_MS (15 * MS_MINUTE)

/* RC_NOT_FOUND: the practice has no account. */
MUST_CHECK enum rc meeting_account(struct gate *gate, struct arena *mem, struct zoom_account *ret, struct err *err);
/* After a visit was planned or changed. */
MUST_CHECK enum rc meeting_set(struct gate *gate, const struct visit *visit, struct err *err);
/* A part of the clock role: *ret_did 1 when there was one to look at. */
MUST_CHECK enum rc meeting_tick(struct gate *gate, size_t *ret_did, struct err *err);

#endif
