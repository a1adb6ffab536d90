/*
 * engagement: what a group did in a span of time, as numbers: nothing sealed is read, nobody is named.
 *
 * Units    from_ms <= time < until_ms. wait_ms holds the time from arrival to publication of each note published in the span, shortest first.
 * Owns     wait_ms and tier_wait_ms live in mem.
 * Errors   Those of the connection.
 * State    Reads only.
 */
#ifndef STORE_ENGAGEMENT_H
#define STORE_ENGAGEMENT_H

#include "store/delivery.h"
#include "store/membership.h"
#include "store/post.h"

#define ENGAGEMENT_WEEKS_MAX 53
#define ENGAGEMENT_KINDS 4
#define ENGAGEMENT_TIERS 5

struct engagement_week {
    int64_t notes, authors; /* published, and by how many people */
};

struct engagement {
    int64_t members[MEMBER_STATE_END]; /* now, patients and caregivers */
    int64_t rhythms[RHYTHM_END];       /* of active ones */
    int64_t joined, left;              /* in the span */
    int64_t came[ENGAGEMENT_KINDS];    /* notes that came, by kind */
    int64_t states[POST_STATE_END];    /* of those, by what became of them */
    int64_t tiers[ENGAGEMENT_TIERS];
    int64_t authors, repliers;           /* people who wrote anything, who answered somebody */
    int64_t letters[DELIVERY_STATE_END]; /* to members */
    int64_t issues;
    int64_t *wait_ms;
    size_t wait_count;
    int64_t *tier_wait_ms[ENGAGEMENT_TIERS]; /* the same, by tier */
    size_t tier_wait_count[ENGAGEMENT_TIERS];
    struct engagement_week weeks[ENGAGEMENT_WEEKS_MAX]; /* the span, cut into weeks from its start */
    size_t week_count;
};

extern const struct db_domain engagement_domain;

MUST_CHECK enum rc engagement_read(struct store *st, struct group_id group, int64_t from_ms, int64_t until_ms,
                                   struct arena *mem, struct engagement *ret, struct err *err);

#endif
