/*
 * visit_record: what is kept about a visit beside seats and answers: reminders that went, who agreed that what is said stays there, who came, and what
 * members wrote before it, which staff alone read.
 *
 * Units    *_ms UTC, 0 not known; minutes -1 not known; number 0 of a reply: a question of theirs.
 * Owns     What a getter returns lives in its arena.
 * Errors   RC_CONFLICT  visit_reminder_take: that reminder went already
 * State    Writes need an open transaction. All but the words of replies is only added to; of attendance the last row of a person holds.
 */
#ifndef STORE_VISIT_RECORD_H
#define STORE_VISIT_RECORD_H

#include "store/visit_seat.h"

/* Stored: append only. */
enum attendance_state { ATTENDANCE_CAME = 1, ATTENDANCE_MISSED };
enum attendance_source { ATTENDANCE_BY_HOST = 1, ATTENDANCE_BY_CLI, ATTENDANCE_BY_LIST };

struct attendance {
    int64_t id;
    struct visit_id visit;
    struct person_id person;
    enum attendance_state state;
    int64_t joined_ms, left_ms, minutes;
    bool is_individual; /* had a service of their own */
    enum attendance_source source;
    struct person_id staff; /* 0: at the command line */
    int64_t at_ms;
};

struct agreement {
    struct membership_id membership;
    struct person_id person;
    const char *text_version; /* "2026-11-22" */
    enum visit_way way;
    int64_t evidence; /* arrival; 0 */
    int64_t at_ms;
};

struct visit_reply {
    int64_t id;
    struct visit_id visit;
    struct person_id person;
    int64_t number;
    const char *words;
    int64_t at_ms;
};

extern const struct db_domain visit_record_domain;

MUST_CHECK enum rc visit_reminder_take(struct store *st, const struct visit_seat *seat, int64_t minutes_before,
                                       int64_t start_ms, struct err *err);

/* Of the newest reminder that was taken for the seat by then; RC_NOT_FOUND. */
MUST_CHECK enum rc visit_reminder_at(struct store *st, struct visit_seat_id seat, int64_t at_ms, int64_t *ret_minutes,
                                     struct err *err);

/* Fills id and at_ms. */
MUST_CHECK enum rc attendance_add(struct store *st, struct attendance *a, struct err *err);
/* Every row in the order in which they were written. */
MUST_CHECK enum rc attendance_list(struct store *st, struct visit_id visit, struct arena *mem, struct attendance **ret,
                                   size_t *ret_n, struct err *err);
/* The row that holds; NULL: none. */
const struct attendance *attendance_of(const struct attendance *list, size_t n, struct person_id person);

MUST_CHECK enum rc agreement_add(struct store *st, const struct agreement *a, struct err *err);
/* The newest of a membership; RC_NOT_FOUND. */
MUST_CHECK enum rc agreement_get(struct store *st, struct membership_id membership, struct arena *mem,
                                 struct agreement *ret, struct err *err);

/* Fills id and at_ms. */
MUST_CHECK enum rc visit_reply_add(struct store *st, struct visit_reply *r, struct err *err);
MUST_CHECK enum rc visit_replies(struct store *st, struct visit_id visit, struct arena *mem, struct visit_reply **ret,
                                 size_t *ret_n, struct err *err);

const char *attendance_state_name(enum attendance_state state);

#endif
