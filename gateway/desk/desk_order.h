/*
 * desk_order: the names behind DUTY, read into the order in which staff are called.
 *
 * Shape    Names stand with commas, "and", "then" or each on its line, with or without numbers. A title behind a name ("Ana Ruiz, RN") belongs to it,
 *          unless somebody of the staff is called so ("Lan Do"); who is named twice counts once.
 *          *ret_problem is DESK_NO_STAFF or DESK_WHICH_STAFF about act.name, then *ret_people holds whom it could have been: `name`, `address`.
 *          DESK_UNCLEAR: more than DESK_ORDER_MAX of them.
 * Owns     *ret_people is the caller's; NULL where there is no problem.
 * Errors   Those of the store.
 */
#ifndef GATEWAY_DESK_DESK_ORDER_H
#define GATEWAY_DESK_DESK_ORDER_H

#include "base/json.h"
#include "gateway/desk/desk_act.h"

MUST_CHECK enum rc desk_order_read(struct gate *gate, struct desk_act *act, struct arena *mem,
                                   enum desk_problem *ret_problem, struct json **ret_people, struct err *err);

#endif
