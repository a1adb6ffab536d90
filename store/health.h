/*
 * health: counts for `status` and `doctor`.
 *
 * Units    oldest_ms is the clock port's time, 0 when there is none.
 * Errors   Those of the connection.
 * State    Reads only.
 */
#ifndef STORE_HEALTH_H
#define STORE_HEALTH_H

#include "store/delivery.h"

#define HEALTH_TIERS 5

struct health_line {
    int64_t count, oldest_ms;
};

struct health {
    struct health_line waiting[HEALTH_TIERS]; /* posts without a decision, by tier */
    int64_t outbox[LANE_COUNT][DELIVERY_STATE_END];
    struct health_line open_pages, claimed_pages;
    struct health_line new_arrivals, parked_arrivals;
    struct health_line suspended; /* addresses whose letters came back on three days */
};

extern const struct db_domain health_domain;

MUST_CHECK enum rc health_read(struct store *st, struct health *ret_health, struct err *err);
/* Looks through the whole database file (SQLite; PostgreSQL looks after itself). NULL: sound; else the first thing that is wrong. */
MUST_CHECK enum rc health_check_database(struct db *db, struct arena *mem, const char **ret_wrong, struct err *err);

#endif
