/*
 * courtesy: where greetings, thanks, closings and signatures stand at the ends of a token list. The tables behind words_core.
 *
 * Shape    Token positions of one struct words_list. A word that is in no table and no known name ends every search.
 * State    None.
 */
#ifndef INBOUND_COURTESY_H
#define INBOUND_COURTESY_H

#include "inbound/words.h"

/* The first token of [from, to) that is no courtesy. known: folded name words, separated by blanks. */
size_t courtesy_front(const struct words_token *v, size_t from, size_t to, const char *known);
/* The end of [from, to) less closings and signatures. */
size_t courtesy_back(const struct words_token *v, size_t from, size_t to, const char *known);

#endif
