/*
 * invitation: that a person was asked, by whom, and what came of it.
 *
 *            sent ── repeated (once, after 3 days) ── listed (staff call)
 *              └────────┴────────────┴── yes, no, other (staff read it), withdrawn
 *
 * Shape    Of a group: membership is set. Of staff who are asked to opt in: membership 0. An answer is taken in every waiting state, and after
 *          "other" too (they may say yes later).
 * Errors   RC_NOT_FOUND  no such row
 *          RC_CONFLICT   the state is not the expected one
 * State    Writes need an open transaction.
 */
#ifndef STORE_INVITATION_H
#define STORE_INVITATION_H

#include "store/consent.h"

/* Stored: append only. */
enum invitation_state {
    INVITATION_SENT = 1,
    INVITATION_REPEATED,
    INVITATION_LISTED,
    INVITATION_YES,
    INVITATION_NO,
    INVITATION_OTHER,
    INVITATION_WITHDRAWN,
    INVITATION_STATE_END
};

struct invitation {
    struct invitation_id id;
    struct membership_id membership;
    struct person_id person;
    struct address_id address;
    struct person_id invited_by; /* staff */
    enum invitation_state state;
    enum consent_way paper_way; /* CONSENT_BY_PAPER or _PHONE: recorded by staff, to be proved by one reply; 0: none */
    const char *text_version;
    const char *reason; /* why asked AGAIN; NULL */
    int64_t sent_ms;
    int64_t next_ms; /* when to repeat or list; 0: never */
    int64_t answered_ms;
};

extern const struct db_domain invitation_domain;

/* Fills id and sent_ms. */
MUST_CHECK enum rc invitation_add(struct store *st, struct invitation *inv, struct err *err);
MUST_CHECK enum rc invitation_get(struct store *st, struct invitation_id id, struct arena *mem, struct invitation *ret,
                                  struct err *err);
/* The newest of a membership, or of a staff person (membership 0). */
MUST_CHECK enum rc invitation_newest(struct store *st, struct person_id person, struct membership_id membership,
                                     struct arena *mem, struct invitation *ret, struct err *err);
/* Writes state, next_ms and answered_ms where the state is still `from`. */
MUST_CHECK enum rc invitation_change(struct store *st, const struct invitation *inv, enum invitation_state from,
                                     struct err *err);
/* Those of a group that were sent and not repeated yet: when they are looked at next. */
MUST_CHECK enum rc invitation_begin_group(struct store *st, struct group_id group, int64_t next_ms, struct err *err);
/* Waiting ones (sent, repeated) whose next_ms has come; at most max. */
MUST_CHECK enum rc invitation_due(struct store *st, int64_t now_ms, size_t max, struct arena *mem,
                                  struct invitation **ret, size_t *ret_n, struct err *err);
/* Listed ones: "not answered, please call", after `after` by id; at most max. */
MUST_CHECK enum rc invitation_listed(struct store *st, struct invitation_id after, size_t max, struct arena *mem,
                                     struct invitation **ret, size_t *ret_n, struct err *err);

const char *invitation_state_name(enum invitation_state state);

#endif
