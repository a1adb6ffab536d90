/*
 * private: private conversations (talks) of staff with one patient, and what was said in them (notes).
 *
 * Shape    One open talk for a person and a group; what is said later goes on in it. Notes stand apart from posts: no statement of the group's
 *          letters reads this table, so nothing can publish one.
 *          owed_ms says since when the patient waits for staff; an answer of staff clears it.
 * Units    text_sealed is COL_PRIVATE_TEXT.
 * Owns     What a getter returns lives in its arena.
 * Errors   RC_NOT_FOUND  no such talk   RC_CONFLICT  private_close: it is closed already
 * State    Writes need an open transaction.
 */
#ifndef STORE_PRIVATE_H
#define STORE_PRIVATE_H

#include "store/store.h"

enum talk_state { TALK_OPEN = 1, TALK_CLOSED };

struct private_talk {
    struct talk_id id;
    struct group_id group;   /* 0: none */
    struct person_id person; /* the patient */
    struct person_id staff;  /* who wrote last, and gets what the patient writes */
    enum talk_state state;
    int64_t owed_ms;   /* 0: nobody waits */
    int64_t remind_ms; /* 0: none */
    int64_t reminders;
    int64_t last_ms, created_ms;
};

struct private_note {
    int64_t id;
    struct talk_id talk;
    struct person_id author;  /* the patient, or a staff member */
    struct arrival_id letter; /* 0: typed by staff */
    struct post_id post;      /* the held note that began it; 0: none */
    const char *text;
    int64_t at_ms;
};

extern const struct db_domain private_domain;

/* The open talk of a person in a group. */
MUST_CHECK enum rc private_find(struct store *st, struct group_id group, struct person_id person,
                                struct private_talk *ret, struct err *err);
MUST_CHECK enum rc private_get(struct store *st, struct talk_id id, struct private_talk *ret, struct err *err);
/* Fills id, state, last_ms and created_ms. */
MUST_CHECK enum rc private_open(struct store *st, struct private_talk *talk, struct err *err);
/* Stores staff, owed_ms, remind_ms and reminders, and that something happened now. */
MUST_CHECK enum rc private_change(struct store *st, const struct private_talk *talk, struct err *err);
MUST_CHECK enum rc private_close(struct store *st, struct talk_id id, struct err *err);
/* Fills id and at_ms. */
MUST_CHECK enum rc private_say(struct store *st, struct private_note *note, struct err *err);
/* The newest `most` notes of a talk, oldest first. */
MUST_CHECK enum rc private_notes(struct store *st, struct talk_id talk, size_t most, struct arena *mem,
                                 struct private_note **ret, size_t *ret_n, struct err *err);
/* The newest `most` talks; of one person, or of everybody when person is 0. */
MUST_CHECK enum rc private_list(struct store *st, struct person_id person, size_t most, struct arena *mem,
                                struct private_talk **ret, size_t *ret_n, struct err *err);
/* Talks whose reminder is due. */
MUST_CHECK enum rc private_due(struct store *st, int64_t now_ms, size_t most, struct arena *mem,
                               struct private_talk **ret, size_t *ret_n, struct err *err);

#endif
