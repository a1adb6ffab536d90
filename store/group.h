/*
 * group: a support group: where it lives, what it says of itself, when its digest goes.
 *
 * Shape    slug is the local part of its address: lower-case letters, digits and inner hyphens, made from the alias (group_make_slug). alias is
 *          what strangers may see (neutral); name is what members call it. start_day and end_day are civil days (clock_days_from_civil) in
 *          the group's zone, 0 when unset. forbidden holds words that no header may show, one a line.
 * Units    digest_minute is a local minute of the day, digest_weekday 0 Sunday … 6 Saturday (of the weekly digest).
 * Owns     Strings live in mem, "" when unset.
 * Errors   RC_NOT_FOUND  no such group
 *          RC_CONFLICT   slug taken (group_add); state or texts changed meanwhile (group_change)
 *          RC_INPUT      nothing of the alias can stand in an address (group_make_slug)
 * State    Writes need an open transaction. The struct is not called "group": <grp.h> has one.
 */
#ifndef STORE_GROUP_H
#define STORE_GROUP_H

#include "store/store.h"

#define GROUP_SLUG_MAX 31
#define GROUP_SLUG_SIZE (GROUP_SLUG_MAX + 1)

/* Stored: append only. */
enum group_state { GROUP_OPEN = 1, GROUP_ENDED };
enum group_review { GROUP_REVIEW_HOLD = 1, GROUP_REVIEW_TWO_PEOPLE };
/* What members may send along: nothing; photos; photos, and PDFs as pictures of their first pages. */
enum group_files { GROUP_FILES_NONE = 1, GROUP_FILES_PHOTOS, GROUP_FILES_PDF };

/* Whether mail to its address reaches us: gateway/office/address_check. */
enum group_address { GROUP_ADDRESS_FREE = 1, GROUP_ADDRESS_WAITS, GROUP_ADDRESS_PASSED, GROUP_ADDRESS_VOUCHED };

struct care_group {
    struct group_id id;
    enum group_state state;
    const char *slug;
    const char *zone; /* IANA */
    int64_t digest_minute, digest_weekday;
    enum group_review review;
    enum group_files files;
    enum group_address address; /* written by group_add and group_set_address alone */
    int64_t address_passes;     /* how often a mail to it came back */
    const char *name, *alias, *short_text, *long_text, *rules, *forbidden;
    int64_t texts_version;
    int64_t post_seq, issue_no; /* counters: written by post_publish and issue_close alone */
    int64_t start_day, end_day;
    int64_t created_ms;
};

extern const struct db_domain group_domain;

MUST_CHECK enum rc group_make_slug(const char *alias, char ret_slug[GROUP_SLUG_SIZE], struct err *err);

/* Fills id, state, texts_version, counters, created_ms. */
MUST_CHECK enum rc group_add(struct store *st, struct care_group *group, struct err *err);
MUST_CHECK enum rc group_get(struct store *st, struct group_id id, struct arena *mem, struct care_group *ret_group,
                             struct err *err);
MUST_CHECK enum rc group_by_slug(struct store *st, const char *slug, struct arena *mem, struct care_group *ret_group,
                                 struct err *err);
/* Whether there is one, open or ended: for who receives mail and holds no keys. */
MUST_CHECK enum rc group_has_slug(struct db *db, struct practice_id practice, const char *slug, bool *ret_has,
                                  struct err *err);
/* All groups, open ones first, by id. */
MUST_CHECK enum rc group_list(struct store *st, struct arena *mem, struct care_group **ret_groups, size_t *ret_n,
                              struct err *err);
/* Writes everything but slug and counters where texts_version is still *group's, and raises it (also in *group). */
MUST_CHECK enum rc group_change(struct store *st, struct care_group *group, struct err *err);
MUST_CHECK enum rc group_set_address(struct store *st, struct group_id id, enum group_address address, struct err *err);
MUST_CHECK enum rc group_count_pass(struct store *st, struct group_id id, struct err *err);
/* The group's next issue number. */
MUST_CHECK enum rc group_next_issue_no(struct store *st, struct group_id id, int64_t *ret_no, struct err *err);

const char *group_state_name(enum group_state state);

#endif
