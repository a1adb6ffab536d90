/*
 * goodbye: a group that has ended, and how far its closing letters have come.
 *
 * Owns     message lives in mem; NULL: the practice adds no line of its own.
 * Errors   RC_NOT_FOUND  the group has not ended
 *          RC_CONFLICT   it has ended already (goodbye_add)
 * State    Writes need an open transaction: the letters of a batch and its goodbye_move are one.
 */
#ifndef STORE_GOODBYE_H
#define STORE_GOODBYE_H

#include "store/store.h"

struct goodbye {
    struct group_id group;
    struct membership_id after; /* the last one that has its letter; 0: nobody yet */
    int64_t letters;
    const char *message;
    int64_t done_ms; /* 0: there are more to write */
};

extern const struct db_domain goodbye_domain;

MUST_CHECK enum rc goodbye_add(struct store *st, struct group_id group, const char *message, struct err *err);
MUST_CHECK enum rc goodbye_get(struct store *st, struct group_id group, struct arena *mem, struct goodbye *ret,
                               struct err *err);
/* Writes after, letters and done_ms. */
MUST_CHECK enum rc goodbye_move(struct store *st, const struct goodbye *goodbye, struct err *err);

#endif
