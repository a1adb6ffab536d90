#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sys/stat.h>
#include <unistd.h>

void io_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

enum rc io_write_all(int fd, const void *bytes, size_t n, struct err *err)
{
    const char *p = bytes;

    while (n) {
        const ssize_t k = write(fd, p, n);

        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            return err_errno(err, RC_TEMP, "write");
        p += k;
        n -= (size_t)k;
    }
    return RC_OK;
}

enum rc io_read_full(int fd, void *bytes, size_t n, size_t *ret_n, struct err *err)
{
    char *p = bytes;
    size_t have = 0;

    while (have < n) {
        const ssize_t k = read(fd, p + have, n - have);

        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            return err_errno(err, RC_TEMP, "read");
        if (k == 0)
            break;
        have += (size_t)k;
    }
    *ret_n = have;
    return RC_OK;
}

enum rc io_read_file(const char *path, size_t max, struct arena *mem, char **ret_bytes, size_t *ret_n, struct err *err)
{
    CLEANUP(io_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    size_t got;
    char *p;
    enum rc rc;

    if (fd < 0)
        return err_errno(err, errno == ENOENT ? RC_NOT_FOUND : RC_TEMP, "%s", path);
    if (fstat(fd, &st) < 0)
        return err_errno(err, RC_TEMP, "%s", path);
    if ((uint64_t)st.st_size > max)
        return err_set(err, RC_LIMIT, "%s is over %zu bytes", path, max);
    p = arena_alloc(mem, (size_t)st.st_size + 1);
    rc = io_read_full(fd, p, (size_t)st.st_size, &got, err);
    if (rc)
        return err_wrap(err, "%s", path);
    p[got] = '\0';
    *ret_bytes = p;
    *ret_n = got;
    return RC_OK;
}

enum rc io_sync_dir(const char *path, struct err *err)
{
    CLEANUP(io_close) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0 || fsync(fd) < 0)
        return err_errno(err, RC_TEMP, "sync %s", path);
    return RC_OK;
}

static enum rc write_synced(const char *path, const void *bytes, size_t n, unsigned mode, struct err *err)
{
    CLEANUP(io_close) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
    enum rc rc;

    if (fd < 0)
        return err_errno(err, RC_TEMP, "create %s", path);
    rc = io_write_all(fd, bytes, n, err);
    if (!rc && fsync(fd) < 0)
        rc = err_errno(err, RC_TEMP, "sync %s", path);
    return rc;
}

enum rc io_write_file(const char *path, const void *bytes, size_t n, unsigned mode, struct err *err)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("io");
    const char *tmp = arena_printf(mem, "%s.tmp.%d", path, (int)getpid());
    enum rc rc = write_synced(tmp, bytes, n, mode, err);

    if (!rc && rename(tmp, path) < 0)
        rc = err_errno(err, RC_TEMP, "rename to %s", path);
    if (rc) {
        unlink(tmp);
        return rc;
    }
    return io_sync_dir(dirname(arena_strdup(mem, path)), err);
}

enum rc io_make_dir(const char *path, unsigned mode, struct err *err)
{
    if (mkdir(path, mode) < 0 && errno != EEXIST)
        return err_errno(err, RC_TEMP, "make folder %s", path);
    return RC_OK;
}
