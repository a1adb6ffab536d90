#include "store/message_id.h"

#include "base/text.h"

bool message_id_key(const struct keyring *ring, size_t nth, const struct message_subject *subject,
                    unsigned char key[MESSAGE_KEY_BYTES])
{
    const struct seal_key *k = keyring_nth(ring, SEAL_MESSAGE_ID, nth);
    const int64_t parts[4] = { subject->person.v, subject->about, subject->id, subject->detail };
    unsigned char bytes[sizeof(parts)], hash[CRYPT_MAC_BYTES];
    struct crypt_span span = CRYPT_SPAN(bytes, sizeof(bytes));

    if (!k)
        return false;
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)((uint64_t)parts[i / 8] >> (56 - 8 * (i % 8)));
    seal_hash(k, "message-id", &span, 1, hash);
    memcpy(key, hash, MESSAGE_KEY_BYTES);
    return true;
}

char *message_id_text(const unsigned char key[MESSAGE_KEY_BYTES], const char *domain, struct arena *mem)
{
    char left[MESSAGE_LEFT_CHARS + 1];

    crypt_base32_encode(key, MESSAGE_KEY_BYTES, left);
    return arena_printf(mem, "%s@%s", left, domain);
}

static bool is_around(char c)
{
    return c == '<' || c == '>' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool message_id_read(const char *text, size_t len, const char *domain, unsigned char key[MESSAGE_KEY_BYTES])
{
    const size_t domain_len = strlen(domain);

    while (len > 0 && is_around(text[0]))
        text++, len--;
    while (len > 0 && is_around(text[len - 1]))
        len--;
    if (len != MESSAGE_LEFT_CHARS + 1 + domain_len || text[MESSAGE_LEFT_CHARS] != '@' ||
        strncasecmp(text + MESSAGE_LEFT_CHARS + 1, domain, domain_len) != 0)
        return false;
    return crypt_base32_decode(text, MESSAGE_LEFT_CHARS, key, MESSAGE_KEY_BYTES);
}
