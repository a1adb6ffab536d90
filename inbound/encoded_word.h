/*
 * encoded_word: the encoded words of header fields (RFC 2047), also where they should not stand and as they should not be written.
 *
 * Shape    Clean UTF-8 in, one clean line out. Words are found inside quoted strings, without blanks round them, with blanks, commas and
 *          angle brackets inside, with padding that is missing, with a language (RFC 2231 5). Words that only white space parts are put together
 *          before their charset is read, so that a character may be split over two of them. What is no such word stays as it is.
 * Owns     Results live in mem.
 * Errors   None.
 * State    None: charsets are those of charset.c, also behind the lockdown.
 * Source   RFC 2047, RFC 2231 section 5; letters of Outlook, Exchange, Lotus Notes and phones that break them.
 */
#ifndef INBOUND_ENCODED_WORD_H
#define INBOUND_ENCODED_WORD_H

#include "base/arena.h"
#include "base/err.h"

char *encoded_word_decode(const char *raw, struct arena *mem);
/* The charset that the first encoded word names, "" when there is none, or it is UTF-8 or ASCII. */
const char *encoded_word_charset(const char *raw, struct arena *mem);

/* For address lists: each run of words becomes one atom, so that nothing in it can be read as part of the address. _show puts the decoded
 * text back into a name. raw must hold no private-use characters (text_clean has taken them off). */
struct encoded_word_kept {
    const char **words;
    size_t count;
};
char *encoded_word_hide(const char *raw, struct arena *mem, struct encoded_word_kept *ret_kept);
char *encoded_word_show(const char *name, const struct encoded_word_kept *kept, struct arena *mem);

#endif
