/*
 * node: the 10 bits that make ids of several processes differ, leased from the store.
 *
 * Shape    Every process that writes takes a number, renews it while it lives and gives it back. A command line of a second does the same.
 * Units    Times are real time, UTC milliseconds.
 * Errors   RC_LIMIT     all 1024 numbers are taken
 *          RC_CONFLICT  node_renew: the lease ran out and somebody else has the number; stop making ids
 * State    Each call is a transaction of its own; none may be open.
 */
#ifndef STORE_NODE_H
#define STORE_NODE_H

#include "store/db.h"
#include "store/id.h"

#define NODE_LEASE_MS (INT64_C(10) * 60 * 1000)

struct node_lease {
    int64_t node, lease, until_ms;
};

extern const struct db_domain node_domain;

MUST_CHECK enum rc node_take(struct db *db, struct node_lease *ret_lease, struct err *err);
MUST_CHECK enum rc node_renew(struct db *db, struct node_lease *lease, struct err *err);
MUST_CHECK enum rc node_give_back(struct db *db, const struct node_lease *lease, struct err *err);

#endif
