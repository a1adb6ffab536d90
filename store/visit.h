/*
 * visit: group visits: the rules of series, and the single visits that people are invited to.
 *
 * Shape    A series is a rule with the days on which it does not hold and the times beside it; what is made of it is a visit like any other, known
 *          by its day of the rule wherever it was moved to. A visit's number is what staff call it: 1, 2, … in the practice. All words are sealed.
 * Units    day: civil days (clock_days_from_civil); minute: of that day in the zone; start_ms: UTC, derived from both, written again when it changes.
 * Owns     What a getter returns lives in its arena; texts are "" when unset, ids 0.
 * Errors   RC_NOT_FOUND  no such row
 *          RC_CONFLICT   visit_change: its version is another by now (somebody was quicker); visit_add: that day of the series has its visit;
 *                        visit_series_end: it has ended
 * State    Writes need an open transaction.
 */
#ifndef STORE_VISIT_H
#define STORE_VISIT_H

#include "store/store.h"

/* All stored: append only. */
enum visit_kind { VISIT_GROUP = 1, VISIT_SPEAKER, VISIT_QUESTIONS, VISIT_CLASS, VISIT_KIND_END };
enum visit_state { VISIT_PLANNED = 1, VISIT_CANCELLED, VISIT_OVER };
enum visit_series_state { VISIT_SERIES_OPEN = 1, VISIT_SERIES_ENDED };

struct visit_words {
    const char *title;   /* for members: in mails only */
    const char *neutral; /* for calendars, which others see */
    const char *link, *dial_in, *notes;
    const char *tag;       /* audience tag: "" everybody in the group */
    const char *questions; /* before the visit, one a line */
};

/* What a visit has of its series. */
struct visit_plan {
    struct group_id group;
    struct person_id staff, host, cohost, speaker;
    enum visit_kind kind;
    const char *zone;
    int64_t day, minute; /* of a series: its first */
    int64_t minutes, capacity;
    struct visit_words words;
};

struct visit_series {
    struct visit_series_id id;
    enum visit_series_state state;
    struct visit_plan plan;
    const char *rule;
    int64_t created_ms;
};
struct visit_series_day {
    int64_t day, minute; /* minute -1: no visit by the rule on that day */
};

struct visit {
    struct visit_id id;
    int64_t number;
    struct visit_series_id series; /* 0: a single one */
    int64_t series_day;
    enum visit_state state;
    struct visit_plan plan;
    int64_t start_ms;
    int64_t version;            /* 1 at first */
    struct membership_id after; /* the last membership that was written to about this version */
    int64_t created_ms;
};

extern const struct db_domain visit_domain, visit_series_domain;

/* Fills id, number, state, version and created_ms. */
MUST_CHECK enum rc visit_add(struct store *st, struct visit *v, struct err *err);
MUST_CHECK enum rc visit_get(struct store *st, struct visit_id id, struct arena *mem, struct visit *ret,
                             struct err *err);
MUST_CHECK enum rc visit_by_number(struct store *st, int64_t number, struct arena *mem, struct visit *ret,
                                   struct err *err);
/* Those that start in [from_ms, until_ms), by start; group 0: of all. */
MUST_CHECK enum rc visit_between(struct store *st, struct group_id group, int64_t from_ms, int64_t until_ms,
                                 struct arena *mem, struct visit **ret, size_t *ret_n, struct err *err);
/* Those of a series, by start. */
MUST_CHECK enum rc visit_of_series(struct store *st, struct visit_series_id series, struct arena *mem,
                                   struct visit **ret, size_t *ret_n, struct err *err);
/* Writes state, time and plan where the version is still *v's; raises it when people must be told (also in *v), and begins anew with telling. */
MUST_CHECK enum rc visit_change(struct store *st, struct visit *v, bool must_tell, struct err *err);
MUST_CHECK enum rc visit_told_until(struct store *st, struct visit_id id, struct membership_id after, struct err *err);

/* Fills id, state and created_ms. */
MUST_CHECK enum rc visit_series_add(struct store *st, struct visit_series *s, struct err *err);
MUST_CHECK enum rc visit_series_get(struct store *st, struct visit_series_id id, struct arena *mem,
                                    struct visit_series *ret, struct err *err);
/* Open ones first, by id. */
MUST_CHECK enum rc visit_series_list(struct store *st, struct arena *mem, struct visit_series **ret, size_t *ret_n,
                                     struct err *err);
MUST_CHECK enum rc visit_series_end(struct store *st, struct visit_series_id id, struct err *err);
/* Setting the same twice is fine. */
MUST_CHECK enum rc visit_series_set_day(struct store *st, struct visit_series_id id, struct visit_series_day day,
                                        struct err *err);
MUST_CHECK enum rc visit_series_days(struct store *st, struct visit_series_id id, struct arena *mem,
                                     struct visit_series_day **ret, size_t *ret_n, struct err *err);

/* "group visit", "guest speaker", "questions", "class"; "planned", "cancelled", "over" */
const char *visit_kind_name(enum visit_kind kind);
const char *visit_state_name(enum visit_state state);

#endif
