/*
 * page: an alarm about a letter that a person must claim; or the weekly test of the calls.
 *
 *            open ──claim──> claimed ──done + outcome──> done
 *             ↑ │ next_ms: called again until claimed     (tier 0: first_done_by, then done by a second person)
 *             │ └──────────────┐ next_ms: its claimer is reminded
 *             └──pass── claimed┘  ──take over (after a reminder)──> claimed by another
 *
 * Units    elapsed_ms is where on its clock (schedules/page_clock) the last call stood. It never falls, so that a clock which was set back neither
 *          silences a page nor takes people out of it.
 * Errors   RC_NOT_FOUND  no such page   RC_CONFLICT  one page per letter; or another state than the change needs
 * State    Writes need an open transaction. A page holds no words of the post.
 */
#ifndef STORE_PAGE_H
#define STORE_PAGE_H

#include "store/store.h"

#define PAGE_TIERS 3

enum page_kind { PAGE_ALARM = 1, PAGE_TEST };
enum page_state { PAGE_OPEN = 1, PAGE_CLAIMED, PAGE_DONE };
/* What comes while it is open joins it (store/page_joined), lest anybody who can send mail drowns the others in alarms. Nothing of a member does. */
enum page_bundle { PAGE_ALONE, PAGE_OF_STRANGERS, PAGE_OF_UNREAD };

struct page {
    struct page_id id;
    enum page_kind kind; /* 0 is PAGE_ALARM for page_add */
    enum page_bundle bundle;
    struct arrival_id letter; /* 0 for page_add: none, a test */
    struct post_id post;      /* 0: none was held */
    struct person_id person;  /* whom it is about; 0: unknown */
    int tier;
    enum page_state state;
    int64_t step; /* how often it was called */
    int64_t elapsed_ms;
    struct person_id claimed_by;
    int64_t claimed_ms;
    int64_t reminders;
    struct person_id first_done_by; /* 0: nobody yet */
    int64_t first_done_ms;
    const char *outcome;
    int64_t next_ms;
    int64_t created_ms;
};

extern const struct db_domain page_domain;

MUST_CHECK enum rc page_add(struct store *st, struct page *page, struct err *err);
MUST_CHECK enum rc page_get(struct store *st, struct page_id id, struct arena *mem, struct page *ret, struct err *err);
/* The page about a letter. */
MUST_CHECK enum rc page_find_letter(struct store *st, struct arrival_id letter, struct arena *mem, struct page *ret,
                                    struct err *err);
/* Whatever became of it, it is open and uncalled again: with the page's tier, post, person, bundle and next_ms, and without claim and outcome. */
MUST_CHECK enum rc page_raise_again(struct store *st, const struct page *page, struct err *err);
/* The oldest open one of this bundle. */
MUST_CHECK enum rc page_find_bundle(struct store *st, enum page_bundle bundle, struct arena *mem, struct page *ret,
                                    struct err *err);
/* Open: it is graver than it was. */
MUST_CHECK enum rc page_worsen(struct store *st, struct page_id id, int tier, struct err *err);
/* The page about a post: one that is open, else claimed, else the last one. */
MUST_CHECK enum rc page_find_post(struct store *st, struct post_id post, struct arena *mem, struct page *ret,
                                  struct err *err);
/* A page of this state (open or claimed), gravest first, whose next_ms has come, or lies further ahead than latest_ms[tier]: the clock was set
 * back then. Tests may lie as far ahead as they like. */
MUST_CHECK enum rc page_due(struct store *st, enum page_state state, int64_t now_ms,
                            const int64_t latest_ms[PAGE_TIERS], struct arena *mem, struct page *ret, struct err *err);
/* Pages that are not done, gravest and oldest first. */
MUST_CHECK enum rc page_list_open(struct store *st, size_t max, struct arena *mem, struct page **ret_pages,
                                  size_t *ret_n, struct err *err);
/* The newest test; the newest one that was claimed; RC_NOT_FOUND: there was none. */
MUST_CHECK enum rc page_newest_test(struct store *st, bool is_claimed, struct arena *mem, struct page *ret,
                                    struct err *err);

/* It was called once more, at elapsed_ms of its clock; next time at next_ms. */
MUST_CHECK enum rc page_stepped(struct store *st, struct page_id id, int64_t elapsed_ms, int64_t next_ms,
                                struct err *err);
/* Open → claimed. Its claimer is reminded at next_ms. */
MUST_CHECK enum rc page_claim(struct store *st, struct page_id id, struct person_id staff, int64_t next_ms,
                              struct err *err);
/* Claimed by one → claimed by another. */
MUST_CHECK enum rc page_take_over(struct store *st, struct page_id id, struct person_id from, struct person_id to,
                                  int64_t next_ms, struct err *err);
/* Claimed → open again, its clock at elapsed_ms. */
MUST_CHECK enum rc page_reopen(struct store *st, struct page_id id, int64_t elapsed_ms, int64_t next_ms,
                               struct err *err);
MUST_CHECK enum rc page_reminded(struct store *st, struct page_id id, int64_t next_ms, struct err *err);
/* The first of two people says done: it stays claimed. */
MUST_CHECK enum rc page_half_close(struct store *st, struct page_id id, struct person_id staff, const char *outcome,
                                   int64_t next_ms, struct err *err);
MUST_CHECK enum rc page_close(struct store *st, struct page_id id, const char *outcome, struct err *err);

#endif
