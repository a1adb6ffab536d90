/*
 * triage_spell: other ways of writing one word.
 *
 * Shape    Words are folded (text_fold_plain); results are too.
 * Owns     Results live in mem, or are the word itself.
 * State    None.
 */
#ifndef GATEWAY_TRIAGE_TRIAGE_SPELL_H
#define GATEWAY_TRIAGE_TRIAGE_SPELL_H

#include "base/arena.h"

#define TRIAGE_SPELL_VARIANTS 28 /* of triage_spell_undisguised */

const char *triage_spell_without(const char *word, char c, struct arena *mem);
/* A letter that stands three times and more in a row stands `keep` times. */
const char *triage_spell_squeezed(const char *word, int keep, struct arena *mem);
/* The word with figures, signs and letters of other alphabets as the Latin letters that they look like. Variants 0 and 1 read "1" and "!" as i
 * and as l; the others put one letter of the alphabet for each "*". NULL when there is nothing to undo in that way. */
const char *triage_spell_undisguised(const char *word, int variant, struct arena *mem);
/* word is key with one letter wrong, missing, too many, or two neighbours swapped. Both have at least five letters, key six, and the first
 * letter is right. */
bool triage_spell_is_near(const char *word, const char *key);

#endif
