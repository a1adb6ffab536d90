/*
 * question: something we asked a person, and what the answer will do.
 *
 * Shape    data is a JSON text that the asking rule understands (by kind). due_ms is when the question gives up by itself.
 * Errors   RC_NOT_FOUND  no such question   RC_CONFLICT  it is no longer open
 * State    Writes need an open transaction.
 */
#ifndef STORE_QUESTION_H
#define STORE_QUESTION_H

#include "store/store.h"

/* Stored: append only. */
enum question_kind {
    QUESTION_WHICH_ONE = 1,  /* subject: post */
    QUESTION_WHO_IS_WRITING, /* subject: letter */
    QUESTION_ALSO_THIS,      /* to staff: is this address also of that person? subject: letter */
    QUESTION_ANNOUNCE,       /* preview shown, SEND releases; subject: post */
    QUESTION_ALL_OR_PRIVATE, /* SEND or PRIVATE; subject: post */
    QUESTION_EDIT_OK,        /* to the author: may we change your words so? subject: post */
    QUESTION_LEAVE,          /* to the registered address: was that you? subject: membership */
    QUESTION_LIKELY,         /* to a member: did you mean this command? subject: membership */
    QUESTION_ASK,            /* a moderator's question to the author; subject: post */
    QUESTION_REVIEW, /* what a review mail shows: posts with versions, talks to MOVE to; subject: post, or 0 of a list */
    QUESTION_DESK = 20,   /* what the desk prepared, or asked back about: SEND does it, a number picks; subject: 0 */
    QUESTION_PHOTO_WORDS, /* to the author: what does your photo show? subject: post */
    QUESTION_KIND_END
};

enum question_state { QUESTION_OPEN = 1, QUESTION_ANSWERED, QUESTION_EXPIRED, QUESTION_WITHDRAWN };

struct question {
    struct question_id id;
    enum question_kind kind;
    enum question_state state;
    struct person_id person;
    int64_t subject_id;
    const char *data; /* JSON; NULL for question_add: none. Read back as "{}" when there was none, or it was erased */
    int64_t due_ms;   /* 0: never */
    int64_t asked_ms;
};

extern const struct db_domain question_domain;

/* Fills id; state is open. */
MUST_CHECK enum rc question_add(struct store *st, struct question *question, struct err *err);
MUST_CHECK enum rc question_get(struct store *st, struct question_id id, struct arena *mem, struct question *ret,
                                struct err *err);
/* Compare-and-set from open to another state. */
MUST_CHECK enum rc question_close(struct store *st, struct question_id id, enum question_state state, struct err *err);
/* The newest open question of a kind about a subject. */
MUST_CHECK enum rc question_find(struct store *st, enum question_kind kind, int64_t subject_id, struct arena *mem,
                                 struct question *ret, struct err *err);
/* Closes every open question about a subject: it was decided otherwise. */
MUST_CHECK enum rc question_withdraw_about(struct store *st, int64_t subject_id, struct err *err);
/* The next open question that is due; RC_NOT_FOUND when there is none. */
MUST_CHECK enum rc question_due(struct store *st, int64_t now_ms, struct arena *mem, struct question *ret,
                                struct err *err);

#endif
