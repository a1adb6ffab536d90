/*
 * charset_guess: which charset bytes are in, by their look. The only file of inbound/ that includes uchardet.
 *
 * Shape    Names are those that charset.c knows. A guess needs enough letters: in a short text with few letters beyond ASCII the answer
 *          is NULL, and the caller takes Western Windows, which is right for most mail that says nothing.
 * Units    Counts are of bytes. At most CHARSET_GUESS_BYTES are looked at for a guess, all for the shape.
 * Errors   None.
 * State    None: uchardet keeps its tables in the program and opens nothing (it works behind the lockdown).
 * Source   uchardet 0.0.7: models of character frequency, one for each language and charset.
 */
#ifndef INBOUND_CHARSET_GUESS_H
#define INBOUND_CHARSET_GUESS_H

#include "base/arena.h"

#define CHARSET_GUESS_BYTES ((size_t)64 << 10)

struct charset_shape {
    size_t high;      /* bytes over 0x7F */
    size_t letters;   /* ASCII letters */
    size_t sequences; /* whole UTF-8 characters beyond ASCII */
    size_t stray;     /* high bytes that are in none */
    size_t zeros;
    bool is_utf8;     /* without a stray byte; also when all is ASCII */
    bool has_escapes; /* ISO 2022's escape to a Japanese alphabet, and nothing high */
    bool has_mark;    /* begins with the byte-order mark of UTF-16 or UTF-32 */
};

struct charset_shape charset_shape(const char *bytes, size_t n);
/* No alphabet that is written with some letters beyond ASCII looks so: Cyrillic, Greek, Hebrew, Arabic, Thai, Chinese… */
bool charset_is_mostly_high(const struct charset_shape *shape);
/* NULL when nothing is likely enough. */
const char *charset_guess(const char *bytes, size_t n, const struct charset_shape *shape);
/* "utf-16le" and its like by the mark, or by where the zero bytes stand; NULL when neither tells. */
const char *charset_wide(const char *bytes, size_t n);

#endif
