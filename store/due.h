/*
 * due: clock work by name: what is to be done for which subject at which time, and which practice a role looks at next.
 *
 * Shape    One row per (kind, subject): setting it again moves it. Times are the clock port's.
 * Errors   RC_NOT_FOUND  nothing is due
 * State    Writes need an open transaction.
 */
#ifndef STORE_DUE_H
#define STORE_DUE_H

#include "store/store.h"

/* Stored: append only. subject_id by kind. */
enum job_kind {
    JOB_ISSUE_DAILY = 1,   /* group: closes its daily issue */
    JOB_ISSUE_WEEKLY,      /* group */
    JOB_REVIEW_LIST,       /* 0: a list mail to the person on duty */
    JOB_NOT_ANSWERED,      /* 0: the weekly "please call" list */
    JOB_AUDIT_HEAD,        /* 0: hourly log line, weekly mail */
    JOB_PURGE,             /* 0: retention */
    JOB_GROUP_END,         /* group: its end date */
    JOB_TOPIC,             /* post: a topic that has its OK goes out */
    JOB_FAN_OUT,           /* post: copies for a large group */
    JOB_FAN_NOTE,          /* post: letters of correction for a large group */
    JOB_PAUSE_ENDS = 31,   /* membership: "your pause ends soon" */
    JOB_TEST_PAGE = 40,    /* 0: the weekly test of the calls */
    JOB_FOLLOW_UP = 41,    /* page: the day behind an alarm that was closed */
    JOB_DAILY_MAIL = 50,   /* 0: what staff should know as the office opens */
    JOB_GOODBYE = 60,      /* group: its closing letters, a batch at a time */
    JOB_POLL = 70,         /* post: its poll closes */
    JOB_UNANSWERED = 71,   /* post: nobody has answered it yet */
    JOB_CHECK_IN = 72,     /* check-in: asks */
    JOB_THANKS = 73,       /* membership: how many thanked them */
    JOB_MILESTONES = 74,   /* group: whose day it is */
    JOB_TOPIC_SERIES = 75, /* series of topics: drafts what comes next */
    JOB_VISITS = 80,       /* 0: once a day, visits are made of their series */
    JOB_VISIT_COPIES,      /* visit: everybody's copy is made to say what holds */
    JOB_VISIT_PLACES,      /* visit: offered places that nobody took */
    JOB_VISIT_REMIND,      /* visit */
    JOB_VISIT_AFTER,       /* visit: it has ended */
    JOB_VISIT_QUESTIONS,   /* visit: the questions before it */
    JOB_TEXT_BUDGET = 90,  /* group, 0 the practice: staff hear that the month's money for texts is nearly gone */
    JOB_TEXT_DIGEST = 100, /* membership: what it is owed by text */
    JOB_TEXT_AGAIN,        /* text: did its hours end before it could leave? */
    JOB_TEXT_PARTS,        /* text that came: a part whose others are missing still */
    JOB_TEXT_CONFIRMED,    /* text: did the confirmation of a STOP leave in time? */
};

extern const struct db_domain due_domain;

MUST_CHECK enum rc due_set(struct store *st, enum job_kind kind, int64_t subject_id, int64_t due_ms, struct err *err);
/* Sets it only where no such job waits. */
MUST_CHECK enum rc due_ensure(struct store *st, enum job_kind kind, int64_t subject_id, int64_t due_ms,
                              struct err *err);
MUST_CHECK enum rc due_clear(struct store *st, enum job_kind kind, int64_t subject_id, struct err *err);
MUST_CHECK enum rc due_is_set(struct store *st, enum job_kind kind, int64_t subject_id, bool *ret_is_set,
                              struct err *err);
/* RC_NOT_FOUND when no such job waits. */
MUST_CHECK enum rc due_time_of(struct store *st, enum job_kind kind, int64_t subject_id, int64_t *ret_due_ms,
                               struct err *err);
/* The earliest job that is due at now_ms. */
MUST_CHECK enum rc due_next(struct store *st, int64_t now_ms, enum job_kind *ret_kind, int64_t *ret_subject,
                            struct err *err);
/* The earliest due one of a kind. */
MUST_CHECK enum rc due_next_of(struct store *st, enum job_kind kind, int64_t now_ms, int64_t *ret_subject,
                               struct err *err);
/* When the earliest job of the practice is due; RC_NOT_FOUND when none waits. */
MUST_CHECK enum rc due_earliest(struct store *st, int64_t *ret_due_ms, struct err *err);

/* Roles that walk through practices. Stored: append only. */
enum due_role { DUE_SORT = 1, DUE_CLOCK, DUE_MAIL, DUE_TEXT };

#define DUE_HOLD_MS (INT64_C(60) * 1000)

/* There is work for role at due_ms, or earlier if that was known already: for whoever makes work. */
MUST_CHECK enum rc due_wake_practice(struct db *db, enum due_role role, struct practice_id practice, int64_t due_ms,
                                     struct err *err);
/* The practice whose turn it is, the one that waited longest first; it is nobody else's turn for DUE_HOLD_MS. */
MUST_CHECK enum rc due_take_practice(struct db *db, enum due_role role, int64_t now_ms,
                                     struct practice_id *ret_practice, struct err *err);
/* After due_take_practice at taken_ms: come again at next_due_ms, or earlier when somebody woke the practice meanwhile. */
MUST_CHECK enum rc due_rest_practice(struct db *db, enum due_role role, struct practice_id practice, int64_t taken_ms,
                                     int64_t next_due_ms, struct err *err);
/* Whatever stood there. */
MUST_CHECK enum rc due_set_practice(struct db *db, enum due_role role, struct practice_id practice, int64_t next_due_ms,
                                    struct err *err);

#endif
