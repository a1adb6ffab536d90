#include "gateway/serve/serve.h"

#include "base/io.h"
#include "base/log.h"
#include "gateway/duty/distress.h"
#include "gateway/home/fault.h"
#include "gateway/home/process.h"
#include "gateway/home/reader_check.h"
#include "gateway/practice/gate.h"
#include "gateway/serve/role.h"
#include "store/text_account.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILDREN_MAX (ROLE_COUNT + 33 + HOME_MAILBOXES_MAX)

struct child {
    enum role_kind kind;
    int worker;
    pid_t pid;                   /* 0: not running */
    int64_t started_ms, next_ms; /* steady */
    int failures;
    bool is_leaving; /* it was asked to end */
};

struct crew {
    const char *home_path;
    pid_t pid;
    char program[PATH_MAX];
    struct child children[CHILDREN_MAX];
    size_t count;
    struct distress *distress; /* of all practices: roles that cannot start remember nothing */
    int64_t learned_ms;        /* steady */
};

/* Which roles there are, beside those that there always are. */
struct plan {
    bool may_read_open;
    int64_t workers;
    bool has_lmtp;
    size_t mailboxes;
    bool has_texts, has_web;
};

/* ---- one supervisor per home ---- */

static int open_pid_file(const char *home_path, int flags)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("serve");

    return open(arena_printf(mem, "%s/run/serve.pid", home_path), flags | O_CLOEXEC | O_NOFOLLOW, 0600);
}

static enum rc take_lock(const char *home_path, int *ret_fd, struct err *err)
{
    CLEANUP(io_close) int fd = open_pid_file(home_path, O_RDWR | O_CREAT);
    char text[24];
    const int n = snprintf(text, sizeof text, "%d\n", (int)getpid());

    if (fd < 0)
        return err_errno(err, RC_TEMP, "open run/serve.pid");
    if (flock(fd, LOCK_EX | LOCK_NB))
        return errno == EWOULDBLOCK
                   ? err_set(err, RC_CONFLICT, "`postcircle serve` runs on this home already (process %" PRId64 ")",
                             serve_pid(home_path))
                   : err_errno(err, RC_TEMP, "lock run/serve.pid");
    if (ftruncate(fd, 0) || pwrite(fd, text, (size_t)n, 0) != n)
        return err_errno(err, RC_TEMP, "write run/serve.pid");
    *ret_fd = fd;
    fd = -1;
    return RC_OK;
}

int64_t serve_pid(const char *home_path)
{
    CLEANUP(io_close) int fd = open_pid_file(home_path, O_RDONLY);
    char text[24] = "";

    if (fd < 0 || !flock(fd, LOCK_SH | LOCK_NB) || pread(fd, text, sizeof text - 1, 0) <= 0)
        return 0;
    return strtoll(text, NULL, 10);
}

/* ---- before anything starts ---- */

/* What would make every role fail is told here, once, in words. The keys are gone again when this returns. */
static enum rc check_home(struct crew *crew, struct plan *ret_plan, struct err *err)
{
    CLEANUP(home_close) struct home *home = NULL;
    CLEANUP(arena_free) struct arena *mem = arena_new("serve");
    struct practice_id *ids;
    struct text_sender sender;
    struct err why;
    bool has_texts = false;
    size_t n;

    if (home_open(crew->home_path, HOME_WITH_KEYS, &home, err) || home_check_time(home, err) ||
        practice_list(home->db, mem, &ids, &n, err))
        return err->rc;
    for (size_t i = 0; i < n; i++) {
        struct gate gate;

        if (gate_open(home, ids[i], &gate, err))
            return err->rc;
        distress_learn(crew->distress, &gate);
        has_texts |= !text_sender_usual(&gate.store, mem, &sender, &why);
        gate_close(&gate);
    }
    crew->learned_ms = clock_steady_ms();
    *ret_plan = (struct plan){ .may_read_open = home->settings.allow_open_reader,
                               .workers = home->settings.mail_workers,
                               .has_lmtp = *home->settings.lmtp_listen != '\0',
                               .mailboxes = home->settings.mailbox_count,
                               .has_texts = has_texts,
                               .has_web = *home->settings.web_listen != '\0' };
    return RC_OK;
}

static void add_child(struct crew *crew, enum role_kind kind, int worker)
{
    if (crew->count < CHILDREN_MAX)
        crew->children[crew->count++] = (struct child){ .kind = kind, .worker = worker };
}

static void add_children(struct crew *crew, const struct plan *plan)
{
    crew->count = 0;
    add_child(crew, ROLE_SORT, 0);
    add_child(crew, ROLE_CLOCK, 0);
    add_child(crew, ROLE_URGENT, 0);
    if (plan->has_lmtp)
        add_child(crew, ROLE_LMTP, 0);
    if (plan->has_texts)
        add_child(crew, ROLE_TEXT, 0);
    if (plan->has_web)
        add_child(crew, ROLE_WEB, 0);
    for (size_t i = 0; i < plan->mailboxes; i++)
        add_child(crew, ROLE_IMAP, (int)i);
    for (int i = 0; i < plan->workers; i++)
        add_child(crew, ROLE_MAIL, i);
}

/* ---- starting and ending ---- */

static void become_role(const struct crew *crew, const struct child *child)
{
    const char *const role = role_name(child->kind);
    char worker[12];
    const char *const words[] = { "postcircle", "--home", crew->home_path, "role", role, "--worker", worker, NULL };
    struct err err;

    snprintf(worker, sizeof worker, "%d", child->worker);
    process_release();
    if (process_follow_parent(&err) || getppid() != crew->pid)
        _exit(1);
    execv(crew->program, (char *const *)words); /* which changes none of them */
    _exit(127);
}

static void start(const struct crew *crew, struct child *child)
{
    const pid_t pid = fork();

    if (pid == 0)
        become_role(crew, child);
    child->started_ms = clock_steady_ms();
    if (pid < 0) {
        child->next_ms = child->started_ms + SERVE_PAUSE_MAX_MS;
        log_error("role_not_started", KV_NAME(kind, role_name(child->kind)), KV(code, errno));
        return;
    }
    child->pid = pid;
    child->is_leaving = false;
}

/* 100 ms, 200 ms … one minute; from the start again after a minute of health. */
static int64_t pause_of(struct child *child, int64_t now_ms)
{
    int64_t ms = SERVE_PAUSE_MS;

    if (now_ms - child->started_ms > SERVE_WELL_MS)
        child->failures = 0;
    for (int i = 0; i < child->failures && ms < SERVE_PAUSE_MAX_MS; i++)
        ms *= 2;
    child->failures++;
    return ms < SERVE_PAUSE_MAX_MS ? ms : SERVE_PAUSE_MAX_MS;
}

static void bury(const struct crew *crew, struct child *child, int status)
{
    const int64_t now_ms = clock_steady_ms();

    if (child->is_leaving) {
        child->next_ms = now_ms;
        child->failures = 0;
    } else {
        child->next_ms = now_ms + pause_of(child, now_ms);
        distress_note(crew->distress, crew->home_path, role_fault(child->kind));
        log_warn("role_died", KV_NAME(kind, role_name(child->kind)), KV(worker, child->worker), KV(pid, child->pid),
                 KV(code, WIFEXITED(status) ? WEXITSTATUS(status) : -1),
                 KV(signal, WIFSIGNALED(status) ? WTERMSIG(status) : 0), KV(ms, child->next_ms - now_ms));
    }
    child->pid = 0;
}

static void reap(struct crew *crew)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (size_t i = 0; i < crew->count; i++)
            if (crew->children[i].pid == pid)
                bury(crew, &crew->children[i], status);
}

static void signal_all(struct crew *crew, int signal)
{
    for (size_t i = 0; i < crew->count; i++)
        if (crew->children[i].pid) {
            crew->children[i].is_leaving = true;
            kill(crew->children[i].pid, signal);
        }
}

static bool is_anybody_there(const struct crew *crew)
{
    for (size_t i = 0; i < crew->count; i++)
        if (crew->children[i].pid)
            return true;
    return false;
}

static void sleep_ms(int64_t ms)
{
    const struct timespec timeout = { ms / 1000, ms % 1000 * 1000000L };

    if (ms > 0)
        ppoll(NULL, 0, &timeout, process_waiting());
}

/* Asks everybody to end and waits; who does not is killed. What was in work is leased and given back. */
static void stop_all(struct crew *crew)
{
    const int64_t until_ms = clock_steady_ms() + SERVE_STOP_MS;

    signal_all(crew, SIGTERM);
    for (reap(crew); is_anybody_there(crew); reap(crew)) {
        const int64_t left_ms = until_ms - clock_steady_ms();

        if (left_ms <= 0)
            signal_all(crew, SIGKILL);
        sleep_ms(left_ms <= 0 || left_ms > 100 ? 100 : left_ms);
    }
}

/* ---- the loop ---- */

/* Starts whose time has come; returns how long nothing else will have to be started. */
static int64_t start_due(struct crew *crew)
{
    const int64_t now_ms = clock_steady_ms();
    int64_t wait_ms = MS_MINUTE;

    for (size_t i = 0; i < crew->count; i++) {
        struct child *const c = &crew->children[i];

        if (!c->pid && c->next_ms <= now_ms)
            start(crew, c);
        if (!c->pid && c->next_ms - now_ms < wait_ms)
            wait_ms = c->next_ms - now_ms;
    }
    return wait_ms > 0 ? wait_ms : 1;
}

/* Settings that are wrong now leave the old crew at work. */
static void reload(struct crew *crew)
{
    struct plan plan;
    struct err err;

    if (check_home(crew, &plan, &err)) {
        log_err("reload_refused", &err);
        return;
    }
    log_info("reloading");
    stop_all(crew);
    add_children(crew, &plan);
}

/* Contacts and settings change; while a role is away the database may be too, and what is known stays. */
static void learn_again(struct crew *crew)
{
    struct plan plan;
    struct err err;

    if (clock_steady_ms() - crew->learned_ms < SERVE_LEARN_MS)
        return;
    for (size_t i = 0; i < crew->count; i++)
        if (!crew->children[i].pid)
            return;
    crew->learned_ms = clock_steady_ms();
    if (check_home(crew, &plan, &err))
        log_err("distress_not_learned", &err);
}

static void supervise(struct crew *crew)
{
    while (!process_must_stop()) {
        int64_t wait_ms;

        reap(crew);
        wait_ms = start_due(crew);
        distress_look(crew->distress);
        learn_again(crew);
        sleep_ms(wait_ms < SERVE_LOOK_MS ? wait_ms : SERVE_LOOK_MS);
        if (process_must_reload())
            reload(crew);
    }
    log_info("stopping");
    stop_all(crew);
}

static void forget(struct crew *crew)
{
    distress_free(&crew->distress);
}

/* A reader that does not even say is another fault: it pages (gateway/home/fault) when letters wait. */
static enum rc check_closed(bool may_read_open, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("serve");
    const char *missing = "";
    struct err why;

    if (reader_check(mem, &missing, &why))
        log_err("reader_not_checked", &why);
    if (!*missing || may_read_open)
        return RC_OK;
    return err_set(err, RC_DENIED,
                   "the reader of mail is without %s here (doctor says what to do); at your own risk: serve "
                   "--allow-open-reader, or [limits] allow_open_reader = yes in postcircle.ini",
                   missing);
}

enum rc serve_run(const char *home_path, bool may_read_open, struct err *err)
{
    CLEANUP(forget) struct crew crew = { .home_path = home_path, .pid = getpid(), .distress = distress_new(home_path) };
    CLEANUP(io_close) int lock = -1;
    struct plan plan;
    ssize_t n;

    if (process_catch(err) || check_home(&crew, &plan, err) || check_closed(may_read_open || plan.may_read_open, err) ||
        take_lock(home_path, &lock, err))
        return err->rc;
    n = readlink("/proc/self/exe", crew.program, sizeof crew.program - 1);
    if (n <= 0)
        return err_errno(err, RC_TEMP, "find this program");
    fault_prepare(home_path);
    add_children(&crew, &plan);
    log_info("serving", KV(pid, getpid()), KV(count, crew.count));
    supervise(&crew);
    log_info("served", KV(pid, getpid()));
    return RC_OK;
}
