/*
 * names: the names that may stand in a greeting or under a letter, so that "Yes, thanks! Rose" is a yes.
 *
 * Owns     The list and its strings live in mem; it ends with NULL.
 */
#ifndef GATEWAY_NOTE_NAMES_H
#define GATEWAY_NOTE_NAMES_H

#include "gateway/note/sender.h"

/* Of the writer (full name and its words, shown name), of staff, and of practice and group. */
MUST_CHECK enum rc names_known(struct gate *gate, const struct sender *sender, struct arena *mem,
                               const char *const **ret_names, struct err *err);

#endif
