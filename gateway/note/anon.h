/*
 * anon: the wish of a writer to be shown without a name, in a note, a piece of one, or a subject.
 *
 * Rule     ANON, ANONIMO or a word like it, first in the text, is clear when it stands alone on its line, is set off by a mark, or is in capitals;
 *          greetings, quotes and stars before it do not matter. The word elsewhere on the first or the last line, and "anonymously" anywhere, is
 *          perhaps a wish: a person decides. "Alcoholics Anonymous" is none.
 * Owns     Results live in mem.
 * State    None.
 */
#ifndef GATEWAY_NOTE_ANON_H
#define GATEWAY_NOTE_ANON_H

#include "base/arena.h"
#include "base/err.h"

enum anon_wish { ANON_NONE, ANON_MAYBE, ANON_CLEAR };

struct anon {
    enum anon_wish wish;
    const char *text; /* less the word, where the wish is clear and words are left; else the text that was given */
};

/* names: as for words_core. */
struct anon anon_read(const char *text, const char *const *names, struct arena *mem);

#endif
