/*
 * group_alias: whether what strangers see of a group is neutral.
 *
 * Rule     A help, not a wall: it knows common words of illness in English and Spanish, and what the group's own name says. The practice's forbidden
 *          words are the wall (group add --forbidden).
 */
#ifndef GATEWAY_CLI_GROUP_ALIAS_H
#define GATEWAY_CLI_GROUP_ALIAS_H

#include "base/arena.h"

/* A word of the alias that may tell what the group is about: one of health, or one that it shares with the name and that is no day, season or "circle".
 * NULL: none. Folded; lives in mem. */
const char *group_alias_telling(const char *alias, const char *name, struct arena *mem);

#endif
