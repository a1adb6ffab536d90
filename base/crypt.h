/*
 * crypt: the primitives of libsodium that we use, as plain functions. The only file of base/ that includes sodium.h.
 *
 * Shape    Keys are 32 bytes. Lengths are in bytes. Nothing here knows what is sealed.
 * Errors   RC_CORRUPT  a value does not open: wrong key, wrong place or changed bytes (one code: fails closed)
 * State    crypt_init once per process; afterwards none.
 * Source   XChaCha20-Poly1305 and secretstream (libsodium 1.0.18), HMAC-SHA-256 (RFC 2104), BLAKE2b for derivation.
 */
#ifndef BASE_CRYPT_H
#define BASE_CRYPT_H

#include "base/arena.h"
#include "base/err.h"

#define CRYPT_KEY_BYTES 32
#define CRYPT_MAC_BYTES 32
#define CRYPT_AEAD_OVERHEAD 40 /* nonce 24 + tag 16 */
#define CRYPT_BOX_OVERHEAD 48  /* ephemeral public key 32 + tag 16 */
#define CRYPT_STREAM_HEADER_BYTES 24
#define CRYPT_STREAM_OVERHEAD 17

struct crypt_key {
    unsigned char b[CRYPT_KEY_BYTES];
};

/* A piece of what is hashed: several are hashed as if they stood in one buffer. */
struct crypt_span {
    const void *p;
    size_t n;
};
#define CRYPT_SPAN(ptr, len) ((struct crypt_span){ (ptr), (len) })

/* Call once per process before anything else here. */
MUST_CHECK enum rc crypt_init(struct err *err);
void crypt_random(void *buf, size_t n);
void crypt_wipe(void *buf, size_t n);
void crypt_key_wipe(struct crypt_key *key);                  /* for CLEANUP */
bool crypt_is_equal(const void *a, const void *b, size_t n); /* in constant time */

/* HMAC-SHA-256 over count spans. */
void crypt_mac(const struct crypt_key *key, const struct crypt_span *spans, size_t count,
               unsigned char mac[CRYPT_MAC_BYTES]);
/* The same under a key that was taken in before: half the work of a short message. As secret as the key. */
struct crypt_mac_key {
    uint64_t state[26];
};
void crypt_mac_key(const struct crypt_key *key, struct crypt_mac_key *ret_key);
void crypt_mac_under(const struct crypt_mac_key *key, const struct crypt_span *spans, size_t count,
                     unsigned char mac[CRYPT_MAC_BYTES]);
/* A key for one purpose from another key; label is up to 16 bytes and part of the format: never change one. */
/* What anybody can count for themselves: `sha256sum`. Never of a secret. */
#define CRYPT_HASH_BYTES 32
void crypt_hash(const void *bytes, size_t n, unsigned char hash[CRYPT_HASH_BYTES]);
void crypt_derive(const struct crypt_key *from, const char *label, struct crypt_key *ret_key);

/* Seals n bytes into out (n + CRYPT_AEAD_OVERHEAD), bound to ad. */
void crypt_aead_seal(const struct crypt_key *key, const void *ad, size_t ad_len, const void *plain, size_t n,
                     unsigned char *out);
/* Opens n bytes into out (n - CRYPT_AEAD_OVERHEAD). */
MUST_CHECK enum rc crypt_aead_open(const struct crypt_key *key, const void *ad, size_t ad_len, const void *sealed,
                                   size_t n, unsigned char *out, struct err *err);

/* Public-key box: anybody with the public key seals, only the secret key opens. The pair is derived from a seed. */
void crypt_box_pair(const struct crypt_key *seed, struct crypt_key *ret_public, struct crypt_key *ret_secret);
void crypt_box_seal(const struct crypt_key *public, const void *plain, size_t n, unsigned char *out);
MUST_CHECK enum rc crypt_box_open(const struct crypt_key *public, const struct crypt_key *secret, const void *sealed,
                                  size_t n, unsigned char *out, struct err *err);

/* A stream of chunks that cannot be cut, re-ordered or extended unseen. */
struct crypt_stream;
struct crypt_stream *crypt_stream_seal_new(const struct crypt_key *key,
                                           unsigned char header[CRYPT_STREAM_HEADER_BYTES]);
MUST_CHECK enum rc crypt_stream_open_new(const struct crypt_key *key, const unsigned char *header,
                                         struct crypt_stream **ret_stream, struct err *err);
void crypt_stream_free(struct crypt_stream **stream);
/* out takes n + CRYPT_STREAM_OVERHEAD bytes. */
void crypt_stream_seal(struct crypt_stream *stream, const void *plain, size_t n, bool is_last, unsigned char *out);
/* out takes n - CRYPT_STREAM_OVERHEAD bytes. */
MUST_CHECK enum rc crypt_stream_open(struct crypt_stream *stream, const void *sealed, size_t n, unsigned char *out,
                                     bool *ret_is_last, struct err *err);

/* A password or PIN as it is kept: Argon2id with 19 MiB and two passes (some 50 ms), and a salt of its own, as one string. It ends when memory does. */
#define CRYPT_PASSWORD_SIZE 128
void crypt_password_hash(const char *password, char hash[CRYPT_PASSWORD_SIZE]);
bool crypt_password_is(const char *hash, const char *password);

/* Lower-case base32 (RFC 4648 alphabet, no padding). encode: out takes (n * 8 + 4) / 5 + 1 bytes.
 * decode accepts any case; false when a character is none of the alphabet or the length does not fit. */
void crypt_base32_encode(const void *bytes, size_t n, char *out);
bool crypt_base32_decode(const char *text, size_t len, void *out, size_t n);
/* Base64 for URLs, no padding (RFC 4648 section 5): what others ask for. */
char *crypt_base64url(const void *bytes, size_t n, struct arena *mem);

#endif
