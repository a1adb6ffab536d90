/*
 * signature: what stands below a text and is no part of it: names, offices, numbers, addresses, "Sent from my phone", dates.
 *
 * Shape    Token positions of one struct words_list; known: folded name words, separated by blanks. Each search is of [from, to).
 * Rule     A block begins at a name known to the caller, or at "--", and every line below is of a kind that only signatures have. A word that may
 *          mean something ("not", "remove", "call") is in none of them, and neither is a question or exclamation mark. When in doubt it stays.
 * State    None.
 */
#ifndef INBOUND_SIGNATURE_H
#define INBOUND_SIGNATURE_H

#include "inbound/words.h"

/* The end of the run of at most max name words from i on, and whether every word of it is known or a title. */
size_t signature_name_run(const struct words_token *v, size_t i, size_t to, const char *known, int max,
                          bool *ret_is_known);
/* to, less machine lines and blocks below "--". */
size_t signature_machine(const struct words_token *v, size_t from, size_t to, const char *known);
/* Where the block below a known name begins, that name's line included; to when there is none. */
size_t signature_block(const struct words_token *v, size_t from, size_t to, const char *known);
/* A whole line that is a date. */
bool signature_is_date(const struct words_token *v, size_t from, size_t to);
size_t signature_line_start(const struct words_token *v, size_t from, size_t to);

#endif
