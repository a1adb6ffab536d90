#include "gateway/home/lmtp_listen.h"

#include "base/io.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define UNIX_PREFIX "unix:"
#define QUEUE_MAX 256 /* connections that wait to be accepted */
#define KNOCK_SECONDS 5

union place {
    struct sockaddr any;
    struct sockaddr_un path;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

const char *lmtp_listen_path(const char *where)
{
    return text_starts(where, UNIX_PREFIX) ? where + strlen(UNIX_PREFIX) : NULL;
}

static bool read_path(const char *path, union place *place, socklen_t *size)
{
    if (*path != '/' || strlen(path) >= sizeof place->path.sun_path)
        return false;
    place->path.sun_family = AF_UNIX;
    memcpy(place->path.sun_path, path, strlen(path) + 1);
    *size = sizeof place->path;
    return true;
}

static bool read_port(const char *where, union place *place, socklen_t *size)
{
    const char *const colon = strrchr(where, ':');
    const bool is_v6 = text_starts(where, "[::1]:");
    char host[INET_ADDRSTRLEN] = "";
    struct err ignored;
    int64_t port;

    if (!colon || text_to_int(colon + 1, 1, 65535, &port, &ignored))
        return false;
    if (is_v6) {
        place->v6.sin6_family = AF_INET6;
        place->v6.sin6_addr = in6addr_loopback;
        place->v6.sin6_port = htons((uint16_t)port);
        *size = sizeof place->v6;
        return colon == where + 5;
    }
    if ((size_t)(colon - where) >= sizeof host)
        return false;
    memcpy(host, where, (size_t)(colon - where));
    place->v4.sin_family = AF_INET;
    place->v4.sin_port = htons((uint16_t)port);
    *size = sizeof place->v4;
    return inet_pton(AF_INET, host, &place->v4.sin_addr) == 1 && ntohl(place->v4.sin_addr.s_addr) >> 24 == 127;
}

static enum rc read_place(const char *where, union place *place, socklen_t *size, struct err *err)
{
    const char *const path = lmtp_listen_path(where);

    *place = (union place){ .any = { 0 } };
    if (path ? read_path(path, place, size) : read_port(where, place, size))
        return RC_OK;
    return err_set(err, RC_INPUT,
                   "it listens on this machine alone: " LMTP_LISTEN_FORMS ", a path of at most 107 bytes");
}

enum rc lmtp_listen_check(const char *where, struct err *err)
{
    union place place;
    socklen_t size;

    return read_place(where, &place, &size, err);
}

static int open_socket(const union place *place)
{
    return socket(place->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

/* A socket that nobody listens on any more makes room; anything else with the name stays. */
static enum rc make_room(const union place *place, socklen_t size, struct err *err)
{
    const char *const path = place->path.sun_path;
    CLEANUP(io_close) int fd = open_socket(place);
    struct stat st;

    if (lstat(path, &st))
        return errno == ENOENT ? RC_OK : err_errno(err, RC_TEMP, "look at the socket of [lmtp] listen");
    if (!S_ISSOCK(st.st_mode))
        return err_set(err, RC_CONFLICT, "[lmtp] listen names a file that is no socket");
    if (fd >= 0 && !connect(fd, &place->any, size))
        return err_set(err, RC_CONFLICT, "another process listens on [lmtp] listen");
    return unlink(path) && errno != ENOENT ? err_errno(err, RC_TEMP, "take the old socket of [lmtp] listen away")
                                           : RC_OK;
}

enum rc lmtp_listen(const char *where, int *ret_fd, struct err *err)
{
    union place place;
    socklen_t size;
    CLEANUP(io_close) int fd = -1;
    const char *const path = lmtp_listen_path(where);
    const int on = 1;

    if (read_place(where, &place, &size, err) || (path && make_room(&place, size, err)))
        return err->rc;
    fd = socket(place.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || (!path && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on)))
        return err_errno(err, RC_TEMP, "socket");
    if (bind(fd, &place.any, size))
        return err_errno(err, errno == EADDRINUSE ? RC_CONFLICT : RC_TEMP, "[lmtp] listen");
    if (path && chmod(path, 0660))
        return err_errno(err, RC_TEMP, "chmod of the socket of [lmtp] listen");
    if (listen(fd, QUEUE_MAX))
        return err_errno(err, RC_TEMP, "[lmtp] listen");
    *ret_fd = fd;
    fd = -1;
    return RC_OK;
}

void lmtp_unlisten(const char *where)
{
    const char *const path = lmtp_listen_path(where);

    if (path)
        (void)unlink(path);
}

enum rc lmtp_knock(const char *where, struct err *err)
{
    const struct timeval patience = { .tv_sec = KNOCK_SECONDS };
    CLEANUP(io_close) int fd = -1;
    union place place;
    socklen_t size;
    char greeting[5];
    size_t n = 0;

    if (read_place(where, &place, &size, err))
        return err->rc;
    fd = open_socket(&place);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) ||
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) || connect(fd, &place.any, size))
        return err_errno(err, RC_TEMP, "connect to [lmtp] listen");
    if (io_read_full(fd, greeting, 4, &n, err) || n < 4 || memcmp(greeting, "220 ", 4) != 0)
        return err_set(err, RC_TEMP, "what listens there does not greet as LMTP");
    return RC_OK;
}
