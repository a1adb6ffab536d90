/*
 * roster: the people of one visit as staff see them, with the numbers that staff mark them by.
 *
 * Shape    Members first, numbered from 1 in the order in which they were asked: a number never means anybody else. Host, co-host and speaker
 *          have none.
 * Owns     Everything lives in mem.
 * State    Reads only; that somebody looked is the caller's to audit.
 */
#ifndef GATEWAY_VISIT_ROSTER_H
#define GATEWAY_VISIT_ROSTER_H

#include "gateway/practice/gate.h"
#include "store/visit_record.h"

struct roster_line {
    int64_t number; /* 0: no member */
    struct visit_seat seat;
    const char *name;       /* as the chart has it */
    const char *shown_name; /* as the group knows it; "" of staff */
    bool has_agreed;
    const struct attendance *attendance; /* NULL: not marked */
};
struct roster {
    struct roster_line *lines;
    size_t n, members;
};
/* Of the members; an answer to an old time counts as open. */
struct roster_counts {
    int64_t yes, maybe, no, waiting, open;
};

MUST_CHECK enum rc roster_read(struct gate *gate, const struct visit *v, struct arena *mem, struct roster *ret,
                               struct err *err);
MUST_CHECK enum rc roster_count_answers(struct gate *gate, const struct visit *v, struct arena *mem,
                                        struct roster_counts *ret, struct err *err);
/* Whether this member has agreed that what is said stays there. */
MUST_CHECK enum rc roster_has_agreed(struct gate *gate, struct membership_id membership, bool *ret_has,
                                     struct err *err);

#endif
