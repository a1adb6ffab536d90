/* Nobody without the key makes a token; and the addresses around it are taken apart within their bounds. */
#include "base/token.h"
#include "base/text.h"
#include "gateway/practice/ours.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct keyring *ring_of(void)
{
    static struct keyring *ring;
    struct seal_key key = { .id = 7, .use = SEAL_TOKEN, .epoch = 1, .is_current = true };

    if (ring)
        return ring;
    ring = keyring_new(1);
    memset(key.key.b, 42, sizeof key.key.b);
    keyring_add(ring, &key);
    return ring;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("fuzz");
    const char *text = arena_strndup(mem, (const char *)data, n);
    const struct ours_local local = ours_split(text, strlen(text));
    const struct token mine = { .purpose = (enum token_purpose)(1 + n % (TOKEN_PURPOSE_COUNT - 1)),
                                .row_id = (int64_t)n };
    struct token token;
    struct err err;
    char written[TOKEN_SIZE];

    assert(token_read(ring_of(), (const char *)data, n, &token, &err) != RC_OK);
    assert(local.name_len + local.behind_len <= strlen(text) && local.last_len <= local.behind_len);
    token_write(ring_of(), &mine, written);
    assert(token_read(ring_of(), written, TOKEN_CHARS, &token, &err) == RC_OK && token.row_id == mine.row_id);
    for (size_t i = 0; i < n && i < TOKEN_CHARS; i++) /* and no other reading of one */
        written[i] = (char)(written[i] ^ (data[i] & 0x5f & ~0x20));
    if (token_read(ring_of(), written, TOKEN_CHARS, &token, &err) == RC_OK)
        assert(token.row_id == mine.row_id && token.purpose == mine.purpose);
    return 0;
}
