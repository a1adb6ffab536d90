#include "inbound/lockdown.h"

#include <errno.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/sanitized.h"

bool lockdown_close_files(struct err *err, bool *ret_has)
{
    /* Every right of the first version of the interface is handled and none is given. */
    const struct landlock_ruleset_attr attr = { .handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1 };
    const int fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    bool is_ok;

    *ret_has = false;
    if (fd < 0 && (errno == ENOSYS || errno == EOPNOTSUPP || errno == EPERM))
        return true; /* an old kernel, switched off, or a container that lets nobody use it: --check and doctor say so */
    if (fd < 0)
        return err_errno(err, RC_TEMP, "landlock"), false;
    is_ok = syscall(SYS_landlock_restrict_self, fd, 0) == 0;
    if (!is_ok)
        err_errno(err, RC_TEMP, "landlock");
    close(fd);
    *ret_has = is_ok;
    return is_ok;
}

static int add_rules(scmp_filter_ctx ctx)
{
    static const int allowed[] = {
        SCMP_SYS(read),         SCMP_SYS(readv),
        SCMP_SYS(write),        SCMP_SYS(writev),
        SCMP_SYS(mmap),         SCMP_SYS(munmap),
        SCMP_SYS(mremap),       SCMP_SYS(mprotect),
        SCMP_SYS(madvise),      SCMP_SYS(brk),
        SCMP_SYS(futex),        SCMP_SYS(clock_gettime),
        SCMP_SYS(gettimeofday), SCMP_SYS(time),
        SCMP_SYS(getpid),       SCMP_SYS(gettid),
        SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(rt_sigaction), SCMP_SYS(exit),
        SCMP_SYS(exit_group),   SCMP_SYS(getrandom),
        SCMP_SYS(close),        SCMP_SYS(lseek),
        SCMP_SYS(fstat),        SCMP_SYS(restart_syscall),
        SCMP_SYS(sched_yield),  SCMP_SYS(getrusage),
    };
    static const int refused[] = {
        SCMP_SYS(open),
        SCMP_SYS(openat),
        SCMP_SYS(stat),
        SCMP_SYS(lstat),
        SCMP_SYS(newfstatat),
        SCMP_SYS(statx),
        SCMP_SYS(access),
        SCMP_SYS(faccessat),
        SCMP_SYS(faccessat2),
        SCMP_SYS(readlink),
        SCMP_SYS(readlinkat),
        SCMP_SYS(sysinfo),
        SCMP_SYS(sched_getaffinity),
    };
    static const struct scmp_arg_cmp own_cpu[] = {
        { .arg = 0, .op = SCMP_CMP_EQ, .datum_a = 0, .datum_b = 0 },
        { .arg = 1, .op = SCMP_CMP_EQ, .datum_a = RLIMIT_CPU, .datum_b = 0 }
    };
    int rc = 0;

    for (size_t i = 0; i < COUNT_OF(allowed) && !rc; i++)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0);
    for (size_t i = 0; i < COUNT_OF(refused) && !rc; i++)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES), refused[i], 0);
    /* The processor limit is moved forward for each letter: never above what it is allowed. That of another process, ours too, is out of reach. */
    if (!rc)
        rc = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), COUNT_OF(own_cpu), own_cpu);
    return rc;
}

/* A thread is a clone that shares memory and dies with the process; a new process is not. What clone3 would do stands in memory, where no list
 * can look: it is said to be missing, and the C library takes clone. */
static int add_thread_rules(scmp_filter_ctx ctx)
{
    static const int allowed[] = { SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(sched_getscheduler),
                                   SCMP_SYS(sched_getparam) };
    const struct scmp_arg_cmp is_thread = {
        .arg = 0, .op = SCMP_CMP_MASKED_EQ, .datum_a = CLONE_THREAD | CLONE_VM, .datum_b = CLONE_THREAD | CLONE_VM
    };
    const struct scmp_arg_cmp is_name = { .arg = 0, .op = SCMP_CMP_EQ, .datum_a = PR_SET_NAME, .datum_b = 0 };
    int rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);

    for (size_t i = 0; i < COUNT_OF(allowed) && !rc; i++)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0);
    if (!rc)
        rc = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, &is_thread);
    if (!rc)
        rc = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, &is_name);
    return rc;
}

static bool seccomp_list(enum lockdown_kind kind, struct err *err, bool *ret_has)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
    int rc;

    *ret_has = false;
    if (!ctx)
        return true;
    rc = add_rules(ctx);
    if (!rc && kind == LOCKDOWN_PHOTO)
        rc = add_thread_rules(ctx);
    if (!rc)
        rc = seccomp_load(ctx);
    seccomp_release(ctx);
    *ret_has = rc == 0;
    if (rc)
        err_set(err, RC_TEMP, "seccomp: code %d", rc);
    return rc == 0 || rc == -ENOSYS || rc == -EINVAL;
}

static bool set_limits(enum lockdown_kind kind)
{
    const rlim_t most = kind == LOCKDOWN_PHOTO ? LOCKDOWN_PHOTO_DATA_BYTES : LOCKDOWN_DATA_BYTES;
    const struct rlimit data = { most, most }, none = { 0, 0 }, files = { 3, 3 };
    const struct rlimit space = { most * LOCKDOWN_SPACE_TIMES, most * LOCKDOWN_SPACE_TIMES };

    return setrlimit(RLIMIT_DATA, &data) == 0 && setrlimit(RLIMIT_AS, &space) == 0 &&
           setrlimit(RLIMIT_CORE, &none) == 0 && setrlimit(RLIMIT_NOFILE, &files) == 0;
}

void lockdown_give_seconds(unsigned seconds)
{
    struct timespec used = { 0 };
    struct rlimit cpu;

    if (getrlimit(RLIMIT_CPU, &cpu) || clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used))
        return;
    cpu.rlim_cur = (rlim_t)used.tv_sec + seconds + 1;
    if (cpu.rlim_cur <= cpu.rlim_max)
        setrlimit(RLIMIT_CPU, &cpu);
}

enum rc lockdown_enter(enum lockdown_kind kind, struct lockdown_state *ret_state, struct err *err)
{
    struct lockdown_state s = { 0 };

    s.has_no_new_privs = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
    if (IS_SANITIZED) { /* it opens files and keeps far more memory of its own */
        *ret_state = s;
        return RC_OK;
    }
    s.is_undumpable = prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
    if (!lockdown_close_files(err, &s.has_landlock))
        return err_wrap(err, "lockdown");
    s.has_rlimits = set_limits(kind); /* after Landlock, which needs a descriptor */
    if (!s.has_no_new_privs || !s.is_undumpable || !s.has_rlimits)
        return err_errno(err, RC_TEMP, "lockdown: process limits");
    if (!seccomp_list(kind, err, &s.has_seccomp))
        return err_wrap(err, "lockdown");
    *ret_state = s;
    return RC_OK;
}
