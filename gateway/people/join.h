/*
 * join: what invite.c and join.c share: an invitation with everybody it concerns, and the two consents.
 *
 * Owns     Strings live in the arena given to join_load.
 * State    join_consent needs an open transaction.
 */
#ifndef GATEWAY_PEOPLE_JOIN_H
#define GATEWAY_PEOPLE_JOIN_H

#include "base/json.h"
#include "gateway/people/invite.h"
#include "store/group.h"

struct join {
    struct invitation invitation;
    struct person person, inviter;
    struct membership membership; /* id 0: staff */
    struct care_group group;      /* id 0: staff */
};

struct join_act {
    bool is_given;
    enum consent_way way;
    int64_t evidence_id;
    const char *evidence;
};

MUST_CHECK enum rc join_load(struct gate *gate, const struct invitation *inv, struct arena *mem, struct join *ret_join,
                             struct err *err);
/* Common values of the mails around joining. */
struct json *join_values(const struct gate *gate, const struct join *join, struct arena *mem);
/* Both consents, each with its audit row; of staff the first alone. */
MUST_CHECK enum rc join_consent(struct gate *gate, const struct audit_who *who, const struct join *join,
                                const struct join_act *act, struct err *err);

#endif
