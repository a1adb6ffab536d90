/*
 * attend: who came, by the numbers of a list: "1 2 5", "1-4 and 7", "all", "all but 3", "none", in English and Spanish.
 *
 * Rule     The whole text, less courtesy and signature (words_core), is one such list. Anything more is RC_INPUT, and goes back to its writer.
 *          Numbers run from 1 to `count`; one outside is RC_INPUT too. "all" is everybody of `awaited` (NULL: of the list); a number names anybody.
 * Owns     came and awaited have room for count + 1; came[n] belongs to number n.
 * State    None.
 */
#ifndef INBOUND_ATTEND_H
#define INBOUND_ATTEND_H

#include "base/arena.h"
#include "base/err.h"

#define ATTEND_MAX 1000

MUST_CHECK enum rc attend_read(const char *text, const char *const *names, size_t count, const bool *awaited,
                               bool *came, struct arena *mem, struct err *err);

#endif
