/*
 * digest: closes a group's issues at its local hour, gives every reader a delivery, and renders what they read.
 *
 * Shape    An issue closes at the group's minute (daily, or weekly on its weekday) if a reader of that rhythm has something to read. Each reader
 *          gets what was published after their own cursor, up to the close: who joins, resumes or changes rhythm misses nothing and reads
 *          nothing twice. A delivery is due at the reader's next chosen minute, at most 24 h later. Nothing to say: nothing is sent.
 *
 *          What a group approved before it ended is still sent at its hour.
 *
 *          Deliveries hold no rendering: the mail role takes the newest when it fills one (digest_rendering), so that a note, a withdrawal or
 *          a removal reaches everybody whose letter has not left. A rendering is made on first use, once per (language, format, version,
 *          cursor, audience, part), and stored.
 *
 *          What is over DIGEST_PART_BYTES stands in the next part, which MORE asks for (digest_send_more).
 * Cursors  A member's cursor rises when the relay has accepted the letter (store/delivery), not when it is queued. What was cancelled, refused or
 *          withdrawn from the outbox is therefore in the next issue; what is queued and unsent is counted when an issue closes, so
 *          overlapping issues repeat nothing.
 * Errors   RC_NOT_FOUND  nothing to read
 * State    digest_tick and digest_close open their own transactions, digest_rendering may; none may be open. digest_send_more needs one.
 */
#ifndef GATEWAY_DIGEST_DIGEST_H
#define GATEWAY_DIGEST_DIGEST_H

#include "gateway/practice/gate.h"
#include "inbound/place.h"
#include "store/delivery.h"
#include "store/group.h"
#include "store/issue.h"
#include "store/membership.h"

#define DIGEST_PART_BYTES ((size_t)70 << 10) /* estimated; the mail stays under 90 KB */
#define DIGEST_POSTS_MAX 2000

/* Closes what is due and goes on with fan-outs. ret_did counts issues closed and copies made. */
MUST_CHECK enum rc digest_tick(struct gate *gate, size_t *ret_did, struct err *err);
/* When the next issue of any open group closes; INT64_MAX for no group. */
MUST_CHECK enum rc digest_next_close(struct gate *gate, int64_t *ret_ms, struct err *err);
/* Closes an issue now, whatever the hour, and makes all its deliveries. RC_NOT_FOUND when nobody has anything to read. */
MUST_CHECK enum rc digest_close(struct gate *gate, struct group_id group, enum member_rhythm rhythm,
                                struct issue *ret_issue, struct err *err);

/* One rendering of an issue: found, or made and stored. RC_NOT_FOUND when it would be empty. */
MUST_CHECK enum rc digest_rendering(struct gate *gate, const struct issue *issue, const struct mailing_rendering *which,
                                    struct arena *mem, struct mailing *ret_mailing, struct err *err);
/* RC_OK when that part says something, RC_NOT_FOUND when it would be empty. */
MUST_CHECK enum rc digest_has_part(struct gate *gate, const struct issue *issue, const struct mailing_rendering *which,
                                   struct arena *mem, struct err *err);
/* The tags of the tagged announcements in a range, and which of them a reader may see (mailing.audience). */
MUST_CHECK enum rc digest_tags(struct gate *gate, const struct issue *issue, int64_t from_seq, struct arena *mem,
                               const char ***ret_tags, size_t *ret_n, struct err *err);
MUST_CHECK enum rc digest_audience(struct gate *gate, struct membership_id reader, const char *const *tags, size_t n,
                                   struct arena *mem, int64_t *ret_audience, struct err *err);

/* MORE: queues the next part of that letter, in the open transaction. RC_NOT_FOUND when there is none, RC_CONFLICT when it went out. */
MUST_CHECK enum rc digest_send_more(struct gate *gate, const struct delivery *after, struct err *err);

/* What a delivery showed, for placing a reply: every numbered conversation with the lines that we printed. A single mail has one item. */
MUST_CHECK enum rc digest_items(struct gate *gate, const struct delivery *d, struct arena *mem,
                                struct place_item **ret_items, size_t *ret_n, struct err *err);
/* The conversation behind an item's own address. */
MUST_CHECK enum rc digest_item_conversation(struct gate *gate, const struct delivery *d, int ordinal,
                                            struct conversation_id *ret_conversation, struct err *err);

/* What the next issue would say to a reader of that rhythm, as text. */
MUST_CHECK enum rc digest_preview(struct gate *gate, struct group_id group, enum member_rhythm rhythm,
                                  enum person_language language, struct arena *mem, char **ret_text, struct err *err);

/* An issue that is not stored, with these items, as text. */
MUST_CHECK enum rc digest_show(struct gate *gate, const struct issue *issue, const struct issue_item *items,
                               size_t item_count, enum person_language language, struct arena *mem, char **ret_text,
                               struct err *err);

#endif
