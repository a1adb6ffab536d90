#include "base/crypt.h"

#include <ctype.h>
#include <sodium.h>

#define PASSWORD_PASSES 2
#define PASSWORD_BYTES ((size_t)19 << 20)

_Static_assert(CRYPT_AEAD_OVERHEAD ==
                   crypto_aead_xchacha20poly1305_ietf_NPUBBYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES,
               "nonce and tag");
_Static_assert(CRYPT_PASSWORD_SIZE == crypto_pwhash_STRBYTES, "hash of a password");
_Static_assert(CRYPT_BOX_OVERHEAD == crypto_box_SEALBYTES, "box");
_Static_assert(CRYPT_STREAM_HEADER_BYTES == crypto_secretstream_xchacha20poly1305_HEADERBYTES, "stream header");
_Static_assert(CRYPT_STREAM_OVERHEAD == crypto_secretstream_xchacha20poly1305_ABYTES, "stream chunk");

struct crypt_stream {
    crypto_secretstream_xchacha20poly1305_state state;
};

static enum rc does_not_open(struct err *err)
{
    return err_set(err, RC_CORRUPT, "sealed value does not open: wrong key or changed bytes");
}

enum rc crypt_init(struct err *err)
{
    if (sodium_init() < 0)
        return err_set(err, RC_PERM, "libsodium cannot start on this machine");
    return RC_OK;
}

void crypt_random(void *buf, size_t n)
{
    randombytes_buf(buf, n);
}

void crypt_wipe(void *buf, size_t n)
{
    sodium_memzero(buf, n);
}

void crypt_key_wipe(struct crypt_key *key)
{
    sodium_memzero(key, sizeof *key);
}

bool crypt_is_equal(const void *a, const void *b, size_t n)
{
    return sodium_memcmp(a, b, n) == 0;
}

void crypt_mac_key(const struct crypt_key *key, struct crypt_mac_key *ret_key)
{
    crypto_auth_hmacsha256_state st;

    _Static_assert(sizeof st == sizeof ret_key->state, "room for libsodium's state");
    crypto_auth_hmacsha256_init(&st, key->b, sizeof key->b);
    memcpy(ret_key->state, &st, sizeof st);
    sodium_memzero(&st, sizeof st);
}

void crypt_mac_under(const struct crypt_mac_key *key, const struct crypt_span *spans, size_t count,
                     unsigned char mac[CRYPT_MAC_BYTES])
{
    crypto_auth_hmacsha256_state st;

    memcpy(&st, key->state, sizeof st);
    for (size_t i = 0; i < count; i++)
        crypto_auth_hmacsha256_update(&st, spans[i].p, spans[i].n);
    crypto_auth_hmacsha256_final(&st, mac);
    sodium_memzero(&st, sizeof st);
}

void crypt_mac(const struct crypt_key *key, const struct crypt_span *spans, size_t count,
               unsigned char mac[CRYPT_MAC_BYTES])
{
    struct crypt_mac_key taken;

    crypt_mac_key(key, &taken);
    crypt_mac_under(&taken, spans, count, mac);
    sodium_memzero(&taken, sizeof taken);
}

void crypt_hash(const void *bytes, size_t n, unsigned char hash[CRYPT_HASH_BYTES])
{
    crypto_hash_sha256(hash, bytes, n);
}

void crypt_derive(const struct crypt_key *from, const char *label, struct crypt_key *ret_key)
{
    crypto_generichash(ret_key->b, sizeof ret_key->b, (const unsigned char *)label, strlen(label), from->b,
                       sizeof from->b);
}

void crypt_aead_seal(const struct crypt_key *key, const void *ad, size_t ad_len, const void *plain, size_t n,
                     unsigned char *out)
{
    randombytes_buf(out, crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, NULL, plain, n, ad,
                                               ad_len, NULL, out, key->b);
}

enum rc crypt_aead_open(const struct crypt_key *key, const void *ad, size_t ad_len, const void *sealed, size_t n,
                        unsigned char *out, struct err *err)
{
    const unsigned char *in = sealed;
    const size_t nonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;

    if (n < CRYPT_AEAD_OVERHEAD ||
        crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, in + nonce, n - nonce, ad, ad_len, in, key->b) != 0)
        return does_not_open(err);
    return RC_OK;
}

void crypt_box_pair(const struct crypt_key *seed, struct crypt_key *ret_public, struct crypt_key *ret_secret)
{
    crypto_box_seed_keypair(ret_public->b, ret_secret->b, seed->b);
}

void crypt_box_seal(const struct crypt_key *public, const void *plain, size_t n, unsigned char *out)
{
    /* Fails only for a public key of low order, which crypt_box_pair does not make. */
    if (crypto_box_seal(out, plain, n, public->b) != 0)
        abort();
}

enum rc crypt_box_open(const struct crypt_key *public, const struct crypt_key *secret, const void *sealed, size_t n,
                       unsigned char *out, struct err *err)
{
    if (n < CRYPT_BOX_OVERHEAD || crypto_box_seal_open(out, sealed, n, public->b, secret->b) != 0)
        return does_not_open(err);
    return RC_OK;
}

static struct crypt_stream *stream_alloc(void)
{
    struct crypt_stream *s = malloc(sizeof *s);

    if (!s)
        abort();
    return s;
}

struct crypt_stream *crypt_stream_seal_new(const struct crypt_key *key, unsigned char header[CRYPT_STREAM_HEADER_BYTES])
{
    struct crypt_stream *s = stream_alloc();

    crypto_secretstream_xchacha20poly1305_init_push(&s->state, header, key->b);
    return s;
}

enum rc crypt_stream_open_new(const struct crypt_key *key, const unsigned char *header,
                              struct crypt_stream **ret_stream, struct err *err)
{
    CLEANUP(crypt_stream_free) struct crypt_stream *s = stream_alloc();

    if (crypto_secretstream_xchacha20poly1305_init_pull(&s->state, header, key->b) != 0)
        return does_not_open(err);
    *ret_stream = MOVE(s);
    return RC_OK;
}

void crypt_stream_free(struct crypt_stream **stream)
{
    if (!*stream)
        return;
    sodium_memzero(*stream, sizeof **stream);
    free(*stream);
    *stream = NULL;
}

void crypt_stream_seal(struct crypt_stream *stream, const void *plain, size_t n, bool is_last, unsigned char *out)
{
    const unsigned char tag = is_last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0;

    crypto_secretstream_xchacha20poly1305_push(&stream->state, out, NULL, plain, n, NULL, 0, tag);
}

enum rc crypt_stream_open(struct crypt_stream *stream, const void *sealed, size_t n, unsigned char *out,
                          bool *ret_is_last, struct err *err)
{
    unsigned char tag;

    if (n < CRYPT_STREAM_OVERHEAD ||
        crypto_secretstream_xchacha20poly1305_pull(&stream->state, out, NULL, &tag, sealed, n, NULL, 0) != 0)
        return does_not_open(err);
    *ret_is_last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    return RC_OK;
}

void crypt_password_hash(const char *password, char hash[CRYPT_PASSWORD_SIZE])
{
    if (crypto_pwhash_str_alg(hash, password, strlen(password), PASSWORD_PASSES, PASSWORD_BYTES,
                              crypto_pwhash_ALG_ARGON2ID13))
        abort(); /* out of memory */
}

bool crypt_password_is(const char *hash, const char *password)
{
    return crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}

static const char base32[] = "abcdefghijklmnopqrstuvwxyz234567";

void crypt_base32_encode(const void *bytes, size_t n, char *out)
{
    const unsigned char *in = bytes;
    unsigned acc = 0;
    int bits = 0;

    for (size_t i = 0; i < n; i++) {
        acc = (acc << 8 | in[i]) & 0xfff;
        for (bits += 8; bits >= 5; bits -= 5)
            *out++ = base32[acc >> (bits - 5) & 31];
    }
    if (bits)
        *out++ = base32[acc << (5 - bits) & 31];
    *out = '\0';
}

bool crypt_base32_decode(const char *text, size_t len, void *out, size_t n)
{
    unsigned char *to = out;
    unsigned acc = 0;
    int bits = 0;

    if (len != (n * 8 + 4) / 5)
        return false;
    for (size_t i = 0; i < len; i++) {
        const char *at = text[i] ? strchr(base32, tolower((unsigned char)text[i])) : NULL;

        if (!at)
            return false;
        acc = (acc << 5 | (unsigned)(at - base32)) & 0xfff;
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            *to++ = (unsigned char)(acc >> bits);
        }
    }
    return (acc & ((1u << bits) - 1)) == 0;
}

char *crypt_base64url(const void *bytes, size_t n, struct arena *mem)
{
    const size_t size = sodium_base64_ENCODED_LEN(n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);

    return sodium_bin2base64(arena_alloc(mem, size), size, bytes, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}
