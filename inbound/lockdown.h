/*
 * lockdown: closes the process that reads hostile mail: from here on it can compute, read fd 0 and write fd 1 and 2, no more.
 *
 * Shape    No new privileges, not dumpable, Landlock without any path, seccomp: what asks for a file is refused with EACCES
 *          (libraries look for optional ones), everything else that is not on the list kills the process.
 * Errors   RC_TEMP  the kernel refused a part that it has; a kernel without Landlock or seccomp is told in ret_state
 * State    One-way, for the whole process. Load everything before.
 * Source   landlock(7), seccomp(2), prctl(2).
 */
#ifndef INBOUND_LOCKDOWN_H
#define INBOUND_LOCKDOWN_H

#include "base/err.h"

#define LOCKDOWN_DATA_BYTES ((size_t)128 << 20)
#define LOCKDOWN_PHOTO_DATA_BYTES ((size_t)256 << 20)
#define LOCKDOWN_SPACE_TIMES                                                                                           \
    4 /* of it: programs, libraries and what threads set aside; memory that is shared counts here alone */

/* The photo program may also start threads of its own (vips has no way without), and holds more memory. */
enum lockdown_kind { LOCKDOWN_READER, LOCKDOWN_PHOTO };

struct lockdown_state {
    bool has_no_new_privs, is_undumpable, has_landlock, has_seccomp, has_rlimits;
};

MUST_CHECK enum rc lockdown_enter(enum lockdown_kind kind, struct lockdown_state *ret_state, struct err *err);
/* Seconds of processor time that the process may use from now on; past them it is killed. */
void lockdown_give_seconds(unsigned seconds);

/* The part of it that is Landlock's: no file may be opened any more. *ret_has is false, without an error, on a kernel that has none. Needs
 * PR_SET_NO_NEW_PRIVS. */
MUST_CHECK bool lockdown_close_files(struct err *err, bool *ret_has);

#endif
