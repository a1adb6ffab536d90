/*
 * charset: bytes in whatever charset a mail program says, or should have said, to UTF-8.
 *
 * Shape    The result is clean UTF-8 (text_clean). No byte is dropped: what cannot be converted becomes U+FFFD.
 * Errors   None. ret_is_guessed tells that the label was missing, unknown or wrong.
 * State    A table of open converters, made by charset_open_all before the sandbox closes (iconv loads its modules from files) and
 *          kept for the life of the process. Without it each call opens its own.
 * Source   The WHATWG Encoding Standard's labels: ASCII and Latin-1 are read as windows-1252, GB2312 as GB18030.
 */
#ifndef INBOUND_CHARSET_H
#define INBOUND_CHARSET_H

#include "base/arena.h"

/* Opens every converter of the table; returns how many the system has. */
size_t charset_open_all(void);

char *charset_to_utf8(struct arena *mem, const char *label, const char *bytes, size_t n, bool *ret_is_guessed);

#endif
