/*
 * sms_sign: did a call to our web hook come from the provider? The only file of mailer/ that includes sodium.h and gnutls/.
 *
 * Shape    The body is the raw bytes as they came; url is the public URL of the hook as *we* are set up (scheme, host, path), with the
 *          query as it came behind it: never built from Host or X-Forwarded headers. Headers in any case; one that a check reads and
 *          that comes twice proves nothing.
 *          keys, by verifier:
 *            SMS_SIGN_TWILIO   auth token (SignalWire: signing key)
 *            SMS_SIGN_TELNYX   public key, Base64
 *            SMS_SIGN_PLIVO    auth token; V3 where its headers are there, else V2, which does not cover the body
 *            SMS_SIGN_VONAGE   md5hash, hmac-md5, hmac-sha1 or hmac-sha256; signature secret
 *            SMS_SIGN_TOKEN    name of the parameter in the query; what it must hold
 *            SMS_SIGN_BASIC    user; password (Bandwidth, which signs nothing)
 * Units    now_ms is UTC milliseconds since 1970
 * Errors   RC_OK      it is the provider's
 *          RC_DENIED  missing, wrong, twice, or more than SMS_SIGN_SKEW_S seconds from now_ms: answer 403, count, keep nothing
 *          RC_LIMIT   over SMS_SIGN_BODY_MAX bytes, or over SMS_SIGN_PAIRS_MAX parameters
 *          RC_INPUT   our own keys are missing or malformed: nothing is accepted, tell the operator
 *          Messages name the check, never a value. Comparisons take the same time whatever differs.
 *          Replays within the time, or of schemes without one, are for the caller to see by the provider's message id.
 * State    None.
 * Source   Twilio "webhooks security", Telnyx "webhook signing", Plivo "signature validation" V2 and V3, Vonage "signing messages"
 */
#ifndef MAILER_SMS_SIGN_H
#define MAILER_SMS_SIGN_H

#include "base/arena.h"
#include "base/err.h"

#define SMS_SIGN_BODY_MAX ((size_t)64 << 10)
#define SMS_SIGN_PAIRS_MAX 256
#define SMS_SIGN_SKEW_S 300
#define SMS_SIGN_KEYS_MAX 2

enum sms_verifier {
    SMS_SIGN_TWILIO,
    SMS_SIGN_TELNYX,
    SMS_SIGN_PLIVO,
    SMS_SIGN_VONAGE,
    SMS_SIGN_TOKEN,
    SMS_SIGN_BASIC,
    SMS_VERIFIER_COUNT
};

struct sms_header {
    const char *name, *value;
};

struct sms_hook {
    const char *method; /* GET or POST */
    const char *url;
    const struct sms_header *headers;
    size_t header_count;
    const void *body;
    size_t body_len;
    int64_t now_ms;
};

/* "hmac-twilio", "ed25519-telnyx", "hmac-plivo", "sig-vonage", "token", "basic". */
const char *sms_verifier_name(enum sms_verifier verifier);
/* How many keys it takes. */
size_t sms_verifier_keys(enum sms_verifier verifier);

MUST_CHECK enum rc sms_sign_check(enum sms_verifier verifier, const char *const *keys, const struct sms_hook *hook,
                                  struct err *err);

/* Standard Base64 with padding (RFC 4648 section 4). */
char *sms_sign_base64(const void *bytes, size_t n, struct arena *mem);

#endif
