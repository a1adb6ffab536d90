#include "gateway/home/process.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/sanitized.h"

static volatile sig_atomic_t wants_stop, wants_reload;
static sigset_t waiting_mask;

enum rc process_harden(struct err *err)
{
    const struct rlimit none = { 0, 0 };

    if (setrlimit(RLIMIT_CORE, &none))
        return err_errno(err, RC_TEMP, "turn off core files");
    if (IS_SANITIZED)
        return RC_OK; /* the search for leaks looks at this process as a debugger does */
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
        return err_errno(err, RC_TEMP, "close the process to debuggers");
    return RC_OK;
}

bool process_is_hardened(void)
{
    struct rlimit core;

    return !getrlimit(RLIMIT_CORE, &core) && core.rlim_cur == 0 && prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
}

static void on_signal(int signal)
{
    if (signal == SIGHUP)
        wants_reload = 1;
    else if (signal != SIGCHLD) /* which only ends a sleep */
        wants_stop = 1;
}

enum rc process_catch(struct err *err)
{
    static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGCHLD };
    struct sigaction action = { .sa_handler = on_signal };
    sigset_t ours;

    sigemptyset(&ours);
    for (size_t i = 0; i < COUNT_OF(signals); i++) {
        sigaddset(&ours, signals[i]);
        if (sigaction(signals[i], &action, NULL))
            return err_errno(err, RC_TEMP, "catch signal %d", signals[i]);
    }
    action.sa_handler = SIG_IGN;
    if (sigaction(SIGPIPE, &action, NULL) || sigprocmask(SIG_BLOCK, &ours, &waiting_mask))
        return err_errno(err, RC_TEMP, "block signals");
    for (size_t i = 0; i < COUNT_OF(signals); i++)
        sigdelset(&waiting_mask, signals[i]);
    return RC_OK;
}

/* Blocked signals are looked for as well: a long round of work learns of them without sleeping. */
static void take_pending(void)
{
    sigset_t pending;

    if (sigpending(&pending))
        return;
    if (sigismember(&pending, SIGTERM) || sigismember(&pending, SIGINT))
        wants_stop = 1;
}

bool process_must_stop(void)
{
    take_pending();
    return wants_stop != 0;
}

bool process_must_reload(void)
{
    const bool must = wants_reload != 0;

    wants_reload = 0;
    return must;
}

const sigset_t *process_waiting(void)
{
    return &waiting_mask;
}

void process_release(void)
{
    static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGCHLD, SIGPIPE };
    const struct sigaction action = { .sa_handler = SIG_DFL };

    for (size_t i = 0; i < COUNT_OF(signals); i++)
        sigaction(signals[i], &action, NULL);
    sigprocmask(SIG_SETMASK, &waiting_mask, NULL);
}

enum rc process_follow_parent(struct err *err)
{
    if (prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0))
        return err_errno(err, RC_TEMP, "follow the parent");
    return RC_OK;
}
