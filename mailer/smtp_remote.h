/*
 * smtp_remote: a transport to a relay elsewhere, always under TLS.
 *
 * Shape    SMTP_TLS_IMPLICIT is port 465's way, SMTP_TLS_STARTTLS that of 587; a relay that does not offer STARTTLS is refused. The certificate is
 *          checked between the handshake and AUTH: no secret goes to a host that is not proven. The strongest offered of
 *          SCRAM-SHA-256, SCRAM-SHA-1, PLAIN, LOGIN is used, once; or XOAUTH2 with an access token, which is fetched for the first session, used as
 *          long as it lives, and fetched anew once when the relay refuses it. The session stays open between batches until close.
 * Units    timeout_ms for connecting and for each answer, in whole seconds, at least one.
 * Errors   As in transport.h; RC_INPUT from open when ca_file or a file of the token settings cannot be read. A token that is refused, by its
 *          endpoint or by the relay, is RC_DENIED: never a recipient's failure.
 * Owns     The transport, until transport_free, which wipes password and token. Texts are copied.
 * State    One session. Expects SIGPIPE to be ignored (relay_transport sees to it).
 * Source   RFC 5321, 3207, 4954, 8314; https://developers.google.com/gmail/imap/xoauth2-protocol. What libetpan needs from us: top of smtp_remote.c.
 */
#ifndef MAILER_SMTP_REMOTE_H
#define MAILER_SMTP_REMOTE_H

#include "base/oauth.h"
#include "mailer/transport.h"

enum smtp_tls { SMTP_TLS_IMPLICIT, SMTP_TLS_STARTTLS };

struct smtp_remote_settings {
    const char *host;
    int port;
    enum smtp_tls tls;
    const char *user; /* NULL: no AUTH */
    const char *password;
    const struct oauth *oauth; /* with user, instead of the password; NULL: none */
    const char *ca_file;       /* NULL: the system's trust store */
    int64_t timeout_ms;
};

struct transport smtp_remote_transport(const struct smtp_remote_settings *settings);

#endif
