/*
 * text_line: what the numbers in a text mean: items (10-999) that an answer may name, and the one open question that 1-9 and bare words answer.
 *
 * Shape    A line is a pair of numbers: theirs (address) and ours (sender). Two people who share a phone share a line; an item knows whose it is.
 *          Items: 10-99 first, then 100-999. One is live for TEXT_ITEM_LIVE_MS after it was last given, longer where its giver says so (a visit's until the visit
 *          has been); 911 and 988 are none; its number goes to another item only after that, and the number that has been free longest goes first. When all 988 are live, the oldest one is taken over.
 *          Question: a line has one at most; a new one takes its place. Its data is JSON that the asker understands.
 * Units    Times are the clock port's.
 * Owns     What is read lives in mem.
 * Errors   RC_NOT_FOUND  no such item, no question
 * State    Writes need an open transaction.
 */
#ifndef STORE_TEXT_LINE_H
#define STORE_TEXT_LINE_H

#include "store/store.h"

#define TEXT_ITEM_FIRST 10
#define TEXT_ITEM_SHORT 99
#define TEXT_ITEM_LAST 999
#define TEXT_ITEM_LIVE_MS (INT64_C(7) * 24 * 3600 * 1000)
#define TEXT_QUESTION_LIVE_MS (INT64_C(24) * 3600 * 1000)

/* Stored: append only. */
enum text_item_kind {
    TEXT_ITEM_CONVERSATION = 1,
    TEXT_ITEM_ANNOUNCEMENT, /* post */
    TEXT_ITEM_VISIT,
    TEXT_ITEM_REVIEW, /* to staff: the question of a review mail (store/question): post, version and talks that it showed */
    TEXT_ITEM_PAGE,    /* to staff: an alarm */
    TEXT_ITEM_PRIVATE, /* private talk */
    TEXT_ITEM_CHECK_IN,
    TEXT_ITEM_ASK,    /* what staff ask about a note of theirs: post */
    TEXT_ITEM_EDIT,   /* the wording that staff propose for it: post */
    TEXT_ITEM_MAY_WE, /* what we ask to do for them: store/custom, a choice */
};

struct text_line {
    struct address_id address; /* theirs */
    struct text_sender_id sender;
};

struct text_item {
    int64_t n;
    struct person_id person;
    enum text_item_kind kind;
    int64_t target;        /* by kind */
    struct group_id group; /* 0: none */
    int64_t given_ms, live_ms;
    bool is_live; /* now */
};

/* Stored: append only. */
enum text_question_kind {
    TEXT_ASK_WHICH_GROUP = 1,
    TEXT_ASK_WHICH_ITEM,
    TEXT_ASK_WHO, /* who of those who share the phone */
    TEXT_ASK_CONSENT,
    TEXT_ASK_EDIT_OK,  /* subject: the number of the item */
    TEXT_ASK_RSVP,     /* subject: visit */
    TEXT_ASK_CHECK_IN, /* subject: the number of the item */
    TEXT_ASK_PRIVATE,  /* likewise: a private talk, or what staff ask about a note */
    TEXT_ASK_LEVEL, /* gateway/sms/text_level; subject: the number of the item whose words they want; 0: what the last text was about */
    TEXT_ASK_PIN,          /* of staff, for the decision that is kept in data */
    TEXT_ASK_BEFORE_VISIT, /* the questions before it; subject: visit */
    TEXT_ASK_LANGUAGE,     /* subject: enum person_language that they may prefer */
    TEXT_ASK_MAY_WE,       /* subject: the number of the item */
};

struct text_question {
    int64_t id;
    struct person_id person; /* 0: whoever uses the number */
    enum text_question_kind kind;
    int64_t subject_id;
    const char *data; /* JSON; NULL: none */
    int64_t asked_ms, due_ms;
};

extern const struct db_domain text_line_domain;

/* The number of a target on this line: the one it has while that is live (then it is live anew), else the next. item: person, kind, target, group
 * and live_ms (the least; 0: as usual) are read, the rest is filled. */
MUST_CHECK enum rc text_item_give(struct store *st, const struct text_line *line, struct text_item *item,
                                  struct err *err);
/* Also one that is no longer live: is_live says. */
MUST_CHECK enum rc text_item_find(struct store *st, const struct text_line *line, int64_t n, struct text_item *ret,
                                  struct err *err);
/* Live ones, by number. */
MUST_CHECK enum rc text_item_list(struct store *st, const struct text_line *line, struct arena *mem,
                                  struct text_item **ret, size_t *ret_n, struct err *err);

/* Fills id and asked_ms; due_ms 0: TEXT_QUESTION_LIVE_MS from now. Another one of the line gives way. */
MUST_CHECK enum rc text_question_ask(struct store *st, const struct text_line *line, struct text_question *question,
                                     struct err *err);
/* The open one that is not over. */
MUST_CHECK enum rc text_question_get(struct store *st, const struct text_line *line, struct arena *mem,
                                     struct text_question *ret, struct err *err);
/* It was answered, or no longer matters. RC_OK also when there is none. */
MUST_CHECK enum rc text_question_close(struct store *st, const struct text_line *line, struct err *err);
/* The number is another person's from now on: its items are live no more and its question is closed, on all lines. */
MUST_CHECK enum rc text_line_end(struct store *st, struct address_id address, struct err *err);
/* The next one whose time is over, and its line; close it when it is dealt with. */
MUST_CHECK enum rc text_question_over(struct store *st, struct arena *mem, struct text_line *ret_line,
                                      struct text_question *ret, struct err *err);

#endif
