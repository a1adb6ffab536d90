/*
 * issue: one edition of a group's digest for one rhythm, and its numbered items.
 *
 * Shape    An issue covers the published posts with from_seq < seq <= to_seq; a reader whose cursor lies elsewhere gets their own range up to
 *          to_seq. Numbers are given once, when it closes, and never change: a reply may name one a year later. What a regular reader
 *          gets is numbered first, what only newcomers and returners get comes after it.
 *
 *            fanning ── every reader has a delivery ── sending ── none is unsent ── done
 *
 *          version rises when a note, a withdrawal or a removal changes what it says; unsent deliveries take the newest rendering.
 * Units    rhythm 2 is daily, 3 weekly (membership.rhythm); 1 is the letter that brings one reader of single mails up to date. Sequence numbers are post.published_seq of the group.
 * Errors   RC_NOT_FOUND  no such row     RC_CONFLICT  the issue was closed already (same group, rhythm and number)
 * State    Writes need an open transaction.
 */
#ifndef STORE_ISSUE_H
#define STORE_ISSUE_H

#include "store/store.h"

#define ISSUE_ITEMS_MAX 200

/* Stored: append only. */
enum issue_state { ISSUE_FANNING = 1, ISSUE_SENDING, ISSUE_DONE };
enum issue_item_kind { ISSUE_ITEM_CONVERSATION = 1, ISSUE_ITEM_VISIT, ISSUE_ITEM_ANNOUNCEMENT };

struct issue {
    struct issue_id id;
    struct group_id group;
    int64_t rhythm;
    int64_t number;
    int64_t version;
    enum issue_state state;
    int64_t from_seq, to_seq;
    struct membership_id fanned; /* the last membership that has its delivery */
    int64_t closed_ms;
};

struct issue_item {
    int64_t number;
    enum issue_item_kind kind;
    int64_t target; /* conversation, visit or post */
};

extern const struct db_domain issue_domain;

/* Takes the group's next issue number; fills id, number, version 1, state and closed_ms. */
MUST_CHECK enum rc issue_add(struct store *st, struct issue *issue, struct err *err);
MUST_CHECK enum rc issue_get(struct store *st, struct issue_id id, struct issue *ret_issue, struct err *err);
/* The newest of a group and rhythm. */
MUST_CHECK enum rc issue_last(struct store *st, struct group_id group, int64_t rhythm, struct issue *ret_issue,
                              struct err *err);
/* Those in a state, oldest first. */
MUST_CHECK enum rc issue_list(struct store *st, enum issue_state state, size_t max, struct arena *mem,
                              struct issue **ret_issues, size_t *ret_n, struct err *err);
/* Writes state and fanned. */
MUST_CHECK enum rc issue_save_progress(struct store *st, const struct issue *issue, struct err *err);
/* Raises the version of every unfinished issue of the group that holds a post with this sequence number. */
MUST_CHECK enum rc issue_raise_version(struct store *st, struct group_id group, int64_t published_seq, struct err *err);
/* Closed, with unsent deliveries of none: sending → done. */
MUST_CHECK enum rc issue_finish(struct store *st, struct err *err);

/* The last sequence number that was published at or before a time; 0 when none was. */
MUST_CHECK enum rc issue_seq_at(struct store *st, struct group_id group, int64_t at_ms, int64_t *ret_seq,
                                struct err *err);

MUST_CHECK enum rc issue_add_item(struct store *st, struct issue_id issue, const struct issue_item *item,
                                  struct err *err);
/* In order of number. */
MUST_CHECK enum rc issue_items(struct store *st, struct issue_id issue, struct arena *mem,
                               struct issue_item **ret_items, size_t *ret_n, struct err *err);

#endif
