/*
 * text_compose: what a text of somebody's digest says: as much as their level and its parts hold.
 *
 * Shape    Entries in the order of the digest: visits, announcements, then notes, those of one conversation together. By level:
 *            0  how many are new; of visits number and time       1  sixty characters of each announcement and of each conversation's first note
 *            2  the words, cut evenly where they do not fit
 *          What does not fit is left from the end on, and counted: MORE brings it. The care team's note stands whole behind the words that it is
 *          about, whatever they are cut to; where both do not fit, neither stands there.
 * Units    parts are segments.
 * Owns     Everything lives in mem.
 * Errors   RC_LIMIT  not even the count fits    those of templates
 * State    None: what it reads was read before.
 */
#ifndef GATEWAY_DIGEST_TEXT_COMPOSE_H
#define GATEWAY_DIGEST_TEXT_COMPOSE_H

#include "base/json.h"
#include "gateway/practice/gate.h"
#include "store/mailing.h"
#include "store/post.h"
#include "store/text_line.h"

#define TEXT_LEVEL_COUNT 0
#define TEXT_LEVEL_LINE 1
#define TEXT_LEVEL_WORDS 2
#define TEXT_LINE_CHARS 60

struct text_entry {
    enum text_item_kind kind;   /* conversation, announcement, visit */
    int64_t number, target;     /* of the item: conversation, post, visit */
    const struct post *post;    /* NULL: a visit */
    const char *who, *words;    /* words on one line */
    const char *note, *note_by; /* NULL: none */
    const char *title, *when;   /* of a visit */
};

struct text_page {
    enum mailing_kind kind; /* TEXT_DIGEST, TEXT_NEWS, TEXT_MORE */
    enum person_language language;
    int level;
    const char *group_name;
    const struct text_entry *entries;
    size_t count;
    bool is_reminder; /* says how to stop (R10) */
    bool is_whole;    /* rather fewer than cut: what MORE brings */
    int64_t parts_max;
};

struct text_composed {
    const char *words;
    int64_t parts;
    const bool *is_shown, *is_whole; /* by entry */
    size_t left;                     /* notes and announcements of which nothing is shown */
};

/* Reads what an entry of a post says. */
MUST_CHECK enum rc text_entry_of(struct gate *gate, const struct post *post, enum person_language language,
                                 struct arena *mem, struct text_entry *ret, struct err *err);
MUST_CHECK enum rc text_compose(struct gate *gate, const struct text_page *page, struct arena *mem,
                                struct text_composed *ret, struct err *err);

#endif
