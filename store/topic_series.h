/*
 * topic_series: words of staff that come again by a rule, and which of its dates were drafted or are left out.
 *
 * Shape    Dates are civil days (clock_days_from_civil) and minutes of the day in the group's zone; a rule has at most one a day, so a day names it.
 * Owns     What a getter returns lives in its arena; texts are "" when unset.
 * Errors   RC_NOT_FOUND  no such row
 *          RC_CONFLICT   topic_series_end: it has ended; topic_series_add_day: that day has its row
 * State    Writes need an open transaction.
 */
#ifndef STORE_TOPIC_SERIES_H
#define STORE_TOPIC_SERIES_H

#include "store/store.h"

/* Stored: append only. */
enum topic_series_state { TOPIC_SERIES_OPEN = 1, TOPIC_SERIES_ENDED };

struct topic_series {
    struct topic_series_id id;
    struct group_id group;
    struct person_id author;
    enum topic_series_state state;
    bool is_news;  /* announcements; else each opens a conversation */
    int64_t flags; /* enum post_flag */
    const char *rule;
    int64_t day, minute; /* the first */
    int64_t ahead_days;
    const char *title, *text, *tag;
};
struct topic_series_day {
    int64_t day;
    struct post_id post; /* 0: left out */
};

extern const struct db_domain topic_series_domain;

/* Fills id and state. */
MUST_CHECK enum rc topic_series_add(struct store *st, struct topic_series *s, struct err *err);
MUST_CHECK enum rc topic_series_get(struct store *st, struct topic_series_id id, struct arena *mem,
                                    struct topic_series *ret, struct err *err);
/* Of a group (0: of all), open ones first, by id. */
MUST_CHECK enum rc topic_series_list(struct store *st, struct group_id group, struct arena *mem,
                                     struct topic_series **ret, size_t *ret_n, struct err *err);
/* Writes flags and words. */
MUST_CHECK enum rc topic_series_set_words(struct store *st, const struct topic_series *s, struct err *err);
MUST_CHECK enum rc topic_series_end(struct store *st, struct topic_series_id id, struct err *err);

MUST_CHECK enum rc topic_series_add_day(struct store *st, struct topic_series_id id, struct topic_series_day day,
                                        struct err *err);
MUST_CHECK enum rc topic_series_set_day(struct store *st, struct topic_series_id id, struct topic_series_day day,
                                        struct err *err);
/* By day. */
MUST_CHECK enum rc topic_series_days(struct store *st, struct topic_series_id id, struct arena *mem,
                                     struct topic_series_day **ret, size_t *ret_n, struct err *err);

#endif
