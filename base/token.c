#include "base/token.h"

#include <assert.h>

#define TOKEN_BYTES 20
#define PAYLOAD_BYTES 10 /* purpose 5 bits, row id 63, ordinal 12 */
#define HEAD_BYTES 10    /* epoch 4 bits, MAC 76 */

static void payload_pack(const struct token *t, unsigned char out[PAYLOAD_BYTES])
{
    const unsigned __int128 v =
        (unsigned __int128)t->purpose << 75 | (unsigned __int128)t->row_id << 12 | (unsigned)t->ordinal;

    for (int i = 0; i < PAYLOAD_BYTES; i++)
        out[i] = (unsigned char)(v >> (8 * (PAYLOAD_BYTES - 1 - i)));
}

static struct token payload_unpack(const unsigned char in[PAYLOAD_BYTES])
{
    unsigned __int128 v = 0;

    for (int i = 0; i < PAYLOAD_BYTES; i++)
        v = v << 8 | in[i];
    return (struct token){ .purpose = (enum token_purpose)(v >> 75),
                           .row_id = (int64_t)(v >> 12 & INT64_MAX),
                           .ordinal = (int)(v & TOKEN_ORDINAL_MAX) };
}

/* Epoch in the first four bits, then 76 bits of the MAC over epoch and payload. */
static void head_make(const struct seal_key *key, const unsigned char payload[PAYLOAD_BYTES],
                      unsigned char head[HEAD_BYTES])
{
    const unsigned char epoch = (unsigned char)(key->epoch & 15);
    unsigned char mac[CRYPT_MAC_BYTES];

    seal_hash(key, "token mac", (struct crypt_span[]){ CRYPT_SPAN(&epoch, 1), CRYPT_SPAN(payload, PAYLOAD_BYTES) }, 2,
              mac);
    memcpy(head, mac, HEAD_BYTES);
    head[0] = (unsigned char)(epoch << 4 | (mac[0] & 15));
}

static void mask(const struct seal_key *key, const unsigned char head[HEAD_BYTES], unsigned char bytes[PAYLOAD_BYTES])
{
    unsigned char stream[CRYPT_MAC_BYTES];

    seal_hash(key, "token mask", (struct crypt_span[]){ CRYPT_SPAN(head, HEAD_BYTES) }, 1, stream);
    for (int i = 0; i < PAYLOAD_BYTES; i++)
        bytes[i] ^= stream[i];
}

void token_write(const struct keyring *ring, const struct token *token, char text[TOKEN_SIZE])
{
    const struct seal_key *key = keyring_current(ring, SEAL_TOKEN);
    unsigned char bytes[TOKEN_BYTES];

    assert(key && token->row_id >= 0 && token->ordinal >= 0 && token->ordinal <= TOKEN_ORDINAL_MAX);
    assert(token->purpose > 0 && token->purpose < TOKEN_PURPOSE_COUNT);
    payload_pack(token, bytes + HEAD_BYTES);
    head_make(key, bytes + HEAD_BYTES, bytes);
    mask(key, bytes, bytes + HEAD_BYTES);
    crypt_base32_encode(bytes, sizeof bytes, text);
}

static bool opens_with(const struct seal_key *key, const unsigned char bytes[TOKEN_BYTES], struct token *ret_token)
{
    unsigned char payload[PAYLOAD_BYTES], head[HEAD_BYTES];

    memcpy(payload, bytes + HEAD_BYTES, sizeof payload);
    mask(key, bytes, payload);
    head_make(key, payload, head);
    if (!crypt_is_equal(head, bytes, sizeof head))
        return false;
    *ret_token = payload_unpack(payload);
    return ret_token->purpose > 0 && ret_token->purpose < TOKEN_PURPOSE_COUNT;
}

enum rc token_read(const struct keyring *ring, const char *text, size_t len, struct token *ret_token, struct err *err)
{
    unsigned char bytes[TOKEN_BYTES];
    const struct seal_key *key;
    struct token t;

    if (len == TOKEN_CHARS && crypt_base32_decode(text, len, bytes, sizeof bytes))
        for (size_t n = 0; (key = keyring_nth(ring, SEAL_TOKEN, n)); n++)
            if ((key->epoch & 15) == bytes[0] >> 4 && opens_with(key, bytes, &t)) {
                *ret_token = t;
                return RC_OK;
            }
    return err_set(err, RC_NOT_FOUND, "no token of ours");
}

const char *token_purpose_name(enum token_purpose purpose)
{
    static const char *const names[TOKEN_PURPOSE_COUNT] = {
        [TOKEN_REPLY] = "reply",
        [TOKEN_ITEM] = "item",
        [TOKEN_BOUNCE] = "bounce",
        [TOKEN_CONFIRM] = "confirm",
        [TOKEN_UNSUBSCRIBE] = "unsubscribe",
        [TOKEN_REVIEW] = "review",
        [TOKEN_DESK] = "desk",
        [TOKEN_RSVP] = "rsvp",
        [TOKEN_PRIVATE] = "private",
        [TOKEN_LOGIN] = "login",
        [TOKEN_CHECK_IN] = "check-in",
        [TOKEN_ADDRESS_CHECK] = "address-check",
        [TOKEN_FEED] = "calendar",
    };

    return purpose > 0 && purpose < TOKEN_PURPOSE_COUNT ? names[purpose] : "unknown";
}
