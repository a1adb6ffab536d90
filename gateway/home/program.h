/*
 * program: runs programs of the practice's beside this process, and never in its way.
 *
 * Shape    A child has a session and process group of its own, an environment of PATH and LANG alone, / as its folder, /dev/null as its three
 *          descriptors and no other. It is killed with its whole group after PROGRAM_SECONDS. It is given words of ours only.
 * Owns     program_set_free forgets children and leaves them running.
 * Errors   RC_INPUT  program_check: no whole path, no regular file, not executable, writable by others
 *          RC_LIMIT  PROGRAM_RUNNING_MAX run already      RC_TEMP  it could not be started
 * State    One per process. Nothing here waits.
 */
#ifndef GATEWAY_HOME_PROGRAM_H
#define GATEWAY_HOME_PROGRAM_H

#include "base/err.h"

#define PROGRAM_SECONDS 30
#define PROGRAM_RUNNING_MAX 8

MUST_CHECK enum rc program_check(const char *path, struct err *err);

struct program_set;
struct program_set *program_set_new(void);
void program_set_free(struct program_set **set);

/* words: without the program's own, NULL at the end. owner and tag are the caller's, and come back with its end. */
MUST_CHECK enum rc program_start(struct program_set *set, const char *path, const char *const *words, int64_t owner,
                                 int64_t tag, struct err *err);
/* One of owner's that has ended: its tag and exit code (128 + signal of one that was killed). False: none has. Kills what runs too long. */
bool program_take_ended(struct program_set *set, int64_t owner, int64_t *ret_tag, int64_t *ret_code);
bool program_is_running(const struct program_set *set);

#endif
