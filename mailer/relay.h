/*
 * relay: from a relay's URL to the transport that serves it.
 *
 * Shape    maildir:PATH                            one Maildir
 *          maildir-each:PATH                       PATH/ADDRESS/Maildir for each recipient (the demo)
 *          smtp://127.0.0.1[:25]                   a relay on this host, in clear text; localhost too
 *          smtps://[USER@]HOST[:465]               TLS from the first byte
 *          smtp+starttls://[USER@]HOST[:587]       STARTTLS, required
 *          USER may hold an @: the last one separates. The password comes from password_file alone: its first line. With oauth an access
 *          token takes its place (XOAUTH2), which is fetched by transport_open.
 * Units    timeout_ms for each answer of the relay.
 * Owns     The transport is the caller's: transport_free.
 * Errors   RC_INPUT  no such URL; clear text to a host that is not this one; a user without a password file or token settings, or a file
 *                    that others may read (err says which, and holds no secret)
 * State    Sets SIGPIPE to ignored in the process.
 */
#ifndef MAILER_RELAY_H
#define MAILER_RELAY_H

#include "base/oauth.h"
#include "mailer/transport.h"

#define RELAY_TIMEOUT_MS (60 * 1000)

struct relay_settings {
    const char *url;
    const char *password_file; /* NULL when the URL names no user */
    const struct oauth *oauth; /* where an access token comes from; NULL: no such place */
    const char *ca_file;       /* PEM; NULL: the system's trust store */
    const char *helo;          /* our name to a local relay; NULL: localhost.localdomain */
    int64_t timeout_ms;        /* 0: RELAY_TIMEOUT_MS */
};

/* Is it such a URL, whose words could be sent safely? Files are not looked at. */
MUST_CHECK enum rc relay_check(const char *url, struct err *err);
MUST_CHECK enum rc relay_transport(const struct relay_settings *settings, struct transport *ret_transport,
                                   struct err *err);

#endif
