/*
 * shown_name: the name under which the others of a group see somebody: its form, whether it is free, and one chosen from a full name.
 *
 * Rule     Free means that nobody living in the group shows a name that looks the same (case, accents and look-alike letters aside: "María" is
 *          "Maria"), and, for who is not staff, that it looks like no staff member, not like the practice, and like none of our own words
 *          (gateway/say/likeness). A name that the program chooses obeys this as one that is typed.
 * Owns     Names live in mem.
 * Errors   RC_INPUT     not of its form; the message names the form, never the value
 *          RC_CONFLICT  shown_name_choose: every name that could be made of the full name looks like staff's
 */
#ifndef GATEWAY_SAY_SHOWN_NAME_H
#define GATEWAY_SAY_SHOWN_NAME_H

#include "gateway/practice/gate.h"
#include "store/membership.h"

/* One line of 1 to COMMAND_NAME_MAX characters, with a letter in it, no address, no number of 5 or more digits. */
MUST_CHECK enum rc shown_name_check(const char *name, struct arena *mem, const char **ret_name, struct err *err);

/* For the membership: its group and role count, its id (0: none yet) is passed over, its name is not read. */
MUST_CHECK enum rc shown_name_is_free(struct gate *gate, const struct membership *of, const char *name, bool *ret_free,
                                      struct err *err);

/* The first that is free of "Maria", "Maria S.", "Maria 2" … */
MUST_CHECK enum rc shown_name_choose(struct gate *gate, const struct membership *of, const char *full_name,
                                     struct arena *mem, const char **ret_name, struct err *err);

/* Of who comes back: m->name stays unless somebody took it meanwhile; one that only looks like a newer staff member's was there first. */
MUST_CHECK enum rc shown_name_keep(struct gate *gate, struct membership *m, struct arena *mem, struct err *err);

#endif
