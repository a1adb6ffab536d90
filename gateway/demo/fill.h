/*
 * fill: puts into the story's words what only the play knows.
 *
 * Shape    "{no WORDS}"        the number under which shown, what is answered, shows WORDS
 *          "{all WORDS|WORDS}" the numbers of each
 *          "{before WORD}"     the number that stands before WORD: 11 in "Reply 11 CLAIM"
 *          "{day N}"           the date of that day of the story, 2026-03-03
 * Owns     *ret_words lives in mem.
 * Errors   RC_BUG  shown has no such number
 * State    None.
 */
#ifndef GATEWAY_DEMO_FILL_H
#define GATEWAY_DEMO_FILL_H

#include "base/arena.h"
#include "base/err.h"

MUST_CHECK enum rc fill_words(const char *words, const char *shown, int64_t first_day, struct arena *mem,
                              const char **ret_words, struct err *err);

#endif
