/*
 * outbox: from one delivery to the bytes of that person's copy.
 *
 * Shape    Finds the rendering (of an issue: the newest, made on first use), resolves the slots for this reader (name, tokens, "You wrote"), the
 *          headers (Reply-To, List-Unsubscribe, envelope sender, thread) and fills a wire. Loaded renderings are kept: OUTBOX_KEPT of
 *          them, so that memory does not grow with the group.
 *            envelope   slug+BOUNCE@domain, <> for answers; slug@domain where the relay does not keep it (bounces = message-id)
 *                 To         the one address of the delivery
 *            threads    a comment's copy follows this person's own copy of the opener, if they got one
 * Errors   RC_NOT_FOUND  nothing may or need be sent any more: suppressed, died, everything in the issue was withdrawn. Drop it
 *          RC_INPUT, RC_LIMIT, RC_CORRUPT  this copy cannot be made: give up and tell staff
 *          RC_TEMP       the store: try later
 * State    One outbox per process. It may write a rendering in a transaction of its own; none may be open.
 */
#ifndef GATEWAY_SEND_OUTBOX_H
#define GATEWAY_SEND_OUTBOX_H

#include "gateway/practice/gate.h"
#include "mailer/serial.h"
#include "store/delivery.h"

#define OUTBOX_KEPT 8

struct outbox;
struct outbox *outbox_new(struct gate *gate);
void outbox_free(struct outbox **outbox);

MUST_CHECK enum rc outbox_fill(struct outbox *outbox, const struct delivery *d, struct wire *wire, struct err *err);
/* The same, and writes down in *d which rendering it took, the copy's Date and hash: what delivery_record keeps. */
MUST_CHECK enum rc outbox_fill_noting(struct outbox *outbox, struct delivery *d, struct wire *wire, struct err *err);
/* The copy that was sent, made again from its rendering and its Date, whatever holds for the address today. The hash tells whether it is the
 * same to the byte: a name, an address or a key may have changed since. RC_NOT_FOUND: nothing was sent, or its rendering is erased. */
MUST_CHECK enum rc outbox_refill(struct outbox *outbox, const struct delivery *d, struct wire *wire, bool *ret_is_same,
                                 struct err *err);

/* The copy as the whole group got it, for an archive: addressed to the group, without anybody's tokens or name. RC_NOT_FOUND as above. */
MUST_CHECK enum rc outbox_show(struct outbox *outbox, const struct delivery *d, struct wire *wire, struct err *err);

#endif
