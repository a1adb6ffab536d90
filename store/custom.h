/*
 * custom: what a group does for its members beside its letters (greets, marks days, passes thanks on), and what each member lets it do.
 *
 * Shape    A group does nothing of this until staff turn it on. A choice is one question to one member: may we? asked → yes or no. about says which
 *          milestone; 0 of the others. post is the draft that a yes made.
 *          thanks: who thanked an author, until the author has been told how many.
 * Errors   RC_NOT_FOUND  no such choice
 * State    Writes need an open transaction.
 */
#ifndef STORE_CUSTOM_H
#define STORE_CUSTOM_H

#include "store/store.h"

/* Stored: append only. Bits of group_custom. */
enum custom { CUSTOM_HELLO = 1, CUSTOM_MILESTONES = 2, CUSTOM_THANKS = 4 };
enum choice_state { CHOICE_ASKED = 1, CHOICE_YES, CHOICE_NO };

struct member_choice {
    int64_t id;
    struct membership_id membership;
    struct person_id person;
    enum custom custom;
    int64_t about;
    enum choice_state state;
    struct post_id post;
};

extern const struct db_domain custom_domain;

/* 0 where nothing was set. */
MUST_CHECK enum rc custom_of_group(struct store *st, struct group_id group, int64_t *ret_customs, struct err *err);
MUST_CHECK enum rc custom_set(struct store *st, struct group_id group, int64_t customs, struct err *err);

/* Fills id. RC_CONFLICT: this was asked before. */
MUST_CHECK enum rc choice_add(struct store *st, struct member_choice *choice, struct err *err);
MUST_CHECK enum rc choice_get(struct store *st, int64_t id, struct member_choice *ret, struct err *err);
MUST_CHECK enum rc choice_find(struct store *st, struct membership_id membership, enum custom custom, int64_t about,
                               struct member_choice *ret, struct err *err);
/* Writes state and post. */
MUST_CHECK enum rc choice_change(struct store *st, const struct member_choice *choice, struct err *err);
MUST_CHECK enum rc choice_list(struct store *st, struct membership_id membership, struct arena *mem,
                               struct member_choice **ret, size_t *ret_n, struct err *err);
/* Who leaves is asked anew after coming back: choices, and thanks to them, go. */
MUST_CHECK enum rc choice_forget(struct store *st, struct membership_id membership, struct err *err);

/* Active patients who joined in [from_ms, to_ms). */
MUST_CHECK enum rc custom_joined_between(struct store *st, struct group_id group, int64_t from_ms, int64_t to_ms,
                                         struct arena *mem, struct membership_id **ret, size_t *ret_n, struct err *err);

/* One thanks of a person to an author, however often they say it. */
MUST_CHECK enum rc thanks_add(struct store *st, struct membership_id author, struct person_id by, struct err *err);
MUST_CHECK enum rc thanks_count(struct store *st, struct membership_id author, int64_t *ret_n, struct err *err);
MUST_CHECK enum rc thanks_clear(struct store *st, struct membership_id author, struct err *err);

#endif
