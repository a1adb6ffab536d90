/* What a closed program says of itself: the part of sandbox.h that only asks. */
#include "inbound/sandbox.h"

#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK_MAX_BYTES 4096

static void become_check(const char *path, int out)
{
    const char *const words[] = { "postcircle", "--check", NULL };

    if (dup2(out, STDOUT_FILENO) >= 0)
        execv(path, (char *const *)words); /* which changes none of them */
    _exit(127);
}

static enum rc read_check(const char *path, char text[CHECK_MAX_BYTES], size_t *ret_n, struct err *err)
{
    CLEANUP(io_close) int in = -1;
    int ends[2], status = 0;
    pid_t pid;
    enum rc rc;

    if (pipe2(ends, O_CLOEXEC))
        return err_errno(err, RC_TEMP, "pipe");
    in = ends[0];
    pid = fork();
    if (pid == 0)
        become_check(path, ends[1]);
    close(ends[1]);
    if (pid < 0)
        return err_errno(err, RC_TEMP, "fork");
    rc = io_read_full(in, text, CHECK_MAX_BYTES, ret_n, err);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (!rc && (!WIFEXITED(status) || WEXITSTATUS(status)))
        rc = err_set(err, RC_TEMP, "the closed reader does not start");
    return rc;
}

enum rc sandbox_protections(enum sandbox_program program, const char *path, struct json **ret_protections,
                            struct err *err)
{
    CLEANUP(sandbox_free) struct sandbox *s = sandbox_new(program, path, SANDBOX_DEADLINE_MS);
    char text[CHECK_MAX_BYTES];
    size_t n = 0;

    if (read_check(sandbox_path(s), text, &n, err))
        return err->rc;
    return json_parse(text, n, ret_protections, err);
}
