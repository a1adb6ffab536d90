/*
 * heard: which words of a text were said before.
 *
 * Shape    Known texts are kept as all their runs of HEARD_GRAM words (a text of two words as a whole), folded: case, accents, punctuation and layout
 *          make no difference. heard_longest_new finds the longest run of words of a text that lie in none of them. Numbers, links, and words
 *          named as neutral (names, days, months) are passed over everywhere: name those first.
 * Owns     heard_free.
 * State    Grows by heard_add; reading changes nothing.
 */
#ifndef GATEWAY_DEMO_HEARD_H
#define GATEWAY_DEMO_HEARD_H

#include "base/arena.h"

#define HEARD_GRAM 3

struct heard;
struct heard *heard_new(void);
void heard_free(struct heard **heard);
void heard_add(struct heard *heard, const char *text);
void heard_add_neutral(struct heard *heard, const char *text);
/* owner: texts that only this reader may be told (0: none); the same number as in heard_add_own. */
void heard_add_own(struct heard *heard, int owner, const char *text);
size_t heard_longest_new(const struct heard *heard, int owner, const char *text);

#endif
