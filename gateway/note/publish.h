/*
 * publish: sends what was released: single mails to those who read each note, announcements to their audience, corrections.
 *
 * Shape    publish_post follows post_publish in the same transaction. Members of rhythm `each` get the note as a mail of its own, in one
 *          thread per conversation (their own thread of Message-IDs); the author does not get a copy of their own words, their digest says
 *          "You wrote". An announcement goes to its whole audience at once, whatever their rhythm, and stands on top of the next digest of
 *          those who have not got it by then.
 *          The first PUBLISH_INLINE_MAX copies go into the outbox in the caller's transaction; the rest of a large group follows in pages
 *          of DELIVERY_PAGE_MAX, a transaction each (publish_tick). A crash between pages doubles nobody: a delivery's Message-ID is unique.
 *          A FIX between two pages: who has a copy gets a letter of correction, the rest a copy that holds the note. A withdrawal ends it.
 * Errors   RC_CONFLICT  the post is not published
 * State    publish_post, publish_correction and publish_withdrawal need an open transaction; publish_tick opens its own.
 */
#ifndef GATEWAY_NOTE_PUBLISH_H
#define GATEWAY_NOTE_PUBLISH_H

#include "gateway/practice/gate.h"
#include "store/post.h"

#define PUBLISH_INLINE_MAX 500

MUST_CHECK enum rc publish_post(struct gate *gate, const struct post *post, struct err *err);
/* After FIX: the post carries a note now. Unsent digests take it in; who was sent the post already gets a letter of correction. */
MUST_CHECK enum rc publish_correction(struct gate *gate, const struct post *post, struct err *err);
/* After a withdrawal or removal of a published post: unsent copies are cancelled and unsent digests are rendered again without it. */
MUST_CHECK enum rc publish_withdrawal(struct gate *gate, const struct post *post, struct err *err);
/* Goes on with large fan-outs. ret_did counts the copies. */
MUST_CHECK enum rc publish_tick(struct gate *gate, size_t *ret_did, struct err *err);

#endif
