/*
 * video: what a video provider keeps for us: the practice's account there, the meeting of a visit, and each member's own way to join.
 *
 * Shape    One account for a practice. A meeting row is made when a visit's link is the provider's (VIDEO_LINK), and is looked at when it is due.
 *          A seat has the provider's name for the registrant and a link that is theirs alone.
 * Units    Times are the clock port's.
 * Owns     What a getter returns lives in its arena.
 * Errors   RC_NOT_FOUND  no such row
 * State    Writes need an open transaction.
 */
#ifndef STORE_VIDEO_H
#define STORE_VIDEO_H

#include "store/visit_seat.h"

#define VIDEO_LINK "zoom" /* in place of a link: the meeting is made there */
#define VIDEO_NEVER INT64_MAX

struct video_meeting {
    struct visit_id visit;
    int64_t remote_id; /* 0: none there */
    int64_t start_ms, minutes;
    const char *link; /* for staff; NULL */
    bool is_counted;
    int64_t tries;
    const char *trouble; /* "" none */
    int64_t due_ms;
};

struct video_seat {
    struct visit_seat_id seat;
    struct visit_id visit;
    struct person_id person;
    const char *registrant, *link;
};

extern const struct db_domain video_domain;

/* JSON as the caller understands it; NULL takes the account away. */
MUST_CHECK enum rc video_account_set(struct store *st, const char *values, struct err *err);
MUST_CHECK enum rc video_account_get(struct store *st, struct arena *mem, const char **ret_values, struct err *err);

/* There is a row for this visit, and it is due. */
MUST_CHECK enum rc video_meeting_want(struct store *st, struct visit_id visit, int64_t due_ms, struct err *err);
/* What has a row is due by then at the latest; RC_OK also when it has none. */
MUST_CHECK enum rc video_meeting_hurry(struct store *st, struct visit_id visit, int64_t due_ms, struct err *err);
MUST_CHECK enum rc video_meeting_get(struct store *st, struct visit_id visit, struct arena *mem,
                                     struct video_meeting *ret, struct err *err);
/* The one that has been due longest. */
MUST_CHECK enum rc video_meeting_next(struct store *st, int64_t now_ms, struct arena *mem, struct video_meeting *ret,
                                      struct err *err);
/* Its due_ms is written only where the row's is still was_ms: who hurried it meanwhile is not forgotten. */
MUST_CHECK enum rc video_meeting_change(struct store *st, const struct video_meeting *m, int64_t was_ms,
                                        struct err *err);
/* How many have trouble, and the code of one. */
MUST_CHECK enum rc video_meeting_troubles(struct store *st, struct arena *mem, int64_t *ret_n, const char **ret_trouble,
                                          struct err *err);

MUST_CHECK enum rc video_seat_put(struct store *st, const struct video_seat *seat, struct err *err);
MUST_CHECK enum rc video_seat_get(struct store *st, struct visit_seat_id id, struct arena *mem, struct video_seat *ret,
                                  struct err *err);
MUST_CHECK enum rc video_seats(struct store *st, struct visit_id visit, struct arena *mem, struct video_seat **ret,
                               size_t *ret_n, struct err *err);
MUST_CHECK enum rc video_seat_drop(struct store *st, struct visit_seat_id id, struct err *err);
/* The meeting is gone there, and all who were registered with it. */
MUST_CHECK enum rc video_seats_drop(struct store *st, struct visit_id visit, struct err *err);

#endif
