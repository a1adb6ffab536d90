/*
 * office: the practice's working time, and who is on duty.
 *
 * Errors   those of the store; hours that do not parse count as open all day (practice set refuses such a setting, so this is a damaged row)
 */
#ifndef GATEWAY_OFFICE_H
#define GATEWAY_OFFICE_H

#include "gateway/gate.h"
#include "store/person.h"

/* The instant at which ms of working time have passed from now. */
int64_t office_after(const struct gate *gate, int64_t working_ms);
/* Working time between two instants. */
int64_t office_between(const struct gate *gate, int64_t from_ms, int64_t to_ms);

/* Active staff who may decide, in duty order; those on duty first. Providers without a duty rank are left out. */
MUST_CHECK enum rc office_duty(struct gate *gate, struct arena *mem, struct person **ret_staff, size_t *ret_n,
                               struct err *err);

#endif
