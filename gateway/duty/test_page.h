/*
 * test_page: the weekly test of the calls, which somebody must claim: the only proof that an alarm would arrive.
 *
 * Shape    The setting test-page says when: "Mon 10:00" (as usual), local time of the practice. While a test is open no other is raised: the open one is
 *          called again, in office hours.
 * Errors   RC_INPUT  test_page_parse: no day and time
 * State    begin and run need an open transaction.
 */
#ifndef GATEWAY_DUTY_TEST_PAGE_H
#define GATEWAY_DUTY_TEST_PAGE_H

#include "gateway/practice/gate.h"
#include "store/page.h"

#define TEST_PAGE_USUAL "Mon 10:00"
#define TEST_PAGE_RED_MS (8 * MS_DAY) /* without a claimed one */

struct test_page {
    int weekday, minute;
};

MUST_CHECK enum rc test_page_parse(const char *text, struct test_page *ret, struct err *err);
char *test_page_print(const struct test_page *when, struct arena *mem);

/* Sets the job where it is missing. */
MUST_CHECK enum rc test_page_begin(struct gate *gate, struct err *err);
/* The job: raises one, and sets itself for the next week. */
MUST_CHECK enum rc test_page_run(struct gate *gate, struct err *err);

struct test_page_state {
    struct page claimed; /* the newest that was claimed; id 0: none yet */
    struct page open;    /* one that waits; id 0: none */
    int64_t next_ms;     /* when the next is raised; 0: not set yet */
    bool is_red;         /* nobody has claimed one for TEST_PAGE_RED_MS */
};
MUST_CHECK enum rc test_page_look(struct gate *gate, struct arena *mem, struct test_page_state *ret_state,
                                  struct err *err);

#endif
