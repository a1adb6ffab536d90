/*
 * plan_change: what a changed plan of a visit changes: whether members must hear of it, and what the record says.
 *
 * Shape    is_seen: a field that stands in letters or calendars of members. The others (capacity, co-host, kind, audience, questions) change quietly; who of
 *          staff is new gets a copy all the same (visit/copies).
 *          old_value, new_value: the fields that changed, as "minutes: 60; host: Ana Ruiz", on one line, for the audit row.
 * Owns     Both texts live in mem.
 * Errors   Those of the store.
 * State    Reads only (the names of staff).
 */
#ifndef GATEWAY_VISIT_PLAN_CHANGE_H
#define GATEWAY_VISIT_PLAN_CHANGE_H

#include "gateway/practice/gate.h"
#include "store/visit.h"

struct plan_change {
    size_t count; /* of fields; 0: all as it was */
    bool is_seen;
    const char *old_value, *new_value;
};

MUST_CHECK enum rc plan_change_of(struct gate *gate, const struct visit_plan *was, const struct visit_plan *now,
                                  struct arena *mem, struct plan_change *ret, struct err *err);

#endif
