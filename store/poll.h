/*
 * poll: when a poll closes, and who chose what until then. Its words are those of its post (gateway/note/poll).
 *
 * Shape    One row for each poll, by its post; one vote for each person, the last one. Votes are sealed, and gone once the poll has closed.
 * Errors   RC_NOT_FOUND  no such poll
 * State    Writes need an open transaction.
 */
#ifndef STORE_POLL_H
#define STORE_POLL_H

#include "store/store.h"

#define POLL_OPTIONS_MAX 9

/* Stored: append only. */
enum poll_state { POLL_OPEN = 1, POLL_CLOSED };

struct poll {
    struct post_id post;
    struct group_id group;
    enum poll_state state;
    int64_t day, minute; /* closes then, in the group's zone */
};

struct poll_totals {
    int64_t voters, chose[POLL_OPTIONS_MAX + 1]; /* by number */
};

extern const struct db_domain poll_domain;

MUST_CHECK enum rc poll_add(struct store *st, const struct poll *poll, struct err *err);
MUST_CHECK enum rc poll_get(struct store *st, struct post_id post, struct poll *ret, struct err *err);
/* The one poll of a group that is not closed, and whose post waits or is out. */
MUST_CHECK enum rc poll_of_group(struct store *st, struct group_id group, struct poll *ret, struct err *err);
MUST_CHECK enum rc poll_vote(struct store *st, struct post_id post, struct person_id person, int choice,
                             struct err *err);
MUST_CHECK enum rc poll_count(struct store *st, struct post_id post, struct poll_totals *ret, struct err *err);
/* What a person chose in polls that are open, oldest first: for them alone. */
struct poll_choice {
    struct post_id post;
    int number;
    int64_t at_ms;
};
MUST_CHECK enum rc poll_votes_of(struct store *st, struct person_id person, struct arena *mem, struct poll_choice **ret,
                                 size_t *ret_n, struct err *err);
/* Closed for good; the votes are deleted. */
MUST_CHECK enum rc poll_close(struct store *st, struct post_id post, struct err *err);

#endif
