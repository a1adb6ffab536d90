/*
 * postfix: what a Postfix on this host would do with mail to a domain: asked of its own programs, postconf and postmap.
 *
 * Shape    The level of TLS to where the domain's mail goes next: its entry in transport_maps, else the relayhost, else its MX. A level of
 *          secure, verify, fingerprint or dane-only sends nothing to a server that is not proved; the first two not by "hostname", the name that
 *          unsigned DNS gave, unless the hop is "[host]". Another host that mail is handed on to must keep
 *          the same: that is told by *ret_hands_on.
 * Errors   RC_NOT_FOUND  no Postfix that answers
 * State    Runs programs; MAIL_CONFIG names another configuration, as Postfix has it.
 * Source   postconf(5): smtp_tls_security_level, smtp_tls_policy_maps, transport_maps, relayhost; TLS_README, "TLS policy table".
 */
#ifndef GATEWAY_CLI_POSTFIX_H
#define GATEWAY_CLI_POSTFIX_H

#include "base/arena.h"
#include "base/err.h"

MUST_CHECK enum rc postfix_proves_tls(const char *domain, struct arena *mem, bool *ret_proves, bool *ret_hands_on,
                                      struct err *err);

#endif
