/*
 * photo_words: what a photo shows, in words, for who cannot see it: from a moderator (ALT), from the author (a first line ALT, or the answer to
 * "What does your photo show?").
 *
 * Rule     An author's words are read by a moderator like any others: words that come after a review mail raise the note's version, so that an
 *          answer to that mail releases nothing. Words of theirs that hold contact data stay in the note, where they are marked and can be cut.
 *          A moderator's ALT changes no version: it stands beside a decision about the note as it was seen.
 * Errors   RC_INPUT  photo_words_decide: refused, d->out->problem says why
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_NOTE_PHOTO_WORDS_H
#define GATEWAY_NOTE_PHOTO_WORDS_H

#include "gateway/note/deciding.h"
#include "gateway/note/sorting.h"

/* ALT. */
MUST_CHECK enum rc photo_words_decide(struct deciding *d, struct err *err);
/* The words of a first line "ALT A red cat" of a note with photos; *ret_rest is the note without it, or the words themselves when nothing else
 * stands there. NULL: there is no such line, or it is better left where it is. */
const char *photo_words_of_note(const struct hold *in, const char *text, struct arena *mem, const char **ret_rest);
/* "What does your photo show?", once for a note, where the practice wants it (setting ask-photo-words). */
MUST_CHECK enum rc photo_words_ask(struct sorting *s, struct err *err);
/* The answer; leaves s->outcome 0 when it is none, or comes too late: then it is a note like any other. */
MUST_CHECK enum rc photo_words_answer(struct sorting *s, struct err *err);

#endif
