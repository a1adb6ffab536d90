/*
 * mail_relay: the relay of a practice, with this machine's secrets and certificates.
 *
 * Owns     Settings: strings live as long as mem, the gate and its home. The transport is the caller's.
 * Errors   Those of mailer/relay.
 * State    None.
 */
#ifndef GATEWAY_PRACTICE_MAIL_RELAY_H
#define GATEWAY_PRACTICE_MAIL_RELAY_H

#include "gateway/practice/gate.h"
#include "mailer/relay.h"

struct relay_settings mail_relay_settings(const struct gate *gate, struct arena *mem);
MUST_CHECK enum rc mail_relay(const struct gate *gate, struct transport *ret_relay, struct err *err);

#endif
