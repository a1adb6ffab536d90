/*
 * erase_marks: recognises a person's words and names in other texts, however they were wrapped, quoted or put into HTML.
 *
 * Shape    Texts are compared as words (letters and digits, ASCII case folded), so line ends, quote marks and punctuation do not matter. A phrase
 *          (a name, an address) is found as a whole; of a longer text every run of ERASE_WINDOW words is found. What has fewer words than
 *          that is not looked for: "thank you so much" is everybody's.
 *          erase_scrub puts `instead` (ERASE_GONE) where the words stood. In JSON it never crosses the end of a string.
 * Owns     All in the arena given to erase_marks_new.
 * State    Add first, then erase_marks_close, then look.
 */
#ifndef STORE_ERASE_MARKS_H
#define STORE_ERASE_MARKS_H

#include "base/arena.h"

#define ERASE_WINDOW 5
#define ERASE_PHRASE_MAX 12 /* words of a phrase; longer ones are taken as texts */
#define ERASE_GONE "[removed]"

struct erase_marks;
struct erase_marks *erase_marks_new(struct arena *mem);
/* Nothing is added for a phrase of one word under ERASE_WORD_MIN letters: it would be found everywhere. */
#define ERASE_WORD_MIN 7
void erase_marks_phrase(struct erase_marks *marks, const char *phrase);
/* A name of whatever length; in a text its first word must begin with a capital, so that Will and Rose are not found in verbs. */
void erase_marks_name(struct erase_marks *marks, const char *name);
void erase_marks_text(struct erase_marks *marks, const char *text);
void erase_marks_close(struct erase_marks *marks);

bool erase_finds(const struct erase_marks *marks, const char *text, size_t n);
/* The text without the person's words; the text itself when it holds none. */
const char *erase_scrub(const struct erase_marks *marks, const char *text, bool is_json, const char *instead,
                        struct arena *mem);
/* Quoted-printable undone, roughly: for looking only. */
const char *erase_unfold(const void *bytes, size_t n, struct arena *mem, size_t *ret_n);

#endif
