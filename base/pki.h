/*
 * pki: certificates and keys: whether a chain proves that the other side is the host we meant, and signatures with a private key. The only file of base/ with GnuTLS.
 *
 * Shape    certs[0] is the host's own certificate, DER; at most PKI_CERTS_MAX. A private key is PEM (PKCS #8 or #1); the signature is RSA with SHA-256 (RS256).
 * Errors   RC_DENIED  the chain does not lead to a trusted authority, has expired, is for another name or another use
 *          RC_INPUT   ca_file cannot be read; it is no private key of RSA
 * Source   RFC 6125; the system's trust store, or ca_file (PEM) in its stead.
 */
#ifndef BASE_PKI_H
#define BASE_PKI_H

#include "base/arena.h"
#include "base/err.h"

#define PKI_CERTS_MAX 16

struct pki_cert {
    const void *der;
    size_t n;
};

MUST_CHECK enum rc pki_check_chain(const struct pki_cert *certs, size_t count, const char *host, const char *ca_file,
                                   struct err *err);
MUST_CHECK enum rc pki_sign_rs256(const char *pem, const void *bytes, size_t n, struct arena *mem, void **ret_signature,
                                  size_t *ret_n, struct err *err);

#endif
