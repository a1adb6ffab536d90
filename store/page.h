/*
 * page: an alarm about a letter that a person must claim.
 *
 *            open ──claim──> claimed ──done + outcome──> done
 *             │ next_ms: repeated, to more people, until claimed
 *
 * Errors   RC_NOT_FOUND  no such page   RC_CONFLICT  one page per letter; or another state than the change needs
 * State    Writes need an open transaction. A page holds no words of the post.
 */
#ifndef STORE_PAGE_H
#define STORE_PAGE_H

#include "store/store.h"

enum page_state { PAGE_OPEN = 1, PAGE_CLAIMED, PAGE_DONE };

struct page {
    struct page_id id;
    struct arrival_id letter;
    struct post_id post;     /* 0: none was held */
    struct person_id person; /* whom it is about; 0: unknown */
    int tier;
    enum page_state state;
    int64_t step; /* how often it was sent */
    struct person_id claimed_by;
    int64_t claimed_ms;
    const char *outcome;
    int64_t next_ms;
    int64_t created_ms;
};

extern const struct db_domain page_domain;

MUST_CHECK enum rc page_add(struct store *st, struct page *page, struct err *err);
MUST_CHECK enum rc page_get(struct store *st, struct page_id id, struct arena *mem, struct page *ret, struct err *err);
/* The page about a post. */
MUST_CHECK enum rc page_find_post(struct store *st, struct post_id post, struct arena *mem, struct page *ret,
                                  struct err *err);
/* An open page whose next_ms has come. */
MUST_CHECK enum rc page_due(struct store *st, int64_t now_ms, struct arena *mem, struct page *ret, struct err *err);
/* The oldest page that is not done; RC_NOT_FOUND when all are. */
MUST_CHECK enum rc page_oldest(struct store *st, struct arena *mem, struct page *ret, struct err *err);
/* It was sent once more; next time at next_ms. */
MUST_CHECK enum rc page_stepped(struct store *st, struct page_id id, int64_t next_ms, struct err *err);
MUST_CHECK enum rc page_claim(struct store *st, struct page_id id, struct person_id staff, struct err *err);
MUST_CHECK enum rc page_close(struct store *st, struct page_id id, const char *outcome, struct err *err);

#endif
