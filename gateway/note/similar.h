/*
 * similar: whether two texts of one author are the same note, sent again.
 *
 * Shape    SIMILAR_SAME  equal letters and digits; case, accents, blanks and signs aside
 *          SIMILAR_NEAR  both have at least SIMILAR_MIN_WORDS words, and at least nine of ten words of the two stand in both, in the same
 *                        order: of the whole texts, or of both less their sign-off (up to three last lines of up to four words). A word
 *                        of four letters or more with one letter wrong, missing, too many or swapped with its neighbour counts as equal.
 *                        So a corrected slip or another signature is near; one other word in a short note is not.
 *          SIMILAR_NO    anything else: thanks are short, alike, and each somebody's own
 * Units    Over SIMILAR_MAX_WORDS words that differ, after the equal beginning and end are taken off, texts are not compared: not near.
 * Owns     Nothing is kept; mem is scratch.
 */
#ifndef GATEWAY_NOTE_SIMILAR_H
#define GATEWAY_NOTE_SIMILAR_H

#include "base/arena.h"

#define SIMILAR_MIN_WORDS 8
#define SIMILAR_MAX_WORDS 400

enum similar { SIMILAR_NO, SIMILAR_NEAR, SIMILAR_SAME };

enum similar similar_texts(const char *a, const char *b, struct arena *mem);
/* Whether a text is too short to be told from another of the same words. */
bool similar_is_short(const char *text, struct arena *mem);

#endif
