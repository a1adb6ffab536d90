/*
 * tls_check: whether a chain of certificates proves that the other side is the host we meant. The only file of mailer/ with GnuTLS.
 *
 * Shape    certs[0] is the host's own certificate, DER; at most TLS_CHECK_CERTS_MAX.
 * Errors   RC_DENIED  the chain does not lead to a trusted authority, has expired, is for another name or another use
 *          RC_INPUT   ca_file cannot be read
 * Source   RFC 6125; the system's trust store, or ca_file (PEM) in its stead.
 */
#ifndef MAILER_TLS_CHECK_H
#define MAILER_TLS_CHECK_H

#include "base/err.h"

#define TLS_CHECK_CERTS_MAX 16

struct tls_check_cert {
    const void *der;
    size_t n;
};

MUST_CHECK enum rc tls_check_chain(const struct tls_check_cert *certs, size_t count, const char *host,
                                   const char *ca_file, struct err *err);

#endif
