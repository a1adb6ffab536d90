/*
 * smtp_local: a transport to an SMTP relay on this very host, in clear text: the usual local Postfix.
 *
 * Shape    Each batch is one pipelined session (libesmtp). open only remembers; send connects.
 * Units    timeout_ms for each answer; the answer to the final dot may take five times as long.
 * Errors   As in transport.h. A host that is not this one never gets here: mailer/relay.c refuses it.
 * Owns     The transport, until transport_free. Texts are copied.
 * State    None between batches. Expects SIGPIPE to be ignored (relay_transport sees to it).
 * Source   RFC 5321, RFC 2920. What libesmtp needs from us: top of smtp_local.c.
 */
#ifndef MAILER_SMTP_LOCAL_H
#define MAILER_SMTP_LOCAL_H

#include "mailer/transport.h"

struct smtp_local_settings {
    const char *host; /* 127.0.0.1 or localhost */
    int port;
    const char *helo; /* our own name */
    int64_t timeout_ms;
};

struct transport smtp_local_transport(const struct smtp_local_settings *settings);

#endif
