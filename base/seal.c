#include "base/seal.h"

#include <assert.h>

#define SEAL_FORMAT 1
#define KEYRING_MAX 64

struct keyring {
    int64_t practice_id;
    size_t count;
    struct seal_key keys[KEYRING_MAX];
};

struct keyring *keyring_new(int64_t practice_id)
{
    struct keyring *r = calloc(1, sizeof *r);

    if (!r)
        abort();
    r->practice_id = practice_id;
    return r;
}

void keyring_free(struct keyring **ring)
{
    if (!*ring)
        return;
    crypt_wipe(*ring, sizeof **ring);
    free(*ring);
    *ring = NULL;
}

/* Kept in order of epoch, newest first, so that nth(0) is what dual reads try first. */
void keyring_add(struct keyring *ring, const struct seal_key *key)
{
    size_t i = ring->count;

    assert(ring->count < KEYRING_MAX);
    while (i > 0 && ring->keys[i - 1].epoch < key->epoch) {
        ring->keys[i] = ring->keys[i - 1];
        i--;
    }
    ring->keys[i] = *key;
    crypt_mac_key(&key->key, &ring->keys[i].mac);
    ring->count++;
}

int64_t keyring_practice(const struct keyring *ring)
{
    return ring->practice_id;
}

const struct seal_key *keyring_current(const struct keyring *ring, enum seal_use use)
{
    for (size_t i = 0; i < ring->count; i++)
        if (ring->keys[i].use == use && ring->keys[i].is_current)
            return &ring->keys[i];
    return NULL;
}

const struct seal_key *keyring_nth(const struct keyring *ring, enum seal_use use, size_t n)
{
    for (size_t i = 0; i < ring->count; i++)
        if (ring->keys[i].use == use && n-- == 0)
            return &ring->keys[i];
    return NULL;
}

static const struct seal_key *find_key(const struct keyring *ring, int64_t id)
{
    for (size_t i = 0; i < ring->count; i++)
        if (ring->keys[i].id == id)
            return &ring->keys[i];
    return NULL;
}

static void put_be64(unsigned char *to, uint64_t v)
{
    for (int i = 7; i >= 0; i--, v >>= 8)
        to[i] = (unsigned char)v;
}

static uint64_t get_be64(const unsigned char *p)
{
    uint64_t v = 0;

    for (int i = 0; i < 8; i++)
        v = v << 8 | p[i];
    return v;
}

#define AD_BYTES 24
static void place_bytes(struct seal_place place, unsigned char ad[AD_BYTES])
{
    put_be64(ad, (uint64_t)place.practice_id);
    put_be64(ad + 8, place.column);
    put_be64(ad + 16, (uint64_t)place.row_id);
}

void seal_value(const struct keyring *ring, struct seal_place place, const void *plain, size_t n, struct arena *mem,
                unsigned char **ret_sealed, size_t *ret_len)
{
    const struct seal_key *key = keyring_current(ring, SEAL_DATA);
    unsigned char ad[AD_BYTES];
    unsigned char *out = arena_alloc(mem, n + SEAL_OVERHEAD);

    assert(key && place.practice_id == ring->practice_id);
    place_bytes(place, ad);
    out[0] = SEAL_FORMAT;
    put_be64(out + 1, (uint64_t)key->id);
    crypt_aead_seal(&key->key, ad, sizeof ad, plain, n, out + 9);
    *ret_sealed = out;
    *ret_len = n + SEAL_OVERHEAD;
}

enum rc seal_key_id(const void *sealed, size_t n, int64_t *ret_key_id, struct err *err)
{
    const unsigned char *in = sealed;

    if (n < SEAL_OVERHEAD || in[0] != SEAL_FORMAT)
        return err_set(err, RC_CORRUPT, "stored bytes are no sealed value");
    *ret_key_id = (int64_t)get_be64(in + 1);
    return RC_OK;
}

enum rc seal_open(const struct keyring *ring, struct seal_place place, const void *sealed, size_t n, struct arena *mem,
                  char **ret_plain, size_t *ret_len, struct err *err)
{
    const struct seal_key *key;
    unsigned char ad[AD_BYTES];
    int64_t key_id;
    char *out;
    enum rc rc = seal_key_id(sealed, n, &key_id, err);

    if (rc)
        return err_wrap(err, "column %" PRIu32 " row %" PRId64, place.column, place.row_id);
    key = find_key(ring, key_id);
    if (!key || key->use != SEAL_DATA)
        return err_set(err, RC_NOT_FOUND, "column %" PRIu32 " row %" PRId64 ": no key %" PRId64, place.column,
                       place.row_id, key_id);
    place_bytes(place, ad);
    out = arena_alloc(mem, n - SEAL_OVERHEAD + 1);
    rc = crypt_aead_open(&key->key, ad, sizeof ad, (const unsigned char *)sealed + 9, n - 9, (unsigned char *)out, err);
    if (rc)
        return err_wrap(err, "column %" PRIu32 " row %" PRId64, place.column, place.row_id);
    *ret_plain = out;
    *ret_len = n - SEAL_OVERHEAD;
    return RC_OK;
}

/* The label and each span's length go in first: ("ab","c") and ("a","bc") differ. */
void seal_hash(const struct seal_key *key, const char *domain_label, const struct crypt_span *spans, size_t count,
               unsigned char hash[CRYPT_MAC_BYTES])
{
    struct crypt_span all[2 * 8 + 1];
    unsigned char lengths[8][8];

    assert(count <= 8);
    all[0] = CRYPT_SPAN(domain_label, strlen(domain_label) + 1);
    for (size_t i = 0; i < count; i++) {
        put_be64(lengths[i], spans[i].n);
        all[1 + 2 * i] = CRYPT_SPAN(lengths[i], 8);
        all[2 + 2 * i] = spans[i];
    }
    crypt_mac_under(&key->mac, all, 1 + 2 * count, hash);
}
