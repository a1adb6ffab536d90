/*
 * desk_flow: a word of the desk on its way, and what goes back to its writer: what was done, what stands in the way, what is asked back, the
 * preview that SEND releases.
 *
 * Owns     Everything lives in mem. What takes a struct json takes it over.
 * Errors   Those of the store.
 * State    Needs an open transaction.
 */
#ifndef GATEWAY_DESK_DESK_FLOW_H
#define GATEWAY_DESK_DESK_FLOW_H

#include "gateway/desk/desk.h"
#include "gateway/desk/desk_act.h"
#include "gateway/desk/desk_find.h"
#include "store/question.h"

/* One letter of a staff member on its way. */
struct desk_flow {
    struct gate *gate;
    const struct desk_letter *in;
    const struct person *staff;
    struct arena *mem;
    struct desk_groups groups;
    struct desk_act act;
    enum letter_outcome outcome;
};

/* For the audit log: who acts, and by which way. */
struct audit_who desk_flow_by(const struct desk_flow *f);

/* One mail to the writer about subject (a group, a question; 0: none), at their address on file. */
MUST_CHECK enum rc desk_flow_tell(struct desk_flow *f, enum mailing_kind kind, int64_t subject, struct json *values,
                                  struct err *err);
/* Nothing was done, and why. *people (may be NULL): numbered choices, taken over. */
MUST_CHECK enum rc desk_flow_problem(struct desk_flow *f, enum desk_problem problem, int64_t subject,
                                     struct json **people, struct err *err);
/* The act waits for an answer: ask says to what, choices what its numbers mean. */
MUST_CHECK enum rc desk_flow_remember(struct desk_flow *f, const char *ask, const int64_t *choices, size_t n,
                                      struct question_id *ret, struct err *err);
/* "Which group?" and "Which Maria?": the act waits for a number. */
MUST_CHECK enum rc desk_flow_ask_group(struct desk_flow *f, struct err *err);
MUST_CHECK enum rc desk_flow_ask_person(struct desk_flow *f, const struct desk_found *found, size_t n, struct err *err);
/* What SEND will do. has_changed: it was shown before, and is other now. */
MUST_CHECK enum rc desk_flow_preview(struct desk_flow *f, bool has_changed, struct err *err);

#endif
