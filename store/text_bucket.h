/*
 * text_bucket: how many parts may leave now: token buckets that all roles and machines share.
 *
 * Shape    tokens = min(cap, tokens + (now - last) * rate), taken when there are enough. Three kinds must all let a text pass:
 *            sender    its rate; cap is the larger of the text's parts and 3, so that the longest text gets through in the end
 *            campaign  parts per minute; the same cap
 *            brand     parts of a day, of the practice; a tenth is kept back for what is exempt
 *          text_bucket_take asks all three and takes from all or from none; ret_wait_ms says when to come again.
 *          A throttled sender has half its rate for TEXT_HALVED_MS.
 * Units    milli-parts, real time.
 * State    Needs an open transaction. A bucket that was never used is full.
 */
#ifndef STORE_TEXT_BUCKET_H
#define STORE_TEXT_BUCKET_H

#include "store/text_account.h"

#define TEXT_HALVED_MS (INT64_C(10) * 60 * 1000)

struct text_want {
    struct text_sender_id sender;
    int64_t rate_milli;       /* of the sender; 0: no limit */
    int64_t campaign;         /* 0: none */
    int64_t parts_per_minute; /* of the campaign; 0: no limit */
    int64_t brand_per_day;    /* 0: no limit */
    int64_t day_start_ms;     /* when the brand's day began (real time) */
    int64_t parts;
    bool
        is_exempt; /* the last tenth of a brand's day is for it; buckets are charged, and go below zero rather than stop it */
};

extern const struct db_domain text_bucket_domain;

/* *ret_wait_ms 0: taken. */
MUST_CHECK enum rc text_bucket_take(struct store *st, const struct text_want *want, int64_t *ret_wait_ms,
                                    struct err *err);
MUST_CHECK enum rc text_bucket_halve(struct store *st, struct text_sender_id sender, struct err *err);

#endif
