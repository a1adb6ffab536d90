/*
 * undelivered: people whose mail came back: which group, since when, what kind of fault, and whether we still write to them.
 *
 * Shape    One line for each person, for the daily mail and for WHO. A letter that the relay refused is news on the day that it was sent; one that
 *          came back later, by a report, on the day of the report.
 * Units    UTC milliseconds; failures are looked for UNDELIVERED_BACK_MS back.
 * Owns     Results live in mem.
 * Errors   Those of the store.
 * State    Reads only.
 */
#ifndef GATEWAY_SAY_UNDELIVERED_H
#define GATEWAY_SAY_UNDELIVERED_H

#include "base/json.h"
#include "gateway/practice/gate.h"
#include "store/person.h"

#define UNDELIVERED_BACK_MS (30 * MS_DAY)
#define UNDELIVERED_MAX 1000 /* letters that are looked at */

enum undelivered_why {
    UNDELIVERED_ADDRESS = 1, /* 5.1.x: no such mailbox or domain */
    UNDELIVERED_FULL,        /* 5.2.2 */
    UNDELIVERED_REFUSED,     /* 5.7.x: a rule of their provider's */
    UNDELIVERED_OTHER
};

struct undelivered {
    struct person_id person;
    struct group_id group; /* 0: the letter was about none */
    int64_t since_ms;      /* when the first of these letters was sent */
    enum undelivered_why why;
    bool is_suspended; /* letters came back on three days: we write no more */
};

/* Whose mail came back at or after from_ms. */
MUST_CHECK enum rc undelivered_since(struct gate *gate, int64_t from_ms, struct arena *mem, struct undelivered **ret,
                                     size_t *ret_n, struct err *err);
/* Adds since, and is_bad_address … or is_other_fault, and is_suspended. */
void undelivered_values(struct gate *gate, const struct undelivered *u, enum person_language language,
                        struct arena *mem, struct json *values);

#endif
