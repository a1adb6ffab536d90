/*
 * lmtp_listen: where mail comes in by LMTP: the socket that the role listens on, and the knock of `doctor`.
 *
 * Shape    "unix:/path" or "127.0.0.1:PORT", "[::1]:PORT". Never beyond this machine: who can connect is believed about proofs of senders
 *          (Authentication-Results). The file of a Unix socket is for its owner and group (0660): in a folder with the set-group-id bit of Postfix's group, Postfix can
 *          write to it and nobody else. A loopback port takes mail from every user of the machine.
 * Errors   RC_INPUT     not of these forms (lmtp_listen_check)
 *          RC_CONFLICT  somebody listens there already; a file that is no socket has the name
 *          RC_TEMP      the system refused (err names what); nobody answers, or not as LMTP (lmtp_knock)
 * State    A socket's file that a dead role left is taken over.
 */
#ifndef GATEWAY_HOME_LMTP_LISTEN_H
#define GATEWAY_HOME_LMTP_LISTEN_H

#include "base/err.h"

#define LMTP_LISTEN_FORMS "unix:PATH, 127.0.0.1:PORT or [::1]:PORT"

MUST_CHECK enum rc lmtp_listen_check(const char *where, struct err *err);
/* A listening descriptor that does not block. */
MUST_CHECK enum rc lmtp_listen(const char *where, int *ret_fd, struct err *err);
/* Takes the socket's file away; nothing for a port. */
void lmtp_unlisten(const char *where);
/* The path of a Unix socket; NULL for a port. */
const char *lmtp_listen_path(const char *where);
/* Connects and waits for the greeting. */
MUST_CHECK enum rc lmtp_knock(const char *where, struct err *err);

#endif
