/*
 * own_name: where a note that asks to be shown without a name tells whose it is.
 *
 * Rule     A word of the writer's names counts with a capital; in any case with "'s", on the last line, where people sign, and alone on its line.
 *          "I rose early" is no name, and neither are the small words between names ("de la"). Found too often is a mark that a moderator passes over; found too
 *          seldom, the group knows.
 * Shape    names: a list that NULL ends; those that are "" say nothing.
 * Owns     All lives in mem.
 * Units    at and len are bytes of the text; words beside each other are one.
 * State    None.
 */
#ifndef GATEWAY_NOTE_OWN_NAME_H
#define GATEWAY_NOTE_OWN_NAME_H

#include "gateway/note/sender.h"

#define OWN_NAME_MAX 16 /* of one text; more are passed over */

struct own_name {
    size_t at, len;
};

/* The writer's names as the chart, the group and their mail have them. */
const char *const *own_name_list(const struct sender *sender, const struct letter *letter, struct arena *mem);
bool own_name_is_in(const char *text, const char *const *names, struct arena *mem);
/* How many there are in found. */
size_t own_name_find(const char *text, const char *const *names, struct arena *mem,
                     struct own_name found[OWN_NAME_MAX]);

#endif
