/*
 * letters: what each person of the story got, read from the outbox Maildirs and copied to DIR/mail/PERSON/NNN.eml.
 *
 * Shape    collect looks into OUTBOX/ADDRESS/Maildir/new for files it has not seen; they came at now_ms. Letters stay in the order of their coming.
 * Owns     Everything lives in mem.
 * Errors   RC_INPUT  a letter to an address that nobody of the story has; a letter that no mail program could read
 *          RC_TEMP   a folder or file
 * State    One reader of one outbox.
 */
#ifndef GATEWAY_DEMO_LETTERS_H
#define GATEWAY_DEMO_LETTERS_H

#include "gateway/demo/eml.h"
#include "gateway/demo/story.h"

struct demo_letter {
    enum story_who who; /* the first of those who share the mailbox */
    int no;             /* of this folder, from 1 */
    int64_t at_ms;
    const char *name; /* of the file in the Maildir */
    const char *path; /* mail/PERSON/NNN.eml, relative to DIR */
    struct eml mail;
};

struct demo_letters {
    struct arena *mem;
    const char *outbox, *out;
    struct demo_letter *v;
    size_t count, cap;
    int numbers[STORY_PEOPLE];
};

MUST_CHECK enum rc letters_collect(struct demo_letters *l, int64_t now_ms, size_t *ret_new, struct err *err);
/* The newest letter of this person (or of who shares the mailbox) that holds the words in subject or text; white space of any kind is
 * the same, "A|B" asks for both. NULL when there is none. from: only those that came after the first `from` letters. */
const struct demo_letter *letters_find(const struct demo_letters *l, enum story_who who, const char *words,
                                       size_t from);
/* The same, but the oldest behind the first `from`. */
const struct demo_letter *letters_find_first(const struct demo_letters *l, enum story_who who, const char *words,
                                             size_t from);
/* Where words stand in text, whatever white space lies between them; NULL when nowhere. */
const char *letters_find_words(const char *text, const char *words);
/* The number of the heading or list entry above those words; 0 when there is none. */
int letters_number_of(const char *text, const char *words);

#endif
