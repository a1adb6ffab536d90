/* What a locked-down process gets for what it tries. */
#ifndef TESTS_UNIT_LOCKDOWN_HELP_H
#define TESTS_UNIT_LOCKDOWN_HELP_H

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inbound/lockdown.h"

#define ATTACK_KILLED 2       /* by seccomp */
#define ATTACK_DIED 99        /* of anything else */
#define ATTACK_NOT_POSSIBLE 9 /* a sanitizer, or a kernel without seccomp: skip */

/* Forks, enters the lockdown and calls act, which ends with _exit(status): the status, or one of the above. */
static int attack(enum lockdown_kind kind, void (*act)(void))
{
    const pid_t pid = fork();
    struct lockdown_state s;
    struct err err;
    int status;

    if (pid == 0) {
        if (lockdown_enter(kind, &s, &err) || !s.has_seccomp)
            _exit(ATTACK_NOT_POSSIBLE);
        act();
    }
    waitpid(pid, &status, 0);
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGSYS ? ATTACK_KILLED : ATTACK_DIED;
    return WEXITSTATUS(status);
}

#endif
