/*
 * triage_words: the words that the lists know, and a text as a row of their numbers, so that a pattern over words is a pattern over numbers.
 *
 * Shape    A code stands for one word of the lists. TRIAGE_UNKNOWN is any other word, TRIAGE_MARK the end of a sentence (. ! ? ; or a blank line),
 *          TRIAGE_NUMBER + n the number n (up to TRIAGE_NUMBER_MAX). All codes are above ASCII.
 * Rule     A word is read as one of the lists although it is written otherwise: case, accents, curly quotes, invisible characters; letters drawn
 *          out ("dieee"), letters of other alphabets or figures in place of letters ("k1ll", "su!cide"), one letter at a time ("k i l l"), words
 *          that were run together around a key word ("killmyself"), as [same] says ("tonite", a picture of a pill), and a key word of six letters
 *          or more with one wrong. A word that a list knows is never taken for another.
 * Owns     Everything lives in the arena it was made with, a row in the arena of the call.
 * State    Only read after triage_words_same, _key and _guard were called and all words were added.
 */
#ifndef GATEWAY_TRIAGE_TRIAGE_WORDS_H
#define GATEWAY_TRIAGE_TRIAGE_WORDS_H

#include "base/arena.h"

#include <stdint.h>

#define TRIAGE_UNKNOWN 0x1000
#define TRIAGE_MARK 0x1001
#define TRIAGE_FIRST_WORD 0x1010
#define TRIAGE_NUMBER 0x1000000
#define TRIAGE_NUMBER_MAX 9999999
#define TRIAGE_WORDS_OF_ONE 8 /* a [same] word stands for at most so many */

struct triage_words;

/* Several words in their order: what one written word stands for. */
struct triage_codes {
    uint32_t v[TRIAGE_WORDS_OF_ONE];
    size_t n;
};

struct triage_row {
    const uint32_t *codes;
    const size_t *at, *to; /* for each code the bytes of the text */
    size_t count;
    bool is_cut;
};

struct triage_words *triage_words_new(struct arena *mem);

/* word: folded, straight quotes. same says how it is read; false when that is more than TRIAGE_WORDS_OF_ONE words. */
bool triage_words_same(struct triage_words *words, const char *word, const char *same);
void triage_words_key(struct triage_words *words, const char *word);   /* one letter wrong still counts */
void triage_words_guard(struct triage_words *words, const char *word); /* a real word that lies near a key word */

/* The codes of one written word of a phrase (new words are added). is_stem: any word that begins so. */
struct triage_codes triage_words_add(struct triage_words *words, const char *word, bool is_stem);
/* The codes that a stem covers: its own and those of all words and stems that begin with it. */
const uint32_t *triage_words_of_stem(const struct triage_words *words, uint32_t stem, struct arena *mem, size_t *ret_n);
bool triage_words_is_stem(const struct triage_words *words, uint32_t code);
size_t triage_words_count(const struct triage_words *words);

struct triage_row triage_words_read(const struct triage_words *words, const char *text, struct arena *mem);

#endif
