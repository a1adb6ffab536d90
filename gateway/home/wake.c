#include "gateway/home/wake.h"

#include "base/io.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define WAKE_SUFFIX ".sock"

static int open_run(const char *home_path)
{
    CLEANUP(arena_free) struct arena *mem = arena_new("wake");

    return open(arena_printf(mem, "%s/run", home_path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* A home's path may be longer than the 108 bytes of sun_path: the socket is named through the folder's descriptor. */
static struct sockaddr_un address_of(int dir, const char *file)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    const int n = snprintf(to.sun_path, sizeof to.sun_path, "/proc/self/fd/%d/%s", dir, file);

    assert(n > 0 && (size_t)n < sizeof to.sun_path);
    return to;
}

static void send_byte(int fd, int dir, const char *file, enum wake_byte byte)
{
    const struct sockaddr_un to = address_of(dir, file);
    const char b = (char)byte;

    if (sendto(fd, &b, 1, MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)&to, sizeof to) < 0)
        return; /* nobody listens, or its queue is full and it is awake already */
}

static int open_sender(void)
{
    return socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

void wake_role(const char *home_path, const char *name, enum wake_byte byte)
{
    CLEANUP(io_close) int dir = open_run(home_path);
    CLEANUP(io_close) int fd = open_sender();
    char file[WAKE_NAME_MAX + sizeof WAKE_SUFFIX];

    assert(strlen(name) <= WAKE_NAME_MAX);
    snprintf(file, sizeof file, "%s" WAKE_SUFFIX, name);
    if (dir >= 0 && fd >= 0)
        send_byte(fd, dir, file, byte);
}

bool wake_is_heard(const char *home_path, const char *name)
{
    CLEANUP(io_close) int dir = open_run(home_path);
    CLEANUP(io_close) int fd = open_sender();
    char file[WAKE_NAME_MAX + sizeof WAKE_SUFFIX];
    struct sockaddr_un to;

    assert(strlen(name) <= WAKE_NAME_MAX);
    snprintf(file, sizeof file, "%s" WAKE_SUFFIX, name);
    if (dir < 0 || fd < 0)
        return false;
    to = address_of(dir, file);
    return connect(fd, (const struct sockaddr *)&to, sizeof to) == 0;
}

static void close_folder(DIR **folder)
{
    if (*folder)
        closedir(*folder);
}

void wake_all(const char *home_path, enum wake_byte byte)
{
    CLEANUP(io_close) int dir = open_run(home_path);
    CLEANUP(io_close) int fd = open_sender();
    const int again = dir < 0 ? -1 : openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CLEANUP(close_folder) DIR *folder = again < 0 ? NULL : fdopendir(again);
    const struct dirent *entry;

    while (fd >= 0 && folder && (entry = readdir(folder))) {
        const size_t n = strlen(entry->d_name), end = sizeof WAKE_SUFFIX - 1;

        if (n > end && n <= WAKE_NAME_MAX + end && !strcmp(entry->d_name + n - end, WAKE_SUFFIX))
            send_byte(fd, dir, entry->d_name, byte);
    }
}

enum rc wake_listen(const char *home_path, const char *name, struct wake_listener *ret_listener, struct err *err)
{
    CLEANUP(io_close) int dir = open_run(home_path);
    CLEANUP(io_close) int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_un at;

    assert(strlen(name) <= WAKE_NAME_MAX);
    if (dir < 0 || fd < 0)
        return err_errno(err, RC_TEMP, "open the run folder");
    snprintf(ret_listener->name, sizeof ret_listener->name, "%s" WAKE_SUFFIX, name);
    at = address_of(dir, ret_listener->name);
    if (unlinkat(dir, ret_listener->name, 0) && errno != ENOENT)
        return err_errno(err, RC_TEMP, "take away the old socket %s", ret_listener->name);
    if (bind(fd, (const struct sockaddr *)&at, sizeof at))
        return err_errno(err, RC_TEMP, "listen on %s", ret_listener->name);
    ret_listener->dir = dir;
    ret_listener->fd = fd;
    dir = fd = -1;
    return RC_OK;
}

void wake_close(struct wake_listener *listener)
{
    if (listener->fd >= 0)
        unlinkat(listener->dir, listener->name, 0);
    io_close(&listener->fd);
    io_close(&listener->dir);
}

/* Several bytes mean the same as one; what comes later than this look is seen by the next wait. */
static bool take_bytes(int fd)
{
    bool is_reload = false;
    char byte;

    while (recv(fd, &byte, 1, MSG_DONTWAIT) == 1)
        is_reload |= byte == WAKE_RELOAD;
    return is_reload;
}

bool wake_wait(const struct wake_listener *listener, int other_fd, int timeout_ms, const sigset_t *during)
{
    struct pollfd fds[] = { { .fd = listener->fd, .events = POLLIN }, { .fd = other_fd, .events = POLLIN } };
    const struct timespec timeout = { timeout_ms / 1000, timeout_ms % 1000 * 1000000L };

    if (ppoll(fds, COUNT_OF(fds), &timeout, during) <= 0)
        return false;
    return fds[0].revents ? take_bytes(listener->fd) : false;
}
