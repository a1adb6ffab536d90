/*
 * reader_check: whether the programs that read hostile mail close themselves on this machine.
 *
 * Shape    *ret_missing names what is missing ("landlock, seccomp"), "" when nothing is.
 * Errors   RC_TEMP  the program does not start, or does not say
 * State    None. Starts the program once.
 */
#ifndef GATEWAY_HOME_READER_CHECK_H
#define GATEWAY_HOME_READER_CHECK_H

#include "base/arena.h"
#include "base/err.h"

#define READER_CHECK_ADVICE                                                                                            \
    "use a kernel with seccomp and Landlock (5.13 or newer); in a container, let it use the landlock_ system calls"

MUST_CHECK enum rc reader_check(struct arena *mem, const char **ret_missing, struct err *err);

#endif
