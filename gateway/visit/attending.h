/*
 * attending: who came to a visit is written down; nothing that was written is changed, a later row holds.
 *
 * Shape    A mark says of one person what is known; minutes -1 and times 0 are not known. Whoever said yes or maybe to the time that held, had a place, and
 *          is not marked as come is marked as missed by attending_mark; others are left alone.
 * Owns     Nothing.
 * Errors   RC_INPUT     the visit has not begun, or was cancelled
 *          RC_NOT_FOUND somebody who was not asked to it
 * State    Needs an open transaction; one audit row tells how many came.
 */
#ifndef GATEWAY_VISIT_ATTENDING_H
#define GATEWAY_VISIT_ATTENDING_H

#include "gateway/visit/roster.h"
#include "store/audit.h"

struct attending_mark {
    struct person_id person;
    int64_t joined_ms, left_ms, minutes;
    bool is_individual;
};

struct attending {
    const struct audit_who *who;
    enum attendance_source source;
    const struct attending_mark *came;
    size_t n;
};

MUST_CHECK enum rc attending_mark(struct gate *gate, struct visit *visit, const struct attending *a, struct err *err);
/* "1 2 5", "all but 3" by the numbers of the roster: marks of those who came. "all" leaves out who said no, who had no place, and whose date was taken
 * back: they came only where their number says so. RC_INPUT. */
MUST_CHECK enum rc attending_read(const struct roster *roster, const char *text, const char *const *names,
                                  struct arena *mem, struct attending_mark **ret, size_t *ret_n, struct err *err);

#endif
