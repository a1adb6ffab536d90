#include "base/pki.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

struct chain {
    gnutls_x509_crt_t certs[PKI_CERTS_MAX];
    unsigned count;
};

static void chain_done(struct chain *chain)
{
    while (chain->count)
        gnutls_x509_crt_deinit(chain->certs[--chain->count]);
}

static void trust_done(gnutls_x509_trust_list_t *trust)
{
    if (*trust)
        gnutls_x509_trust_list_deinit(*trust, 1);
}

static enum rc read_chain(const struct pki_cert *certs, size_t count, struct chain *chain, struct err *err)
{
    if (!count || count > PKI_CERTS_MAX)
        return err_set(err, RC_DENIED, "the server showed %zu certificates", count);
    for (size_t i = 0; i < count; i++) {
        const gnutls_datum_t der = { (unsigned char *)certs[i].der, (unsigned)certs[i].n };

        if (gnutls_x509_crt_init(&chain->certs[i]) < 0)
            abort();
        chain->count++;
        if (gnutls_x509_crt_import(chain->certs[i], &der, GNUTLS_X509_FMT_DER) < 0)
            return err_set(err, RC_DENIED, "certificate %zu of the server cannot be read", i);
    }
    return RC_OK;
}

static enum rc read_trust(const char *ca_file, gnutls_x509_trust_list_t *trust, struct err *err)
{
    int n;

    if (gnutls_x509_trust_list_init(trust, 0) < 0)
        abort();
    n = ca_file ? gnutls_x509_trust_list_add_trust_file(*trust, ca_file, NULL, GNUTLS_X509_FMT_PEM, 0, 0)
                : gnutls_x509_trust_list_add_system_trust(*trust, 0, 0);
    return n > 0 ? RC_OK : err_set(err, RC_INPUT, "no trusted certificate can be read from the CA file");
}

static const char *why(unsigned status)
{
    if (status & GNUTLS_CERT_UNEXPECTED_OWNER)
        return "is for another host";
    if (status & (GNUTLS_CERT_EXPIRED | GNUTLS_CERT_NOT_ACTIVATED))
        return "has expired or is not valid yet";
    if (status & GNUTLS_CERT_SIGNER_NOT_FOUND)
        return "is not signed by a trusted authority";
    if (status & GNUTLS_CERT_REVOKED)
        return "was revoked";
    return "is not valid for this use";
}

enum rc pki_check_chain(const struct pki_cert *certs, size_t count, const char *host, const char *ca_file,
                        struct err *err)
{
    CLEANUP(chain_done) struct chain chain = { .count = 0 };
    CLEANUP(trust_done) gnutls_x509_trust_list_t trust = NULL;
    gnutls_typed_vdata_st asked[] = {
        { GNUTLS_DT_DNS_HOSTNAME, (unsigned char *)host, 0 },
        { GNUTLS_DT_KEY_PURPOSE_OID, (unsigned char *)GNUTLS_KP_TLS_WWW_SERVER, 0 },
    };
    unsigned status = 0;
    enum rc rc = read_chain(certs, count, &chain, err);

    if (!rc)
        rc = read_trust(ca_file, &trust, err);
    if (rc)
        return rc;
    if (gnutls_x509_trust_list_verify_crt2(trust, chain.certs, chain.count, asked, COUNT_OF(asked), 0, &status, NULL) <
        0)
        return err_set(err, RC_DENIED, "the server's certificate cannot be checked");
    return status ? err_set(err, RC_DENIED, "the server's certificate %s", why(status)) : RC_OK;
}

static void key_done(gnutls_privkey_t *key)
{
    if (*key)
        gnutls_privkey_deinit(*key);
}

enum rc pki_sign_rs256(const char *pem, const void *bytes, size_t n, struct arena *mem, void **ret_signature,
                       size_t *ret_n, struct err *err)
{
    CLEANUP(key_done) gnutls_privkey_t key = NULL;
    const gnutls_datum_t text = { (unsigned char *)(uintptr_t)pem, (unsigned)strlen(pem) };
    const gnutls_datum_t data = { (unsigned char *)(uintptr_t)bytes, (unsigned)n };
    gnutls_datum_t signature;

    if (gnutls_privkey_init(&key) < 0)
        abort();
    if (gnutls_privkey_import_x509_raw(key, &text, GNUTLS_X509_FMT_PEM, NULL, 0) < 0 ||
        gnutls_privkey_get_pk_algorithm(key, NULL) != GNUTLS_PK_RSA)
        return err_set(err, RC_INPUT, "the key file holds no private key of RSA");
    if (gnutls_privkey_sign_data2(key, GNUTLS_SIGN_RSA_SHA256, 0, &data, &signature) < 0)
        return err_set(err, RC_INPUT, "the private key cannot sign");
    *ret_signature = arena_alloc(mem, signature.size);
    memcpy(*ret_signature, signature.data, signature.size);
    *ret_n = signature.size;
    gnutls_free(signature.data);
    return RC_OK;
}
