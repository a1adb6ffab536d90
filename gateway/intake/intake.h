/*
 * intake: takes one raw message from a descriptor into a sealed arrival, before anybody outside is told that we have it.
 *
 * Shape    Bytes are streamed as they come; nobody holds a whole message. Whose it is, the recipient's domain says. Where the transport tells no
 *          recipient (a Maildir), the fields say that a delivering server wrote on top: Delivered-To, X-Original-To, Envelope-To,
 *          X-Envelope-To; then To and Cc; then, in a home of one practice, it is that one's. Over the size limit only the beginning is kept and the arrival
 *          is marked: it is parked for staff, never refused.
 * Units    received_ms is the clock port's.
 * Errors   RC_NOT_FOUND  no recipient in a domain of ours (nothing was stored)
 *          RC_TEMP, RC_UNCERTAIN  nothing is certain to be on disk: the other side must send again
 * State    Needs no keys: an arrival is sealed to the installation's public key. Opens its own transactions; none may be open.
 */
#ifndef GATEWAY_INTAKE_INTAKE_H
#define GATEWAY_INTAKE_INTAKE_H

#include "gateway/home/home.h"
#include "store/arrival.h"

#define INTAKE_HEAD_BYTES ((size_t)64 << 10) /* of which the fields on top are read */
#define INTAKE_RECIPIENTS_MAX 64

struct intake {
    enum arrival_source source;
    const char *from, *to;  /* envelope; NULL: the transport tells none */
    const char *source_key; /* names the message at its source; NULL: nothing does */
};

struct intake_result {
    struct practice_id practice;
    struct arrival_id arrival;
    bool is_duplicate; /* it was here before: nothing new was stored */
    int64_t bytes;
};

MUST_CHECK enum rc intake_take(struct home *home, const struct intake *intake, int fd, struct intake_result *ret_result,
                               struct err *err);

/* Whose the message is by the fields on top of it; stores nothing. RC_NOT_FOUND: nobody's. */
MUST_CHECK enum rc intake_whose(struct home *home, int fd, struct practice_id *ret_practice, struct err *err);

/* What the fields on top of a message tell about its envelope: bare addresses in the form of text_address_in. */
struct intake_head {
    const char *return_path; /* NULL: no such field; "" is <> */
    const char *recipients[INTAKE_RECIPIENTS_MAX];
    size_t recipient_count; /* most certain first */
    size_t delivered_count; /* of them, those that the delivering server wrote */
};
void intake_read_head(const char *bytes, size_t n, struct arena *mem, struct intake_head *ret_head);

#endif
