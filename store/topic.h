/*
 * topic: the date of a note of staff that goes out later, and the group's hour of the week for such notes. No words stand here.
 *
 * Shape    One row for each post with a date. Dates are civil days (clock_days_from_civil) and minutes of the day in the group's zone.
 * Errors   RC_NOT_FOUND  no such row
 *          RC_CONFLICT   topic_set_state: it is not in the state that is changed
 * State    Writes need an open transaction.
 */
#ifndef STORE_TOPIC_H
#define STORE_TOPIC_H

#include "store/store.h"

/* Stored: append only. */
enum topic_state {
    TOPIC_PLANNED = 1, /* no OK came before its date; its post says what became of it */
    TOPIC_RELEASED,    /* has its OK, and waits for its date */
    TOPIC_SENT,        /* by the clock */
    TOPIC_CANCELLED
};

struct topic {
    struct post_id post;
    struct group_id group;
    enum topic_state state;
    int64_t day, minute;
};

struct topic_hour {
    int64_t weekday, minute; /* weekday -1: none */
};

extern const struct db_domain topic_domain;

MUST_CHECK enum rc topic_add(struct store *st, const struct topic *topic, struct err *err);
MUST_CHECK enum rc topic_get(struct store *st, struct post_id post, struct topic *ret, struct err *err);
/* Compare-and-set. */
MUST_CHECK enum rc topic_set_state(struct store *st, struct post_id post, enum topic_state from, enum topic_state to,
                                   struct err *err);
/* Planned and released ones of a group (0: of all) whose post still waits, by date. */
MUST_CHECK enum rc topic_ahead(struct store *st, struct group_id group, struct arena *mem, struct topic **ret,
                               size_t *ret_n, struct err *err);
MUST_CHECK enum rc topic_hour_get(struct store *st, struct group_id group, struct topic_hour *ret, struct err *err);
/* weekday -1 takes it away. */
MUST_CHECK enum rc topic_hour_set(struct store *st, struct group_id group, const struct topic_hour *hour,
                                  struct err *err);
const char *topic_state_name(enum topic_state state);

#endif
