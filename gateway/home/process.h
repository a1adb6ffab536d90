/*
 * process: what every process of ours is: without core dumps, closed to debuggers, and stopped by a signal between two items.
 *
 * Shape    process_harden comes first, in every command: no core file may hold what people wrote. process_catch makes SIGTERM and SIGINT a wish
 *          to stop (and SIGHUP a wish to read everything again; SIGCHLD only ends a sleep), blocked but while waiting with process_waiting: no wish is lost between the look
 *          and the sleep.
 * Errors   RC_TEMP  the system refused (err names what)
 * State    The flags of the process: the one place that has any.
 * Source   prctl(2) PR_SET_DUMPABLE, setrlimit(2) RLIMIT_CORE, ppoll(2).
 */
#ifndef GATEWAY_HOME_PROCESS_H
#define GATEWAY_HOME_PROCESS_H

#include "base/err.h"

#include <signal.h>

MUST_CHECK enum rc process_harden(struct err *err);
/* True when neither a core file nor another process of the same user can read this one's memory. */
bool process_is_hardened(void);

MUST_CHECK enum rc process_catch(struct err *err);
bool process_must_stop(void);
/* True once per SIGHUP. */
bool process_must_reload(void);
/* The signals to let through while asleep. */
const sigset_t *process_waiting(void);
/* Signals as a new program expects them: between fork and exec. */
void process_release(void);
/* Ends with its parent: SIGTERM when the supervisor dies, whatever killed it. */
MUST_CHECK enum rc process_follow_parent(struct err *err);

#endif
