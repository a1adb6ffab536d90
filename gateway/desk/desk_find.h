/*
 * desk_find: whom and which group staff mean by a name.
 *
 * Rule     A person is meant by an address of theirs, or by words of the name that the group sees or of the whole one (gateway/desk/desk_name); by how words
 *          begin only where nobody has the words. Of several the caller asks back, those who have it in full first.
 * Owns     What is found lives in mem.
 * Errors   Those of the store.
 * State    Reads only. Opens the names of a whole group: for what people ask, not for each letter.
 */
#ifndef GATEWAY_DESK_DESK_FIND_H
#define GATEWAY_DESK_DESK_FIND_H

#include "gateway/practice/gate.h"
#include "store/group.h"
#include "store/membership.h"

#define DESK_FIND_MAX 20
#define DESK_GROUP_NAMES 3 /* alias, slug, name */

struct desk_found {
    struct membership m;
    const char *name;       /* whole */
    const char *group_name; /* alias */
};

struct desk_groups {
    struct care_group *v; /* open ones */
    size_t n;
    const char **names; /* DESK_GROUP_NAMES for each; ended by NULL */
};

MUST_CHECK enum rc desk_find_groups(struct gate *gate, struct arena *mem, struct desk_groups *ret, struct err *err);
/* The members meant, of one group, or of every open one when it is 0; at most DESK_FIND_MAX. */
MUST_CHECK enum rc desk_find_members(struct gate *gate, const struct desk_groups *groups, struct group_id group,
                                     const char *name, struct arena *mem, struct desk_found *ret_found, size_t *ret_n,
                                     struct err *err);
/* The active staff meant, those alone whom the name fits best: 0, 1 or several. */
MUST_CHECK enum rc desk_find_staff(struct gate *gate, const char *name, struct arena *mem, struct person **ret_found,
                                   size_t *ret_n, struct err *err);

#endif
