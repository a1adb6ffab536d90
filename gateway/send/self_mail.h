/*
 * self_mail: one mail to ourselves, to see whether and how it arrives.
 *
 * Shape    From the practice's desk address, through its relay, at once: not through the outbox. ret_message_id: left@domain.
 * Errors   RC_DENIED  the relay does not take it   else those of mailer/transport and of the serializer
 * Owns     *ret_message_id lives in mem.
 * State    No transaction may be open.
 */
#ifndef GATEWAY_SEND_SELF_MAIL_H
#define GATEWAY_SEND_SELF_MAIL_H

#include "gateway/practice/gate.h"

struct self_mail {
    const char *to, *envelope_sender; /* "" is <> */
};

MUST_CHECK enum rc self_mail_send(struct gate *gate, const struct self_mail *mail, struct arena *mem,
                                  const char **ret_message_id, struct err *err);

#endif
