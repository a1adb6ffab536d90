/*
 * desk_show: what the desk answers at once: WHO, QUEUE, STATS, STRANGERS, HELP, and RULES, HOURS, DUTY alone.
 *
 * Rule     WHO shows a list of members to staff alone, and is in the audit log as reading. QUEUE shows no words of notes.
 * Owns     *ret_values is the caller's.
 * Errors   Those of the store.
 * State    Needs an open transaction (WHO writes its audit row).
 */
#ifndef GATEWAY_DESK_DESK_SHOW_H
#define GATEWAY_DESK_DESK_SHOW_H

#include "gateway/desk/desk_act.h"
#include "store/mailing.h"

MUST_CHECK enum rc desk_show_values(struct gate *gate, const struct desk_act *act, const struct person *reader,
                                    struct arena *mem, enum mailing_kind *ret_kind, struct json **ret_values,
                                    struct err *err);
/* What waits: `queue` [number, author, group_name, waiting, is_…]. */
MUST_CHECK enum rc desk_show_queue(struct gate *gate, const struct person *reader, struct arena *mem,
                                   struct json *values, struct err *err);

#endif
