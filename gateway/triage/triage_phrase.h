/*
 * triage_phrase: one phrase of a list as a pattern over words.
 *
 * Shape    A phrase is items with blanks between:
 *            word          that word                         word*      any word that begins so
 *            a/b           either                            (a b/c)    "a b" or "c"
 *            *             up to three words                 [a b/c]    the same, or nothing
 *            <name>        a word or phrase of [words name]
 *            #             any number                        #60-80     a number from 60 to 80
 * Owns     Classes, and the pattern that a phrase is added to, live in the classes' mem.
 * Errors   triage_phrase_compile:  RC_INPUT  what was expected; a phrase that can be empty, that begins or ends with *, that has too many choices
 *                                  RC_LIMIT  longer than TRIAGE_MAX_UNITS
 * State    Words and classes are only added to.
 */
#ifndef GATEWAY_TRIAGE_TRIAGE_PHRASE_H
#define GATEWAY_TRIAGE_TRIAGE_PHRASE_H

#include "gateway/triage/triage_words.h"

#include "base/err.h"

#define TRIAGE_MAX_UNITS ((size_t)2 << 20) /* of a pattern */
#define TRIAGE_MAX_CHOICES 4096 /* ways in which one phrase can be read: 4 for a *, 2 for what may be missing */

struct triage_units {
    uint32_t *v;
    size_t n, room;
};

struct triage_class {
    const char *name;
    const char **members;
    size_t count, room;
    bool is_open; /* being compiled: a class cannot hold itself */
};

struct triage_classes {
    struct triage_words *words;
    struct triage_class *v;
    size_t count, room;
    struct arena *mem;
};

/* A new one has no members. */
struct triage_class *triage_classes_named(struct triage_classes *classes, const char *name, size_t n, bool may_add);
void triage_class_add(struct triage_classes *classes, struct triage_class *class, const char *member);

/* The words of the phrase are added to the vocabulary: to be done for all before any is compiled. */
void triage_phrase_learn(struct triage_classes *classes, const char *phrase);
MUST_CHECK enum rc triage_phrase_compile(struct triage_classes *classes, const char *phrase, struct triage_units *out,
                                         struct err *err);

void triage_units_add(struct triage_units *units, uint32_t unit, struct arena *mem);
void triage_units_str(struct triage_units *units, const char *ascii, struct arena *mem);
/* Folded, straight quotes, as words are compared. */
char *triage_phrase_fold(const char *s, struct arena *mem);

#endif
