/*
 * phone_words: "add my phone 555-555-0123", "text me at (555) 555-0123", "PHONE 555 555 0123", "mándeme textos al …": a wish for texts, and the number.
 *
 * Rule     The whole core and nothing else: the wish, then figures as a number is written, 7 to 15 of them. "My phone is …" alone is no wish.
 * Owns     *ret_number lives in mem: as it was written.
 * State    None.
 */
#ifndef INBOUND_PHONE_WORDS_H
#define INBOUND_PHONE_WORDS_H

#include "inbound/words.h"

bool phone_words_read(const struct words_core *core, struct arena *mem, const char **ret_number);

#endif
