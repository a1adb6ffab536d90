/*
 * hash: FNV-1a of 64 bits: quick, for tables and comparisons. No secret is safe behind it, and who chooses what is hashed can make two
 * things equal: where that matters, seal_hash (base/seal) with a key.
 *
 * Use      hash = hash_step(hash, c) for each byte (or whole number) from HASH_START on.
 * Source   draft-eastlake-fnv.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_START UINT64_C(0xCBF29CE484222325)

static inline uint64_t hash_step(uint64_t hash, uint64_t v)
{
    return (hash ^ v) * UINT64_C(0x100000001B3);
}

static inline uint64_t hash_bytes(uint64_t hash, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        hash = hash_step(hash, (unsigned char)bytes[i]);
    return hash;
}

static inline uint64_t hash_str(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = hash_step(hash, (unsigned char)*text);
    return hash;
}

#endif
