/*
 * desk_act_say: a prepared act as JSON, for the question that waits, and as values, for people.
 *
 * Owns     What is read lives in mem.
 * Errors   RC_CORRUPT  data that desk_act_write did not write; others of the store
 * State    Reads only.
 */
#ifndef GATEWAY_DESK_DESK_ACT_SAY_H
#define GATEWAY_DESK_DESK_ACT_SAY_H

#include "base/json.h"
#include "gateway/desk/desk_act.h"

const char *desk_act_write(const struct desk_act *act, struct arena *mem);
MUST_CHECK enum rc desk_act_read(const char *data, struct arena *mem, struct desk_act *ret_act, struct err *err);

/* The values by which desk_preview and desk_done show it to this reader. */
MUST_CHECK enum rc desk_act_values(struct gate *gate, const struct desk_act *act, const struct person *reader,
                                   struct arena *mem, struct json *values, struct err *err);
/* "is_again": the section of a word. */
const char *desk_act_flag(enum desk_word_kind kind);

#endif
