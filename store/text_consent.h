/*
 * text_consent: what each number has said to texts of the practice, and the log of how it came to that.
 *
 * Shape    One row per number (address of kind phone), for all groups: providers block a number, not a group. No row: never asked.
 *
 *            none ── asked ── yes ──────────────────── stopped           text_consent_set writes every arrow, with a row in the log
 *              │       │       └── wrong number, nothing arrives            (append only: old, new, way, who, what was shown, what was said)
 *              └───────┴── stopped: STOP counts from anybody
 *
 *          Only the number itself leads out of `stopped` (START, UNSTOP, YES by text: TEXT_BY_TEXT) or a new recorded consent on paper
 *          (TEXT_BY_PAPER): rule R6. text_consent_set refuses any other with RC_DENIED, so that no caller can forget it.
 *          The level (0 that there is something new, 1 alias and sixty characters, 2 everything) is chosen by the person after a warning (R19).
 *          store/consent stays the record per membership (channel CHANNEL_TEXT): a group's digest needs both.
 * Units    Times are the clock port's.
 * Owns     What is read lives in mem.
 * Errors   RC_NOT_FOUND  text_consent_get never: a number without a row is TEXT_NEVER_ASKED
 *          RC_DENIED     text_consent_set out of `stopped` by another way than the number itself
 * State    Writes need an open transaction.
 */
#ifndef STORE_TEXT_CONSENT_H
#define STORE_TEXT_CONSENT_H

#include "store/store.h"

/* Stored: append only. */
enum text_consent_state {
    TEXT_NEVER_ASKED,
    TEXT_ASKED,
    TEXT_YES,
    TEXT_STOPPED,
    TEXT_WRONG_NUMBER,
    TEXT_UNDELIVERABLE,
    TEXT_CONSENT_END
};
enum text_consent_way {
    TEXT_BY_TEXT = 1,
    TEXT_BY_EMAIL,
    TEXT_BY_PAPER,
    TEXT_BY_STAFF,
    TEXT_BY_PROVIDER, /* it told us: opted out there, or no such number */
    TEXT_BY_RULE      /* of ours: three failures in a week, a year of silence */
};
const char *text_consent_way_name(enum text_consent_way way);       /* "text", "email", "paper", "staff" … */
const char *text_consent_state_name(enum text_consent_state state); /* "never asked", "asked", "yes", "stopped" … */

struct text_consent {
    struct address_id address;
    enum text_consent_state state;
    int64_t since_ms;
    int level;                       /* 0 … 2 */
    int64_t asked;                   /* requests since the last answer: at most two (one and a repeat) */
    int64_t reminded_ms, reminded_n; /* when how to stop was last said, and how many digests went out since (R10) */
    int64_t
        stopped_ms; /* the last STOP whose confirmation was queued (R4: none again within 24 h); 0 after a new yes */
    int64_t heard_ms;
    int64_t failures, failures_ms; /* temporary ones, counted from failures_ms on */
};

struct text_consent_change {
    struct address_id address;
    struct person_id person; /* 0: whoever uses the number */
    enum text_consent_state state;
    int level; /* -1: as it is; 0 where another person chose it, or the number was a wrong one or nothing arrived */
    enum text_consent_way way;
    struct person_id actor; /* staff; 0 */
    int64_t evidence_id;    /* text_in, letter or text_out: by way; 0 */
    const char *wording;    /* version of what was shown; NULL */
    const char *words;      /* what was answered; NULL */
};

struct text_consent_entry {
    int64_t id;
    struct person_id person, actor;
    enum text_consent_state before, after;
    int old_level, new_level;
    enum text_consent_way way;
    int64_t evidence_id, at_ms;
    const char *wording, *words;
};

extern const struct db_domain text_consent_domain;

MUST_CHECK enum rc text_consent_get(struct store *st, struct address_id address, struct text_consent *ret,
                                    struct err *err);
/* Writes state and level and one row of the log; a change to the same state and level is logged too. asked goes to 0 with any answer. Leaves queued
 * texts alone: gateway/text/text_stop cancels. */
MUST_CHECK enum rc text_consent_set(struct store *st, const struct text_consent_change *change, struct err *err);
/* Whether the number's yes is that very person's (STOP and START between leave it theirs, a new question ends it), and the level that they chose. */
MUST_CHECK enum rc text_consent_yes_of(struct store *st, struct address_id address, struct person_id person,
                                       bool *ret_is, int *ret_level, struct err *err);
/* The number's, with the level that this very person, of those who use it, chose to be told (R19): what others chose says nothing of them. What was done to
 * the number for nobody in particular counts for everybody. Person 0: the number's own level. */
MUST_CHECK enum rc text_consent_for(struct store *st, struct address_id address, struct person_id person,
                                    struct text_consent *ret, struct err *err);
/* A number's log, oldest first. */
MUST_CHECK enum rc text_consent_log(struct store *st, struct address_id address, struct arena *mem,
                                    struct text_consent_entry **ret, size_t *ret_n, struct err *err);

/* One more request for a yes has been queued. */
MUST_CHECK enum rc text_consent_asked(struct store *st, struct address_id address, struct err *err);
/* A text came from there; makes no row. */
MUST_CHECK enum rc text_consent_heard(struct store *st, struct address_id address, struct err *err);
/* A STOP is to be confirmed: true and noted when none was within 24 h. There must be a row. */
MUST_CHECK enum rc text_consent_take_stop(struct store *st, struct address_id address, bool *ret_is_first,
                                          struct err *err);
/* How to stop was said (is_said), or one more digest went out without it. */
MUST_CHECK enum rc text_consent_reminded(struct store *st, struct address_id address, bool is_said, struct err *err);
/* A temporary failure: ret_n of them within seven days. A delivery clears them (text_consent_arrived). */
MUST_CHECK enum rc text_consent_failed(struct store *st, struct address_id address, int64_t *ret_n, struct err *err);
MUST_CHECK enum rc text_consent_arrived(struct store *st, struct address_id address, struct err *err);

#endif
