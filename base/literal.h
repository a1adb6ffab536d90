/*
 * literal: watches what an IMAP server says for a literal ("{5000}", end of line, 5,000 bytes) that is longer than anything it may say, before somebody
 * makes room for it: at its closing brace, whatever follows.
 *
 * Shape    Bytes go in as they are read, in any pieces. What lies within a literal is not looked at: a letter may hold "{99999999}" and the end of a line.
 * Errors   None; a number with more digits than an int64_t has is too long.
 * State    struct literal alone; all zero is the beginning of a line.
 * Source   RFC 3501 section 4.3; RFC 3516 ("~{5000}"). libetpan 1.9.4 takes memory for a literal at its closing brace, up to 4 GiB (measured).
 */
#ifndef BASE_LITERAL_H
#define BASE_LITERAL_H

#include "base/err.h"

enum literal_state { LITERAL_TEXT, LITERAL_DIGITS, LITERAL_BRACE, LITERAL_CR };

struct literal {
    int64_t inside; /* bytes of a literal that are still to come */
    int64_t length; /* of the digits read so far */
    enum literal_state state;
};

/* False when a literal over max bytes begins in them. */
bool literal_feed(struct literal *literal, const char *bytes, size_t n, int64_t max);

#endif
