#include "gateway/home/program.h"

#include "base/clock.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS_MAX 16

struct running {
    pid_t pid; /* 0: free place; also the number of its group */
    int64_t owner, tag;
    int64_t deadline_ms; /* steady */
};

struct program_set {
    struct running running[PROGRAM_RUNNING_MAX];
};

enum rc program_check(const char *path, struct err *err)
{
    struct stat st;

    if (*path != '/')
        return err_set(err, RC_INPUT, "a program is named by its whole path, as /usr/local/bin/page");
    if (stat(path, &st) || !S_ISREG(st.st_mode))
        return err_set(err, RC_INPUT, "there is no such program");
    if (st.st_mode & (S_IWGRP | S_IWOTH))
        return err_set(err, RC_INPUT, "others may write this program: chmod go-w");
    if (access(path, X_OK))
        return err_set(err, RC_INPUT, "this program may not be executed: chmod +x");
    return RC_OK;
}

struct program_set *program_set_new(void)
{
    struct program_set *set = calloc(1, sizeof *set);

    if (!set)
        abort();
    return set;
}

void program_set_free(struct program_set **set)
{
    free(*set);
    *set = NULL;
}

/* Signals as a fresh process has them; a group of its own; nothing of ours open. */
static int spawn(const char *path, char *const argv[], pid_t *ret_pid)
{
    static char path_word[] = "PATH=/usr/local/bin:/usr/bin:/bin", lang_word[] = "LANG=C.UTF-8";
    char *const environment[] = { path_word, lang_word, NULL };
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t none, all;
    int rc;

    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_init(&how);
    posix_spawn_file_actions_init(&files);
    rc = posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&how, &none);
    posix_spawnattr_setsigdefault(&how, &all);
    for (int fd = 0; !rc && fd < 3; fd++)
        rc = posix_spawn_file_actions_addopen(&files, fd, "/dev/null", fd ? O_WRONLY : O_RDONLY, 0);
    if (!rc)
        rc = posix_spawn_file_actions_addclosefrom_np(&files, 3);
    if (!rc)
        rc = posix_spawn_file_actions_addchdir_np(&files, "/");
    if (!rc)
        rc = posix_spawn(ret_pid, path, &files, &how, argv, environment);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&how);
    return rc;
}

enum rc program_start(struct program_set *set, const char *path, const char *const *words, int64_t owner, int64_t tag,
                      struct err *err)
{
    const char *argv[WORDS_MAX + 2] = { path };
    size_t place = 0, n = 0;
    int rc;

    while (place < PROGRAM_RUNNING_MAX && set->running[place].pid)
        place++;
    if (place == PROGRAM_RUNNING_MAX)
        return err_set(err, RC_LIMIT, "%d programs run already", PROGRAM_RUNNING_MAX);
    for (; words[n] && n < WORDS_MAX; n++)
        argv[n + 1] = words[n];
    rc = spawn(path, (char *const *)argv, &set->running[place].pid); /* which changes none of them */
    if (rc) {
        set->running[place].pid = 0;
        return err_set(err, RC_TEMP, "the program could not be started (errno %d)", rc);
    }
    set->running[place].owner = owner;
    set->running[place].tag = tag;
    set->running[place].deadline_ms = clock_steady_ms() + PROGRAM_SECONDS * MS_SECOND;
    return RC_OK;
}

static int64_t code_of(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* A child that is gone without a trace (somebody else took its status) counts as killed. */
static bool has_ended(struct running *r, int64_t *ret_code)
{
    int status = 0;
    const pid_t pid = waitpid(r->pid, &status, WNOHANG);

    if (pid == 0 && clock_steady_ms() >= r->deadline_ms)
        kill(-r->pid, SIGKILL);
    *ret_code = pid > 0 ? code_of(status) : 128 + SIGKILL;
    return pid != 0;
}

bool program_take_ended(struct program_set *set, int64_t owner, int64_t *ret_tag, int64_t *ret_code)
{
    for (size_t i = 0; i < PROGRAM_RUNNING_MAX; i++) {
        struct running *const r = &set->running[i];

        if (!r->pid || r->owner != owner || !has_ended(r, ret_code))
            continue;
        kill(-r->pid, SIGKILL); /* what it left behind in its group */
        *ret_tag = r->tag;
        *r = (struct running){ .pid = 0 };
        return true;
    }
    return false;
}

bool program_is_running(const struct program_set *set)
{
    for (size_t i = 0; i < PROGRAM_RUNNING_MAX; i++)
        if (set->running[i].pid)
            return true;
    return false;
}
