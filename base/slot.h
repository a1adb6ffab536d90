/*
 * slot: the mark that stands in rendered text for a value that differs from person to person.
 *
 * Shape    Slot n (0 to SLOT_MAX - 1) is the one code point SLOT_FIRST + n, in the supplementary private-use area. Templates leave the marks
 *          where a person's value belongs; mailer/serial replaces them when it writes one person's copy. text_clean removes every
 *          private-use code point from outside text, so no stranger can write a mark.
 */
#ifndef BASE_SLOT_H
#define BASE_SLOT_H

#include "base/err.h"

#define SLOT_FIRST 0x100000
#define SLOT_MAX 4096
#define SLOT_UTF8_SIZE 5

static inline void slot_mark(int n, char utf8[SLOT_UTF8_SIZE])
{
    const uint32_t cp = SLOT_FIRST + (uint32_t)n;

    utf8[0] = (char)(0xF0 | cp >> 18);
    utf8[1] = (char)(0x80 | (cp >> 12 & 63));
    utf8[2] = (char)(0x80 | (cp >> 6 & 63));
    utf8[3] = (char)(0x80 | (cp & 63));
    utf8[4] = '\0';
}

/* The slot number of the mark at p (4 bytes), or -1. */
static inline int slot_at(const char *p, size_t n)
{
    uint32_t cp;

    if (n < 4 || ((unsigned char)p[0] & 0xF8) != 0xF0)
        return -1;
    cp = ((uint32_t)p[0] & 7) << 18 | ((uint32_t)p[1] & 63) << 12 | ((uint32_t)p[2] & 63) << 6 | ((uint32_t)p[3] & 63);
    return cp >= SLOT_FIRST && cp < SLOT_FIRST + SLOT_MAX ? (int)(cp - SLOT_FIRST) : -1;
}

#endif
